"""The reference of values: every function that a number in a sentence may call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator

from benchpost.figures.options import parameters, written_option
from benchpost.figures.types import Facts
from benchpost.fill.expression import FIRST
from benchpost.fill.general import functions
from benchpost.site import escape

INTRO = """A value keeps a number in a sentence true: an expression of these functions, numbers,
`+ - * /` and parentheses, and after ` : ` how to write the result
([Write a post](../guide/write.md#values)). Options are given by name. Those without a default are
needed; `true` and `false` are written small.

```jsx
{/* = decode_rate(gpu="RTX 4090", model="Qwen3-4B-Instruct-2507") : .0f tok/s */}125 tok/s{/* /= */}
```"""


def values_page() -> Iterator[str]:
    """The parts of the page."""
    yield INTRO
    for name, function in functions(Facts()).items():
        yield f"## {escape.code(name)} {{ #{name.replace('_', '-')} }}"
        yield f"```python\n{_signature(name, function)}\n```"
        yield _said(function)


def _signature(name: str, function: Callable[..., object]) -> str:
    """`decode_rate(gpu, model, context=0)`, over several lines where one is too long."""
    written = [_option(name, *option) for option in parameters(function).items()]
    line = f"{name}({', '.join(written)})"
    if len(line) <= _LONGEST:
        return line
    return "\n".join([f"{name}(", *(f"    {option}," for option in written), ")"])


_LONGEST = 76


def _option(function: str, name: str, parameter: inspect.Parameter) -> str:
    if FIRST.get(function) == name:
        # the one that needs no name
        return f'"{name}"'
    if parameter.default is inspect.Parameter.empty:
        return f"{name}=…"
    if parameter.default is None:
        return f"{name}=…  # may be left out"
    return f"{name}={written_option(parameter.default)}"


def _said(function: Callable[..., object]) -> str:
    target = getattr(function, "func", function)
    words = " ".join((inspect.getdoc(target) or "").split())
    pieces = words.split("`")
    return "".join(
        escape.code(piece) if number % 2 else escape.text(piece)
        for number, piece in enumerate(pieces)
    )
