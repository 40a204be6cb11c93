"""Reading a formula's text from left to right, token by token; `Refusal` says where it ends."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_IGNORED = re.compile(r"(?:\s|%[^\n]*(?:\n|\Z))+")


class Refusal(Exception):
    """This formula would not come out right; `message` says why and `offset` where."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Scanner:
    """A place in a formula."""

    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.at = 0

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
