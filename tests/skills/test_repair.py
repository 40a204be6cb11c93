"""Mending front matter and links."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from skills.trees import rows, unpacked

from benchpost.skills.address import address
from benchpost.skills.checks import check
from benchpost.skills.library import Library
from benchpost.skills.profiles import CLAUDE, CODEX, PORTABLE, SKILLS_REF, SPEC, Profile
from benchpost.skills.reference import verdict
from benchpost.skills.repair import repaired
from benchpost.skills.scan import scan

HERE = address("x")

CASES = [
    ("sound", "name: x\ndescription: d\n", "name: x\ndescription: d\n"),
    ("name", "name: y  # why\ndescription: d\n", "name: x  # why\ndescription: d\n"),
    ("empty name", "name:\ndescription: d\n", "name: x\ndescription: d\n"),
    (
        "extra fields keep their comments and order",
        "name: x\n# of the skill\nversion: 1.0  # one\ndescription: d\nauthor: me\n",
        "name: x\ndescription: d\nmetadata:\n  # of the skill\n  version: 1.0  # one\n"
        "  author: me\n",
    ),
    (
        "extra fields join the metadata that is there",
        "name: x\nversion: 1\nmetadata:\n    a: b\nlicense: MIT\n",
        "name: x\nmetadata:\n    a: b\n    version: 1\nlicense: MIT\n",
    ),
    (
        "a field that metadata has already stays",
        "name: x\nversion: 1\nmetadata:\n  version: 2\n",
        "name: x\nversion: 1\nmetadata:\n  version: 2\n",
    ),
    (
        "several lines",
        "name: x\nnotes: |\n  one\n\n  two\nmore:\n- a\n",
        "name: x\nmetadata:\n  notes: |\n    one\n\n    two\n  more: 'a'\n",
    ),
    (
        "brackets",
        "name: x\nmetadata:\n  tags: [a, 'b, c', \"d\"]  # some\n  e: {f: g, h: [i]}\n  j: []\n",
        "name: x\nmetadata:\n  tags: # some\n    - a\n    - 'b, c'\n    - \"d\"\n  e:\n"
        "    f: g\n    h:\n      - i\n  j:\n",
    ),
    (
        "brackets over lines",
        "name: x\nmetadata:\n  tags: [a,\n    b]\n",
        "name: x\nmetadata:\n  tags: a, b\n",
    ),
    (
        "brackets with comments inside stay",
        "name: x\nmetadata:\n  tags: [a, # no\n    b]\n",
        "name: x\nmetadata:\n  tags: [a, # no\n    b]\n",
    ),
    (
        "lists become lines with commas",
        "name: x\ntags: [GPU, Fast AI]  # of it\nplatforms:\n- linux\n- macos\n"
        "metadata:\n  n: [1, 'a: b']\n",
        "name: x\nmetadata:\n  n: '1, a: b'\n  tags: GPU, Fast AI # of it\n"
        "  platforms: linux, macos\n",
    ),
    (
        "lists with comments or commas stay",
        "name: x\nmetadata:\n  a:\n    - b # c\n    - d\n  e:\n    - 'f, g'\n",
        "name: x\nmetadata:\n  a:\n    - b # c\n    - d\n  e:\n    - 'f, g'\n",
    ),
    ("not YAML", "name: y: z\nversion: [\n", "name: y: z\nversion: [\n"),
]


@pytest.mark.parametrize(("name", "before", "after"), CASES, ids=[case[0] for case in CASES])
def test_front_matter(name: str, before: str, after: str) -> None:
    """What has one right answer is mended, everything else stays as written."""
    assert repaired(f"---\n{before}---\nBody\n", HERE) == f"---\n{after}---\nBody\n"


@pytest.mark.parametrize(("name", "before", "after"), CASES, ids=[case[0] for case in CASES])
def test_mending_twice_changes_nothing_more(name: str, before: str, after: str) -> None:
    """A mended file is mended."""
    once = repaired(f"---\n{before}---\nBody\n", HERE)
    assert repaired(once, HERE) == once


TOP = "---\nname: x\ndescription: d\ntags:\n  - a\n  - b\nmodel: m\n---\nBody\n"


@pytest.mark.parametrize("profile", [CODEX, CLAUDE])
def test_what_a_profile_does_not_refuse_stays(profile: Profile) -> None:
    """A client that takes more fields keeps them where it reads them."""
    assert repaired(TOP, HERE, profile) == TOP


@pytest.mark.parametrize("profile", [SPEC, SKILLS_REF, PORTABLE])
def test_what_is_mended_is_clean(tmp_path: Path, profile: Profile) -> None:
    """After mending by a profile no field is left that this profile refuses."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x/SKILL.md").write_text(repaired(TOP, HERE, profile), encoding="utf-8")
    tree = scan(tmp_path)
    found = [each.check.name for each in check(Library(tree), profile)]
    assert not {"K013", "K014", "K015"} & set(found)
    assert tree.skills[0].tags == ("a", "b")


def test_carriage_returns_stay() -> None:
    """A file with CR LF keeps them in the lines that are mended."""
    before = "---\r\nname: x\r\nversion: [1]\r\n---\r\nBody\r\n"
    after = "---\r\nname: x\r\nmetadata:\r\n  version: '1'\r\n---\r\nBody\r\n"
    assert repaired(before, HERE) == after


def test_a_byte_order_mark_goes() -> None:
    """The mark is the only character that is lost."""
    assert repaired("\ufeff---\nname: x\n---\n", HERE) == "---\nname: x\n---\n"


@given(st.text(alphabet="ab:-[]{}&'\"#?, \n"))
def test_any_text_can_be_given(source: str) -> None:
    """Whatever stands in the front matter, the body stays and a second mending does nothing."""
    once = repaired(f"---\nname: x\n{source}\n---\nBody\n", HERE)
    assert once.endswith("\n---\nBody\n")
    assert repaired(once, HERE) == once


@pytest.mark.corpus
def test_real_skills_become_valid(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of 219 real files 57 are valid; after mending all are but the one with a long description."""
    trees = unpacked(tmp_path_factory)
    refused = []
    for row in rows("truth.csv"):
        text = (trees / row["label"] / row["path"]).read_text(encoding="utf-8")
        where = address(row["path"])
        if verdict(repaired(text, where), where, row["path"]):
            refused.append(row["path"])
    assert refused == ["skills/claude-api/SKILL.md"]
