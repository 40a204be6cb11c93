"""Components of Nextra and its kin as what Material has for them.

One table, name to function. What is not in it keeps its children, its title and its link, and is
reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchpost.findings import Check
from benchpost.post.nodes import Code, JsxText, Node
from benchpost.site import attributes, elements, escape, fences, formula, inlines, layout
from benchpost.site.attributes import Element
from benchpost.site.layout import Markup
from benchpost.site.literals import Literal
from benchpost.site.names import names
from benchpost.site.scope import Scope
from benchpost.site.targets import link_target
from benchpost.site.unravel import inline_children, named, runs, unravelled

CALLOUTS = {
    "default": ("tip", "Tip"),
    "info": ("info", "Info"),
    "warning": ("warning", "Warning"),
    "error": ("danger", "Error"),
    "important": ("important", "Important"),
    "note": ("note", "Note"),
    "tip": ("tip", "Tip"),
    "warn": ("warning", "Warning"),
    "caution": ("warning", "Caution"),
    "danger": ("danger", "Danger"),
    "success": ("success", "Success"),
    "check": ("success", "Check"),
}
"""Admonition and title for each `type` of a callout; the first five are Nextra's."""

ALERTS = {
    "note": ("note", "Note"),
    "tip": ("tip", "Tip"),
    "important": ("important", "Important"),
    "warning": ("warning", "Warning"),
    "caution": ("danger", "Caution"),
}
"""Admonition and title for each of GitHub's alerts."""

_PANES = names("Tab Tabs.Tab TabItem TabsContent Tabs.Content")
_CARDS = frozenset({"Card", "Cards.Card", "LinkCard"})
_STEPS = frozenset({"Step"})
_FILES = frozenset({"File", "FileTree.File", "Folder", "FileTree.Folder"})


def is_block(node: Node) -> bool:
    """An element that is a block even where it stands within a line."""
    return isinstance(node, JsxText) and (node.name in COMPONENTS or node.name in elements.BLOCKS)


def write(node: Element, scope: Scope) -> list[str]:
    """The parts of a page that an element becomes."""
    name = node.name or ""
    writer = COMPONENTS.get(name) or elements.BLOCKS.get(name)
    if writer:
        return elements.named_parts(node, writer(node, scope))
    if name in inlines.ELEMENTS or name in inlines.PHRASES or name in inlines.SILENT:
        return phrase(node, scope)
    if name:
        inlines.unknown(node, scope)
    return elements.named_parts(node, [*titled(node, scope), *tabs(node, scope)])


def phrase(node: Element, scope: Scope) -> list[str]:
    """An element of running text on lines of its own: `<kbd>`, `<a>`, `<img />`."""
    place = (node.start, node.end, node.first, node.last)
    inner = tuple(inline_children(node, scope))
    return scope.parts([JsxText(*place, inner, node.name, node.attributes, node.self_closing)])


def titled(node: Element, scope: Scope) -> list[str]:
    """The words and the link that a component is given as attributes."""
    heading = attributes.string(node, "title", "label", "name", "caption")
    line = f"**{escape.text(heading)}**" if heading.strip() else ""
    url = attributes.string(node, "href", "to", "url", "link")
    if line and url:
        line = linked(line, url, node, scope)
    more = attributes.string(node, "description", "desc", "text")
    shown = escape.line_start(escape.text(more.strip())) if more.strip() else ""
    return [part for part in (line, shown) if part]


def linked(line: str, url: str, node: Node, scope: Scope) -> str:
    target = link_target(url, node, scope)
    return f"[{line}]({escape.destination(target)})" if target else line


def callout(node: Element, scope: Scope) -> list[str]:
    """`<Callout type emoji title>`."""
    kind, title = CALLOUTS.get(attributes.string(node, "type").lower(), CALLOUTS["default"])
    title = attributes.string(node, "title") or attributes.string(node, "emoji", "icon") or title
    return [layout.admonition(kind, title, scope.body(node.children))]


def named_callout(node: Element, scope: Scope) -> list[str]:
    """`<Note>`, `<Warning>`: a callout that has its type for a name."""
    by_name = CALLOUTS[(node.name or "").lower()]
    kind, title = CALLOUTS.get(attributes.string(node, "type").lower(), by_name)
    title = attributes.string(node, "title") or title
    return [layout.admonition(kind, title, scope.body(node.children))]


def tabs(node: Element, scope: Scope) -> list[str]:
    """`<Tabs items={[…]}>`: labels from `items`, `values`, or each tab's own attributes."""
    inner = unravelled(node.children, _PANES, scope)
    panes = named(inner, _PANES)
    if not panes:
        return scope.parts(inner)
    labels = _labels(node, panes)
    bodies = [scope.body(each.children) for each in panes]
    shown = layout.tabs(list(zip(labels, bodies, strict=True)), _chosen(node, panes, labels))
    before = inner[: inner.index(panes[0])]
    after = [child for child in inner[len(before) :] if child not in panes]
    return [*scope.parts(before), shown, *scope.parts(after)]


def _labels(node: Element, panes: Sequence[Element]) -> list[str]:
    items = attributes.value(node, "items", "values")
    given = [_label(item) for item in items] if isinstance(items, list) else []
    by_value = dict(_valued(items)) if isinstance(items, list) else {}
    labels = []
    for index, pane in enumerate(panes):
        value = attributes.string(pane, "value", "id")
        at_place = given[index] if index < len(given) else ""
        own = attributes.string(pane, "label", "title", "name")
        in_items = value if value in given else ""
        labels.append(own or by_value.get(value) or in_items or at_place or value)
    return [label or f"Tab {index + 1}" for index, label in enumerate(labels)]


def _label(item: Literal) -> str:
    """An item is its label, or `{label: "x", disabled: true}`."""
    found = item.get("label") if isinstance(item, dict) else item
    return found if isinstance(found, str) else ""


def _valued(items: Sequence[Literal]) -> Iterator[tuple[str, str]]:
    for item in items:
        if isinstance(item, dict) and isinstance(value := item.get("value"), str):
            yield value, _label(item)


def _chosen(node: Element, panes: Sequence[Element], labels: Sequence[str]) -> int:
    """Which tab is open at first."""
    index = attributes.value(node, "defaultIndex")
    if isinstance(index, int) and 0 <= index < len(panes):
        return index
    wanted = attributes.string(node, "defaultValue")
    for number, (pane, label) in enumerate(zip(panes, labels, strict=True)):
        if attributes.value(pane, "default") is True:
            return number
        if wanted and wanted in (label, attributes.string(pane, "value")):
            return number
    return 0


def pane(node: Element, scope: Scope) -> list[str]:
    """A tab without tabs around it is a set of its own."""
    return [layout.tabs([(_labels(node, [node])[0], scope.body(node.children))])]


def code_tabs(node: Element, scope: Scope) -> list[str]:
    """`<CodeGroup>`: one tab for each fence in it, by its file name or language."""
    codes = [child for child in node.children if isinstance(child, Code)]
    if len(codes) < 2 or len(codes) < len(node.children):
        return scope.parts(node.children)
    labels = [fences.shown(code.meta or "").title or code.lang or "Code" for code in codes]
    bodies = [scope.body([code]) for code in codes]
    return [layout.tabs(list(zip(labels, bodies, strict=True)))]


def steps(node: Element, scope: Scope) -> list[str]:
    """`<Steps>`: a numbered list of `<Step>`s, or headings, which the style sheet numbers."""
    inner = unravelled(node.children, _STEPS, scope)
    if not named(inner, _STEPS):
        return [Markup('<div class="steps">'), *scope.parts(inner), Markup("</div>")]
    parts: list[str] = []
    done = 0
    for together, rest in runs(inner, _STEPS):
        items = [layout.item(step(each, scope)) for each in together]
        parts += [layout.listed(items, done + 1)] if items else scope.parts(rest)
        done += len(items)
    return parts


def step(node: Element, scope: Scope) -> list[str]:
    """A step on its own."""
    return [*titled(node, scope), *scope.parts(node.children)]


def cards(node: Element, scope: Scope) -> list[str]:
    """`<Cards>`: Material's grid, a list of what each card says."""
    parts: list[str] = []
    for together, rest in runs(unravelled(node.children, _CARDS, scope), _CARDS):
        items = [layout.item(step(each, scope)) for each in together]
        grid = [Markup('<div class="grid cards">'), layout.listed(items), Markup("</div>")]
        parts += grid if items else scope.parts(rest)
    return parts


def card(node: Element, scope: Scope) -> list[str]:
    """A card without a grid around it."""
    return [layout.listed([layout.item(step(node, scope))])]


def files(node: Element, scope: Scope) -> list[str]:
    """`<FileTree>`: a list in a list for each folder."""
    parts: list[str] = []
    for together, rest in runs(unravelled(node.children, _FILES, scope), _FILES):
        items = [_entry(each, scope) for each in together]
        parts += [layout.listed(items)] if items else scope.parts(rest)
    return parts


def _entry(node: Element, scope: Scope) -> str:
    is_folder = (node.name or "").endswith("Folder")
    name = attributes.string(node, "name", "title") + ("/" if is_folder else "")
    return layout.item([escape.code(name), *files(node, scope)], tight=True)


def entry(node: Element, scope: Scope) -> list[str]:
    return [layout.listed([_entry(node, scope)])]


def fold(node: Element, scope: Scope) -> list[str]:
    """`<Accordion title>`: a box that opens on a click."""
    title = attributes.string(node, "title", "label", "summary", "header") or "Details"
    is_open = attributes.value(node, "open", "defaultOpen") is True
    return [layout.fold(escape.title(title), scope.body(node.children), is_open=is_open)]


def frame(node: Element, scope: Scope) -> list[str]:
    """`<Frame caption>`: what it frames, and the caption."""
    caption = attributes.string(node, "caption").strip()
    return [*scope.parts(node.children), *([f"<em>{escape.text(caption)}</em>"] if caption else [])]


def formula_block(node: Element, scope: Scope) -> list[str]:
    """`<BlockMath math="x^2" />`."""
    tex = attributes.string(node, "math", "tex", "formula")
    return [formula.display(tex, node, scope)] if tex else scope.parts(node.children)


def mermaid(node: Element, scope: Scope) -> list[str]:
    """A diagram in text stays text."""
    scope.report(Check.P001, node, "the site draws no mermaid diagrams; its source is shown")
    source = attributes.string(node, "chart", "content")
    return [fences.fenced("text", source.strip("\n"))] if source else scope.parts(node.children)


_CONTENTS = names(
    "Bleed Fragment ImageZoom CardGrid AccordionGroup Accordions Columns Column Card.Title"
    " Card.Description"
)

COMPONENTS: dict[str, Callable[[Any, Scope], list[str]]] = {
    **dict.fromkeys(("Callout", "Aside", "Admonition"), callout),
    **dict.fromkeys(
        ("Note", "Tip", "Info", "Warning", "Check", "Danger", "Caution"), named_callout
    ),
    "Tabs": tabs,
    **dict.fromkeys(_PANES, pane),
    **dict.fromkeys(("CodeGroup", "CodeTabs"), code_tabs),
    "Steps": steps,
    "Step": step,
    **dict.fromkeys(("Cards", "CardGroup"), cards),
    **dict.fromkeys(_CARDS, card),
    **dict.fromkeys(("FileTree", "Files"), files),
    **dict.fromkeys(_FILES, entry),
    **dict.fromkeys(("Accordion", "Collapse", "Expandable", "Spoiler"), fold),
    "Frame": frame,
    **dict.fromkeys(("BlockMath", "MathBlock"), formula_block),
    "Mermaid": mermaid,
    **dict.fromkeys(_CONTENTS, elements.contents),
}
"""Components that are blocks."""
