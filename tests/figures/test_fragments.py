"""What figures put into a slot: legal text, files that exist, numbers that agree."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from figures.examples import EXAMPLES, NAMES, QWEN, facts
from markdown_it import MarkdownIt

from benchpost.errors import BenchpostError, UsageError
from benchpost.figures import FIGURES, call
from benchpost.figures.options import Option
from benchpost.figures.types import Facts, Fragment
from benchpost.post.document import Dialect
from benchpost.roofline.calls import FUNCTIONS
from benchpost.roofline.predict import decode
from benchpost.roofline.scores import chosen

Compile = Callable[[Sequence[str]], list[Any]]

each_example = pytest.mark.parametrize(("head", "options"), EXAMPLES, ids=NAMES)


def made(head: str, options: dict[str, Option], dialect: Dialect = Dialect.MDX) -> Fragment:
    return call(head, options, facts(dialect))


def test_every_figure_has_an_example() -> None:
    """No figure is left out of these tests."""
    heads = {"equation" if head.startswith("equation") else head for head, _ in EXAMPLES}
    assert heads == set(FIGURES)


def test_all_fragments_compile(mdx_compile: Compile) -> None:
    """The real MDX compiler accepts every fragment, alone and inside a list item."""
    texts = [made(head, options).text for head, options in EXAMPLES]
    nested = [
        "- item\n\n" + "\n".join(f"  {line}".rstrip() for line in t.split("\n")) for t in texts
    ]
    verdicts = mdx_compile([f"before\n\n{text}\n\nafter\n" for text in [*texts, *nested]])
    assert [verdict.message for verdict in verdicts if not verdict.ok] == []


@each_example
def test_fragments_say_the_same_in_both_dialects(head: str, options: dict[str, Option]) -> None:
    """MDX and Markdown get the same text, but for the link to the data."""
    mdx, markdown = (made(head, options, dialect).text for dialect in Dialect)
    assert re.sub(r" \[Data\]\(\./figures/[\w.-]+\.csv\)\.", "", markdown) == mdx


@each_example
def test_a_fragment_is_a_pure_function(head: str, options: dict[str, Option]) -> None:
    """The same facts and options give the same text, plans and data."""
    one, other = made(head, options), made(head, options)
    assert one.text == other.text
    assert [d.plan for d in one.drawings] == [d.plan for d in other.drawings]
    assert one.data == other.data


@each_example
def test_pictures_shown_are_pictures_made(head: str, options: dict[str, Option]) -> None:
    """Every image shown is drawn or recorded, has words for it, and its data lies beside."""
    fragment = made(head, options)
    shown = re.findall(r"!\[(.+)\]\(\./(figures|results)/([^)]+)\)", fragment.text)
    assert [name for _, folder, name in shown if folder == "figures"] == [
        drawing.name for drawing in fragment.drawings
    ]
    assert {name.removesuffix(".csv") for name in fragment.data} <= {
        drawing.name.removesuffix(".svg") for drawing in fragment.drawings
    }


@each_example
def test_no_blank_rim_and_no_open_ends(head: str, options: dict[str, Option]) -> None:
    """A fragment has no blank lines around it, and its maths fences stand alone on their lines."""
    text = made(head, options).text
    assert text == text.strip()
    assert all(line == "$$" for line in text.split("\n") if line.startswith("$$"))
    assert text.split("\n").count("$$") % 2 == 0


@each_example
def test_captions_are_one_emphasised_line(head: str, options: dict[str, Option]) -> None:
    """A caption reads as one paragraph of emphasis, whatever names and sources hold."""
    captions = [p for p in made(head, options).text.split("\n\n") if p.startswith("_")]
    for caption in captions:
        tokens = MarkdownIt("commonmark").parse(caption)
        assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
        children = tokens[1].children or []
        assert (children[0].type, children[-1].type) == ("em_open", "em_close")
        assert sum(child.type == "em_open" for child in children) == 1


@pytest.mark.parametrize(
    ("head", "options", "shown"),
    [
        ("equation decode_rate", {"gpu": "RTX 4090", "model": QWEN}, "125\\,\\text{tok/s}"),
        (
            "equation matmul_flops",
            {"m": 512, "k": 2560, "n": 9728},
            "2 \\cdot 512 \\cdot 9728 \\cdot 2560 = 25.5\\,\\text{GFLOP}",
        ),
        ("equation kv_blocks", {"gpu": "H200", "model": QWEN}, "\\lfloor"),
        ("equation max_concurrency", {"gpu": "H200", "model": QWEN, "context": 4096}, "= 201"),
        (
            "equation chunk_steps",
            {"prompt": 3000, "budget_tokens": 2048, "decoding": 128},
            "= 2\\,\\text{step",
        ),
        ("diagram matmul", {"m": 512, "k": 2560, "n": 9728}, "25.5 GFLOP; 52.4 MB are read"),
        ("chart decode", {"gpu": "RTX 4090", "model": QWEN}, "125 tok/s at 256 tokens"),
        (
            "chart decode",
            {"gpu": "H100 SXM", "model": "Llama-3.1-8B", "over": "batch"},
            "bound: 221 tok/s at 1 sequence, 20,211 tok/s at 476 sequences; ",
        ),
        ("table operations", {"model": QWEN}, "| LM head | 1 × 2,560 × 151,936 | 1 | 778 MFLOP |"),
        ("table model", {"model": QWEN}, "| Parameters, counted | 4,022,468,096 |"),
        ("repo-card", {"model": QWEN}, "| **13 files** | **8.06 GB** |"),
        ("table results", {"snippet": "peaks"}, "790 TFLOPS (780 TFLOPS to 795 TFLOPS, n = 3)"),
        ("table results", {"snippet": "peaks", "values": "lucky"}, "| not measured |"),
        (
            "table results",
            {"snippet": "peaks"},
            "2026-11-19, load 6.6 on 2 cores when it began, with uncommitted changes; ",
        ),
        ("table results", {"snippet": "peaks"}, "torch 2.9.0, 2026-11-20._"),
        ("table results", {"snippet": "peaks"}, "\n\n_Median (smallest to largest) of 3 samples. "),
        ("table results", {"snippet": "peaks", "values": "max_mem_bw"}, "\n\n_ci_cpu ("),
        (
            "table results",
            {"snippet": "later"},
            "_Not measured: no machine has run the snippet `later` yet._",
        ),
        (
            "output",
            {"snippet": "later", "machine": "h200"},
            "_Not measured: the machine `h200` has not run the snippet `later` yet._",
        ),
        ("output", {"snippet": "peaks"}, "````text\n790.00 TFLOPS\n```\n{not} <jsx> $5\n````"),
        ("output", {"snippet": "peaks"}, "_Printed on h200 (NVIDIA H200, driver 575.51), Python"),
        ("output", {"snippet": "silent"}, "_The snippet `silent` printed nothing._"),
        (
            "drawing",
            {"snippet": "peaks", "machine": "h200", "alt": "x"},
            "(./results/h200/peaks-1.svg)",
        ),
        ("chart peaks", {"gpu": "H200"}, "Measured here: snippet peaks on h200 (2026-11-20)."),
        ("chart peaks", {"gpu": "H200"}, "H200 compute 790 of 989 TFLOPS (80 %)"),
    ],
)
def test_numbers_that_matter_are_in_the_text(
    head: str, options: dict[str, Option], shown: str
) -> None:
    """Readers without the picture get its numbers, with where they come from."""
    assert shown in made(head, options).text


def test_numbers_agree_with_those_in_sentences() -> None:
    """An equation's result is what a value in a sentence gives for the same chip and model."""
    options: dict[str, Option] = {"gpu": "RTX 4090", "model": QWEN}
    rate = FUNCTIONS["decode_rate"](gpu="RTX 4090", model=QWEN)
    assert f"{rate:.0f}\\,\\text{{tok/s}}" in made("equation decode_rate", options).text
    time = FUNCTIONS["prefill_time"](gpu="RTX 4090", model=QWEN, prompt=2048)
    text = made("equation prefill_time", {**options, "prompt": 2048}).text
    assert f"{time.to('ms'):.1f}\\,\\text{{ms}}" in text


@pytest.mark.parametrize(
    ("head", "options", "message"),
    [
        ("equation", {}, "say which equation, e.g. `equation decode_rate`; equations are "),
        ("equation decod_rate", {}, "no equation 'decod_rate'; did you mean 'decode_rate' or "),
        (
            "equation decode_rate",
            {"bandwith": 3},
            "'equation decode_rate' has no option 'bandwith'; did you mean 'bandwidth'?; its "
            "options are gpu, model, dtype, kv, prompt, legend, inline, caption and the terms "
            "bandwidth, weight_bytes, parameters, parameter_bytes",
        ),
        (
            "equation op_time",
            {"gpu": "H200"},
            "'equation op_time' needs flops=, moved=, or no values at all",
        ),
        (
            "equation decode_rate",
            {"gpu": "H200"},
            "'equation decode_rate' needs weight_bytes= or model=, or no values at all",
        ),
        ("equation decode_rate", {"weight_bytes": "8 GB/s"}, "cannot give byte/second in byte"),
        ("chrt roofline", {}, "no figure 'chrt roofline'; did you mean 'chart roofline'"),
        ("chart decode", {"gpu": "RTX 409", "model": QWEN}, "unknown GPU 'RTX 409'; did you mean"),
        (
            "chart decode",
            {"gpu": "RTX 4090", "model": "Llama-3.1-70B"},
            "Llama-3.1-70B in bf16 (141 GB) does not fit into the 24 GB of RTX 4090; choose "
            "another gpu, dtype or batch",
        ),
        (
            "chart decode",
            {"gpu": "RTX 4090, H200, L4, A10, A30", "model": QWEN},
            "'chart decode' shows at most 4 of 'gpu', not 5",
        ),
        (
            "chart decode",
            {"gpu": "RTX 4090, H200, L40S", "model": "Qwen3-4B, Qwen3-8B"},
            "'chart decode' shows at most 4 curves, not 6",
        ),
        (
            "chart decode",
            {"gpu": "H200", "model": QWEN, "context": 4096},
            "option 'context' of 'chart decode' goes with over=\"batch\"; else it is swept",
        ),
        (
            "chart decode",
            {"gpu": "H200", "model": QWEN, "over": "batch", "batch": 8},
            "option 'batch' of 'chart decode' is swept with over=\"batch\"; leave it out",
        ),
        (
            "chart decode",
            {"gpu": "H200", "model": QWEN, "over": "batch", "to": 1},
            "option 'to' of 'chart decode' must be at least 2, not 1",
        ),
        (
            "chart decode",
            {"gpu": "H200", "model": QWEN, "over": "batch", "context": 900_000},
            f"H200 holds no two sequences of 900,000 tokens of {QWEN}; choose a shorter context",
        ),
        (
            "chart ttft",
            {"gpu": "H200", "model": QWEN, "to": 99},
            "option 'to' of 'chart ttft' must",
        ),
        ("chart roofline", {"gpu": " , "}, "option 'gpu' of 'chart roofline' names nothing"),
        (
            "chart roofline",
            {"gpu": "H200", "prompt": 8},
            "'chart roofline' needs model= to place operations of a batch or prompt",
        ),
        ("chart ladder", {"kind": "serve"}, "option 'kind' of 'chart ladder' must be"),
        ("chart ladder", {"gpu": "H200"}, "no published decode row that is kept is of gpu 'H200'"),
        (
            "chart scatter",
            {"step": "napkin"},
            "decode has no step 'napkin'; steps are file size, bytes read, constant, layer time, ",
        ),
        (
            "chart scatter",
            {"step": "one run"},
            "'chart scatter' cannot show 'one run': a row has several predictions of it",
        ),
        ("table errors", {"by": "color"}, "option 'by' of 'table errors' must be"),
        (
            "table published",
            {"gpu": "RTX 4090", "model": "Llama-3.1-8B", "context": 999},
            "no such row is kept with this context or prompt; contexts: 256, 512, 2048, 4096",
        ),
        (
            "table published",
            {"gpu": "A100 SXM 80GB", "model": "Qwen2.5-7B"},
            "24 rows are more than the 12 of a table; say which",
        ),
        (
            "table published",
            {"gpu": "H200", "model": "Qwen2.5-7B"},
            "no published decode row that is kept is of H200, Qwen2.5-7B",
        ),
        ("diagram matmul", {"m": 3}, "'diagram matmul' needs all of m, k and n, or none of them"),
        (
            "diagram matmul",
            {"m": 0, "k": 1, "n": 1},
            "a matrix has at least one row and column, not 0",
        ),
        ("diagram memory", {}, "'diagram memory' needs gpu= and model=, or kind=\"paging\""),
        (
            "diagram memory",
            {"kind": "paging", "lengths": "9000"},
            "option 'lengths' of 'diagram memory' must be whole numbers up to reserve=2048, "
            'separated by commas, not "9000"',
        ),
        (
            "diagram memory",
            {"kind": "paging", "block": 1},
            "6144 blocks cannot be told apart in 'diagram memory', 720 can: choose a larger "
            "block= or a smaller reserve=",
        ),
        (
            "diagram memory",
            {"kind": "paging", "block": 0},
            "option 'block' of 'diagram memory' must",
        ),
        (
            "table results",
            {"snippet": "peeks"},
            "no snippet 'peeks' in this post; did you mean 'peaks'?; its snippets are peaks, "
            "silent, later",
        ),
        (
            "table results",
            {"snippet": "peaks", "machine": "h100"},
            "no results of a machine 'h100'; did you mean 'h200'?; there are ci_cpu, h200",
        ),
        (
            "table results",
            {"snippet": "peaks", "values": "max_flop"},
            "no kept variable 'max_flop'; did you mean 'max_flops'?; there is max_flops, "
            "max_mem_bw, lucky",
        ),
        (
            "drawing",
            {"snippet": "peaks", "machine": "h200", "alt": "x", "number": 2},
            "the snippet 'peaks' drew 1 picture on h200; there is no number 2",
        ),
    ],
)
def test_what_cannot_be_shown_is_said(head: str, options: dict[str, Option], message: str) -> None:
    """A wrong name, option or size is refused in a sentence that says what would be right."""
    with pytest.raises(UsageError) as raised:
        made(head, options)
    assert raised.value.message.startswith(message)


def test_rates_over_batch_are_those_of_the_model() -> None:
    """Every row of the data is what the performance model says for that batch and context."""
    options: dict[str, Option] = {
        "gpu": "H200",
        "model": "Qwen3-30B-A3B",
        "over": "batch",
        "context": 4096,
    }
    (data,) = made("chart decode", options).data.values()
    rows = [line.split(",") for line in data.decode().splitlines()[1:]]
    for row in rows:
        batch, bound, typical = int(row[0]), *map(float, row[1:])
        said = decode(gpu="H200", model="Qwen3-30B-A3B", batch=batch, context=4096)
        assert bound == pytest.approx(float(said.bound), rel=1e-5)
        assert typical == pytest.approx(float(said.value), rel=1e-5)
    assert int(rows[-1][0]) == 198


def test_a_row_stands_beside_what_is_said_of_it() -> None:
    """Rate, napkin and model with their ratios, as in the row that is kept."""
    options: dict[str, Option] = {"gpu": "H100 PCIe", "model": "Llama-3.1-8B", "format": "q4_k_m"}
    text = made("table published", {**options, "context": 512}).text
    (score,) = (
        score
        for score in chosen(gpu="H100 PCIe", model="Llama-3.1-8B", format="q4_k_m")
        if score.row.context == 512
    )
    cells = text.split("\n")[2].strip("| ").split(" | ")
    napkin, model = (score.predicted[step][0] for step in ("file size", "model"))
    assert cells[0] == f"{score.measured:.0f}"
    assert cells[1] == f"{napkin:.0f} ({napkin / score.measured:.2f}×)"
    assert cells[2] == f"{model:.0f} ({model / score.measured:.2f}×)"
    assert cells[3] == f"{score.low:.0f} to {score.high:.0f}"


def test_the_points_of_a_scatter_are_its_data() -> None:
    """As many points as rows in the CSV, 80 % of them in the band that is drawn."""
    fragment = made("chart scatter", {})
    plan = json.loads(fragment.drawings[0].plan)["data"]
    points = [point for series in plan["series"] for point in series["points"]]
    rows = next(iter(fragment.data.values())).decode().strip().split("\n")[1:]
    low, high = plan["band"]
    assert len(points) == len(rows) == len(chosen())
    inside = sum(low <= measured / predicted <= high for measured, predicted in points)
    assert abs(inside / len(points) - 0.8) < 0.02


def test_a_card_without_a_record_says_what_there_is() -> None:
    """A model whose repository is not recorded has no card, and the error names another figure."""
    with pytest.raises(BenchpostError) as raised:
        made("repo-card", {"model": "Llama-3.1-8B"})
    assert raised.value.message == (
        "no repository is recorded for Llama-3.1-8B; `table model` shows its dimensions: "
        'fill table model model="Llama-3.1-8B"'
    )


@pytest.mark.parametrize("head", ["table results", "output", "drawing"])
def test_a_post_without_snippets_has_none_of_that_name(head: str) -> None:
    """A snippet of a post that has none is misspelt, not unmeasured."""
    options: dict[str, Option] = {"snippet": "nope", **({"alt": "x"} if head == "drawing" else {})}
    with pytest.raises(UsageError, match=r"^no snippet 'nope' in this post, which has none$"):
        call(head, options, Facts(snippets=()))
    assert call(head, options, Facts()).text.startswith("_Not measured: ")


def test_own_figures_come_first() -> None:
    """A figure of the post's own may have any name, that of one of ours too."""

    def mine(facts: Facts, *, words: str = "") -> Fragment:
        return Fragment(words)

    assert call("mine", {"words": "x"}, Facts(), {"mine": mine}).text == "x"
    assert call("output", {"words": "y"}, Facts(), {"output": mine}).text == "y"
    with pytest.raises(UsageError, match=r"^'mine' has no option 'word'; did you mean 'words'"):
        call("mine", {"word": "x"}, Facts(), {"mine": mine})
