"""What a digest covers."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.errors import BenchpostError
from benchpost.post.document import Keep, Snippet, Span
from benchpost.record.digests import file_digest, is_input, snippet_digests, used


def snippet(name: str, code: str, keep: tuple[Keep, ...] = (), line: int = 1) -> Snippet:
    return Snippet(name, "python", code, Span(0, 1), line, keep=keep, timeout=float(line))


def test_a_digest_covers_the_code_before_it() -> None:
    """Changing a snippet changes its digest and those after it, not those before."""
    before = snippet_digests([snippet("a", "x"), snippet("b", "y"), snippet("c", "z")])
    after = snippet_digests([snippet("a", "x"), snippet("b", "Y"), snippet("c", "z")])
    assert [before[name] == after[name] for name in "abc"] == [True, False, False]


def test_a_digest_covers_what_is_kept_but_not_where_it_stands() -> None:
    """A kept variable belongs to its own result only; lines, ids and timeouts to none."""
    plain = snippet_digests([snippet("a", "x"), snippet("b", "y")])
    kept = snippet_digests([snippet("a", "x", (Keep("v", "s"),)), snippet("b", "y", line=9)])
    assert plain["a"] != kept["a"]
    assert plain["b"] == kept["b"]


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("helper.py", True),
        ("src/pkg/__init__.py", True),
        ("posts/a/data.csv", True),
        ("posts/a/figures.py", True),
        ("posts/b/results/box.json", True),
        (".env", True),
        ("posts/a/results/box.json", False),
        ("posts/a/results", False),
        ("posts/a/figures/x.svg", True),
        (".data/h.csv", True),
        (".github/bench.yml", True),
        (".venv/lib/site.py", False),
        (".venv-3.12/lib/x.py", False),
        (".mypy_cache/x.json", False),
        (".ipynb_checkpoints/x.py", False),
        (".git/HEAD", False),
        ("env/lib/python3.11/site-packages/x.py", False),
        ("pkg/__pycache__/m.cpython-311.pyc", False),
        ("src/pkg.egg-info/PKG-INFO", False),
        ("node_modules/x.js", False),
    ],
)
def test_which_files_count(path: str, counts: bool) -> None:
    """Sources and data count; caches, packages, version control and our own output do not."""
    assert is_input(path, "posts/a/index.mdx") is counts


def test_files_are_taken_as_they_are(tmp_path: Path) -> None:
    """Content of a file, names in a folder, nothing for what is absent."""
    post = "posts/a/index.mdx"
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "a.csv").write_text("1")
    empty = file_digest(tmp_path, "data/b.csv", "open", post)
    listed = file_digest(tmp_path, "data", "list", post)
    (folder / "a.csv").write_text("2")
    (folder / ".hidden").write_text("")
    (folder / "__pycache__").mkdir()
    assert (empty, file_digest(tmp_path, "data", "list", post)) == ("", listed)
    (folder / "b.csv").write_text("")
    assert file_digest(tmp_path, "data", "list", post) != listed
    assert file_digest(tmp_path, "nowhere", "list", post) == ""


def test_what_the_kernel_reports_becomes_used_files(tmp_path: Path) -> None:
    """Paths become relative and sorted; what does not count is left out."""
    for name in ("b.py", "a.csv"):
        (tmp_path / name).write_text(name)
    uses = [(str(tmp_path / n), how) for n, how in (("b.py", "import"), ("a.csv", "open"))]
    uses += [(str(tmp_path / ".venv/x.py"), "import"), (str(tmp_path / "gone"), "open")]
    found = used(tmp_path, "posts/a/index.mdx", uses)
    assert [(each.path, each.how, bool(each.digest)) for each in found] == [
        ("a.csv", "open", True),
        ("b.py", "import", True),
        ("gone", "open", False),
    ]


DRAWING = f'<svg width="1" data-plan="{"0" * 64}" data-seal="{"1" * 64}" height="1"/>'


def test_figures_made_by_hand_are_inputs_and_drawn_ones_are_not(tmp_path: Path) -> None:
    """What slots draw from the results, and the data beside it, does not make these stale."""
    post = "posts/a/index.mdx"
    folder = tmp_path / "posts/a/figures"
    empty = file_digest(tmp_path, "posts/a/figures", "list", post)
    folder.mkdir(parents=True)
    for name, text in (("drawn.svg", DRAWING), ("drawn.csv", "1"), ("drawn.png", "")):
        (folder / name).write_text(text)
    assert file_digest(tmp_path, "posts/a", "list", post) == empty
    (folder / "drawn.png").unlink()
    assert file_digest(tmp_path, "posts/a/figures", "list", post) == empty
    for name in ("mine.csv", "mine.svg"):
        (folder / name).write_text("<svg/>")
    assert file_digest(tmp_path, "posts/a/figures", "list", post) != empty
    found = used(tmp_path, post, [(str(file), "open") for file in folder.iterdir()])
    assert [each.path for each in found] == [
        "posts/a/figures/mine.csv",
        "posts/a/figures/mine.svg",
    ]


def test_a_name_that_is_not_text_is_refused(tmp_path: Path) -> None:
    """It could not be written into a results file."""
    with pytest.raises(BenchpostError, match="is used and its name is not UTF-8; rename it"):
        used(tmp_path, "posts/a/index.mdx", [(f"{tmp_path}/a\udcff.csv", "open")])
