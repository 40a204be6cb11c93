"""What an inference server does: simulated on the performance model, and in closed form.

    from benchpost import serving
    serving.simulate(gpu="H100 SXM", model="Llama-3.1-8B", concurrency=64, prompt=1024, output=256)

Nothing is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchpost.serving.allocation import shares, token_share
    from benchpost.serving.graphs import best_sizes, capture_sizes
    from benchpost.serving.prefixes import Talk, reuse
    from benchpost.serving.simulation import simulate
    from benchpost.serving.speculation import break_even
    from benchpost.serving.sweeps import grid, sweep

__all__ = [
    "Talk",
    "best_sizes",
    "break_even",
    "capture_sizes",
    "grid",
    "reuse",
    "shares",
    "simulate",
    "sweep",
    "token_share",
]

_WHERE = {
    "Talk": "prefixes",
    "best_sizes": "graphs",
    "break_even": "speculation",
    "capture_sizes": "graphs",
    "grid": "sweeps",
    "reuse": "prefixes",
    "shares": "allocation",
    "simulate": "simulation",
    "sweep": "sweeps",
    "token_share": "allocation",
}
"""Module of each name."""


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
