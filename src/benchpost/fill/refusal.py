"""Why one slot or value is left as it is."""

from __future__ import annotations

from benchpost.errors import Place
from benchpost.findings import Check


class Refusal(Exception):
    """One slot or value cannot be made; it becomes a finding, and the others go on."""

    def __init__(
        self, check: Check, message: str, offset: int = 0, place: Place | None = None
    ) -> None:
        super().__init__(message)
        self.check = check
        self.message = message
        self.offset = offset
        """Where in the words of the slot or value."""
        self.place = place
        """Where, when it is not in the post but in `figures.py`."""
