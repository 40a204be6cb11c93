"""Simulations of a server: one run, and sweeps over many settings on all cores.

    from benchpost import serving
    run = serving.simulate(gpu="H100 SXM", model="Llama-3.1-8B", concurrency=64,
                           prompt=1024, output="geometric 256", requests=1000)
    run.throughput, run.summary["ttft_p99"]

A run is exact for its model: whatever happens between two events is one sum, and 10,000 requests
take about a second of one core. The same arguments give the same numbers in every process.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from benchpost.roofline.batching import HOST_TIME
from benchpost.roofline.catalog import Chip
from benchpost.roofline.models import Model
from benchpost.roofline.predict import setting_of
from benchpost.serving.batches import Batches
from benchpost.serving.continuous import Continuous
from benchpost.serving.cost import StepCost
from benchpost.serving.lengths import LONGEST, Lengths
from benchpost.serving.load import Load, load
from benchpost.serving.run import Run
from benchpost.serving.server import Server, server_of

REQUESTS = 1000
"""Requests of a run where nothing else is said."""
SMALL = 2000
"""Requests up to which a run is remembered: it holds under a megabyte, and pages ask for it anew in
their charts, tables and values."""
_TURNS = 4
"""Requests of each place, so that most of a run is neither filling up nor running empty."""


def simulate(
    *,
    gpu: str | Chip,
    model: str | Model,
    prompt: str | int | Lengths,
    output: str | int | Lengths,
    concurrency: int | None = None,
    rate: float | None = None,
    requests: int = REQUESTS,
    policy: str = "chunked",
    dtype: str = "bf16",
    kv: str = "bf16",
    weights: str | None = None,
    tp: int = 1,
    seed: int = 0,
    host_time: float = HOST_TIME,
    **limits: Any,
) -> Run:
    """Serve `requests` of `prompt` tokens in and `output` out, and say when each was answered.

    Either `concurrency` requests are in the server at all times, or they arrive at random at `rate`
    a second. Lengths are numbers or distributions as `lengths.lengths` reads them. `limits`
    are those of `server.server_of`: `max_num_seqs`, `max_num_batched_tokens`, `block`, `blocks`,
    `utilisation`, `reserved`, `delay` and `shared`. Raises UsageError for what does not exist or
    does not fit.
    """
    setting = setting_of(gpu, model, "vllm", weights or dtype, kv, tp)
    asked = load(
        requests=requests,
        prompt=prompt,
        output=output,
        rate=rate,
        concurrency=concurrency,
        longest=setting.model.max_context or LONGEST,
        seed=seed,
    )
    longest = max(p + o for p, o in zip(asked.prompts, asked.outputs, strict=True))
    server = server_of(setting, longest=longest, policy=policy, **limits)
    cost = StepCost(setting, host_time)
    return _remembered(asked, server, cost) if requests <= SMALL else serve(asked, server, cost)


def saturated_rate(places: int, **asked: Any) -> float:
    """Requests a second of a server that always has `places` of them: the most that it answers.

    Takes what `simulate` takes but `rate`, `concurrency` and `requests`.
    """
    run = simulate(**asked, concurrency=places, requests=_TURNS * places)
    return run.steady_throughput * run.load.count / sum(run.load.outputs)


def serve(asked: Load, server: Server, cost: StepCost) -> Run:
    """A load on a server."""
    made = Continuous if server.policy in ("continuous", "chunked") else Batches
    return made(asked, server, cost).run()


@lru_cache(maxsize=128)
def _remembered(asked: Load, server: Server, cost: StepCost) -> Run:
    return serve(asked, server, cost)
