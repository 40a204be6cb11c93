"""The published rows behind a figure: which are meant, who published them, errors as words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from benchpost.figures import markup
from benchpost.roofline.scores import Score

READ = "2026-11"
"""When the rows were read from their repositories, each at the commit in its source."""

_FEW = 2
"""Sources that a caption names where its data file names all."""

PLATFORMS = {
    "server": "data-centre",
    "desktop": "desktop, below 2 GHz",
    "fast desktop": "desktop, above 2 GHz",
    "soc": "Apple, Jetson",
}
"""What hands a GPU its work, in a figure's words."""

SERVERS = {
    "one GPU": "dense, one GPU",
    "several GPUs": "dense, several GPUs",
    "experts": "experts",
    "latent attention": "latent attention",
}
"""Kinds of servers, likewise."""

WHAT = {
    "decode": "decode rate",
    "prefill": "prefill rate",
    "serving": "time per output token",
    "first token": "time to first token",
}
"""What is predicted, by kind."""

UNITS = {
    "decode": ("tokens per second", 1.0),
    "prefill": ("tokens per second", 1.0),
    "serving": ("ms", 1e3),
    "first token": ("ms", 1e3),
}
"""What a figure counts it in, and how many of these are in what is kept."""


def percent(share: float) -> str:
    """`62 %`, `4.9 %`: whole from ten on."""
    shown = 100 * share
    return f"{shown:.0f} %" if abs(shown) >= 9.95 else f"{shown:.1f} %"


def signed(share: float) -> str:
    """The same with its sign."""
    return f"{'+' if share >= 0 else '−'}{percent(abs(share))}"


def sources_of(scores: Sequence[Score], table: str = "") -> str:
    """`Rows: owner/repository@commit (12), …`, those with most rows first.

    Where the file `table` holds the source of each row, only the first few are named.
    """
    counts = Counter(_short(score.row.source) for score in scores).most_common()
    named = counts[:_FEW] if table and len(counts) > _FEW + 1 else counts
    listed = [f"{markup.escaped(name)} ({n})" for name, n in named]
    if len(named) < len(counts):
        listed.append(f"{len(counts) - len(named)} more in {markup.code(table)}")
    return f"Rows, read {READ}: {', '.join(listed)}."


def _short(source: str) -> str:
    """A repository at a commit without the file in it; any other source as it is."""
    first = source.partition(" ")[0]
    return first if "@" in first else source


def counted(scores: Iterable[Score]) -> str:
    """`562 published rows of 24 GPUs and 9 engines`."""
    known = list(scores)
    gpus, engines = ({getattr(s.row, key) for s in known} for key in ("gpu", "engine"))
    return f"{_many(known, 'published row')} of {_many(gpus, 'GPU')} and {_many(engines, 'engine')}"


def _many(things: Sequence[object] | set[str], word: str) -> str:
    return f"{len(things):,} {word}{'' if len(things) == 1 else 's'}"
