"""Pages are written for every post, only where something changed; the post stays as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rendered import render
from site_project import write_post, write_sample

from benchpost.cli import main
from benchpost.config import Config, Project
from benchpost.figures.theme import CSS
from benchpost.figures.types import Facts
from benchpost.files import write_if_changed
from benchpost.fill.general import functions
from benchpost.findings import Check, Finding
from benchpost.roofline.equations import EQUATIONS
from benchpost.site import pages
from benchpost.site.gallery import EXAMPLES
from benchpost.site.pages import write_pages

THEME = Path(pages.__file__).parent / "theme/assets/benchpost"


def page(project: Project, slug: str) -> str:
    return (project.root / "docs/posts" / slug / "index.md").read_text(encoding="utf-8")


def found(findings: list[Finding]) -> list[str]:
    return [f"{f.place}: {f.check.name} {f.message}" for f in findings]


def stamps(project: Project) -> dict[str, int]:
    files = (file for file in (project.root / "docs").rglob("*") if file.is_file())
    return {file.relative_to(project.root).as_posix(): file.stat().st_mtime_ns for file in files}


def test_slots_and_values_are_filled_in_the_page_only(project: Project) -> None:
    """The page has the number and the figure; the post is as its author left it."""
    file = write_sample(project.root)
    before = file.read_bytes()
    write_pages(project)
    assert file.read_bytes() == before
    shown = page(project, "sample")
    assert "A number, 6, and a formula" in shown
    assert '<figure class="figure" data-search-exclude>' in shown
    folder = project.root / "docs/posts/sample"
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "index.md",
        "square.png",
        "figures/chart-roofline-h200.csv",
        "figures/chart-roofline-h200.svg",
    }


def test_findings_have_their_place_in_the_post_as_it_stands(project: Project) -> None:
    """What stands after a slot that is filled in memory is still found on its own line."""
    write_sample(project.root)
    assert found(write_pages(project)) == [
        "posts/sample/index.mdx:21:1: P002 formula `\\SI{3}{\\second}`: `\\SI` is not a command "
        "that can be rendered",
        "posts/sample/index.mdx:42:1: P001 component `Unknown` has no counterpart on the site; its "
        "children are kept",
    ]


def test_only_what_changed_is_written(project: Project) -> None:
    """A second time nothing is touched; after an edit only the page of that post."""
    write_sample(project.root)
    other = write_post(project.root, "other", "---\ntitle: Other\n---\n\nWords.\n")
    write_pages(project)
    first = stamps(project)
    write_pages(project)
    assert stamps(project) == first
    other.write_text("---\ntitle: Other\n---\n\nOther words.\n", encoding="utf-8")
    write_pages(project)
    now = stamps(project)
    assert [name for name in now if now[name] != first[name]] == ["docs/posts/other/index.md"]


def test_pages_of_posts_that_are_gone_go_too(project: Project) -> None:
    """Nothing else in the folder is removed."""
    file = write_sample(project.root)
    write_pages(project)
    own = project.root / "docs/posts/sample/own.txt"
    own.write_text("mine", encoding="utf-8")
    file.unlink()
    write_pages(project)
    left = [path for path in (project.root / "docs/posts").rglob("*") if path.is_file()]
    assert sorted(path.name for path in left) == [".benchpost.json", "index.md", "own.txt"]


def test_a_manifest_of_somebody_else_removes_nothing_outside(project: Project) -> None:
    """Names that lead out of the folder, and a manifest that is none, are passed over."""
    folder = project.root / "docs/posts"
    folder.mkdir(parents=True)
    (folder / ".benchpost.json").write_text('["../index.md", 3, "gone.md"]', encoding="utf-8")
    write_pages(project)
    assert (project.root / "docs/index.md").is_file()
    (folder / ".benchpost.json").write_text("{not json", encoding="utf-8")
    assert write_pages(project) == []


def test_drafts_are_shown_only_when_asked_for(project: Project) -> None:
    """A draft has a banner and is marked in the list."""
    write_post(project.root, "soon", "---\ntitle: Soon\ndraft: true\n---\n\nNot yet.\n")
    write_pages(project)
    assert not (project.root / "docs/posts/soon").exists()
    assert page(project, ".").endswith("# Posts\n\nNo post is published yet.\n")
    write_pages(project, drafts=True)
    assert '!!! warning "Draft"' in page(project, "soon")
    assert '<strong class="draft">draft</strong>' in page(project, ".")


def test_the_list_has_the_newest_post_first(project: Project) -> None:
    """Title, date, reading time, description and tags of each, posts without a date last."""
    for slug, date in (("a", "2025-01-02"), ("b", "2026-01-02"), ("c", "")):
        front = f"---\ntitle: Post {slug}\ndescription: About *{slug}*.\ndate: {date}\n"
        write_post(project.root, slug, f"{front}tags: one, <two>\n---\n\nWords.\n")
    write_pages(project)
    shown = page(project, ".")
    assert re.findall(r"^## \[(.*?)\]\((.*?)\)", shown, re.MULTILINE) == [
        ("Post b", "b/index.md"),
        ("Post a", "a/index.md"),
        ("Post c", "c/index.md"),
    ]
    assert '<time datetime="2026-01-02">2 January 2026</time> · 1 min read' in shown
    html = render(shown.split("---\n")[2])
    assert "<p>About *b*.</p>" in html
    assert '<span class="post-tag">&lt;two&gt;</span>' in html


@pytest.mark.parametrize(
    ("front", "body", "title"),
    [
        ('title: "Ein: «Titel»"', "# Other\n", 'title: "Ein: «Titel»"'),
        ("draft: false", "# Only `here`\n", 'title: "Only here"'),
        ("draft: false", "No heading.\n", 'title: "slug"'),
    ],
)
def test_a_page_has_a_title(project: Project, front: str, body: str, title: str) -> None:
    """From the front matter, else the first heading, else the folder."""
    write_post(project.root, "slug", f"---\n{front}\n---\n\n{body}")
    write_pages(project)
    assert title in page(project, "slug")
    assert page(project, "slug").count("\n# ") == 1


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("../other", "../other/index.md"),
        ("../other/", "../other/index.md"),
        ("../other/index.mdx#words", "../other/index.md#words"),
        ("/posts/other#words", "../other/index.md#words"),
        ("./notes.txt", "notes.txt"),
        ("https://example.org/x", "https://example.org/x"),
    ],
)
def test_links_lead_to_the_pages_of_posts(project: Project, link: str, target: str) -> None:
    """As a path between files, or as Nextra's address."""
    write_post(project.root, "other", "## Words\n")
    write_post(project.root, "one", f"See [it]({link}).\n")
    write_post(project.root, "one", "notes", "notes.txt")
    assert write_pages(project) == []
    assert f"[it]({target})" in page(project, "one")


def test_a_link_to_nowhere_is_a_finding(project: Project) -> None:
    """Its words are kept."""
    write_post(project.root, "one", "See [it](../gone) and [that](../../pyproject.toml).\n")
    assert found(write_pages(project)) == [
        "posts/one/index.mdx:1:5: P003 no page `../gone` on the site; the link's text is kept",
        "posts/one/index.mdx:1:23: P003 no page `../../pyproject.toml` on the site; the link's "
        "text is kept",
    ]


def test_a_link_out_of_the_post_publishes_nothing(project: Project, tmp_path: Path) -> None:
    """Neither a file elsewhere on the machine nor Markdown that would become a page is copied."""
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    file = write_post(project.root, "one", "See [it](./it.txt) and [notes](./notes.md).\n")
    (file.parent / "it.txt").symlink_to(secret)
    write_post(project.root, "one", "# Notes\n", "notes.md")
    assert [each.check for each in write_pages(project)] == [Check.P003, Check.P003]
    copied = sorted(path.name for path in (project.root / "docs/posts/one").iterdir())
    assert copied == ["index.md"]


def test_what_other_code_printed_is_not_shown_beside_this(project: Project) -> None:
    """A result of a snippet that was changed since is left out of the page and its notebook."""
    fence = '```python bench id="one"\nprint({!r})\n```\n'
    write_post(project.root, "run", fence.format("old output"))
    assert main(["run", "--project", str(project.root)]) == 0
    write_post(project.root, "run", fence.format("new code"))
    write_pages(project)
    notebook = (project.root / "docs/posts/run/run.ipynb").read_text()
    assert "new code" in notebook
    assert "old output" not in notebook
    assert "no measurement is recorded." in page(project, "run")


def test_one_bad_post_does_not_stop_the_others(project: Project) -> None:
    """It is a finding, and so is a slot that cannot be filled."""
    bad = write_post(project.root, "bad", "")
    bad.write_bytes(b"\xff\xfe")
    write_post(project.root, "good", '{/* fill chart roofline gpu="H2000" */}\n{/* /fill */}\n')
    codes = [finding.check for finding in write_pages(project)]
    assert codes == [Check.P004, Check.S002]
    assert (project.root / "docs/posts/good/index.md").is_file()


def test_captions_belong_to_what_stands_above_them(project: Project) -> None:
    """A figure has its caption and downloads inside; under a table or image it is marked."""
    write_sample(project.root)
    write_pages(project)
    html = render(page(project, "sample").split("---\n", 2)[2])
    figure = html[html.index("<figure") : html.index("</figure>")]
    assert figure.count("<figcaption>") == 1
    assert 'href="figures/chart-roofline-h200.csv" download>Data (CSV)</a>' in figure
    assert '<p class="caption">A picture of its own.</p>' in html
    assert "<em>Datasheets" not in html


def test_a_post_without_snippets_says_where_its_numbers_come_from(project: Project) -> None:
    """One line, and none for a post in which nothing is computed."""
    write_sample(project.root)
    write_post(project.root, "plain", "Only words.\n")
    write_pages(project)
    line = "Figures and numbers come from `posts/sample/index.mdx` and are computed anew"
    assert line in page(project, "sample")
    assert "computed anew" not in page(project, "plain")


def test_footnotes_stand_before_the_colophon(project: Project) -> None:
    """They belong to the text, the colophon to the page."""
    write_post(project.root, "one", "Six[^1]: {/* = 2 * 3 : .0f */}{/* /= */}.\n\n[^1]: A note.\n")
    write_pages(project)
    html = render(page(project, "one").split("---\n", 2)[2])
    assert 0 < html.index("A note.") < html.index("computed anew")


def test_a_post_with_snippets_offers_a_notebook(project: Project) -> None:
    """With the command that runs it, and nothing measured is claimed."""
    write_post(project.root, "run", '```python bench id="one" keep="x:s"\nx = 1\n```\n')
    write_pages(project)
    shown = page(project, "run")
    assert "no measurement is recorded." in shown
    assert "`benchpost run posts/run/index.mdx`, or in the [notebook](run.ipynb)" in shown
    assert (project.root / "docs/posts/run/run.ipynb").is_file()


def test_reference_pages_are_written_on_request(project: Project) -> None:
    """Every figure, equation, chip, check and word has its entry."""
    with_reference = Project(project.root, Config(reference="docs/reference"))
    assert write_pages(with_reference) == []
    folder = project.root / "docs/reference"
    checks = (folder / "checks.md").read_text(encoding="utf-8")
    assert re.findall(r"^### (\w+):", checks, re.MULTILINE) == [check.name for check in Check]
    glossary = (folder / "glossary.md").read_text(encoding="utf-8")
    assert {"Slot", "Snippet", "Known", "Finding"} <= set(re.findall(r"^## (\w+)", glossary, re.M))
    gallery = (folder / "figures/index.md").read_text(encoding="utf-8")
    slots = [slot for each in EXAMPLES.values() for slot in each]
    drawn = [slot for slot in slots if slot.startswith(("chart", "diagram"))]
    assert gallery.count('<figure class="figure"') == len(drawn) > 10
    model = (folder / "model.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^### `(\w+)`", model, re.M)) == sorted(EQUATIONS)
    values = (folder / "values.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `(\w+)`", values, re.M) == list(functions(Facts()))
    wrong = (folder / "errors/index.md").read_text(encoding="utf-8")
    assert wrong.count('<figure class="figure"') == 6


def test_the_colours_of_figures_are_those_of_the_style_sheet() -> None:
    """After a change of the palette: `python scripts/theme.py`."""
    assert (THEME / "figures.css").read_text(encoding="utf-8") == CSS


def test_the_command_writes_and_reports(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    """Warnings are printed and fail nothing."""
    write_sample(project.root)
    assert main(["pages", "--project", str(project.root)]) == 0
    assert "posts/sample/index.mdx:42:1: warning: P001" in capsys.readouterr().out
    assert (project.root / "docs/posts/sample/index.md").is_file()


@pytest.mark.parametrize("line", ["*All* of it *here*", "Not *all*", "*All* of it", "*a* *b*"])
def test_a_line_that_is_not_emphasised_as_a_whole_is_no_caption(line: str) -> None:
    """It stays a paragraph."""
    assert "caption" not in render(f"```\ncode\n```\n\n{line}\n")


def test_an_empty_corner_of_a_table_is_no_heading() -> None:
    """A screen reader would announce a heading without words."""
    html = render("| | a |\n| --- | ---: |\n| b | 1 |\n")
    assert "<td></td>\n<th" in html


def test_a_file_of_somebody_else_is_left(project: Project) -> None:
    """A page written by hand, a file or folder in the way of one, and a link: all stay, and each
    is reported, until it is gone.
    """
    for slug in ("hand", "file", "folder", "link", "fine"):
        write_post(project.root, slug, f"---\ntitle: {slug}\n---\n\nWords.\n")
    posts = project.root / "docs/posts"
    others = {"index.md": "mine", "hand/index.md": "mine", "file": "mine", "folder/index.md/x": "m"}
    for path, text in others.items():
        (posts / path).parent.mkdir(parents=True, exist_ok=True)
        (posts / path).write_text(text, encoding="utf-8")
    (posts / "link").mkdir()
    (posts / "link/index.md").symlink_to("nowhere")
    said = "P007 benchpost did not write this file and leaves it, so its own page is missing"
    for _ in range(2):
        assert found(write_pages(project)) == [
            f"docs/posts/{path}:1:1: {said}; move it"
            for path in ("file", "folder/index.md", "hand/index.md", "index.md", "link/index.md")
        ]
        assert {path: (posts / path).read_text(encoding="utf-8") for path in others} == others
        assert (posts / "link/index.md").is_symlink()
        assert "Words." in page(project, "fine")
    (posts / "hand/index.md").unlink()
    assert "docs/posts/hand/index.md" not in str(found(write_pages(project)))
    assert "Words." in page(project, "hand")


def test_a_build_that_was_cut_short_is_taken_up(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it wrote is known as ours by the next one."""
    write_sample(project.root)
    write_post(project.root, "zebra", "---\ntitle: Zebra\n---\n\nWords.\n")

    def stop(path: Path, data: bytes) -> bool:
        if "zebra" in path.parts:
            raise KeyboardInterrupt
        return write_if_changed(path, data)

    with monkeypatch.context() as patch:
        patch.setattr("benchpost.site.build_folder.write_if_changed", stop)
        with pytest.raises(KeyboardInterrupt):
            write_pages(project)
    write_post(project.root, "sample", "---\ntitle: Sample\n---\n\nOther words.\n")
    assert found(write_pages(project)) == []
    assert "Other words." in page(project, "sample")
