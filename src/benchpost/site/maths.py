"""LaTeX to MathML, for exactly the LaTeX that is known: anything else is refused, never guessed.

Each atom keeps TeX's class (ordinary, binary, relation, …), because MathML's own guess of
a minus sign's form and of the space around `log` is not TeX's. Browsers that follow MathML Core
do the rest. The commands are the tables of `maths_symbols`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from benchpost.errors import near
from benchpost.site import maths_symbols as symbols
from benchpost.site.maths_layout import (
    TIGHT,
    Atom,
    Kind,
    Layout,
    Limits,
    bare,
    fenced,
    group,
    is_empty,
    leaf,
    limit_name,
    node,
    operator,
    spaced,
    table,
    thick_spaces,
    with_scripts,
)

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_IGNORED = re.compile(r"(?:\s|%[^\n]*(?:\n|\Z))+")
_DIGITS = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_TEXT = re.compile(r"\\[%&#$_{} ]|[^\\{}$%&#_^]")
_NAME = re.compile(r"\s*\{([A-Za-z*]+)\}")
_OPERATOR_NAME = re.compile(r"(\*?)\s*\{((?:[A-Za-z0-9 \-]|\\,)+)\}")
_ROW_GAP = re.compile(r"\s*\[\s*-?\d*\.?\d+\s*(?:pt|em|ex|mm|cm)\s*\]")
_COLUMNS = re.compile(r"\s*\{([lcr\s]+)\}")
_DEEPEST = 60

_ROW_ENDS = frozenset({"", "}", "&", r"\\", r"\end", r"\right", r"\middle"})


class Refusal(Exception):
    """This formula would not come out right; `message` says why and `offset` where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


_LINES = Layout("c", display=True, columns=1)
_PAIRS = Layout("rl", display=True, pairs=True)

ENVIRONMENTS = {
    "equation": _LINES,
    "equation*": _LINES,
    "gather": _LINES,
    "gather*": _LINES,
    "gathered": _LINES,
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


@lru_cache(maxsize=4096)
def mathml(tex: str, *, display: bool) -> str:
    """A `<math>` element for a formula; raises `Refusal` for what is not known."""
    reader = _Reader(tex)
    row = group(reader.lines(display))
    reader.finish()
    if not len(row) and not row.text:
        raise Refusal("the formula is empty", 0)
    attributes = {"display": "block"} if display else {}
    math = Element("math", attributes)
    # a row with attributes is a box; any other would only stand in another row
    math.extend(row if row.tag == "mrow" and not row.attrib else [row])
    return tostring(math, encoding="unicode").replace(" />", "/>")


def refusal(tex: str, *, display: bool) -> Refusal | None:
    """Why a formula cannot be rendered, or None."""
    try:
        mathml(tex, display=display)
    except Refusal as reason:
        return reason
    return None


class _Reader:
    """Reads a formula from left to right; `font` and `tight` hold until their group ends."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.at = 0
        self.font = ""
        self.tight = False
        self.depth = 0

    # the text

    def peek(self) -> str:
        """The next token: a command with its backslash, or one character; empty at the end."""
        ignored = _IGNORED.match(self.tex, self.at)
        if ignored:
            self.at = ignored.end()
        token = _TOKEN.match(self.tex, self.at)
        return token.group() if token else ""

    def take(self) -> str:
        token = self.peek()
        self.at += len(token)
        return token

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What a pattern finds right here, read over."""
        found = pattern.match(self.tex, self.at)
        if found:
            self.at = found.end()
        return found

    def refuse(self, message: str, at: int | None = None) -> Refusal:
        return Refusal(message, self.at if at is None else at)

    def expect(self, token: str, what: str) -> None:
        if self.peek() != token:
            raise self.refuse(f"{what} needs `{token}` here")
        self.take()

    def finish(self) -> None:
        token = self.peek()
        if token:
            raise self.refuse(_STRAY.get(token, f"`{token}` has no partner"))

    @contextmanager
    def inside(self, *, script: bool = False) -> Iterator[None]:
        """A group: what it changes ends with it."""
        kept = (self.font, self.tight, self.depth)
        self.depth += 1
        self.tight = self.tight or script
        if self.depth > _DEEPEST:
            raise self.refuse(f"groups are nested deeper than {_DEEPEST}")
        yield
        self.font, self.tight, self.depth = kept

    # rows

    def row(self, ends: frozenset[str] = _ROW_ENDS) -> list[Element]:
        """Elements up to a token that ends the row; that token stays."""
        atoms: list[Atom] = []
        while (token := self.peek()) not in ends:
            if token in _INFIX:
                return self.infix(atoms, ends)
            if token[1:] in symbols.FONT_SWITCHES and token[0] == "\\":
                self.font = symbols.FONT_SWITCHES[self.take()[1:]]
            elif token in _STYLES:
                return [*spaced(atoms, self.tight), self.styled(ends)]
            else:
                atoms.append(self.scripted(self.atom()))
        return spaced(atoms, self.tight)

    def infix(self, over: list[Atom], ends: frozenset[str]) -> list[Element]:
        """`a \\over b`: what stands before is above, the rest of the group below."""
        thick, left, right = _INFIX[self.take()]
        fraction = node("mfrac", group(spaced(over, self.tight)), group(self.row(ends)), **thick)
        return fenced(left, [fraction], right)

    def styled(self, ends: frozenset[str]) -> Element:
        """The rest of a group in the style that a command sets."""
        display = _STYLES[self.take()]
        return node("mstyle", *self.row(ends), displaystyle=display, scriptlevel="0")

    def lines(self, display: bool) -> list[Element]:
        """A whole formula: several lines when `\\\\` parts them, in a display only."""
        first = self.row()
        if self.peek() != r"\\":
            return first
        rows = [[group(first)]]
        while self.peek() == r"\\":
            start = self.at
            self.take()
            self.match(_ROW_GAP)
            rows.append([group(self.row())])
            if not display and not is_empty(rows[-1]):
                raise self.refuse(_STRAY[r"\\"], start)
        rows = _without_last_empty(rows)
        return [table(rows, _LINES)] if len(rows) > 1 else first

    def scripted(self, base: Atom) -> Atom:
        """An atom with the sub- and superscripts that follow it."""
        below: Element | None = None
        above: Element | None = None
        while (token := self.peek()) in _SCRIPTS:
            if token in _LIMIT_SWITCHES:
                base = replace(base, limits=_LIMIT_SWITCHES[self.take()])
            elif token == "'" and above is None:
                base = self.primed(base)
            elif token == "_" and below is None:
                below = self.script()
            elif token == "^" and above is None:
                above = self.script()
            else:
                raise self.refuse(
                    f"a second `{token}` on the same letter; put braces around the first"
                )
        return with_scripts(base, below, above)

    def script(self) -> Element:
        self.take()
        with self.inside(script=True):
            return self.argument("`_` or `^`")

    def primed(self, base: Atom) -> Atom:
        """Primes stand beside the letter: the font's sign is raised already."""
        self.take()
        return Atom("ord", node("mrow", base.element, leaf("mo", "′", **TIGHT)))

    def argument(self, owner: str) -> Element:
        """One token or a group in braces."""
        token = self.peek()
        if token == "{":
            return self.braced()
        if token in _ROW_ENDS or token in "^_":
            raise self.refuse(f"{owner} has no argument")
        if token.isdigit():
            return leaf("mn", self.digit(self.take()))
        return bare(self.atom().element)

    def braced(self) -> Element:
        self.take()
        with self.inside():
            row = self.row()
            self.expect("}", "a group")
        return bare(group(row))

    # atoms

    def atom(self) -> Atom:
        """The next thing, without its scripts."""
        start = self.at
        token = self.peek()
        if token in _ROW_ENDS:
            raise self.refuse("something is missing here")
        if token == "{":
            return Atom("ord", self.braced())
        if token in ("^", "_", "'"):
            return Atom("ord", Element("mrow"))
        if token.startswith("\\"):
            self.take()
            return self.command(token[1:], start)
        if token.isdigit() or (token == "." and _DIGITS.match(self.tex, self.at)):
            return self.number()
        return self.character(token)

    def number(self) -> Atom:
        found = self.match(_DIGITS)
        return Atom("ord", leaf("mn", "".join(map(self.digit, found.group() if found else ""))))

    def digit(self, char: str) -> str:
        if self.font in _UPRIGHT_DIGITS or char == ".":
            return char
        return symbols.in_alphabet(char, self.font) or char

    def character(self, char: str) -> Atom:
        start = self.at
        if self.font and (word := self.match(_WORD)):
            return self.word(word.group(), start)
        self.take()
        char = _SAME.get(char, char)
        if char == ":":
            return operator("rel", char, **_CLASS_SPACES["rel"])
        if char == "~":
            return self.space("nobreakspace")
        if char in _CHARACTERS:
            return operator(_CHARACTERS[char], _SIGNS.get(char, char))
        if char in _BY_CHARACTER:
            return self.command(_BY_CHARACTER[char], start)
        return self.letter(char, start)

    def letter(self, char: str, start: int) -> Atom:
        """A letter of any script; what is no letter is refused."""
        if not unicodedata.category(char).startswith("L"):
            raise self.refuse(f"the character `{char}` is not among those that can be set", start)
        if not char.isascii() and "GREEK" not in unicodedata.name(char, ""):
            return Atom("ord", leaf("mtext", char))
        return self.word(char, start) if self.font else Atom("ord", leaf("mi", char))

    def word(self, letters: str, start: int) -> Atom:
        """Letters in the alphabet that holds here, as one word."""
        if self.font == "italic":
            return Atom("ord", node("mrow", *(leaf("mi", letter) for letter in letters)))
        if self.font == "normal":
            upright = {"mathvariant": "normal"} if len(letters) == 1 else {}
            return Atom("ord", leaf("mi", letters, **upright))
        found = [symbols.in_alphabet(letter, self.font) for letter in letters]
        if None in found:
            raise self.refuse(f"there is no {self.font} `{letters[found.index(None)]}`", start)
        return Atom("ord", leaf("mi", "".join(filter(None, found))))

    # commands

    def command(self, name: str, start: int) -> Atom:
        for names, make in _TABLES:
            if name in names:
                return make(self, name)
        if name in _COMMANDS:
            return _COMMANDS[name](self, name)
        hint = near(name, _known()) if len(name) > 2 else ""
        raise self.refuse(f"`\\{name}` is not a command that can be rendered{hint}", start)

    def greek(self, name: str) -> Atom:
        return self.letter(symbols.LETTERS[name], self.at) if self.font else self.slanted(name)

    def slanted(self, name: str) -> Atom:
        return Atom("ord", leaf("mi", symbols.LETTERS[name]))

    def dots(self, name: str) -> Atom:
        """Dots: in the middle of the line before an operator, else on the base line."""
        token = self.peek()
        before = token[1:] if token.startswith("\\") else _BY_CHARACTER.get(token, token)
        middle = before in symbols.BINARY or before in symbols.RELATIONS or before in "+-*=<>"
        return self.upright("cdots" if token and middle else "ldots")

    def upright(self, name: str) -> Atom:
        char = symbols.UPRIGHT[name]
        if self.font and unicodedata.category(char) == "Lu":
            return self.word(char, self.at)
        return Atom("ord", leaf("mi", char, mathvariant="normal"))

    def large(self, name: str) -> Atom:
        return Atom("op", leaf("mo", symbols.LARGE[name]), "movable")

    def integral(self, name: str) -> Atom:
        return Atom("op", leaf("mo", symbols.INTEGRALS[name]))

    def function(self, name: str) -> Atom:
        return Atom("name", leaf("mi", name))

    def limit(self, name: str) -> Atom:
        return limit_name(symbols.LIMIT_NAMES.get(name, name))

    def space(self, name: str) -> Atom:
        return Atom("space", Element("mspace", width=symbols.SPACES[name]))

    def big(self, name: str) -> Atom:
        """A delimiter of a fixed size."""
        height = symbols.BIG[name]
        attributes = {"minsize": height, "maxsize": height, "stretchy": "true", **TIGHT}
        kind: Kind = _BIG_KINDS.get(name[-1], "ord")
        return Atom(kind, leaf("mo", self.delimiter(name), **attributes))

    def accent(self, name: str) -> Atom:
        base = self.argument(f"`\\{name}`")
        attributes = {"stretchy": "true" if name in symbols.STRETCHED else "false"}
        if name == "vec":
            attributes["style"] = "font-size:.6em"
        mark = leaf("mo", symbols.ACCENTS[name], **attributes)
        limits: Limits = "always" if name == "overbrace" else ""
        return Atom("ord", node("mover", base, mark, accent="true"), limits)

    def under(self, name: str) -> Atom:
        base = self.argument(f"`\\{name}`")
        mark = leaf("mo", symbols.UNDERS[name], stretchy="true")
        if name == "underline":
            return Atom("ord", node("munder", base, mark))
        return Atom("ord", node("munder", base, mark, accentunder="true"), "always")

    def arrow(self, name: str) -> Atom:
        """An arrow with a label above and, in brackets, one below."""
        below = self.optional()
        with self.inside(script=True):
            above = self.argument(f"`\\{name}`")
        labels = [label for label in (below, above) if label is not None]
        mark = leaf("mo", symbols.ARROWS[name], stretchy="false", **TIGHT)
        arrow = node("munderover" if below is not None else "mover", mark, *labels)
        return Atom("rel", node("mrow", *thick_spaces(arrow)))

    def optional(self) -> Element | None:
        """An argument in square brackets."""
        if self.peek() != "[":
            return None
        self.take()
        with self.inside(script=True):
            row = self.row(_ROW_ENDS | {"]"})
            self.expect("]", "an optional argument")
        return group(row)

    def alphabet(self, name: str) -> Atom:
        with self.inside():
            self.font = symbols.FONTS[name]
            return Atom("ord", self.argument(f"`\\{name}`"))

    def text(self, name: str) -> Atom:
        """Words, with formulas between dollars."""
        self.expect("{", f"`\\{name}`")
        parts: list[Element] = []
        while (char := self.tex[self.at : self.at + 1]) != "}":
            parts.append(self.inner_formula() if char == "$" else self.words(name))
        self.at += 1
        return Atom("ord", group(parts))

    def words(self, name: str) -> Element:
        words = ""
        while found := self.match(_TEXT):
            words += found.group()[-1]
        if not words:
            raise self.refuse(f"`\\{name}` may hold words only")
        style = symbols.TEXTS[name]
        attributes = {"style": style} if style else {}
        return leaf("mtext", re.sub(r"[\s~]+", "\u00a0", words.replace("'", "’")), **attributes)

    def inner_formula(self) -> Element:
        self.take()
        with self.inside():
            row = self.row(_ROW_ENDS | {"$"})
            self.expect("$", "a formula in words")
        return group(row)

    def operator_name(self, name: str) -> Atom:
        found = self.match(_OPERATOR_NAME)
        if not found:
            raise self.refuse("`\\operatorname` needs a name of letters in braces")
        starred, word = found.group(1), found.group(2).replace(r"\,", "\u2009")
        return limit_name(word) if starred else Atom("name", leaf("mi", word))

    def fraction(self, name: str) -> Atom:
        parts = self.argument(f"`\\{name}`"), self.argument(f"`\\{name}`")
        fraction = node("mfrac", *parts, **_FRACTIONS[name[-4:]])
        styled = fenced("(", [fraction], ")") if name.endswith("binom") else [fraction]
        if name[0] in "dtc" and name != "choose":
            display = "false" if name[0] == "t" else "true"
            styled = [node("mstyle", *styled, displaystyle=display, scriptlevel="0")]
        return Atom("inner", group(styled))

    def root(self, name: str) -> Atom:
        degree = self.optional()
        base = self.argument(f"`\\{name}`")
        return Atom("ord", node("msqrt", base) if degree is None else node("mroot", base, degree))

    def stacked(self, name: str) -> Atom:
        """Something small above or below a relation."""
        with self.inside(script=True):
            small = self.argument(f"`\\{name}`")
        base = self.argument(f"`\\{name}`")
        tag = "munder" if name == "underset" else "mover"
        stack = node(tag, base, small)
        if base.tag != "mo":
            return Atom("ord", stack)
        return Atom("rel", node("mrow", *thick_spaces(stack)))

    def negated(self, name: str) -> Atom:
        start = self.at
        atom = self.atom()
        if atom.element.text not in symbols.NEGATED:
            raise self.refuse("`\\not` is known before the usual relations only", start)
        return operator("rel", symbols.NEGATED[atom.element.text])

    def modulo(self, name: str) -> Atom:
        if name == "bmod":
            return Atom("bin", leaf("mo", "mod", lspace="0.2222em", rspace="0.2222em"))
        if name == "mod":
            return Atom("space", leaf("mo", "mod", lspace="0.6667em", rspace="0.3333em"))
        word = [leaf("mo", "mod", lspace="0", rspace="0.3333em"), self.argument("`\\pmod`")]
        space = Element("mspace", width="0.6667em")
        return Atom("ord", node("mrow", space, *fenced("(", word, ")")))

    def classed(self, name: str) -> Atom:
        """`\\mathrel{+}`: the argument, spaced as a relation, a binary operator, …"""
        element = self.argument(f"`\\{name}`")
        kind = _CLASSES[name]
        if element.tag == "mo":
            return operator(kind, element.text or "", **_CLASS_SPACES.get(kind, {}))
        return Atom(kind, element)

    def phantom(self, name: str) -> Atom:
        return Atom("ord", node("mphantom", self.argument("`\\phantom`")))

    def boxed(self, name: str) -> Atom:
        box = "border:1px solid;padding:0.3em"
        return Atom("ord", node("mrow", self.argument("`\\boxed`"), style=box))

    # delimiters and environments

    def delimiter(self, owner: str) -> str:
        """The character of a delimiter; empty for `.`."""
        self.peek()
        start = self.at
        token = self.take()
        if token == ".":
            return ""
        if token in _BARE_DELIMITERS:
            return token
        if token[:1] == "\\" and token[1:] in symbols.DELIMITERS:
            return symbols.DELIMITERS[token[1:]]
        raise self.refuse(f"`\\{owner}` needs a delimiter, not `{token}`", start)

    def left(self, name: str) -> Atom:
        """`\\left` … `\\right`: the delimiters grow with what they hold."""
        opening = self.delimiter(name)
        with self.inside():
            parts = self.row()
            while self.peek() == r"\middle":
                self.take()
                parts.append(leaf("mo", self.delimiter("middle"), stretchy="true", **_MIDDLE))
                parts += self.row()
            self.expect(r"\right", r"`\left`")
        return Atom("inner", node("mrow", *fenced(opening, parts, self.delimiter("right"))))

    def environment(self, name: str) -> Atom:
        start = self.at
        found = self.match(_NAME)
        kind = found.group(1) if found else ""
        if kind not in ENVIRONMENTS:
            hint = near(kind, ENVIRONMENTS)
            raise self.refuse(f"environment `{kind}` is not known{hint}", start)
        layout = self.columns() if kind == "array" else ENVIRONMENTS[kind]
        rows = self.rows(layout)
        self.expect(r"\end", f"environment `{kind}`")
        closed = self.match(_NAME)
        if not closed or closed.group(1) != kind:
            raise self.refuse(f"environment `{kind}` is not closed by its own `\\end`")
        parts = fenced(layout.open, [table(rows, layout)], layout.close)
        return Atom("inner", group(parts))

    def columns(self) -> Layout:
        found = self.match(_COLUMNS)
        if not found:
            raise self.refuse("an array's columns are letters `l`, `c`, `r` without rules")
        align = "".join(found.group(1).split())
        return Layout(align, columns=len(align))

    def rows(self, layout: Layout) -> list[list[Element]]:
        """Cells up to the end of the environment; a last empty row is dropped."""
        rows = [[self.cell()]]
        while (token := self.peek()) in ("&", r"\\"):
            self.take()
            if token == "&":
                rows[-1].append(self.cell())
                continue
            self.match(_ROW_GAP)
            rows.append([self.cell()])
        if layout.columns is not None and max(map(len, rows)) > layout.columns:
            raise self.refuse(f"more than {layout.columns} columns in a row")
        return _without_last_empty(rows)

    def cell(self) -> Element:
        with self.inside():
            return group(self.row())

    def substack(self, name: str) -> Atom:
        self.expect("{", "`\\substack`")
        with self.inside():
            rows = self.rows(replace(_LINES, display=False))
            self.expect("}", "`\\substack`")
        return Atom("ord", table(rows, replace(_LINES, display=False)))


def _without_last_empty(rows: list[list[Element]]) -> list[list[Element]]:
    """`\\\\` at the end of the last row begins no row."""
    return rows[:-1] if len(rows) > 1 and is_empty(rows[-1]) else rows


def _known() -> list[str]:
    return [*_COMMANDS, *(name for names, _ in _TABLES for name in names)]


_MIDDLE = {"lspace": "0.05em", "rspace": "0.05em"}
_UPRIGHT_DIGITS = frozenset({"", "normal", "italic", "script", "fraktur"})
_STRAY = {
    "&": "`&` stands outside an environment",
    r"\\": r"`\\` parts lines in a display only",
    "}": "`}` closes nothing",
    r"\right": r"`\right` without `\left`",
    r"\end": r"`\end` without `\begin`",
}
_SCRIPTS = frozenset({"^", "_", "'", r"\limits", r"\nolimits"})
_LIMIT_SWITCHES: dict[str, Limits] = {r"\limits": "always", r"\nolimits": ""}
_STYLES = {r"\displaystyle": "true", r"\textstyle": "false"}
_INFIX: dict[str, tuple[dict[str, str], str, str]] = {
    r"\over": ({}, "", ""),
    r"\choose": ({"linethickness": "0"}, "(", ")"),
}
_FRACTIONS: dict[str, dict[str, str]] = {"frac": {}, "inom": {"linethickness": "0"}}
_SAME = {"−": "-", "·": "⋅", "\u00a0": "~"}
"""Characters that people type for another."""
_BIG_KINDS: dict[str, Kind] = {"l": "open", "r": "close", "m": "rel"}
_BARE_DELIMITERS = frozenset("()[]|/<>⟨⟩⌊⌋⌈⌉‖")
_CHARACTERS: dict[str, Kind] = {
    **dict.fromkeys("+-*", "bin"),
    **dict.fromkeys("=<>:", "rel"),
    **dict.fromkeys("([", "open"),
    **dict.fromkeys(")]!?", "close"),
    **dict.fromkeys(",;", "punct"),
    **dict.fromkeys("/|@.", "ord"),
}
_SIGNS = {"-": "−", "*": "∗"}
_CLASSES: dict[str, Kind] = {
    "mathord": "ord",
    "mathbin": "bin",
    "mathrel": "rel",
    "mathopen": "open",
    "mathclose": "close",
    "mathpunct": "punct",
}
_CLASS_SPACES = {
    "bin": {"lspace": "0.2222em", "rspace": "0.2222em"},
    "rel": {"lspace": "0.2778em", "rspace": "0.2778em"},
    "punct": {"lspace": "0", "rspace": "0.1667em"},
    "colon": {"lspace": "0", "rspace": "0.1667em"},
}

_Make = Callable[[_Reader, str], Atom]


def _signs(kind: Kind, signs: dict[str, str]) -> tuple[dict[str, str], _Make]:
    return signs, lambda _, name: operator(kind, signs[name], **_CLASS_SPACES.get(name, {}))


_TABLES: tuple[tuple[Iterable[str], _Make], ...] = (
    (symbols.LETTERS, _Reader.greek),
    (symbols.UPRIGHT, _Reader.upright),
    _signs("bin", symbols.BINARY),
    _signs("rel", symbols.RELATIONS),
    _signs("open", symbols.OPENING),
    _signs("close", symbols.CLOSING),
    _signs("punct", symbols.PUNCTUATION),
    _signs("ord", symbols.BARS),
    (symbols.LARGE, _Reader.large),
    (symbols.INTEGRALS, _Reader.integral),
    (symbols.FUNCTIONS, _Reader.function),
    (symbols.LIMITS, _Reader.limit),
    (symbols.SPACES, _Reader.space),
    (symbols.BIG, _Reader.big),
    (symbols.ACCENTS, _Reader.accent),
    (symbols.UNDERS, _Reader.under),
    (symbols.ARROWS, _Reader.arrow),
    (symbols.FONTS, _Reader.alphabet),
    (symbols.TEXTS, _Reader.text),
)

_COMMANDS: dict[str, _Make] = {
    "frac": _Reader.fraction,
    "dfrac": _Reader.fraction,
    "tfrac": _Reader.fraction,
    "cfrac": _Reader.fraction,
    "binom": _Reader.fraction,
    "dbinom": _Reader.fraction,
    "tbinom": _Reader.fraction,
    "sqrt": _Reader.root,
    "overset": _Reader.stacked,
    "underset": _Reader.stacked,
    "stackrel": _Reader.stacked,
    "not": _Reader.negated,
    "operatorname": _Reader.operator_name,
    "bmod": _Reader.modulo,
    "pmod": _Reader.modulo,
    "mod": _Reader.modulo,
    "dots": _Reader.dots,
    **dict.fromkeys(_CLASSES, _Reader.classed),
    "phantom": _Reader.phantom,
    "boxed": _Reader.boxed,
    "left": _Reader.left,
    "begin": _Reader.environment,
    "substack": _Reader.substack,
}

_BY_CHARACTER = {
    char: name
    for table in (
        symbols.LETTERS,
        symbols.UPRIGHT,
        symbols.BINARY,
        symbols.RELATIONS,
        symbols.OPENING,
        symbols.CLOSING,
        symbols.LARGE,
        symbols.INTEGRALS,
    )
    for name, char in table.items()
    if not char.isascii()
}
