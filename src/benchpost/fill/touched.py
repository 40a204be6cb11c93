"""Results that notice whether a figure looked at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchpost.record.types import Results


class Touched(Mapping[str, Results]):
    """A mapping of results that knows whether it was read."""

    def __init__(self, results: Mapping[str, Results]) -> None:
        self._results = results
        self.was_read = False
        """Something of it was asked for."""

    def __getitem__(self, machine: str) -> Results:
        self.was_read = True
        return self._results[machine]

    def __iter__(self) -> Iterator[str]:
        self.was_read = True
        return iter(self._results)

    def __len__(self) -> int:
        self.was_read = True
        return len(self._results)
