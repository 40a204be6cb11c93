"""The page of all functions that a value in a sentence may call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping

from benchpost.roofline import calls as roofline
from benchpost.roofline.units import Quantity
from benchpost.serving import calls as serving
from benchpost.site.gallery import option_table

GROUPS: Mapping[str, Mapping[str, Callable[..., Quantity]]] = {
    "Chips and models": roofline.FUNCTIONS,
    "Serving": serving.FUNCTIONS,
}
"""Functions under the headings of the page."""

INTRO = """A value keeps a number in a sentence true: the expression stands in the text, and `fill`
writes what it gives behind it. Functions take their options by name; results may be added,
subtracted, multiplied and divided, and units must agree.

```jsx
{/* = graph_padding(batch=33) * 100 : .0f */}21{/* /= */} % more rows
```

`measured("snippet.name")` and `quoted("…")` give what a snippet recorded and what was published."""


def values_page() -> str:
    """Every function with what it gives and its options."""
    front = (
        '---\ntitle: "Values"\ndescription: "Every function that a number in a sentence may call."'
        "\n---\n\n# Values"
    )
    return "\n\n".join([front, INTRO, *_groups()]) + "\n"


def _groups() -> Iterator[str]:
    for title, functions in GROUPS.items():
        yield f"## {title}"
        for name, function in functions.items():
            yield f"### {name}"
            yield " ".join((inspect.getdoc(function) or "").split())
            yield "\n".join(option_table(function))
