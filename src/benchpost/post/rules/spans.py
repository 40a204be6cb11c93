"""Emphasis, strong and deleted text: runs of `*`, `_` and `~` that open and close."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from benchpost.post.nodes import Node

INSIDE = ("~", "*")
"""Order of resolution within a span or link: deleted text, then emphasis."""


class Piece(NamedTuple):
    """Text, before its neighbours are joined to it."""

    start: int
    """Position in the prose."""
    end: int
    """Position after it."""
    value: str
    """With escapes resolved."""
    plain: bool = False
    """The value is what stands in the source."""


@dataclass(slots=True)
class Run:
    """A run of `*`, `_` or `~`."""

    char: str
    pos: int
    """Position in the prose; moves when the run closes a span."""
    count: int
    """Characters not used up."""
    opens: bool
    closes: bool

    @property
    def kind(self) -> str:
        """`~`, or `*` for both stars and underscores."""
        return "~" if self.char == "~" else "*"


Item = Node | Piece | Run
"""What prose is read into."""


class Span(NamedTuple):
    """A span that was found, to be made into a node."""

    name: str
    """`emphasis`, `strong` or `delete`."""
    start: int
    end: int
    items: list[Item]
    """What is in it, itself resolved."""


Make = Callable[[Span], Node]


def read_run(source: str, pos: int) -> Run:
    """The run at `pos`, with what its neighbours let it do."""
    char = source[pos]
    end = pos
    while source.startswith(char, end):
        end += 1
    before, after = _class(source, pos - 1), _class(source, end)
    near, far = source[pos - 1 : pos] if pos else "", source[end : end + 1]
    if char == "~":
        opens = after == LETTER or (after == MARK and before != LETTER)
        closes = before == LETTER or (before == MARK and after != LETTER)
        return Run(char, pos, end - pos, opens, closes)
    left = after == LETTER or (after == MARK and before != LETTER) or far == "~"
    right = before == LETTER or (before == MARK and after != LETTER) or near == "~"
    if char == "*":
        return Run(char, pos, end - pos, left, right)
    opens = left and (before != LETTER or not right)
    closes = right and (after != LETTER or not left)
    return Run(char, pos, end - pos, opens, closes)


LETTER, BLANK, MARK = 0, 1, 2


def _class(source: str, pos: int) -> int:
    """White space and the ends of the text, punctuation and symbols, or anything else."""
    if not 0 <= pos < len(source):
        return BLANK
    char = source[pos]
    if char.isspace() or char == "\ufeff":
        return BLANK
    return MARK if is_mark(char) else LETTER


def is_mark(char: str) -> bool:
    """Punctuation or a symbol; the compiler sees none beyond the basic plane."""
    return char <= "\uffff" and unicodedata.category(char)[0] in "PS"


def resolve(items: Sequence[Item], order: Sequence[str], make: Make) -> list[Item]:
    """Pair the runs; spans become nodes, and runs that are left over stay."""
    found = list(items)
    for kind in order:
        if any(isinstance(item, Run) and item.kind == kind for item in found):
            found = _tildes(found, make) if kind == "~" else _Emphasis(make).resolve(found)
    return found


def _tildes(items: list[Item], make: Make) -> list[Item]:
    """A run is closed by one of the same length."""
    out: list[Item] = []
    openers: list[tuple[int, int]] = []  # index in `out`, length
    for item in items:
        if not isinstance(item, Run) or item.char != "~":
            out.append(item)
            continue
        match = next((n for n in reversed(range(len(openers))) if openers[n][1] == item.count), -1)
        if item.closes and match >= 0:
            index = openers[match][0]
            del openers[match:]
            start = out[index]
            inner = resolve(out[index + 1 :], INSIDE, make)
            del out[index:]
            assert isinstance(start, Run)
            out.append(make(Span("delete", start.pos, item.pos + item.count, inner)))
            continue
        if item.opens:
            openers.append((len(out), item.count))
        out.append(item)
    return out


class _Emphasis:
    """One pass over stars and underscores, each closing the nearest that opens."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.out: list[Item] = []
        self.openers: list[int] = []
        self.floors: dict[tuple[str, bool, int], int] = {}

    def resolve(self, items: list[Item]) -> list[Item]:
        for item in items:
            if isinstance(item, Run) and item.kind == "*":
                self._close(item)
                if not item.count:
                    continue
                if item.opens:
                    self.openers.append(len(self.out))
            self.out.append(item)
        return self.out

    def _close(self, run: Run) -> None:
        """Let the run close as many spans as it can."""
        while run.count and run.closes:
            at = self._opener(run)
            if at < 0:
                return
            index = self.openers[at]
            opener = self.out[index]
            assert isinstance(opener, Run)
            use = 2 if opener.count > 1 and run.count > 1 else 1
            inner = resolve(self.out[index + 1 :], INSIDE, self.make)
            opener.count -= use
            keep = bool(opener.count)
            del self.out[index + keep :]
            del self.openers[at + keep :]
            self.floors = {key: min(floor, at) for key, floor in self.floors.items()}
            name = "strong" if use == 2 else "emphasis"
            start = opener.pos + opener.count
            self.out.append(self.make(Span(name, start, run.pos + use, inner)))
            run.pos, run.count = run.pos + use, run.count - use

    def _opener(self, run: Run) -> int:
        """Place in `openers` of the nearest run that this one closes, or -1."""
        key = (run.char, run.opens, run.count % 3)
        for at in reversed(range(self.floors.get(key, 0), len(self.openers))):
            opener = self.out[self.openers[at]]
            if isinstance(opener, Run) and opener.char == run.char and _fit(opener, run):
                return at
        self.floors[key] = len(self.openers)
        return -1


def _fit(opener: Run, closer: Run) -> bool:
    """The rule of three, for runs that could both open and close."""
    if not (opener.closes or closer.opens) or not closer.count % 3:
        return True
    return (opener.count + closer.count) % 3 != 0
