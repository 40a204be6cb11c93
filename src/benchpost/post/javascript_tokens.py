"""JavaScript cut into tokens, one at a time: the grammar says where an operand may begin.

ECMAScript 2024, module code, as acorn 8 reads it for MDX 3.
"""

from __future__ import annotations

import re


class JavaScriptError(Exception):
    """Text that is not JavaScript. It never leaves `javascript_check`."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


_ESCAPED = r"\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]+\}"
NAME = rf"(?:[^\W\d]|\$|{_ESCAPED})(?:[\w$\u200c\u200d]|{_ESCAPED})*"
_DIGITS = r"[0-9](?:_?[0-9])*"
SPACE = re.compile(r"(?:[\s\ufeff]++|//[^\n\r\u2028\u2029]*+|/\*(?:[^*]++|\*(?!/))*+\*/)+")
LINE_END = re.compile(r"[\n\r\u2028\u2029]")
TOKEN = re.compile(
    rf"""(?P<name>{NAME})
      | (?P<private>\#{NAME})
      | (?P<number>
            0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*n? | 0[oO][0-7](?:_?[0-7])*n? | 0[bB][01](?:_?[01])*n?
          | (?:0|[1-9](?:_?[0-9])*)n
          | (?:(?:0|[1-9](?:_?[0-9])*)(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?)
      | (?P<string>"(?:[^"\\\n\r]++|\\(?:\r\n|[^0-9]|0(?![0-9])))*+"
          | '(?:[^'\\\n\r]++|\\(?:\r\n|[^0-9]|0(?![0-9])))*+')
      | (?P<punctuator>
            >>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?
          | \?\.(?![0-9])|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|<<|>>|\*\*
          | [{{}}()\[\];,<>+\-*/%&|^!~?:=.@`])""",
    re.VERBOSE,
)
BAD_ESCAPE = re.compile(
    r"\\(?:u(?!\{[0-9a-fA-F]{1,6}\}|[0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2})|[1-9]|0[0-9])"
)
ESCAPE = re.compile(r"\\.", re.DOTALL)
REGEX = re.compile(
    r"/(?![*/])(?:[^\\/\[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*+\])++/(?P<flags>[\w$]*)"
)
REGEX_PART = re.compile(
    r"(?P<open>\((?:\?(?:[:=!]|<[=!]|<\w+>))?)|(?P<close>\))|(?P<bar>[|^$]|\\[bB])"
    r"|(?P<repeat>(?:[*+?]|\{\d+(?:,\d*)?\})\??)|\\.|\[(?:[^\]\\]|\\.)*\]|."
)
TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)

END = "end"


class Tokens:
    """The token under the reading head, and the way on."""

    def __init__(self, source: str, at: int = 0) -> None:
        self.source = source
        self.kind = END
        """`name`, `private`, `number`, `string`, `punctuator`, `unknown` or `end`."""
        self.text = ""
        """The token's characters."""
        self.start = at
        """Where the token begins."""
        self.end = at
        """Where it ends."""
        self.last_end = at
        """Where the token before it ended."""
        self.fresh_line = False
        """A line end stands before the token."""
        self.advance()

    def advance(self) -> None:
        """Go to the next token. What is no token is of kind `unknown`: the grammar refuses it."""
        self.last_end = self.end
        space = SPACE.match(self.source, self.end)
        self.start = space.end() if space else self.end
        self.fresh_line = bool(space and LINE_END.search(space[0]))
        match = TOKEN.match(self.source, self.start)
        if match and match[0] == "/" and self.source.startswith("/*", self.start):
            raise JavaScriptError("comment is not closed", self.start)
        if match:
            self.kind, self.text, self.end = match.lastgroup or "", match[0], match.end()
            if self.kind == "number":
                self._number()
            return
        self.text = self.source[self.start : self.start + 1]
        self.kind = "unknown" if self.text else END
        self.end = self.start + len(self.text)

    def _number(self) -> None:
        following = self.source[self.end : self.end + 1]
        if following.isalnum() or (following and following in "_$\\"):
            raise JavaScriptError(f"{self.text + following!r} is not a number", self.start)

    def go_to(self, offset: int) -> None:
        """Go on reading at `offset`, as after a piece that is not made of tokens."""
        self.end = offset
        self.advance()

    def at(self, *values: str) -> bool:
        """The token is one of these words or punctuators."""
        return self.text in values and self.kind in ("name", "punctuator")

    def eat(self, value: str) -> bool:
        """Go past the token when it is `value`."""
        if self.at(value):
            self.advance()
            return True
        return False

    def expect(self, value: str) -> None:
        """Go past `value`, which must be the token."""
        if not self.eat(value):
            raise self.unexpected(f"`{value}`")

    def unexpected(self, wanted: str = "") -> JavaScriptError:
        """The error that says what stands here."""
        said = f"unexpected `{self.text[:20]}`" if self.kind != END else "unexpected end"
        return JavaScriptError(said + (f", expected {wanted}" if wanted else ""), self.start)

    def string(self) -> None:
        """Go past a string literal, whose escapes must be whole."""
        self.check_escapes(self.text, self.start)
        self.advance()

    def check_escapes(self, text: str, at: int) -> None:
        """Refuse `\\x4`, `\\u12` and octal escapes."""
        for escape in ESCAPE.finditer(text):
            if BAD_ESCAPE.match(text, escape.start()):
                raise JavaScriptError(f"`{escape[0]}` begins no escape", at + escape.start())

    def regular_expression(self) -> None:
        """Go past a regular expression that begins at the token `/` or `/=`."""
        match = REGEX.match(self.source, self.start)
        if not match:
            raise JavaScriptError("regular expression is not closed", self.start)
        self.check_regular_expression(match.start() + 1, match.start("flags") - 1)
        flags = match["flags"]
        if len(set(flags)) < len(flags) or not set(flags) <= set("dgimsuvy"):
            raise JavaScriptError(f"{flags!r} are not flags of a regular expression", match.end())
        self.go_to(match.end())

    def check_regular_expression(self, start: int, end: int) -> None:
        """Refuse parentheses without partners and repetition of nothing."""
        depth, repeatable = 0, False
        for part in REGEX_PART.finditer(self.source, start, end):
            if part["repeat"] and not repeatable:
                raise JavaScriptError("nothing to repeat in a regular expression", part.start())
            depth += bool(part["open"]) - bool(part["close"])
            if depth < 0:
                break
            repeatable = not (part["open"] or part["bar"] or part["repeat"])
        if depth:
            raise JavaScriptError("parentheses of a regular expression do not match", start - 1)
