"""Placeholders are matched to the slot that fills them, or to none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from fill.figures_of_tests import read

from benchpost.errors import BenchpostError
from benchpost.figures import call
from benchpost.figures.types import Facts
from benchpost.fill.mentions import chips_in, models_in, sizes_in, without
from benchpost.fill.suggest import suggest
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
    for slot in (found.slot, *found.others) if found else ():
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


def test_names_can_be_taken_out_of_a_text() -> None:
    """What remains says what a placeholder is about."""
    assert without("roofline of the RTX 4090", ["RTX 4090"]).split() == ["roofline", "of", "the"]
