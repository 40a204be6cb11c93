"""Exports for clients and for the web."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from urllib.parse import urljoin

import pytest
from conftest import NODE, missing
from skills.trees import Link, skill, unpacked, write

from benchpost.files import sha256
from benchpost.skills.exports import FOLDERS, LAYOUTS, archive, export, names
from benchpost.skills.exports import web as export_web
from benchpost.skills.library import Library
from benchpost.skills.links import broken
from benchpost.skills.scan import scan

CLIENT = NODE / "node_modules" / ".bin" / "skills"
"""The newest version that runs on Node 20; from 1.7 on it asks for 22."""

FILES = {
    "README.md": "",
    "ml/DESCRIPTION.md": "---\ndescription: Learning\n---\n",
    "ml/train/x/SKILL.md": skill("x")
    + "[y](../../../web/y/SKILL.md#y) [a](a.md) [r](../../../README.md) skills/web/y/run.py\n",
    "ml/train/x/a.md": "[x](SKILL.md) [y](../../../web/y/run.py)\n",
    "web/y/SKILL.md": skill("y").replace("name: y", "name: Y!"),
    "web/y/run.py": "",
    "web/x/SKILL.md": skill("x", "Another. Use when asked"),
    "web/none/SKILL.md": "---\nname: none\n---\n",
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A nested catalogue with a name used twice and one that is not allowed."""
    return Library(scan(write(tmp_path / "skills", FILES)))


def test_names_are_allowed_and_no_two_are_the_same(library: Library) -> None:
    """A name used twice takes its category along; one that is not allowed is its folder's."""
    assert names(library) == {
        "ml/train/x/SKILL.md": "train-x",
        "web/none/SKILL.md": "none",
        "web/x/SKILL.md": "web-x",
        "web/y/SKILL.md": "y",
    }


@pytest.mark.parametrize("layout", FOLDERS)
def test_flat_copies_with_links_rewritten(layout: str, library: Library) -> None:
    """Each skill is a folder one level deep, called as its `name`, and its links lead on."""
    prefix, found = FOLDERS[layout], export(library, layout)
    assert sorted(found.files) == [
        f"{prefix}{path}"
        for path in (
            "none/SKILL.md",
            "train-x/SKILL.md",
            "train-x/a.md",
            "web-x/SKILL.md",
            "y/SKILL.md",
            "y/run.py",
        )
    ]
    text = found.files[f"{prefix}train-x/SKILL.md"].decode()
    assert text.startswith("---\nname: train-x\n")
    assert text.endswith("[y](../y/SKILL.md#y) [a](a.md) [r](../../../README.md) skills/y/run.py\n")
    assert found.files[f"{prefix}train-x/a.md"] == b"[x](SKILL.md) [y](../y/run.py)\n"
    assert [f"{each.place} {each.check.name} {each.message}" for each in found.findings] == [
        "ml/train/x/SKILL.md:1:1 K009 'x' is exported as 'train-x', which no other skill is called",
        "ml/train/x/SKILL.md:6:46 K020 '../../../README.md' leads out of all skills; the export"
        " lacks it",
        "web/x/SKILL.md:1:1 K009 'x' is exported as 'web-x', which no other skill is called",
        "web/y/SKILL.md:1:1 K009 'Y!' is exported as 'y', which no other skill is called",
    ]


@pytest.mark.parametrize("layout", [*FOLDERS, "web"])
def test_what_links_take_from_outside_is_left_out(layout: str, tmp_path: Path) -> None:
    """A file or folder of the machine does not go along, nor as a SKILL.md; each is reported."""
    write(tmp_path, {"secret/data/passwd": "root:x:0\n", "secret/SKILL.md": skill("leak")})
    files: dict[str, str | bytes | Link] = {
        "x/SKILL.md": skill("x"),
        "x/references/pw.md": Link("../../../secret/data/passwd"),
        "x/more": Link("../../secret/data"),
        "x/own.md": Link("SKILL.md"),
        "y/SKILL.md": Link("../../secret/SKILL.md"),
    }
    found = export(Library(scan(write(tmp_path / "tree", files))), layout)
    assert not any(b"root:x" in data for data in found.files.values())
    paths = {path.partition("x/")[2] for path in found.files if "/x/" in f"/{path}"}
    assert {"SKILL.md", "own.md"} == {path for path in paths if path.endswith(".md")}
    assert not any(path.endswith("leak/SKILL.md") for path in found.files)
    said = "K060 a link to a file outside of the catalogue; it is not published"
    assert {f"{each.place.path} {each.check.name} {each.message}" for each in found.findings} >= {
        f"x/references/pw.md {said}",
        f"x/more/passwd {said}",
        f"y/SKILL.md {said}",
    }


def test_the_marketplace_file_names_nested_folders(library: Library) -> None:
    """A plugin a category, with the path of each skill."""
    record = json.loads(export(library, "marketplace").files[".claude-plugin/marketplace.json"])
    assert [(each["name"], each["skills"]) for each in record["plugins"]] == [
        ("ml-train", ["./ml/train/x"]),
        ("web", ["./web/none", "./web/x", "./web/y"]),
    ]
    assert record["plugins"][0]["description"] == "Learning"


def test_the_marketplace_file_is_for_the_root_of_a_repository(library: Library) -> None:
    """For a tree in a repository the paths begin at that repository's root."""
    found = export(library, "marketplace", "docs/skills").files[".claude-plugin/marketplace.json"]
    assert json.loads(found)["plugins"][0]["skills"] == ["./docs/skills/ml/train/x"]


def test_tags_are_found_where_hosts_put_them(tmp_path: Path) -> None:
    """At the top, under `metadata`, or under a host's name there; as a list or with commas."""
    head = "---\nname: x\ndescription: D\ntags: a, b\nmetadata:\n  h:\n    tags: [b, c]\n---\n"
    found = export(Library(scan(write(tmp_path, {"x/SKILL.md": head}))), "web")
    assert json.loads(found.files["skills.json"])[0]["tags"] == ["a", "b", "c"]


def test_discovery_names_files_by_their_digest(library: Library) -> None:
    """One file, or an archive with SKILL.md at its root; no entry without a description."""
    found = export(library, "web")
    record = json.loads(found.files[".well-known/agent-skills/index.json"])
    assert record["$schema"].endswith("/discovery/0.2.0/schema.json")
    assert [(each["name"], each["type"]) for each in record["skills"]] == [
        ("train-x", "archive"),
        ("web-x", "skill-md"),
        ("y", "archive"),
    ]
    for each in record["skills"]:
        data = found.files[f".well-known/agent-skills/{each['url']}"]
        assert each["digest"] == f"sha256:{sha256(data)}"
    data = found.files[".well-known/agent-skills/y.tar.gz"]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(data))) as tar:
        assert tar.getnames() == ["SKILL.md", "run.py"]
    assert "K011" in [each.check.name for each in found.findings]


def test_discovery_of_a_site_below_a_path(library: Library) -> None:
    """Addresses are the site's own where it is known, and relative to the index elsewhere."""
    for site in ("https://e.org/docs/", "https://e.org/docs", ""):
        found = export_web(library, "catalogue/", site)
        index = ".well-known/agent-skills/index.json"
        urls = [each["url"] for each in json.loads(found.files[index])["skills"]]
        at = urljoin(f"https://e.org/docs/{index}", urls[1])
        assert at == "https://e.org/docs/.well-known/agent-skills/web-x/SKILL.md"


def test_lists_for_programs_and_for_models(library: Library) -> None:
    """skills.json has every skill with its problems; llms.txt leads to Markdown that is there."""
    found = export(library, "web")
    rows = json.loads(found.files["skills.json"])
    assert [(row["id"], row["name"], row["category"]) for row in rows] == [
        ("ml/train/x", "train-x", "ml/train"),
        ("web/none", "none", "web"),
        ("web/x", "web-x", "web"),
        ("web/y", "y", "web"),
    ]
    targets = re.findall(r"\]\(([^)]+)\)", found.files["llms.txt"].decode())
    assert len(targets) == 4
    assert set(targets) <= set(found.files)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_path_that_is_not_text_can_be_exported(layout: str, tmp_path: Path) -> None:
    """Bytes of a folder's name that are not UTF-8 stand escaped in lists; the skill is there."""
    write(tmp_path / "t", {"a/\udcff/SKILL.md": skill("x")})
    found = export(Library(scan(tmp_path / "t")), layout)
    for path, data in found.files.items():
        if path.endswith(".json"):
            json.loads(data)
    assert found.files


def test_an_archive_is_the_same_bytes_each_time() -> None:
    """Nothing of the clock, the order or the machine is in it."""
    assert archive({"a": b"1", "b": b"2"}) == archive({"b": b"2", "a": b"1"})


@pytest.mark.corpus
def test_the_export_of_a_real_tree_is_whole(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """80 skills lie one level deep, and no link is broken that was whole."""
    tree = scan(unpacked(tmp_path_factory) / "hermes-agent@post-reorg" / "skills")
    found = export(Library(tree), "npx")
    for path, data in found.files.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    assert len(list(tmp_path.glob("skills/*/SKILL.md"))) == 80
    before = sorted(each.mention.target for each in broken(Library(tree)))
    copied = Library(scan(tmp_path / "skills"))
    assert sorted(each.mention.target for each in broken(copied)) == before


@pytest.mark.node
def test_npx_skills_finds_what_lies_deeper_in_the_export(tmp_path: Path) -> None:
    """A skill three folders deep is not seen in the tree, and is in its export."""
    deep = write(tmp_path / "tree", {"skills/ml/train/x/SKILL.md": skill("x")})
    write(deep, {"skills/y/SKILL.md": skill("y")})
    for path, data in export(Library(scan(deep / "skills")), "npx").files.items():
        write(tmp_path / "export", {path: data})
    seen = [_seen(folder, tmp_path / "home") for folder in (deep, tmp_path / "export")]
    assert seen == [1, 2]


@pytest.mark.corpus
@pytest.mark.node
def test_npx_skills_finds_all(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`npx skills` (npm, 1.5.18) sees 42 skills in the nested tree and 80 in the export."""
    nested = unpacked(tmp_path_factory) / "hermes-agent@post-reorg"
    for path, data in export(Library(scan(nested / "skills")), "npx").files.items():
        write(tmp_path / "export", {path: data})
    seen = [_seen(folder, tmp_path / "home") for folder in (nested, tmp_path / "export")]
    assert seen == [42, 80]
    assert not (tmp_path / "home").exists()


def _seen(folder: Path, home: Path) -> int:
    """How many skills the program offers from a folder; it is asked to list, not to install."""
    if shutil.which("node") is None or not CLIENT.exists():
        missing("npm's package `skills` is not installed (npm ci --prefix tests/node)")
    done = subprocess.run(
        [CLIENT, "add", str(folder), "--list"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(home), "DISABLE_TELEMETRY": "1", "CI": "1"},
    )
    found = re.search(r"Found (\d+) skills?", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", done.stdout))
    return int(found[1]) if found else 0
