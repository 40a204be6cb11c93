"""Placeholders are matched to the slot that fills them, or to none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from fill_figures import read

from benchpost.errors import BenchpostError
from benchpost.figures import call
from benchpost.figures.types import Facts
from benchpost.fill.doubts import first_doubt
from benchpost.fill.mentions import chips_in, formats_in, models_in, sizes_in, without
from benchpost.fill.suggest import Suggestion, suggest
from benchpost.post.document import Post
from benchpost.post.options import parse_words

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "placeholders.yml").read_text(encoding="utf-8")
)


def post_of(case: dict[str, Any]) -> Post:
    snippet = (
        f'```python bench id="{case["snippet"]}"\nprint(1)\n```\n\n' if "snippet" in case else ""
    )
    return read(f"# Post\n\n## {case['heading']}\n\n{snippet}{case['before']}\n\n{case['todo']}\n")


def marked(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(reason=case["misses"])] if "misses" in case else []
    return pytest.param(case, marks=marks, id=case["todo"])


@pytest.mark.parametrize("case", list(map(marked, CASES)))
def test_the_best_slot_comes_first(case: dict[str, Any]) -> None:
    """The slot is the one that the case file names; where it names none, none is offered."""
    post = post_of(case)
    (todo,) = post.todos
    found = suggest(todo, post)
    assert (found.slot if found else None) == case["offers"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["todo"])
def test_whatever_is_offered_can_be_filled(case: dict[str, Any]) -> None:
    """Every slot that is named, the near ones too, is understood by its figure."""
    post = post_of(case)
    found = suggest(post.todos[0], post)
    for slot in filter(None, (found.slot, *found.others) if found else ()):
        words = parse_words(slot.removeprefix("fill"))
        assert not words.problem
        try:
            made = call(words.head, words.options, Facts())
        except BenchpostError as error:
            pytest.fail(f"{slot}: {error}")
        assert made.text


def test_far_text_names_what_a_figure_cannot_do_without() -> None:
    """A chart needs a chip: the one named last before the placeholder is taken."""
    post = read(
        "# Post\n\nWe rent an H200 and an L4.\n\n## Bounds\n\nIt is slow.\n\nTODO: roofline chart\n"
    )
    found = suggest(post.todos[0], post)
    assert found
    assert found.slot == 'fill chart roofline gpu="L4"'


def test_a_diagram_is_no_chart() -> None:
    """What a diagram needs is looked for in the far text too, before another family is taken."""
    post = read(
        "# Post\n\nQwen3-8B on an L4.\n\n## Here\n\nIt is full.\n\nXXX: add the diagram of memory\n"
    )
    assert suggest(post.todos[0], post) == Suggestion(
        'fill diagram memory gpu="L4" model="Qwen3-8B"'
    )


def test_near_slots_are_named_too() -> None:
    """Where two figures answer nearly as well, the second is offered beside the first."""
    post = read(
        "# Post\n\n## KV cache\n\nQwen3-8B keeps a key and a value.\n\n"
        "TODO: equation for the KV cache bytes\n"
    )
    found = suggest(post.todos[0], post)
    assert found
    assert {found.slot, *found.others} >= {
        'fill equation kv_bytes_per_token model="Qwen3-8B"',
        "fill equation kv_bytes",
    }


UNSETTLED = [
    ("TODO - draw the roofline of the H100", "An RTX 5090.",
     "H100 may be H100 PCIe or H100 SXM or H100 NVL",
     ['fill chart roofline gpu="H100 PCIe"', 'fill chart roofline gpu="H100 SXM"',
      'fill chart roofline gpu="H100 NVL"']),
    ("TODO: roofline of the A100 SXM", "An RTX 5090.", "A100 may be A100 SXM 40GB or A100 SXM 80GB",
     ['fill chart roofline gpu="A100 SXM 40GB"', 'fill chart roofline gpu="A100 SXM 80GB"']),
    ("TODO: roofline chart", "The H100 is dear.",
     "H100 may be H100 PCIe or H100 SXM or H100 NVL",
     ['fill chart roofline gpu="H100 PCIe"', 'fill chart roofline gpu="H100 SXM"',
      'fill chart roofline gpu="H100 NVL"']),
    ("TODO: a table of the operations of Llama-3.1-8B on H100 at batch 8 and context 4k", "One.",
     "H100 may be H100 PCIe or H100 SXM or H100 NVL",
     ['fill table operations model="Llama-3.1-8B" gpu="H100 PCIe" context=4096 batch=8',
      'fill table operations model="Llama-3.1-8B" gpu="H100 SXM" context=4096 batch=8',
      'fill table operations model="Llama-3.1-8B" gpu="H100 NVL" context=4096 batch=8']),
    ("TODO: roofline of the H800", "An RTX 5090.", "nothing is known of H800", []),
    ("TODO: decode equation of Yi-34B on an L4", "Qwen3-8B.", "nothing is known of Yi-34B", []),
    ("TODO: decode equation in NF4", "Qwen3-8B.", "nothing is known of NF4", []),
    ("TODO: roofline chart", "We tried an H800.", "nothing is known of H800",
     ['fill chart roofline gpu="L4"']),
]  # fmt: skip


@pytest.mark.parametrize(("todo", "before", "unclear", "others"), UNSETTLED)
def test_a_name_that_is_not_settled_is_never_replaced_by_another(
    todo: str, before: str, unclear: str, others: list[str]
) -> None:
    """No slot is written; what may be meant is offered, and the reason is told."""
    post = read(f"# Post\n\nWe rent an L4.\n\n## Here\n\n{before}\n\n{todo}\n")
    assert suggest(post.todos[0], post) == Suggestion("", tuple(others), unclear)


SETTLED = [
    ("TODO: show the matmul FLOPs equation on the H100", "One.", "fill equation matmul_flops"),
    ("TODO: diagram of the transformer", "Qwen3 is a family.", "fill diagram transformer"),
    ("TODO: diagram of a matmul on the H800", "One.", "fill diagram matmul"),
    ("TODO: roofline of the L4", "The H100 is dear.", 'fill chart roofline gpu="L4"'),
]


@pytest.mark.parametrize(("todo", "before", "slot"), SETTLED)
def test_an_open_name_that_changes_nothing_does_not_hinder(
    todo: str, before: str, slot: str
) -> None:
    """A figure that is the same on every chip needs no choice, nor one whose chip is named."""
    post = read(f"# Post\n\n## Here\n\n{before}\n\n{todo}\n")
    found = suggest(post.todos[0], post)
    assert found
    assert (found.slot, found.unclear) == (slot, "")


WRITTEN_OUT = [
    ("TODO: roofline of the H100", "An H100 SXM is dear.", 'fill chart roofline gpu="H100 SXM"'),
    (
        "TODO: roofline of the H100 with 80 GB",
        '<!-- = bandwidth(gpu="H100 SXM") : .0f --><!-- /= -->',
        'fill chart roofline gpu="H100 SXM"',
    ),
    ("TODO: roofline of the H100", "The H100 SXM beats the H100 NVL.", ""),
    ("TODO: roofline of the H100 with 80 GB", "We had an H100 NVL.", ""),
    ("TODO: roofline of the RTX 4090 with 24 GB", "", 'fill chart roofline gpu="RTX 4090"'),
]


@pytest.mark.parametrize(("todo", "elsewhere", "slot"), WRITTEN_OUT)
def test_an_open_name_that_the_post_writes_out_is_that_one(
    todo: str, elsewhere: str, slot: str
) -> None:
    """The post's one full name settles a short one that may mean it; two leave it open."""
    post = read(f"# Post\n\n{elsewhere}\n\n## Here\n\n{todo}\n")
    found = suggest(post.todos[0], post)
    assert found
    assert (found.slot, bool(found.unclear)) == (slot, not slot)


DOUBTS = {
    "an H100": "H100 may be H100 PCIe or H100 SXM or H100 NVL",
    "an H100 with 80 GB": "H100 with 80 GB may be H100 PCIe or H100 SXM",
    "an H100 (94 GB)": "H100 (94 GB) may be H100 NVL",
    "an H100 with 7 GB": "H100 with 7 GB may be H100 PCIe or H100 SXM or H100 NVL",
    "an H100 fp8 80 GB": "H100 may be H100 PCIe or H100 SXM or H100 NVL",
    "an RTX 4090 or a GTX 1080": "nothing is known of GTX 1080",
    "Llama 3.1": "Llama 3.1 may be Llama-3.1-8B or Llama-3.1-70B or Llama-3.1-405B",
    "Llama-3.1-8B on an RTX PRO 6000 in FP8": None,
    "M1 and K2, at 16 x 4096, A4 paper, step-2": None,
    "P99 latency with a 2 MB L2 cache and T5": None,
    "a P40, not an L4": "nothing is known of P40",
    "gpt-oss-9000b on the L4": "nothing is known of gpt-oss-9000b",
}


@pytest.mark.parametrize("text", DOUBTS)
def test_names_that_are_not_settled(text: str) -> None:
    """A beginning of names stands for each of them; what only looks like a name, for none."""
    doubt = first_doubt(text)
    assert (str(doubt) if doubt else None) == DOUBTS[text]


MENTIONS = {
    "an RTX 4090 and an rtx-5090": ["RTX 4090", "RTX 5090"],
    "the RTX PRO 6000s": [],
    "on RTX PRO 6000,": ["RTX PRO 6000 Blackwell Workstation"],
    "NVIDIA H200 SXM": ["H200"],
    "L4 and L40S": ["L4", "L40S"],
    "H2000 or XL4": [],
}


@pytest.mark.parametrize("text", MENTIONS)
def test_chips_are_found_under_any_of_their_names(text: str) -> None:
    """Aliases, hyphens and small letters do not matter; parts of other words do not count."""
    assert chips_in(text) == MENTIONS[text]


def test_models_are_found_whole() -> None:
    """A longer name is not taken for a shorter one that begins it."""
    text = "Qwen3-4B-Instruct-2507 is not Qwen3-4B, nor is Qwen3-4B-Chat"
    assert models_in(text) == ["Qwen3-4B-Instruct-2507", "Qwen3-4B"]


def test_sizes_are_found() -> None:
    """Assignments anywhere, sizes in words only in the placeholder itself."""
    before = "Let M = 1,024 and $K=512$. A batch of 3 is small; x_1 = 5."
    assert sizes_in("plot at a context of 8k, batch size 16", before) == {
        "m": 1024,
        "k": 512,
        "x_1": 5,
        "context": 8192,
        "batch": 16,
    }


SIZES = {
    "4096 x 14336 at batch 16": {"m": 16, "k": 4096, "n": 14336, "batch": 16},
    "16×4,096×14336": {"m": 16, "k": 4096, "n": 14336},
    "4096 x 14336": {},
    "an 8k context": {"context": 8192},
    "a 2048-token prompt": {"prompt": 2048},
    "2x faster, 1.5 x 2.5": {},
}


@pytest.mark.parametrize("text", SIZES)
def test_sizes_are_found_as_people_write_them(text: str) -> None:
    """Products are those of a matmul; of two factors, only beside a batch."""
    assert sizes_in(text, "") == SIZES[text]


def test_number_formats_are_found() -> None:
    """That of the KV cache is told from that of the weights."""
    assert formats_in("INT4 weights and an FP8 KV cache") == {"dtype": "int4", "kv": "fp8"}
    assert formats_in("KV cache in int8") == {"kv": "int8"}


def test_names_can_be_taken_out_of_a_text() -> None:
    """What remains says what a placeholder is about."""
    assert without("roofline of the RTX 4090", ["RTX 4090"]).split() == ["roofline", "of", "the"]
