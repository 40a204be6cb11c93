"""What an inference server does: simulated on the performance model, and in closed form.

    from benchpost import serving
    serving.simulate(gpu="H100 SXM", model="Llama-3.1-8B", concurrency=64, prompt=1024, output=256)

Nothing is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchpost.serving.lengths import lengths
    from benchpost.serving.simulation import simulate

__all__ = ["lengths", "simulate"]

_WHERE = {
    "lengths": "lengths",
    "simulate": "simulation",
}
"""Module of each name."""


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
