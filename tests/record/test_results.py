"""Results files: stable text, a seal on each entry, and what is wrong with them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchpost.errors import BenchpostError
from benchpost.files import sha256
from benchpost.findings import as_text
from benchpost.record import encoding, results
from benchpost.record.types import Machine, Measured, Output, Provenance, Result, Used

PROVENANCE = Provenance(
    when="2026-11-21T02:09:31Z",
    commit="c0ffee",
    clean=True,
    machine=Machine("h200", "Test CPU", 4, 8 * 10**9, "Linux 6", ("NVIDIA H200",), "570"),
    python="3.11.0",
    versions={"numpy": "2.0", "torch": "2.9"},
    load=0.5,
    elapsed=1.038,
)
COPY = Result(
    snippet="copy",
    digest="d1",
    uses=(Used("helper.py", "d2", "import"), Used("none.csv", "", "open")),
    values={
        "speed": Measured(4.8e12, "byte/second", (4.7e12, 4.8e12, 4.9e12)),
        "count": Measured(-1.5e-7, "1"),
    },
    outputs=(
        Output("stdout", "[1,\n 2]\n\n"),
        Output("svg", "results/h200/copy-1.svg", sha256(b"<svg/>")),
    ),
    provenance=PROVENANCE,
)
PICTURES = {"results/h200/copy-1.svg": b"<svg/>"}
PLAIN = replace(COPY, snippet="plain", outputs=(), uses=(), values={})

WRITTEN = """\
{
  "format": 1,
  "machine": "h200",
  "results": {
    "copy": {
      "digest": "d1",
      "outputs": [
        {
          "kind": "stdout",
          "text": [
            "[1,",
            " 2]",
            "",
            ""
          ]
        },
        {
          "digest": "%s",
          "file": "results/h200/copy-1.svg",
          "kind": "svg"
        }
      ],
      "provenance": {
        "clean": true,
        "commit": "c0ffee",
        "elapsed": 1.038,
        "load": 0.5,
        "machine": {
          "cores": 4,
          "cpu": "Test CPU",
          "devices": [
            "NVIDIA H200"
          ],
          "driver": "570",
          "memory": 8000000000,
          "name": "h200",
          "system": "Linux 6"
        },
        "python": "3.11.0",
        "versions": {
          "numpy": "2.0",
          "torch": "2.9"
        },
        "when": "2026-11-21T02:09:31Z"
      },
      "seal": "%s",
      "uses": {
        "helper.py": "import d2",
        "none.csv": "open absent"
      },
      "values": {
        "count": {
          "unit": "1",
          "value": -1.5e-07
        },
        "speed": {
          "samples": [4700000000000.0, 4800000000000.0, 4900000000000.0],
          "unit": "byte/second",
          "value": 4800000000000.0
        }
      }
    }
  }
}
"""


@pytest.fixture
def saved(house: Any) -> Any:
    """A post with the results of two snippets on one machine."""
    house.post("# A\n")
    results.save(house.root / "posts/a/index.mdx", "h200", [COPY, PLAIN], PICTURES)
    return house


def loaded(house: Any) -> tuple[Mapping[str, Any], str]:
    found, findings = results.load(house.root / "posts/a/index.mdx", house.project)
    return found, as_text(findings)


def test_the_file_reads_well_in_a_diff(house: Any) -> None:
    """Sorted keys, text by lines, samples on one line."""
    house.post("# A\n")
    results.save(house.root / "posts/a/index.mdx", "h200", [COPY], PICTURES)
    seal = encoding.entry("h200", COPY)["seal"]
    text = (house.root / "posts/a/results/h200.json").read_text("utf-8")
    assert text == WRITTEN % (sha256(b"<svg/>"), seal)


def test_what_is_saved_is_loaded(saved: Any) -> None:
    """Nothing is lost on the way to the file and back."""
    found, said = loaded(saved)
    assert (found["h200"].results, said) == ({"copy": COPY, "plain": PLAIN}, "")
    assert found["h200"].path == "posts/a/results/h200.json"


def test_saving_the_same_changes_no_byte(saved: Any) -> None:
    """Entries of other snippets stay as they are, whatever order results come in."""
    file = saved.root / "posts/a/results/h200.json"
    before = file.read_bytes()
    results.save(saved.root / "posts/a/index.mdx", "h200", [PLAIN], {})
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("4800000000000.0\n", "4900000000000.0\n", 5, "the entry of 'copy' was edited by hand"),
        ('"commit": "c0ffee"', '"commit": "bee"', 5, "the entry of 'copy' was edited by hand"),
        ('"copy": {', '"copy2": {', 5, "the entry of 'copy2' was edited by hand"),
        ('"digest": "d1",', "", 5, "the entry of 'copy' was edited by hand"),
    ],
)
def test_an_entry_edited_by_hand_is_found(
    saved: Any, old: str, new: str, line: int, what: str
) -> None:
    """A changed, moved or shortened entry is named with its line, and is no result."""
    file = saved.root / "posts/a/results/h200.json"
    file.write_text(file.read_text("utf-8").replace(old, new, 1), encoding="utf-8")
    found, said = loaded(saved)
    assert said == (
        f"posts/a/results/h200.json:{line}:1: R004 {what}; "
        "run it again on h200, or restore it from version control\n"
        "    mend: benchpost run --machine h200 posts/a/index.mdx\n"
    )
    assert list(found["h200"].results) == ["plain"]
    assert len(found["h200"].broken) == 1


@pytest.mark.parametrize("how", ["edited", "removed"])
def test_a_picture_that_is_not_as_drawn_is_found(saved: Any, how: str) -> None:
    """An edited and a missing picture break the result that drew it."""
    picture = saved.root / "posts/a/results/h200/copy-1.svg"
    picture.write_text("<svg>x</svg>") if how == "edited" else picture.unlink()
    found, said = loaded(saved)
    assert found["h200"].broken == ("copy",)
    assert said.startswith(
        "posts/a/results/h200.json:5:1: R004 `results/h200/copy-1.svg` is not the picture that "
        "'copy' drew; run it again on h200"
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("{\n<<<<<<< HEAD\n", 2, "not JSON: Expecting property name enclosed in double quotes"),
        ("", 1, "not JSON: Expecting value"),
        ("[]", 1, "this is not a results file"),
        ('{"results": 3}', 1, "this is not a results file"),
        ('{"format": 7, "results": {}}', 1, "layout 7 is not known, only 1"),
        (
            '{"format": 1, "machine": "x", "results": {}}',
            1,
            "it holds results of machine 'x', not of 'h200'",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_said(saved: Any, text: str, line: int, what: str) -> None:
    """Conflicts, foreign JSON and other layouts are findings with a line, not failures."""
    (saved.root / "posts/a/results/h200.json").write_text(text, encoding="utf-8")
    found, said = loaded(saved)
    assert found == {}
    assert said == (
        f"posts/a/results/h200.json:{line}:1: R005 {what}; "
        "restore it from version control, or delete it to record anew\n"
    )


def save_anew(post: Path) -> None:
    results.save(post, "h200", [COPY], {"results/h200/new-1.svg": b"<svg/>"})


def prune_some(post: Path) -> None:
    results.prune(post, {"copy"})


@pytest.mark.parametrize("act", [save_anew, prune_some])
def test_a_file_that_cannot_be_read_is_not_overwritten(
    saved: Any, act: Callable[[Path], None]
) -> None:
    """What it held would be lost: file and line are named, and no byte is written."""
    post = saved.root / "posts/a/index.mdx"
    file = saved.root / "posts/a/results/h200.json"
    whole = file.read_text("utf-8").replace("{\n", "{\n<<<<<<< HEAD\n", 1)
    file.write_text(whole, encoding="utf-8")
    with pytest.raises(BenchpostError) as caught:
        act(post)
    assert str(caught.value) == (
        f"{file.as_posix()}:2:1: not JSON: Expecting property name enclosed in double quotes; "
        "restore it from version control, or delete it to record anew"
    )
    assert file.read_text("utf-8") == whole
    assert not (saved.root / "posts/a/results/h200/new-1.svg").exists()


def test_a_folder_named_like_a_results_file_is_said(saved: Any) -> None:
    """It is a finding like any other file that cannot be read."""
    (saved.root / "posts/a/results/m.json").mkdir()
    found, said = loaded(saved)
    assert list(found) == ["h200"]
    assert said == (
        "posts/a/results/m.json:1:1: R005 cannot be read: Is a directory; "
        "restore it from version control, or delete it to record anew\n"
    )


def test_git_brings_an_unreadable_file_back(saved: Any) -> None:
    """Where the file was committed the finding has the command, and it does what it says."""

    def git(*words: str) -> None:
        who = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *who, *words], cwd=saved.root, check=True, capture_output=True)

    file = saved.root / "posts/a/results/h200.json"
    git("init", "-q")
    whole = file.read_text("utf-8")
    file.write_text("<<<<", encoding="utf-8")
    assert "mend:" not in loaded(saved)[1]
    file.write_text(whole, encoding="utf-8")
    git("add", ".")
    git("commit", "-qm", "x")
    file.write_text("<<<<", encoding="utf-8")
    said = loaded(saved)[1]
    mend = "git checkout -- posts/a/results/h200.json"
    assert said.endswith(f"delete it to record anew\n    mend: {mend}\n")
    git(*mend.split()[1:])
    assert loaded(saved)[1] == ""


def test_what_no_entry_names_any_more_is_removed(saved: Any) -> None:
    """Pictures of the run before and leftovers of a killed one go; the author's files stay."""
    folder = saved.root / "posts/a/results"
    names = ("h200/mine.svg", "h200/.copy-1.svg.x.tmp", ".h200.json.y.tmp", ".mine.tmp", "notes")
    for name in names:
        (folder / name).write_text("x")
    renamed = (*COPY.outputs[:1], Output("svg", "results/h200/copy-2.svg", sha256(b"<svg/>")))
    drawn = {"results/h200/copy-2.svg": b"<svg/>"}
    results.save(saved.root / "posts/a/index.mdx", "h200", [replace(COPY, outputs=renamed)], drawn)
    left = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    assert left == [".mine.tmp", "h200.json", "h200/copy-2.svg", "h200/mine.svg", "notes"]


def test_an_entry_cannot_name_a_file_elsewhere_for_removal(saved: Any) -> None:
    """An edited entry that names the author's picture does not take it along when it goes."""
    picture = saved.write("posts/a/mine.svg", "<svg/>")
    file = saved.root / "posts/a/results/h200.json"
    text = file.read_text("utf-8").replace("results/h200/copy-1.svg", "mine.svg")
    file.write_text(text, encoding="utf-8")
    assert results.prune(saved.root / "posts/a/index.mdx", {"plain"}) == [("h200.json", "copy")]
    assert picture.exists()


def test_results_of_no_snippet_are_pruned(saved: Any) -> None:
    """With the last entry the file and the folder of its pictures go."""
    post = saved.root / "posts/a/index.mdx"
    assert results.prune(post, {"copy", "plain", "other"}) == []
    assert results.prune(post, {"copy"}) == [("h200.json", "plain")]
    assert results.prune(post, {"other"}) == [("h200.json", "copy")]
    assert list((saved.root / "posts/a/results").iterdir()) == []


def test_posts_in_one_folder_do_not_share_results(house: Any) -> None:
    """Results of a loose file lie in a folder of its name."""
    loose = house.write("notes/a.mdx", "")
    assert results.folder_of(loose) == house.root / "notes/results/a"
    assert results.folder_of(house.root / "posts/a/index.mdx") == house.root / "posts/a/results"


def test_numbers_in_text_are_left_alone() -> None:
    """Only arrays of numbers are put on one line; text that looks like one is text."""
    made = replace(PLAIN, outputs=(Output("text", "[\n  1,\n  2\n]"),))
    entry = encoding.entry("h200", made)
    back = json.loads(encoding.text("h200", {"plain": entry}))["results"]["plain"]
    assert encoding.result("plain", back) == made
