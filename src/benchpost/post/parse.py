"""Reading a post into blocks: markdown-it with the rules of the MDX compiler.

Blocks are exact: what `@mdx-js/mdx` with GFM, maths and front matter sees, we see, with offsets
into the untouched text. What does not compile is read as well as it can be; it never raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock
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
from benchpost.post.rules.lines import Chains, Lines, Rule, Rules
from benchpost.post.rules.tables import table
from benchpost.post.rules.tags import paired

ANY = ""
MDX_ONLY = ("flow", "esm")
MARKDOWN_ONLY = ("indented", "html")


class Begin(NamedTuple):
    """A block rule and where it may begin."""

    name: str
    rule: object
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
            self.ruler.push(name, rule, {"alt": alt})
        self.ruler.disable(list(disabled))
        self.rules = Rules(*(self._chains(chain) for chain in "@irh"))

    def _chains(self, chain: str) -> Chains:
        return {char: tuple(self.ruler.getRules(chain + char)) for char in CHARS}

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:
        """Read blocks as long as lines continue all open containers."""
        line = startLine
        while line < endLine and state.opens(line):
            first = state.first(line)
            if first >= state.eMarks[line]:
                line += 1
                continue
            rules = self.rules.at
            for rule in rules.get(state.src[first], rules[ANY]):
                if rule(state, line, endLine, False):
                    break
            line = state.line
        state.line = line


@cache
def _markdown_it(dialect: Dialect) -> MarkdownIt:
    md = MarkdownIt("zero")
    md.block = Blocks(MARKDOWN_ONLY if dialect is Dialect.MDX else MDX_ONLY)
    return md


def parse(text: str, dialect: Dialect) -> Root:
    """The blocks of a post. NUL characters are read as U+FFFD, as CommonMark says."""
    md = _markdown_it(dialect)
    lines = Lines(text.replace("\0", "\ufffd"), md, md.block.rules, mdx=dialect is Dialect.MDX)
    md.block.tokenize(lines, 0, lines.lineMax)
    blocks = paired(lines.nodes, lines, "post")
    faults = tuple(sorted(lines.faults, key=lambda fault: fault.at))
    return Root(0, len(text), 1, lines.lineMax, blocks, faults)
