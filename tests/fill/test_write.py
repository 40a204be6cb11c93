"""Filling on disk: figures first, then the post; what is ours and wanted no more goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import House

from benchpost import files
from benchpost.config import Project
from benchpost.errors import BenchpostError
from benchpost.figures import seal
from benchpost.figures.types import Drawing
from benchpost.fill import write
from benchpost.fill.check import check_post
from benchpost.fill.write import Outcome, fill_post
from benchpost.findings import Check

FIGURES = """\
from benchpost.errors import BenchpostError
from benchpost.figures.types import Drawing, Fragment

def dot(facts, *, colour: str = "red", name: str = "dot") -> Fragment:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><desc>{colour}</desc></svg>'.encode()
    drawing = Drawing(f"{name}.svg", f"dot of {colour}", lambda: svg)
    return Fragment(f"![dot](./figures/{name}.svg)", (drawing,), {f"{name}.csv": b"x\\n"})

def blank(facts) -> Fragment:
    return Fragment("![blank](./figures/blank.svg)", (Drawing("blank.svg", "", lambda: b""),))

def broken(facts) -> Fragment:
    return Fragment("![b](./figures/b.svg)", (Drawing("b.svg", "", lambda: 1 / 0),))

def lacking(facts) -> Fragment:
    raise BenchpostError("nothing is recorded")
"""
POST = "# A\n\n{/* fill dot */}\n{/* /fill */}\n"
FILE = "posts/a/index.mdx"
SVG, CSV = "posts/a/figures/dot.svg", "posts/a/figures/dot.csv"


@pytest.fixture
def post(house: House) -> House:
    """A project with a post that shows one figure of its own."""
    house.write("posts/a/figures.py", FIGURES)
    house.write(FILE, POST)
    return house


def fill(house: House, *, redraw: bool = False) -> Outcome:
    return fill_post(house.root / FILE, house.project, redraw=redraw)


def test_a_post_and_its_figures_are_written(post: House) -> None:
    """The slot is filled, the picture sealed, the data beside it; a second time nothing happens."""
    outcome = fill(post)
    assert post.read(FILE) == outcome.after
    assert "![dot](./figures/dot.svg)" in outcome.after
    assert outcome.drawn == ("figures/dot.svg", "figures/dot.csv")
    assert b"data-seal" in post.files()[SVG]
    again = fill(post)
    assert (again.before, again.drawn, again.removed) == (outcome.after, (), ())


def test_figures_are_written_before_the_post(post: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the post at any moment finds the pictures that it names."""
    order: list[str] = []
    original = files.write_atomic

    def noted(path: Path, data: bytes) -> None:
        order.append(path.name)
        original(path, data)

    monkeypatch.setattr(files, "write_atomic", noted)
    monkeypatch.setattr(write, "write_atomic", noted)
    fill(post)
    assert order == ["dot.svg", "dot.csv", "index.mdx"]


def test_only_what_is_not_fresh_is_drawn(post: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fresh pictures are not drawn again unless it is asked for."""
    fill(post)
    drawn: list[str] = []
    original = seal.sealed

    def noted(drawing: Drawing) -> bytes:
        drawn.append(drawing.name)
        return original(drawing)

    monkeypatch.setattr(seal, "sealed", noted)
    fill(post)
    assert drawn == []
    fill(post, redraw=True)
    assert drawn == ["dot.svg"]


def test_what_no_slot_wants_goes_when_it_is_ours(post: House) -> None:
    """A picture with our seal and its data go with their slot; files of others stay."""
    fill(post)
    kept = {
        "posts/a/figures/photo.png": b"png",
        "posts/a/figures/photo.csv": b"data",
        "posts/a/figures/drawn-by-hand.svg": b"<svg/>",
    }
    for path, data in kept.items():
        post.write(path, data)
    post.write(FILE, "# A\n\nNo slot any more.\n")
    assert fill(post).removed == ("figures/dot.csv", "figures/dot.svg")
    left = [path for path in post.files() if "/figures/" in path]
    assert left == sorted(kept)


EDITS = {"edited": (b"red", b"blue"), "cut off": (b"</desc></svg>", b"")}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_picture_is_not_removed(post: House, edit: str) -> None:
    """A picture of ours whose seal is broken may be somebody's work: it stays, and is told."""
    fill(post)
    post.write(SVG, post.files()[SVG].replace(*EDITS[edit]))
    post.write(FILE, "# A\n")
    assert fill(post).removed == ()
    (finding,) = check_post(post.root / FILE, post.project)
    assert f"{finding.place}: {finding.check.name} {finding.message}" == (
        "posts/a/figures/dot.svg:1:1: F004 edited by hand and shown by no slot of "
        "posts/a/index.mdx; it may hold somebody's work, so fill does not delete it: delete it "
        "yourself, with the data of the same name"
    )
    assert finding.mend == ""


def test_an_edited_picture_that_the_text_shows_is_in_use(post: House) -> None:
    """Who took a picture over and shows it without a slot is not told to delete it."""
    fill(post)
    post.write(SVG, post.files()[SVG].replace(b"red", b"blue"))
    post.write(FILE, "# A\n\n![mine](./figures/dot.svg)\n")
    assert check_post(post.root / FILE, post.project) == []


def test_data_without_its_picture_is_left_alone(post: House) -> None:
    """Data bears no mark: alone it cannot be told from the author's own."""
    fill(post)
    (post.root / SVG).unlink()
    post.write(FILE, "# A\n")
    assert fill(post).removed == ()
    assert check_post(post.root / FILE, post.project) == []
    assert CSV in post.files()


def test_a_picture_that_a_neighbour_shows_is_not_removed(post: House) -> None:
    """Posts of one folder share their figures."""
    fill(post)
    post.write("posts/a/other.mdx", post.read(FILE))
    post.write(FILE, "# A\n")
    assert fill(post).removed == ()


def test_nothing_is_removed_while_a_slot_fails(post: House) -> None:
    """A slot that cannot be made cannot say which files are its own."""
    fill(post)
    post.write(FILE, "# A\n\n{/* fill lacking */}\n![dot](./figures/dot.svg)\n{/* /fill */}\n")
    outcome = fill(post)
    assert outcome.removed == ()
    assert [finding.message for finding in outcome.findings] == ["nothing is recorded"]


def test_the_figures_folder_goes_when_it_is_empty(post: House) -> None:
    """No empty folder is left behind."""
    fill(post)
    post.write(FILE, "# A\n")
    fill(post)
    assert not (post.root / "posts/a/figures").exists()


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("broken", "posts/a/figures.py:13:1: figures/b.svg: ZeroDivisionError: division by zero"),
        (
            "blank",
            "posts/a/index.mdx:3:1: figures/blank.svg: figure 'blank.svg' was not drawn as SVG",
        ),
    ],
)
def test_a_figure_that_cannot_be_drawn_leaves_its_slot(post: House, figure: str, said: str) -> None:
    """The slot keeps its body, the others are filled, no file of the broken one is written."""
    slot = f"{{/* fill {figure} */}}\nas it was\n{{/* /fill */}}\n"
    post.write(FILE, f"# A\n\n{slot}\n{{/* fill dot */}}\n{{/* /fill */}}\n")
    outcome = fill(post)
    assert [f"{finding.place}: {finding.message}" for finding in outcome.findings] == [said]
    assert slot in outcome.after
    assert "![dot]" in outcome.after
    assert outcome.drawn == ("figures/dot.svg", "figures/dot.csv")


def test_places_are_those_of_the_text_that_was_written(post: House) -> None:
    """A finding below a slot that grew names the line where it stands now."""
    post.write(FILE, "{/* fill dot */}\n{/* /fill */}\n\nIt is {/* = 1 / 0 */}{/* /= */}.\n")
    outcome = fill(post)
    (finding,) = outcome.findings
    line = outcome.after.split("\n")[finding.place.line - 1]
    assert line[finding.place.column - 1 :].startswith("1 / 0")


def test_a_post_that_changes_meanwhile_is_left_alone(
    post: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an author saved while it was being filled is not overwritten."""

    def saved(path: Path, data: bytes) -> bool:
        post.write(FILE, "# Saved in between\n")
        return False

    monkeypatch.setattr(write, "write_if_changed", saved)
    with pytest.raises(BenchpostError) as caught:
        fill(post)
    assert str(caught.value) == (
        "posts/a/index.mdx:1:1: changed while it was being filled, and is left as it is; "
        "fill it again"
    )
    assert post.read(FILE) == "# Saved in between\n"


def test_a_link_to_a_post_stays_a_link(post: House) -> None:
    """The file that it points to is filled, with the figures beside that."""
    link = post.root / "linked.mdx"
    link.symlink_to(post.root / FILE)
    fill_post(link, post.project)
    assert link.is_symlink()
    assert "![dot]" in post.read(FILE)
    assert SVG in post.files()


def test_what_a_killed_run_left_is_swept(post: House) -> None:
    """Temporary files of a writer that is gone disappear with the next filling."""
    fill(post)
    for path in ("posts/a/.index.mdx.x.tmp", "posts/a/figures/.dot.svg.x.tmp"):
        post.write(path, b"half")
    fill(post)
    assert [path for path in post.files() if path.endswith(".tmp")] == []


def test_a_slot_that_is_not_closed_is_told(tmp_path: Path) -> None:
    """What cannot be read as a slot is a finding of filling too, and the text stays as it is."""
    file = tmp_path / "a.mdx"
    file.write_text("# a\n\n{/* fill diagram matmul */}\n\ntext\n")
    outcome = fill_post(file, Project(tmp_path))
    assert [each.check for each in outcome.findings] == [Check.S001]
    assert outcome.before == outcome.after == file.read_text()


def test_a_file_that_cannot_be_written_is_said_plainly(post: House) -> None:
    """The post stays as it is; the error names the file and the reason."""
    (post.root / SVG).mkdir(parents=True)
    with pytest.raises(BenchpostError) as caught:
        fill(post)
    assert str(caught.value) == ("posts/a/index.mdx:1:1: cannot be filled: dot.svg: Is a directory")
    assert post.read(FILE) == POST
