"""What the MDX compiler refuses, and the nodes that the other rules look at.

The parser is patient: it finds where a tag or an expression was meant to end. Here the expressions
are judged, and what the parser could make nothing of is told. Of the prose only those paragraphs
are read that hold a tag, a brace or an image.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from benchpost.findings import Check
from benchpost.post.document import Dialect, Post
from benchpost.post.inline import read_inlines
from benchpost.post.javascript_check import (
    Mistake,
    Module,
    expression_end,
    read_esm,
    spread_end,
    value_end,
)
from benchpost.post.lint_lines import line_starts
from benchpost.post.lint_words import worded
from benchpost.post.nodes import (
    Attribute,
    Blockquote,
    Definition,
    Esm,
    Fault,
    FlowExpression,
    Heading,
    JsxFlow,
    JsxText,
    Leaf,
    Math,
    Node,
    Paragraph,
    Prose,
    TextExpression,
)
from benchpost.post.problems import Problem
from benchpost.post.walk import walk

Kind = TypeVar("Kind", bound=Node)
HEADING_ID = re.compile(r"\s*#(?P<id>[^\s{}]+)\s*")
EDGE = 40
TOLD = frozenset({Blockquote, Definition, Esm, FlowExpression, JsxFlow, Math, Paragraph})
"""Kinds of blocks that some rule looks at."""


@dataclass(frozen=True)
class Nodes:
    """The nodes of a post by their kind, each kind in source order."""

    found: Mapping[type[Node], Sequence[Node]]
    """Lists by class."""

    def of(self, kind: type[Kind]) -> Sequence[Kind]:
        """The nodes of exactly this class."""
        return cast("Sequence[Kind]", self.found.get(kind, ()))


def read(post: Post) -> tuple[Nodes, list[Problem]]:
    """The blocks of a post and the inlines of telling paragraphs, and what is refused of them."""
    found: dict[type[Node], list[Node]] = defaultdict(list)
    faults: list[Fault] = list(post.tree.faults)
    lines: list[Problem] = []
    headings: set[int] = set()
    for block in walk(post.tree):
        if type(block) in TOLD:
            found[type(block)].append(block)
        if isinstance(block, Leaf) and _is_telling(block.prose.source):
            inlines = read_inlines(block, post.text, post.dialect)
            faults.extend(inlines.faults)
            for node in (each for inline in inlines.nodes for each in walk(inline)):
                found[type(node)].append(node)
                if isinstance(block, Heading):
                    headings.add(node.start)
            lines.extend(line_starts(block, post.tree, post.text))
    nodes = Nodes(found)
    for definition in nodes.of(Definition):
        lines.extend(line_starts(_as_leaf(definition, post.text), post.tree, post.text))
    if post.dialect is Dialect.MARKDOWN:
        return nodes, []
    problems = [worded(fault, post.text) for fault in faults]
    problems.extend(_judged(nodes, headings, post.text))
    told = {problem.offset for problem in problems}
    problems.extend(problem for problem in lines if problem.offset not in told)
    return nodes, problems


def _as_leaf(node: Node, text: str) -> Leaf:
    """A link definition as prose: its lines are tried as blocks like those of a paragraph."""
    prose = Prose(text[node.start : node.end], ((0, node.start),))
    return Leaf(node.start, node.end, node.first, node.last, prose)


def _is_telling(source: str) -> bool:
    return "<" in source or "{" in source or "![" in source


def _judged(nodes: Nodes, headings: set[int], text: str) -> Iterator[Problem]:
    """Mistakes of everything that is JavaScript."""
    expressions: list[FlowExpression | TextExpression]
    expressions = [*nodes.of(FlowExpression), *nodes.of(TextExpression)]
    for expression in expressions:
        yield from _expression(expression, expression.start in headings, text)
    elements: list[JsxFlow | JsxText] = [*nodes.of(JsxFlow), *nodes.of(JsxText)]
    for element in elements:
        for attribute in element.attributes:
            yield from _attribute(attribute, element, text)
    yield from _modules(nodes)


def _modules(nodes: Nodes) -> Iterator[Problem]:
    layout = -1
    for node, module in modules(nodes):
        if module.mistake:
            at = min(node.start + module.mistake.at, node.end)
            yield Problem(Check.M006, at, f"import or export: {module.mistake.message}")
        elif module.layout >= 0 and layout >= 0:
            message = f"the page has a default export already, on line {layout}; keep one"
            yield Problem(Check.M006, node.start + module.layout, message)
        elif module.layout >= 0:
            layout = node.first


def modules(nodes: Nodes) -> Iterator[tuple[Esm, Module]]:
    """Blocks of `import` and `export` with what they say, each knowing the imports before it."""
    imported: tuple[str, ...] = ()
    for node in nodes.of(Esm):
        module = read_esm(node.value, imported)
        imported += module.imported
        yield node, module


def _expression(
    node: FlowExpression | TextExpression, in_heading: bool, text: str
) -> Iterator[Problem]:
    mistake = _mistake(expression_end, node.value)
    if mistake is None:
        return
    heading_id = HEADING_ID.fullmatch(node.value)
    if in_heading and heading_id:
        name = heading_id["id"]
        message = f"MDX reads `{{#{name}}}` as JavaScript; write the heading's id as `[#{name}]`"
        yield Problem(Check.M004, node.start, message)
        return
    said = f"`{{{_short(node.value)}}}` is not JavaScript: {mistake.message}"
    where = _within(text, node.start, node.value, mistake.at)
    yield Problem(Check.M003, where, f"{said}; write `\\{{` for a brace that is text")


def _attribute(attribute: Attribute, node: JsxFlow | JsxText, text: str) -> Iterator[Problem]:
    if attribute.kind not in ("expression", "spread"):
        return
    value = attribute.value or ""
    mistake = _mistake(spread_end if attribute.kind == "spread" else value_end, value)
    if mistake:
        name = attribute.name or "spread"
        said = f"`{name}` of `<{node.name or ''}>` is not JavaScript: {mistake.message}"
        where = _within(text, _brace(text, node, attribute), value, mistake.at)
        yield Problem(Check.M003, where, said)


def _mistake(end_of: Callable[[str, int], int | Mistake], value: str) -> Mistake | None:
    """Why a value is not exactly one expression."""
    end = end_of("{" + value + "}", 0)
    if isinstance(end, Mistake):
        return Mistake(end.message, end.at - 1)
    return None if end == len(value) + 1 else Mistake("unexpected `}`", end - 1)


def _within(text: str, brace: int, value: str, at: int) -> int:
    """The offset of position `at` of the value whose `{` is at `brace`.

    A value has lost the prefixes and indents that its further lines have in the text.
    """
    before = value[:at].split("\n")
    begin = brace + 1
    for _ in before[1:]:
        begin = text.find("\n", begin) + 1
    words = value.split("\n")[len(before) - 1].lstrip()
    if len(before) > 1 and words:
        end = text.find("\n", begin)
        begin = max(text.find(words, begin, end if end >= 0 else len(text)), begin)
        return begin + max(
            len(before[-1]) - len(value.split("\n")[len(before) - 1]) + len(words), 0
        )
    return begin + len(before[-1])


def _brace(text: str, node: JsxFlow | JsxText, attribute: Attribute) -> int:
    """Where the `{` of an attribute's value is."""
    named = rf"(?<![\w$-]){re.escape(attribute.name)}\s*=\s*\{{"
    pattern = named if attribute.name else r"\{(?=\s*\.\.\.)"
    match = re.compile(pattern).search(text, node.start, node.end)
    return match.end() - 1 if match else node.start


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= EDGE else line[: EDGE - 1] + "…"
