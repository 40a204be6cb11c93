"""From what a picture shows to a `Drawing`: the plan is canonical JSON and says everything."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benchpost.figures.pictures import (
    budget,
    drafts,
    ladder,
    lanes,
    matmul,
    memory,
    portions,
    ranks,
    request,
    reuse,
    slots,
    stacks,
    table_of_blocks,
    transformer,
)
from benchpost.figures.types import Drawing
from benchpost.files import sha256

Picture = Callable[[Mapping[str, Any]], str]


class _Kind(NamedTuple):
    picture: Picture
    code: tuple[str, ...]
    """Every module of ours that decides how it looks, relative to the package."""
    packages: tuple[str, ...] = ()


def _lines(data: Mapping[str, Any]) -> str:
    # here and not above: whoever only checks a post must not wait for matplotlib
    from benchpost.figures.pictures import lines

    return lines.picture(data)


def _bars(data: Mapping[str, Any]) -> str:
    from benchpost.figures.pictures import bars

    return bars.picture(data)


def _traces(data: Mapping[str, Any]) -> str:
    from benchpost.figures.pictures import traces

    return traces.picture(data)


def _scatter(data: Mapping[str, Any]) -> str:
    from benchpost.figures.pictures import scatter

    return scatter.picture(data)


_KIT = ("figures/palette.py", "figures/pictures/svg.py")
_PLOT = (*_KIT, "figures/pictures/plot.py")
_LABELLED = (*_PLOT, "figures/pictures/labels.py", "figures/pictures/lines.py")
_CURVES = (
    "roofline/emit.py",
    "roofline/equations.py",
    "roofline/expression.py",
    "roofline/language.py",
    "roofline/layer_equations.py",
    "roofline/read.py",
    "roofline/serving_equations.py",
)
"""The equations that curves are computed from: a plan holds only their names."""
_KINDS: dict[str, _Kind] = {
    "matmul": _Kind(matmul.picture, (*_KIT, "figures/pictures/matmul.py")),
    "transformer": _Kind(transformer.picture, (*_KIT, "figures/pictures/transformer.py")),
    "memory-share": _Kind(memory.share, (*_KIT, "figures/pictures/memory.py")),
    "memory-paging": _Kind(memory.paging, (*_KIT, "figures/pictures/memory.py")),
    "slots": _Kind(slots.picture, (*_KIT, "figures/pictures/slots.py")),
    "budget": _Kind(budget.picture, (*_KIT, "figures/pictures/budget.py")),
    "reuse": _Kind(reuse.picture, (*_KIT, "figures/pictures/reuse.py")),
    "drafts": _Kind(drafts.picture, (*_KIT, "figures/pictures/drafts.py")),
    "blocks": _Kind(table_of_blocks.picture, (*_KIT, "figures/pictures/table_of_blocks.py")),
    "lanes": _Kind(lanes.picture, (*_KIT, "figures/pictures/lanes.py")),
    "ranks": _Kind(ranks.picture, (*_KIT, "figures/pictures/ranks.py")),
    "stacks": _Kind(stacks.picture, (*_KIT, "figures/pictures/stacks.py")),
    "request": _Kind(request.picture, (*_KIT, "figures/pictures/request.py")),
    "portions": _Kind(portions.picture, (*_KIT, "figures/pictures/portions.py")),
    "lines": _Kind(_lines, (*_LABELLED, *_CURVES), ("matplotlib", "numpy")),
    "traces": _Kind(_traces, (*_LABELLED, "figures/pictures/traces.py"), ("matplotlib", "numpy")),
    "ladder": _Kind(ladder.picture, (*_KIT, "figures/pictures/ladder.py")),
    "scatter": _Kind(_scatter, (*_PLOT, "figures/pictures/scatter.py"), ("matplotlib",)),
    "bars": _Kind(_bars, (*_PLOT, "figures/pictures/bars.py"), ("matplotlib",)),
}


def drawing(stem: str, kind: str, data: Mapping[str, Any]) -> Drawing:
    """The file `<stem>.svg` that shows `data` as a picture of `kind`, not drawn yet."""
    chosen = _KINDS[kind]
    plan = canonical(
        {
            "kind": kind,
            "data": {**data, "ident": stem},
            "code": _code_digest(chosen.code),
            "packages": {package: _version(package) for package in chosen.packages},
        }
    )
    return Drawing(f"{stem}.svg", plan, partial(draw, plan))


def draw(plan: str) -> bytes:
    """The picture of a plan, without its seal."""
    planned = json.loads(plan)
    return _KINDS[planned["kind"]].picture(planned["data"]).encode()


def canonical(data: Any) -> str:
    """JSON that is the same text for the same data."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@cache
def _version(package: str) -> str:
    """Version of an installed package, which is not imported for it.

    Read from the name of its dist-info folder: `importlib.metadata` takes longer to import than a
    whole post takes to check, and is asked only where that folder is not beside the package.
    """
    spec = find_spec(package)
    if spec is not None and spec.origin:
        beside = list(Path(spec.origin).parent.parent.glob(f"{package}-*.dist-info"))
        if len(beside) == 1:
            return beside[0].name.removeprefix(f"{package}-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version(package)


@cache
def _code_digest(files: tuple[str, ...]) -> str:
    """SHA-256 over the source of the modules that draw, so that a better drawing is drawn anew."""
    package = Path(__file__).parent.parent
    sources = (package.joinpath(file).read_bytes().replace(b"\r\n", b"\n") for file in files)
    return sha256(b"\n".join(sources))
