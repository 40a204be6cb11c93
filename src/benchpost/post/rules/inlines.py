"""The inline rules: prose read once, from left to right, into text, code, maths, links and tags.

markdown-it's own inline rules know no positions and look ahead for every bracket; these keep both
the offsets and the time within bounds.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate

from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.common.utils import normalizeReference

from benchpost.findings import Check
from benchpost.post import javascript
from benchpost.post.document import Dialect
from benchpost.post.escapes import PUNCTUATION, REFERENCE, character
from benchpost.post.jsx import NoTag, expression_value, read_tag, unindented
from benchpost.post.nodes import (
    Break,
    Delete,
    Emphasis,
    Fault,
    FootnoteDefinition,
    FootnoteReference,
    Heading,
    Html,
    Image,
    InlineCode,
    InlineMath,
    JsxText,
    Leaf,
    Link,
    Node,
    Strong,
    TableCell,
    Text,
    TextExpression,
)
from benchpost.post.prose import offset_of
from benchpost.post.rules.leftovers import addresses_in
from benchpost.post.rules.links import LONGEST, Target, read_target
from benchpost.post.rules.literals import Address, candidates, read_address
from benchpost.post.rules.spans import INSIDE, Item, Piece, Run, Span, read_run, resolve
from benchpost.post.rules.tags import TagNode, paired

_PLAIN = {
    Dialect.MDX: re.compile(r"[^\\`$*_~\[\]!&<{\n]++"),
    Dialect.MARKDOWN: re.compile(r"[^\\`$*_~\[\]!&<\n]++"),
}
_ESCAPE = re.compile(rf"\\([{PUNCTUATION}])")
_REFERENCE = re.compile(REFERENCE)
_FOOTNOTE = re.compile(r"\[\^((?:[^\s\[\]\\]|\\[\[\]\\]?){1,999})\]")
_PADDED = re.compile(r"(?: |\r\n|\r|\n)(.*?)(?: |\r\n|\r|\n)", re.DOTALL)
_CELL_PIPE = re.compile(r"\\[\\|]")
_INDENT = re.compile(r"[ \t]*+")
_AUTOLINK = re.compile(
    r"<(?:([A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\x00-\x20\x7f]*)"
    r"|([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*))>"
)


@dataclass(slots=True)
class Bracket:
    """A `[` or `![` that may begin a link or an image."""

    index: int
    """Of its piece among the items."""
    pos: int
    """Position after it."""
    image: bool
    active: bool = True
    """False once a link has been found after it: links hold no links."""


class Scanner:
    """One pass over the prose of a leaf."""

    def __init__(self, leaf: Leaf, text: str, dialect: Dialect) -> None:
        self.text = text
        self.prose = leaf.prose
        self.source = leaf.prose.source
        is_underlined = isinstance(leaf, Heading) and leaf.last > leaf.first
        self.line = leaf.last - len(leaf.prose.starts) + (not is_underlined)
        self.in_table = isinstance(leaf, TableCell)
        self.dialect = dialect
        self.pos = 0
        self.items: list[Item] = []
        self.brackets: list[Bracket] = []
        self.order: list[str] = []
        self.faults: list[Fault] = []
        self.effort = 3 * len(self.source) + 10_000  # characters that may be read in vain
        self.addresses = deque(candidates(self.source))
        self.fences: dict[str, dict[int, list[int]]] = {}
        self.has_addresses = bool(self.addresses)
        self.in_link = False

    # Places

    def place(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Offsets and lines of a range of the prose."""
        starts = self.prose.starts
        if len(starts) == 1:
            base = starts[0][1]
            return base + start, base + end, self.line, self.line
        last = max(start, end - 1)
        after = offset_of(self.prose, last) + end - last
        if self.text.startswith("\r\n", after - 1):
            after += 1
        return offset_of(self.prose, start), after, self._line(start), self._line(end)

    def _line(self, pos: int) -> int:
        return self.line + bisect_left(self.prose.starts, (pos, 1 << 62)) - 1

    def _line_end(self, pos: int) -> str:
        """The line end of the file that stands for the one in the prose."""
        offset = offset_of(self.prose, pos)
        return "\r\n" if self.text.startswith("\r\n", offset) else self.text[offset]

    def _value(self, start: int, end: int) -> str:
        """A piece of the prose with the line ends of the file."""
        value = self.source[start:end]
        at = value.find("\n")
        return value.replace("\n", self._line_end(start + at)) if at >= 0 else value

    # Reading

    def run(self) -> tuple[Node, ...]:
        plain, rules, size = _PLAIN[self.dialect], RULES[self.dialect], len(self.source)
        while self.pos < size:
            match = plain.match(self.source, self.pos, self._next_address(size))
            if match:
                self._add_plain(match.end())
                continue
            if self.addresses and self._address():
                continue
            rule = rules.get(self.source[self.pos])
            if rule is None or not rule(self):
                self._add_plain(self.pos + 1)
        self._take_spaces()
        return self.finish(resolve(self.items, self.order, self.make), "paragraph")

    def _next_address(self, size: int) -> int:
        while self.addresses and self.addresses[0] < self.pos:
            self.addresses.popleft()
        return self.addresses[0] if self.addresses else size

    def _add_plain(self, end: int) -> None:
        """Text as it stands."""
        self.items.append(Piece(self.pos, end, self.source[self.pos : end], plain=True))
        self.pos = end

    def add(self, item: Item, end: int) -> bool:
        self.items.append(item)
        self.pos = end
        return True

    def _take_spaces(self) -> str:
        """Spaces and tabs that end the plain text before `pos`, taken off it."""
        taken = ""
        while self.items and isinstance(last := self.items[-1], Piece) and last.plain:
            value = last.value.rstrip(" \t")
            spaces = last.value[len(value) :]
            taken = spaces + taken
            if not spaces:
                break
            self.items.pop()
            if value:
                self.items.append(Piece(last.start, last.end - len(spaces), value, plain=True))
                break
        return taken

    def _address(self) -> bool:
        if self.addresses[0] != self.pos or self.brackets:
            return False
        found = read_address(self.source, self.pos)
        if found is None:
            return False
        place = self.place(found.start, found.end)
        text = Text(*place, self.source[found.start : found.end])
        return self.add(Link(*place, (text,), found.url, None, automatic=True), found.end)

    # Rules

    def line_end(self) -> bool:
        """A hard break after two spaces, else a line end in the text; indents go."""
        spaces = self._take_spaces()
        end = self.pos + 1
        if len(spaces) > 1 and "\t" not in spaces:
            self.items.append(Break(*self.place(self.pos - len(spaces), end)))
        else:
            self.items.append(Piece(self.pos, end, self._line_end(self.pos)))
        return self._skip_indent(end)

    def _skip_indent(self, pos: int) -> bool:
        indent = _INDENT.match(self.source, pos)
        self.pos = indent.end() if indent else pos
        return True

    def backslash(self) -> bool:
        if self.source.startswith("\n", self.pos + 1):
            self.items.append(Break(*self.place(self.pos, self.pos + 2)))
            return self._skip_indent(self.pos + 2)
        match = _ESCAPE.match(self.source, self.pos)
        return match is not None and self.add(Piece(*match.span(), match[1]), match.end())

    def reference(self) -> bool:
        match = _REFERENCE.match(self.source, self.pos)
        if match is None:
            return False
        value = character(match[0])
        return value != match[0] and self.add(Piece(*match.span(), value), match.end())

    def code(self) -> bool:
        found = self._fenced("`")
        if found is None:
            return self._skip_fence("`")
        size, end = found
        value = _unpadded(self._value(self.pos + size, end - size))
        if self.in_table:
            value = _CELL_PIPE.sub(lambda match: "|" if match[0] == "\\|" else match[0], value)
        return self.add(InlineCode(*self.place(self.pos, end), value), end)

    def math(self) -> bool:
        found = self._fenced("$")
        if found is None:
            return self._skip_fence("$")
        size, end = found
        value = _unpadded(self._value(self.pos + size, end - size))
        return self.add(InlineMath(*self.place(self.pos, end), value, size), end)

    def _fenced(self, char: str) -> tuple[int, int] | None:
        """The size of the run at `pos`, and the end of the next run of that size."""
        fences = self.fences.get(char)
        if fences is None:
            fences = self.fences[char] = _runs(self.source, char)
        size = self._run_size(char)
        starts = fences.get(size, [])
        at = bisect_left(starts, self.pos + size)
        return (size, starts[at] + size) if at < len(starts) else None

    def _run_size(self, char: str) -> int:
        end = self.pos
        while self.source.startswith(char, end):
            end += 1
        return end - self.pos

    def _skip_fence(self, char: str) -> bool:
        self._add_plain(self.pos + self._run_size(char))
        return True

    def emphasis(self) -> bool:
        run = read_run(self.source, self.pos)
        if run.kind == "~" and run.count > 2:
            return self._skip_fence("~")
        if run.kind not in self.order:
            self.order.append(run.kind)
        return self.add(run, self.pos + run.count)

    def image_start(self) -> bool:
        return self.source.startswith("![", self.pos) and self._open(2)

    def bracket(self) -> bool:
        return self._footnote() or self._open(1)

    def _open(self, size: int) -> bool:
        pos = self.pos
        self.brackets.append(Bracket(len(self.items), pos + size, size == 2))
        return self.add(Piece(pos, pos + size, self.source[pos : pos + size]), pos + size)

    def _footnote(self) -> bool:
        if not self.source.startswith("[^", self.pos):
            return False
        match = _FOOTNOTE.match(self.source, self.pos)
        if match is None or not self._is_footnote(match[1]):
            return False
        node = FootnoteReference(*self.place(*match.span()), match[1])
        return self.add(node, match.end())

    def _is_footnote(self, label: str) -> bool:
        key = normalizeReference("^" + label)
        return isinstance(self.prose.defined.get(key), FootnoteDefinition)

    def bracket_end(self) -> bool:
        """A link or image, when what follows says so."""
        if not self.brackets:
            return False
        bracket = self.brackets.pop()
        target = self._target(bracket) if bracket.active else None
        if target is None:
            return bracket.active and self._image_footnote(bracket)
        start = bracket.pos - 1 - bracket.image
        children = self._take_label(bracket)
        place = self.place(start, target.end)
        if bracket.image:
            image = Image(*place, target.url, words_of(children), target.title, target.label)
            return self.add(image, target.end)
        for earlier in self.brackets:
            earlier.active = earlier.active and earlier.image
        link = Link(*place, children, target.url, target.title, target.label)
        return self.add(link, target.end)

    def _take_label(self, bracket: Bracket) -> tuple[Node, ...]:
        """The nodes after a bracket, taken off the items."""
        self.in_link = True
        inner = resolve(self.items[bracket.index + 1 :], INSIDE, self.make)
        del self.items[bracket.index :]
        children = self.finish(inner, "link")
        self.in_link = False
        return children

    def _target(self, bracket: Bracket) -> Target | None:
        if self.effort < 0:
            return None
        target = read_target(self.source, bracket.pos, self.pos, self.prose.defined)
        if target is None:
            self.effort -= 1
        return target

    def _image_footnote(self, bracket: Bracket) -> bool:
        """`![^a]`: an exclamation mark and a footnote."""
        label = self.source[bracket.pos : self.pos] if bracket.image else ""
        if not label.startswith("^") or len(label) > LONGEST or not self._is_footnote(label[1:]):
            return False
        del self.items[bracket.index :]
        self.items.append(Piece(bracket.pos - 2, bracket.pos - 1, "!"))
        end = self.pos + 1
        return self.add(FootnoteReference(*self.place(bracket.pos - 1, end), label[1:]), end)

    def expression(self) -> bool:
        end = javascript.expression_end(self.source, self.pos + 1) if self.effort > 0 else -1
        if end < 0:
            self.effort -= len(self.source) - self.pos
            self.fault(Check.M003, "`{` is not closed: write `\\{` for a brace in the text")
            return False
        value = expression_value(self._value(self.pos + 1, end - 1))
        return self.add(TextExpression(*self.place(self.pos, end), value), end)

    def tag(self) -> bool:
        found = read_tag(self.source, self.pos) if self.effort > 0 else NoTag(self.pos, "")
        if isinstance(found, NoTag):
            self.effort -= found.stop - self.pos
            if found.message:
                self.fault(Check.M005, found.message)
            return False
        return self.add(TagNode(*self.place(self.pos, found.end), found, JsxText), found.end)

    def html(self) -> bool:
        match = _AUTOLINK.match(self.source, self.pos)
        if match:
            place, url = self.place(*match.span()), match[1] or "mailto:" + match[2]
            text = Text(*self.place(match.start() + 1, match.end() - 1), match[1] or match[2])
            return self.add(Link(*place, (text,), url, None, automatic=True), match.end())
        found = HTML_TAG_RE.match(self.source, self.pos) if self.effort > 0 else None
        if found is None:
            # only these are looked for to the end of the prose
            is_long = self.source.startswith(("<!", "<?"), self.pos)
            self.effort -= len(self.source) - self.pos if is_long else 0
            return False
        value = unindented(self._value(*found.span()), 3)
        return self.add(Html(*self.place(*found.span()), value), found.end())

    def fault(self, check: Check, message: str) -> None:
        """Note something the compiler refuses at `pos`."""
        self.report(check, self.place(self.pos, self.pos + 1)[0], message)

    def report(self, check: Check, at: int, message: str) -> None:
        """Note something the compiler refuses."""
        self.faults.append(Fault(check, at, message))

    # Making nodes

    def make(self, span: Span) -> Node:
        """A span as a node."""
        return _SPANS[span.name](
            *self.place(span.start, span.end), self.finish(span.items, span.name)
        )

    def finish(self, items: list[Item], container: str) -> tuple[Node, ...]:
        """Items as nodes: neighbouring text joined, tags paired."""
        nodes: list[Node] = []
        pieces: list[Piece] = []
        for item in items:
            if isinstance(item, Run):
                item = Piece(item.pos, item.pos + item.count, item.char * item.count)
            if isinstance(item, Piece):
                pieces.append(item)
                continue
            self._flush(pieces, nodes)
            nodes.append(item)
        self._flush(pieces, nodes)
        return paired(nodes, container, self.report)

    def _flush(self, pieces: list[Piece], nodes: list[Node]) -> None:
        """Join pieces of text, and find the addresses in it."""
        if not pieces:
            return
        place = self.place(pieces[0].start, pieces[-1].end)
        text = Text(*place, "".join([piece.value for piece in pieces]))
        found = addresses_in(text.value) if self.has_addresses and not self.in_link else []
        nodes.extend(self._with_links(text.value, pieces, found) if found else [text])
        pieces.clear()

    def _with_links(self, value: str, pieces: list[Piece], found: list[Address]) -> Iterator[Node]:
        """Text with links where addresses were found."""
        starts = [0, *accumulate(len(piece.value) for piece in pieces)]
        done = 0
        for address in found:
            if address.start > done:
                yield self._part(value, pieces, starts, done, address.start)
            text = self._part(value, pieces, starts, address.start, address.end)
            place = (text.start, text.end, text.first, text.last)
            yield Link(*place, (text,), address.url, automatic=True)
            done = address.end
        if done < len(value):
            yield self._part(value, pieces, starts, done, len(value))

    def _part(
        self, value: str, pieces: list[Piece], starts: list[int], begin: int, end: int
    ) -> Text:
        """Part of a text made of pieces: those that stand for themselves are cut exactly."""
        head, tail = bisect_right(starts, begin) - 1, bisect_left(starts, end) - 1
        first, last = pieces[head], pieces[tail]
        start = first.start + (begin - starts[head] if first.plain else 0)
        after = last.start + end - starts[tail] if last.plain else last.end
        return Text(*self.place(start, after), value[begin:end])


def _runs(source: str, char: str) -> dict[int, list[int]]:
    """Starts of the runs of a character, by their length."""
    runs: dict[int, list[int]] = {}
    for match in re.finditer(re.escape(char) + "+", source):
        runs.setdefault(match.end() - match.start(), []).append(match.start())
    return runs


def _unpadded(value: str) -> str:
    """One space or line end goes from both sides, unless there is nothing else."""
    match = _PADDED.fullmatch(value)
    return match[1] if match and match[1].strip(" \r\n") else value


def words_of(nodes: tuple[Node, ...], *, expressions: bool = True) -> str:
    """The text of inlines, as for the `alt` of an image."""
    words: list[str] = []
    waiting = list(reversed(nodes))
    while waiting:
        node = waiting.pop()
        if expressions or not isinstance(node, TextExpression):
            words.append(getattr(node, "value", "") or getattr(node, "alt", ""))
        waiting.extend(reversed(getattr(node, "children", ())))
    return "".join(words)


Rule = Callable[[Scanner], bool]
_SPANS: Mapping[str, type[Emphasis | Strong | Delete]] = {
    "emphasis": Emphasis,
    "strong": Strong,
    "delete": Delete,
}
_COMMON: Mapping[str, Rule] = {
    "\n": Scanner.line_end,
    "\\": Scanner.backslash,
    "`": Scanner.code,
    "$": Scanner.math,
    "*": Scanner.emphasis,
    "_": Scanner.emphasis,
    "~": Scanner.emphasis,
    "!": Scanner.image_start,
    "[": Scanner.bracket,
    "]": Scanner.bracket_end,
    "&": Scanner.reference,
}
RULES: Mapping[Dialect, Mapping[str, Rule]] = {
    Dialect.MDX: {**_COMMON, "<": Scanner.tag, "{": Scanner.expression},
    Dialect.MARKDOWN: {**_COMMON, "<": Scanner.html},
}
