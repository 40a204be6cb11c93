"""Shell text in simple commands, each word with the offset of every character.

Enough of a POSIX shell to know which words a program gets: quotes, escapes, comments, operators,
redirections, here-documents, continuations. Nothing is expanded; a word that would be is marked.
`<model>` in angle brackets is read as the placeholder that it is on pages, not as a redirection.
Never raises, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from benchpost.commands.script import Command, Comment, Fault, Script, Word

_BLANK = " \t\r"
_OPERATOR = re.compile(r"&&|\|\||;;|\|&|[;|&()\n]")
_REDIRECT = re.compile(r"\d*(?:<<<|<<-?|>>|>\||<&|>&|<>|<|>)|&>>?")
_PLACEHOLDER = re.compile(r"<[A-Za-z_][^<>|&;\n\"'`$]{0,80}>")
_HEREDOC = re.compile(r"(?<!<)<<(?P<tab>-?)[ \t]*(?P<q>['\"]?)(?P<word>[\w.-]+)(?P=q)")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_BROKEN = re.compile(r"\\([ \t]+)(?:#[^\n]*)?(?=\r?\n|\Z)")


def read(text: str) -> Script:
    """The commands, comments and faults of shell text."""
    return _Reader(text).run()


class _Reader:
    """One pass over the text; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.last = len(text.rstrip())
        """Offset after the last character that is no blank."""
        self.at = 0
        self.commands: list[Command] = []
        self.comments: list[Comment] = []
        self.faults: list[Fault] = []
        self.words: list[Word] = []
        self.after = ""
        self.heredocs: list[tuple[str, bool]] = []
        self.continued = False
        """The line began after a continuation."""
        self.ahead = (0, False)
        """Up to where a run of comments was looked through, and whether a flag follows it."""

    def run(self) -> Script:
        while self.at < len(self.text):
            self._step()
        self._finish("")
        return Script(tuple(self.commands), tuple(self.comments), tuple(self.faults))

    def _step(self) -> None:
        char = self.text[self.at]
        if char in _BLANK:
            self.at += 1
        elif char == "#":
            self._comment()
        elif not (self._continuation() or self._redirect() or self._operator()):
            self._word()

    def _continuation(self) -> bool:
        """A backslash at the end of a line, or one that was meant to be there."""
        for end in ("\\\n", "\\\r\n"):
            if self.text.startswith(end, self.at):
                self.at += len(end)
                self.continued = True
                return True
        if self.text[self.at :] == "\\":
            self.at += 1
            return True
        broken = _BROKEN.match(self.text, self.at)
        if broken is None:
            return False
        if broken.end() < self.last:
            # read on as it was meant, so that one slip hides no other
            self.faults.append(Fault("broken", self.at, broken.group()))
            self.continued = True
        hash_at = broken.group().find("#")
        if hash_at >= 0:
            said = Comment(broken.group()[hash_at + 1 :], self.at + hash_at)
            self.comments.append(said)
        newline = self.text.find("\n", broken.end())
        self.at = len(self.text) if newline < 0 else newline + 1
        return True

    def _comment(self) -> None:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        self.comments.append(Comment(self.text[self.at + 1 : end].rstrip(), self.at))
        if self.continued and self._line_has_only_this() and self._flag_follows(end):
            self.faults.append(Fault("comment", self.at, self.text[self.at : end].rstrip()))
            end += 1
        self.at = end

    def _line_has_only_this(self) -> bool:
        before = self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]
        return not before.strip()

    def _flag_follows(self, end: int) -> bool:
        """Whether the next line that is no comment goes on with a flag; looked up once a run."""
        if end >= self.ahead[0]:
            self.ahead = self._after_comments(end)
        return self.ahead[1]

    def _after_comments(self, end: int) -> tuple[int, bool]:
        """Where the next line that is no comment begins, and whether it begins with a flag."""
        start = end
        while end < self.last:
            start, end = end + 1, self.text.find("\n", end + 1)
            end = len(self.text) if end < 0 else end
            bare = self.text[start:end].strip()
            if bare and not bare.startswith("#"):
                return start, bool(re.match(r"--?[A-Za-z]", bare))
        return start, False

    def _operator(self) -> bool:
        match = _OPERATOR.match(self.text, self.at)
        if match is None:
            return False
        self._finish(match.group())
        self.at = match.end()
        if match.group() == "\n":
            self.continued = False
            self._skip_heredocs()
        return True

    def _finish(self, after: str) -> None:
        """The simple command is complete; the next one comes after `after`."""
        count = 0
        while count < len(self.words) and _ASSIGNMENT.match(self.words[count].text):
            count += 1
        if self.words:
            given, words = tuple(self.words[:count]), tuple(self.words[count:])
            self.commands.append(Command(given, words, self.words[0].start, self.after))
        if self.words or after != "\n" or self.after not in ("&&", "||", "|", "|&"):
            self.after = after
        self.words = []

    def _redirect(self) -> bool:
        """`> file`, `2>&1`, `<<EOF`: taken with what it points to."""
        if _PLACEHOLDER.match(self.text, self.at):
            return False
        match = _REDIRECT.match(self.text, self.at)
        if match is None:
            return False
        heredoc = _HEREDOC.search(match.group() + self.text[match.end() : match.end() + 80])
        if heredoc and match.group().endswith(("<<", "<<-")):
            self.heredocs.append((heredoc["word"], bool(heredoc["tab"])))
        self.at = match.end()
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1
        if self.at < len(self.text) and self.text[self.at] not in "\n;|&()#":
            kept, self.words = self.words, []
            self._word()
            self.words = kept
        return True

    def _skip_heredocs(self) -> None:
        for word, tabs in self.heredocs:
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end].rstrip("\r")
                self.at = end + 1
                if (line.lstrip("\t") if tabs else line) == word:
                    break
        self.heredocs = []

    def _word(self) -> None:
        start = self.at
        pieces = list(self._pieces())
        text = "".join(char for char, _, _ in pieces)
        places = tuple(place for _, place, _ in pieces)
        plain = not any(expands for _, _, expands in pieces)
        self.words.append(Word(text, places, start, self.at, plain))

    def _pieces(self) -> Iterator[tuple[str, int, bool]]:
        """Characters of the word that begins here, with their offsets, whether they expand."""
        begun = self.at
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in _BLANK or (char in "\n;|&()<>" and not self._hole()):
                return
            if char == "\\" and self._ends_at_backslash():
                return
            if char in SPECIAL:
                yield from SPECIAL[char](self)
            elif char in "“”‘’–—" and self._is_typographic(begun):
                self.faults.append(Fault("typographic", self.at, char))
                yield from self._taken(1)
            else:
                hole = self._hole()
                yield from self._taken(hole or 1, expands=bool(hole))

    def _hole(self) -> int:
        """Length of a placeholder that begins here."""
        match = _PLACEHOLDER.match(self.text, self.at)
        return len(match.group()) if match else 0

    def _taken(self, count: int, *, expands: bool = False) -> Iterator[tuple[str, int, bool]]:
        for at in range(self.at, min(self.at + count, len(self.text))):
            yield self.text[at], at, expands
        self.at += count

    def _ends_at_backslash(self) -> bool:
        rest = self.text[self.at : self.at + 3]
        is_end = rest == "\\" or rest.startswith(("\\\n", "\\\r\n"))
        return is_end or bool(_BROKEN.match(self.text, self.at))

    def _escaped(self) -> Iterator[tuple[str, int, bool]]:
        self.at += 1
        yield from self._taken(1)

    def _is_typographic(self, begun: int) -> bool:
        """A printed quote anywhere; a printed dash where a flag would begin."""
        if self.text[self.at] in "–—":
            following = self.text[self.at + 1 : self.at + 2]
            return self.at == begun and following.isalpha() and following.isascii()
        return True

    def _quoted(self) -> Iterator[tuple[str, int, bool]]:
        quote = self.text[self.at]
        end = self._closing(quote)
        if end < 0:
            self.faults.append(Fault("quote", self.at, quote))
            line = self.text.find("\n", self.at)
            self.at += 1
            yield from self._taken((len(self.text) if line < 0 else line) - self.at)
            return
        self.at += 1
        while self.at < end:
            char = self.text[self.at]
            if quote == '"' and char == "\\" and self.text[self.at + 1] in '$`"\\\n':
                self.at += 1 + (self.text[self.at + 1] == "\n")
                if self.at < end and self.text[self.at - 1] == "\\":
                    yield from self._taken(1)
            elif quote == '"' and char in "$`":
                yield from self._taken(1, expands=True)
            else:
                yield from self._taken(1)
        self.at = end + 1

    def _closing(self, quote: str) -> int:
        """Offset of the quote that closes the one here; -1 without one."""
        at = self.at + 1
        while at < len(self.text) and self.text[at] != quote:
            at += 2 if quote == '"' and self.text[at] == "\\" else 1
        return at if at < len(self.text) else -1

    def _expansion(self) -> Iterator[tuple[str, int, bool]]:
        """`$NAME`, `${…}`, `$(…)`, backquotes: kept as written."""
        yield from self._taken(self._expansion_end() - self.at, expands=True)

    def _expansion_end(self) -> int:
        text, at = self.text, self.at
        if text[at] == "`":
            end = text.find("`", at + 1)
            return end + 1 if end > 0 else at + 1
        if text[at + 1 : at + 2] in ("(", "{"):
            return self.closings.get(at + 1, at + 2)
        return at + 1

    @cached_property
    def closings(self) -> dict[int, int]:
        """Where brackets close, found once for all."""
        return _closings(self.text)


SPECIAL: Mapping[str, Callable[[_Reader], Iterator[tuple[str, int, bool]]]] = {
    "'": _Reader._quoted,
    '"': _Reader._quoted,
    "\\": _Reader._escaped,
    "$": _Reader._expansion,
    "`": _Reader._expansion,
}
"""How a word goes on at these characters."""


def _closings(text: str) -> dict[int, int]:
    """For each bracket that is closed, the offset after the one that closes it."""
    found: dict[int, int] = {}
    for opening, closing in ("()", "{}"):
        open_ones: list[int] = []
        for match in re.finditer(rf"[{re.escape(opening + closing)}]", text):
            if match.group() == opening:
                open_ones.append(match.start())
            elif open_ones:
                found[open_ones.pop()] = match.end()
    return found
