"""What a figure is given and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchpost.post.document import Dialect
from benchpost.record.types import Results


@dataclass(frozen=True)
class Facts:
    """Everything a figure may draw on: committed facts, nothing else."""

    dialect: Dialect = Dialect.MDX
    """How the fragment must be written."""
    results: Mapping[str, Results] = field(default_factory=dict)
    """Recorded results of the post by machine name."""
    slug: str = ""
    """The post, for names and links."""
    snippets: tuple[str, ...] | None = None
    """Ids of the post's snippets, so that a misspelt one is not taken for an unmeasured one; None
    where a figure is tried without a post."""


@dataclass(frozen=True)
class Drawing:
    """A figure file that is drawn only when it is needed.

    `plan` is cheap and decides everything; `draw` is dear (it may import matplotlib). A drawn file
    carries the digest of its plan and a seal over its own bytes, so that a check need not draw.
    """

    name: str
    """File name without folder, e.g. `roofline-h200.svg`."""
    plan: str
    """Canonical JSON of all that the picture depends on: data, labels, drawing code, versions."""
    draw: Callable[[], bytes]
    """Makes the file's bytes: a pure function of `plan`."""


@dataclass(frozen=True)
class Fragment:
    """What stands in a slot."""

    text: str
    """Finished MDX or Markdown without surrounding blank lines, at column 0. Images are named
    `./figures/<name>`."""
    drawings: tuple[Drawing, ...] = ()
    """Pictures it shows."""
    data: Mapping[str, bytes] = field(default_factory=dict)
    """Other files beside the drawings, e.g. the CSV of a chart, by name."""


Figure = Callable[..., Fragment]
"""`def name(facts: Facts, **options) -> Fragment`: options are keyword-only and typed."""
