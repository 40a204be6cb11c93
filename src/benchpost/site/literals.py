"""What a JavaScript expression says when it is a literal; all else needs JavaScript itself."""

from __future__ import annotations

import re

Literal = str | float | int | bool | None | list["Literal"] | dict[str, "Literal"]

_TOKEN = re.compile(
    r"""(?P<space>\s+|/\*.*?\*/|//[^\n]*)
      | (?P<string>"(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\$]|\$(?!\{))*`)
      | (?P<number>-?(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+))
      | (?P<name>[A-Za-z_$][\w$]*)
      | (?P<mark>[][{},:+()])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_NAMES: dict[str, Literal] = {"true": True, "false": False, "null": None, "undefined": None}


class NotLiteral(Exception):
    """The expression needs a JavaScript engine."""


def is_comment(source: str) -> bool:
    """Nothing but comments and spaces, so that nothing is shown."""
    return not re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL).strip()


def evaluate(source: str) -> Literal:
    """The value of a literal: strings (also joined by `+`), numbers, arrays, objects."""
    tokens = _tokens(source)
    try:
        value = _value(tokens)
    except RecursionError as error:
        raise NotLiteral(source) from error
    if tokens:
        raise NotLiteral(source)
    return value


def evaluated(source: str, default: Literal = None) -> Literal:
    """As `evaluate`, with `default` for what is not a literal."""
    try:
        return evaluate(source)
    except NotLiteral:
        return default


def _tokens(source: str) -> list[tuple[str, str]]:
    """(kind, text) of each token, the last first, so that reading pops."""
    tokens, position = [], 0
    while position < len(source):
        match = _TOKEN.match(source, position)
        if not match:
            raise NotLiteral(source)
        if match.lastgroup and match.lastgroup != "space":
            tokens.append((match.lastgroup, match[0]))
        position = match.end()
    return tokens[::-1]


def _value(tokens: list[tuple[str, str]]) -> Literal:
    value = _operand(tokens)
    while tokens and tokens[-1][1] == "+":
        tokens.pop()
        more = _operand(tokens)
        if not isinstance(value, str) or not isinstance(more, str):
            raise NotLiteral("+")
        value += more
    return value


def _operand(tokens: list[tuple[str, str]]) -> Literal:
    kind, text = tokens.pop() if tokens else ("end", "")
    if kind == "string":
        return _ESCAPE.sub(_unescaped, text[1:-1])
    if kind == "number":
        return (
            int(text, 0) if re.fullmatch(r"-?(0[xX][0-9a-fA-F]+|[1-9]\d*|0)", text) else float(text)
        )
    if kind == "name" and text in _NAMES:
        return _NAMES[text]
    if text == "[":
        return _array(tokens)
    if text == "{":
        return _object(tokens)
    if text == "(":
        value = _value(tokens)
        _expect(tokens, ")")
        return value
    raise NotLiteral(text)


def _array(tokens: list[tuple[str, str]]) -> list[Literal]:
    items: list[Literal] = []
    while not _taken(tokens, "]"):
        items.append(_value(tokens))
        if not _taken(tokens, ","):
            _expect(tokens, "]")
            break
    return items


def _object(tokens: list[tuple[str, str]]) -> dict[str, Literal]:
    items: dict[str, Literal] = {}
    while not _taken(tokens, "}"):
        kind, text = tokens.pop() if tokens else ("end", "")
        if kind not in ("name", "string", "number"):
            raise NotLiteral(text)
        _expect(tokens, ":")
        items[text[1:-1] if kind == "string" else text] = _value(tokens)
        if not _taken(tokens, ","):
            _expect(tokens, "}")
            break
    return items


def _taken(tokens: list[tuple[str, str]], mark: str) -> bool:
    found = bool(tokens) and tokens[-1] == ("mark", mark)
    if found:
        tokens.pop()
    return found


def _expect(tokens: list[tuple[str, str]], mark: str) -> None:
    if not _taken(tokens, mark):
        raise NotLiteral(mark)


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] in "ux" and len(escape) > 1:
        return chr(min(int(escape[1:].strip("{}"), 16), 0x10FFFF))
    return _ESCAPED.get(escape, escape)
