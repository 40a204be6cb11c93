"""Progress of long work: one line on stderr, on a terminal or where it is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress_of(
    what: str, total: int, wanted: bool | None
) -> Iterator[Callable[[int, int], None] | None]:
    """Something to be told `(done, total)`; None where nobody looks.

    On a terminal the line is written over and wiped at the end; elsewhere every tenth is a line.
    """
    terminal = sys.stderr.isatty()
    if not (terminal if wanted is None else wanted):
        yield None
        return
    step = max(1, total // (200 if terminal else 10))

    def tell(done: int, of: int) -> None:
        if done % step == 0 or done == of:
            line = f"{done:,} of {of:,} {what}"
            print(f"\r{line}" if terminal else line, end="" if terminal else "\n", file=sys.stderr)
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if terminal:
            print(f"\r{' ' * (len(what) + 2 * len(f'{total:,}') + 5)}\r", end="", file=sys.stderr)
