"""JSX inside JavaScript, read character by character: its text and names are not JavaScript's."""

from __future__ import annotations

import re

from benchpost.post.javascript_tokens import NAME, SPACE, JavaScriptError, Tokens

_WORD = rf"{NAME}(?:-[\w$-]*)?"
JSX_NAME = re.compile(rf"{_WORD}(?:\s*:\s*{_WORD}|(?:\s*\.\s*{_WORD})*)")
JSX_TEXT = re.compile(r"[^<>{}]*")
JSX_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


class Elements(Tokens):
    """Reads elements; what stands in their braces comes with the expressions."""

    def expression(self) -> object:
        """What stands in braces; it comes with the grammar of expressions."""
        raise NotImplementedError

    def value(self) -> object:
        """An expression without commas."""
        raise NotImplementedError

    def element(self) -> None:
        """Go past the element that begins at the token `<`."""
        self.go_to(self.jsx_element(self.start))
        if self.at("<"):
            raise JavaScriptError("adjacent elements need one around them", self.start)

    def jsx_element(self, at: int) -> int:
        """The element whose `<` is at `at`; the offset after it."""
        name, at = self.jsx_name(self.spaced(at + 1))
        at, closed = self.jsx_attributes(at, bool(name))
        if closed:
            return at
        closing_at, at = self.jsx_children(at)
        closing, at = self.jsx_name(at)
        if closing != name:
            message = f"`</{closing}>` does not close `<{name}>`"
            raise JavaScriptError(message, closing_at)
        at = self.spaced(at)
        if self.source[at : at + 1] != ">":
            raise self.jsx_unexpected(at, "`>`")
        return at + 1

    def spaced(self, at: int) -> int:
        """The offset after blanks and comments."""
        space = SPACE.match(self.source, at)
        return space.end() if space else at

    def jsx_unexpected(self, at: int, wanted: str) -> JavaScriptError:
        said = f"unexpected `{self.source[at]}`" if at < len(self.source) else "unexpected end"
        return JavaScriptError(f"{said}, expected {wanted}", at)

    def jsx_name(self, at: int) -> tuple[str, int]:
        """A tag's name, without blanks, and the offset after it; empty for a fragment."""
        match = JSX_NAME.match(self.source, at)
        if not match:
            return "", at
        return re.sub(r"\s", "", match[0]), match.end()

    def jsx_attributes(self, at: int, named: bool) -> tuple[int, bool]:
        """From after the name to after `>`, and whether the tag closes itself."""
        while True:
            at = self.spaced(at)
            character = self.source[at : at + 1]
            if character == ">":
                return at + 1, False
            if not named:
                raise self.jsx_unexpected(at, "`>`")
            if character == "/":
                at = self.spaced(at + 1)
                if self.source[at : at + 1] != ">":
                    raise self.jsx_unexpected(at, "`>`")
                return at + 1, True
            at = self.jsx_attribute(at, character)

    def jsx_attribute(self, at: int, character: str) -> int:
        if character == "{":
            self.go_to(at + 1)
            self.expect("...")
            self.value()
            return self.closing_brace()
        match = JSX_NAME.match(self.source, at)
        if not match or "." in match[0]:
            raise self.jsx_unexpected(at, "an attribute")
        after = self.spaced(match.end())
        if self.source[after : after + 1] != "=":
            return match.end()
        return self.jsx_value(self.spaced(after + 1))

    def jsx_value(self, at: int) -> int:
        string = JSX_STRING.match(self.source, at)
        if string:
            return string.end()
        if self.source[at : at + 1] == "{":
            self.go_to(at + 1)
            self.expression()
            return self.closing_brace()
        if self.source[at : at + 1] == "<":
            return self.jsx_element(at)
        raise self.jsx_unexpected(at, "a value")

    def closing_brace(self) -> int:
        if not self.at("}"):
            raise self.unexpected("`}`")
        return self.end

    def jsx_children(self, at: int) -> tuple[int, int]:
        """From after an opening tag: where the closing tag begins, and where its name does."""
        while True:
            text = JSX_TEXT.match(self.source, at)
            at = text.end() if text else at
            character = self.source[at : at + 1]
            if character == "<":
                after = self.spaced(at + 1)
                if self.source[after : after + 1] == "/":
                    return at, self.spaced(after + 1)
                at = self.jsx_element(at)
            elif character == "{":
                at = self.jsx_container(at + 1)
            else:
                raise self.jsx_unexpected(at, "a closing tag")

    def jsx_container(self, at: int) -> int:
        self.go_to(at)
        if not self.at("}"):
            self.expression()
        return self.closing_brace()
