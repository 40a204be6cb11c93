"""S009 and S010: what may not stand bare on a page that declares its numbers computed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchpost.fill.bare import bare_numbers
from benchpost.findings import Check, Finding
from benchpost.post.document import Dialect
from benchpost.post.read import parse_post

SAID = (
    ' stands on its word alone; compute it in a value, quote it with `quoted("…", source="…", '
    'date="…")`, or end its sentence with a footnote that gives source and date'
)
NOTE = "\n\n[^a]: Somebody, 2023-09, measured on 4×A100 at 55 GB.\n"

BARE = {
    "It wastes 61.8 % of it.": ["61.8 %"],
    "It wastes 20.4–38.2 % of it.": ["20.4–38.2 %"],
    "It wastes 60 to 80% of it, 60-80 % even.": ["60 to 80%", "60-80 %"],
    "The weights are 141 GB and 131 GiB.": ["141 GB", "131 GiB"],
    "A 24GB card, an 80-GB card.": ["24GB", "80-GB"],
    "From 850 ms to **120** ms, or 3 µs.": ["850 ms", "120 ms", "3 µs"],
    "It takes\n4\ns more.": ["4 s"],
    "It does 2,100 tok/s, 280 req/s and 45 tokens per second.": [
        "2,100 tok/s",
        "280 req/s",
        "45 tokens per second",
    ],
    "4× faster, 24x faster, 4 times faster.": ["4×", "24x", "4 times faster"],
    "A context of 16k tokens.": ["16k tokens"],
    "At 989 TFLOPS, 295 FLOP/byte, 3.35 TB/s.": ["989 TFLOPS", "295 FLOP/byte", "3.35 TB/s"],
    "Each token is 327 680 B, 320 KiB/token, 70 B.": ["327 680 B", "320 KiB/token", "70 B"],
    "It takes 4.5 bits a weight": ["4.5 bits"],
    "256 requests and 16 blocks": ["256 requests", "16 blocks"],
    "## About 40 GB": ["40 GB"],
    "- 40 GB\n- two\n\n> 50 GB": ["40 GB", "50 GB"],
    "| a | b |\n| - | - |\n| 40 GB | 12 |": ["40 GB"],
    "| Metric | TTFT (ms) | Tokens/sec | in GB |\n| - | - | - | - |\n| HF | 850 | 2,100 | ~28 |": [
        "850",
        "2,100",
        "~28",
    ],
    "![A chart of 40 GB](./figures/x.svg)": ["40 GB"],
    "<p>It needs 40 GB</p>": ["40 GB"],
    "It needs <b>40</b> GB.": ["40 GB"],
    "See [the 40 GB card](https://example.com/80GB).": ["40 GB"],
    "A number of 40 GB. Another sentence has a source.[^a]" + NOTE: ["40 GB"],
    "Sourced.[^a] A number of 40 GB follows." + NOTE: ["40 GB"],
    "| a | b |\n| - | - |\n| 1 GB[^a] | 2 GB |\n| 3 GB | 4 GB |" + NOTE: ["3 GB", "4 GB"],
}

FINE = (
    "vLLM 0.33.0 s",
    "Version 0.33.0 of 2026-11-02, 10.1145/1498765, arXiv 2309.06180",
    "two GPUs, 8 GPUs, 80 layers, 64 heads",
    "8×A100, 8× H100, 2x RTX 5090, 4×GB200, 4 B200, 128 x 128 and 16×16",
    "Llama-3-70B, Llama 3.1 8B, a 70B model, Qwen3-30B-A3B, A100-80GB, GB200, FP8, H100",
    "an A100 80GB has it, and an A100 SXM 80GB",
    "8-bit weights, 4-bit, in 16 bits",
    "port 8000, HTTP 429, step 4, layer 3",
    "1. one\n2. two",
    "the 1990s, 100s of users, 24/7",
    "`--max-num-seqs 256` and `40 GB`, `16` tokens",
    "```sh\nvllm serve M # 40 GB\n```",
    "$40\\,\\text{GB}$ and\n\n$$\n40 GB\n$$",
    '[a](https://example.com/40GB "40 GB")',
    "# Heading [#gb-40]",
    '<!-- = weight_bytes(model="Llama-3-70B") : .0f GB -->141 GB<!-- /= --> are needed',
    '<!-- = weight_bytes(model="Llama-3-70B") : .0f (GB) -->141<!-- /= --> GB',
    "4× <!-- = 16 / 2 : .0f -->8<!-- /= --> heads",
    '<!-- fill table model model="Llama-3-70B" -->\n\n| GB |\n| - |\n| 40 GB |\n\n<!-- /fill -->',
    '<!-- = quoted("40 GB", source="a page", date="2026-04") -->40 GB<!-- /= -->',
    "It is 40 GB, or 50 GB at most.[^a]" + NOTE,
    "It is 40 GB[^a] at most." + NOTE,
    "| a | b |\n| - | - |\n| 40 GB | 3 ms[^a] |" + NOTE,
    "| a | TTFT (ms)[^a] |\n| - | - |\n| b | 850 |" + NOTE,
    "| GB200 | tokens |\n| - | - |\n| 8 | `16` |",
)


def found(body: str, front: str = "numbers: computed") -> list[Finding]:
    text = f"---\ntitle: 40 GB\n{front}\n---\n\n{body}\n"
    return bare_numbers(parse_post(text, "a.md", Path("a.md"), Dialect.MARKDOWN))


@pytest.mark.parametrize(("body", "numbers"), BARE.items(), ids=BARE)
def test_a_bare_number_with_a_unit_is_told(body: str, numbers: list[str]) -> None:
    """In sentences, lists, quotes, headings, tables and captions; emphasis does not hide it."""
    assert [finding.message for finding in found(body)] == [repr(n) + SAID for n in numbers]
    assert {finding.check for finding in found(body)} == {Check.S009}


@pytest.mark.parametrize("body", FINE)
def test_names_code_values_and_sourced_numbers_are_fine(body: str) -> None:
    """Not everything with a digit is a number that needs proof."""
    assert found(body) == []


@pytest.mark.parametrize("front", ["title2: x", "draft: true"])
def test_other_pages_are_not_looked_at(front: str) -> None:
    """Only a page that declares itself computed is held to it."""
    assert found("It needs 40 GB.", front) == []


def test_the_place_is_that_of_the_number() -> None:
    """Line and column in the file, behind emphasis and in a list too."""
    assert str(found("One.\n\n- It *really* needs 40 GB.")[0].place) == "a.md:8:21"


WRONG = {
    "numbers: measured": (
        "x",
        "`numbers: measured` is not known; write `numbers: computed` or leave it out",
    ),
    "numbers: computed": (
        '<!-- = quoted("4 s") -->4 s<!-- /= -->',
        'a quotation needs its source: `quoted("…", source="…", date="2026-04")`',
    ),
    "numbers:  computed": (
        '<!-- = quoted("4 s", source="x", date="soon") -->4 s<!-- /= -->',
        'a quotation needs its date: `date="2026-04"`, or to the day',
    ),
    "numbers:   computed": (
        "It is 4 s.[^a]\n\n[^a]: Somebody.",
        "footnote 'a' gives no date; say what the number is from and of when it is, e.g. `2026-04`",
    ),
}


@pytest.mark.parametrize(("front", "case"), WRONG.items(), ids=WRONG)
def test_sources_prove_something(front: str, case: tuple[str, str]) -> None:
    """A quotation and a footnote say where from and of when; `numbers:` says nothing else."""
    body, said = case
    assert [(each.check, each.message) for each in found(body, front)] == [(Check.S010, said)]


def test_a_value_that_is_only_a_number_is_bare() -> None:
    """Markers around a number do not make it computed."""
    (one,) = found("It is <!-- = 280 : .0f -->280<!-- /= --> req/s.")
    assert one.message == (
        "the value '280' computes nothing; write what it follows from, or put a setting of the "
        "reader's into `code`"
    )
