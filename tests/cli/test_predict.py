"""`benchpost predict`: three numbers, the terms that make them, the source."""

from __future__ import annotations

import json
from pathlib import Path

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
        "typical": "70.7 tok/s",
        "band": "47.4 tok/s to 109 tok/s",
        "FLOPs of a decode step": "12.9 GFLOP",
        "bytes of the weights": "8.04 GB",
        "KV cache of the batch": "1.21 GB",
        "peak compute rate": "165 TFLOPS",
        "memory bandwidth": "1.01 TB/s",
        "achieved share of the memory bandwidth": "0.914",
        "hidden layers": "36",
        "time per layer that is neither weights nor KV cache": "114 µs",
    }
    assert "90 % of the errors are below 49 %" in " ".join(lines)


def test_prefill_prints_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """A wide band, and that it is not calibrated."""
    assert main(["predict", "prefill", *ASKED, "--prompt", "8192"]) == 0
    out = capsys.readouterr().out
    assert "bound                                    480 ms" in out
    assert "band                                     658 ms to 3 s" in out
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


WRONG = [
    (["decode", "--gpu", "H20", "--model", "Qwen3-4B"], "unknown GPU 'H20'; did you mean 'H200'?"),
    (["decode", "--gpu", "H200"], "the following arguments are required: --model; see "),
    (
        ["decode", *ASKED, "--prompt", "3"],
        "`predict decode` takes no --prompt; it takes --context, --batch, --dtype, --kv",
    ),
    (["decode", *ASKED, "--batch", "0"], "batch must be at least 1, not 0"),
    (["memory", *ASKED, "--catalog", "none.toml"], "no file none.toml"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_words_are_errors(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence and exit code 2."""
    assert main(["predict", *words]) == 2
    assert capsys.readouterr().err.startswith(f"benchpost: {said}")
