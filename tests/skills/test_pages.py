"""Which pages a catalogue has, and at which addresses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skills.trees import Link, skill, write

from benchpost.skills.address import SKILL_FILE
from benchpost.skills.aliases import Aliases
from benchpost.skills.inert import is_inert
from benchpost.skills.library import Library
from benchpost.skills.pages import Kind, Plan, part, plan
from benchpost.skills.scan import scan

Files = Mapping[str, str | bytes | Link]

FILES: Files = {
    "ml/train/x/SKILL.md": skill("x"),
    "ml/train/x/references/paging.md": "# Paging\n",
    "ml/train/x/scripts/run.py": "print()\n",
    "ml/train/x/logo.png": b"\x89PNG\0",
    "web/y/SKILL.md": skill("y"),
}


def planned(root: Path, files: Files, **old: str) -> Plan:
    """The plan of a tree; `old` are aliases, with `__` for a slash."""
    aliases = {each.replace("__", "/"): now for each, now in old.items()}
    return plan(Library(scan(write(root, files))), Aliases(aliases))


def urls(found: Plan, kind: Kind) -> list[str]:
    return [page.url for page in found.pages if page.kind is kind]


def test_addresses_have_names_alone(tmp_path: Path) -> None:
    """A skill's pages stand below its name, categories below `c`, files where they lie."""
    found = planned(tmp_path, FILES)
    assert [page.url for page in found.pages] == [
        "",
        "c/ml/",
        "c/ml/train/",
        "c/web/",
        "x/",
        "y/",
        "x/references/paging/",
        "x/scripts/run-py/",
    ]
    assert found.copies == {
        "ml/train/x/SKILL.md": "x/SKILL.md",
        "ml/train/x/logo.png": "x/logo.png",
        "ml/train/x/references/paging.md": "x/references/paging.md",
        "ml/train/x/scripts/run.py": "x/scripts/run.py",
        "web/y/SKILL.md": "y/SKILL.md",
    }
    assert found.archives == {"ml/train/x/SKILL.md": "x/x.tar.gz"}


def test_a_move_changes_no_address(tmp_path: Path) -> None:
    """Every page of a skill keeps its own, and its path now and before leads to it."""
    before = planned(tmp_path / "a", FILES)
    moved = {path.replace("ml/train", "tools"): data for path, data in FILES.items()}
    after = planned(tmp_path / "b", moved, ml__train__x="tools/x")
    for kind in (Kind.SKILL, Kind.TEXT, Kind.CODE):
        assert urls(after, kind) == urls(before, kind)
    assert set(before.redirects) - {"ml/", "ml/train/"} <= set(after.redirects)
    assert after.redirects["tools/x/"] == after.redirects["ml/train/x/"] == "x/"
    assert after.redirects["ml/train/x/references/paging/"] == "x/references/paging/"


def test_a_renamed_skill_is_found_under_its_old_name(tmp_path: Path) -> None:
    """As a whole and in each of its texts; another skill of that name goes before."""
    found = planned(tmp_path, FILES, ml__old="ml/train/x", y="ml/train/x")
    assert found.redirects["old/"] == "x/"
    assert found.redirects["old/references/paging/"] == "x/references/paging/"
    assert "y/" not in found.redirects
    assert found.redirects["web/y/"] == "y/"


def test_two_skills_of_one_name_have_a_page_of_choice(tmp_path: Path) -> None:
    """Under the name itself, so that a second one does not break links to the first."""
    files = {"a/x/SKILL.md": skill("x"), "b/x/SKILL.md": skill("x")}
    found = planned(tmp_path, files)
    assert urls(found, Kind.SKILL) == ["a-x/", "b-x/"]
    assert urls(found, Kind.CHOICE) == ["x/"]


def test_names_that_clash_with_categories_and_files(tmp_path: Path) -> None:
    """Each page has an address of its own, whatever the names."""
    files = {
        "c/c/SKILL.md": skill("c"),
        "c/c/c.md": "# Not the category\n",
        "c/c/LICENSE": "text\n",
        "c/c/LICENSE.txt": "text\n",
        "c/c/LICENSE.md": "# Text\n",
        "c/c/a.b.md": "# One\n",
        "c/c/a.b.mdx": "# Two\n",
        "c/c/index.html": "<p>Not the page</p>\n",
        "c/c/index.md": "# Not the page\n",
        "c/c/README.md": "# Not the page either\n",
        "c/c/x": "a file\n",
        "c/x/y/SKILL.md": skill("y"),
    }
    found = planned(tmp_path, files)
    every = [page.url for page in found.pages]
    assert len(every) == len(set(every))
    assert [url for url in every if "." in url] == ["c/a.b/"]
    assert {"c/", "c/c/", "c/c-md/", "c/LICENSE-md/", "c/a-b-mdx/", "c/c/x/"} <= set(every)
    # a folder of pages cannot be a file, and the page of the folder `c` is not somebody's own
    copies = {path for path in found.copies if not path.endswith((".md", ".mdx"))}
    assert copies == {"c/c/LICENSE.txt"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paging", "paging"),
        ("..", "file"),
        (".hidden", "hidden"),
        ("a b#c?d%e", "a-b-c-d-e"),
        ("</script>", "script"),
        ("a..b", "a.b"),
        ("{{ x }}.py", "x.py"),
        ("größe", "größe"),
        ("\udcff\udcfe", "file"),
        ("x" * 300, "x" * 80),
        ("\U00020000" * 90, "\U00020000" * 60),
        ("index.html", "index-html"),
        ("Index.HTML", "Index-HTML"),
        ("-index..html", "index-html"),
        ("index.md", "index-md"),
        ("README.md", "README-md"),
    ],
)
def test_any_file_name_gives_an_address(name: str, expected: str) -> None:
    """One that a file system, a server and MkDocs take as it is."""
    assert part(name) == expected


def test_a_link_out_of_the_tree_is_not_published(tmp_path: Path) -> None:
    """It may lead to anything on the machine; one within the tree is fine."""
    (tmp_path / "secret.txt").write_text("secret\n", encoding="utf-8")
    files: Files = {
        "a/x/SKILL.md": skill("x"),
        "a/x/secret.txt": Link("../../../secret.txt"),
        "a/x/shared.txt": Link("../y/shared.txt"),
        "a/y/SKILL.md": skill("y"),
        "a/y/shared.txt": "shared\n",
    }
    found = planned(tmp_path / "tree", files)
    texts = {path for path in found.copies if path.endswith(".txt")}
    assert texts == {"a/x/shared.txt", "a/y/shared.txt"}
    assert [f"{each.place} {each.check.name} {each.message}" for each in found.findings] == [
        "a/x/secret.txt:1:1 K060 a link to a file outside of the catalogue; it is not published"
    ]


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'

STILL = [
    "",
    '<g id="a"><use href="#a"/></g><style>.a{fill:url(#a)}</style><rect style="fill:red"/>',
    '<image href="data:image/png;base64,AAAA"/>',
    '<metadata><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>',
    '<animate attributeName="x" from="0" to="1"/>',
]

ACTIVE = [
    "<script>alert(1)</script>",
    '<rect onload="alert(1)"/>',
    '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    '<a href="java&#115;cript:alert(1)"><rect/></a>',
    '<a xmlns:l="http://www.w3.org/1999/xlink" l:href=" javascript:alert(1)"><rect/></a>',
    '<use href="https://example.org/a.svg#a"/>',
    '<use href="data:image/svg+xml,x#a"/>',
    '<a><animate attributeName="href" to="javascript:alert(1)"/></a>',
    '<set attributeName="onload" to="alert(1)"/>',
    "<style>@import 'https://example.org/a.css'</style>",
    '<rect style="fill:url(https://example.org/a)"/>',
    '<rect fill="url(//example.org/a)"/>',
    "<?xml-stylesheet href='https://example.org/a.css'?>",
    "<style><title/>@import 'https://example.org/a.css'</style>",
    "<not closed",
]


@pytest.mark.parametrize("inside", STILL)
def test_a_drawing_is_offered_as_a_picture(inside: str) -> None:
    """It runs nothing, wherever it is opened."""
    assert is_inert("a.svg", (DRAWING % inside).encode())
    assert is_inert(
        "a.SVG", f"\ufeff<?xml version='1.0' encoding='utf-8'?>{DRAWING % inside}".encode()
    )


@pytest.mark.parametrize("inside", ACTIVE)
def test_an_svg_that_is_more_than_a_drawing_is_not(inside: str) -> None:
    """What could run a script or ask another server for something is no picture."""
    assert not is_inert("a.svg", (DRAWING % inside).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"<svg/>",
        b"<!DOCTYPE svg [<!ATTLIST svg onload CDATA 'x'>]>" + (DRAWING % "").encode(),
        b"<!DOCTYPE svg [<!ENTITY a 'x'>]>" + (DRAWING % "&a;").encode(),
        b"<?xml version='1.0' encoding='utf-7'?>" + (DRAWING % "").encode(),
        (DRAWING % "").encode("utf-16"),
        b"",
    ],
)
def test_what_is_no_svg_as_we_know_it_is_not(data: bytes) -> None:
    """A root, an encoding or entities by which a browser might see something else."""
    assert not is_inert("a.svg", data)


def test_only_files_that_run_nothing_are_offered_as_they_are(tmp_path: Path) -> None:
    """The others are shown as code, and are in the archive; a refused picture is reported."""
    names = ["a.xml", "b.svgz", "c.xht", "d.mhtml", "e.shtml", "f.html", "g", "h.xsl", "i.svg"]
    names += ["j.png.xml", "k.rss", "l.HTM", "m.unheard", "n.txt.html"]
    fine = ["o.txt", "p.json", "q.py", "r.png", "s.xml.txt", "t.svg"]
    files: dict[str, str | bytes | Link] = {"x/SKILL.md": skill("x")}
    files |= {f"x/{name}": "<x>" for name in (*names, *fine)}
    files["x/t.svg"] = DRAWING % ""
    found = planned(tmp_path, files)
    assert set(found.copies) == {"x/SKILL.md", *(f"x/{name}" for name in fine)}
    assert urls(found, Kind.CODE)[:2] == ["x/a-xml/", "x/b-svgz/"]
    assert "x/i-svg/" in urls(found, Kind.CODE)
    assert "x/t-svg/" not in urls(found, Kind.CODE)
    assert [f"{each.place} {each.check.name} {each.message}" for each in found.findings] == [
        "x/i.svg:1:1 K060 an SVG that is more than a drawing (scripts, other places, entities);"
        " it is shown as code, and no picture"
    ]


NAME = st.sampled_from(
    ["a", "b", "c", "a.md", "a-md", "x.py", "x-py", "index", "index.md", "c.md", "a.md.md"]
)


@settings(max_examples=150, deadline=None)
@given(st.sets(st.lists(NAME, min_size=1, max_size=4).map("/".join), max_size=12))
def test_no_two_things_share_an_address(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str]
) -> None:
    """No page, copy or redirect takes the place of another, or of a folder around another."""
    root = tmp_path_factory.mktemp("tree")
    for path in sorted(paths):
        file = root / path / SKILL_FILE if path.count("/") % 2 else root / path
        if not any(each.is_file() for each in (file, *file.parents)) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"{path}\n", encoding="utf-8")
    found = plan(Library(scan(root)), Aliases({"a/old": "a/b", "c": "b/a"}))
    pages = [f"{url}index.html" for url in (*(page.url for page in found.pages), *found.redirects)]
    written = [*pages, *found.copies.values(), *found.archives.values()]
    assert len(written) == len(set(written))
    folders = {
        "/".join(path.split("/")[:n]) for path in written for n in range(1, path.count("/") + 1)
    }
    assert folders.isdisjoint(written)
