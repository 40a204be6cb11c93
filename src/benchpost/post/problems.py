"""A problem in one post before it has a `Place`: what the finders hand to `lint`."""

from __future__ import annotations

from dataclasses import dataclass

from benchpost.findings import Check, Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at an offset of the post's text."""

    check: Check
    """Which check found it."""
    offset: int
    """Where in the text."""
    message: str
    """What is wrong and what would be right."""
    severity: Severity = Severity.ERROR
    """Error or warning."""
