"""`benchpost simulate`: what it prints, as text and as JSON, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from benchpost.cli import main
from benchpost.cli.simulated import KINDS
from benchpost.roofline import bands

ON = ["--gpu", "H100 SXM", "--model", "Llama-3.1-8B"]
FEW = ["--requests", "60", "--concurrency", "8"]


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["simulate", *words]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def read(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(capsys, *words, "--format", "json"))


def test_batching_has_a_column_for_each_policy(capsys: pytest.CaptureFixture[str]) -> None:
    """And a row for each number, with its unit."""
    out = said(capsys, "batching", *ON, *FEW, "--policy", "static,chunked")
    head, first, *_ = out.partition("\n\n")[2].splitlines()
    assert head.split() == ["static", "chunked"]
    assert first.split()[0] == "throughput"
    assert first.count("tok/s") == 2


def test_json_has_what_was_asked_and_every_number(capsys: pytest.CaptureFixture[str]) -> None:
    """In SI base units, and the same for the same seed."""
    made = read(capsys, "batching", *ON, *FEW, "--seed", "3")
    assert made["asked"]["seed"] == 3
    assert made["runs"]["chunked"]["throughput"] > 100
    assert set(made["units"]) == set(made["runs"]["chunked"])
    assert made == read(capsys, "batching", *ON, *FEW, "--seed", "3")
    assert made["runs"] != read(capsys, "batching", *ON, *FEW)["runs"]


def test_batching_says_what_its_numbers_are(capsys: pytest.CaptureFixture[str]) -> None:
    """Simulated, of which server, how far measured ones were off, and by what source."""
    out = said(capsys, "batching", *ON, *FEW)
    assert out.startswith(
        "simulated, not measured: Llama-3.1-8B on H100 SXM, weights bf16, KV cache bf16, "
        "engine vllm\n\n"
    )
    flat = " ".join(out.split())
    tpot, ttft = bands.SERVING["one GPU"], bands.SERVING_TTFT["one GPU"]
    between = [f"{1 / band.high:.2f} to {1 / band.low:.2f}" for band in (tpot, ttft)]
    assert f"times were {between[0]} times the predicted TPOT and {between[1]} times" in flat
    assert "218 published rows of InferenceX and NVIDIA" in flat
    assert "NVIDIA product datasheet" in flat
    made = read(capsys, "batching", *ON, *FEW)
    assert made["simulated"] is True
    assert made["notes"] == []
    assert made["measured_over_simulated"]["tpot"] == pytest.approx([1 / tpot.high, 1 / tpot.low])
    assert "published rows" in made["basis"]
    assert "datasheet" in made["source"]


def test_a_policy_that_no_measured_server_has_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The error band is of vLLM's way of batching."""
    (note,) = read(capsys, "batching", *ON, *FEW, "--policy", "static,chunked")["notes"]
    assert note == "static: no measured server; the error below is vLLM's"


def test_an_overloaded_server_is_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    """With the rate that it can answer, which is near what a longer run gets."""
    (note,) = read(capsys, "batching", *ON, "--rate", "60")["notes"]
    assert note == (
        "chunked is overloaded: 60 requests a second come and at most 35.9 are answered, so the "
        "wait grows for as long as they come. The times and request_rate are those of 1,000 "
        "requests; with more, TTFT and e2el grow"
    )
    assert "note: chunked is overloaded" in said(capsys, "batching", *ON, "--rate", "60")
    assert "overloaded" not in said(capsys, "batching", *ON, "--rate", "10")


def test_a_run_that_ends_before_it_is_steady_is_said_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At a rate that the server can answer, with too few requests to see it."""
    (note,) = read(capsys, "batching", *ON, "--rate", "30", "--requests", "100")["notes"]
    assert note.startswith("chunked is not steady: 100 requests are over before as many end as ")


def test_a_sweep_says_where_the_wait_grows(capsys: pytest.CaptureFixture[str]) -> None:
    """In place of a time that depends on how many requests came; the numbers are in the CSV."""
    words = ["sweep", *ON, "--requests", "400", "--vary", "rate=2,200"]
    _, slow, fast, *legend = said(capsys, *words).splitlines()
    assert "grows" not in slow
    assert fast.split().count("grows") == 2
    assert legend[-1].startswith("grows: more requests come than end")
    rows = list(csv.DictReader(io.StringIO(said(capsys, *words, "--format", "csv"))))
    assert [row["growing"] for row in rows] == ["0.0", "1.0"]


def test_a_division_that_servers_refuse_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    """Above the table, once, with the name that was taken; in JSON beside the runs."""
    server = ["--gpu", "H100 SXM", "--concurrency", "4", "--requests", "20"]
    refused = "32 heads cannot be shared evenly by 3 GPUs, and vLLM refuses to"
    out = said(capsys, "batching", *server, "--model", "Llama3-8B", "--tp", "3")
    head = " ".join(out.partition("\n\n")[0].split())
    assert f"note: 'Llama3-8B' is taken for Llama-3.1-8B note: {refused}" in head
    out = said(capsys, "sweep", *server, "--model", "Llama-3.1-8B", "--vary", "tp=1,3,3")
    assert out.count("note: ") == out.count(refused) == 1
    plain = ["--format", "json", "--model", "Llama-3.1-8B"]
    assert json.loads(said(capsys, "batching", *server, *plain))["notes"] == []


def test_kv_shows_four_schemes(capsys: pytest.CaptureFixture[str]) -> None:
    """With what each part is, and paging last."""
    out = said(capsys, "kv", "--requests", "200")
    assert [line.split()[0] for line in out.splitlines()[1:5]] == ["max", "pow2", "oracle", "paged"]
    shares = read(capsys, "kv", "--requests", "200")["shares"]
    assert [
        sum(one[p] for p in ("token", "reserved", "internal", "external")) for one in shares
    ] == (pytest.approx([1, 1, 1, 1]))


def test_prefix_shows_the_hit_rate_and_its_limit(capsys: pytest.CaptureFixture[str]) -> None:
    """A small cache finds less than one with room for everything."""
    made = read(capsys, "prefix", "--blocks", "200", "--requests", "300")
    assert made["hit_rate"] < made["hit_rate_with_room_for_everything"] < 1
    assert made["evicted_blocks"] > 0
    assert "hit rate" in said(capsys, "prefix", "--requests", "100")


def test_speculate_shows_drawn_and_expected_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    """They agree, and the break-even batch is beside them."""
    made = read(capsys, "speculate", *ON)
    assert made["tokens_of_a_pass_drawn"] == pytest.approx(made["tokens_of_a_pass"], rel=0.02)
    assert (made["break_even_batch"], made["largest_batch"]) == (None, 428)
    assert said(capsys, "speculate", *ON).endswith("at every batch up to the 428 that fit\n")
    many = ["speculate", *ON, "--drafted", "6"]
    even = read(capsys, *many)["break_even_batch"]
    assert 1 < even < 428
    assert said(capsys, *many).endswith(f"up to batch {even}\n")
    assert "up to 4,096, the largest looked at\n" in said(
        capsys, "speculate", *ON, "--context", "0", "--acceptance", "1", "--draft-cost", "0"
    )


def test_graphs_shows_sizes_and_what_a_batch_is_padded_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """51 sizes up to 512; 33 becomes 40; the best eight sizes for batches alike."""
    made = read(capsys, "graphs", "--batch", "33")
    assert (made["graphs"], made["padded_batch"]) == (51, 40)
    assert len(read(capsys, "graphs", "--sizes", "8")["sizes"]) == 8
    assert "mean padding" in said(capsys, "graphs")


def test_a_sweep_is_a_table_in_the_order_of_the_grid(capsys: pytest.CaptureFixture[str]) -> None:
    """As CSV it has all numbers, as text those one looks at first."""
    words = ["sweep", *ON, "--requests", "40", "--vary", "concurrency=1,4", "--vary", "tp=1,2"]
    rows = list(csv.DictReader(io.StringIO(said(capsys, *words, "--format", "csv"))))
    assert [(row["concurrency"], row["tp"]) for row in rows] == [
        ("1", "1"),
        ("1", "2"),
        ("4", "1"),
        ("4", "2"),
    ]
    assert float(rows[0]["throughput"]) < float(rows[1]["throughput"])
    assert said(capsys, *words).splitlines()[0].split()[:3] == [
        "concurrency",
        "tp",
        "steady_throughput",
    ]
    assert len(read(capsys, *words)["points"]) == 4


def test_a_sweep_takes_several_policies_and_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    """Policies as `batching` takes them, and seeds as any option; each a point of its own."""
    words = ["sweep", *ON, *FEW, "--policy", "static,chunked", "--vary", "seed=1,2"]
    made = read(capsys, *words)
    assert [(point["seed"], point["policy"]) for point in made["points"]] == [
        (1, "static"),
        (1, "chunked"),
        (2, "static"),
        (2, "chunked"),
    ]
    assert not {"seed", "policy"} & set(made["asked"])
    rates = [point["throughput"] for point in made["points"]]
    assert len(set(rates)) == 4
    alone = read(capsys, "batching", *ON, *FEW, "--seed", "2")["runs"]["chunked"]
    assert rates[3] == alone["throughput"]


def test_progress_is_shown_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, a line each tenth; nothing where nobody looks."""
    words = ["simulate", "sweep", *ON, "--requests", "20", "--vary", "concurrency=1,2,3"]
    assert main([*words, "--progress"]) == 0
    assert capsys.readouterr().err == "1 of 3 points\n2 of 3 points\n3 of 3 points\n"
    assert main(words) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("kind", KINDS)
def test_help_names_every_option(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With its default."""
    with pytest.raises(SystemExit) as left:
        main(["simulate", kind, "--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert all(f"--{option}" in out for option in KINDS[kind][1])


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """One of each kind."""
    with pytest.raises(SystemExit):
        main(["simulate", "--help"])
    out = capsys.readouterr().out
    assert all(f"benchpost simulate {kind} " in out for kind in KINDS)


WRONG = [
    (
        ["batching", *ON],
        "say either --rate or --concurrency: arrivals a second, or requests at once",
    ),
    (
        ["batching", *ON, *FEW, "--policy", "chunkd"],
        "unknown policy 'chunkd'; did you mean 'chunked'",
    ),
    (["batching", "--gpu", "H100 SXM"], "the following arguments are required: --model"),
    (["batching", *ON, *FEW, "--gpu", "H1000"], "unknown GPU 'H1000'; did you mean "),
    (["kv", "--prompt", "gaussian 4"], "'gaussian 4' is no distribution of lengths"),
    (["sweep", *ON], "a sweep needs --vary, e.g. --vary concurrency=1,8,64"),
    (["sweep", *ON, "--vary", "speed=1"], "--vary takes an option and its values, e.g. "),
    (["sweep", *ON, "--vary", "tp=a"], 'tp in --vary takes whole numbers, not "a"'),
    (["sweep", *ON, "--vary", "concurrency=-1,-2"], "concurrency must be at least 1, not -1"),
    (["speculate", *ON, "--acceptance", "3"], "acceptance must be at most 1, not 3.0"),
    (["batching", *ON, *FEW, "--requests", "0"], "--requests must be at least 1, not 0"),
    (["batching", *ON, *FEW, "--tp", "0"], "--tp must be at least 1, not 0"),
    (["batching", *ON, *FEW, "--blocks", "0"], "--blocks must be at least 1, not 0"),
    (["batching", *ON, *FEW, "--max-num-seqs", "0"], "--max-num-seqs must be at least 1, not 0"),
    (
        ["batching", *ON, *FEW, "--max-num-seqs", "9", "--max-num-batched-tokens", "0"],
        "--max-num-batched-tokens must be at least 9, not 0",
    ),
    (["batching", *ON, "--concurrency", "0"], "--concurrency must be at least 1, not 0"),
    (["batching", *ON, "--rate", "0"], "--rate must be above 0, not 0.0"),
    (
        ["batching", *ON, "--rate", "0", "--concurrency", "0"],
        "say either --rate or --concurrency: arrivals a second, or requests at once",
    ),
    (
        ["batching", *ON, *FEW, "--shared", "9", "--policy", "static"],
        "static batching keeps no prefix; leave out --shared",
    ),
    (["graphs", "--sizes", "0"], "--sizes must be at least 1, not 0"),
    (["graphs", "--batch", "0"], "--batch must be at least 1, not 0"),
    (["sweep", *ON, "--vary", "tp=1,2"], "say either --rate or --concurrency: arrivals a second"),
    (
        ["sweep", *ON, "--concurrency", "4", "--vary", "rate=1,2"],
        "say either --rate or --concurrency: arrivals a second",
    ),
    (["sweep", *ON, *FEW, "--vary", "tp=1,0"], "--tp must be at least 1, not 0"),
    (["sweep", *ON, *FEW, "--vary", "seed=a"], 'seed in --vary takes whole numbers, not "a"'),
    (
        ["sweep", *ON, *FEW, "--vary", "tp=1,2", "--processes", "0"],
        "a sweep needs at least one point and one process",
    ),
    (["grahps"], "invalid choice: 'grahps'"),
]


@pytest.mark.parametrize(("words", "message"), WRONG)
def test_wrong_use_is_told(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one sentence with what would be right."""
    assert main(["simulate", *words]) == 2
    assert message in capsys.readouterr().err
