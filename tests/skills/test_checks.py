"""What the checks say of skills, under each profile."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from skills.trees import data, rows, skill, unpacked, write

from benchpost.skills.address import address
from benchpost.skills.checks import check
from benchpost.skills.library import Library
from benchpost.skills.links import broken
from benchpost.skills.profiles import PROFILES
from benchpost.skills.reference import verdict
from benchpost.skills.scan import scan


def said(root: Path, profile: str = "spec", codes: str = "K") -> list[str]:
    """The findings of a tree whose codes begin with `codes`, as one line each."""
    found = check(Library(scan(root)), PROFILES[profile])
    return [
        f"{each.place} {each.check.name} {each.message}"
        for each in found
        if each.check.name.startswith(codes)
    ]


HEADS = [
    ("spec", "name: x\ndescription: Use when needed", []),
    ("spec", "description: Use when needed", ["K010 `name` is missing; write `name: x`"]),
    (
        "spec",
        "name: x",
        ["K011 `description` is missing; say what the skill does and when to use it"],
    ),
    (
        "spec",
        "name: x\ndescription:",
        ["K011 `description` is missing; say what the skill does and when to use it"],
    ),
    (
        "spec",
        "name: Xy\ndescription: Use when needed",
        [
            "K010 `name` 'Xy' is not of lower-case letters, digits and single hyphens",
            "K012 `name` is 'Xy' and the folder is 'x'; call both the same",
        ],
    ),
    (
        "spec",
        "name: x\ndescription: Use when needed\nlicence: MIT",
        ["K013 the profile spec does not know the field 'licence'; did you mean 'license'?"],
    ),
    (
        "spec",
        "name: x\ndescription: Use when needed\nversion: 1",
        ["K013 the profile spec does not know the field 'version'; move it under `metadata`"],
    ),
    (
        "spec",
        "name: x\ndescription: [Use, when]",
        ["K011 `description` is a list; write it as text"],
    ),
    ("codex", "name: x\ndescription: Use when needed\nversion: 1", []),
    ("claude", "name: x\ndescription: Use when needed\nmodel: opus", []),
    ("spec", "name: x\ndescription: Use when <b>bold</b>", []),
    (
        "claude",
        "name: x\ndescription: Use when <b>bold</b>",
        ["K014 `description` holds the tag '<b>'; write it without angle brackets"],
    ),
    (
        "spec",
        "name: x\ndescription: Use when needed\nmetadata:\n  a: [b]",
        ["K014 `metadata.a` is not text; some clients do not read it"],
    ),
    (
        "portable",
        "name: x\ndescription: Use when needed\nlicense: &a MIT",
        ["K015 YAML with an anchor; write the value itself"],
    ),
    (
        "portable",
        "name: x\ndescription: Use when needed\nmetadata: {a: b}",
        ["K015 YAML in brackets; strict readers take one item a line"],
    ),
    (
        "spec",
        "name: x\nname: x\ndescription: Use when needed",
        ["K015 the field 'name' stands twice; the last one counts"],
    ),
    (
        "spec",
        f"name: x\ndescription: Use when {'w' * 1024}",
        ["K011 `description` has 1033 characters, more than 1024"],
    ),
    (
        "spec",
        f"name: x\ndescription: Use when needed\ncompatibility: {'w' * 501}",
        ["K014 `compatibility` has 501 characters, more than 500"],
    ),
]


@pytest.mark.parametrize(("profile", "source", "expected"), HEADS)
def test_heads(profile: str, source: str, expected: list[str], tmp_path: Path) -> None:
    """Each profile refuses what its reader refuses, and names what would be right."""
    write(tmp_path, {"x/SKILL.md": f"---\n{source}\n---\n"})
    assert [line.partition(" ")[2] for line in said(tmp_path, profile, "K01")] == expected


SOUND = skill("x")
TREES: list[tuple[str, Mapping[str, str], list[str]]] = [
    (
        "sound",
        {"x/SKILL.md": SOUND + "[a](a.md#top-level) [b](#x)\n", "x/a.md": "# Top level\n"},
        [],
    ),
    (
        "link",
        {"x/SKILL.md": SOUND + "See [a](nowhere.md).\n"},
        ["x/SKILL.md:6:9 K020 'nowhere.md' leads nowhere; no file of the catalogue has that name"],
    ),
    (
        "moved in the skill",
        {"x/SKILL.md": SOUND + "![a](./a.svg)\n", "x/assets/a.svg": "", "y/a.svg": ""},
        ["x/SKILL.md:6:6 K020 './a.svg' leads nowhere; did you mean 'assets/a.svg'?"],
    ),
    (
        "from the skill's folder",
        {
            "x/SKILL.md": SOUND + "[a](references/a.md)\n",
            "x/references/a.md": "[b](references/b.md)\n",
            "x/references/b.md": "",
        },
        [
            "x/references/a.md:1:5 K031 'references/b.md' resolves from the skill's folder, not"
            " from this file; write 'b.md'"
        ],
    ),
    (
        "path in code",
        {"x/SKILL.md": SOUND + "Run `scripts/a.py` in `src/app.py`.\n"},
        [
            "x/SKILL.md:6:6 K021 the path 'scripts/a.py' leads nowhere; no file of the catalogue"
            " has that name; the skill has no folder scripts/"
        ],
    ),
    (
        "path in code that is an example, or to be made",
        {
            "x/SKILL.md": SOUND
            + "- **Example**: `scripts/a.py`\n- Save b.c and it to `evals/e.json`.\n"
        },
        [
            "x/SKILL.md:6:17 K021 the path 'scripts/a.py' leads nowhere; it reads like an example:"
            " if it is one, leave it",
            "x/SKILL.md:7:23 K021 the path 'evals/e.json' leads nowhere; it reads like a file that"
            " is made as one works: if it is one, leave it",
        ],
    ),
    (
        "link into a folder that has other files",
        {
            "x/SKILL.md": SOUND + "[a](references/algo.md) [b](references/b.md) algorithms\n",
            "x/references/algorithms.md": "",
            "x/references/b.md": "",
            "x/references/README.md": "",
        },
        [
            "x/SKILL.md:6:5 K020 'references/algo.md' leads nowhere; no file of the catalogue has"
            " that name; references/ holds algorithms.md, b.md: point at one, write it, or take"
            " this out",
        ],
    ),
    (
        "link to where a skill was before",
        {
            "new/x/SKILL.md": SOUND,
            "new/DESCRIPTION.md": "---\ndescription: D\n---\n",
            "y/SKILL.md": skill("y", "Walks a dog. Use when it barks")
            + "[x](../old/x/SKILL.md#x)\n",
            "aliases.json": '{"aliases": {"old/x": "new/x"}}',
        },
        [
            "y/SKILL.md:6:5 K020 '../old/x/SKILL.md#x' leads nowhere; did you mean"
            " '../new/x/SKILL.md#x'?"
        ],
    ),
    (
        "anchor",
        {"x/SKILL.md": SOUND + "[a](#instal)\n## Install\n## Install\n[b](#install-1)\n"},
        [
            "x/SKILL.md:6:5 K022 x/SKILL.md has no heading #instal; did you mean 'install'?",
        ],
    ),
    (
        "related skill",
        {
            "x/SKILL.md": "---\nname: x\ndescription: Use when needed\nmetadata:\n  h:\n"
            "    related_skills: [yy, z]\n---\n[a](skill:zz)\n",
            "y/SKILL.md": skill("y", "Runs other jobs. Use when asked"),
            "z/SKILL.md": skill("z", "Walks a dog. Use when it barks"),
        },
        [
            "x/SKILL.md:5:3 K014 `metadata.h` is not text; some clients do not read it",
            "x/SKILL.md:6:22 K023 related skill 'yy' does not exist; did you mean 'y'?",
            "x/SKILL.md:8:5 K023 skill 'zz' does not exist; did you mean 'z'?",
        ],
    ),
    (
        "orphan",
        {"x/SKILL.md": SOUND + "Run a.py\n", "x/a.py": "", "x/b.bin": "", "x/LICENSE.txt": ""},
        ["x/b.bin:1:1 K024 b.bin is mentioned nowhere in the skill; link it, or remove it"],
    ),
    (
        "nearly the same name",
        {
            "git-reviews/SKILL.md": skill("git-reviews", "Looks at changes. Use when asked"),
            "review-git/SKILL.md": skill("review-git", "Walks a dog. Use when it barks"),
        },
        [
            "review-git/SKILL.md:1:1 K025 the name 'review-git' is nearly 'git-reviews'"
            " (git-reviews/SKILL.md)"
        ],
    ),
    (
        "nearly the same description",
        {
            "aa/SKILL.md": skill("aa", "Draws a chart of any table of numbers. Use when asked"),
            "bb/SKILL.md": skill("bb", "Draws a chart of a table of numbers. Use when asked"),
        },
        ["bb/SKILL.md:1:1 K025 the description is nearly that of 'aa' (aa/SKILL.md)"],
    ),
    (
        "no cue",
        {"x/SKILL.md": skill("x", "Draws charts")},
        [
            "x/SKILL.md:1:1 K026 the description does not say when to use the skill; add `Use when"
            " …`"
        ],
    ),
    (
        "long",
        {"x/SKILL.md": SOUND + "\n" * 500},
        [
            "x/SKILL.md:1:1 K027 506 lines, about 26 tokens; more than 500 lines or 5000 tokens"
            " belong into references/"
        ],
    ),
    (
        "no DESCRIPTION.md",
        {"c/x/SKILL.md": SOUND},
        ["c/DESCRIPTION.md:1:1 K029 the category 'c' has no description; write DESCRIPTION.md"],
    ),
]


@pytest.mark.parametrize(("name", "files", "expected"), TREES, ids=[row[0] for row in TREES])
def test_trees(name: str, files: Mapping[str, str], expected: list[str], tmp_path: Path) -> None:
    """Pointers, references, files, likeness, size and categories: each fault with its place."""
    assert said(write(tmp_path, files)) == expected


def test_a_category_of_one_is_a_warning_in_a_catalogue_that_is_not_small(tmp_path: Path) -> None:
    """Balance is judged from 21 skills on."""
    files = {f"many/s{n}/SKILL.md": skill(f"s{n}") for n in range(20)}
    write(tmp_path, {**files, "one/x/SKILL.md": SOUND})
    assert said(tmp_path, codes="K028") == [
        "many/DESCRIPTION.md:1:1 K028 the category 'many' has 20 skills, which is many; split it",
        "one/DESCRIPTION.md:1:1 K028 the category 'one' has 1 skills, which is few; merge it with"
        " another",
    ]


REFERENCE = [
    ("---\nname: x\ndescription: d\n---\n", []),
    ("---\nname: x\ndescription: d\n---", []),
    ("---\nname: x\ndescription: ~\n---\n", []),
    ("---\nname: x\ndescription: d\nallowed-tools:\n  - a\nmetadata: m\n---\n", []),
    ("---\nname: x\ndescription: d\nmetadata:\n  a:\n    b: c\n---\n", []),
    ('---\nname: x\ndescription: "a --- b"\n---\n', ["K003"]),
    ("\ufeff---\nname: x\ndescription: d\n---\n", ["K002"]),
    ("\n---\nname: x\ndescription: d\n---\n", ["K002"]),
    ("---\nname: x\ndescription: d\n...\n", ["K002"]),
    ("---\n---\n", ["K003"]),
    ("---\n- a\n---\n", ["K003"]),
    ("---\nname: x\ndescription: d\nlicense: [a]\n---\n", ["K015"]),
    ("---\nname: x\ndescription: d\nlicense: &a b\n---\n", ["K015"]),
    ("---\nname: x\ndescription: !!str d\n---\n", ["K015"]),
    ("---\nname: x\nname: x\ndescription: d\n---\n", ["K015"]),
    ("---\nname: x\ndescription: d\nversion: 1\n---\n", ["K013"]),
    ("---\nname: X\ndescription: d\n---\n", ["K010", "K012"]),
    ("---\nname: -\ndescription: <<\n---\n", ["K003"]),
    ("---\nname: x\ndescription: <<\n---\n", ["K011"]),
    ("---\nname: x\ndescription:\n---\n", ["K011"]),
    (f"---\nname: x\ndescription: {'d' * 1025}\n---\n", ["K011"]),
    ("---\nname: x\ndescription: d\ncompatibility:\n  - a\n---\n", ["K014"]),
]


@pytest.mark.parametrize(("text", "codes"), REFERENCE)
def test_the_verdict_of_skills_ref(text: str, codes: list[str]) -> None:
    """skills-ref's verdicts, its parser's faults among them, as run with version 0.1.1."""
    assert [each.check.name for each in verdict(text, address("x"), "x/SKILL.md")] == codes


def test_names_of_any_script_pass_skills_ref() -> None:
    """skills-ref takes lower-case letters of any script, which the specification does not."""
    text = "---\nname: é\ndescription: d\n---\n"
    assert verdict(text, address("é"), "é/SKILL.md") == []


@pytest.mark.corpus
def test_verdicts_on_real_skills(tmp_path_factory: pytest.TempPathFactory) -> None:
    """On all 219 real files the verdict is that of skills-ref."""
    trees = unpacked(tmp_path_factory)
    for row in rows("truth.csv"):
        text = (trees / row["label"] / row["path"]).read_text(encoding="utf-8")
        found = verdict(text, address(row["path"]), row["path"])
        assert (not found) == (row["valid"] == "1"), (row["label"], row["path"], found)


@pytest.mark.corpus
def test_broken_links_of_real_skills(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All known broken pointers are found, no whole link is called broken, and where the file
    exists elsewhere in the tree, that is what is offered."""
    trees = unpacked(tmp_path_factory)
    truth, offered = rows("links_broken.csv"), 0
    for label in sorted({row["label"] for row in rows("manifest.csv")}):
        known = (trees / "_trees" / f"{label}.txt").read_text(encoding="utf-8").split("\n")
        library = Library(scan(trees / label), frozenset(known) - {""})
        found = {(each.file, each.mention.target): each for each in broken(library)}
        expected = {(r["file"], r["target"]): r for r in truth if r["label"] == label}
        assert expected.keys() <= found.keys()
        links = {key for key, each in found.items() if each.mention.kind != "code"}
        assert links <= expected.keys()
        for key in expected:
            name = key[1].rpartition("/")[2]
            if any(path.endswith(f"/{name}") for path in known):
                assert found[key].sure, key
                offered += 1
            else:
                # nothing that could be pointed at is in the commit: what may be done is said
                assert found[key].advice or found[key].offers, key
    assert offered == 3


def test_the_data_is_there() -> None:
    """The real trees are what their table says."""
    assert (data() / "trees.tar.gz").is_file()
