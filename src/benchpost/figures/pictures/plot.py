"""matplotlib made to give the same bytes everywhere, and bytes that suit a page.

One unit of the figure is one px. Text stays text; metadata, style sheets and unused ids go; what
remains is framed by the same `sheet` as the diagrams.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from benchpost.figures.palette import GRID, INK, MUTED
from benchpost.figures.pictures.svg import SIZE, WIDTH, Box

DASHES = ("solid", (0, (7, 3)), (0, (2, 2)), (0, (9, 3, 2, 3)))
"""One for each series, so that colour is never alone in telling them apart."""

_OURS: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "benchpost",
    "font.family": "DejaVu Sans",  # ships with matplotlib, so that the layout is the same
    "font.size": SIZE,
    "text.color": INK.light,
    "axes.labelcolor": INK.light,
    "axes.edgecolor": MUTED.light,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": GRID.light,
    "grid.linewidth": 1.0,
    "xtick.color": MUTED.light,
    "ytick.color": MUTED.light,
    "xtick.labelcolor": INK.light,
    "ytick.labelcolor": INK.light,
    "xtick.minor.visible": False,
    "ytick.minor.visible": False,
    "lines.linewidth": 2.5,
    "lines.dash_capstyle": "butt",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "figure.dpi": 72,
    "savefig.dpi": 72,
}

_OUTER = re.compile(r"\A.*?<svg[^>]*>|</svg>\s*\Z", re.S)
_ID = re.compile(r'\sid="([^"]+)"')
_REFERENCE = re.compile(r'(?:href="#|url\(#)([^")]+)')
_DECIMALS = re.compile(r"-?\d+\.\d{3,}(?:e-?\d+)?")
_TIDIED = (
    (re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.S), ""),
    (re.compile(r"\s*\n\s*"), " "),
    (re.compile(r"(?<=>) (?=<)"), ""),
    (re.compile(r"font-size: [\d.]+px; font-family: [^;\"]*; "), ""),
    (re.compile(r' transform="rotate\(-0 [^"]*"'), ""),
    (re.compile(r"xlink:href"), "href"),
    (re.compile(r"<defs></defs>|<path [^>]*style=\"fill: none\"/>"), ""),
    (re.compile(r"<g>((?:<(?:path|text)\b[^>]*(?:/>|>[^<]*</text>))*)</g>"), r"\1"),
    (re.compile(r"<g></g>"), ""),
)


def plotted(height: float, frame: Box, paint: Callable[[Axes], None]) -> str:
    """The SVG elements of one plot: axes in `frame` (px) of a figure of our width and `height`."""
    with matplotlib.rc_context():
        # rc files of the machine and of the working folder have no say
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_OURS)
        figure = Figure(figsize=(WIDTH / 72, height / 72))
        FigureCanvasSVG(figure)
        place = (frame.x, height - frame.bottom, frame.w, frame.h)
        scaled = [side / whole for side, whole in zip(place, (WIDTH, height) * 2, strict=True)]
        paint(figure.add_axes((scaled[0], scaled[1], scaled[2], scaled[3])))
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return _cleaned(out.getvalue())


def _cleaned(svg: str) -> str:
    svg = _OUTER.sub("", svg)
    used = set(_REFERENCE.findall(svg))
    svg = _ID.sub(lambda found: found[0] if found[1] in used else "", svg)
    for pattern, instead in _TIDIED:
        svg = pattern.sub(instead, svg)
    return _DECIMALS.sub(_rounded, svg).strip()


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]) + 0.0:.2f}".rstrip("0").rstrip(".") or "0"
