"""Simulations as they are asked for: reproducible, described, refused where they make no sense."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from serving.servers import DENSE

from benchpost import roofline, serving
from benchpost.errors import UsageError
from benchpost.serving.load import Load, load
from benchpost.serving.run import GROWING, METRICS, quantile
from benchpost.serving.server import Server
from benchpost.serving.simulation import saturated_rate, serve
from benchpost.serving.sweeps import grid, sweep

ASKED: dict[str, Any] = {
    "gpu": "H100 SXM",
    "model": "Llama-3.1-8B",
    "prompt": "lognormal 300 1",
    "output": "geometric 80",
    "requests": 120,
}

ON: dict[str, Any] = {
    "gpu": "H100 SXM",
    "model": "Llama-3.1-8B",
    "prompt": 512,
    "output": "geometric 256",
}

PRINT = """
import sys
from benchpost import roofline, serving
for policy in ("static", "dynamic", "continuous", "chunked"):
    for how in ({"concurrency": 8}, {"rate": 4.0}):
        run = serving.simulate(gpu="H100 SXM", model="Llama-3.1-8B", prompt="lognormal 300 1",
                               output="geometric 80", requests=60, policy=policy, **how)
        print({name: value.hex() for name, value in run.summary.items()})
print(sorted({"numpy", "matplotlib", "multiprocessing"} & set(sys.modules)))
"""


def printed(folder: Path, **environment: str) -> str:
    inherited = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", PRINT],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_process_gives_the_same_bits(tmp_path: Path) -> None:
    """Whatever the hash seed and the locale; and nothing heavy is imported for it."""
    one = printed(tmp_path, PYTHONHASHSEED="1", LANG="C.UTF-8")
    assert one == printed(tmp_path, PYTHONHASHSEED="77", LC_ALL="de_DE.UTF-8")
    assert one.splitlines()[-1] == "[]"


def test_another_seed_is_another_load() -> None:
    """The same seed is the same one."""
    asked = {"requests": 50, "prompt": "geometric 30", "output": "geometric 30", "rate": 2.0}
    assert load(**asked, seed=3) == load(**asked, seed=3)  # type: ignore[arg-type]  # a mixed table
    assert load(**asked, seed=3) != load(**asked, seed=4)  # type: ignore[arg-type]  # a mixed table


def test_arrivals_are_a_poisson_process() -> None:
    """Means and squares of the gaps are those of an exponential distribution."""
    arrivals = load(requests=20_000, prompt=1, output=1, rate=5.0).arrivals
    gaps = [after - before for before, after in zip((0.0, *arrivals), arrivals, strict=False)]
    assert sum(gaps) / len(gaps) == pytest.approx(0.2, rel=0.02)
    assert sum(gap * gap for gap in gaps) / len(gaps) == pytest.approx(2 * 0.2**2, rel=0.05)


@pytest.mark.parametrize("policy", ["static", "dynamic", "continuous", "chunked"])
def test_littles_law_holds(policy: str) -> None:
    """Requests in the server are their rate times their time, counted over the whole run."""
    run = serving.simulate(**ASKED, rate=3.0, policy=policy)
    by_law = run.request_rate * run.summary["e2el_mean"]
    assert run.mean_in_server() == pytest.approx(by_law, rel=0.03)


@pytest.mark.parametrize("policy", ["static", "dynamic", "continuous", "chunked"])
def test_time_begins_with_the_first_arrival(policy: str) -> None:
    """One request that comes after seconds of nothing: what it takes is all the time there is."""
    run = serving.simulate(**{**ASKED, "requests": 1}, rate=0.1, policy=policy, max_num_seqs=1)
    (took,) = run.e2el
    assert run.arrivals[0] > 3
    assert run.duration == pytest.approx(took)
    assert run.request_rate == pytest.approx(1 / took)
    assert run.throughput == pytest.approx(run.load.outputs[0] / took)
    assert run.mean_in_server() == pytest.approx(1)


def test_continuous_batching_beats_static_where_outputs_differ() -> None:
    """Twice at least, here."""
    rates = {
        policy: serving.simulate(**ASKED, concurrency=16, max_num_seqs=16, policy=policy).throughput
        for policy in ("static", "continuous", "chunked")
    }
    assert 2 * rates["static"] < rates["continuous"] <= rates["chunked"] * 1.1


KINDS = ["Llama-3.1-8B", "Gemma-3-12B", "Qwen3-30B-A3B", "Qwen3-Next-80B-A3B", "gpt-oss-20b"]


@pytest.mark.parametrize("model", KINDS)
def test_the_closed_form_of_the_roofline_is_near_for_every_kind_of_model(model: str) -> None:
    """Dense, windows, experts, recurrent layers: within 4 %.

    `roofline.serving` takes outputs to be alike, the simulation has them geometric.
    """
    asked: dict[str, Any] = {"gpu": "H200", "model": model, "concurrency": 32, "tp": 8}
    run = serving.simulate(
        **asked, prompt=512, output="geometric 128", requests=800, max_num_seqs=32
    )
    closed = roofline.serving(**asked, prompt=512, output=128, metric="throughput")
    assert closed.value == pytest.approx(run.steady_throughput, rel=0.04)


def test_a_dynamic_batch_starts_when_it_is_full_or_its_first_request_waited() -> None:
    """By hand: alike requests that arrive at known times, a step takes what `StepCost` says."""
    arrivals = (0.0, 0.05, 0.4, 0.41, 0.42, 2.0, 9.0)
    asked = Load((100,) * 7, (1,) * 7, arrivals)
    made = serve(asked, Server(1000, "dynamic", places=3, delay=0.2), DENSE)
    took = [
        DENSE.time(100 * rows, float(DENSE.work.prefill_flops(100, 100, rows)), 0.0)
        for rows in (1, 2, 3)
    ]
    # two wait out the delay of the first, three fill a batch, one is alone, and after the last
    # nobody is waited for
    begun = [0.2, 0.2, 0.42, 0.42, 0.42, 2.2, 9.0]
    rows = [2, 2, 3, 3, 3, 1, 1]
    assert made.firsts == pytest.approx([b + took[r - 1] for b, r in zip(begun, rows, strict=True)])


def test_dynamic_batching_does_not_wait_for_a_full_batch() -> None:
    """At a low rate it starts after its delay, where static batching waits for the last arrival."""
    waits = {
        policy: serving.simulate(
            **ASKED, rate=0.5, max_num_seqs=16, policy=policy, delay=0.5
        ).summary["ttft_mean"]
        for policy in ("static", "dynamic")
    }
    assert waits["static"] > 10
    assert waits["dynamic"] < 2


def test_a_summary_has_every_metric_with_its_unit() -> None:
    """No name without a unit, and quantiles in order."""
    summary = serving.simulate(**ASKED, concurrency=8).summary
    assert list(summary) == list(METRICS)
    for name in ("ttft", "tpot", "e2el"):
        assert summary[f"{name}_p50"] <= summary[f"{name}_p90"] <= summary[f"{name}_p99"]


@pytest.mark.parametrize(
    ("load", "growing"),
    [
        ({"rate": 60.0, "max_num_seqs": 64}, True),
        ({"rate": 60.0}, True),
        ({"rate": 60.0, "requests": 300}, True),
        ({"rate": 60.0, "policy": "static"}, True),
        ({"rate": 2.0}, False),
        ({"rate": 30.0}, False),
        ({"rate": 30.0, "requests": 4}, False),
        ({"concurrency": 1000, "max_num_seqs": 8}, False),
    ],
)
def test_a_run_says_whether_more_requests_come_than_end(
    load: dict[str, Any], growing: bool
) -> None:
    """About 36 a second end: beyond, they wait or pile up in the server, from the first on."""
    run = serving.simulate(**ON, **load)
    assert run.growing is growing
    assert run.summary["growing"] == float(growing)


def test_the_most_that_a_server_answers_is_what_an_overloaded_one_does() -> None:
    """Closed loop and open loop agree on the rate at saturation."""
    asked = {**ON, "max_num_seqs": 64}
    run = serving.simulate(**asked, rate=500.0, requests=4000)
    answered = run.steady_throughput * run.load.count / sum(run.load.outputs)
    assert saturated_rate(64, **asked) == pytest.approx(answered, rel=0.08)


def test_what_grows_with_the_requests_is_named() -> None:
    """Every number of `GROWING` at least doubles with four times the requests, TPOT does not."""
    few, many = (
        serving.simulate(**ON, rate=60.0, max_num_seqs=64, requests=count).summary
        for count in (500, 2000)
    )
    assert all(many[name] > 2 * few[name] for name in GROWING)
    assert all(many[name] < 1.5 * few[name] for name in ("tpot_p50", "itl_p99", "throughput"))


def test_quantiles_lie_between_values() -> None:
    """As NumPy has them by default; of nothing it is 0."""
    assert quantile([1.0, 2.0, 4.0], 0.5) == 2.0
    assert quantile([1.0, 2.0], 0.75) == 1.75
    assert quantile([], 0.5) == 0.0


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "say either rate= or concurrency=: arrivals a second, or requests at once"),
    ({"rate": 1.0, "concurrency": 2}, "say either rate= or concurrency="),
    ({"rate": 0.0}, "rate must be above 0, not 0.0"),
    ({"concurrency": 0}, "concurrency must be at least 1, not 0"),
    (
        {"concurrency": 2, "policy": "chuncked"},
        "unknown policy 'chuncked'; did you mean 'chunked'?; known are static, dynamic, ",
    ),
    (
        {"concurrency": 2, "max_num_seqs": 64, "max_num_batched_tokens": 32},
        "max_num_batched_tokens must be at least 64, not 32",
    ),
    ({"concurrency": 2, "shared": 64, "policy": "static"}, "static batching keeps no prefix"),
    (
        {"concurrency": 2, "shared": 64, "prompt": 60},
        "prompts begin with 64 shared tokens and must",
    ),
    (
        {"concurrency": 2, "gpu": "RTX 4090", "model": "Llama-3.1-70B"},
        "Llama-3.1-70B in bf16 leaves",
    ),
    ({"concurrency": 2, "requests": 0}, "requests must be at least 1, not 0"),
]


@pytest.mark.parametrize(("asked", "said"), WRONG)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any], said: str) -> None:
    """With what would be right."""
    with pytest.raises(UsageError) as refused:
        serving.simulate(**{**ASKED, **asked})
    assert refused.value.message.startswith(said)


def test_the_room_offers_what_it_says() -> None:
    """Every name is there; another one is an AttributeError."""
    assert all(callable(getattr(serving, name)) for name in serving.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'simulat'"):
        serving.simulat  # noqa: B018 - the access is the test


def test_a_sweep_gives_what_single_runs_give_in_their_order() -> None:
    """With one process and with two, and its progress counts every point."""
    points = grid({"concurrency": [1, 4, 9], "policy": ["static", "chunked"]})
    assert points[1] == {"concurrency": 1, "policy": "chunked"}
    told: list[tuple[int, int]] = []
    two = sweep(ASKED, points, processes=2, progress=lambda *done: told.append(done))
    assert two == sweep(ASKED, points, processes=1)
    assert two == [serving.simulate(**ASKED, **point).summary for point in points]
    assert told == [(done, 6) for done in range(1, 7)]


def test_a_sweep_fails_as_its_first_wrong_point_does() -> None:
    """The error crosses from the process that found it."""
    points = grid({"concurrency": [1, 2, 3, 0, 5, -1]})
    with pytest.raises(UsageError, match="concurrency must be at least 1, not 0"):
        sweep(ASKED, points, processes=2)
    with pytest.raises(UsageError, match="at least one point"):
        sweep(ASKED, [])
