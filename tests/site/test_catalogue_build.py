"""Whole trees become sites that build strictly: hostile ones, and those of strangers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from site_project import mkdocs
from skills.trees import Link, data, skill, write

from benchpost.config import find_project
from benchpost.site.pages import write_pages

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_catalogues.py"

BODY = """
# Title `code` {#id}

## Braces {{ page.url }} {% for x in y %} {#id}

Jinja {{ config.site_name }} and {% raw %}, lists {: .class #x } and { .y }.

A [link](nowhere.md){ .z }, <script>alert("body")</script><img src=x onerror=alert(1)>.

<iframe src="https://example.org"></iframe>

[js](javascript:alert(1)), ![missing](no.png), <b onclick="alert(2)">bold</b>

![other](https://example.org/o.png) [data](data:text/html,x) ![data](data:text/html,x)

A note[^a] and one without[^b]. <details><summary>S</summary>Inside</details>

[^a]: The note.

!!! note "not ours"

    but code

=== "tab"

~~~~html-as-is
<p id="as-is">raw</p>
~~~~

| a | b |
|---|---|
| `|` | {{ x }} |

# Second title

$x^2$ and $\\undefined{x}$ costs $5 or $6.
"""

EVIL = "</title><script>alert(1)</script>"

HOSTILE: dict[str, str | bytes | Link] = {
    "DESCRIPTION.md": f"---\ndescription: '{EVIL}{{{{ x }}}}'\n---\n",
    "a/DESCRIPTION.md": b"---\ndescription: [1\n---\n",
    "a/evil/SKILL.md": f"---\nname: '{EVIL}'\ndescription: '{EVIL} \"quoted\" {{{{ x }}}}'\n"
    f"tags: ['{EVIL}', 'a, b', '', 'C++', '{{{{ t }}}}']\nmetadata:\n  version: '{EVIL}'\n"
    f"  related_skills: ['{EVIL}', bom]\n---\n{BODY}",
    "a/no-yaml/SKILL.md": f"---\nname: [unclosed\ndescription: x: y: z\n---\n{BODY}",
    "a/no-head/SKILL.md": BODY,
    "a/open-head/SKILL.md": f"---\nname: x\n{BODY}",
    "a/latin/SKILL.md": "---\nname: latin\ndescription: Größe. Use when\n---\n# Größe\n".encode(
        "latin-1"
    ),
    "a/bom/SKILL.md": "\ufeff" + skill("bom") + BODY,
    "a/crlf/SKILL.md": (skill("crlf") + BODY).replace("\n", "\r\n"),
    "a/empty/SKILL.md": "",
    "a/control/SKILL.md": '---\nname: "a\\u0085b\\ufffe"\ndescription: "\\u2028\\x07"\n---\n\x02\n',
    "a/same/SKILL.md": skill("same"),
    "b/same/SKILL.md": skill("same"),
    "b/c/SKILL.md": skill("c"),
    "b/c/b.md": "# Where a category's page would stand\n",
    "b/dots/SKILL.md": skill("../../../etc") + "[up](../../../../../etc/passwd) [self](..)\n",
    "b/twice/twice/SKILL.md": skill("twice"),
    "b/odd/SKILL.md": skill("odd") + '[a](<a b#c?.md>) [b](a%20b%23c%3F.md#x) [q](quote".md)\n',
    "b/odd/a b#c?.md": "# Odd {#x}\n\n[back](SKILL.md#odd) [out](../same/SKILL.md#same)\n",
    'b/odd/quote".md': "---\ntitle: '</h1>'\ntags: x\n---\nno heading\n",
    "b/odd/_private/.hidden/x.md": "hidden\n",
    "b/odd/{{ x }}.py": "{{ x }}\n```\n</script>\n",
    "b/odd/index.html": "<script>location = 'https://example.org'</script>\n",
    "b/odd/README.md": "# Readme\n",
    "b/odd/a.md.md": "# Twice\n",
    "b/index.html/deep/SKILL.md": skill("index.html"),
    "b/index.html/index.md/SKILL.md": skill("index.md"),
    "b/odd/index.html.d/index.html/x.md": "# Below a page\n",
    "b/odd/README.md.d/readme.md/x.py": "1\n",
    "b/odd/drawn.mdx": '# Drawn\n\n<svg onload="alert(5)"><a href="javascript:alert(5)"><g/></a>'
    '<image href="https://example.org/i.png"/></svg>\n',
    "b/odd/big.txt": "x" * 70_000,
    "b/odd/nothing.txt": "",
    "b/odd/picture.svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(3)'/>",
    "b/loop": Link("../b"),
    "b/dangling/SKILL.md": Link("nowhere"),
    "b/folder/SKILL.md/x.txt": "a folder called as a skill\n",
    "aliases.json": json.dumps(
        {
            "aliases": {
                "old/place": "b/same",
                "../../x": "b/c",
                "c": "a/bom",
                "index.html": "b/c",
                "a/index.html/b": "b/c",
                "no/text": ["b/c"],
            }
        }
    ),
}


def project_of(root: Path, tree: Path) -> Path:
    """A project under the settings of our site, with a tree elsewhere."""
    (root / "docs").mkdir(parents=True)
    (root / "docs/index.md").write_text("# Home\n", encoding="utf-8")
    (root / "benchpost.toml").write_text(f'skills = "{tree}"\n', encoding="utf-8")
    settings = (SCRIPT.parents[1] / "mkdocs.yml").read_text(encoding="utf-8")
    nav = "\nnav:\n  - index.md\n  - catalogue/index.md\n"
    (root / "mkdocs.yml").write_text(settings[: settings.index("\nnav:")] + nav, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a tree in which nothing is as it should be."""
    tree = write(tmp_path_factory.mktemp("tree"), HOSTILE)
    (tree / os.fsdecode(b"b/odd/\xff.txt")).write_text("not UTF-8\n", encoding="utf-8")
    root = project_of(tmp_path_factory.mktemp("hostile") / "project", tree)
    done = mkdocs(root, "build", "--strict")
    assert done.returncode == 0, done.stderr
    return root / "site"


OUTSIDE = re.compile(r"(?:https?:)?//")


class Seen(HTMLParser):
    """What could act on a page: scripts, handlers, addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for key, value in attrs:
            if key.startswith("on") or (value or "").startswith(("javascript:", "data:text")):
                self.acts.append(f"{tag} {key}")
            if tag != "a" and key in ("src", "href", "srcset") and OUTSIDE.match(value or ""):
                self.acts.append(f"{tag} {key}")
        if tag in ("iframe", "object", "embed"):
            self.acts.append(tag)
        self.in_script = tag == "script"

    def handle_data(self, text: str) -> None:
        if getattr(self, "in_script", False):
            self.scripts.append(text)


def pages(site: Path) -> Iterator[tuple[str, str]]:
    for file in sorted((site / "catalogue").rglob("index.html")):
        yield file.relative_to(site).as_posix(), file.read_text(encoding="utf-8")


def test_every_skill_has_a_page_and_is_listed(hostile: Path) -> None:
    """None hides another, whatever is wrong with it."""
    index = (hostile / "catalogue/index.html").read_text(encoding="utf-8")
    names = ["evil", "no-yaml", "no-head", "open-head", "latin", "bom", "crlf", "empty", "control"]
    names += ["a-same", "b-same", "same", "c", "dots", "twice", "odd", "dangling"]
    for name in names:
        assert (hostile / f"catalogue/{name}/index.html").is_file(), name
        assert name == "same" or f'href="{name}/"' in index, name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("no-yaml", "K003"), ("no-head", "K002"), ("open-head", "K002"), ("latin", "K001")),
        *(("empty", "K002"), ("bom", "K004"), ("b-same", "K009"), ("dangling", "K001")),
    ],
)
def test_a_broken_skill_says_so_on_its_page(hostile: Path, name: str, code: str) -> None:
    """With the code of each fault; and its text is there."""
    html = (hostile / f"catalogue/{name}/index.html").read_text(encoding="utf-8")
    box = html[html.index("This skill has faults") :]
    assert f"<code>{code}</code>" in box[: box.index("</div>")]
    assert ("Second title" in html) == (name in ("no-yaml", "no-head", "open-head", "bom"))


def test_nothing_of_a_skill_runs_in_a_page(hostile: Path) -> None:
    """No script, handler or frame of its own comes through, in names and fields neither."""
    for path, html in pages(hostile):
        seen = Seen()
        seen.feed(html)
        assert seen.acts == [], path
        assert not any("alert(" in script for script in seen.scripts), path
        assert EVIL not in html, path


def test_braces_stay_braces(hostile: Path) -> None:
    """Templates and attribute lists of other tools are text."""
    html = (hostile / "catalogue/crlf/index.html").read_text(encoding="utf-8")
    assert "Braces {{ page.url }} {% for x in y %} {#id}" in html
    assert "Jinja {{ config.site_name }} and {% raw %}, lists {: .class #x } and { .y }" in html
    code = (hostile / "catalogue/odd/x-py/index.html").read_text(encoding="utf-8")
    assert "&lt;/script&gt;" in code
    assert "<h1" in code


def test_odd_file_names_are_reached(hostile: Path) -> None:
    """By links in either spelling, with their anchors; what leads out of the tree is text."""
    html = (hostile / "catalogue/odd/index.html").read_text(encoding="utf-8")
    assert html.count('href="a-b-c/"') + html.count('href="a-b-c/#x"') >= 3
    back = (hostile / "catalogue/odd/a-b-c/index.html").read_text(encoding="utf-8")
    assert '<a href="../">back</a>' in back or '<a href="../#odd">back</a>' in back
    assert 'href="../../b-same/' in back
    dots = (hostile / "catalogue/dots/index.html").read_text(encoding="utf-8")
    assert "passwd" not in dots.replace(">up<", "")


def test_old_places_lead_to_new_ones(hostile: Path) -> None:
    """With their anchors; one that another page has is that page's."""
    html = (hostile / "catalogue/old/place/index.html").read_text(encoding="utf-8")
    # a relative address is none for search engines, and the site's own is not known here
    assert "canonical" not in html
    assert 'content="0; url=../../b-same/"' in html
    assert 'location.replace("../../b-same/" + location.search + location.hash)' in html
    assert "has faults" not in (hostile / "catalogue/c/index.html").read_text(encoding="utf-8")


def test_programs_find_what_they_look_for(hostile: Path) -> None:
    """Lists at the root, every skill as the file that it is, archives by their digest."""
    rows = json.loads((hostile / "skills.json").read_text(encoding="utf-8"))
    assert len(rows) == 19
    lost = {row["name"] for row in rows if not (hostile / row["url"]).is_file()}
    assert lost == {"dangling", "folder"}
    twin = hostile / "catalogue/crlf/SKILL.md"
    assert twin.read_bytes() == (skill("crlf") + BODY).replace("\n", "\r\n").encode()
    assert (hostile / ".well-known/agent-skills/index.json").is_file()
    assert "catalogue/crlf/SKILL.md" in (hostile / "llms.txt").read_text(encoding="utf-8")


def of_the_guide(root: Path) -> Path:
    """The project that the guide shows, with the files that it names."""
    guide = (SCRIPT.parents[1] / "docs/guide/skills.md").read_text(encoding="utf-8")
    for name in ("mkdocs.yml", "benchpost.toml"):
        found = re.search(rf'^```\w+ title="{name}"\n(.*?)^```$', guide, re.M | re.DOTALL)
        assert found, name
        (root / name).write_text(found[1], encoding="utf-8")
    vllm = "docs/skills/mlops/inference/vllm"
    files = {
        "docs/index.md": "# Home\n",
        "docs/skills/mlops/DESCRIPTION.md": "---\ndescription: Models.\n---\n",
        f"{vllm}/SKILL.md": skill("vllm") + "[Tuning](references/tuning.md), $x^2$, ~~old~~\n",
        f"{vllm}/references/tuning.md": "# Tuning\n\n- [ ] do\n\n> [!NOTE]\n> Box[^a]\n\n[^a]: N\n",
        f"{vllm}/scripts/probe.py": "print()\n",
    }
    return write(root, files)


def test_the_project_of_the_guide_is_complete(tmp_path: Path) -> None:
    """Its `mkdocs.yml` as it is printed builds strictly, and gives the addresses that it lists."""
    done = mkdocs(of_the_guide(tmp_path), "build", "--strict")
    assert done.returncode == 0, done.stderr
    site = tmp_path / "site"
    guide = (SCRIPT.parents[1] / "docs/guide/skills.md").read_text(encoding="utf-8")
    section = guide[guide.index("## What you get") : guide.index("## Addresses")]
    addresses = re.findall(r"`/([\w./-]+)`", section)
    assert len(addresses) >= 10
    for address in addresses:
        assert (site / address).is_file() or (site / address / "index.html").is_file(), address
    old = (site / "catalogue/mlops/inference/vllm/index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.org/catalogue/vllm/">' in old
    index = (site / ".well-known/agent-skills/index.json").read_text(encoding="utf-8")
    assert '"https://example.org/.well-known/agent-skills/vllm.tar.gz"' in index
    assert not (site / "posts").exists()
    assert not list(site.rglob("skills/**/*.html"))
    assert "The following pages exist" not in done.stderr
    page = (site / "catalogue/vllm/references/tuning/index.html").read_text(encoding="utf-8")
    assert 'type="checkbox"' in page
    assert 'class="admonition note"' in page
    assert 'class="footnote"' in page


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  - attr_list\n", "`attr_list`"),
        ("  - benchpost.site.maths_extension\n", "`benchpost.site.maths_extension`"),
        ("      generic: true\n", "`pymdownx.arithmatex, generic: true`"),
        ("        - name: html-as-is\n", "`pymdownx.superfences, custom_fences, name: html-as-is`"),
    ],
)
def test_what_mkdocs_yml_lacks_is_named(tmp_path: Path, line: str, said: str) -> None:
    """A strict build fails on it instead of showing marks."""
    settings = of_the_guide(tmp_path) / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8")
    assert line in text
    other = line.replace("html-as-is", "other") if "name:" in line else ""
    settings.write_text(text.replace(line, other), encoding="utf-8")
    done = mkdocs(tmp_path, "build", "--strict")
    assert done.returncode == 1
    assert f"mkdocs.yml: the markdown_extensions lack {said}, which the pages of" in done.stderr


@pytest.mark.corpus
def test_trees_of_strangers_become_sites(tmp_path: Path) -> None:
    """The reorganised catalogue of 83 skills, every page, redirect and link of it."""
    command = [sys.executable, str(SCRIPT), str(data()), "--only", "hermes-agent@post-reorg"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [
        "hermes-agent@post-reorg: 1 index, 26 category, 83 skill, 122 text, 40 code, 271 redirects",
        "all: 1 index, 26 category, 83 skill, 122 text, 40 code",
        "0 failures",
    ], done.stderr


def test_a_file_that_becomes_a_folder(tmp_path: Path) -> None:
    """And the other way round: what is gone is removed before the rest is written."""
    tree = write(tmp_path / "tree", {"a/x/SKILL.md": skill("x"), "a/x/tools/run.sh": "true\n"})
    project = find_project(project_of(tmp_path / "project", tree))
    assert write_pages(project) == []
    (tree / "a/x/tools/run.sh").unlink()
    write(tree, {"a/x/tools/run.sh/part.csv": "a,b\n"})
    assert write_pages(project) == []
    copied = project.root / "docs/catalogue/x/tools/run.sh"
    assert (copied / "part.csv").is_file()
    (tree / "a/x/tools/run.sh/part.csv").unlink()
    (tree / "a/x/tools/run.sh").rmdir()
    write(tree, {"a/x/tools/run.sh": "false\n"})
    assert write_pages(project) == []
    assert copied.read_text(encoding="utf-8") == "false\n"


def test_texts_that_links_take_from_outside_are_on_no_page(tmp_path: Path) -> None:
    """A SKILL.md and a DESCRIPTION.md too; the finding has the path in the tree."""
    write(tmp_path, {"secret.md": "---\nname: s\ndescription: d\n---\n# Secret words\n"})
    files: dict[str, str | bytes | Link] = {
        "a/x/SKILL.md": Link("../../../../../secret.md"),
        "a/DESCRIPTION.md": Link("../../../../secret.md"),
        "a/y/SKILL.md": skill("y"),
        "a/y/s.md": Link("../../../../../secret.md"),
    }
    root = project_of(tmp_path / "project", Path("docs/skills"))
    write(root / "docs/skills", files)
    findings = write_pages(find_project(root))
    written = root / "docs/catalogue"
    texts = [file.read_bytes() for file in written.rglob("*") if file.is_file()]
    assert len(texts) > 4
    assert not any(b"Secret words" in text for text in texts)
    assert {each.place.path for each in findings if each.check.name == "K060"} == {
        "docs/skills/a/x/SKILL.md",
        "docs/skills/a/y/s.md",
    }
