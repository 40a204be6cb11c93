"""Inlines of a post as Python-Markdown: one line, whatever its author typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchpost.findings import Check
from benchpost.post.nodes import (
    Break,
    Delete,
    Emphasis,
    FootnoteReference,
    Html,
    Image,
    InlineCode,
    InlineMath,
    JsxText,
    Link,
    Node,
    Parent,
    Strong,
    Text,
    TextExpression,
)
from benchpost.site import attributes, escape, fences, formula, literals
from benchpost.site.attributes import Element
from benchpost.site.names import names
from benchpost.site.scope import Scope, words
from benchpost.site.targets import image_target, is_elsewhere, link_target

_HIGHLIGHTED = re.compile(r"(.+)\{:([\w#.+-]+)\}", re.DOTALL)
_KEPT = names("title lang dir style cite datetime start value")
PHRASES = names(
    "abbr b bdi bdo cite code data del dfn em i ins kbd mark q rp rt ruby s samp small"
    " span strike strong sub sup time tt u var wbr"
)
_BREAKS = names("br div dd dt li p tr h1 h2 h3 h4 h5 h6")
SILENT = names("script style link meta source Icon")


def write(nodes: Sequence[Node], scope: Scope) -> str:
    """Inlines on one line, escaped so that nothing in their text is syntax."""
    line = ""
    for node in nodes:
        piece = _write(node, scope)
        line = _parted(line, piece) + piece
    return line


def _parted(line: str, piece: str) -> str:
    """`line` such that what follows does not make another mark of its last."""
    if line.endswith("!") and piece.startswith("["):
        return line[:-1] + escape.reference("!")
    return line + "<!-- -->" if line.endswith("*") and piece.startswith("*") else line


def _write(node: Node, scope: Scope) -> str:
    writer = INLINES.get(type(node))
    if writer is None:
        return scope.line(node.children) if isinstance(node, Parent) else ""
    return writer(node, scope)


def text(node: Text, scope: Scope) -> str:
    return escape.text(node.value)


def inline_code(node: InlineCode, scope: Scope) -> str:
    """Nextra's `code{:js}` names a language for the colours of inline code."""
    match = _HIGHLIGHTED.fullmatch(node.value)
    if not match:
        return escape.code(node.value, cell=scope.cell)
    lang = fences.language(match[2])
    plain = escape.code(match[1], cell=scope.cell)
    if lang == "text" or plain.startswith("<") or match[1] != match[1].strip():
        return plain
    ticks = re.match(r"`+ ?", plain)
    return f"{plain[: ticks.end()]}#!{lang} {plain[ticks.end() :]}" if ticks else plain


def inline_math(node: InlineMath, scope: Scope) -> str:
    return formula.inline(node, scope)


def emphasis(node: Emphasis, scope: Scope) -> str:
    return wrapped("*", "em", scope.line(node.children))


def strong(node: Strong, scope: Scope) -> str:
    return wrapped("**", "strong", scope.line(node.children))


def wrapped(mark: str, tag: str, inner: str) -> str:
    """Marks where Python-Markdown reads them as CommonMark does, tags everywhere else."""
    if not inner.strip():
        return inner
    clean = inner == inner.strip() and not set("*_<&\\") & set(inner)
    return f"{mark}{inner}{mark}" if clean else f"<{tag}>{inner}</{tag}>"


def delete(node: Delete, scope: Scope) -> str:
    return f"<del>{scope.line(node.children)}</del>"


def line_break(node: Break, scope: Scope) -> str:
    return "<br>"


def link(node: Link, scope: Scope) -> str:
    """A link, or its text alone when it leads nowhere."""
    return linked(node.url, node.title, node.children, node, scope)


def linked(url: str, title: str | None, children: Sequence[Node], node: Node, scope: Scope) -> str:
    """`[children](url "title")`, or `<url>` when that says the same."""
    inner = scope.in_link().line(children)
    target = link_target(url, node, scope)
    if target is None:
        return inner
    if words(children) == target and re.fullmatch(r"https?://[\w./~:?=%#,+-]*[\w/]", target):
        return f"<{target}>"
    if not inner.strip():
        return inner
    quoted = f' "{escape.title(title)}"' if title else ""
    return f"[{inner}]({escape.destination(target)}{quoted})"


def image(node: Image, scope: Scope) -> str:
    return pictured(node.url, node.alt, node.title, node, scope)


def pictured(
    url: str,
    alt: str,
    title: str | None,
    node: Node,
    scope: Scope,
    extra: Mapping[str, str | None] | None = None,
) -> str:
    """`![alt](url "title")`, or a visible note where the image is missing.

    A page asks nothing of other servers, so that a picture from there is a link.
    """
    if is_elsewhere(url.strip()):
        message = f"image `{url}` lies on another server; it is shown as a link"
        scope.report(Check.P008, node, message)
        words = escape.text(alt or url.rstrip("/").rsplit("/", 1)[-1])
        return words if scope.linked else f"[{words}]({escape.destination(url.strip())})"
    target = image_target(url, node, scope)
    if target is None:
        name = alt or url.rsplit("/", 1)[-1]
        return f"<em>{escape.text('[Image: ' + name + ']') if name else ''}</em>" if name else ""
    quoted = f' "{escape.title(title)}"' if title else ""
    listed = " ".join(f'{key}="{escape.attribute(v or "")}"' for key, v in (extra or {}).items())
    suffix = f"{{ {listed} }}" if listed else ""
    return f"![{escape.description(alt)}]({escape.destination(target)}{quoted}){suffix}"


def footnote_reference(node: FootnoteReference, scope: Scope) -> str:
    scope.sheet.footnotes.setdefault(node.label.lower())
    return f"[^{footnote_name(node.label)}]"


def footnote_name(label: str) -> str:
    """A footnote's label in letters that Python-Markdown takes; GFM does not mind its case."""
    return re.sub(r"[^\w-]", "-", label.lower())


def expression(node: TextExpression, scope: Scope) -> str:
    """A comment, a literal, or code that only React could evaluate."""
    return evaluated(node.value, node, scope)


def evaluated(source: str, node: Node, scope: Scope) -> str:
    """What `{source}` shows: nothing, a string or number, or else its source as code."""
    if literals.is_comment(source):
        return ""
    try:
        found = literals.evaluate(source)
    except literals.NotLiteral:
        message = f"`{{{' '.join(source.split())[:60]}}}` is not a literal; it is shown as code"
        scope.report(Check.P005, node, message)
        return escape.code("{" + " ".join(source.split()) + "}", cell=scope.cell)
    shown = isinstance(found, str | int | float) and not isinstance(found, bool)
    return escape.text(str(found)) if shown else ""


def jsx(node: JsxText, scope: Scope) -> str:
    """An element within a line, and before it the name that links know it by."""
    return named_place(node) + _element(node, scope)


def named_place(node: Element) -> str:
    """Where `#name` leads; MkDocs looks for names in running text only, not in fences."""
    name = attributes.own_name(node)
    return f"{escape.tag('span', {'id': name})}</span>" if name else ""


def _element(node: JsxText, scope: Scope) -> str:
    """HTML's own elements pass, components leave their children."""
    name = node.name or ""
    if name in SILENT:
        return ""
    if name in ELEMENTS:
        return ELEMENTS[name](node, scope)
    if name in PHRASES:
        inner = scope.line(node.children)
        return f"{escape.tag(name, attributes.html_attributes(node, _KEPT))}{inner}</{name}>"
    if name in _BREAKS:
        return "<br>" + scope.line(node.children)
    if name and not name[0].islower():
        unknown(node, scope)
    return scope.line(node.children) or _label(node, scope)


def _label(node: JsxText, scope: Scope) -> str:
    """What a component without children was given to show, linked where it was given an address."""
    words = attributes.string(node, "title", "label", "text", "name")
    code = "" if words else attributes.string(node, "code")
    shown = escape.code(code, cell=scope.cell) if code.strip() else escape.text(words)
    url = attributes.string(node, "href", "to")
    target = link_target(url, node, scope) if url and shown.strip() else None
    return f"[{shown}]({escape.destination(target)})" if target else shown


def unknown(node: Element, scope: Scope) -> None:
    """Reports a component that the site has nothing for."""
    kept = "its children are kept" if node.children else "at most its title is shown"
    message = f"component `{node.name}` has no counterpart on the site; {kept}"
    scope.report(Check.P001, node, message)


def html(node: Html, scope: Scope) -> str:
    """Raw HTML that was not paired into elements: comments and stray end tags."""
    return ""


def anchor(node: JsxText, scope: Scope) -> str:
    url = attributes.string(node, "href", "to")
    title = attributes.string(node, "title") or None
    return linked(url, title, node.children, node, scope) if url else scope.line(node.children)


def picture_url(node: Node, scope: Scope) -> str | None:
    """The address of an image, in Markdown or as an element; None for anything else."""
    if isinstance(node, Image):
        return node.url
    if not isinstance(node, JsxText) or node.name not in ("img", "Image"):
        return None
    name = attributes.identifier(node, "src")
    return scope.sheet.imports.get(name, "") or attributes.string(node, "src")


def picture(node: JsxText, scope: Scope) -> str:
    """`<img src width>` and `<Image src={imported}>`."""
    url = picture_url(node, scope) or ""
    keep = frozenset({"width", "height"})
    extra = {k: v for k, v in attributes.html_attributes(node, keep).items() if v and v.isdigit()}
    title = attributes.string(node, "title") or None
    return pictured(url, attributes.string(node, "alt"), title, node, scope, extra)


def button(node: JsxText, scope: Scope) -> str:
    """Something to press: what it says, and the link if it is one."""
    if attributes.string(node, "href", "url", "to"):
        return anchor(node, scope)
    return scope.line(node.children) or escape.text(attributes.string(node, "text", "label"))


def formula_component(node: JsxText, scope: Scope) -> str:
    """`<InlineMath math="x^2" />` and its kin."""
    tex = attributes.string(node, "math", "tex", "formula")
    found = InlineMath(node.start, node.end, node.first, node.last, value=tex)
    return formula.inline(found, scope) if tex else scope.line(node.children)


def rule(node: JsxText, scope: Scope) -> str:
    return ""


ELEMENTS: dict[str, Callable[[Any, Scope], str]] = {
    "a": anchor,
    "Link": anchor,
    "br": lambda node, scope: "<br>" + scope.line(node.children),
    "hr": rule,
    "img": picture,
    "Image": picture,
    "button": button,
    "Button": button,
    "LinkButton": button,
    "Badge": button,
    "InlineMath": formula_component,
}
"""Elements and components within a line that are more than their children."""

INLINES: dict[type[Node], Callable[[Any, Scope], str]] = {
    Text: text,
    InlineCode: inline_code,
    InlineMath: inline_math,
    Emphasis: emphasis,
    Strong: strong,
    Delete: delete,
    Break: line_break,
    Link: link,
    Image: image,
    FootnoteReference: footnote_reference,
    TextExpression: expression,
    JsxText: jsx,
    Html: html,
}
