"""The buddy allocator by which the PagedAttention paper's contiguous schemes place requests."""

from __future__ import annotations

from typing import NamedTuple


class Piece(NamedTuple):
    """Slots in one piece: a power of two, at a multiple of it."""

    start: int
    """First slot."""
    order: int
    """Its size is 2 to this power."""


class Buddy:
    """Free slots in pieces of powers of two; pieces are split in two, and two buddies joined."""

    def __init__(self, slots: int) -> None:
        self.free: dict[int, set[int]] = {}
        start = 0
        for order in reversed(range(slots.bit_length())):
            if slots >> order & 1:
                self.free.setdefault(order, set()).add(start)
                start += 1 << order

    def take(self, slots: int) -> Piece | None:
        """The smallest piece that holds so many slots; None where there is none."""
        wanted = (slots - 1).bit_length()
        orders = [order for order, starts in self.free.items() if order >= wanted and starts]
        if not orders:
            return None
        order = min(orders)
        start = min(self.free[order])
        self.free[order].remove(start)
        while order > wanted:
            order -= 1
            self.free.setdefault(order, set()).add(start + (1 << order))
        return Piece(start, order)

    def give(self, piece: Piece) -> None:
        """Take a piece back."""
        start, order = piece
        while start ^ 1 << order in self.free.get(order, ()):
            self.free[order].remove(start ^ 1 << order)
            start &= ~(1 << order)
            order += 1
        self.free.setdefault(order, set()).add(start)
