"""Reading a post into blocks: markdown-it with the rules of the MDX compiler.

Blocks are exact: what `@mdx-js/mdx` with GFM, maths and front matter sees, we see, with offsets
into the untouched text. What does not compile is read as well as it can be; it never raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, cast

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock

from benchpost.post.document import Dialect
from benchpost.post.nodes import Root
from benchpost.post.rules.breaks import heading, thematic_break
from benchpost.post.rules.containers import blockquote, footnote, list_block
from benchpost.post.rules.content import content
from benchpost.post.rules.fences import fence, front_matter, indented, math
from benchpost.post.rules.flow import esm, flow
from benchpost.post.rules.html import html
from benchpost.post.rules.lines import BlockRule, Chains, Lines, Rules
from benchpost.post.rules.tables import table
from benchpost.post.rules.tags import paired

ANY = ""
MDX_ONLY = ("flow", "esm")
MARKDOWN_ONLY = ("indented", "html")


class Begin(NamedTuple):
    """A block rule and where it may begin."""

    name: str
    rule: BlockRule
    chars: str
    """First characters of its lines; empty for any."""
    chains: str
    """`i` may interrupt a paragraph, `r` may take the place of a table row, `h` holds blocks."""


RULES = (
    Begin("indented", indented, ANY, "r"),
    Begin("front_matter", front_matter, "-", ""),
    Begin("blockquote", blockquote, ">", "irh"),
    Begin("list", list_block, "-+*0123456789", "irh"),
    Begin("footnote", footnote, "[", "irh"),
    Begin("heading", heading, "#", "ir"),
    Begin("fence", fence, "`~", "ir"),
    Begin("math", math, "$", "ir"),
    Begin("thematic_break", thematic_break, "-*_", "ir"),
    Begin("flow", flow, "<{", "ir"),
    Begin("html", html, "<", "ir"),
    Begin("esm", esm, "ei", "r"),
    Begin("table", table, ANY, "i"),
    Begin("content", content, ANY, ""),
)
"""In the order in which they are tried."""
CHARS = frozenset("".join(begin.chars for begin in RULES)) | {ANY}


class Blocks(ParserBlock):
    """markdown-it's block parser, going line by line through the open containers."""

    def __init__(self, disabled: Sequence[str]) -> None:
        super().__init__()
        self.ruler = Ruler()
        for name, rule, chars, chains in RULES:
            alt = [chain + char for chain in "@" + chains for char in chars or CHARS]
            self.ruler.push(name, cast(RuleFuncBlockType, rule), {"alt": alt})
        self.ruler.disable(list(disabled))
        self.rules = Rules(*(self._chains(chain) for chain in "@irh"))

    def _chains(self, chain: str) -> Chains:
        found = {char: self.ruler.getRules(chain + char) for char in CHARS}
        return cast(Chains, found)

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:
        """Read blocks as long as lines continue all open containers."""
        lines = cast(Lines, state)  # `read` makes no other
        chains, default, line = self.rules.at, self.rules.at[ANY], startLine
        begins, shifts, ends = lines.bMarks, lines.tShift, lines.eMarks
        while line < endLine and lines.opens(line):
            first = begins[line] + shifts[line]
            if first >= ends[line]:
                line += 1
                continue
            for rule in chains.get(lines.src[first], default):
                if rule(lines, line, endLine, False):
                    break
            line = lines.line
        lines.line = line

    def read(self, text: str, md: MarkdownIt, *, mdx: bool) -> Lines:
        """All blocks of a text."""
        lines = Lines(text, md, self.rules, mdx=mdx)
        self.tokenize(lines, 0, lines.lineMax)
        return lines


@cache
def _parser(dialect: Dialect) -> tuple[MarkdownIt, Blocks]:
    md = MarkdownIt("zero")
    md.block = blocks = Blocks(MARKDOWN_ONLY if dialect is Dialect.MDX else MDX_ONLY)
    return md, blocks


def parse(text: str, dialect: Dialect) -> Root:
    """The blocks of a post; never raises. NUL is read as U+FFFD, as CommonMark says."""
    md, blocks = _parser(dialect)
    lines = blocks.read(text.replace("\0", "\ufffd"), md, mdx=dialect is Dialect.MDX)
    children = paired(lines.nodes, "post", lines.fault)
    faults = tuple(sorted(lines.faults, key=lambda fault: fault.at))
    return Root(0, len(text), 1, lines.lineMax, children, faults)
