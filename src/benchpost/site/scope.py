"""What every writer of the converter is given: the page in the making and where in it we stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchpost.findings import Check, Finding, Severity
from benchpost.post.document import Post
from benchpost.post.inline import parse_inlines
from benchpost.post.nodes import Break, InlineCode, InlineMath, Leaf, Node, Parent, Text
from benchpost.site.layout import joined

Lookup = Callable[[str], str | None]
"""Where an address of the post leads to from its page; None when it leads nowhere."""


@dataclass(frozen=True)
class Sheet:
    """One page in the making."""

    post: Post
    """What is converted."""
    figure: Lookup
    """SVG to stand in the page for an image's address, or None for an ordinary image."""
    image: Lookup
    """Address of an image as seen from the page."""
    page: Lookup
    """Address of a link, `#anchor` and all, as seen from the page."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """Files that the post imports, by the name it gives them: `<Image src={name} />`."""
    anchors: Mapping[int, str] = field(default_factory=dict)
    """Name of the heading that begins at an offset."""
    names: frozenset[str] = frozenset()
    """Everything that `#name` may lead to."""
    deeper: int = 0
    """Levels that every heading is put down."""
    footnotes: dict[str, None] = field(default_factory=dict)
    """Labels of the footnotes that the text refers to, in that order."""
    findings: list[Finding] = field(default_factory=list)
    """What could not be shown as its author meant it."""
    assets: dict[str, str] = field(default_factory=dict)
    """Images of the post as their author wrote them, and where the page looks for them."""


WriteParts = Callable[[Sequence[Node], "Scope"], list[str]]
WriteLine = Callable[[Sequence[Node], "Scope"], str]


@dataclass(frozen=True)
class Scope:
    """A place in the page: what surrounds the blocks that are being written."""

    sheet: Sheet
    """The page."""
    write_parts: WriteParts
    """Writes blocks."""
    write_line: WriteLine
    """Writes inlines."""
    cell: bool = False
    """Inside a cell of a Markdown table: one line, no bare pipe."""
    linked: bool = False
    """Inside a link, in which no other can stand."""

    def parts(self, nodes: Sequence[Node]) -> list[str]:
        """Blocks to stand beside each other."""
        return self.write_parts(nodes, self)

    def body(self, nodes: Sequence[Node]) -> str:
        """Blocks, parted by blank lines."""
        return joined(self.parts(nodes))

    def line(self, nodes: Sequence[Node]) -> str:
        """Inlines on one line."""
        return self.write_line(nodes, self)

    def inlines(self, leaf: Leaf) -> tuple[Node, ...]:
        """What stands in a paragraph, heading or cell."""
        return parse_inlines(leaf, self.sheet.post.text, self.sheet.post.dialect)

    def depth(self, depth: int) -> int:
        """The level of a heading on the page."""
        return min(depth + self.sheet.deeper, 6)

    def in_cell(self) -> Scope:
        """The same place, in a table."""
        return replace(self, cell=True)

    def in_link(self) -> Scope:
        """The same place, in a link."""
        return replace(self, linked=True)

    def report(self, check: Check, node: Node, message: str) -> None:
        """Notes at a node what the page cannot show as its author meant it."""
        place = self.sheet.post.place(node.start)
        self.sheet.findings.append(Finding(check, place, message, severity=Severity.WARNING))


def words(nodes: Iterable[Node]) -> str:
    """What a reader reads of inlines: text, code and TeX without any markup."""
    return "".join(_words(node) for node in nodes)


def _words(node: Node) -> str:
    if isinstance(node, Text | InlineCode | InlineMath):
        return node.value
    if isinstance(node, Break):
        return " "
    return words(node.children) if isinstance(node, Parent) else ""
