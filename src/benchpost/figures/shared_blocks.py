"""The diagram of prefix caching: which blocks of a prompt come from the cache."""

from __future__ import annotations

import math
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.figures.names import changed, file_stem
from benchpost.figures.shown import shown
from benchpost.figures.types import Facts, Fragment
from benchpost.roofline import predict
from benchpost.roofline import serving_equations as equations

_HEAD = "diagram prefix"
_PREFIX, _PROMPT = 500, 600
_MOST = 320
"""Blocks of a prompt that can be told apart on one drawing."""

Block = tuple[str, float]


def diagram_prefix(
    facts: Facts,
    *,
    prefix: int = _PREFIX,
    prompt: int = _PROMPT,
    block: int = predict.BLOCK_TOKENS,
    name: str = "",
    caption: str = "",
) -> Fragment:
    """Three prompts as KV blocks: the first one, one that shares its prefix, one that is shifted.

    Each has `prompt` tokens, of which the first `prefix` are the same; only whole blocks of `block`
    tokens are found again, and only where everything before them is the same too.
    """
    _check(prefix, prompt, block)
    # the last token is always computed: it gives the first one of the output
    hit = int(
        equations.cached_tokens(prefix=float(min(prefix, prompt - 1)), block_tokens=float(block))
    )
    rows = [
        _row("First request", "nothing is cached yet", prompt, 0, 0, block),
        _row("Second", f"the same first {prefix:,} tokens", prompt, hit, prefix, block),
        _row("Third", "one other token before them", prompt + 1, 0, 0, block),
    ]
    data = {
        "legend": _legend(hit, prefix, block),
        "rows": rows,
        "title": f"A shared prefix of {prefix:,} tokens in blocks of {block}",
        "description": " ".join(f"{row['heading']}: {row['count']}." for row in rows),
    }
    sizes = changed(
        prefix=(prefix, _PREFIX), prompt=(prompt, _PROMPT), block=(block, predict.BLOCK_TOKENS)
    )
    stem = file_stem(_HEAD, name, *sizes)
    return shown(facts, stem, "reuse", data, markup.escaped(caption or _CAPTION))


_CAPTION = (
    "A box is a block. It is found by the hash of its tokens and of the block before it, so one "
    "token more at the front changes every hash after it."
)


def _legend(hit: int, prefix: int, block: int) -> list[list[str]]:
    entries = [["cached", "from the cache"], ["computed", "computed"]]
    if shared := prefix - hit:
        entries.append(["part", f"computed, though it holds {_tokens(shared, block)}"])
    return entries


def _tokens(shared: int, block: int) -> str:
    shared = min(shared, block)
    return f"{shared} shared token{'' if shared == 1 else 's'}"


def _row(which: str, why: str, prompt: int, hit: int, prefix: int, block: int) -> dict[str, Any]:
    counted = f"{prompt - hit:,} of {prompt:,} tokens computed"
    found = f", {hit:,} cached in {hit // block:,} blocks" if hit else ""
    return {
        "heading": f"{which}: {why}",
        "count": counted + found,
        "blocks": [_block(i, prompt, hit, prefix, block) for i in range(math.ceil(prompt / block))],
    }


def _block(place: int, prompt: int, hit: int, prefix: int, block: int) -> Block:
    start = place * block
    filled = min(block, prompt - start) / block
    if start < hit:
        return "cached", filled
    return ("part" if start < prefix else "computed"), filled


def _check(prefix: int, prompt: int, block: int) -> None:
    if block < 1:
        raise UsageError(f"option 'block' of {_HEAD!r} must be at least 1, not {block}")
    if not 1 <= prefix <= prompt:
        raise UsageError(
            f"option 'prefix' of {_HEAD!r} must be from 1 to prompt={prompt}, not {prefix}"
        )
    if prompt // block >= _MOST:
        raise UsageError(
            f"{prompt // block + 1} blocks of a prompt cannot be told apart in {_HEAD!r}, {_MOST} "
            "can: choose a larger block= or a smaller prompt="
        )
