"""What a value in a sentence may call of serving: plain functions of options.

    graph_padding(batch=33)
    served(gpu="H100 SXM", model="Llama-3.1-8B", concurrency=64, prompt="512",
           output="geometric 256", metric="ttft_p99")

Lengths are texts as `lengths.lengths` reads them; a link is a text with its unit, e.g.
`50 GB/s`. A simulation is seeded, so that its numbers are as true to the text as any other; it
takes some milliseconds for the few hundred requests that it serves by default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from benchpost.errors import UsageError
from benchpost.roofline import batching, catalog, predict
from benchpost.roofline import serving_equations as closed
from benchpost.roofline.calls import saturation_batch
from benchpost.roofline.engines import EFFICIENCY
from benchpost.roofline.units import Quantity
from benchpost.serving import graphs, prefixes, server, speculation, steady
from benchpost.serving.cost import StepCost
from benchpost.serving.memory_calls import MEMORY_FUNCTIONS, measured_in
from benchpost.serving.run import GROWING, METRICS, Run
from benchpost.serving.simulation import simulate

Engine = Literal["static", "dynamic", "continuous", "chunked"]


def served(
    *,
    gpu: str,
    model: str,
    metric: str,
    prompt: str,
    output: str,
    concurrency: int = 0,
    rate: float = 0.0,
    requests: int = 500,
    policy: Engine = "chunked",
    max_num_seqs: int = 0,
    max_num_batched_tokens: int = 0,
    shared: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    tp: int = 1,
    seed: int = 0,
) -> Quantity:
    """A number of a simulated run: throughput, ttft_p99, tpot_mean, itl_p99, preemptions, …"""
    run = simulate(
        gpu=gpu,
        model=model,
        prompt=prompt,
        output=output,
        concurrency=concurrency or None,
        rate=rate or None,
        requests=requests,
        policy=policy,
        max_num_seqs=max_num_seqs or None,
        max_num_batched_tokens=max_num_batched_tokens or None,
        shared=shared,
        dtype=dtype,
        kv=kv,
        tp=tp,
        seed=seed,
    )
    return Quantity(_settled(run, metric, rate), METRICS[metric])


def _settled(run: Run, metric: str, rate: float) -> float:
    """A number of a run that does not depend on how many requests came. Raises UsageError."""
    value = run.metric(metric)
    if run.growing and metric in GROWING:
        raise UsageError(
            f"{metric} has no value at rate={rate:g}: more requests come than end, so that it "
            "grows with `requests`; choose a lower rate or, if they are over soon, more requests"
        )
    return value


def steady_throughput(
    *, gpu: str, model: str, concurrency: int, prompt: str, output: str, tp: int = 1
) -> Quantity:
    """Output tokens per second of chunked continuous batching, in closed form.

    Refused where the KV cache does not hold all of `concurrency`: then `served` has the number.
    """
    made = steady.continuous(
        gpu=gpu, model=model, concurrency=concurrency, prompt=prompt, output=output, tp=tp
    )
    return Quantity(made.throughput, "token/second")


def steady_itl(
    *, gpu: str, model: str, concurrency: int, prompt: str, output: str, tp: int = 1
) -> Quantity:
    """Mean time between tokens of chunked continuous batching, in closed form."""
    made = steady.continuous(
        gpu=gpu, model=model, concurrency=concurrency, prompt=prompt, output=output, tp=tp
    )
    return Quantity(made.tpot, "second")


def step_time(
    *,
    gpu: str,
    model: str,
    batch: int,
    context: int,
    prefill: int = 0,
    dtype: str = "bf16",
    kv: str = "bf16",
    tp: int = 1,
) -> Quantity:
    """Seconds of a step in which `batch` sequences decode beside `prefill` tokens of a prompt."""
    cost = StepCost(predict.setting_of(gpu, model, "vllm", dtype, kv, tp))
    flops = float(cost.work.decode_flops(context, batch))
    moved = float(cost.work.kv_bytes(context, batch))
    prompt = float(cost.work.prefill_flops(prefill, prefill)) if prefill else 0.0
    return Quantity(cost.mixed(batch, flops, moved, (prefill, prompt)), "second")


def host_time() -> Quantity:
    """Seconds of the host in a step, as the model takes it."""
    return Quantity(batching.HOST_TIME, "second")


def async_gain(*, gpu: str, model: str, batch: int, context: int, host: str = "") -> Quantity:
    """The most that asynchronous scheduling gives: the host's time hidden behind the GPU's."""
    whole = step_time(gpu=gpu, model=model, batch=batch, context=context).value
    of_host = measured_in(host, "second") if host else batching.HOST_TIME
    on_gpu = whole - batching.HOST_TIME
    return Quantity(closed.async_gain(host_time=of_host, device_time=on_gpu), "1")


def chunk_steps(*, prompt: int, budget: int, decoding: int = 0) -> Quantity:
    """Steps that the prefill of a prompt takes beside so many sequences that decode."""
    if decoding >= budget:
        raise UsageError(f"decoding={decoding} leaves nothing of budget={budget} to a prompt")
    steps = closed.chunk_steps(prompt=prompt, budget_tokens=budget, decoding=decoding)
    return Quantity(steps, "step")


def prefill_rate(*, gpu: str, model: str, prompt: int, dtype: str = "bf16") -> Quantity:
    """Prompt tokens per second that an engine typically prefills."""
    made = predict.prefill(gpu=gpu, model=model, prompt=prompt, dtype=dtype, engine="vllm")
    return Quantity(prompt / made.value, "token/second")


def queued_tokens(*, gpu: str, model: str, prompt: int, ttft: str, dtype: str = "bf16") -> Quantity:
    """Prompt tokens that may wait if the first token shall come within `ttft`, e.g. `2 s`."""
    rate = prefill_rate(gpu=gpu, model=model, prompt=prompt, dtype=dtype).value
    waiting = closed.queued_tokens(first_token_time=measured_in(ttft, "second"), prefill_rate=rate)
    return Quantity(waiting, "token")


def requests_in_flight(*, rate: float, time: str) -> Quantity:
    """Little's law: requests in the server at a rate of arrivals and a time of each, e.g. `3 s`."""
    inside = closed.requests_in_flight(request_rate=rate, request_time=measured_in(time, "second"))
    return Quantity(inside, "request")


def itl_slope(*, gpu: str, model: str, kv: str = "bf16") -> Quantity:
    """What a token of context adds to the time between two tokens of one sequence, typically."""
    slope = closed.itl_slope(
        kv_bytes_per_token=catalog.model(model).kv_bytes_per_token(kv),
        efficiency=EFFICIENCY,
        bandwidth=catalog.chip(gpu).bandwidth.value,
    )
    return Quantity(slope, "second/token")


def itl_intercept(*, gpu: str, model: str, dtype: str = "bf16") -> Quantity:
    """Time between two tokens of one sequence without any context, typically."""
    made = predict.decode(gpu=gpu, model=model, dtype=dtype, engine="vllm")
    return Quantity(1 / made.value, "second")


def cached_tokens(*, prefix: int, block: int = predict.BLOCK_TOKENS) -> Quantity:
    """Tokens of a shared prefix that a hit skips: whole blocks."""
    return Quantity(closed.cached_tokens(prefix=prefix, block_tokens=block), "token")


def ttft_saved(
    *,
    gpu: str,
    model: str,
    prompt: int,
    prefix: int,
    overhead: str = "0 s",
    dtype: str = "bf16",
    tp: int = 1,
) -> Quantity:
    """Share of the time to first token that a hit saves; `overhead` is not the prefill's."""
    made = batching.prefix(
        gpu=gpu,
        model=model,
        prompt=prompt,
        prefix=prefix,
        overhead=measured_in(overhead, "second"),
        dtype=dtype,
        engine="vllm",
        tp=tp,
    )
    return Quantity(made.terms["time_saved"], "1")


def hit_rate(
    *,
    system: int,
    turns: int,
    question: int,
    answer: int,
    users: int = 16,
    groups: int = 1,
    blocks: int = 0,
    block: int = predict.BLOCK_TOKENS,
) -> Quantity:
    """Share of prompt tokens found in the cache; with `blocks`, simulated for so many blocks."""
    talk = prefixes.Talk(
        system=system, groups=groups, users=users, turns=turns, question=question, answer=answer
    )
    if not blocks:
        return Quantity(prefixes.unlimited(talk, block), "1")
    return Quantity(prefixes.reuse(talk, blocks=blocks, block=block).hit_rate, "1")


def tokens_per_pass(*, acceptance: float, drafted: int) -> Quantity:
    """Tokens that a pass of the target yields, expected."""
    return Quantity(closed.accepted_tokens(acceptance=acceptance, drafted=drafted), "1")


def speculation_speedup(
    *,
    gpu: str,
    model: str,
    acceptance: float,
    drafted: int,
    batch: int = 1,
    context: int = 0,
    draft_cost: float = batching.DRAFT_COST,
    dtype: str = "bf16",
) -> Quantity:
    """Speed-up of speculative decoding against plain decoding, typically."""
    return Quantity(batching.speculate(**locals(), engine="vllm").value, "1")


def speculation_break_even(
    *,
    gpu: str,
    model: str,
    acceptance: float,
    drafted: int,
    context: int = 0,
    draft_cost: float = batching.DRAFT_COST,
    dtype: str = "bf16",
) -> Quantity:
    """The largest batch at which speculation is not slower than plain decoding; 0 for none.

    Where it pays at every batch that is looked at, there is no such number.
    """
    asked = {**locals(), "engine": "vllm"}
    batch, most = speculation.break_even(**asked), speculation.most_batches(**asked)
    if batch == most:
        said = speculation.said_of(batch, most)
        raise UsageError(
            f"speculation pays {said}, so there is no break-even batch; say so in words"
        )
    return Quantity(float(batch), "1")


def free_verification_batch(*, gpu: str, drafted: int, dtype: str = "bf16") -> Quantity:
    """The batch up to which rows that are verified cost no time: they stay memory-bound."""
    saturated = saturation_batch(gpu=gpu, dtype=dtype).value
    batch = closed.break_even_batch(saturation_batch=saturated, drafted=drafted)
    return Quantity(batch, "1")


def capture_sizes(*, max_num_seqs: int = 256, drafted: int = 0, largest: int = 512) -> Quantity:
    """How many sizes vLLM captures as CUDA graphs."""
    sizes = graphs.capture_sizes(max_num_seqs, query=drafted + 1, largest=largest)
    return Quantity(float(len(sizes)), "1")


def padded_batch(*, batch: int, max_num_seqs: int = 256, largest: int = 512) -> Quantity:
    """Rows that are computed for a batch: the next captured size, or itself above the largest."""
    sizes = graphs.capture_sizes(max_num_seqs, largest=largest)
    return Quantity(float(graphs.padded(batch, sizes)), "1")


def graph_padding(*, batch: int, max_num_seqs: int = 256, largest: int = 512) -> Quantity:
    """Rows computed for nothing, over the batch."""
    sizes = graphs.capture_sizes(max_num_seqs, largest=largest)
    return Quantity(graphs.padding(batch, sizes), "1")


def default_max_num_seqs(*, gpu: str) -> Quantity:
    """`--max-num-seqs` of `vllm serve` 0.33.0 on a GPU."""
    return Quantity(float(server.default_places(catalog.chip(gpu))), "1")


def default_max_num_batched_tokens(*, gpu: str) -> Quantity:
    """`--max-num-batched-tokens` of `vllm serve` 0.33.0 on a GPU."""
    return Quantity(float(server.default_budget(catalog.chip(gpu))), "token")


FUNCTIONS: dict[str, Callable[..., Quantity]] = MEMORY_FUNCTIONS | {
    function.__name__: function
    for function in (
        served,
        steady_throughput,
        steady_itl,
        step_time,
        host_time,
        async_gain,
        chunk_steps,
        prefill_rate,
        queued_tokens,
        requests_in_flight,
        itl_slope,
        itl_intercept,
        cached_tokens,
        ttft_saved,
        hit_rate,
        tokens_per_pass,
        speculation_speedup,
        speculation_break_even,
        free_verification_batch,
        capture_sizes,
        padded_batch,
        graph_padding,
        default_max_num_seqs,
        default_max_num_batched_tokens,
    )
}
"""What a value may call, by name."""
