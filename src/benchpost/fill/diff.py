"""What changes between two texts, as people and `patch` read it."""

from __future__ import annotations

import difflib


def unified(before: str, after: str, path: str, context: int = 2) -> str:
    """A unified diff of two versions of the file at `path`; empty when they are the same."""
    lines = difflib.unified_diff(
        before.split("\n"), after.split("\n"), f"a/{path}", f"b/{path}", lineterm="", n=context
    )
    return "".join(f"{line}\n" for line in lines)
