"""Seals: what a file on disk says of itself."""

from __future__ import annotations

import pytest

from benchpost.errors import BenchpostError
from benchpost.figures.seal import is_marked, judge, sealed
from benchpost.figures.types import Drawing


def drawing(plan: str = '{"m":512}', svg: bytes = b"<svg>\n<g>512</g>\n</svg>\n") -> Drawing:
    return Drawing("x.svg", plan, lambda: svg)


def undrawable() -> bytes:
    raise AssertionError("a check must not draw")


FILE = sealed(drawing())


@pytest.mark.parametrize(
    ("data", "plan", "verdict"),
    [
        (FILE, '{"m":512}', "fresh"),
        (FILE, '{"m":513}', "stale"),
        (FILE.replace(b"512", b"513"), '{"m":512}', "tampered"),
        (FILE.replace(b"512", b"513"), '{"m":513}', "tampered"),
        (FILE + b" ", '{"m":512}', "tampered"),
        (FILE[:-1], '{"m":512}', "tampered"),
        (b"<svg>\n<g>512</g>\n</svg>\n", '{"m":512}', "tampered"),
        (b"", '{"m":512}', "tampered"),
        (b"\xff\xfe", '{"m":512}', "tampered"),
        (FILE.replace(b"\n", b"\r\n"), '{"m":512}', "fresh"),
    ],
)
def test_verdicts(data: bytes, plan: str, verdict: str) -> None:
    """A file is fresh, stale or tampered with; nothing is drawn to know it."""
    assert judge(data, Drawing("x.svg", plan, undrawable)) == verdict


def test_every_single_byte_matters() -> None:
    """Whichever byte is changed, the file is no longer fresh."""
    for place in range(len(FILE)):
        changed = FILE[:place] + bytes([FILE[place] ^ 1]) + FILE[place + 1 :]
        assert judge(changed, drawing()) != "fresh", place


@pytest.mark.parametrize(
    ("data", "is_ours"),
    [(FILE, True), (FILE.replace(b"512", b"513"), True), (b"<svg/>", False), (b"", False)],
)
def test_marks_tell_whose_a_file_was(data: bytes, is_ours: bool) -> None:
    """A file that was edited still bears the marks; one that was never ours has none."""
    assert is_marked(data) == is_ours


def test_only_svg_is_sealed() -> None:
    """What is not SVG has no place for a seal."""
    with pytest.raises(BenchpostError, match=r"^figure 'x.svg' was not drawn as SVG$"):
        sealed(drawing(svg=b"not a picture"))
