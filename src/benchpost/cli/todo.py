"""`benchpost todo`: placeholders, and the slots that would fill them."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass, replace

from benchpost.cli.arguments import Subparsers, add_posts, posts_of, project_of, verb
from benchpost.errors import BenchpostError, Place
from benchpost.files import write_atomic
from benchpost.fill.apply import Applied, apply_suggestions, in_cell, slot_for
from benchpost.fill.material import read, unreadable
from benchpost.fill.suggest import Suggestion, suggest
from benchpost.post.document import Post, Todo

EXAMPLES = """\
  benchpost todo                                        what is missing, and what would fill it
  benchpost todo --apply posts/vllm-overhead/index.mdx  write the best slot for each
  benchpost fill posts/vllm-overhead/index.mdx          then fill the slots
"""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost todo`."""
    parser = verb(subparsers, "todo", "list placeholders and the slots that fit them", EXAMPLES)
    add_posts(parser)
    parser.add_argument("--apply", action="store_true", help="write the best slot for each")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how to print")


@dataclass(frozen=True)
class Asked:
    """A placeholder with what would fill it."""

    place: Place
    """Where it stands."""
    todo: Todo
    """What it asks for."""
    found: Suggestion | None
    """The slot that fits, if any does."""
    outside: bool = False
    """It stands in a table, where that slot cannot."""
    applied: bool = False
    """The slot was written in its place."""


def act(args: argparse.Namespace) -> int:
    """List placeholders, or with `--apply` put slots in their place; 1 if some had to remain."""
    project = project_of(args)
    asked: list[Asked] = []
    code = 0
    for file in posts_of(args, project):
        try:
            asked += _of_post(read(file, project), args.apply)
        except BenchpostError as error:
            code = 1
            finding = unreadable(error, file, project)
            print(f"benchpost: {finding.place}: {finding.message}", file=sys.stderr)
    if args.format == "json":
        print(json.dumps([_record(each) for each in asked], indent=2, ensure_ascii=False))
    else:
        sys.stdout.write("".join(_text(each, args.apply) for each in asked))
    remaining = [each for each in asked if args.apply and not each.applied]
    if remaining:
        print(_remain(remaining, len(asked)), file=sys.stderr)
    return code or int(bool(remaining))


def _remain(asked: list[Asked], of: int) -> str:
    places = ", ".join(f"{each.place.path}:{each.place.line}" for each in asked)
    verb = "remains" if len(asked) == 1 else "remain"
    plural = "" if of == 1 else "s"
    return f"benchpost: {len(asked)} of {of} placeholder{plural} {verb}: {places}"


def _of_post(post: Post, apply: bool) -> list[Asked]:
    applied = apply_suggestions(post) if apply else Applied(post.text, ())
    if applied.text != post.text:
        write_atomic(post.file, applied.text.encode())
    return [_asked(post, todo, applied) for todo in post.todos]


def _asked(post: Post, todo: Todo, applied: Applied) -> Asked:
    found = suggest(todo, post)
    slot = slot_for(todo, found, post)
    outside = bool(found and not slot and in_cell(todo, post))
    if found and slot:
        found = replace(found, slot=slot)
    return Asked(post.place(todo.span.start), todo, found, outside, todo in applied.done)


def _text(asked: Asked, apply: bool) -> str:
    head = f"{asked.place.path}:{asked.place.line}: {asked.todo.text or 'nothing but TODO'}\n"
    return head + "".join(f"    {line}\n" for line in _answer(asked, apply))


def _answer(asked: Asked, apply: bool) -> list[str]:
    found = asked.found
    if not found and not asked.todo.text:
        return ["it asks for nothing: write what should stand here"]
    if not found:
        return ["no figure fits: write your own in figures.py beside the post"]
    others = [f"or: {other}" for other in found.others]
    if found.unclear:
        return [f"not clear: {found.unclear}", *others]
    if asked.outside:
        return [f"after the table, as it is more than one line: {found.slot}", *others]
    if apply:
        return [f"{'written' if asked.applied else 'cannot stand in its place'}: {found.slot}"]
    return [found.slot, *others]


def _record(asked: Asked) -> dict[str, object]:
    return {
        "path": asked.place.path,
        "line": asked.place.line,
        "column": asked.place.column,
        "asks": asked.todo.text,
        "wants": asked.todo.wants,
        "slot": (asked.found.slot or None) if asked.found else None,
        "others": list(asked.found.others) if asked.found else [],
        "unclear": asked.found.unclear if asked.found else "",
        "outside_table": asked.outside,
        "applied": asked.applied,
    }
