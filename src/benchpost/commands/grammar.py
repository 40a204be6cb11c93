"""Words into flags with their values, by the rules of the tool's own parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchpost.commands.facts import Flag, Tool
from benchpost.commands.script import Word
from benchpost.commands.versions import Life, Stretch, order

_NEGATIVE = re.compile(r"-\d+(?:\.\d*)?|-\.\d+")
_FLAG = re.compile(r"--?[A-Za-z]")
_HOLE = re.compile(r"\[|\.\.\.|…|<|\{[^\"']*\}?$|-{3,}|[^{]*\*$")

Meanings = tuple[tuple[Flag, Life], ...]
"""What a spelling has meant, newest last."""

State = Literal["known", "unknown", "ambiguous", "joined", "lone"]


@dataclass(frozen=True)
class Given:
    """One flag as it was given."""

    word: Word
    """The word with the flag."""
    spelled: str
    """The flag's name as the parser sees it: dashes for underscores, without a value."""
    state: State
    """known; unknown; ambiguous: a beginning of several; joined: a value with a flag that takes
    none; lone: no value with a flag that takes one."""
    flag: Flag | None = None
    """The flag it is."""
    life: Life = field(default_factory=Life)
    """When it is there."""
    values: tuple[Word, ...] = ()
    """Its values."""
    keys: tuple[Word, ...] = ()
    """The keys of `--config.key.key`."""
    adds: bool = False
    """`--config.key+`: the value is put to a list."""
    negated: bool = False
    """It switches off: `--no-x`, or the other of an enable and disable pair."""
    short: bool = False
    """A beginning of the flag that fits no other."""
    fits: tuple[str, ...] = ()
    """For an ambiguous one: what it could be."""


@dataclass(frozen=True)
class Reading:
    """The words of one command as read."""

    given: tuple[Given, ...]
    """Flags, in order."""
    loose: tuple[Word, ...]
    """Words without a flag, in order."""


def vocabulary(tool: Tool, command: str) -> Mapping[str, Meanings]:
    """The spellings of one command; for an empty name, those of all commands."""
    return tool.by_command.get(command, {}) if command else tool.joined


class Parser:
    """The words of one command of a tool, in the releases asked for."""

    def __init__(self, tool: Tool, command: str, asked: Stretch) -> None:
        self.tool = tool
        self.asked = asked
        self.names = vocabulary(tool, command)

    def read(self, words: Sequence[Word]) -> Reading:
        """Flags and loose words; never raises."""
        given: list[Given] = []
        loose: list[Word] = []
        at = 0
        while at < len(words):
            word = words[at]
            at += 1
            if word.text == "--":
                loose.extend(words[at:])
                break
            if not self._is_flag(word):
                loose.append(word)
                continue
            one, taken = self._one(word, words[at:])
            given.append(one)
            at += taken
        return Reading(tuple(given), tuple(loose))

    def _is_flag(self, word: Word) -> bool:
        """What argparse takes for a flag: a dash, no number, no blank."""
        text = word.text
        if len(text) < 2 or text[0] != "-" or _NEGATIVE.fullmatch(text):
            return False
        return " " not in text.partition("=")[0]

    def _one(self, word: Word, following: Sequence[Word]) -> tuple[Given, int]:
        name, value = self._split(word)
        spelled, keys, adds = self._name(name)
        numbered = self._numbered(word, spelled, value, following)
        if numbered:
            return numbered
        matches = self.matches(spelled)
        if not matches:
            return Given(word, spelled, "unknown", values=(value,) if value else (), keys=keys), 0
        if len(matches) > 1:
            return Given(word, spelled, "ambiguous", fits=tuple(sorted(matches))), 0
        full, (flag, life, negated) = next(iter(matches.items()))
        values, taken = self._values(flag, keys, value, following)
        state = self._state(flag, keys, value, values, negated)
        if negated or (flag.kind == "bool" and not keys):
            values, taken = ((value,), 0) if value else ((), 0)
        short = full != spelled
        one = Given(word, spelled, state, flag, life, values, keys, adds, negated, short, (full,))
        return one, taken

    def _split(self, word: Word) -> tuple[Word, Word | None]:
        """A word at its first `=`."""
        at = word.text.find("=")
        if at < 0 or not self.tool.grammar.equals:
            return word, None
        return word.cut(0, at), word.cut(at + 1)

    def _name(self, word: Word) -> tuple[str, tuple[Word, ...], bool]:
        """The flag's name, the keys after its dots, and whether a `+` ends it."""
        parts = list(_parts(word)) if self.tool.grammar.dotted else [word]
        adds = len(parts) > 1 and parts[-1].text.endswith("+")
        if adds:
            parts[-1] = parts[-1].cut(0, -1)
        name = parts[0].text
        if self.tool.grammar.underscores and name.startswith("--"):
            name = name.replace("_", "-")
        return name, tuple(parts[1:]), adds

    def _numbered(
        self, word: Word, spelled: str, value: Word | None, following: Sequence[Word]
    ) -> tuple[Given, int] | None:
        """`-O3`, `-O=3` and `-O 3`."""
        target = self.tool.grammar.numbered
        if not target or not re.fullmatch(r"-O\d*", spelled) or "." in word.text:
            return None
        found = self.matches(target)
        if target not in found:
            return None
        flag, life, _ = found[target]
        if len(spelled) > 2:
            return Given(word, target, "known", flag, life, (word.cut(2),)), 0
        if value is None and following and following[0].text in ("0", "1", "2", "3"):
            return Given(word, target, "known", flag, life, (following[0],)), 1
        return Given(
            word, target, "known" if value else "lone", flag, life, (value,) if value else ()
        ), 0

    def matches(self, spelled: str) -> dict[str, tuple[Flag, Life, bool]]:
        """The flags that a spelling can be, by their full spelling, with whether it negates."""
        exact = self._exact(spelled)
        if exact:
            return {spelled: exact}
        if not self.tool.grammar.abbreviations or not spelled.startswith("--"):
            return {}
        found: dict[str, tuple[Flag, Life, bool]] = {}
        for name in self._spellings():
            match = self._exact(name) if name.startswith(spelled) else None
            if match and match[1].covers(self.asked):
                found[name] = match
        flags = {id(flag) for flag, _, _ in found.values()}
        if len(flags) == 1:
            first = min(found, key=len)
            return {first: found[first]}
        return found

    def _spellings(self) -> Iterator[str]:
        for name, meanings in self.names.items():
            yield name
            if name.startswith("--"):
                yield from (other for other, _ in self._opposites(name, meanings[-1][0]))

    def _exact(self, spelled: str) -> tuple[Flag, Life, bool] | None:
        meanings = self.names.get(spelled)
        best = self._best(meanings) if meanings else None
        if best and best[1].covers(self.asked):
            return (*best, False)
        for name in _positives(spelled):
            for flag, life in reversed(self.names.get(name, ())):
                opposites = dict(self._opposites(name, flag))
                if spelled in opposites:
                    since = max(life.since, opposites[spelled], key=order)
                    if best is None or Life(since, life.gone).covers(self.asked):
                        return flag, Life(since, life.gone), True
        return (*best, False) if best else None

    def _best(self, meanings: Meanings) -> tuple[Flag, Life]:
        """The meaning in force in the releases asked for, else the newest."""
        fitting = [each for each in meanings if each[1].covers(self.asked)]
        return fitting[-1] if fitting else meanings[-1]

    def _opposites(self, name: str, flag: Flag) -> Iterator[tuple[str, str]]:
        """What switches a flag off, and since when that can be written."""
        if not flag.negatable or not name.startswith("--"):
            return
        yield f"--no-{name[2:]}", ""
        if self.tool.grammar.pairs:
            for one, other in (("--enable-", "--disable-"), ("--disable-", "--enable-")):
                if name.startswith(one):
                    yield other + name.removeprefix(one), self.tool.grammar.pairs

    def _values(
        self, flag: Flag, keys: Sequence[Word], value: Word | None, following: Sequence[Word]
    ) -> tuple[tuple[Word, ...], int]:
        """The values of a flag and how many of the following words they are."""
        if value is not None:
            return (value,), 0
        if keys:
            # the word after a dotted key is its value, whatever it looks like
            return tuple(following[:1]), len(following[:1])
        most = {"?": 1, "*": len(following), "+": len(following)}.get(flag.nargs)
        if most is None:
            most = int(flag.nargs) if flag.nargs.isdigit() else int(flag.kind != "bool")
        taken = 0
        greedy = self.tool.grammar.greedy
        while taken < min(most, len(following)):
            if not greedy and self._ends_values(following[taken]):
                break
            taken += 1
        return tuple(following[:taken]), taken

    def _ends_values(self, word: Word) -> bool:
        return word.text == "--" or self._is_flag(word)

    def _state(
        self,
        flag: Flag,
        keys: Sequence[Word],
        value: Word | None,
        values: Sequence[Word],
        negated: bool,
    ) -> State:
        if keys:
            return "known" if values else "lone"
        if negated or flag.kind == "bool":
            return "joined" if value is not None else "known"
        needed = int(flag.nargs) if flag.nargs.isdigit() else int(flag.nargs not in ("?", "*"))
        return "known" if len(values) >= needed else "lone"


def _positives(spelled: str) -> Iterator[str]:
    """What a spelling would be the opposite of."""
    if spelled.startswith("--no-"):
        yield f"--{spelled[5:]}"
    for one, other in (("--enable-", "--disable-"), ("--disable-", "--enable-")):
        if spelled.startswith(one):
            yield other + spelled.removeprefix(one)


def _parts(word: Word) -> Iterator[Word]:
    """A word at its dots; a number after a short flag, `-O3.5`, is nobody's key."""
    at = 0
    for piece in word.text.split("."):
        yield word.cut(at, at + len(piece))
        at += len(piece) + 1


def is_hole(word: Word) -> bool:
    """Whether a word stands for others: `<model>`, `...`, `[flags]`, `--numa-bind*`."""
    return bool(_HOLE.match(word.text)) or not word.plain


def looks_like_flag(text: str) -> bool:
    """Whether text begins as flags do."""
    return bool(_FLAG.match(text))
