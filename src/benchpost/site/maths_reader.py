"""The grammar of a formula: rows of atoms, their scripts, groups, delimiters and cells.

Each atom keeps TeX's class (ordinary, binary, relation, …), because MathML's own guess of
a minus sign's form and of the space around `log` is not TeX's. What a command means is not known
here: the reader is given a table of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias
from xml.etree.ElementTree import Element

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
    node,
    operator,
    spaced,
    table,
    with_scripts,
)
from benchpost.site.maths_scan import Scanner

_DIGITS = re.compile(r"\d+(?:\.\d+)?|\.\d+")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_ROW_GAP = re.compile(r"\s*\[\s*-?\d*\.?\d+\s*(?:pt|em|ex|mm|cm)\s*\]")
_DEEPEST = 60

ROW_ENDS = frozenset({"", "}", "&", r"\\", r"\end", r"\right", r"\middle"})
"""Tokens that no row goes over; the empty one is the end of the text."""

LINES = Layout("c", display=True, columns=1)
"""Lines one under the other."""

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
_UPRIGHT_DIGITS = frozenset({"", "normal", "italic", "script", "fraktur"})
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
_SAME = {"−": "-", "·": "⋅", "\u00a0": "~"}
"""Characters that people type for another."""

Command: TypeAlias = Callable[["Reader", str], Atom]
"""What a command does: it is given the reader behind its name, and the name."""


class Reader(Scanner):
    """Reads a formula; `font` and `tight` hold until their group ends."""

    def __init__(self, tex: str, commands: Mapping[str, Command]) -> None:
        super().__init__(tex)
        self.commands = commands
        self.font = ""
        self.tight = False
        self.depth = 0

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

    def row(self, ends: frozenset[str] = ROW_ENDS) -> list[Element]:
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
        return [table(rows, LINES)] if len(rows) > 1 else first

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
        if token in ROW_ENDS or token in "^_":
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

    def optional(self) -> Element | None:
        """An argument in square brackets."""
        if self.peek() != "[":
            return None
        self.take()
        with self.inside(script=True):
            row = self.row(ROW_ENDS | {"]"})
            self.expect("]", "an optional argument")
        return group(row)

    def atom(self) -> Atom:
        """The next thing, without its scripts."""
        start = self.at
        token = self.peek()
        if token in ROW_ENDS:
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
            return operator("rel", char, **symbols.CLASS_SPACES["rel"])
        if char == "~":
            return self.command("nobreakspace", start)
        if char in _CHARACTERS:
            return operator(_CHARACTERS[char], _SIGNS.get(char, char))
        if char in symbols.BY_CHARACTER:
            return self.command(symbols.BY_CHARACTER[char], start)
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

    def command(self, name: str, start: int) -> Atom:
        if name in self.commands:
            return self.commands[name](self, name)
        hint = near(name, self.commands) if len(name) > 2 else ""
        raise self.refuse(f"`\\{name}` is not a command that can be rendered{hint}", start)

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


def _without_last_empty(rows: list[list[Element]]) -> list[list[Element]]:
    """`\\\\` at the end of the last row begins no row."""
    return rows[:-1] if len(rows) > 1 and is_empty(rows[-1]) else rows
