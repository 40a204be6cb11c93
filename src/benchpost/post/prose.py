"""Positions in the prose of a leaf as offsets in the file."""

from __future__ import annotations

from bisect import bisect_right

from benchpost.post.nodes import Prose


def offset_of(prose: Prose, position: int) -> int:
    """The offset in the file of a position in `prose.source`."""
    if not prose.starts:
        return position
    line = bisect_right(prose.starts, position, key=lambda start: start[0]) - 1
    begin, offset = prose.starts[max(line, 0)]
    return offset + position - begin
