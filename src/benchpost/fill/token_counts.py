"""How many tokens a model knows, by the name that commands use: for `commands`, which asks."""

from __future__ import annotations

import re

from benchpost.errors import UsageError
from benchpost.roofline import catalog

_TUNED = re.compile(
    r"[-_](?:instruct|chat|base|it|hf|v\d[\d.]*|fp8|bf16|awq|gptq|int4|\d{4})$", re.I
)
"""What a name adds to that of the model whose tokens it has."""


def vocabulary(name: str) -> int | None:
    """The size of a model's vocabulary; None for a model that the catalogue does not have."""
    while name:
        try:
            return catalog.model(name).vocab
        except UsageError:
            shorter = _TUNED.sub("", name)
            if shorter == name:
                return None
            name = shorter
    return None
