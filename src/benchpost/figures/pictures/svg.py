"""The drawing kit: boxes, lines, arrows and words as SVG text, with words measured beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from benchpost.figures.palette import FAINT, INK, MUTED, PAPER, Colour

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
SIZE = 15.0
"""Letters stay legible when a 520 px wide figure is shown 350 px wide."""
WIDTH = 520.0
"""Width of every figure of ours, in px."""

# Advance widths of Helvetica and everything metrically like it, in thousandths of the size.
_PLAIN = {
    222: "'ijl|",
    278: " !,./:;I[\\]ft·",
    333: '()-`r²³{}"',
    400: "*°^",
    500: "Jcksvxyz↑↓",
    556: "#$0123456789?L_abdeghnopqu–≤≥",
    584: "+<=>~×−µ",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    944: "W%",
    1000: "—…→←@",
}
_BOLD = {
    278: "' ,./I\\ijl·|",
    333: "!()-:;[]`ft²³",
    389: "*r{}°",
    556: '#$0123456789J_aceksvxyz–≤≥"↑↓',
    584: "+<=>^~×−µ",
    611: "?FLTZbdghnopqu",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    889: "M%m",
    1000: "W@—…→←",
}


def _by_letter(advances: dict[int, str]) -> dict[str, int]:
    return {letter: advance for advance, letters in advances.items() for letter in letters}


_ADVANCE = {False: _by_letter(_PLAIN), True: _by_letter(_BOLD)}


def text_width(words: str, size: float = SIZE, *, bold: bool = False) -> float:
    """Width of a line in px, as Helvetica sets it; letters it does not list count as wide."""
    advance = _ADVANCE[bold]
    return sum(advance.get(letter, 700) for letter in words) / 1000 * size


@dataclass(frozen=True)
class Box:
    """An upright rectangle, y downwards, px."""

    x: float
    """Left."""
    y: float
    """Top."""
    w: float
    """Width."""
    h: float
    """Height."""

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Bottom edge."""
        return self.y + self.h

    @property
    def cx(self) -> float:
        """Middle, across."""
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        """Middle, down."""
        return self.y + self.h / 2

    def columns(self, count: int, gap: float = 0) -> list[Box]:
        """Cut into equal columns."""
        wide = (self.w - gap * (count - 1)) / count
        return [Box(self.x + i * (wide + gap), self.y, wide, self.h) for i in range(count)]


def number(value: float) -> str:
    """A coordinate: at most two decimals, no sign on zero."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def element(name: str, *children: str, **attributes: str | float | None) -> str:
    """One element; `_` in an attribute's name is written `-`, None leaves the attribute out."""
    written = "".join(
        f' {key.strip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(children)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else number(value)


def rect(
    box: Box,
    fill: Colour | None = None,
    stroke: Colour | None = None,
    *,
    radius: float = 6,
    dash: str | None = None,
    thick: float = 1.5,
) -> str:
    """A box with rounded corners."""
    return element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.w,
        height=box.h,
        rx=radius or None,
        fill=fill.light if fill else "none",
        stroke=stroke.light if stroke else None,
        stroke_width=thick if stroke else None,
        stroke_dasharray=dash,
    )


def boxes(places: Sequence[Box], fill: Colour, stroke: Colour | None = None) -> str:
    """Many small boxes of one kind as one path; nothing when there are none."""
    if not places:
        return ""
    shapes = (
        f"M{number(box.x)} {number(box.y)}h{number(box.w)}v{number(box.h)}h{number(-box.w)}z"
        for box in places
    )
    return element(
        "path",
        d="".join(shapes),
        fill=fill.light,
        stroke=stroke.light if stroke else None,
        stroke_width=1 if stroke else None,
    )


def text(
    x: float,
    y: float,
    words: str,
    *,
    colour: Colour = INK,
    size: float = SIZE,
    anchor: str = "middle",
    bold: bool = False,
    turned: bool = False,
) -> str:
    """One line of words with its optical middle at `y`."""
    return element(
        "text",
        escape(words, quote=False),
        x=x,
        y=y + 0.35 * size,
        fill=None if colour == INK else colour.light,
        font_size=None if size == SIZE else size,
        font_weight="bold" if bold else None,
        text_anchor=None if anchor == "start" else anchor,
        transform=f"rotate(-90 {number(x)} {number(y)})" if turned else None,
    )


def stacked(
    x: float, y: float, lines: Sequence[str], *, step: float = 20, room: float = WIDTH
) -> str:
    """Centred lines around `y`, the first one bold, each set smaller where it exceeds `room`."""
    top = y - step * (len(lines) - 1) / 2
    return "".join(
        text(
            x,
            top + i * step,
            words,
            bold=i == 0,
            colour=MUTED if i else INK,
            size=fitted_size(words, room, bold=i == 0),
        )
        for i, words in enumerate(lines)
    )


def fitted_size(words: str, room: float, *, bold: bool = False) -> float:
    """The usual size of letters, or the smaller one at which a line is `room` wide."""
    wide = text_width(words, bold=bold)
    return SIZE if wide <= room else round(SIZE * room / wide, 2)


def line(
    points: Iterable[tuple[float, float]],
    colour: Colour = MUTED,
    *,
    dash: str | None = None,
    thick: float = 1.5,
) -> str:
    """A line through points."""
    return element(
        "polyline",
        points=" ".join(f"{number(x)},{number(y)}" for x, y in points),
        fill="none",
        stroke=colour.light,
        stroke_width=thick,
        stroke_dasharray=dash,
        stroke_linejoin="round",
    )


def arrow(points: Sequence[tuple[float, float]], colour: Colour = MUTED, thick: float = 1.5) -> str:
    """A line with a head at its end; the last leg is upright or level."""
    (x0, y0), (x1, y1) = points[-2:]
    dx, dy = _sign(x1 - x0), _sign(y1 - y0)
    neck = (x1 - 6 * dx, y1 - 6 * dy)
    wings = [
        (x1, y1),
        (x1 - 8 * dx + 4 * dy, y1 - 8 * dy - 4 * dx),
        (x1 - 8 * dx - 4 * dy, y1 - 8 * dy + 4 * dx),
    ]
    head = element(
        "polygon",
        points=" ".join(f"{number(x)},{number(y)}" for x, y in wings),
        fill=colour.light,
    )
    return line([*points[:-1], neck], colour, thick=thick) + head


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def circle(x: float, y: float, radius: float, fill: Colour, stroke: Colour | None = None) -> str:
    """A dot or a ring."""
    return element(
        "circle",
        cx=x,
        cy=y,
        r=radius,
        fill=fill.light,
        stroke=stroke.light if stroke else None,
        stroke_width=1.5 if stroke else None,
    )


def card(width: float, height: float) -> str:
    """The light ground that lets a file be read on any page; inline figures lose it."""
    return element(
        "rect",
        class_="fig-card",
        x=0.5,
        y=0.5,
        width=width - 1,
        height=height - 1,
        rx=8,
        fill=PAPER.light,
        stroke=FAINT.light,
    )


def sheet(height: float, body: str, *, title: str, desc: str, ident: str) -> str:
    """A whole SVG file: card, title and description for those who do not see it, then `body`."""
    return (
        element(
            "svg",
            "\n",
            element("title", escape(title, quote=False), id=f"{ident}-title"),
            "\n",
            element("desc", escape(desc, quote=False), id=f"{ident}-desc"),
            "\n",
            card(WIDTH, height),
            body.replace("><", ">\n<"),
            "\n",
            xmlns="http://www.w3.org/2000/svg",
            width=WIDTH,
            height=height,
            viewBox=f"0 0 {number(WIDTH)} {number(height)}",
            role="img",
            aria_labelledby=f"{ident}-title {ident}-desc",
            font_family=FONT,
            font_size=SIZE,
            fill=INK.light,
        )
        + "\n"
    )
