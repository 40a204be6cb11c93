"""Where JavaScript ends in MDX: the brace that closes an expression, the line that ends a module.

Not a grammar: a reader of tokens that knows brackets, strings, templates, comments, regular
expressions and JSX. It is patient with what is no JavaScript, so that a bad expression still has
an end, and reads every text once, from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

NAME = r"(?:[^\W\d]|\$)[\w$\u200c\u200d]*+"
"""An identifier, near enough: `\\w` knows the letters of all scripts."""
SPACE = r"[\s\ufeff]"

_COMMENT = r"//[^\n\r\u2028\u2029]*+|/\*(?:[^*]++|\*(?!/))*+\*/"
_TOKEN = re.compile(
    rf"""
    (?P<space>{SPACE}++)
  | (?P<comment>{_COMMENT})
  | (?P<unclosed>/\*)
  | (?P<operand>"(?:[^"\\\n\r]++|\\(?:\r\n|[\s\S]))*+" | '(?:[^'\\\n\r]++|\\(?:\r\n|[\s\S]))*+'
        | \.?\d[\w.]*+ | (?:\?\.|\.(?!\.)){SPACE}*+\#?{NAME})
  | (?P<name>{NAME})
  | (?P<template>`)
  | (?P<open>[({{\[])
  | (?P<close>[)}}\]])
  | (?P<step>\+\+|--)
  | (?P<less><)
  | (?P<slash>/)
  | (?P<other>=>|[\s\S])
    """,
    re.VERBOSE,
)
_REGEX = re.compile(
    r"/(?![*/])(?:[^\\/\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r]){0,300}+\]){1,300}+/[\w$]*+"
)
"""A regular expression; of bounded length, so that a line of slashes costs no square of time."""
_TEMPLATE = re.compile(r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+(`|\$\{|\Z)")
_BLANK_LINE = re.compile(r"(?>\r\n|\n|\r)[ \t]*+(?=[\r\n]|\Z)")
_BEFORE_OPERAND = frozenset(
    re.findall(
        r"\w+",
        "typeof void delete await new return case do else in of instanceof yield throw extends "
        "import export default const let var from as with async function class",
    )
)
"""Words after which a statement is not complete, and a slash begins a regular expression."""

_TAG_START = re.compile(rf"<(?={SPACE}*+(?:{NAME}|>))")
_TAG_PART = re.compile(
    rf"""
    (?P<skip>[^<>{{}}"'/]++ | {_COMMENT} | "[^"]*+" | '[^']*+')
  | (?P<done>/{SPACE}*+>)
  | (?P<inner>>)
  | (?P<brace>\{{)
  | (?P<element><)
  | (?P<broken>\}})
  | (?P<other>[\s\S])
    """,
    re.VERBOSE,
)
_CHILD = re.compile(
    rf"""
    (?P<skip>[^{{}}<]++)
  | (?P<brace>\{{)
  | (?P<done><{SPACE}*+/[^<>{{}}]*+>)
  | (?P<element><)
  | (?P<broken>\}})
    """,
    re.VERBOSE,
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def expression_end(text: str, start: int) -> int:
    """Position after the `}` that closes the `{` before `start`, or -1."""
    return _Reader(text, start, "{").run()


def module_end(text: str, start: int) -> int:
    """Where `import` and `export` statements end: before a blank line or at the end, or -1."""
    return _Reader(text, start, "module").run()


@dataclass(slots=True)
class _Frame:
    """An open bracket, template, tag or element."""

    kind: str
    """`(`, `[`, `{`, `` ` `` template, `<` tag, `>` children of an element, `module`."""
    value_before: bool = False
    """It followed a value, so a `{` is a body and no object."""


class _Reader:
    """One pass over the text; `value` says that an operand is complete."""

    def __init__(self, text: str, start: int, kind: str) -> None:
        self.text = text
        self.pos = start
        self.end = -1
        self.stack = [_Frame(kind)]
        self.value = False
        self.last = ""
        self.new_line = True
        self.source_due = False

    def run(self) -> int:
        """Read until the first frame is closed; -1 when it is not."""
        while self.stack and self.pos < len(self.text):
            _STEPS.get(self.stack[-1].kind, _Reader.code)(self)
        if self.stack and self.stack[0].kind == "module" and self._is_complete():
            return len(self.text)
        return -1 if self.stack else self.pos

    def code(self) -> None:
        match = _TOKEN.match(self.text, self.pos)
        kind, token = (match.lastgroup or "", match[0]) if match else ("", "")
        start = self.pos
        self.pos += len(token)
        _TOKENS[kind](self, token)
        if kind not in ("space", "comment"):
            self.last = self.text[start : self.pos] if kind == "operand" else token
            self.new_line = False

    def space(self, token: str) -> None:
        if self.stack[-1].kind == "module" and ("\n" in token or "\r" in token):
            self.new_line = True
            start = self.pos - len(token)
            blank = _BLANK_LINE.search(self.text, start, min(self.pos + 1, len(self.text)))
            if blank and self._is_complete():
                self.pos = blank.start()
                self.stack.clear()

    def comment(self, token: str) -> None:
        """Nothing to do."""

    def unclosed(self, token: str) -> None:
        self.pos = len(self.text)
        self.value = False

    def operand(self, token: str) -> None:
        self.value = True

    def name(self, token: str) -> None:
        if self.new_line and len(self.stack) == 1 and self._is_complete():
            self.source_due = token == "import"
        self.value = token not in _BEFORE_OPERAND

    def template(self, token: str) -> None:
        self.stack.append(_Frame("`"))

    def open(self, token: str) -> None:
        self.stack.append(_Frame(token, self.value))
        self.value = False

    def close(self, token: str) -> None:
        """Close the bracket; a brace closes what was left open in it too."""
        if token == "}":
            while self.stack[-1].kind in "([":
                self.stack.pop()
        frame = self.stack[-1]
        if frame.kind != _CLOSERS[token]:
            return
        self.stack.pop()
        self.value = not (token == "}" and frame.value_before)

    def step(self, token: str) -> None:
        """`++` and `--` stand before or after a value."""

    def other(self, token: str) -> None:
        self.value = False

    def less(self, token: str) -> None:
        """An operator after a value, else the start of an element."""
        if not self.value and _TAG_START.match(self.text, self.pos - 1):
            self.stack.append(_Frame("<"))
        self.value = False

    def slash(self, token: str) -> None:
        """Division after a value, else a regular expression."""
        match = None if self.value else _REGEX.match(self.text, self.pos - 1)
        if match:
            self.pos = match.end()
        self.value = match is not None

    def _is_complete(self) -> bool:
        """Whether the statements of a module can end here."""
        if len(self.stack) > 1:
            return False
        if self.source_due and self.last[:1] not in ('"', "'"):
            return self.last == ";"
        return self.value or self.last in ("", ";", "}")

    def in_template(self) -> None:
        match = _TEMPLATE.match(self.text, self.pos)
        self.pos = match.end() if match else len(self.text)
        if match and match[1] == "`":
            self.stack.pop()
            self.value, self.last = True, "`"
        elif match and match[1]:
            self._enter_braces()

    def in_tag(self) -> None:
        """Names, values and braces up to `>` or `/>`."""
        kind = self._part(_TAG_PART)
        if kind == "inner":
            self.stack[-1].kind = ">"

    def in_children(self) -> None:
        """Text, braces and elements up to the closing tag."""
        self._part(_CHILD)

    def _part(self, pattern: re.Pattern[str]) -> str | None:
        match = pattern.match(self.text, self.pos)
        kind = match.lastgroup if match else None
        self.pos = match.end() if match else len(self.text)
        if kind == "element":
            self.stack.append(_Frame("<"))
        elif kind == "brace":
            self._enter_braces()
        elif kind == "done":
            self.stack.pop()
            self.value, self.last = True, ">"
        elif kind == "broken":
            self._leave_elements()
        return kind

    def _leave_elements(self) -> None:
        """A `}` in the midst of tags closes the brace around them."""
        while self.stack and self.stack[-1].kind in "<>":
            self.stack.pop()
        if self.stack:
            self.close("}")

    def _enter_braces(self) -> None:
        self.stack.append(_Frame("{"))
        self.value, self.last = False, "{"


_Step = Callable[[_Reader], None]
_STEPS: Mapping[str, _Step] = {
    "`": _Reader.in_template,
    "<": _Reader.in_tag,
    ">": _Reader.in_children,
}
_TOKENS: Mapping[str, Callable[[_Reader, str], None]] = {
    "space": _Reader.space,
    "comment": _Reader.comment,
    "unclosed": _Reader.unclosed,
    "operand": _Reader.operand,
    "name": _Reader.name,
    "template": _Reader.template,
    "open": _Reader.open,
    "close": _Reader.close,
    "step": _Reader.step,
    "less": _Reader.less,
    "slash": _Reader.slash,
    "other": _Reader.other,
}
