"""What of a skill has gone out of date: names of packages, removed things, versions, age."""

from __future__ import annotations

import datetime
import importlib
import io
import pkgutil
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.version import Version
from skills.trees import skill, write

from benchpost.cli import main
from benchpost.skills.freshness.age import changes
from benchpost.skills.freshness.blocks import in_markdown
from benchpost.skills.freshness.declared import Verified, installed, packages, verified
from benchpost.skills.freshness.judge import Sources, judge
from benchpost.skills.freshness.releases import Release, newest, release
from benchpost.skills.freshness.removed import FACTS
from benchpost.skills.freshness.surface import Surface, Verdict
from benchpost.skills.freshness.uses import uses
from benchpost.skills.library import Library
from benchpost.skills.scan import scan


def wheel(
    folder: Path, files: Mapping[str, str], name: str = "pkg-2.0-py3-none-any.whl"
) -> Release:
    """A wheel of these files."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    found = release(folder / name)
    assert found is not None
    return found


MAKERS = [
    "def f():\n for n in T:\n  setattr(sys.modules[__name__], n, 1)\nf()",
    "def f():\n m = sys.modules[__name__]\n m.Foo = 1\nf()",
    "def f(m=sys.modules[__name__]):\n m.Foo = 1\nf()",
    "sys.modules[__name__].Foo = 1",
    "sys.modules['pkg'].Foo = 1",
    "def f(c):\n import pkg\n pkg.__dict__[c.__name__] = c\nf(C)",
    "def f(c):\n import pkg\n setattr(pkg, c.__name__, c)\nf(C)",
    "from enum import global_enum\n@global_enum\nclass C(Enum):\n Foo = 1",
    "import enum\n@enum.global_enum\nclass C(enum.Enum):\n Foo = 1",
    "IntEnum._convert_('X', __name__, str.isupper)",
    "def d(f):\n f.__globals__[f.__name__ + '_v'] = f\n return f",
    "def d():\n globals()[name()] = 1\nd()",
    "class C:\n def __init_subclass__(cls):\n  sys.modules[cls.__module__].__dict__[n()] = 1",
    "class C:\n def f(self):\n  globals().update(x)",
    "def d():\n import importlib\n importlib.import_module('pkg').Foo = 1\nd()",
]
"""Modules `pkg` that make a name in a way that does not show it."""

NO_MAKERS = [
    "class C:\n def f(self):\n  setattr(self, n, 1)",
    "def f(x):\n setattr(x, 'y', 1)",
    "class C:\n def f(self):\n  self.__dict__['x'] = 1\n  self.__dict__.update(y)",
    "def f():\n return globals()['x'], vars(x).items(), sys.modules[__name__].a",
    "class C(Enum):\n Foo = 1",
    "def f():\n other.__dict__['x']",
]
"""Modules that only look as if they did."""

SETTERS = [
    "import pkg\nclass Foo: ...\npkg.Foo = Foo",
    "import pkg as p\np.Foo = 1",
    "import sys\nsys.modules['pkg'].Foo = 1",
    "import pkg\ndef f():\n setattr(pkg, n, 1)\nf()",
    "import sys\nsetattr(sys.modules[__package__], n, 1)",
    "import pkg\npkg.__dict__.update(x)",
    "import pkg\nvars(pkg)[n] = 1",
]
"""Modules beside that put a name into `pkg`."""

MODULES: list[tuple[str, Mapping[str, str], str, Verdict]] = [
    ("defined", {"pkg/__init__.py": "def a(): ..."}, "pkg.a", Verdict.THERE),
    ("not there", {"pkg/__init__.py": "def a(): ..."}, "pkg.b", Verdict.GONE),
    ("a module", {"pkg/__init__.py": "", "pkg/a.py": ""}, "pkg.a", Verdict.THERE),
    ("no module", {"pkg/__init__.py": "", "pkg/a.py": ""}, "pkg.b.c", Verdict.GONE),
    ("of a class", {"pkg/__init__.py": "class A: ..."}, "pkg.A.anything", Verdict.THERE),
    ("in a branch", {"pkg/__init__.py": "try:\n a = 1\nexcept E:\n b = 2"}, "pkg.b", Verdict.THERE),
    ("by global", {"pkg/__init__.py": "def f():\n global a\n a = 1"}, "pkg.a", Verdict.THERE),
    ("by import", {"pkg/__init__.py": "from .x import a as b\nimport c.d"}, "pkg.c", Verdict.THERE),
    (
        "by a star",
        {
            "pkg/__init__.py": "from .x import *",
            "pkg/x.py": "from .y import *",
            "pkg/y.py": "a = 1",
        },
        "pkg.a",
        Verdict.THERE,
    ),
    (
        "by no star",
        {"pkg/__init__.py": "from .x import *", "pkg/x.py": "from . import *"},
        "pkg.a",
        Verdict.GONE,
    ),
    ("a star of others", {"pkg/__init__.py": "from os import *"}, "pkg.a", Verdict.UNKNOWN),
    (
        "by __all__",
        {"pkg/__init__.py": "__all__ = ['x']\n__all__ += ['a']"},
        "pkg.a",
        Verdict.THERE,
    ),
    ("by exec", {"pkg/__init__.py": "exec(open('x').read())"}, "pkg.a", Verdict.UNKNOWN),
    ("into globals", {"pkg/__init__.py": "globals()[f()] = 1"}, "pkg.a", Verdict.UNKNOWN),
    ("by an alias", {"pkg/__init__.py": "g = globals()\ng.update(f())"}, "pkg.a", Verdict.UNKNOWN),
    ("out of globals", {"pkg/__init__.py": "x = globals()['y']"}, "pkg.a", Verdict.GONE),
    ("by setattr", {"pkg/__init__.py": "setattr(m, f(), 1)"}, "pkg.a", Verdict.UNKNOWN),
    ("compiled", {"pkg/__init__.py": "", "pkg/c.cpython-311.so": ""}, "pkg.c.a", Verdict.UNKNOWN),
    (
        "in a stub of compiled code",
        {"pkg/c.abi3.so": "", "pkg/c.pyi": "def a(): ..."},
        "pkg.c.a",
        Verdict.THERE,
    ),
    (
        "in a stub beside a source",
        {"pkg/__init__.py": "b = 1", "pkg/__init__.pyi": "a: int"},
        "pkg.a",
        Verdict.THERE,
    ),
    ("not Python that we read", {"pkg/__init__.py": "print 'x'"}, "pkg.a", Verdict.UNKNOWN),
    ("a folder that others share", {"pkg/x/__init__.py": ""}, "pkg.a", Verdict.UNKNOWN),
    (
        "import hooks",
        {"pkg/__init__.py": "import sys\nsys.meta_path.append(f)"},
        "pkg.a",
        Verdict.UNKNOWN,
    ),
    ("no module by hooks", {"pkg/__init__.py": "sys.meta_path.append(f)"}, "pkg.A", Verdict.GONE),
    ("a start-up file", {"pkg/__init__.py": "", "pkg.pth": "import x"}, "pkg.a", Verdict.UNKNOWN),
    (
        "a module that only raises",
        {"pkg/__init__.py": "", "pkg/a.py": "'''Moved to b.'''\nraise ImportError"},
        "pkg.a",
        Verdict.GONE,
    ),
    (
        "lazily, by a table",
        {
            "pkg/__init__.py": "T = {'a': '.x'}\ndef __getattr__(name):\n if name in T:\n"
            "  return load(T[name])\n raise AttributeError(name)"
        },
        "pkg.a",
        Verdict.THERE,
    ),
    (
        "lazily, not in the table",
        {
            "pkg/__init__.py": "T = {'a': '.x'}\ndef __getattr__(name):\n if name not in T:\n"
            "  raise AttributeError(name)\n return load(T[name])"
        },
        "pkg.b",
        Verdict.GONE,
    ),
    (
        "lazily, by a hundred questions",
        {
            "pkg/__init__.py": "def __getattr__(name):\n if name == 'a0':\n  return 0\n"
            + "".join(f" elif name == 'a{n}':\n  return {n}\n" for n in range(1, 100))
            + " else:\n  raise AttributeError(name)"
        },
        "pkg.b",
        Verdict.GONE,
    ),
    (
        "lazily, from anywhere",
        {"pkg/__init__.py": "def __getattr__(name):\n return getattr(other, name)"},
        "pkg.a",
        Verdict.UNKNOWN,
    ),
    (
        "lazily, none for what is not known",
        {"pkg/__init__.py": "def __getattr__(name):\n if name == 'a':\n  return 1"},
        "pkg.b",
        Verdict.UNKNOWN,
    ),
    (
        "by a lazy module",
        {
            "pkg/__init__.py": "_s = {'x': ['a']}\n_s['y'] = ['b']\nsys.modules[__name__] = "
            "_LazyModule(__name__, globals()['__file__'], _s)"
        },
        "pkg.c",
        Verdict.GONE,
    ),
    (
        "an object's own",
        {"pkg/__init__.py": "sys.modules[__name__] = _LazyModule(__name__, {'x': ['a']})"},
        "pkg._objects",
        Verdict.UNKNOWN,
    ),
    (
        "by a lazy module of unknown content",
        {"pkg/__init__.py": "_s = f()\nsys.modules[__name__] = _LazyModule(__name__, _s)"},
        "pkg.c",
        Verdict.UNKNOWN,
    ),
    (
        "by a lazy module of all below",
        {
            "pkg/__init__.py": "s = define_import_structure(p)\nsys.modules[__name__] = "
            "_LazyModule(__name__, s)",
            "pkg/x/y.py": "class A: ...",
        },
        "pkg.A",
        Verdict.THERE,
    ),
    ("another package", {"pkg/__init__.py": ""}, "other.a", Verdict.UNKNOWN),
    *(
        (f"made while it runs, {number}", {"pkg/__init__.py": text}, "pkg.Foo", Verdict.UNKNOWN)
        for number, text in enumerate(MAKERS)
    ),
    *(
        (f"not made, {number}", {"pkg/__init__.py": text}, "pkg.Foo", Verdict.GONE)
        for number, text in enumerate(NO_MAKERS)
    ),
    *(
        (
            f"set by a module beside, {number}",
            {"pkg/__init__.py": "from pkg import _plug", "pkg/_plug.py": text},
            "pkg.Foo",
            Verdict.UNKNOWN,
        )
        for number, text in enumerate(SETTERS)
    ),
    (
        "stand-ins for what is missing, by the table's own names",
        {
            "pkg/__init__.py": "s = get_objects_from_module(d)\nfor n, v in s.items():\n"
            " setattr(sys.modules[__name__], n, v)\nsys.modules[__name__] = "
            "_LazyModule(__name__, {'x': ['a']})"
        },
        "pkg.Foo",
        Verdict.GONE,
    ),
    (
        "nothing is set in a module beside",
        {
            "pkg/__init__.py": "from pkg import _plug",
            "pkg/_plug.py": "import pkg, numpy\nnumpy.Foo = 1\nself.pkg.Foo = 1\npkg.sub.Foo = 1",
            "pkg/sub.py": "",
        },
        "pkg.Foo",
        Verdict.GONE,
    ),
]


@pytest.mark.parametrize(
    ("title", "files", "name", "verdict"), MODULES, ids=[m[0] for m in MODULES]
)
def test_whether_a_release_has_a_name(
    title: str, files: Mapping[str, str], name: str, verdict: Verdict, tmp_path: Path
) -> None:
    """Gone is said only where the files show every way by which the name could come to be."""
    assert Surface(wheel(tmp_path, files)).find(name).verdict is verdict


PACKAGES = (
    "yaml",
    "markdown_it",
    "mkdocs",
    "packaging",
    "jinja2",
    "numpy",
    "IPython",
    "hypothesis",
)


@pytest.mark.filterwarnings("ignore")  # old modules of other people warn when they are imported
@pytest.mark.parametrize("top", PACKAGES)
def test_nothing_that_can_be_imported_is_called_gone(top: str, tmp_path: Path) -> None:
    """Of packages that are installed here, every name of every module is there, or not told."""
    package = importlib.import_module(top)
    root = Path(str(package.__file__)).parent
    files = [file for file in root.rglob("*") if file.suffix in (".py", ".pyi", ".so")]
    with zipfile.ZipFile(tmp_path / f"{top}-1-py3-none-any.whl", "w") as archive:
        for file in files:
            archive.write(file, f"{top}/{file.relative_to(root).as_posix()}")
    surface = Surface(Release(top, Version("1"), tmp_path / f"{top}-1-py3-none-any.whl"))
    inner = pkgutil.iter_modules(package.__path__, f"{top}.")
    shallow = [top, *(each.name for each in inner if "test" not in each.name)]
    names = [
        f"{module}.{name}"
        for module in shallow
        if module in sys.modules
        for name in dir(sys.modules[module])
        # pytest puts names of its own into what it rewrites
        if name.isidentifier()
    ]
    assert len(names) >= 10
    assert [name for name in names if surface.find(name).verdict is Verdict.GONE] == []


def test_an_sdist_is_read_too(tmp_path: Path) -> None:
    """The folder `src` of an archive counts, and code to be compiled leaves all open."""
    for name, files in {
        "a-1.0.tar.gz": {"a-1.0/src/a/__init__.py": "b = 1", "a-1.0/setup.py": ""},
        "c-1.0.tar.gz": {"c-1.0/c/__init__.py": "b = 1", "c-1.0/c/x.pyx": ""},
    }.items():
        with tarfile.open(tmp_path / name, "w:gz") as tar:
            for path, text in files.items():
                member = tarfile.TarInfo(path)
                member.size = len(text)
                tar.addfile(member, io.BytesIO(text.encode()))
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    found = newest(tmp_path)
    assert sorted(found) == ["a", "c"]
    asked = [Surface(found[top]).find(f"{top}.{name}").verdict for top in "ac" for name in "bx"]
    assert asked == [Verdict.THERE, Verdict.GONE, Verdict.UNKNOWN, Verdict.UNKNOWN]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x1f\x8b broken"])
@pytest.mark.parametrize("name", ["b-3.0-py3-none-any.whl", "b-3.0.tar.gz"])
def test_an_archive_that_cannot_be_read_is_not_at_hand(
    tmp_path: Path, name: str, data: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said once, and an older release that can be read counts."""
    wheel(tmp_path / "w", {"b/__init__.py": ""}, "b-2.0-py3-none-any.whl")
    (tmp_path / "w" / name).write_bytes(data)
    found = newest(tmp_path / "w")
    assert {each: str(each_of.version) for each, each_of in found.items()} == {"b": "2.0"}
    library = one(tmp_path / "t", "", "```python\nimport b\n```\n")
    words = ["skills", "freshness", str(library.tree.root), "--wheels", str(tmp_path / "w")]
    assert main(words) == 0
    assert capsys.readouterr().err.count(f"cannot be read and is not looked at: {name}") == 1


def test_a_release_that_breaks_inside_tells_nothing(tmp_path: Path) -> None:
    """A member that cannot be unpacked is as if it were compiled code."""
    wheel(tmp_path, {"pkg/__init__.py": "def a(): ..." * 50})
    file = tmp_path / "pkg-2.0-py3-none-any.whl"
    data = bytearray(file.read_bytes())
    data[60:80] = b"\xff" * 20
    file.write_bytes(data)
    found = release(file)
    assert found is not None
    assert Surface(found).find("pkg.b").verdict is Verdict.UNKNOWN


def test_a_folder_that_is_not_there_has_no_releases(tmp_path: Path) -> None:
    """Before anything was fetched there is nothing at hand, which is no error."""
    assert newest(tmp_path / "none") == {}


def test_of_a_package_the_newest_release_counts(tmp_path: Path) -> None:
    """Versions are compared as versions, not as texts."""
    for version in ("9.0", "10.0", "10.0rc1"):
        wheel(tmp_path, {}, f"pkg-{version}-py3-none-any.whl")
    assert str(newest(tmp_path)["pkg"]) == "pkg 10.0"


CODE = [
    ("import a.b as c\nc.d.e()", ["1:8 a.b", "2:1 a.b.d.e"]),
    ("from a import b\nb.c; b = 1", ["1:15 a.b"]),
    ("from a.b import *", ["1:17 a.b"]),
    ("from . import a", []),
    ("import a\na.b = 1\na.c += 1\ndel a.d\na.e.f = a.g", ["1:8 a", "5:1 a.e", "5:9 a.g"]),
    (
        "from contextlib import suppress\nwith suppress(ImportError):\n import a",
        ["1:24 contextlib.suppress"],
    ),
    (
        "import contextlib\nwith contextlib.suppress(E, ImportError):\n import a",
        ["1:8 contextlib", "2:6 contextlib.suppress"],
    ),
    ("with open(ImportError):\n import a", ["2:9 a"]),
    ("try:\n import a\nexcept builtins.ImportError:\n pass", []),
    ("try:\n    import a\nexcept ImportError:\n    import b", ["4:12 b"]),
    (">>> import a\n>>> a.b\n1\n", ["1:12 a", "2:5 a.b"]),
    ("%pip install a\nimport a", ["2:8 a"]),
    ("    import a\n    a.b()", ["1:12 a", "2:5 a.b"]),
    ("from a import (\n  b,\n)\nx = ...(", ["1:1 a.b"]),
    ("import a\nfoo(...", ["1:8 a"]),
]


@pytest.mark.parametrize(("code", "expected"), CODE)
def test_names_that_code_uses(code: str, expected: list[str]) -> None:
    """Imports and what hangs on them, with their places; also in pieces, prompts and magics."""
    found = uses(list(in_markdown(f"```python\n{code}\n```\n", "x.md"))).uses
    said = [f"{each.place.line - 1}:{each.place.column} {each.name}" for each in found]
    if "(\n" not in code:
        assert said == expected
    else:
        assert [each.partition(" ")[2] for each in said] == ["a.b"]


def test_blocks_of_one_file_go_on_from_one_another() -> None:
    """What an earlier block imports a later one uses; an indent in a list counts as columns."""
    text = "```py\nimport a\n```\n\n- b:\n\n  ```py\n  a.b\n  ```\n"
    found = uses([each for each in in_markdown(text, "x.md") if each.language == "python"]).uses
    assert [(each.name, each.place.line, each.place.column) for each in found] == [
        ("a", 2, 8),
        ("a.b", 8, 3),
    ]


def test_what_skills_install() -> None:
    """Requirements of install commands, without options, their values, files and addresses."""
    code = (
        "pip install -q 'a[x]>=1' -r r.txt b && c\nuv pip install --python 3.12 \\\n  d\nuv add e"
    )
    assert list(installed(code)) == ["a[x]>=1", "b", "d", "e"]


def one(root: Path, head: str, body: str = "") -> Library:
    text = f"---\nname: x\ndescription: Use when asked\n{head}---\n{body}"
    return Library(scan(write(root, {"x/SKILL.md": text})))


def test_packages_that_a_skill_names(tmp_path: Path) -> None:
    """Those of its dependencies and of its install commands, normalised."""
    head = "metadata:\n  h:\n    dependencies: [Torch>=2, 'git+https://x/y']\n"
    found = one(tmp_path, head).tree.skills[0]
    code = list(in_markdown("`pip install Qdrant_Client==1`", "x"))
    assert packages(found, code) == {"torch", "qdrant-client"}


VERIFIED = [
    ("verified: trl 0.29.1", Verified({"trl": Version("0.29.1")})),
    (
        "verified: [trl==0.29, 'peft: 0.18']",
        Verified({"trl": Version("0.29"), "peft": Version("0.18")}),
    ),
    ("metadata:\n  verified: 2026-03-01", Verified(date=datetime.date(2026, 3, 1))),
    (
        "metadata:\n  verified: trl 1.0 on 2026-03-01",
        Verified({"trl": Version("1.0")}, datetime.date(2026, 3, 1)),
    ),
    ("verified:\n  trl: '1.0'", Verified({"trl": Version("1.0")})),
    ("verified: yesterday", Verified(rest="yesterday")),
    ("license: MIT", None),
]


@pytest.mark.parametrize(("head", "expected"), VERIFIED)
def test_the_version_that_a_skill_was_verified_against(
    head: str, expected: Verified | None, tmp_path: Path
) -> None:
    """Packages with versions, a day, or both, in any of the ways people write lists."""
    assert verified(one(tmp_path, f"{head}\n").tree.skills[0]) == expected


def said(library: Library, sources: Sources) -> list[str]:
    return [f"{f.place} {f.check.name} {f.message}" for f in judge(library, sources).findings]


def test_a_report(tmp_path: Path) -> None:
    """Each fault once a file with its lines, what is there instead, facts before guesses."""
    files = {
        "pkg/__init__.py": "def load(): ...",
        "pkg/deep.py": "class Old: ...",
        "trl/__init__.py": "class RLOOTrainer: ...",
    }
    releases = {"pkg": wheel(tmp_path / "w", files)}
    body = (
        "```python\nimport json, mine, torch\nfrom pkg import Old, lod\nimport pkg\npkg.lod()\n"
        "from trl import PPOTrainer\n```\n```sh\nhuggingface-cli login\n```\n"
        "`huggingface-cli whoami` and `my-huggingface-cli`\n"
    )
    library = one(tmp_path / "t", "verified: pkg 1.9, Pkg-more 1\n", body)
    write(tmp_path / "t", {"x/mine.py": ""})
    library = Library(scan(tmp_path / "t"))
    report = judge(library, Sources(releases))
    gone = next(fact for fact in FACTS if fact.name == "trl.PPOTrainer").sentence
    command = next(fact for fact in FACTS if fact.name == "huggingface-cli").sentence
    assert [f"{f.place} {f.check.name} {f.message}" for f in report.findings] == [
        "x/SKILL.md:1:1 K052 verified against pkg 1.9; 2.0 is out",
        "x/SKILL.md:8:17 K050 pkg 2.0 has no pkg.Old; pkg.deep defines one",
        "x/SKILL.md:8:22 K050 pkg 2.0 has no pkg.lod; did you mean 'load'?",
        f"x/SKILL.md:11:17 K051 {gone}; pkg 2.0 is the newest at hand",
        f"x/SKILL.md:14:1 K051 {command} (2 lines: 14, 16)",
    ]
    counts = report.counts
    assert (counts.there, counts.gone, counts.untold, dict(counts.without)) == (
        1,
        3,
        0,
        {"torch": 1},
    )


def test_a_removed_name_in_backticks_is_reported_without_any_release(tmp_path: Path) -> None:
    """The list of facts needs no wheels; longer names of the same beginning are not meant."""
    fact = next(each for each in FACTS if each.name == "dspy.Claude").sentence
    library = one(tmp_path, "", "`dspy.Claude(...)`, `dspy.ClaudeX`, `x.dspy.Claude`\n")
    assert said(library, Sources()) == [f"x/SKILL.md:5:2 K051 {fact}"]


def test_old_texts(tmp_path: Path) -> None:
    """A day in `verified` makes an old text young again."""
    today = datetime.date(2026, 6, 1)
    old = {"x/SKILL.md": datetime.date(2025, 5, 31)}
    library = one(tmp_path / "a", "")
    assert said(library, Sources(changed=old, today=today)) == [
        "x/SKILL.md:1:1 K054 x has a text last changed on 2025-05-31, 366 days ago; see whether it"
        " still holds"
    ]
    library = one(tmp_path / "b", "verified: 2026-01-01\n")
    assert said(library, Sources(changed=old, today=today)) == []


def git(folder: Path, *words: str, day: str = "") -> None:
    date = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    subprocess.run(
        ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c", *words],
        check=True,
        capture_output=True,
        env={"PATH": "/usr/bin:/bin", **(date if day else {})},
    )


def test_the_last_change_of_a_body_by_git(tmp_path: Path) -> None:
    """Moves, front matter and bulk edits do not count; what nothing else touched has its birth."""
    many = {f"c/s{n}/SKILL.md": skill(f"s{n}") for n in range(8)}
    write(tmp_path, many)
    git(tmp_path, "init", "-q")

    def commit(day: str, files: Mapping[str, str]) -> None:
        write(tmp_path, files)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", "x", day=day)

    commit("2025-01-01", {})
    commit("2025-02-01", {"c/s1/SKILL.md": skill("s1") + "more\n"})
    commit("2025-03-01", {"c/s1/SKILL.md": skill("s1", "Other. Use when asked") + "more\n"})
    git(tmp_path, "mv", "c/s1", "s1")
    commit("2025-04-01", {})
    bulk = {path: text + "licence\n" for path, text in many.items() if "s1" not in path}
    commit("2025-05-01", bulk)
    found = changes(scan(tmp_path))
    assert found["s1/SKILL.md"] == datetime.date(2025, 2, 1)
    assert found["c/s2/SKILL.md"] == datetime.date(2025, 1, 1)


def test_the_command_reports_and_never_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Findings are warnings with exit code 0; what was looked at stands on the other stream."""
    wheel(tmp_path / "w", {"pkg/__init__.py": ""})
    one(tmp_path / "t", "", "```python\nimport pkg.a, torch\n```\n")
    arguments = ["skills", "freshness", str(tmp_path / "t"), "--wheels", str(tmp_path / "w")]
    assert main(arguments) == 0
    shown = capsys.readouterr()
    assert shown.out == (
        f"{tmp_path.as_posix()}/t/x/SKILL.md:6:8: warning: K050 pkg 2.0 has no pkg.a\n"
    )
    assert "2 imported names, 1 releases at hand: 0 there, 1 gone (100.0%)" in shown.err
    assert "not looked at: torch (1); --fetch downloads what the skills install" in shown.err


def test_commands_are_held_against_their_facts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A gone flag is a warning; a page that only gives the tool's name to another is not read."""
    (tmp_path / "w").mkdir()
    body = "```sh\nvllm serve M --swap-space 4\n```\n"
    one(tmp_path / "t", "", body)
    other = "```sh\nlm_eval --model vllm --swap-space 4\n--nope 1\n```\n"
    write(tmp_path / "t", {"y/SKILL.md": skill("y") + other})
    words = ["skills", "freshness", str(tmp_path / "t"), "--wheels", str(tmp_path / "w")]
    assert main(words) == 0
    found = re.findall(r"(\w/SKILL.md:\d+:\d+): warning: (C\d+)", capsys.readouterr().out)
    assert found == [("x/SKILL.md:6:14", "C003")]


def test_only_what_skills_install_is_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A package that no skill names is never asked for, and nothing is without `--fetch`."""
    one(tmp_path / "t", "", "`pip install pkg`\n")
    words = ["skills", "freshness", str(tmp_path / "t"), "--wheels", str(tmp_path / "w"), "--fetch"]
    assert main([*words, "--package", "pgk"]) == 2
    assert "no skill installs pgk; only what skills name is fetched" in capsys.readouterr().err


@pytest.mark.parametrize("fact", FACTS, ids=[fact.name for fact in FACTS])
def test_every_fact_is_whole(fact: object) -> None:
    """Two releases in order, a day, something to do, a source; its sentence says all of them."""
    each = next(one for one in FACTS if one is fact)
    assert Version(each.last) < Version(each.gone)
    assert datetime.date.fromisoformat(each.date).year > 2020
    assert each.instead
    assert each.source
    assert each.sentence.startswith(f"{each.name} is gone since {each.package} {each.gone} (")
