"""Attributes of JSX elements: their values where these are literals, and their names in HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from benchpost.post.nodes import Attribute, JsxFlow, JsxText
from benchpost.site.anchors import safe
from benchpost.site.literals import Literal, evaluated
from benchpost.site.names import names

Element = JsxFlow | JsxText

_HTML_NAMES = {
    "className": "class",
    "htmlFor": "for",
    "colSpan": "colspan",
    "rowSpan": "rowspan",
    "dateTime": "datetime",
}
_SVG_CAMEL = names(
    "viewBox preserveAspectRatio gradientUnits gradientTransform patternUnits markerWidth"
    " markerHeight refX refY textLength lengthAdjust clipPathUnits stdDeviation"
)
_UNITLESS = names("opacity zIndex fontWeight lineHeight flex order flexGrow flexShrink")


def value(element: Element, *names: str) -> Literal:
    """The literal value of the first attribute that is there; True for a bare name."""
    for attribute in element.attributes:
        if attribute.name in names:
            return read(attribute)
    return None


def read(attribute: Attribute) -> Literal:
    """The value of one attribute; None when it is not a literal."""
    if attribute.kind == "boolean":
        return True
    if attribute.kind == "string":
        return html.unescape(attribute.value or "")
    return evaluated(attribute.value or "")


def string(element: Element, *names: str) -> str:
    """The text of the first of these attributes that has one; empty without."""
    for name in names:
        found = value(element, name)
        if isinstance(found, str | int | float) and not isinstance(found, bool):
            return str(found)
    return ""


def own_name(element: Element) -> str:
    """What `#name` may call an element, or empty."""
    return safe(string(element, "id", "name") if element.name == "a" else string(element, "id"))


def identifier(element: Element, name: str) -> str:
    """The name in `src={name}`, or empty."""
    for attribute in element.attributes:
        if attribute.name == name and attribute.kind == "expression":
            match = re.fullmatch(r"\s*([A-Za-z_$][\w$]*)(?:\.src)?\s*", attribute.value or "")
            return match[1] if match else ""
    return ""


def html_attributes(element: Element, keep: frozenset[str] | None = None) -> dict[str, str | None]:
    """What of an element's attributes HTML has: literals, under HTML's names; `keep` chooses."""
    found: dict[str, str | None] = {}
    for attribute in element.attributes:
        name = html_name(attribute.name)
        if attribute.kind == "spread" or _DROPPED.fullmatch(name):
            continue
        if keep is None or name in keep:
            found.update(_pair(name, read(attribute)))
    is_link = element.name == "a"
    return {key: said for key, said in found.items() if _is_fine(key, said or "", is_link)}


_DROPPED = re.compile(
    r"on.*|key|ref|dangerouslySetInnerHTML|background|poster|srcset|srcdoc|(?:form)?action|data"
    r"|ping|manifest",
    re.IGNORECASE,
)
"""Attributes of React, those that run something, and those that a browser follows by itself."""
_OUTSIDE = re.compile(
    r"@import|javascript:|url\(\s*['\"]?(?!#|data:image/)|image-set\(|\\", re.IGNORECASE
)
_INNER = re.compile(r"#|data:image/(?:png|jpeg|gif|webp);", re.IGNORECASE)


def is_own(css: str) -> bool:
    """Whether rules or a value take nothing from other places."""
    return not _OUTSIDE.search(css)


def _is_fine(name: str, said: str, is_link: bool) -> bool:
    """Whether a page may have an attribute: it asks nothing of other servers, and runs nothing."""
    if name.lower().rpartition(":")[2] in ("href", "src"):
        is_web = is_link and re.match(r"https?://", said.strip(), re.IGNORECASE)
        return bool(is_web or _INNER.match(said.strip()))
    return is_own(said)


def html_name(name: str) -> str:
    """`className` is `class`, `strokeWidth` is `stroke-width`, `viewBox` stays."""
    if name in _HTML_NAMES:
        return _HTML_NAMES[name]
    if name in _SVG_CAMEL:
        return name
    return re.sub(r"(?<=[a-z])[A-Z]", lambda match: f"-{match[0].lower()}", name)


def _pair(name: str, found: Literal) -> Mapping[str, str | None]:
    if isinstance(found, dict) and name == "style":
        return {name: _style(found)}
    if found is True:
        return {name: None}
    if isinstance(found, str | int | float) and not isinstance(found, bool):
        return {name: str(found)}
    return {}


def _style(rules: Mapping[str, Literal]) -> str:
    return ";".join(
        f"{html_name(key)}:{_length(key, rule)}"
        for key, rule in rules.items()
        if isinstance(rule, str | int | float)
    )


def _length(key: str, rule: str | float) -> str:
    """React adds `px` to numbers, where CSS wants a unit."""
    return (
        f"{rule}px"
        if isinstance(rule, int | float) and key not in _UNITLESS and rule
        else str(rule)
    )
