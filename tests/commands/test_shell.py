"""Shell text in words with offsets."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.commands import shell
from benchpost.commands.script import Script
from benchpost.commands.shell import read

WORDS = [
    ("a b  c", [["a", "b", "c"]]),
    ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
    ('a "b\\"c" \'d\\e\'', [["a", 'b"c', "d\\e"]]),
    ("a''b", [["ab"]]),
    ("a; b && c || d | e &", [["a"], ["b"], ["c"], ["d"], ["e"]]),
    ("a # b c\nd#e", [["a"], ["d#e"]]),
    ("a \\\n  b", [["a", "b"]]),
    ("a \\\r\n  b\r\nc", [["a", "b"], ["c"]]),
    ("a > f 2>&1 < g b", [["a", "b"]]),
    ("a >>f 2>/dev/null b &> c", [["a", "b"]]),
    ("a <model> b", [["a", "<model>", "b"]]),
    ("cat <<EOF > f\nx 'y\nEOF\na", [["cat"], ["a"]]),
    ("cat <<-'E' b\n\tE\na", [["cat", "b"], ["a"]]),
    ("a $(b c) ${d} `e f` $g", [["a", "$(b c)", "${d}", "`e f`", "$g"]]),
    ("(a b)", [["a", "b"]]),
    ("a '{\"b\": 1}'", [["a", '{"b": 1}']]),
    ("a \\", [["a"]]),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_words(text: str, expected: list[list[str]]) -> None:
    """What each command gets, as a shell would give it, unexpanded."""
    assert [[word.text for word in command.words] for command in read(text).commands] == expected


def test_assignments_and_what_a_command_follows() -> None:
    """Variables before a command are not its words; the operator before it is kept."""
    script = read("A=1 B='x y' run C=3 |\n next\nlast")
    assert [[w.text for w in c.assignments] for c in script.commands] == [["A=1", "B=x y"], [], []]
    assert [[w.text for w in c.words] for c in script.commands] == [
        ["run", "C=3"],
        ["next"],
        ["last"],
    ]
    assert [command.after for command in script.commands] == ["", "|", "\n"]


PLAIN = [("a", True), ("'$a'", True), ('"a"', True), ('"$a"', False), ("$a", False), ("<m>", False)]


@pytest.mark.parametrize(("text", "plain"), PLAIN)
def test_what_would_be_expanded_is_marked(text: str, plain: bool) -> None:
    """A word is plain when a program gets it as it is read."""
    assert read(text).commands[0].words[0].plain is plain


FAULTS = [
    ("a \\ \n b", [("broken", 2, "\\ ")]),
    ("a \\   # c\n b", [("broken", 2, "\\   # c")]),
    ("a \\ ", []),
    ("a \\ \n\n", []),
    ("a \\\n# c\n--b", [("comment", 4, "# c")]),
    ("a \\\n--b # c\n--d", []),
    ("a \\\n# c\nd", []),
    ("a 'b\nc", [("quote", 2, "'")]),
    ("a “b” ‘c’", [("typographic", i, c) for i, c in ((2, "“"), (4, "”"), (6, "‘"), (8, "’"))]),
    ("a —b –c d—e – 5–6", [("typographic", 2, "—"), ("typographic", 5, "–")]),
    ("a '“b”'", []),
]


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_faults(text: str, expected: list[tuple[str, int, str]]) -> None:
    """Where a shell reads something else than was meant, and where it does not."""
    assert [(each.kind, each.start, each.text) for each in read(text).faults] == expected


def test_reading_goes_on_after_a_broken_continuation() -> None:
    """One slip hides no other: the next line is read as it was meant."""
    script = read("a --b \\  # c\n  --d 1")
    assert [[word.text for word in each.words] for each in script.commands] == [
        ["a", "--b", "--d", "1"]
    ]
    assert [(comment.text, comment.start) for comment in script.comments] == [(" c", 9)]


def _holds(text: str, script: Script) -> None:
    for command in script.commands:
        for word in (*command.assignments, *command.words):
            assert len(word.text) == len(word.at)
            assert [text[at] for at in word.at] == list(word.text)
            assert list(word.at) == sorted(set(word.at))
            assert all(word.start <= at < word.end for at in word.at)


@given(st.text(alphabet="ab '\"\\\n\r\t#$(){}`<>|&;=-—“x", max_size=60))
def test_every_character_of_a_word_stands_where_it_says(text: str) -> None:
    """Whatever the text: offsets lead back to the characters, in order, within the word."""
    _holds(text, read(text))


@given(st.lists(st.text(alphabet="abc =/.-_{}:,\"'\\#$`é", max_size=12), min_size=1, max_size=6))
def test_what_shlex_quotes_is_read_back(words: list[str]) -> None:
    """Words that are quoted for a shell come back as they were."""
    text = " ".join(map(shlex.quote, ["run", *words]))
    commands = read(text).commands
    assert [word.text for word in commands[0].words] == ["run", *words]


HOSTILE = [
    "$(" * 20000,
    "'" * 20001,
    '"' + "\\" * 20000,
    "\\ \n" * 10000,
    "\\\n#\n" * 5000,
    "<" * 20000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:6])
def test_hostile_text_is_read_too(text: str) -> None:
    """Twenty thousand openings of anything are read, without recursion."""
    _holds(text, read(text))


def test_a_run_of_comments_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many comments stand between a continuation and its flag, one look is enough."""
    looks: list[int] = []
    look = shell._Reader._after_comments

    def counted(reader: shell._Reader, end: int) -> tuple[int, bool]:
        looks.append(end)
        return look(reader, end)

    monkeypatch.setattr(shell._Reader, "_after_comments", counted)
    run = "# x\n" * 500
    script = read(f"serve \\\n{run}--port 1\nserve \\\n{run}done\n")
    assert [fault.kind for fault in script.faults] == ["comment"] * 500
    assert len(looks) == 2
