"""The diagram of chunked prefill: what the token budget of each step is spent on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.quoted import citations, cited, listed
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline.catalog import chip
from benchpost.roofline.catalog import model as known_model
from benchpost.roofline.predict import setting_of
from benchpost.roofline.units import show
from benchpost.serving.cost import StepCost

_HEAD = "diagram chunks"
_PROMPTS = "3000, 1500"
_BUDGET, _RUNNING, _CONTEXT = 2048, 128, 1024
_MOST_PROMPTS, _MOST_STEPS = 3, 16


@dataclass(frozen=True)
class Step:
    """What an engine does in one step."""

    decoding: int
    """Sequences that get one token each."""
    chunks: tuple[tuple[int, int, int], ...]
    """(prompt, tokens of it, those that are read after the step) in the order of the queue."""

    @property
    def tokens(self) -> int:
        """All tokens of the step."""
        return self.decoding + sum(size for _, size, _ in self.chunks)

    def time(self, cost: StepCost, context: int) -> float:
        """Seconds of the step, its decoding sequences having `context` tokens each."""
        work = cost.work
        flops = float(work.decode_flops(context, self.decoding))
        moved = float(work.kv_bytes(context, self.decoding))
        prompts = 0.0
        for _, size, read in self.chunks:
            prompts += float(work.prefill_flops(size, read))
            if read > size:
                moved += float(work.kv_bytes(read - size))
        return cost.mixed(self.decoding, flops, moved, (self.tokens - self.decoding, prompts))


def schedule(prompts: Sequence[int], running: int, budget: int) -> list[Step]:
    """Steps until every prompt is read, and the one after: decoding first, prompts in turn.

    A sequence decodes from the step after the one that read the last of its prompt.
    """
    left, decoding, steps = list(prompts), running, []
    while any(left):
        room, chunks = budget - decoding, []
        for prompt, rest in enumerate(left):
            if size := min(room, rest):
                chunks.append((prompt, size, prompts[prompt] - rest + size))
                left[prompt] -= size
                room -= size
        steps.append(Step(decoding, tuple(chunks)))
        decoding += sum(not left[prompt] for prompt, _, _ in chunks)
    return [*steps, Step(decoding, ())]


def diagram_chunks(
    facts: Facts,
    *,
    budget: int = _BUDGET,
    running: int = _RUNNING,
    prompts: str = _PROMPTS,
    gpu: str = "",
    model: str = "",
    context: int = _CONTEXT,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Steps of chunked prefill: running sequences first, then prompts, up to `budget` tokens.

    `running` sequences decode when the `prompts` (tokens, separated by commas) arrive together.
    With `gpu` and `model`, each step has its time, the sequences having `context` tokens each.
    """
    found = _prompts(prompts)
    _fits(found, running, budget)
    steps = schedule(found, running, budget)
    asides = _asides(steps, gpu, model, context)
    data = {
        "budget": budget,
        "limit": f"budget {budget:,}",
        "aside": "time" if gpu else "tokens",
        "legend": _legend(found),
        "steps": [_bar(step, aside) for step, aside in zip(steps, asides, strict=True)],
        "title": f"Chunked prefill with a budget of {budget:,} tokens a step",
        "description": f"{running:,} sequences decode; prompts of {_and(found)} tokens arrive. "
        + " ".join(
            _said(i, step, aside) for i, (step, aside) in enumerate(zip(steps, asides, strict=True))
        ),
    }
    own = [*listed(prompts)] if prompts != _PROMPTS else []
    parts = [*own, *changed(budget=(budget, _BUDGET), running=(running, _RUNNING)), gpu, model]
    parts += changed(context=(context, _CONTEXT))
    stem = file_stem(_HEAD, name, *(part for part in parts if part))
    note = markup.escaped(caption) if caption else _note(gpu, model, context)
    return shown(facts, stem, "budget", data, note)


def _asides(steps: Sequence[Step], gpu: str, model: str, context: int) -> list[str]:
    """What stands beside each step: its time where the GPU is known, else its tokens."""
    if not gpu and not model:
        return [f"{step.tokens:,}" for step in steps]
    if not gpu or not model:
        raise UsageError(f"{_HEAD!r} needs both gpu= and model= for times, or neither")
    if context < 1:
        raise UsageError(f"option 'context' of {_HEAD!r} must be at least 1, not {context}")
    cost = StepCost(setting_of(gpu, model, "vllm", "bf16", "bf16", 1))
    return [show(step.time(cost, context), "second", digits=2) for step in steps]


def _note(gpu: str, model: str, context: int) -> str:
    if not gpu:
        return markup.escaped(_CAPTION)
    on, of = chip(gpu), known_model(model)
    sources = f"{cited([on.bandwidth, on.compute_peak('bf16')])}; "
    return (
        f"{markup.escaped(_CAPTION)} Times are predicted for {markup.escaped(of.name)} in BF16 on "
        f"{markup.escaped(on.name)}, with {context:,} tokens behind each decoding sequence: "
        f"{sources}{citations([(of.source, of.date)])}."
    )


_CAPTION = "Decoding sequences come first, one token each; prompts share what is left of the step."


def _legend(prompts: Sequence[int]) -> list[dict[str, Any]]:
    entries = ["decoding", *(f"prompt {_letter(i)}, {n:,} tokens" for i, n in enumerate(prompts))]
    return [{"words": words, "style": style} for style, words in enumerate(entries)]


def _letter(place: int) -> str:
    return chr(ord("A") + place)


def _bar(step: Step, aside: str) -> dict[str, Any]:
    chunks = [
        {"tokens": size, "style": prompt + 1, "words": f"{_letter(prompt)} {size:,}"}
        for prompt, size, _ in step.chunks
    ]
    decoding = {"tokens": step.decoding, "style": 0, "words": f"{step.decoding:,}"}
    parts = [decoding, *chunks] if step.decoding else chunks
    return {"parts": parts, "aside": aside}


def _said(place: int, step: Step, aside: str) -> str:
    chunks = "".join(f", {size:,} tokens of {_letter(prompt)}" for prompt, size, _ in step.chunks)
    time = f": {aside}" if aside != f"{step.tokens:,}" else ""
    return f"Step {place + 1}: {step.decoding:,} decoding{chunks}{time}."


def _and(sizes: Sequence[int]) -> str:
    return " and ".join(f"{size:,}" for size in sizes)


def _prompts(written: str) -> list[int]:
    found = [part.strip() for part in written.split(",")]
    if not all(size.isdecimal() and int(size) > 0 for size in found):
        raise UsageError(
            f"option 'prompts' of {_HEAD!r} must be whole numbers from 1, separated by commas, "
            f'not "{written}"'
        )
    if len(found) > _MOST_PROMPTS:
        raise UsageError(f"{_HEAD!r} shows at most {_MOST_PROMPTS} prompts, not {len(found)}")
    return [int(size) for size in found]


def _fits(prompts: Sequence[int], running: int, budget: int) -> None:
    if running < 0:
        raise UsageError(f"option 'running' of {_HEAD!r} must be at least 0, not {running}")
    # each prompt that is read decodes from then on, and all must keep getting their token
    if budget <= running + len(prompts):
        raise UsageError(
            f"option 'budget' of {_HEAD!r} must be above {running + len(prompts)}, the sequences "
            f"that decode in the end, not {budget}"
        )
    least = sum(prompts) // (budget - running)
    if least > _MOST_STEPS or len(schedule(prompts, running, budget)) > _MOST_STEPS:
        raise UsageError(
            f"{_HEAD!r} shows at most {_MOST_STEPS} steps: choose a larger budget= or shorter "
            "prompts="
        )
