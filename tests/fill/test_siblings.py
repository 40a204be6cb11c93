"""Documents that share a folder and its figures."""

from __future__ import annotations

from pathlib import Path

import pytest
from house import House

from benchpost.config import Config, Project
from benchpost.fill.check import check_post
from benchpost.fill.write import fill_post

MATMUL = "<!-- fill diagram matmul m={m} k=4 n=4{more} -->\n<!-- /fill -->\n"
NAME = "diagram-matmul-m4-k4-n4.svg"


def slot(m: int = 4, more: str = "") -> str:
    return MATMUL.format(m=m, more=more)


@pytest.fixture
def project(house: House) -> Project:
    """A project whose notes are documents."""
    return Project(house.root, Config(documents=("notes",)))


def said(file: Path, project: Project) -> list[str]:
    return [f"{f.place}: {f.check.name} {f.message}" for f in check_post(file, project)]


def test_a_document_is_filled_where_it_stands(house: House, project: Project) -> None:
    """Its pictures come beside it, and a second filling changes nothing."""
    file = house.write("notes/deep/a.md", f"# A\n\n{slot()}")
    outcome = fill_post(file, project)
    assert (outcome.findings, outcome.drawn) == ((), (f"figures/{NAME}",))
    assert f"./figures/{NAME}" in house.read("notes/deep/a.md")
    before = house.files()
    assert fill_post(file, project).pieces == ()
    assert house.files() == before
    assert said(file, project) == []


def test_a_picture_that_both_want_is_shared(house: House, project: Project) -> None:
    """It is drawn once, and stays until the last document lets go of it."""
    first = house.write("notes/a.md", slot())
    second = house.write("notes/b.md", slot())
    assert fill_post(first, project).drawn == (f"figures/{NAME}",)
    assert fill_post(second, project).drawn == ()
    house.write("notes/a.md", "gone\n")
    assert said(first, project) == []
    assert fill_post(first, project).removed == ()
    house.write("notes/b.md", "gone too\n")
    assert fill_post(second, project).removed == (f"figures/{NAME}",)


def test_a_picture_that_a_neighbour_wants_but_does_not_show_stays(
    house: House, project: Project
) -> None:
    """A slot emptied by hand still wants its picture: filling another document keeps it."""
    file = house.write("notes/a.md", slot())
    fill_post(file, project)
    house.write("notes/a.md", slot())
    other = house.write("notes/b.md", slot(8))
    assert fill_post(other, project).removed == ()
    assert said(other, project) == []
    assert (house.root / "notes/figures" / NAME).is_file()


def test_a_neighbour_that_cannot_be_filled_keeps_all_figures(
    house: House, project: Project
) -> None:
    """It cannot say which files are its own."""
    file = house.write("notes/a.md", slot())
    fill_post(file, project)
    house.write("notes/a.md", "<!-- fill diagram matmull m=4 -->\n<!-- /fill -->\n")
    other = house.write("notes/b.md", slot(8))
    assert fill_post(other, project).removed == ()


def test_data_that_another_document_shows_stays_without_its_picture(
    house: House, project: Project
) -> None:
    """Each file is kept for its own sake."""
    chart = '<!-- fill chart decode gpu="H200" model="Qwen3-4B" name="c" -->\n<!-- /fill -->\n'
    file = house.write("notes/a.md", chart)
    assert fill_post(file, project).findings == ()
    house.write("notes/b.md", "[data](figures/c.csv)\n")
    house.write("notes/a.md", "gone\n")
    assert fill_post(file, project).removed == ("figures/c.svg",)


def test_two_pictures_of_one_name_are_a_finding(house: House, project: Project) -> None:
    """The second document is told, and the picture of the first stays as it is."""
    file = house.write("notes/a.md", slot(4, ' name="mine"'))
    fill_post(file, project)
    before = house.files()
    other = house.write("notes/b.md", slot(8, ' name="mine"') + "\n" + slot(16))
    message = "notes/a.md shows another picture called 'mine.svg'; give one of the two name=\"…\""
    assert said(other, project)[0] == f"notes/b.md:1:1: S006 {message}"
    outcome = fill_post(other, project)
    assert [finding.message for finding in outcome.findings] == [message]
    assert outcome.drawn == ("figures/diagram-matmul-m16-k4-n4.svg",)
    assert {path: house.files()[path] for path in before} == before
    assert said(file, project) == []


MDX = "{/* fill diagram matmul m=4 k=4 n=4 */}\n{/* /fill */}\n"


def test_a_picture_that_an_mdx_post_wants_but_does_not_show_stays(house: House) -> None:
    """The comments of both dialects count: notes beside a post leave it what its slot wants."""
    post = house.write("posts/p/index.mdx", MDX)
    assert fill_post(post, house.project).drawn == (f"figures/{NAME}",)
    house.write("posts/p/index.mdx", MDX)
    notes = house.write("posts/p/notes.md", slot(8))
    assert fill_post(notes, house.project).removed == ()
    assert said(notes, house.project) == []
    assert (house.root / "posts/p/figures" / NAME).is_file()


def test_a_clash_of_a_chart_is_told_once(house: House, project: Project) -> None:
    """Its picture and its data clash alike; one `name=` mends both."""
    chart = '<!-- fill chart decode gpu="{}" model="Qwen3-4B" name="c" -->\n<!-- /fill -->\n'
    fill_post(house.write("notes/a.md", chart.format("H200")), project)
    other = house.write("notes/b.md", chart.format("B200"))
    assert said(other, project) == [
        "notes/b.md:1:1: S006 notes/a.md shows another picture called 'c.svg'; give one of the "
        'two name="…"'
    ]
