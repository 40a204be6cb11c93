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
    "<p>It needs 40 GB, <code>50 GB</code> and 60 GB</p>": ["40 GB", "60 GB"],
    "It takes <code>5 ms</code>, and 6 ms.": ["6 ms"],
    "It took 2 minutes, then 1.5 hours.": ["2 minutes", "1.5 hours"],
    "It costs $2.50 an hour.": ["$2.50 an hour"],
    "It costs €3, 4 dollars, £1.5 billion.": ["€3", "4 dollars", "£1.5 billion"],
    "400 Gb/s, 100 Gbps, 12 TPS, 7.4 percentage points": [
        "400 Gb/s",
        "100 Gbps",
        "12 TPS",
        "7.4 percentage points",
    ],
    "8 billion parameters, 3 million": ["8 billion parameters", "3 million"],
    "by a factor of 3, a speed-up of 4.2, 4.2-fold": ["factor of 3", "speed-up of 4.2", "4.2-fold"],
    "6.1 ± 0.2 ms": ["6.1 ± 0.2 ms"],
    "| TTFT (ms) |\n| - |\n| 6.1 ± 0.2 |\n| 5–6 |\n| 7 to 8 |": ["6.1 ± 0.2", "5–6", "7 to 8"],
    "An H100 needs 80 GB.": ["80 GB"],
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
    "an H200 141GB, a 4090 24 GB, an RTX 5090 32 GB",
    "<https://x.y/run?t=5ms> and https://x.y/5%20ms",
    "<code>--wait 5 s</code> and <kbd>5 s</kbd>",
    "<pre><code>--wait 5 s</code></pre>",
    "a factor of two, a factor of 3B's weights",
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


def found(body: str, front: str = "numbers: computed", suffix: str = "md") -> list[Finding]:
    title = "title: 40 GB\n" if suffix == "md" else ""
    text = f"---\n{title}{front}\n---\n\n{body}\n"
    dialect = Dialect.MARKDOWN if suffix == "md" else Dialect.MDX
    return bare_numbers(parse_post(text, f"a.{suffix}", Path(f"a.{suffix}"), dialect))


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


@pytest.mark.parametrize("expression", ["280", "-(-280)", "280*1", "(0 + 280) / 1", "1 * 2.8e2"])
def test_a_value_that_is_only_a_number_is_bare(expression: str) -> None:
    """Markers around a number, and arithmetic that changes nothing, do not make it computed."""
    (one,) = found(f"It is <!-- = {expression} : .0f -->280<!-- /= --> req/s.")
    assert one.message == (
        f"the value {expression!r} computes nothing; write what it follows from, or put a setting "
        "of the reader's into `code`"
    )


@pytest.mark.parametrize(
    "expression", ["0.9 / 0.5", "1 / 2", "0 - 3 * 2", "-" * 500 + "5", '"5 ms"']
)
def test_a_value_that_makes_a_number_of_others_is_computed(expression: str) -> None:
    """The reader can follow it; what is no arithmetic at all, filling refuses."""
    assert found(f"It is <!-- = {expression} : .1f -->1.8<!-- /= --> at most.") == []


MDX = {
    '<Callout title="5 ms faster">It helps.</Callout>': ("a.mdx:5:17", "5 ms"),
    '<Callout title={"5 ms faster"}>\n\nIt helps.\n\n</Callout>': ("a.mdx:5:18", "5 ms"),
    "<Callout>takes 5 ms</Callout>": ("a.mdx:5:16", "5 ms"),
    'A <Badge text="5 ms" /> badge': ("a.mdx:5:16", "5 ms"),
    '{"takes 5 ms"}': ("a.mdx:5:9", "5 ms"),
    "It takes {'5 ms'} now": ("a.mdx:5:12", "5 ms"),
    "It takes {5} ms now": ("a.mdx:5:11", "5 ms"),
    'It takes {slow ? "5 ms" : "none"} now': ("a.mdx:5:19", "5 ms"),
}


@pytest.mark.parametrize(("body", "case"), MDX.items(), ids=MDX)
def test_texts_of_components_and_expressions_are_words(body: str, case: tuple[str, str]) -> None:
    """What a component shows and what an expression says stands on the page like any sentence."""
    (one,) = found(body, suffix="mdx")
    assert (str(one.place), one.message) == (case[0], repr(case[1]) + SAID)


@pytest.mark.parametrize(
    "body",
    [
        '<Frame src="5 ms.png" width="5 ms" />',
        '<div title="5 ms">one</div>',
        "<code>5 ms</code>",
        "<pre>\n\n5 ms\n\n</pre>",
        '{/* it took "5 ms" */}',
        "It takes {time} ms.",
        "<Chart points={[5, 6]} />",
    ],
)
def test_settings_comments_and_code_of_mdx_are_not(body: str) -> None:
    """Nobody reads them as a statement."""
    assert found(body, suffix="mdx") == []


DATES = {
    "Somebody, 2023.": True,
    "Somebody 2023, section 1": True,
    "measured in 2026 on an H100": True,
    "Somebody, 2023-09, on 4×A100": True,
    "Somebody, 2023-09-12.": True,
    "(April 2026)": True,
    "Somebody, [arXiv 2309.06180](https://arxiv.org/abs/2309.06180)": False,
    "measured at 2048 tokens": False,
    "measured at 2000 tokens": False,
    "version 2026 of it": False,
    "release 2026": False,
    "Somebody, 2026.1": False,
    "figure 2012": False,
    "2023-13": False,
    "v2023-09": False,
    "port 2030": False,
}


@pytest.mark.parametrize(("source", "dated"), DATES.items(), ids=DATES)
def test_a_footnote_is_dated_by_a_date(source: str, dated: bool) -> None:
    """Not by any four digits: a count, a version and an address are no dates."""
    notes = found(f"It is 4 s.[^a]\n\n[^a]: {source}")
    assert [each.check for each in notes] == ([] if dated else [Check.S010])


@pytest.mark.parametrize("date", ["1999 or so", "2048", "2026-13", "2026-4", "in 2026"])
def test_a_quotation_is_dated_by_a_date_alone(date: str) -> None:
    """It is an option of its own, with room for nothing else."""
    (one,) = found(f'<!-- = quoted("4 s", source="x", date="{date}") -->4 s<!-- /= -->')
    assert one.check is Check.S010
