"""Everything that could be wrong with a post, found by reading alone."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchpost.config import Project
from benchpost.errors import BenchpostError, Place
from benchpost.fill.bare import bare_numbers
from benchpost.fill.bugs import BUGS
from benchpost.fill.diff import unified
from benchpost.fill.doubted import doubted
from benchpost.fill.filled import Filled, Piece, fill_text, spliced
from benchpost.fill.material import Material, bug, gather, unreadable
from benchpost.fill.pictures import (
    FOLDER,
    Picture,
    State,
    pictures,
)
from benchpost.fill.refusal import Refusal
from benchpost.fill.siblings import unwanted, without_clashes
from benchpost.fill.token_counts import vocabulary
from benchpost.findings import Check, Finding, Severity
from benchpost.post.document import Post, Slot, Todo
from benchpost.post.lint import lint
from benchpost.record import fresh

CHECKS: Mapping[State, Check] = {
    State.MISSING: Check.F001,
    State.TAMPERED: Check.F002,
    State.STALE: Check.F003,
}

COMMANDS = "commands"
"""The key of front matter under which a post names the tools it speaks of."""


def check_post(file: Path, project: Project, *, redraw: bool = False) -> list[Finding]:
    """All findings of one post, in the order of its lines; nothing is written or run.

    With `redraw` every picture is drawn in memory and held against its file. A bug of ours ends
    the check of this post only, and is a finding.
    """
    try:
        return _checked(gather(file, project), project, redraw)
    except BenchpostError as error:
        return [unreadable(error, file, project)]
    except BUGS as error:
        return [bug(error, "checking this post", file, project)]


def _checked(material: Material, project: Project, redraw: bool) -> list[Finding]:
    post = material.post
    filled = fill_text(post, material.facts, material.own, is_damaged=material.is_damaged)
    filled = without_clashes(post, filled, project)
    findings = [
        *material.findings,
        *_results(material, project),
        *(finding for finding in lint(post, project) if not _is_ours(post, finding)),
        *filled.findings,
        *doubted(post, material.facts.results),
        *_bodies(post, filled),
        *_pictures(post, filled, redraw),
        *(_placeholder(post, todo) for todo in post.todos),
        *bare_numbers(post),
        *_commands(post),
    ]
    if not filled.findings and not material.findings:
        findings += _orphans(post, filled, project)
    return sorted(findings, key=lambda each: (each.place, each.check.name))


def _results(material: Material, project: Project) -> Iterator[Finding]:
    """What is wrong with recorded results; behind an unreadable file nothing is called missing."""
    unreadable_file = any(finding.check is Check.R005 for finding in material.findings)
    for finding in fresh.judge(material.post, material.facts.results, project):
        if not (unreadable_file and finding.check is Check.R001):
            yield finding


def _is_ours(post: Post, finding: Finding) -> bool:
    """A missing image that stands in a slot: the slot's own finding has the command for it."""
    if finding.check is not Check.N004:
        return False
    bodies = ((post.place(slot.body.start), post.place(slot.body.end)) for slot in post.slots)
    return any(start <= finding.place <= end for start, end in bodies)


def mend(verb: str, post: Post) -> str:
    """The command that does `verb` to one post."""
    return f"benchpost {verb} {shlex.quote(post.path)}"


def _bodies(post: Post, filled: Filled) -> Iterator[Finding]:
    for piece in filled.pieces:
        if _is_stale(post, piece):
            yield _slot(post, piece) if isinstance(piece.of, Slot) else _value(post, piece)


def _is_stale(post: Post, piece: Piece) -> bool:
    return piece.text != _body(post, piece)


def _body(post: Post, piece: Piece) -> str:
    return post.text[piece.of.body.start : piece.of.body.end]


def _slot(post: Post, piece: Piece) -> Finding:
    if _body(post, piece).strip():
        # with nothing kept beside the text, an edit and a changed input look the same
        said = "the slot was edited by hand, or what its figure is made from changed"
    else:
        said = "the slot is not filled"
    return _differs(post, piece, Check.S003, said)


def _value(post: Post, piece: Piece) -> Finding:
    found = _body(post, piece).strip()
    said = (
        f"the value is {piece.text}, not {found}" if found else f"the value {piece.text} is absent"
    )
    return _differs(post, piece, Check.S005, said)


def _differs(post: Post, piece: Piece, check: Check, said: str) -> Finding:
    diff = unified(post.text, spliced(post.text, [piece]), post.path)
    return Finding(check, post.place(piece.of.span.start), said, mend("fill", post), diff=diff)


def _pictures(post: Post, filled: Filled, redraw: bool) -> Iterator[Finding]:
    for picture in pictures(filled.pieces, post.file):
        state = picture.state()
        # a slot that is not filled yet has no picture yet: one finding says it
        if state is State.MISSING and _is_stale(post, picture.piece):
            continue
        place, name = post.place(picture.piece.of.span.start), f"{FOLDER}/{picture.path.name}"
        if state is not State.FRESH:
            yield Finding(CHECKS[state], place, f"{name} {state.value}", mend("fill", post))
        elif redraw:
            yield from _redrawn(post, picture, place, name)


def _redrawn(post: Post, picture: Picture, place: Place, name: str) -> Iterator[Finding]:
    try:
        same = picture.make() == picture.path.read_bytes().replace(b"\r\n", b"\n")
    except (Refusal, BenchpostError) as error:
        yield Finding(Check.S006, error.place or place, f"{name}: {error.message}")
        return
    if not same:
        said = f"{name} comes out otherwise when it is drawn anew"
        yield Finding(Check.F003, place, said, mend("fill --redraw", post))


def _commands(post: Post) -> list[Finding]:
    """What is wrong with the commands of a post that says which tool it speaks of."""
    if COMMANDS not in post.front:
        return []
    # only here: most posts speak of no tool, and the facts take longer to read than a post
    from benchpost.commands.check import check_declared
    from benchpost.commands.declared import declared

    declaration = declared(post.front)
    return check_declared(post, declaration, vocabulary) if declaration else []


def _orphans(post: Post, filled: Filled, project: Project) -> Iterator[Finding]:
    wanted = {picture.path for picture in pictures(filled.pieces, post.file)}
    loose, edited = unwanted(post.file, filled.text, wanted, project)
    for path in loose:
        said = f"no slot of {post.path} shows this figure any more"
        yield Finding(Check.F004, Place(project.relative(path)), said, mend("fill", post))
    for path in edited:
        said = (
            f"edited by hand and shown by no slot of {post.path}; it may hold somebody's work, so "
            "fill does not delete it: delete it yourself, with the data of the same name"
        )
        yield Finding(Check.F004, Place(project.relative(path)), said)


def _placeholder(post: Post, todo: Todo) -> Finding:
    # only here: most posts that are checked have none left
    from benchpost.fill.apply import slot_for
    from benchpost.fill.suggest import suggest

    fitting = suggest(todo, post)
    asked = f"placeholder is not filled: {todo.text}" if todo.text else "placeholder is not filled"
    if fitting and fitting.unclear:
        said, command = f"{asked}; {fitting.unclear}", mend("todo", post)
    elif fitting and not slot_for(todo, fitting, post):
        said, command = f"{asked}; `{fitting.slot}` would, after the table", ""
    elif fitting:
        said, command = f"{asked}; `{fitting.slot}` would", mend("todo --apply", post)
    elif not todo.text:
        said, command = f"{asked}; it asks for nothing, write what should stand here", ""
    else:
        said, command = f"{asked}; no figure fits, write your own in figures.py", ""
    severity = Severity.WARNING if post.is_draft else Severity.ERROR
    return Finding(Check.T001, post.place(todo.span.start), said, command, severity)
