"""`benchpost predict`: three numbers, the terms that make them, the source."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchpost.cli import main
from benchpost.roofline.curve import round_numbers

ASKED = ["--gpu", "RTX 4090", "--model", "Qwen3-4B-Instruct-2507"]


def test_decode_prints_bound_typical_and_band(capsys: pytest.CaptureFixture[str]) -> None:
    """Then the terms, then where they come from."""
    assert main(["predict", "decode", *ASKED, "--context", "8192"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "decode of Qwen3-4B-Instruct-2507 on RTX 4090: tokens a second of all sequences together"
    )
    said = dict(line.split("  ", 1) for line in lines[2:] if "  " in line)
    assert {key: value.strip() for key, value in said.items()} == {
        "bound": "109 tok/s",
        "typical": "79.5 tok/s",
        "band": "61.5 tok/s to 103 tok/s",
        "FLOPs of a decode step": "12.9 GFLOP",
        "bytes of the weights that a step reads": "8.04 GB",
        "KV cache of the batch": "1.21 GB",
        "peak compute rate": "165 TFLOPS",
        "memory bandwidth": "1.01 TB/s",
        "achieved share of the memory bandwidth": "0.86",
        "hidden layers": "36",
        "time per layer that is neither weights nor KV cache": "53 µs",
        "time of the exchanges of a step": "0 s",
    }
    assert "made without the GPU that it is held against" in " ".join(lines)


def test_prefill_prints_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """A wide band, and that it is not calibrated."""
    assert main(["predict", "prefill", *ASKED, "--prompt", "8192"]) == 0
    out = capsys.readouterr().out
    assert "bound                                    480 ms" in out
    assert "uncalibrated" in out


def test_memory_prints_what_fits(capsys: pytest.CaptureFixture[str]) -> None:
    """Blocks, tokens and sequences at once, of which length, in which share of the memory."""
    assert main(["predict", "memory", *ASKED]) == 0
    out = capsys.readouterr().out
    assert "sequences of 8,192 tokens at once  11.6" in out
    assert "share of it that is used           0.92" in out
    assert "weights held                       8.04 GB" in out
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


AXES = {
    "decode": ["context (tokens)", "tok/s"],
    "prefill": ["prompt (tokens)", "ms"],
    "serving": ["concurrency (requests at once)", "ms"],
    "speculate": ["drafted (tokens for a pass)", "factor"],
    "prefix": ["prefix (tokens)", "ms"],
}


@pytest.mark.parametrize("what", AXES)
def test_a_chart_is_drawn(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An SVG that parses, with the same bytes each time, whose axes say their units once."""
    files = [tmp_path / name for name in ("one.svg", "two.svg")]
    for file in files:
        assert main(["predict", what, *ASKED, "--chart", str(file)]) == 0
    first, second = (file.read_bytes() for file in files)
    assert first == second
    drawn = ElementTree.fromstring(first)
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    words = [text.text or "" for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert words[-3:-1] == AXES[what]
    numbers = [word for word in words if word[0].isdigit()]
    assert len(numbers) >= 8
    assert all(float(number.replace(",", "")) >= 0 for number in numbers)


ENDS = [
    (1.0, 0.2, 6),
    (3.95, 1.0, 4),
    (125.0, 20.0, 7),
    (8192.0, 2000.0, 5),
    (0.3, 0.1, 4),
    (6.0, 2.0, 4),
]


@pytest.mark.parametrize(("most", "step", "count"), ENDS)
def test_an_axis_has_round_numbers(most: float, step: float, count: int) -> None:
    """Evenly spaced, none beyond the end."""
    found = round_numbers(most)
    assert len(found) == count
    assert found[1] == step
    assert found[-1] <= most * (1 + 1e-9)


def test_a_model_is_read_from_its_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder with a config.json."""
    (tmp_path / "config.json").write_text(
        '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, '
        '"num_attention_heads": 4, "intermediate_size": 128}'
    )
    assert main(["predict", "memory", "--gpu", "H200", "--model", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"memory of {tmp_path.name} on H200" in out
    assert f"model: config.json of {tmp_path.name};" in " ".join(out.split())


CONFIG = (
    '{"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, '
    '"num_attention_heads": 4, "intermediate_size": 128}'
)
FILES = [
    ("config.json", "", "{folder}"),
    ("tiny.json", "", "tiny"),
    ("config.json", "us/Tiny", "us/Tiny"),
]


@pytest.mark.parametrize(("file", "path", "name"), FILES)
def test_a_configuration_in_the_folder_at_hand_is_named(
    file: str,
    path: str,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """After what it says of itself, else after its file or the folder of a `config.json`."""
    said = CONFIG.replace("{", f'{{"_name_or_path": "{path}", ') if path else CONFIG
    (tmp_path / file).write_text(said)
    monkeypatch.chdir(tmp_path)
    assert main(["predict", "decode", "--gpu", "H200", "--model", file]) == 0
    out = " ".join(capsys.readouterr().out.split())
    expected = name.format(folder=tmp_path.name)
    assert out.startswith(f"decode of {expected} on H200: ")
    assert f"model: {file} of {expected}; engine" in out


SAID = [
    (["decode", "--model", "Llama3-8B"], "note: 'Llama3-8B' is taken for Llama-3.1-8B "),
    (
        ["decode", "--model", "Llama-3.1-8B", "--tp", "3"],
        "note: 32 heads cannot be shared evenly by 3 GPUs, and vLLM refuses to; tp may be 1, 2, 4, "
        "8, 16; the figures are of a server that could ",
    ),
    (["memory", "--model", "Llama-3.1-8B", "--tp", "3"], "note: 32 heads cannot be shared"),
    (["serving", "--model", "Llama-3.1-8B", "--tp", "3"], "note: 32 heads cannot be shared"),
    (["prefix", "--model", "Llama-3.1-8B", "--tp", "6"], "note: 32 heads cannot be shared"),
    (
        ["decode", "--model", "Llama-3.1-8B", "--tp", "2"],
        "bytes of the weights that a step reads, ",
    ),
    (["decode", "--model", "Llama-3.1-8B"], "; none of these rows is of vllm; band: "),
    (["serving", "--model", "Llama-3.1-8B"], "H100 SXM: time per output token of a request (TPOT)"),
    (
        ["serving", "--model", "Llama-3.1-8B", "--metric", "ttft"],
        "H100 SXM: time to first token (TTFT) under load bound",
    ),
    (["prefill", "--model", "Llama-3.1-8B"], ": time to first token (TTFT), with nobody queueing"),
    (
        ["prefix", "--model", "Llama-3.1-8B"],
        ": time to first token that a hit saves bound (all of the time, at the upper end of its ",
    ),
    (["memory", "--model", "Llama-3.1-8B", "--tp", "2"], "weights held by each GPU 8.03 GB"),
]


@pytest.mark.parametrize(("words", "said"), SAID)
def test_a_prediction_says_what_it_is_of(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its metric, the names that were taken, what engines would refuse, what was not fitted."""
    assert main(["predict", *words, "--gpu", "H100 SXM"]) == 0
    assert said in " ".join(capsys.readouterr().out.split())


def test_nothing_is_noted_of_what_is_as_it_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """No note for another way to write a name, or for GPUs that share the heads."""
    asked = ["--gpu", "nvidia h100-sxm", "--model", "meta-llama/llama-3.1-8b", "--tp", "16"]
    assert main(["predict", "decode", *asked]) == 0
    assert "note:" not in capsys.readouterr().out


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
