"""Known values in a figure: who says so, and lists of names in one option."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchpost.errors import UsageError
from benchpost.figures import markup
from benchpost.roofline.types import Known

AS_SOLD = "a datasheet's GB as 10⁹ bytes, where drivers report up to 7 % more (GB read as GiB)"
"""How memory is counted where nobody says what the driver reports."""

MOST = 4
"""Series of a chart: as many as there are colours."""


def listed(names: str) -> list[str]:
    """The names in an option like `gpu="RTX 4090, H200"`."""
    return list(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))


def some(names: str, option: str, head: str, most: int = MOST) -> list[str]:
    """As `listed`, at least one and at most `most`."""
    found = listed(names)
    if not found:
        raise UsageError(f"option {option!r} of {head!r} names nothing")
    if len(found) > most:
        raise UsageError(f"{head!r} shows at most {most} of {option!r}, not {len(found)}")
    return found


def cited(values: Iterable[Known[Any]]) -> str:
    """Sources and dates of values as text of a caption, each source once, with its caveats."""
    notes: dict[tuple[str, str], dict[str, None]] = {}
    for value in values:
        found = notes.setdefault((value.source, value.date), {})
        found.update({value.note: None} if value.note else {})
    return "; ".join(_citation(source, date, *said) for (source, date), said in notes.items())


def citations(sources: Iterable[tuple[str, str]]) -> str:
    """(source, date) pairs as text of a caption, each once."""
    return "; ".join(_citation(source, date) for source, date in dict.fromkeys(sources))


def _citation(source: str, date: str, *notes: str) -> str:
    return f"{markup.linked(source)} ({'; '.join(map(markup.escaped, (date, *notes)))})"
