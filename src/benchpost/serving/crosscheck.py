"""How far off the room is: against what was published, and its closed forms against its simulation.

Every row has a published or simulated value with its source and date, ours, and the error. The
model's constants were set before these rows were looked at, but for those that a row's note names.

A page that prints the rows must not wait for the simulations, so what they give is kept in
`data/simulated.json`; scripts/crosscheck.py writes it, and a test makes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchpost.roofline import serving_equations as closed
from benchpost.roofline.engines import EFFICIENCY
from benchpost.roofline.predict import Setting, decode, setting_of
from benchpost.serving.allocation import PARTS, Shares
from benchpost.serving.cost import StepCost
from benchpost.serving.pairs import PAIRS, slots

STORE = Path(__file__).parent / "data" / "simulated.json"
"""What the simulations gave."""

PAPER = "Kwon et al. 2023, arXiv:2309.06180, figure 2"
PAPER_DATE = "2023-09-12"
BLOG = "vLLM blog, FP8 KV cache"
BLOG_DATE = "2026-04-22"
OURS = "simulation, seed 0"

WASTE: dict[str, tuple[float, ...]] = {
    "max": (0.204, 0.133, 0.573, 0.089),
    "pow2": (0.268, 0.179, 0.136, 0.416),
    "oracle": (0.382, 0.252, 0.0, 0.366),
    "paged": (0.963,),
}
"""Published shares of slots, in the order of `PARTS`; of paging only those that hold a token."""

ITL = {
    ("H100 SXM", "bf16"): (6.44e-3, 4.37e-8),
    ("H100 SXM", "fp8"): (6.58e-3, 2.37e-8),
    ("B200", "bf16"): (3.93e-3, 1.80e-8),
    ("B200", "fp8"): (3.96e-3, 9.7e-9),
}
"""Measured inter-token latency of Llama-3.1-8B at concurrency 1, by GPU and KV format: seconds, and
seconds per token of context."""
SLOPE, START = "ITL per token of context", "ITL without context"
DECODE, SERVER = "a decode step", "the server's step"
"""The two models that give an ITL: of one sequence, and of the simulations."""
FITTED = "the layer time of captured engines, in a decode step, was taken from these intercepts"
ONE_SHARE = "that the server's step has the same share of the bandwidth was decided on its slopes"
_FAR = 32_768
"""Tokens of context at the far end of the lines."""


@dataclass(frozen=True)
class Row:
    """One value twice."""

    what: str
    """The quantity."""
    setting: str
    """Of what it is."""
    theirs: float
    """Published or simulated."""
    ours: float
    """Predicted, or the closed form."""
    unit: str
    """Unit of both."""
    source: str
    """Where `theirs` is from."""
    date: str = ""
    """When that was published; empty for a simulation."""
    note: str = ""
    """A caveat that must stand beside it."""

    @property
    def error(self) -> float:
        """Ours over theirs, less one; 0 where both are 0."""
        return self.ours / self.theirs - 1 if self.theirs else float(self.ours != 0)


def waste() -> tuple[Row, ...]:
    """The paper's figure 2: how slots are used under each scheme, simulated in its setting."""
    return tuple(
        Row(
            f"slots: {part}",
            f"OPT-13B, ShareGPT, {scheme}",
            theirs,
            stored(_waste(scheme, part)),
            "1",
            PAPER,
            PAPER_DATE,
        )
        for scheme, published in WASTE.items()
        for part, theirs in zip(PARTS, published, strict=False)
    )


def kept_shares(scheme: str) -> Shares:
    """How slots are used in the paper's setting, without simulating it again."""
    return Shares(scheme, *(stored(_waste(scheme, part)) for part in (*PARTS, "running")))


def _waste(scheme: str, part: str) -> str:
    return f"waste {scheme} {part}"


def itl() -> tuple[Row, ...]:
    """The blog's straight lines: what a token of context adds, and what stays without any.

    Each twice: by the model of a decode step, which `predict decode` and the values `itl_slope` and
    `itl_intercept` are, and by the step of a server, which the simulations add up.
    """
    return tuple(
        row
        for model, line in ((DECODE, _decoding), (SERVER, _serving))
        for (gpu, kv), fit in ITL.items()
        for row in _rows(model, setting_of(gpu, "Llama-3.1-8B", "vllm", "bf16", kv, 1), fit, line)
    )


def _rows(
    model: str,
    setting: Setting,
    fit: tuple[float, float],
    line: Callable[[Setting], tuple[float, float]],
) -> Iterator[Row]:
    start, slope = line(setting)
    where = f"{model}: Llama-3.1-8B, {setting.chip.name}, {setting.kv.upper()} KV"
    share, layer = ("", FITTED) if model == DECODE else (ONE_SHARE, "")
    yield Row(SLOPE, where, fit[1], slope, "second/token", BLOG, BLOG_DATE, share)
    yield Row(START, where, fit[0], start, "second", BLOG, BLOG_DATE, layer)


def _decoding(setting: Setting) -> tuple[float, float]:
    made = decode(gpu=setting.chip, model=setting.model, engine="vllm", kv=setting.kv)
    slope = closed.itl_slope(
        kv_bytes_per_token=setting.model.kv_bytes_per_token(setting.kv),
        efficiency=EFFICIENCY,
        bandwidth=setting.chip.bandwidth.value,
    )
    return float(1 / made.value), float(slope)


def _serving(setting: Setting) -> tuple[float, float]:
    cost = StepCost(setting)
    near, far = (
        cost.time(1, float(cost.work.decode_flops(held, 1)), float(cost.work.kv_bytes(held, 1)))
        for held in (0, _FAR)
    )
    return near, (far - near) / _FAR


def closed_forms() -> tuple[Row, ...]:
    """Closed forms against the simulation, wherever both exist."""
    return tuple(
        Row(pair.what, pair.setting, stored(pair.key), pair.closed(), pair.unit, OURS)
        for pair in PAIRS
    )


def rows() -> tuple[Row, ...]:
    """Everything, published first."""
    return (*waste(), *itl(), *closed_forms())


@cache
def _stored() -> dict[str, float]:
    return dict(json.loads(STORE.read_text(encoding="utf-8")))


def stored(key: str) -> float:
    """What the simulation of that name gave."""
    return _stored()[key]


def simulated() -> dict[str, float]:
    """Every simulation, made now; nine digits, the last ones being the machine's own."""
    made = {pair.key: pair.simulated() for pair in PAIRS}
    for scheme in WASTE:
        kept = slots(scheme, 2000)
        values = (*kept.parts(), kept.running)
        made |= {
            _waste(scheme, part): value
            for part, value in zip((*PARTS, "running"), values, strict=True)
        }
    return {key: float(f"{value:.9g}") for key, value in made.items()}


def written() -> str:
    """What `STORE` must hold."""
    return json.dumps(simulated(), indent=2, sort_keys=True) + "\n"
