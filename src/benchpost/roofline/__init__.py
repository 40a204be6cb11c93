"""The performance model: what a GPU allows for a model, what engines reach, how far off that is.

    from benchpost import roofline
    roofline.decode(gpu="RTX 4090", model="Qwen3-4B-Instruct-2507", context=8192)

Six predictions (`decode`, `prefill`, `serving`, `memory`, `speculate`, `prefix`), what is known of
a chip or a model, a claim and its verdict, one's own runs. The equations behind them are plain
functions of floats by name in `EQUATIONS`. Nothing is imported before it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchpost.roofline.batching import prefix, serving, speculate
    from benchpost.roofline.catalog import chip, model
    from benchpost.roofline.claims import Claim, possible
    from benchpost.roofline.configs import model_from_config
    from benchpost.roofline.equations import EQUATIONS
    from benchpost.roofline.fitting import calibrate
    from benchpost.roofline.measured import Row
    from benchpost.roofline.predict import decode, memory, prefill

__all__ = [
    "EQUATIONS",
    "Claim",
    "Row",
    "calibrate",
    "chip",
    "decode",
    "memory",
    "model",
    "model_from_config",
    "possible",
    "prefill",
    "prefix",
    "serving",
    "speculate",
]

_WHERE = {
    "EQUATIONS": "equations",
    "Claim": "claims",
    "Row": "measured",
    "calibrate": "fitting",
    "chip": "catalog",
    "decode": "predict",
    "memory": "predict",
    "model": "catalog",
    "model_from_config": "configs",
    "possible": "claims",
    "prefill": "predict",
    "prefix": "batching",
    "serving": "batching",
    "speculate": "batching",
}
"""Module of each name."""


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
