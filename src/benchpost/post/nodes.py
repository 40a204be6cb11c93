"""The tree of a post, under mdast's names. Every node knows the range of text it came from.

`start` and `end` are character offsets (code points) into the untouched text of the file, so
`text[node.start:node.end]` is the node's source. Lines count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from benchpost.findings import Check

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in the tree."""

    type: ClassVar[str] = "node"
    """The node's name in mdast. E.g. `mdxJsxFlowElement`"""

    start: int
    """Offset of the first character."""
    end: int
    """Offset after the last character."""
    first: int
    """First line, from 1."""
    last: int
    """Last line, from 1."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Inline source of a leaf block with container prefixes (`> `, list indents) taken off."""

    source: str
    """What the inline rules read; its lines are joined by `\\n`."""
    starts: tuple[tuple[int, int], ...]
    """(position in `source`, offset in the file) of the start of each line of `source`."""
    defined: Mapping[str, Node] = field(default_factory=dict, compare=False, repr=False)
    """What the whole post defines: link definitions by label, footnotes by `^` and label."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the MDX compiler refuses."""

    check: Check
    """M001 to M006."""
    at: int
    """Offset in the file."""
    message: str
    """What is wrong and what would be right, without a full stop."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a JSX tag."""

    name: str
    """Name as written; empty for a spread."""
    kind: Literal["string", "expression", "boolean", "spread"]
    """How the value is written: `a="x"`, `a={x}`, `a`, `{...x}`."""
    value: str | None
    """The string, or the source between the braces; None for a boolean attribute."""


@dataclass(frozen=True, slots=True)
class Parent(Node):
    """A node that holds blocks."""

    children: tuple[Node, ...] = ()
    """Child blocks in source order."""


@dataclass(frozen=True, slots=True)
class Leaf(Node):
    """A block that holds prose."""

    prose: Prose = Prose("", ())
    """Source for `inline.parse_inlines`, which is called when somebody needs the inlines."""


@dataclass(frozen=True, slots=True)
class Root(Parent):
    type: ClassVar[str] = "root"
    faults: tuple[Fault, ...] = ()
    """What the compiler refuses of the blocks; `inline.read_inlines` gives those of the prose."""


@dataclass(frozen=True, slots=True)
class Yaml(Node):
    type: ClassVar[str] = "yaml"
    value: str = ""
    """Front matter between the `---` lines."""


@dataclass(frozen=True, slots=True)
class Esm(Node):
    type: ClassVar[str] = "mdxjsEsm"
    value: str = ""
    """`import` and `export` statements."""


@dataclass(frozen=True, slots=True)
class Heading(Leaf):
    type: ClassVar[str] = "heading"
    depth: int = 1
    """1 to 6."""


@dataclass(frozen=True, slots=True)
class Paragraph(Leaf):
    type: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class ThematicBreak(Node):
    type: ClassVar[str] = "thematicBreak"


@dataclass(frozen=True, slots=True)
class Blockquote(Parent):
    type: ClassVar[str] = "blockquote"


@dataclass(frozen=True, slots=True)
class List(Parent):
    type: ClassVar[str] = "list"
    ordered: bool = False
    """Numbered or not."""
    number: int | None = None
    """The number of the first item of an ordered list (mdast's `start`)."""
    spread: bool = False
    """Items are parted by blank lines."""


@dataclass(frozen=True, slots=True)
class ListItem(Parent):
    type: ClassVar[str] = "listItem"
    checked: bool | None = None
    """State of a task-list box; None when there is none."""
    spread: bool = False
    """The item's own blocks are parted by blank lines."""


@dataclass(frozen=True, slots=True)
class Code(Node):
    type: ClassVar[str] = "code"
    lang: str | None = None
    """First word of the info string."""
    meta: str | None = None
    """Rest of the info string."""
    value: str = ""
    """The code without container indents and without the last line end."""
    fence: str = "```"
    """The opening fence's characters; empty for indented code (Markdown only)."""
    prefix: str = ""
    """What stands before the opening fence on its line: container markers and indent."""
    closed: bool = True
    """False when the fence runs to the end of its container."""


@dataclass(frozen=True, slots=True)
class Math(Node):
    type: ClassVar[str] = "math"
    meta: str | None = None
    """Text after the opening dollars: remark drops it from the formula."""
    value: str = ""
    """The TeX."""


@dataclass(frozen=True, slots=True)
class TableCell(Leaf):
    type: ClassVar[str] = "tableCell"


@dataclass(frozen=True, slots=True)
class TableRow(Parent):
    type: ClassVar[str] = "tableRow"


@dataclass(frozen=True, slots=True)
class Table(Parent):
    type: ClassVar[str] = "table"
    align: tuple[Align | None, ...] = ()
    """Alignment of each column."""


@dataclass(frozen=True, slots=True)
class Definition(Node):
    type: ClassVar[str] = "definition"
    label: str = ""
    url: str = ""
    title: str | None = None


@dataclass(frozen=True, slots=True)
class FootnoteDefinition(Parent):
    type: ClassVar[str] = "footnoteDefinition"
    label: str = ""


@dataclass(frozen=True, slots=True)
class JsxFlow(Parent):
    type: ClassVar[str] = "mdxJsxFlowElement"
    name: str | None = None
    """Tag name, e.g. `Tabs.Tab`; None for a fragment `<>`."""
    attributes: tuple[Attribute, ...] = ()
    self_closing: bool = False


@dataclass(frozen=True, slots=True)
class FlowExpression(Node):
    type: ClassVar[str] = "mdxFlowExpression"
    value: str = ""
    """Source between the braces."""


@dataclass(frozen=True, slots=True)
class Html(Node):
    """Raw HTML block or inline, comments included; only in Markdown, never in MDX."""

    type: ClassVar[str] = "html"
    value: str = ""


# Inlines: what `inline.parse_inlines` gives. Same base, so that offsets work alike.


@dataclass(frozen=True, slots=True)
class Text(Node):
    type: ClassVar[str] = "text"
    value: str = ""
    """Text with escapes and entities resolved."""


@dataclass(frozen=True, slots=True)
class InlineCode(Node):
    type: ClassVar[str] = "inlineCode"
    value: str = ""


@dataclass(frozen=True, slots=True)
class InlineMath(Node):
    type: ClassVar[str] = "inlineMath"
    value: str = ""
    dollars: int = 1
    """How many dollars fence it."""


@dataclass(frozen=True, slots=True)
class Break(Node):
    type: ClassVar[str] = "break"


@dataclass(frozen=True, slots=True)
class Emphasis(Parent):
    type: ClassVar[str] = "emphasis"


@dataclass(frozen=True, slots=True)
class Strong(Parent):
    type: ClassVar[str] = "strong"


@dataclass(frozen=True, slots=True)
class Delete(Parent):
    type: ClassVar[str] = "delete"


@dataclass(frozen=True, slots=True)
class Link(Parent):
    type: ClassVar[str] = "link"
    url: str = ""
    title: str | None = None
    label: str | None = None
    """Label of the definition that a reference, `[text][label]`, leads to."""
    automatic: bool = False
    """A bare URL, not `[text](url)`."""


@dataclass(frozen=True, slots=True)
class Image(Node):
    type: ClassVar[str] = "image"
    url: str = ""
    alt: str = ""
    title: str | None = None
    label: str | None = None
    """Label of the definition that a reference, `![alt][label]`, leads to."""


@dataclass(frozen=True, slots=True)
class FootnoteReference(Node):
    type: ClassVar[str] = "footnoteReference"
    label: str = ""


@dataclass(frozen=True, slots=True)
class TextExpression(Node):
    type: ClassVar[str] = "mdxTextExpression"
    value: str = ""


@dataclass(frozen=True, slots=True)
class JsxText(Parent):
    type: ClassVar[str] = "mdxJsxTextElement"
    name: str | None = None
    attributes: tuple[Attribute, ...] = ()
    self_closing: bool = False
