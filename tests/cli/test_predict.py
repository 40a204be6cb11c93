"""`benchpost predict`: three numbers, the terms that make them, the source."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchpost.cli import main

ASKED = ["--gpu", "RTX 4090", "--model", "Qwen3-4B-Instruct-2507"]


def test_decode_prints_bound_typical_and_band(capsys: pytest.CaptureFixture[str]) -> None:
    """Then the terms, then where they come from."""
    assert main(["predict", "decode", *ASKED, "--context", "8192"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "decode of Qwen3-4B-Instruct-2507 on RTX 4090"
    said = dict(line.split("  ", 1) for line in lines[2:] if "  " in line)
    assert {key: value.strip() for key, value in said.items()} == {
        "bound": "109 tok/s",
        "typical": "79.5 tok/s",
        "band": "60.8 tok/s to 101 tok/s",
        "FLOPs of a decode step": "12.9 GFLOP",
        "bytes of the weights": "8.04 GB",
        "KV cache of the batch": "1.21 GB",
        "peak compute rate": "165 TFLOPS",
        "memory bandwidth": "1.01 TB/s",
        "achieved share of the memory bandwidth": "0.86",
        "hidden layers": "36",
        "time per layer that is neither weights nor KV cache": "53 µs",
        "time of the exchanges of a step": "0 s",
    }
    assert "80 % of measured rows of this kind lie inside" in " ".join(lines)


def test_prefill_prints_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """A wide band, and that it is not calibrated."""
    assert main(["predict", "prefill", *ASKED, "--prompt", "8192"]) == 0
    out = capsys.readouterr().out
    assert "bound                                    480 ms" in out
    assert "uncalibrated" in out


def test_memory_prints_what_fits(capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks, tokens and sequences at once."""
    assert main(["predict", "memory", *ASKED]) == 0
    assert "sequences at once    11.6" in capsys.readouterr().out
    assert main(["predict", "memory", "--gpu", "RTX 4090", "--model", "Llama-3.1-70B"]) == 0
    assert "141 GB, which leaves no room" in capsys.readouterr().out


def test_json_has_every_term(capsys: pytest.CaptureFixture[str]) -> None:
    """In SI base units, with the names that were found."""
    words = ["predict", "decode", "--gpu", "nvidia h200", "--model", "Qwen/Qwen3-4B"]
    assert main([*words, "--format", "json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["gpu"], record["model"], record["unit"]) == ("H200", "Qwen3-4B", "token/second")
    assert record["low"] < record["value"] < record["high"] <= record["bound"]
    assert record["terms"]["bandwidth"] == 4.8e12


def test_a_catalogue_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--catalog` adds a chip that we do not know."""
    file = tmp_path / "mine.toml"
    file.write_text(
        '[sources.me]\ntitle = "me"\ndate = "2026"\n[[chip]]\nname = "Abacus"\n'
        'memory = { is = "1 TB", by = "me" }\nbandwidth = { is = "1 TB/s", by = "me" }\n'
        'peaks.bf16 = { is = "1 PFLOPS", by = "me" }\n'
    )
    words = ["predict", "decode", "--gpu", "abacus", "--model", "Qwen3-4B"]
    assert main([*words, "--catalog", str(file)]) == 0
    assert (
        "bound                                                124 tok/s" in capsys.readouterr().out
    )


KINDS = [
    (["serving", "--concurrency", "32"], ["time of the host in a step", "300 µs"]),
    (["speculate", "--acceptance", "0.8", "--drafted", "3"], ["tokens that a pass yields", "2.95"]),
    (["prefix", "--prompt", "600", "--prefix", "500"], ["tokens that a hit skips", "496 tokens"]),
    (["decode", "--weights", "q4_k_m", "--engine", "llama.cpp"], ["engine: llama.cpp"]),
    (["memory", "--kv", "fp8", "--tp", "2"], ["KV-cache blocks"]),
]


@pytest.mark.parametrize(("words", "said"), KINDS)
def test_every_kind_prints_its_terms(
    words: list[str], said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that make the value."""
    assert main(["predict", *words, *ASKED]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert all(part in out for part in said)


@pytest.mark.parametrize("what", ["decode", "prefill", "serving", "speculate", "prefix"])
def test_a_chart_is_drawn(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An SVG that parses, with the same bytes each time."""
    files = [tmp_path / name for name in ("one.svg", "two.svg")]
    for file in files:
        assert main(["predict", what, *ASKED, "--chart", str(file)]) == 0
    first, second = (file.read_bytes() for file in files)
    assert first == second
    assert ElementTree.fromstring(first).tag == "{http://www.w3.org/2000/svg}svg"


def test_a_model_is_read_from_its_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a config.json."""
    (tmp_path / "config.json").write_text(
        '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, '
        '"num_attention_heads": 4, "intermediate_size": 128}'
    )
    assert main(["predict", "memory", "--gpu", "H200", "--model", str(tmp_path)]) == 0
    assert f"memory of {tmp_path.name} on H200" in capsys.readouterr().out


MAC = ["--gpu", "Apple M3 Max 40-core", "--weights", "q4_k_m", "--engine", "llama.cpp"]


def test_a_run_of_ones_own_moves_and_narrows(capsys: pytest.CaptureFixture[str]) -> None:
    """Towards the rate that the same people published, 7.53 tok/s."""
    asked = ["decode", *MAC, "--model", "Llama-3.1-70B", "--kv", "fp16", "--context", "512"]
    made = []
    for words in (asked, [*asked, "--run", "Llama-3.1-8B=50.74@512"]):
        assert main(["predict", *words, "--format", "json"]) == 0
        made.append(json.loads(capsys.readouterr().out))
    before, after = made
    assert abs(after["value"] - 7.53) < 0.1 < abs(before["value"] - 7.53)
    assert after["high"] - after["low"] < before["high"] - before["low"]


def test_a_prefill_of_ones_own_calibrates(capsys: pytest.CaptureFixture[str]) -> None:
    """The same prompt then takes what was measured."""
    asked = ["prefill", *MAC, "--model", "Llama-3.1-8B", "--prompt", "2048", "--format", "json"]
    assert main(["predict", *asked, "--run", "Llama-3.1-8B=700@2048"]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == pytest.approx(2048 / 700, rel=1e-6)


WRONG = [
    (
        ["decode", "--gpu", "H21", "--model", "Qwen3-4B"],
        "unknown GPU 'H21'; did you mean 'H20'?",
    ),
    (["decode", "--gpu", "H200"], "the following arguments are required: --model; see "),
    (
        ["decode", *ASKED, "--prompt", "3"],
        "`predict decode` takes no --prompt; it takes --context, --batch, --weights, "
        "--kv, --engine, --tp",
    ),
    (["decode", *ASKED, "--batch", "0"], "batch must be at least 1, not 0"),
    (["memory", *ASKED, "--catalog", "none.toml"], "no file none.toml"),
    (
        ["memory", *ASKED, "--chart", "x.svg"],
        "`predict memory` has no chart; those with one are decode, prefill, serving, speculate, ",
    ),
    (["decode", *ASKED, "--engine", "vlm"], "unknown engine 'vlm'; did you mean 'vllm'"),
    (
        ["decode", *ASKED, "--run", "fast"],
        "--run 'fast' is not MODEL=RATE[@TOKENS], e.g. Llama-3.1-8B=50.7@512",
    ),
    (["decode", *ASKED, "--run", "Qwen3-5B=9"], "unknown model 'Qwen3-5B'; did you mean"),
    (["memory", *ASKED, "--run", "Qwen3-4B=9"], "`predict memory` takes no --run; decode and "),
    (["decode", *ASKED, "--tp", "2", "--run", "Qwen3-4B=9"], "--run is of one GPU, and so must"),
    (["decode", *ASKED, "--run", "Qwen3-4B=99999"], "99999 tok/s is above the bound of "),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_words_are_errors(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence and exit code 2."""
    assert main(["predict", *words]) == 2
    assert capsys.readouterr().err.startswith(f"benchpost: {said}")
