"""The MathML of a formula: elements, tables, scripts, and TeX's spaces where MathML's differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

Kind = Literal["ord", "op", "name", "bin", "rel", "open", "close", "punct", "inner", "space"]
"""TeX's classes; `name` is the name of a function such as `log`."""

Limits = Literal["", "movable", "always"]
"""Whether scripts stand above and below: never, in a display only, always."""

TIGHT = {"lspace": "0", "rspace": "0"}
_FENCE = {"fence": "true", "stretchy": "true"}
_SIDES = {"l": "left", "c": "center", "r": "right"}
_NO_LEFT_SIDE = frozenset({"bin", "op", "name", "rel", "open", "punct"})
_NO_RIGHT_SIDE = frozenset({"rel", "close", "punct"})
_SCRIPTED = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})


@dataclass(frozen=True)
class Atom:
    """A piece of a formula with its class in TeX."""

    kind: Kind
    """The class that decides the space around it."""
    element: Element
    """Its MathML."""
    limits: Limits = ""
    """Whether scripts stand above and below: never, in a display only, always."""


@dataclass(frozen=True)
class Layout:
    """How an environment sets its rows."""

    align: str
    """`l`, `c` or `r` for each column, repeated."""
    open: str = ""
    """Delimiter before."""
    close: str = ""
    """Delimiter after."""
    display: bool = False
    """Cells are set as displays."""
    pairs: bool = False
    """Columns belong together two by two, without a gap within a pair."""
    columns: int | None = None
    """Most columns it may have."""


def leaf(tag: str, text: str, **attributes: str) -> Element:
    element = Element(tag, attributes)
    element.text = text
    return element


def node(tag: str, *children: Element, **attributes: str) -> Element:
    element = Element(tag, attributes)
    element.extend(children)
    return element


def group(elements: Iterable[Element]) -> Element:
    """One element for several."""
    parts = list(elements)
    return parts[0] if len(parts) == 1 else node("mrow", *parts)


def bare(element: Element) -> Element:
    """An operator alone in a script has no space around it."""
    if element.tag == "mo":
        element.attrib.update(TIGHT)
    return element


def thick_spaces(element: Element) -> list[Element]:
    """The space of a relation on both sides of what MathML does not know as one."""
    return [Element("mspace", width="0.2778em"), element, Element("mspace", width="0.2778em")]


def operator(kind: Kind, char: str, **attributes: str) -> Atom:
    """A sign of a class, with the attributes where MathML would take it for another."""
    if kind in ("open", "close") or char in "|‖":
        attributes["stretchy"] = "false"
    if kind == "ord":
        attributes |= TIGHT
    return Atom(kind, leaf("mo", char, **attributes))


def limit_name(word: str) -> Atom:
    return Atom("name", leaf("mo", word, movablelimits="true", **TIGHT), "movable")


def fenced(opening: str, parts: list[Element], closing: str) -> list[Element]:
    before = [leaf("mo", opening, form="prefix", **_FENCE)] if opening else []
    after = [leaf("mo", closing, form="postfix", **_FENCE)] if closing else []
    return [*before, *parts, *after]


def with_scripts(base: Atom, below: Element | None, above: Element | None) -> Atom:
    if below is None and above is None:
        return base
    tags = ("munder", "mover", "munderover") if base.limits else ("msub", "msup", "msubsup")
    tag = tags[2] if below is not None and above is not None else tags[above is not None]
    if base.limits == "always" and base.element.tag == "mo":
        base.element.set("movablelimits", "false")
    scripts = [script for script in (below, above) if script is not None]
    return Atom(base.kind, node(tag, base.element, *scripts))


def table(rows: list[list[Element]], layout: Layout) -> Element:
    attributes = {"displaystyle": "true"} if layout.display else {}
    last = max(map(len, rows)) - 1
    lines = [
        node("mtr", *(_cell(layout, number, last, cell) for number, cell in enumerate(row)))
        for row in rows
    ]
    return node("mtable", *lines, **attributes)


def _cell(layout: Layout, number: int, last: int, content: Element) -> Element:
    """A cell; no gap at the outer edges, nor within a pair of columns."""
    left = "0" if number == 0 or (layout.pairs and number % 2) else "2em" if layout.pairs else ""
    right = "0" if number == last or layout.pairs else ""
    # the plain keyword moves no maths in Chromium; Firefox and Safari know this one too
    style = f"text-align:-webkit-{_SIDES[layout.align[number % len(layout.align)]]}"
    style += f";padding-left:{left}" if left else ""
    style += f";padding-right:{right}" if right else ""
    return node("mtd", content, style=style)


def is_empty(row: list[Element]) -> bool:
    return len(row) == 1 and row[0].tag == "mrow" and not len(row[0])


def spaced(atoms: list[Atom], tight: bool) -> list[Element]:
    """Elements with TeX's spaces where MathML's own would differ."""
    kinds = _settled([atom.kind for atom in atoms])
    elements: list[Element] = []
    previous: Kind | None = None
    for atom, kind in zip(atoms, kinds, strict=True):
        if not tight and previous and _thin(previous, kind):
            elements.append(Element("mspace", width="0.1667em"))
        if kind != atom.kind or (tight and kind in ("bin", "rel", "punct", "op")):
            _core(atom.element).attrib.update(TIGHT)
        if previous == kind == "rel":
            _core(elements[-1]).set("rspace", "0")
            _core(atom.element).set("lspace", "0")
        elements.append(atom.element)
        previous = None if kind == "space" else kind
    return elements


def _settled(kinds: list[Kind]) -> list[Kind]:
    """TeX's rule for signs: a binary operator without two sides is an ordinary letter."""
    settled: list[Kind] = []
    solid = [kind for kind in kinds if kind != "space"] + ["close"]
    place = 0
    last: Kind = "open"
    for kind in kinds:
        if kind == "space":
            settled.append(kind)
            continue
        place += 1
        lonely = last in _NO_LEFT_SIDE or solid[place] in _NO_RIGHT_SIDE
        last = "ord" if kind == "bin" and lonely else kind
        settled.append(last)
    return settled


def _thin(left: Kind, right: Kind) -> bool:
    """Whether TeX puts a thin space between, around the name of a function."""
    if left == "name":
        return right in ("ord", "op", "name", "inner")
    return right == "name" and left in ("ord", "close", "inner", "op")


def _core(element: Element) -> Element:
    """The operator whose spacing counts for a scripted one."""
    while element.tag in _SCRIPTED and len(element):
        element = element[0]
    return element if element.tag == "mo" else Element("mo")
