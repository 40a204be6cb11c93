"""Reorganising a catalogue: plans, what they change, what stops them, how they are undone."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from skills.trees import Link, data, rows, skill, unpacked, write

from benchpost.errors import BenchpostError
from benchpost.skills.aliases import Aliases, digest, read_aliases, sound_aliases
from benchpost.skills.change import Change, prepare
from benchpost.skills.library import Library
from benchpost.skills.links import broken
from benchpost.skills.migrate import Step, left, migrate, steps, texts
from benchpost.skills.moves import Move, Plan, plan_text, read_plan
from benchpost.skills.perform import perform, record, shown, undoing
from benchpost.skills.rewrite import Moved, rewritten
from benchpost.skills.rules import propose
from benchpost.skills.scan import scan

RULES_OF_THE_ORIGIN = Path(__file__).parent / "reorganisation.txt"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c", *words],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def committed(folder: Path) -> Path:
    """The folder as a repository with everything committed."""
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file() and ".git" not in file.parts)
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


FILES = {
    "README.md": "[x](skills/ml/x/SKILL.md) and skills/ml/x/run.py, https://e.com/skills/ml/x\n",
    "skills/ml/x/SKILL.md": skill("x")
    + "[y](../y/SKILL.md#y) [own](./a.md) [gone](../gone.md)\n```sh\n"
    "python ~/.h/skills/ml/x/run.py\n```\n",
    "skills/ml/x/a.md": "![y](../y/p%20q.png) `ml/x`, my-skills/ml/x, skills/ml/x-ray\n",
    "skills/ml/x/run.py": "# of skills/ml/x/run.py\n",
    "skills/ml/y/SKILL.md": skill("y") + "[x](../x/) [a]: no\n\n[a]: <../x/a.md> 'A'\n",
    "skills/ml/y/p q.png": "",
    "skills/solo/DESCRIPTION.md": "---\ndescription: Alone\n---\n",
    "skills/solo/z/SKILL.md": "---\nname: z\ndescription: Use when z\nrelated_skills: [x]\n---\n",
}

PLAN = Plan(
    (Move("ml/x", "ml/train/x"), Move("solo/z", "ml/z")), {"ml/train": "Training: all of it"}
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A committed repository with a small catalogue in `skills`."""
    return committed(write(tmp_path / "repository", FILES))


def changed(repository: Path, plan: Plan) -> Change:
    return prepare(scan(repository / "skills"), plan, "plan.json")


def test_what_names_a_moved_skill_follows_it(repository: Path) -> None:
    """Links in and into it, paths in code and prose; URLs, other folders and broken links stay."""
    change = changed(repository, PLAN)
    assert change.doubts == ()
    perform(change)
    after = {path: text.decode() for path, text in contents(repository).items()}
    assert after["README.md"] == (
        "[x](skills/ml/train/x/SKILL.md) and skills/ml/train/x/run.py, https://e.com/skills/ml/x\n"
    )
    body = after["skills/ml/train/x/SKILL.md"].partition("# x\n")[2]
    assert body == (
        "[y](../../y/SKILL.md#y) [own](./a.md) [gone](../gone.md)\n```sh\n"
        "python ~/.h/skills/ml/train/x/run.py\n```\n"
    )
    assert after["skills/ml/train/x/a.md"] == (
        "![y](../../y/p%20q.png) `ml/train/x`, my-skills/ml/x, skills/ml/x-ray\n"
    )
    assert after["skills/ml/train/x/run.py"] == "# of skills/ml/train/x/run.py\n"
    assert after["skills/ml/y/SKILL.md"].endswith(
        "[x](../train/x/) [a]: no\n\n[a]: <../train/x/a.md> 'A'\n"
    )
    assert after["skills/ml/train/DESCRIPTION.md"] == (
        "---\ndescription: 'Training: all of it'\n---\n"
    )
    assert not (repository / "skills/solo").exists()
    assert read_aliases(repository / "skills").paths == {"ml/x": "ml/train/x", "solo/z": "ml/z"}
    assert git(repository, "status", "--porcelain").count("R") >= 3


def test_applying_twice_does_nothing_more(repository: Path) -> None:
    """A plan that was applied has nothing to do, and says what was done."""
    perform(changed(repository, PLAN))
    git(repository, "commit", "-q", "-am", "moved")
    again = changed(repository, PLAN)
    assert (again.moves, again.doubts, again.done) == ((), (), PLAN.moves)


def test_plans_and_their_records_are_left_alone(repository: Path) -> None:
    """A plan that lies in the repository still says the same after it was applied."""
    files = {"plan.json": plan_text(PLAN), "undo.json": record(changed(repository, PLAN))}
    committed(write(repository, files))
    perform(changed(repository, PLAN))
    assert {name: (repository / name).read_text(encoding="utf-8") for name in files} == files


def test_undoing_gives_the_original_bytes(repository: Path) -> None:
    """The record of a change brings back every byte, and git sees nothing to commit."""
    before = contents(repository)
    change = changed(repository, PLAN)
    kept = record(change)
    perform(change)
    perform(undoing(kept, "plan.undo.json", repository))
    assert contents(repository) == before
    assert git(repository, "status", "--porcelain", "-uall") == ""


def test_undoing_twice_changes_nothing(repository: Path) -> None:
    """What was undone before has no moves left to make."""
    kept = record(changed(repository, PLAN))
    before = contents(repository)
    perform(changed(repository, PLAN))
    perform(undoing(kept, "plan.undo.json", repository))
    again = undoing(kept, "plan.undo.json", repository)
    assert (again.moves, dict(again.files)) == ((), {})
    assert len(again.done) == len(PLAN.moves)
    assert contents(repository) == before


def test_symbolic_links_stay_links(repository: Path) -> None:
    """What a link leads to is rewritten where it lies; the link itself, and one that nothing is
    behind, stays as it is, through the change and back.
    """
    links = {
        "AGENTS.md": Link("README.md"),
        "skills/ml/y/readme.md": Link("../../../README.md"),
        "skills/ml/train/DESCRIPTION.md": Link("nowhere.md"),
        "skills/solo/DESCRIPTION.md": Link("../../README.md"),
    }
    (repository / "skills/solo/DESCRIPTION.md").unlink()
    committed(write(repository, links))
    before = contents(repository)
    change = changed(repository, PLAN)
    kept = record(change)
    perform(change)
    assert b"skills/ml/train/x" in (repository / "README.md").read_bytes()
    for path, link in links.items():
        assert (repository / path).readlink() == Path(link.to)
    perform(undoing(kept, "plan.undo.json", repository))
    assert contents(repository) == before
    assert git(repository, "status", "--porcelain", "-uall") == ""


def test_a_file_of_aliases_that_is_a_link_stops_everything(repository: Path) -> None:
    """Writing it would put a file in the place of the link."""
    committed(write(repository, {"a.json": "{}", "skills/aliases.json": Link("../a.json")}))
    (repository / "a.json").write_text(Aliases().text(), encoding="utf-8")
    git(repository, "commit", "-qam", "aliases")
    assert [each.message for each in changed(repository, PLAN).doubts] == [
        "skills/aliases.json is a symbolic link; put the file itself in its place"
    ]


def test_undoing_stops_where_something_changed_since(repository: Path) -> None:
    """What somebody edited after the change is not thrown away."""
    change = changed(repository, PLAN)
    kept = record(change)
    perform(change)
    (repository / "README.md").write_text("new\n", encoding="utf-8")
    with pytest.raises(BenchpostError) as caught:
        undoing(kept, "plan.undo.json", repository)
    assert str(caught.value) == (
        "plan.undo.json:1:1: README.md was changed since; nothing is undone"
    )


def test_a_dry_run_shows_moves_and_diffs(repository: Path) -> None:
    """All that would change can be read, and nothing is changed by showing it."""
    before = contents(repository)
    text = shown(changed(repository, PLAN))
    assert text.startswith("move skills/ml/x -> skills/ml/train/x\nmove skills/solo/z")
    assert "+python ~/.h/skills/ml/train/x/run.py\n" in text
    assert "--- a/skills/solo/DESCRIPTION.md\n+++ /dev/null\n" in text
    assert contents(repository) == before


@pytest.mark.parametrize(
    ("moves", "doubts"),
    [
        ([("ml/gone", "ml/a")], ["ml/gone is not a skill of the tree"]),
        ([("ml/x", "ml/y")], ["ml/y exists, so ml/x cannot go there", "ml/y is a category"]),
        ([("ml/x", "../x")], ["'../x' is not a path inside the tree"]),
        ([("ml/x", "ml/y/x")], ["ml/y/x would lie inside the skill ml/y"]),
        ([("ml/x", "a/x"), ("ml/y", "a/x")], ["a/x stands 2 times in the plan"]),
        ([("ml/x", "a"), ("ml/y", "a/y")], ["a/y would lie inside a, which moves too"]),
        ([("ml/x", "solo")], ["solo exists", "solo is a category of skills that stay"]),
    ],
)
def test_doubts_stop_everything(
    repository: Path, moves: list[tuple[str, str]], doubts: list[str]
) -> None:
    """A clash, a target that exists, a path that leads out: nothing is changed, all is said."""
    change = changed(repository, Plan(tuple(Move(old, new) for old, new in moves)))
    said = [each.message for each in change.doubts]
    for doubt in doubts[:1]:
        assert any(message.startswith(doubt) for message in said), said
    assert (change.moves, change.files) == ((), {})


def test_uncommitted_work_stops_everything(repository: Path) -> None:
    """Changes that git could not bring back are in the way."""
    (repository / "skills/ml/x/new.md").write_text("", encoding="utf-8")
    assert [each.message for each in changed(repository, PLAN).doubts] == [
        "1 files are not committed (skills/ml/x/new.md); commit them, so that git can undo"
    ]


def test_a_failure_in_the_middle_puts_everything_back(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a file cannot be written, moves and files are as before."""
    before = contents(repository)
    change = changed(repository, PLAN)

    def refuse(path: Path, content: bytes) -> None:
        if path.name == "run.py" and b"train" in content:
            raise OSError("disc full")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    monkeypatch.setattr("benchpost.skills.perform.write_atomic", refuse)
    with pytest.raises(OSError, match="disc full"):
        perform(change)
    assert contents(repository) == before


def test_skills_that_swap_places_and_one_that_moves_into_itself(tmp_path: Path) -> None:
    """Tangled moves go through a folder of their own."""
    files = {
        "a/x/SKILL.md": skill("x", "X"),
        "a/y/SKILL.md": skill("y", "Y"),
        "f/SKILL.md": skill("f"),
    }
    root = committed(write(tmp_path, files))
    before = contents(root)
    plan = Plan((Move("a/x", "a/y"), Move("a/y", "a/x"), Move("f", "f/stocks")))
    change = prepare(scan(root), plan, "plan.json")
    assert change.doubts == ()
    kept = record(change)
    perform(change)
    after = contents(root)
    assert b"X" in after["a/y/SKILL.md"]
    assert b"Y" in after["a/x/SKILL.md"]
    assert b"name: stocks" in after["f/stocks/SKILL.md"]
    perform(undoing(kept, "r", root))
    assert contents(root) == before


def test_a_renamed_skill_takes_its_name_along(tmp_path: Path) -> None:
    """`name` and other skills' `related_skills` follow a new folder name."""
    related = "---\nname: o\ndescription: Use when o\nrelated_skills:\n  - old\n  - older\n---\n"
    files = {"c/old/SKILL.md": skill("old"), "c/o/SKILL.md": related}
    root = committed(write(tmp_path, files))
    perform(prepare(scan(root), Plan((Move("c/old", "d/new"),)), "plan.json"))
    assert "name: new\n" in (root / "d/new/SKILL.md").read_text(encoding="utf-8")
    assert "  - new\n  - older\n" in (root / "c/o/SKILL.md").read_text(encoding="utf-8")


RULES = """\
Words before. - mlops/serve (2): x, y
- gifs -> media (all of it)
- solo → general
* not a rule: nothing
- mlops/serve (3): nope
- gone → media
"""


def test_rules_make_a_plan_and_say_what_is_not_clear(tmp_path: Path) -> None:
    """Lists and arrows become moves; wrong counts and unknown names are doubts with a place."""
    names = ("mlops/x", "mlops/y", "gifs/g", "gifs/deep/h", "solo")
    write(tmp_path, {f"{path}/SKILL.md": skill(path.rpartition("/")[2]) for path in names})
    plan, doubts = propose(RULES, scan(tmp_path), "rules.txt")
    assert [(move.old, move.new) for move in plan.moves] == [
        ("gifs/deep/h", "media/deep/h"),
        ("gifs/g", "media/g"),
        ("mlops/x", "mlops/serve/x"),
        ("mlops/y", "mlops/serve/y"),
        ("solo", "general/solo"),
    ]
    assert plan.descriptions["mlops/serve"] == "Skills for x, y"
    assert [f"{each.place} {each.message}" for each in doubts] == [
        "rules.txt:5:3 mlops/serve says 3 skills and names 1",
        "rules.txt:5:3 no skill 'nope'",
        "rules.txt:6:3 no skill and no category 'gone'",
    ]


def test_rules_take_names_and_paths(tmp_path: Path) -> None:
    """Both forms take a skill by its path or its name; a name of several is a doubt."""
    names = ("a/x", "b/x", "a/y", "a/z", "b/z", "b/w")
    write(tmp_path, {f"{path}/SKILL.md": skill(path.rpartition("/")[2]) for path in names})
    rules = "- c (2): a/x, y\n- w -> c\n- b/x -> d\n- z -> c\n- c (1): z\n- wx -> c\n"
    plan, doubts = propose(rules, scan(tmp_path), "r")
    assert [(move.old, move.new) for move in plan.moves] == [
        ("a/x", "c/x"),
        ("a/y", "c/y"),
        ("b/w", "c/w"),
        ("b/x", "d/x"),
    ]
    several = "'z' is the name of several skills: a/z, b/z; write its path"
    assert [f"{each.place} {each.message}" for each in doubts] == [
        f"r:4:3 {several}",
        f"r:5:3 {several}",
        "r:6:3 no skill and no category 'wx'; did you mean 'x' or 'w'?",
    ]


def test_a_plan_is_read_as_it_was_written() -> None:
    """The file of a plan holds all of it."""
    assert read_plan(plan_text(PLAN), "plan.json") == PLAN


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "plan.json:1:2: not JSON: Expecting property name enclosed in double quotes"),
        ('{"version": 2}', "plan.json:1:1: a plan of version 2; this one reads version 1"),
        (
            '{"version": 1}',
            "plan.json:1:1: not a plan: 'moves'; it has `version`, `moves` of `old`, `new`,"
            " `descriptions`",
        ),
    ],
)
def test_what_is_no_plan(text: str, message: str) -> None:
    """A file that is no plan is refused with its place."""
    with pytest.raises(BenchpostError) as caught:
        read_plan(text, "plan.json")
    assert str(caught.value) == message


def test_aliases_follow_a_skill_that_moves_again() -> None:
    """No alias leads to another alias, and a skill that came back has none."""
    first = Aliases().after([Move("a/x", "b/x")], {"a/x": "1"})
    second = first.after([Move("b/x", "c/x")], {"b/x": "2"})
    assert second.paths == {"a/x": "c/x", "b/x": "c/x"}
    back = second.after([Move("c/x", "a/x")], {"c/x": "3"})
    assert back.paths == {"b/x": "a/x", "c/x": "a/x"}
    assert back.now("b/x") == "a/x"


def test_an_installed_copy_comes_along(tmp_path: Path) -> None:
    """Unmodified skills move, modified ones stay with a note, and so does what is there twice."""
    names = ("a/x", "a/y", "a/z")
    write(tmp_path, {f"{name}/SKILL.md": skill(name[-1]) for name in names})
    digests = {name: digest(tmp_path / name) for name in names}
    write(tmp_path, {"a/y/SKILL.md": "mine", "n/z/SKILL.md": "new"})
    aliases = Aliases({name: f"n/{name[-1]}" for name in names}, digests)
    found = list(steps(tmp_path, aliases))
    assert found == [
        Step("a/x", "n/x"),
        Step("a/y", "n/y", "was modified; compare it with n/y of the catalogue"),
        Step("a/z", "n/z", "n/z is installed too; remove one of them"),
    ]
    catalogue = write(tmp_path / "new", {"n/DESCRIPTION.md": "N", "a/DESCRIPTION.md": "A"})
    write(tmp_path, {"gone/DESCRIPTION.md": "G"})
    assert texts(tmp_path, catalogue, found) == ["n/DESCRIPTION.md"]
    migrate(tmp_path, catalogue, found)
    assert left(tmp_path) == ["gone/DESCRIPTION.md", "new/a/DESCRIPTION.md", "new/n/DESCRIPTION.md"]
    assert (tmp_path / "n/DESCRIPTION.md").read_text(encoding="utf-8") == "N"
    assert (tmp_path / "n/x/SKILL.md").is_file()
    assert not (tmp_path / "a/x").exists()
    assert (tmp_path / "a/y/SKILL.md").read_text(encoding="utf-8") == "mine"
    assert [each.old for each in steps(tmp_path, aliases)] == ["a/y", "a/z"]


HOSTILE_ALIASES: list[tuple[str, object, str]] = [
    ("../private", "stolen", "'../private'"),
    ("/etc", "stolen", "'/etc'"),
    ("a/x", "..", "'..'"),
    ("a/x", "", "''"),
    ("a/x", "/tmp/x", "'/tmp/x'"),
    ("a/x", "b\\..\\x", "'b\\\\..\\\\x'"),
    ("a/x", 5, "5"),
    ("a/x", ["b"], "['b']"),
    ("a/x", None, "None"),
    ("a//x", "b", "'a//x'"),
]


@pytest.mark.parametrize(("old", "new", "said"), HOSTILE_ALIASES)
def test_an_alias_out_of_the_tree_is_refused(
    tmp_path: Path, old: str, new: object, said: str
) -> None:
    """With its place, and without touching the aliases beside it."""
    record = {"aliases": {"fine": "a/fine", old: new}, "digests": {"fine": "1", old: "2"}}
    (tmp_path / "aliases.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    with pytest.raises(BenchpostError) as caught:
        read_aliases(tmp_path)
    place = f"{tmp_path.as_posix()}/aliases.json:4:1"
    expected = f"{place}: alias {old!r}: {said} is not a path inside the tree"
    assert str(caught.value) == expected
    assert sound_aliases(tmp_path)[0] == Aliases({"fine": "a/fine"}, {"fine": "1"})


@pytest.mark.parametrize(
    "text", ["[", "[]", "5", '{"aliases": []}', '{"aliases": {}, "digests": 1}']
)
def test_what_is_no_file_of_aliases(tmp_path: Path, text: str) -> None:
    """Is said so, whatever it is."""
    (tmp_path / "aliases.json").write_text(text, encoding="utf-8")
    with pytest.raises(BenchpostError, match=r"aliases\.json:1:1: not a file of aliases"):
        read_aliases(tmp_path)


def installed(root: Path, paths: Sequence[str], aliases: Mapping[str, str]) -> Aliases:
    """A copy with these skills, and aliases with the digests that they have there."""
    write(root, {f"{path}/SKILL.md": skill(path.rpartition("/")[2]) for path in paths})
    there = {old: digest(root / old) for old in aliases if (root / old).is_dir()}
    return Aliases(aliases, there)


@pytest.mark.parametrize(
    ("paths", "aliases", "notes"),
    [
        (["a"], {"a": ".."}, ["the new path leads out of the copy"]),
        (["a"], {"a": ""}, ["the new path leads out of the copy"]),
        (
            ["a", "b"],
            {"a": "c", "b": "c"},
            ["c is where another installed skill went too; remove one of them"] * 2,
        ),
        (
            ["a", "b"],
            {"a": "b", "b": "a"},
            [f"{x} is installed too; remove one of them" for x in "ba"],
        ),
        (
            ["a", "a/b"],
            {"a": "c", "a/b": "d"},
            ["", "lies inside a, which moves, and goes along with it"],
        ),
        (["a"], {"a": "file/a"}, ["file is a file, and file/a would lie below it"]),
        (["a"], {"a": "out/a"}, ["a symbolic link leads out of the copy"]),
        (["out/z"], {"out/z": "z"}, ["a symbolic link leads out of the copy"]),
        (["a"], {"a": "dangling"}, ["dangling is installed too; remove one of them"]),
        (["a"], {"../secret": "a/b", "a": "b"}, [""]),
    ],
)
def test_what_stays_where_it_is_in_a_copy(
    tmp_path: Path, paths: list[str], aliases: dict[str, str], notes: list[str]
) -> None:
    """Everything of which the move is not clear, or leads out of the copy."""
    write(tmp_path, {"elsewhere/z/SKILL.md": skill("z"), "secret/SKILL.md": skill("secret")})
    root = write(
        tmp_path / "copy", {"file": "", "dangling": Link("x"), "out": Link("../elsewhere")}
    )
    found = list(steps(root, installed(root, paths, aliases)))
    assert [step.note[: len(note)] for step, note in zip(found, notes, strict=True)] == notes
    assert [bool(step.note) for step in found] == [bool(note) for note in notes]
    outside = contents(tmp_path / "elsewhere")
    migrate(root, tmp_path / "catalogue", found)
    assert contents(tmp_path / "elsewhere") == outside
    assert (tmp_path / "secret/SKILL.md").is_file()


def test_an_installed_skill_that_moves_into_itself(tmp_path: Path) -> None:
    """And one that takes the place around another which leaves: no folder is in another's way."""
    aliases = installed(tmp_path, ["f", "b", "a"], {"f": "f/stocks", "b": "z", "a": "b/c"})
    migrate(tmp_path, tmp_path / "catalogue", list(steps(tmp_path, aliases)))
    assert sorted(contents(tmp_path)) == ["b/c/SKILL.md", "f/stocks/SKILL.md", "z/SKILL.md"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b", "f", "z"]


def test_a_migration_that_fails_in_the_middle_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When a text cannot be written, every folder is where it was."""
    aliases = installed(tmp_path / "copy", ["a", "f"], {"a": "n/a", "f": "f/f"})
    catalogue = write(tmp_path / "catalogue", {"n/DESCRIPTION.md": "N"})
    before = sorted(tmp_path.rglob("*"))

    def refuse(path: Path, content: bytes) -> None:
        raise OSError("disc full")

    monkeypatch.setattr("benchpost.skills.migrate.write_atomic", refuse)
    with pytest.raises(OSError, match="disc full"):
        migrate(tmp_path / "copy", catalogue, list(steps(tmp_path / "copy", aliases)))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_text_without_moved_folders_stays() -> None:
    """Rewriting is the identity where nothing moved."""
    text = "[a](b.md) `skills/x/y` \u2028\r\n"
    assert rewritten(text, "skills/a.md", Moved({}, "skills"), lambda _: True) == text


def copy(trees: Path, label: str, into: Path) -> Path:
    shutil.copytree(trees / label, into)
    return committed(into)


def lost(root: Path) -> set[tuple[str, str]]:
    """Broken links by file name and target: what stays the same when whole folders move."""
    return {
        (each.file.rpartition("/")[2], each.mention.target) for each in broken(Library(scan(root)))
    }


@pytest.mark.corpus
def test_the_reorganisation_of_the_origin(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The rules make exactly the 48 moves; no link breaks, the path that the original left
    wrong is right, every old path has an alias, and undoing gives the original bytes."""
    root = copy(unpacked(tmp_path_factory), "hermes-agent@pre-reorg", tmp_path / "r")
    before, lost_before = contents(root), lost(root / "skills")
    rules = RULES_OF_THE_ORIGIN.read_text(encoding="utf-8")
    plan, doubts = propose(rules, scan(root / "skills"), "reorganisation.txt")
    assert doubts == []
    with (data() / "origin_moves.tsv").open(encoding="utf-8") as file:
        expected = {(old, new) for old, new in csv.reader(file, delimiter="\t")}
    assert {(f"skills/{m.old}", f"skills/{m.new}") for m in plan.moves} == expected
    change = prepare(scan(root / "skills"), plan, "plan.json")
    kept = record(change)
    perform(change)
    assert lost(root / "skills") == lost_before
    text = (root / "skills/creative/excalidraw/SKILL.md").read_text(encoding="utf-8")
    assert "python skills/creative/excalidraw/scripts/upload.py" in text
    assert {f"skills/{old}" for old in read_aliases(root / "skills").paths} == {
        old for old, _ in expected
    }
    assert prepare(scan(root / "skills"), plan, "plan.json").moves == ()
    perform(undoing(kept, "undo", root))
    assert contents(root) == before
    assert git(root, "status", "--porcelain", "-uall") == ""


def replays() -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """The moves of each commit of moves.csv."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows("moves.csv"):
        key = (row["repo"].partition("/")[2], row["commit"])
        found.setdefault(key, []).append((row["old_dir"], row["new_dir"]))
    return found


def replayable(root: Path, pairs: list[tuple[str, str]]) -> Iterator[list[Move]]:
    """The moves of a commit that a tree can make: those it lies before, and back those after."""
    for there in (True, False):
        moves = {pair if there else pair[::-1] for pair in pairs}
        found = [
            Move(old, new)
            for old, new in sorted(moves)
            if (root / old / "SKILL.md").is_file() and not (root / new).exists()
        ]
        # a copy that was made of one skill for several has one way back
        yield [move for move in found if [m.old for m in found].count(move.old) == 1]


@pytest.mark.corpus
def test_real_moves_break_no_link(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Moves that people made, wherever a tree at hand lies before them, or after them and so can
    go back: each commit's moves apply without doubt, break no link, leave an alias for every old
    path, and are undone to the byte."""
    trees = unpacked(tmp_path_factory)
    labels = sorted(folder.name for folder in trees.iterdir() if folder.name != "_trees")
    done: set[tuple[str, frozenset[str]]] = set()
    for label in labels:
        root = copy(trees, label, tmp_path / label)
        before, lost_before = contents(root), lost(root)
        for (repo, commit), pairs in sorted(replays().items()):
            for here in replayable(root, pairs) if repo.split("-")[0] in label else ():
                if not here:
                    continue
                change = prepare(scan(root), Plan(tuple(here)), "plan.json")
                assert change.doubts == (), [each.message for each in change.doubts]
                kept = record(change)
                perform(change)
                renamed = any(Path(m.old).name != Path(m.new).name for m in here)
                assert renamed or {t for _, t in lost(root)} <= {t for _, t in lost_before}
                assert len(lost(root)) == len(lost_before)
                assert {m.old for m in here} <= read_aliases(root).paths.keys()
                perform(undoing(kept, "undo", root))
                assert contents(root) == before
                done |= {(commit, frozenset((move.old, move.new))) for move in here}
    # of 142 rows; the skills of the other rows are in none of the trees
    assert len(done) >= 100, len(done)
