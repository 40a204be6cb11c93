"""A drawn picture as it stands in a post: image with alternative text, caption, data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchpost.figures import markup
from benchpost.figures.plan import drawing
from benchpost.figures.types import Facts, Fragment


def shown(
    facts: Facts,
    stem: str,
    kind: str,
    data: Mapping[str, Any],
    caption: str,
    table: bytes = b"",
) -> Fragment:
    """The fragment of the picture `<stem>.svg`; `table` is its data as CSV, `caption` finished.

    `data` has `title` and `description`: together they are the text for those who do not see it.
    """
    picture = drawing(stem, kind, data)
    image = markup.image(f"./figures/{picture.name}", f"{data['title']}. {data['description']}")
    if not table:
        return Fragment(markup.captioned(image, caption), (picture,))
    name = f"{stem}.csv"
    caption += markup.data_link(name, facts.dialect)
    return Fragment(markup.captioned(image, caption), (picture,), {name: table})
