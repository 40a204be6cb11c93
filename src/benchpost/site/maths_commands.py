"""What each command of LaTeX becomes: one function for a kind of commands, and one table of all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from xml.etree.ElementTree import Element

from benchpost.errors import near
from benchpost.site import maths_symbols as symbols
from benchpost.site.maths_layout import (
    TIGHT,
    Atom,
    Kind,
    Layout,
    Limits,
    fenced,
    group,
    leaf,
    limit_name,
    node,
    operator,
    table,
    thick_spaces,
)
from benchpost.site.maths_reader import LINES, ROW_ENDS, Command, Reader

_TEXT = re.compile(r"\\[%&#$_{} ]|[^\\{}$%&#_^]")
_NAME = re.compile(r"\s*\{([A-Za-z*]+)\}")
_OPERATOR_NAME = re.compile(r"(\*?)\s*\{((?:[A-Za-z0-9 \-]|\\,)+)\}")
_COLUMNS = re.compile(r"\s*\{([lcr\s]+)\}")
_MIDDLE = {"lspace": "0.05em", "rspace": "0.05em"}
_FRACTION_STYLES = {"d": "true", "c": "true", "t": "false"}
_BIG_KINDS: dict[str, Kind] = {"l": "open", "r": "close", "m": "rel"}

_PAIRS = Layout("rl", display=True, pairs=True)

ENVIRONMENTS = {
    "equation": LINES,
    "equation*": LINES,
    "gather": LINES,
    "gather*": LINES,
    "gathered": LINES,
    "align": _PAIRS,
    "align*": _PAIRS,
    "aligned": _PAIRS,
    "split": _PAIRS,
    "cases": Layout("l", open="{", columns=2),
    "dcases": Layout("l", open="{", display=True, columns=2),
    "rcases": Layout("l", close="}", columns=2),
    "array": Layout("c"),
    "matrix": Layout("c"),
    "pmatrix": Layout("c", "(", ")"),
    "bmatrix": Layout("c", "[", "]"),
    "Bmatrix": Layout("c", "{", "}"),
    "vmatrix": Layout("c", "|", "|"),
    "Vmatrix": Layout("c", "‖", "‖"),
}
"""The environments that are known."""

_CLASSES: dict[str, Kind] = {
    "mathord": "ord",
    "mathbin": "bin",
    "mathrel": "rel",
    "mathopen": "open",
    "mathclose": "close",
    "mathpunct": "punct",
}


def greek(reader: Reader, name: str) -> Atom:
    letter = symbols.LETTERS[name]
    return reader.letter(letter, reader.at) if reader.font else Atom("ord", leaf("mi", letter))


def dots(reader: Reader, name: str) -> Atom:
    """Dots: in the middle of the line before an operator, else on the base line."""
    token = reader.peek()
    before = token[1:] if token.startswith("\\") else symbols.BY_CHARACTER.get(token, token)
    middle = before in symbols.BINARY or before in symbols.RELATIONS or before in "+-*=<>"
    return upright(reader, "cdots" if token and middle else "ldots")


def upright(reader: Reader, name: str) -> Atom:
    char = symbols.UPRIGHT[name]
    if reader.font and unicodedata.category(char) == "Lu":
        return reader.word(char, reader.at)
    return Atom("ord", leaf("mi", char, mathvariant="normal"))


def large(reader: Reader, name: str) -> Atom:
    return Atom("op", leaf("mo", symbols.LARGE[name]), "movable")


def integral(reader: Reader, name: str) -> Atom:
    return Atom("op", leaf("mo", symbols.INTEGRALS[name]))


def function(reader: Reader, name: str) -> Atom:
    return Atom("name", leaf("mi", name))


def limit(reader: Reader, name: str) -> Atom:
    return limit_name(symbols.LIMIT_NAMES.get(name, name))


def space(reader: Reader, name: str) -> Atom:
    return Atom("space", Element("mspace", width=symbols.SPACES[name]))


def big(reader: Reader, name: str) -> Atom:
    """A delimiter of a fixed size."""
    height = symbols.BIG[name]
    attributes = {"minsize": height, "maxsize": height, "stretchy": "true", **TIGHT}
    kind: Kind = _BIG_KINDS.get(name[-1], "ord")
    return Atom(kind, leaf("mo", reader.delimiter(name), **attributes))


def accent(reader: Reader, name: str) -> Atom:
    base = reader.argument(f"`\\{name}`")
    attributes = {"stretchy": "true" if name in symbols.STRETCHED else "false"}
    if name == "vec":
        attributes["style"] = "font-size:.6em"
    mark = leaf("mo", symbols.ACCENTS[name], **attributes)
    limits: Limits = "always" if name == "overbrace" else ""
    return Atom("ord", node("mover", base, mark, accent="true"), limits)


def under(reader: Reader, name: str) -> Atom:
    base = reader.argument(f"`\\{name}`")
    mark = leaf("mo", symbols.UNDERS[name], stretchy="true")
    if name == "underline":
        return Atom("ord", node("munder", base, mark))
    return Atom("ord", node("munder", base, mark, accentunder="true"), "always")


def arrow(reader: Reader, name: str) -> Atom:
    """An arrow with a label above and, in brackets, one below."""
    below = reader.optional()
    with reader.inside(script=True):
        above = reader.argument(f"`\\{name}`")
    labels = [label for label in (below, above) if label is not None]
    mark = leaf("mo", symbols.ARROWS[name], stretchy="false", **TIGHT)
    arrow = node("munderover" if below is not None else "mover", mark, *labels)
    return Atom("rel", node("mrow", *thick_spaces(arrow)))


def alphabet(reader: Reader, name: str) -> Atom:
    with reader.inside():
        reader.font = symbols.FONTS[name]
        return Atom("ord", reader.argument(f"`\\{name}`"))


def text(reader: Reader, name: str) -> Atom:
    """Words, with formulas between dollars."""
    reader.expect("{", f"`\\{name}`")
    parts: list[Element] = []
    while (char := reader.tex[reader.at : reader.at + 1]) != "}":
        parts.append(_inner_formula(reader) if char == "$" else _words(reader, name))
    reader.at += 1
    return Atom("ord", group(parts))


def _words(reader: Reader, name: str) -> Element:
    words = ""
    while found := reader.match(_TEXT):
        words += found.group()[-1]
    if not words:
        raise reader.refuse(f"`\\{name}` may hold words only")
    style = symbols.TEXTS[name]
    attributes = {"style": style} if style else {}
    return leaf("mtext", re.sub(r"[\s~]+", "\u00a0", words.replace("'", "’")), **attributes)


def _inner_formula(reader: Reader) -> Element:
    reader.take()
    with reader.inside():
        row = reader.row(ROW_ENDS | {"$"})
        reader.expect("$", "a formula in words")
    return group(row)


def operator_name(reader: Reader, name: str) -> Atom:
    found = reader.match(_OPERATOR_NAME)
    if not found:
        raise reader.refuse("`\\operatorname` needs a name of letters in braces")
    starred, word = found.group(1), found.group(2).replace(r"\,", "\u2009")
    return limit_name(word) if starred else Atom("name", leaf("mi", word))


def fraction(reader: Reader, name: str) -> Atom:
    """`\\frac` and `\\binom`, and those with a letter before that sets their style."""
    is_binomial = name.endswith("binom")
    line = {"linethickness": "0"} if is_binomial else {}
    parts = reader.argument(f"`\\{name}`"), reader.argument(f"`\\{name}`")
    stack = [node("mfrac", *parts, **line)]
    shown = fenced("(", stack, ")") if is_binomial else stack
    if name[0] in _FRACTION_STYLES:
        style = _FRACTION_STYLES[name[0]]
        shown = [node("mstyle", *shown, displaystyle=style, scriptlevel="0")]
    return Atom("inner", group(shown))


def root(reader: Reader, name: str) -> Atom:
    degree = reader.optional()
    base = reader.argument(f"`\\{name}`")
    return Atom("ord", node("msqrt", base) if degree is None else node("mroot", base, degree))


def stacked(reader: Reader, name: str) -> Atom:
    """Something small above or below a relation."""
    with reader.inside(script=True):
        small = reader.argument(f"`\\{name}`")
    base = reader.argument(f"`\\{name}`")
    tag = "munder" if name == "underset" else "mover"
    stack = node(tag, base, small)
    if base.tag != "mo":
        return Atom("ord", stack)
    return Atom("rel", node("mrow", *thick_spaces(stack)))


def negated(reader: Reader, name: str) -> Atom:
    start = reader.at
    atom = reader.atom()
    if atom.element.text not in symbols.NEGATED:
        raise reader.refuse("`\\not` is known before the usual relations only", start)
    return operator("rel", symbols.NEGATED[atom.element.text])


def modulo(reader: Reader, name: str) -> Atom:
    if name == "bmod":
        return Atom("bin", leaf("mo", "mod", lspace="0.2222em", rspace="0.2222em"))
    if name == "mod":
        return Atom("space", leaf("mo", "mod", lspace="0.6667em", rspace="0.3333em"))
    word = [leaf("mo", "mod", lspace="0", rspace="0.3333em"), reader.argument("`\\pmod`")]
    space = Element("mspace", width="0.6667em")
    return Atom("ord", node("mrow", space, *fenced("(", word, ")")))


def classed(reader: Reader, name: str) -> Atom:
    """`\\mathrel{+}`: the argument, spaced as a relation, a binary operator, …"""
    element = reader.argument(f"`\\{name}`")
    kind = _CLASSES[name]
    if element.tag == "mo":
        return operator(kind, element.text or "", **symbols.CLASS_SPACES.get(kind, {}))
    return Atom(kind, element)


def phantom(reader: Reader, name: str) -> Atom:
    return Atom("ord", node("mphantom", reader.argument("`\\phantom`")))


def boxed(reader: Reader, name: str) -> Atom:
    box = "border:1px solid;padding:0.3em"
    return Atom("ord", node("mrow", reader.argument("`\\boxed`"), style=box))


def left(reader: Reader, name: str) -> Atom:
    """`\\left` … `\\right`: the delimiters grow with what they hold."""
    opening = reader.delimiter(name)
    with reader.inside():
        parts = reader.row()
        while reader.peek() == r"\middle":
            reader.take()
            parts.append(leaf("mo", reader.delimiter("middle"), stretchy="true", **_MIDDLE))
            parts += reader.row()
        reader.expect(r"\right", r"`\left`")
    return Atom("inner", node("mrow", *fenced(opening, parts, reader.delimiter("right"))))


def environment(reader: Reader, name: str) -> Atom:
    start = reader.at
    found = reader.match(_NAME)
    kind = found.group(1) if found else ""
    if kind not in ENVIRONMENTS:
        hint = near(kind, ENVIRONMENTS)
        raise reader.refuse(f"environment `{kind}` is not known{hint}", start)
    layout = _columns(reader) if kind == "array" else ENVIRONMENTS[kind]
    rows = reader.rows(layout)
    reader.expect(r"\end", f"environment `{kind}`")
    closed = reader.match(_NAME)
    if not closed or closed.group(1) != kind:
        raise reader.refuse(f"environment `{kind}` is not closed by its own `\\end`")
    parts = fenced(layout.open, [table(rows, layout)], layout.close)
    return Atom("inner", group(parts))


def _columns(reader: Reader) -> Layout:
    found = reader.match(_COLUMNS)
    if not found:
        raise reader.refuse("an array's columns are letters `l`, `c`, `r` without rules")
    align = "".join(found.group(1).split())
    return Layout(align, columns=len(align))


def substack(reader: Reader, name: str) -> Atom:
    reader.expect("{", "`\\substack`")
    with reader.inside():
        rows = reader.rows(replace(LINES, display=False))
        reader.expect("}", "`\\substack`")
    return Atom("ord", table(rows, replace(LINES, display=False)))


def _each(names: Iterable[str], command: Command) -> dict[str, Command]:
    return dict.fromkeys(names, command)


def _signs(kind: Kind, signs: dict[str, str]) -> dict[str, Command]:
    """Commands that stand for one sign of a class."""
    return _each(
        signs,
        lambda _, name: operator(kind, signs[name], **symbols.CLASS_SPACES.get(name, {})),
    )


COMMANDS: dict[str, Command] = {
    **_each(symbols.LETTERS, greek),
    **_each(symbols.UPRIGHT, upright),
    **_signs("bin", symbols.BINARY),
    **_signs("rel", symbols.RELATIONS),
    **_signs("open", symbols.OPENING),
    **_signs("close", symbols.CLOSING),
    **_signs("punct", symbols.PUNCTUATION),
    **_signs("ord", symbols.BARS),
    **_each(symbols.LARGE, large),
    **_each(symbols.INTEGRALS, integral),
    **_each(symbols.FUNCTIONS, function),
    **_each(symbols.LIMITS, limit),
    **_each(symbols.SPACES, space),
    **_each(symbols.BIG, big),
    **_each(symbols.ACCENTS, accent),
    **_each(symbols.UNDERS, under),
    **_each(symbols.ARROWS, arrow),
    **_each(symbols.FONTS, alphabet),
    **_each(symbols.TEXTS, text),
    **_each(("frac", "dfrac", "tfrac", "cfrac", "binom", "dbinom", "tbinom"), fraction),
    **_each(("overset", "underset", "stackrel"), stacked),
    **_each(("bmod", "pmod", "mod"), modulo),
    **_each(_CLASSES, classed),
    "sqrt": root,
    "not": negated,
    "operatorname": operator_name,
    "dots": dots,
    "phantom": phantom,
    "boxed": boxed,
    "left": left,
    "begin": environment,
    "substack": substack,
}
"""Every command that is known, by name."""
