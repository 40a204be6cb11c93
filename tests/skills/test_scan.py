"""The scan of trees that are sound and of trees that are not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skills.trees import Link, data, rows, skill, unpacked, write

from benchpost.skills.address import OWN_NAME
from benchpost.skills.frontmatter import head
from benchpost.skills.scan import LARGEST, scan

Files = Mapping[str, str | bytes | Link]

HOSTILE: dict[str, tuple[Files, dict[str, str], list[str]]] = {
    "no front matter": (
        {"a/x/SKILL.md": "# X\n"},
        {"a/x": ""},
        [
            "a/x/SKILL.md:1:1: K002 front matter is missing; begin with `name:` and"
            " `description:` between lines `---`"
        ],
    ),
    "not closed": (
        {"a/x/SKILL.md": "---\nname: x\n"},
        {"a/x": ""},
        ["a/x/SKILL.md:1:1: K002 front matter is not closed; end it with a line `---`"],
    ),
    "not UTF-8": (
        {"a/x/SKILL.md": b"---\nname: x\ndescription: caf\xe9\n---\n"},
        {"a/x": "caf\ufffd"},
        [
            "a/x/SKILL.md:3:1: K001 byte 28 is not UTF-8 (invalid continuation byte); save the"
            " file as UTF-8"
        ],
    ),
    "byte order mark": (
        {"a/x/SKILL.md": "\ufeff" + skill("x", "D")},
        {"a/x": "D"},
        [
            "a/x/SKILL.md:1:1: K004 the file begins with a byte order mark, which hides its front"
            " matter from some readers; save without it"
        ],
    ),
    "CR LF": (
        {"a/x/SKILL.md": skill("x", "D").replace("\n", "\r\n")},
        {"a/x": "D"},
        ["a/x/SKILL.md:1:1: warning: K005 lines end with CR LF; save the file with LF"],
    ),
    "colon in an unquoted description": (
        {"a/x/SKILL.md": "---\nname: x\ndescription: Use: carefully\n---\n"},
        {"a/x": "Use: carefully"},
        [
            "a/x/SKILL.md:3:17: K003 front matter: mapping values are not allowed in this"
            " context; its lines `key: value` are used as they stand"
        ],
    ),
    "tab as indent": (
        {"a/x/SKILL.md": "---\nname: x\ndescription: D\nmetadata:\n\ta: b\n---\n"},
        {"a/x": "D"},
        [
            "a/x/SKILL.md:5:1: K003 front matter: found character that cannot start any token;"
            " its lines `key: value` are used as they stand"
        ],
    ),
    "description is a list": (
        {"a/x/SKILL.md": "---\nname: x\ndescription: [a, b]\n---\n"},
        {"a/x": ""},
        [],
    ),
    "description is null": ({"a/x/SKILL.md": "---\nname: x\ndescription:\n---\n"}, {"a/x": ""}, []),
    "description of two lines": (
        {"a/x/SKILL.md": "---\nname: x\ndescription: |\n  one\n  two\n---\n"},
        {"a/x": "one two"},
        [],
    ),
    "front matter is a list": (
        {"a/x/SKILL.md": "---\n- name\n---\n"},
        {"a/x": ""},
        [
            "a/x/SKILL.md:2:1: K003 front matter: not a mapping; write one `key: value` a line;"
            " its lines `key: value` are used as they stand"
        ],
    ),
    "one name in two categories": (
        {"a/x/SKILL.md": skill("x", "A"), "b/x/SKILL.md": skill("x", "B")},
        {"a/x": "A", "b/x": "B"},
        [
            "b/x/SKILL.md:1:1: K009 the name 'x' is that of a/x/SKILL.md too; a client that loads"
            " by name finds one of the two"
        ],
    ),
    "one name twice in a category": (
        {"a/x/SKILL.md": skill("x", "A"), "a/y/SKILL.md": skill("x", "B")},
        {"a/x": "A", "a/y": "B"},
        [
            "a/y/SKILL.md:1:1: K009 the name 'x' is that of a/x/SKILL.md too; call it 'y', as its"
            " folder"
        ],
    ),
    "skill in a skill": (
        {"a/x/SKILL.md": skill("x", "A"), "a/x/more/y/SKILL.md": skill("y", "B")},
        {"a/x": "A", "a/x/more/y": "B"},
        [
            "a/x/SKILL.md:1:1: K008 the folder 'a/x' is a skill and holds others; put SKILL.md"
            " into a folder of its own",
            "a/x/more/y/SKILL.md:1:1: K007 a skill inside the skill 'a/x'; a skill is a package"
            " of its own",
        ],
    ),
    "skill named as a category": (
        {
            "research/arxiv/SKILL.md": skill("arxiv", "A"),
            "web/research/SKILL.md": skill("research", "B"),
        },
        {"research/arxiv": "A", "web/research": "B"},
        [
            "web/research/SKILL.md:1:1: K008 the name 'research' is also that of the category"
            " 'research'; installing the skill by name can replace the category"
        ],
    ),
    "support folders": (
        {
            "a/x/SKILL.md": skill("x", "A"),
            "a/x/templates/SKILL.md": skill("t", "T"),
            "a/x/assets/deep/SKILL.md": skill("t", "T"),
            "scripts/y/SKILL.md": skill("y", "B"),
            "node_modules/z/SKILL.md": skill("z", "Z"),
        },
        {"a/x": "A", "scripts/y": "B"},
        [],
    ),
    "link back to the root": (
        {"a/x/SKILL.md": skill("x", "A"), "a/loop": Link(".."), "a/x/self": Link(".")},
        {"a/x": "A"},
        [
            "a/loop:1:1: warning: K006 symbolic link to ., which is listed once, under its own"
            " path",
            "a/x/self:1:1: warning: K006 symbolic link to a/x, which is listed once, under its own"
            " path",
        ],
    ),
    "a category under two names": (
        {"a/x/SKILL.md": skill("x", "A"), "b": Link("a")},
        {"a/x": "A"},
        ["b:1:1: warning: K006 symbolic link to a, which is listed once, under its own path"],
    ),
    "links that lead nowhere": (
        {"a/x/SKILL.md": skill("x", "A"), "a/gone": Link("nowhere"), "a/ring": Link("ring")},
        {"a/x": "A"},
        [
            "a/gone:1:1: warning: K001 symbolic link that leads nowhere",
            "a/ring:1:1: warning: K001 symbolic link that leads nowhere",
        ],
    ),
    "a line end in a folder's name": (
        {"a/x\ny/SKILL.md": "# X\n"},
        {"a/x\ny": ""},
        [
            "a/x\\x0ay/SKILL.md:1:1: K002 front matter is missing; begin with `name:` and"
            " `description:` between lines `---`"
        ],
    ),
    "SKILL.md leads nowhere": (
        {"a/x/SKILL.md": Link("gone.md"), "a/y/SKILL.md": skill("y", "B")},
        {"a/x": "", "a/y": "B"},
        [
            "a/x/SKILL.md:1:1: K001 cannot be read: No such file or directory",
            "a/x/SKILL.md:1:1: K001 cannot be read: it is not a regular file, or leads nowhere",
        ],
    ),
    "SKILL.md is a folder": (
        {"a/x/SKILL.md/README.md": "", "a/y/SKILL.md": skill("y", "B")},
        {"a/x": "", "a/y": "B"},
        ["a/x/SKILL.md:1:1: K001 cannot be read: it is not a regular file, or leads nowhere"],
    ),
    "skill.md": (
        {"a/x/skill.md": skill("x", "A")},
        {"a/x": "A"},
        [
            "a/x/skill.md:1:1: K016 a skill's file is called SKILL.md; most clients do not see"
            " 'skill.md'"
        ],
    ),
    "DESCRIPTION.md without front matter": (
        {"a/DESCRIPTION.md": "Words.\n", "a/x/SKILL.md": skill("x", "A")},
        {"a/x": "A"},
        [
            "a/DESCRIPTION.md:1:1: warning: K030 gives no description; write `description:`"
            " between two lines `---`"
        ],
    ),
    "too large": (
        {"a/x/SKILL.md": skill("x", "A") + "x" * LARGEST},
        {"a/x": ""},
        [f"a/x/SKILL.md:1:1: K001 has {LARGEST + 35} bytes, more than the {LARGEST} that are read"],
    ),
    "anchors that would multiply": (
        {
            "a/x/SKILL.md": "---\nname: x\ndescription: D\n"
            "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c, *d]\n---\n"
        },
        {"a/x": "D"},
        [],
    ),
    "nested a thousand deep": (
        {"a/x/SKILL.md": "---\nname: x\ndescription: D\na: " + "[" * 1000 + "\n---\n"},
        {"a/x": "D"},
        [
            "a/x/SKILL.md:4:54: K003 front matter: nested more than 50 levels deep; its lines"
            " `key: value` are used as they stand"
        ],
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trees(name: str, tmp_path: Path) -> None:
    """Every skill is listed once with its description, and every fault is a finding."""
    files, listed, said = HOSTILE[name]
    tree = scan(write(tmp_path, files))
    assert {each.folder: each.description for each in tree.skills} == listed
    levels = {"error": "", "warning": " warning:"}
    assert [
        f"{f.place}:{levels[f.severity.value]} {f.check.name} {f.message}" for f in tree.findings
    ] == said


def test_nothing_hides_another(tmp_path: Path) -> None:
    """All hostile trees side by side: each lists what it lists alone."""
    expected = set()
    for number, (files, listed, _) in enumerate(HOSTILE.values()):
        write(tmp_path / f"t{number}", files)
        expected |= {f"t{number}/{folder}" for folder in listed}
    # under this root a `scripts` folder lies in no skill, and a link to a root leads inside
    assert {each.folder for each in scan(tmp_path).skills} == expected


def test_a_pipe_in_the_place_of_a_file_does_not_hang(tmp_path: Path) -> None:
    """A FIFO called SKILL.md is a finding; it is not opened."""
    (tmp_path / "x").mkdir()
    os.mkfifo(tmp_path / "x" / "SKILL.md")
    tree = scan(tmp_path)
    assert [each.name for each in tree.skills] == ["x"]
    assert [finding.check.name for finding in tree.findings] == ["K001"]


def test_a_path_that_is_not_utf8_can_be_printed(tmp_path: Path) -> None:
    """Bytes of a file name that are no text are shown as escapes."""
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102 - pathlib cannot name it
    with open(folder + b"/SKILL.md", "wb"):  # noqa: PTH123 - as above
        tree = scan(tmp_path)
    assert [str(finding.place) for finding in tree.findings] == ["caf\\xe9/SKILL.md:1:1"]


def test_a_link_out_of_the_tree_is_followed_once(tmp_path: Path) -> None:
    """What only a link reaches is listed, though two links and a loop lead there."""
    write(tmp_path / "other", {"x/SKILL.md": skill("x", "A"), "back": Link("..")})
    links: Files = {"one": Link("../other"), "two": Link("../other")}
    tree = scan(write(tmp_path / "tree", links))
    assert [each.folder for each in tree.skills] == ["one/x"]


def test_a_description_is_inherited(tmp_path: Path) -> None:
    """A category without a DESCRIPTION.md has that of the nearest category above."""
    files = {
        "ml/DESCRIPTION.md": "---\ndescription: Machine learning\n---\n",
        "ml/serve/DESCRIPTION.md": "---\ndescription: Serving\n---\n",
        "ml/serve/fast/x/SKILL.md": skill("x"),
        "ml/train/y/SKILL.md": skill("y"),
    }
    tree = scan(write(tmp_path, files))
    assert tree.description("ml/serve/fast") == "Serving"
    assert tree.description("ml/train") == "Machine learning"
    assert tree.description("other") == ""
    assert [each.name for each in tree.below("ml/serve")] == ["x"]
    assert list(tree.categories) == ["ml/serve/fast", "ml/train"]


def test_the_cache_changes_nothing(tmp_path: Path) -> None:
    """Cold, warm, after an edit and with a broken cache file, the tree is that of a plain scan."""
    for number, (files, _, _) in enumerate(HOSTILE.values()):
        write(tmp_path / "tree" / f"t{number}", files)
    root, cache = tmp_path / "tree", tmp_path / "cache.json"
    assert scan(root, cache=cache) == scan(root)
    written = cache.read_bytes()
    assert scan(root, cache=cache) == scan(root)
    assert cache.read_bytes() == written
    write(root, {"new/z/SKILL.md": skill("z"), "t0/a/x/SKILL.md": skill("x", "Longer now")})
    assert scan(root, cache=cache) == scan(root)
    cache.write_bytes(b"[1, 2")
    assert scan(root, cache=cache) == scan(root)


@given(st.text())
def test_any_text_has_a_head(text: str) -> None:
    """Whatever stands in a file, it has a head, and its body begins inside the text."""
    found = head(text, "x/SKILL.md")
    assert found.tree.kind == "map"
    assert 0 <= found.body <= len(text)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#?,% \t\r\n"))
def test_any_yaml_has_a_tree(source: str) -> None:
    """Whatever stands between the lines `---`, the head is a mapping of plain values."""
    found = head(f"---\n{source}\n---\n", "x/SKILL.md")
    assert isinstance(found.tree.plain(), dict)


@pytest.mark.corpus
def test_the_reorganised_tree_has_the_categories_of_the_origin(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """48 moved skills change category, the rest stay, and 80 are listed before and after."""
    trees = unpacked(tmp_path_factory)
    before, after = (
        scan(trees / f"hermes-agent@{when}-reorg" / "skills", flat=OWN_NAME)
        for when in ("pre", "post")
    )
    assert len(before.skills) == len(after.skills) == 80
    lines = (data() / "origin_moves.tsv").read_text(encoding="utf-8").split("\n")
    moved = {new.removeprefix("skills/") for _, _, new in (x.partition("\t") for x in lines) if new}
    assert len(moved) == 48
    assert moved == {s.folder for s in after.skills} - {s.folder for s in before.skills}
    assert len(after.below("mlops")) == 38


@pytest.mark.corpus
def test_every_skill_of_the_real_trees_is_listed_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """The scan lists the 219 SKILL.md of the manifest, each once."""
    trees = unpacked(tmp_path_factory)
    rows_of = rows("manifest.csv")
    for label in sorted({row["label"] for row in rows_of}):
        expected = sorted(row["path"] for row in rows_of if row["label"] == label)
        assert sorted(each.path for each in scan(trees / label).skills) == expected
