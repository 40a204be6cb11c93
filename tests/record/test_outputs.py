"""What a snippet printed, as it is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchpost.record.kernel import Shown
from benchpost.record.outputs import PICTURE_LIMIT, plain, shown, too_much


@pytest.mark.parametrize(
    ("printed", "left"),
    [
        ("a\r\nb\n", "a\nb\n"),
        ("10%\r20%\r100%\n", "100%\n"),
        ("10%\r100%\r", "100%"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("abc\b\bX\b", "a"),
        ("\x00\x07\x7f\x9b", "�" * 4),
        ("\ud800 alone", "� alone"),
        ("<obj at 0x7f3a2c1d4e50>", "<obj at 0x…>"),
        ("tabs\tand é 漢 🚀\n", "tabs\tand é 漢 🚀\n"),
    ],
)
def test_text_is_as_a_terminal_leaves_it(printed: str, left: str) -> None:
    """Progress bars end at their last state, colours go, garbage is shown to be garbage."""
    assert plain(printed) == left


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_can_be_recorded(printed: str) -> None:
    """Whatever is printed, what is left is UTF-8 and the same when cleaned again."""
    left = plain(printed)
    assert plain(left.encode().decode()) == left


def test_long_lines_are_no_trouble() -> None:
    """The work grows with the text, not with its square: this would take hours."""
    assert plain("a" * 2_000_000 + "\b" * 1_000_000) == "a" * 1_000_000


def stream(name: str, text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: str) -> dict[str, Any]:
    return {
        "output_type": "display_data",
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def test_pieces_of_a_stream_are_joined() -> None:
    """Neighbouring pieces are one output; a picture between them parts them; order is kept."""
    outputs = [
        stream("stdout", "a\r"),
        stream("stdout", "b\n"),
        stream("stderr", "w"),
        display(**{"image_svg+xml": "<svg/>", "text_plain": "<Figure>"}),
        display(image_png="iVBORw=="),
        stream("stdout", "c"),
        {"output_type": "execute_result", "data": {"text/plain": "42"}},
    ]
    assert list(shown(outputs)) == [
        Shown("stdout", "b\n"),
        Shown("stderr", "w"),
        Shown("svg", b"<svg/>"),
        Shown("png", b"\x89PNG\r\n"[:4]),
        Shown("stdout", "c"),
        Shown("text", "42"),
    ]


def test_too_much_is_said() -> None:
    """Text and pictures have a limit each."""
    assert too_much([Shown("stdout", "a" * 10), Shown("text", "b" * 5)], 15) == ""
    assert too_much([Shown("stdout", "a" * 10), Shown("text", "b" * 6)], 15) == (
        "it printed 16 characters and the limit is 15 (setting `output_limit`); print less"
    )
    assert too_much([Shown("png", b"x" * (PICTURE_LIMIT + 1))], 15) == (
        "it drew a picture of 8388609 bytes and the limit is 8388608; draw less"
    )
