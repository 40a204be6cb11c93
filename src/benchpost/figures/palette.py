"""The colours of every figure, each with a light and a dark value.

Four series colours and no more: each stands at least 4.5 : 1 from its background, so that labels
may wear it, and any two stay apart under the three kinds of colour blindness. A test computes both.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Colour:
    """One role in a figure."""

    name: str
    """Name of its CSS variable without the prefix, e.g. `ink` for `--fig-ink`."""
    light: str
    """Value on a light page, and in every file on disk."""
    dark: str
    """Value on a dark page."""


INK = Colour("ink", "#1f2328", "#e7e9ee")
MUTED = Colour("muted", "#57606a", "#a8b0bd")
FAINT = Colour("faint", "#d0d7de", "#454c59")
GRID = Colour("grid", "#e3e7eb", "#343a46")
PANEL = Colour("panel", "#f4f6f8", "#292d37")
PAPER = Colour("paper", "#ffffff", "#1e2129")
SERIES = (
    Colour("series-1", "#1b71d3", "#5794ff"),
    Colour("series-2", "#c24f00", "#ff8038"),
    Colour("series-3", "#0e5a3e", "#5ae6a6"),
    Colour("series-4", "#7a1f7e", "#efb8f2"),
)
SOFT = (
    Colour("soft-1", "#e2effd", "#24344f"),
    Colour("soft-2", "#fdebdd", "#4a3226"),
    Colour("soft-3", "#e0f2e9", "#25443c"),
    Colour("soft-4", "#f5e5f6", "#473c4d"),
)

PALETTE = (INK, MUTED, FAINT, GRID, PANEL, PAPER, *SERIES, *SOFT)
