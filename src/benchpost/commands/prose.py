"""The prose around inline code: what stands next to it, and whether it tells of what was.

A page may name what is gone where it says so: "`--swap-space` was removed in 0.18.0". That is
judged by the sentence, or the cell of a table; a word such as "before" tells nothing unless a
release stands next to it. What a whole paragraph holds is searched once, however much code is in
it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

WINDOW = 200
"""Characters before and after inline code that are looked at for what is said of it directly."""

_SENTENCE = re.compile(
    r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bcf)[.!?][)\]*_\"']*(?:\[\^[^\]\n]{1,40}\])*"
    r"\s+(?=[A-Z`*_(\"\[])"
)
_RELEASE = (
    r"(?:(?:the\s)?(?:release|version|vllm|sglang|llama\.cpp)\s)?`?[vb]?\d+(?:\.\d+|\d{3})[\w.]*"
)
_GONE = r"(?:gone|removed|dropped|renamed|deprecated|replaced|superseded)"
_CODE = r"`[^`\n]{1,80}`"
_LISTED = rf"(?:{_CODE}(?:,| and| or|, and|, or| \+|/)\s*){{0,6}}"
_NOUN = "(?:flag|option|parameter|argument|setting|variable|metric|counter|gauge|key|name)s?"

TELLS = re.compile(
    rf"""\b(?:
      (?:before|until|till|up\ to|prior\ to|through|earlier\ than|older\ than|last\ in)\s+{_RELEASE}
    | (?:{_GONE}|removal|left|leaves|disappeared)\b[^.;]{{0,25}}?\b
      (?:in|since|with|from|as\ of|before|after|by|until)\s+{_RELEASE}
    | (?:was|were|had|did|took|used\ to)\b[^.;]{{0,60}}?\b(?:in|of|until|up\ to|with)\s+{_RELEASE}
    | (?:in|of|with)\s+{_RELEASE}[^.;]{{0,60}}?\b(?:was|were|had|did|took)
    | gone\ since | (?:is|are|was|were|been)\ deprecated
    | no\ longer\ (?:supported|accepted|available)
    | no\ such\ (?:flag|option|metric|variable|key|name|thing)
    | never\ existed | (?:does|do|did)\ not\ exist | (?:exists?|existed)\ no\ (?:longer|more)
    )\b | [≤<]\s*{_RELEASE}""",
    re.IGNORECASE | re.VERBOSE,
)
"""A sentence that tells of what is not there now: such names are meant as they stand."""
BEFORE = re.compile(
    rf"\b(?:instead of|in place of|rather than|replaces|replaced|renames|renamed|removes|removed|"
    rf"dropped|drops|deprecated|obsolete|predecessor(?: is| was|,)?|formerly|former|"
    rf"was called|were called|no|not)"
    rf"\s+(?:the |a |an )?[*_(\[]*{_LISTED}[*_(\[]*$",
    re.IGNORECASE,
)
"""What stands right before the name of something that is not there."""
AFTER = re.compile(
    rf"[*_)\]]*(?:(?:\s*,|\s+and|\s+or|\s*/|\s+\+)+\s*{_CODE}){{0,6}}(?:\s*\([^()]{{0,80}}\))?\s*"
    rf"(?:{_NOUN}\b[^.;:`]{{0,60}}?)?"
    rf"(?:[(,]?\s*(?:which |now |that |all )?(?:is|are|was|were|has been|have been|got)?\s*"
    rf"(?:now |long |both |all |also |since )?"
    rf"(?:\[?{_GONE}\b|no (?:longer|more)\b|(?:called|named) `)"
    rf"|(?:is|are) (?:now|today) `|became `|(?:->|→|⟶) ?`)",
    re.IGNORECASE,
)
"""What stands right after it."""
ABOVE = re.compile(
    r"\b(?:gone|removed|removal|dropped|renamed|deprecated|former|history|legacy|"
    r"old(?:er)? (?:flags?|names?|options?|spellings?|metrics?|settings?|variables?|releases?))\b",
    re.IGNORECASE,
)
"""The same in a heading, the head of a column, or the sentence that leads a list or table in."""


@dataclass(frozen=True)
class Over:
    """What stands over prose: a heading, the head of a column, what leads a list or table in."""

    source: str = ""
    """Its source."""

    @cached_property
    def is_past(self) -> bool:
        """Whether what follows is about what was; of a paragraph, the last sentence says it."""
        ends = [match.end() for match in _SENTENCE.finditer(self.source)]
        return bool(ABOVE.search(self.source, ends[-1] if ends else 0))


@dataclass(frozen=True)
class Prose:
    """A paragraph, heading or cell of a table, and what stands over it."""

    source: str
    """Its source."""
    over: tuple[Over, ...] = ()
    """The heading above it; in a list or table the paragraph before that, and the column's head."""
    row: str = ""
    """In the first cell of a row, which the row is about: the source of the other cells."""

    @cached_property
    def ends(self) -> tuple[int, ...]:
        """Offsets at which sentences end, the last one's left out."""
        return tuple(match.end() for match in _SENTENCE.finditer(self.source))

    @cached_property
    def past(self) -> tuple[bool, ...]:
        """For each sentence, whether it tells of what was."""
        starts = (0, *self.ends)
        ends = (*self.ends, len(self.source))
        return tuple(
            bool(TELLS.search(self.source, start, end))
            for start, end in zip(starts, ends, strict=True)
        )

    @cached_property
    def is_past(self) -> bool:
        """Whether what stands over it, or the row that it begins, tells of what was."""
        return any(each.is_past for each in self.over) or bool(TELLS.search(self.row))

    def before(self, start: int) -> str:
        """What stands before an offset, as far as it matters."""
        return self.source[max(start - WINDOW, 0) : start]

    def after(self, end: int) -> str:
        """What stands from an offset on, as far as it matters."""
        return self.source[end : end + WINDOW]

    def tells_history(self, start: int, end: int) -> bool:
        """Whether code between two offsets is named as something that was, or will be."""
        return (
            self.is_past
            or self.past[bisect_right(self.ends, start)]
            or bool(BEFORE.search(self.before(start)) or AFTER.match(self.after(end)))
        )
