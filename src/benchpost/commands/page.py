"""One page against one tool: every command, name and comment in it judged, in one walk."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from benchpost.commands import around, defaults, flags, habits, names
from benchpost.commands.context import Context
from benchpost.commands.excerpts import SHELL, Excerpt, excerpts
from benchpost.commands.grammar import Given, Parser, looks_like_flag
from benchpost.commands.invocation import Invocation, invocation
from benchpost.commands.script import Command, Comment, Fault, Script, Word
from benchpost.commands.shell import read
from benchpost.findings import Check
from benchpost.post.document import Post
from benchpost.post.problems import Problem


class Page:
    """One page against one tool."""

    def __init__(self, post: Post, context: Context) -> None:
        self.post = post
        self.context = context
        program = context.tool.program
        self.programs = (*program.names, *program.binaries)
        self.served: set[str] = set()
        self.packages: list[tuple[Word, int]] = []
        self.asked: list[tuple[Command, Excerpt]] = []

    def problems(self) -> Iterator[Problem]:
        """All problems, offsets being the page's."""
        for excerpt in excerpts(self.post, self.programs):
            if excerpt.kind == "inline":
                yield from self._inline(excerpt)
                continue
            yield from names.judged(excerpt, self.context)
            if excerpt.kind == "shell":
                yield from _moved(self._shell(excerpt), excerpt)
        for command, excerpt in self.asked:
            found = around.ports(command, frozenset(self.served), self.context)
            yield from _moved(found, excerpt)
        yield from around.unused(self.packages, self.post.text, self.context)

    def _shell(self, excerpt: Excerpt) -> Iterator[Problem]:
        script = read(excerpt.text)
        ours = False
        for at, command in enumerate(script.commands):
            found = invocation(command, self.context.tool.program, self.context.tool.commands)
            ours = ours or found is not None
            if found:
                yield from self._command(found)
                yield from self._comments(script, at, found)
            else:
                yield from self._other(script, at, excerpt)
        for fault in script.faults:
            # an unclosed quote without a command of the tool is most likely output
            if ours or (excerpt.lang in SHELL and fault.kind != "quote"):
                yield _fault(fault)

    def _command(self, found: Invocation) -> Iterator[Problem]:
        context = self.context
        wrong = list(flags.subcommand(found, context))
        yield from wrong
        if wrong or found.command not in context.tool.by_command:
            return
        reading = flags.read(found, context)
        yield from flags.judged(found, reading, context)
        yield from habits.judged(found, reading, context)
        self.served.update(around.ports_served(reading))

    def _comments(self, script: Script, at: int, found: Invocation) -> Iterator[Problem]:
        """What the comments around a command say of it."""
        command = script.commands[at]
        before = script.commands[at - 1].start if at else 0
        after = (
            script.commands[at + 1].start if at + 1 < len(script.commands) else _after_all(script)
        )
        reading = flags.read(found, self.context)
        above = _comments(script, before, command.start)
        below = _comments(script, command.start, after)
        context = self.context
        yield from defaults.in_comments(above, found.command, reading, context)
        yield from around.reports(found, below, context)

    def _other(self, script: Script, at: int, excerpt: Excerpt) -> Iterator[Problem]:
        """A command that is not the tool's: what it installs, what it asks for, a lost flag."""
        command = script.commands[at]
        self.asked.append((command, excerpt))
        packages = list(around.installed(command))
        if len(packages) == 1 and self._runs_tool(script, at):
            self.packages.append((packages[0], excerpt.offset(packages[0].start)))
        first = command.words[0] if command.words else None
        if first is None or not looks_like_flag(first.text):
            return
        previous = script.commands[at - 1] if at else None
        if previous and command.after == "\n" and self._is_below(previous, command, excerpt):
            said = f"the shell runs `{first.text}` as a command: the line before lacks its `\\`"
            yield Problem(Check.C010, first.start, said)
        else:
            yield from self._flags(command.words)

    def _runs_tool(self, script: Script, at: int) -> bool:
        """Whether the next command is the tool's."""
        tool = self.context.tool
        return any(
            invocation(c, tool.program, tool.commands) for c in script.commands[at + 1 :][:1]
        )

    def _is_below(self, previous: Command, command: Command, excerpt: Excerpt) -> bool:
        """Whether a command stands on the line right after the tool's own."""
        context = self.context
        if invocation(previous, context.tool.program, context.tool.commands) is None:
            return False
        last = previous.words[-1].end
        return excerpt.text.count("\n", last, command.start) == 1

    def _inline(self, excerpt: Excerpt) -> Iterator[Problem]:
        """Code in prose: a name may be of what was, a whole command is one to be run."""
        found = list(self._inline_commands(excerpt))
        if found or not excerpt.tells_history:
            yield from names.judged(excerpt, self.context)
        for each in found:
            yield from _moved(self._command(each), excerpt)
        if looks_like_flag(excerpt.text.lstrip("$ ")):
            for command in read(excerpt.text.replace("\n", " ")).commands[:1]:
                yield from _moved(self._inline_flags(excerpt, command.words), excerpt)

    def _inline_commands(self, excerpt: Excerpt) -> Iterator[Invocation]:
        """What in inline code runs the tool; its name alone is a name."""
        text = excerpt.text.lstrip("$ ")
        if looks_like_flag(text) or " " not in text or not any(map(text.count, self.programs)):
            return
        for command in read(excerpt.text.replace("\n", " ")).commands:
            found = invocation(command, self.context.tool.program, self.context.tool.commands)
            if found and (found.command or found.rest):
                yield found

    def _inline_flags(self, excerpt: Excerpt, words: tuple[Word, ...]) -> Iterator[Problem]:
        """A flag in prose: of which command, it does not say, nor always of which tool."""
        reading = Parser(self.context.tool, "", self.context.asked).read(words)
        is_name = len(words) == 1 and not any(each.values for each in reading.given)
        if is_name and excerpt.tells_history:
            return
        yield from self._flags(words)
        found = Invocation("", words[0], words)
        enables = re.search(
            r"\b(?:enable|turn on|switch on)[ *]+`*$", excerpt.before, re.IGNORECASE
        )
        for problem in habits.judged(found, reading, self.context):
            if problem.check is Check.C018 or (problem.check is Check.C015 and enables):
                yield problem
        if len(reading.given) == 1:
            yield from defaults.in_prose(excerpt, reading.given[0], self.context)

    def _flags(self, words: tuple[Word, ...]) -> Iterator[Problem]:
        """Flags without their command: only what is plainly this tool's is judged."""
        context = self.context
        for given in Parser(context.tool, "", context.asked).read(words).given:
            if flags.allowed(given, context) or not self._is_ours(given):
                continue
            yield from flags.of_any(given, context)

    def _is_ours(self, given: Given) -> bool:
        """Whether a flag is this tool's, or so near to one that it was meant to be."""
        if given.state != "unknown":
            return True
        known = self.context.table("instead")
        return given.spelled in known or flags.is_slip(given.spelled, self.context)


def _moved(problems: Iterator[Problem], excerpt: Excerpt) -> Iterator[Problem]:
    """Problems of an excerpt with the page's offsets."""
    for each in problems:
        yield Problem(each.check, excerpt.offset(each.offset), each.message, each.severity)


def _comments(script: Script, first: int, last: int) -> list[Comment]:
    """The comments between two offsets."""
    begin, end = (bisect_left(script.comments, at, key=lambda c: c.start) for at in (first, last))
    return list(script.comments[begin:end])


FAULTS = {
    "broken": (
        Check.C010,
        "a `\\` continues a line only as its last character: the shell takes the blank after it as "
        "an argument and runs the next line as a command; put comments above the command",
    ),
    "comment": (
        Check.C010,
        "the comment ends the command, although the line before ends in `\\`, and the next line "
        "runs as a command; put comments above the command",
    ),
    "quote": (Check.C011, "this quote is never closed; the shell would wait for more"),
    "typographic": (
        Check.C011,
        "a printed {text} is no {plain} to a shell, but a letter; write {plain}",
    ),
}
PLAIN = {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "--", "—": "--"}


def _fault(fault: Fault) -> Problem:
    check, said = FAULTS[fault.kind]
    plain = PLAIN.get(fault.text, "")
    if plain:
        said = said.format(text=fault.text, plain=f"`{plain}`")
    return Problem(check, fault.start, said)


def _after_all(script: Script) -> int:
    """An offset after everything in a script."""
    ends = [comment.start + 1 for comment in script.comments]
    return max([*ends, *(word.end + 1 for c in script.commands for word in c.words), 0])
