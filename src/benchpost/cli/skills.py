"""`benchpost skills`: the catalogue of agent skills, listed, checked and mended."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from benchpost.cli import skills_freshness, skills_moves
from benchpost.cli.arguments import Subparsers, codes, verb
from benchpost.cli.report import add_format, exit_code, formatted
from benchpost.config import find_project
from benchpost.errors import BenchpostError, UsageError
from benchpost.files import write_if_changed
from benchpost.findings import Finding, as_text, selected
from benchpost.skills import git
from benchpost.skills.address import GENERAL, OWN_NAME, in_category
from benchpost.skills.checks import check
from benchpost.skills.exports import LAYOUTS, export
from benchpost.skills.formats import FORMATS as FORMS
from benchpost.skills.index import build
from benchpost.skills.library import Library
from benchpost.skills.links import broken
from benchpost.skills.profiles import PROFILES, Profile
from benchpost.skills.repair import relinked, repaired
from benchpost.skills.scan import scan
from benchpost.skills.types import Skill, Tree

EXAMPLES = """\
  benchpost skills list docs/skills --category mlops   skills of mlops and of all below it
  benchpost skills check docs/skills --profile portable
  benchpost skills index docs/skills --budget 2000     the block of a prompt, in that many tokens
  benchpost skills check docs/skills --fix             mend what has one right answer, then check
  benchpost skills freshness docs/skills --fetch       imports, removed names, age: a report
  benchpost skills export npx docs/skills --out dist   flat copies, links rewritten
  benchpost skills plan --rules how.txt > plan.json    moves, to be confirmed by a person
  benchpost skills apply plan.json --dry-run           all that would change
"""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `benchpost skills`."""
    parser = verb(subparsers, "skills", "scan, check and reorganise a skill catalogue", EXAMPLES)
    acts = parser.add_subparsers(title="acts", dest="act", metavar="ACT", required=True)
    listing = acts.add_parser("list", help="list skills by category")
    _add_tree(listing)
    listing.add_argument("--category", default="", help="only this category and those below it")
    listing.add_argument("--format", choices=("text", "json"), default="text", help="how to print")
    indexing = acts.add_parser("index", help="print the block of a prompt that lists the skills")
    _add_tree(indexing)
    indexing.add_argument("--budget", type=int, metavar="TOKENS", help="most tokens (estimated)")
    indexing.add_argument("--form", choices=FORMS, default="hermes", help="how to write it")
    indexing.add_argument("--platform", default="", help="leave out skills for others, e.g. linux")
    checking = acts.add_parser("check", help="say what is wrong")
    _add_tree(checking)
    checking.add_argument("--profile", choices=PROFILES, default="spec", help="whose rules")
    for name in ("--select", "--ignore"):
        checking.add_argument(name, type=codes, default=[], metavar="CODES", help="e.g. K02,K012")
    checking.add_argument("--fix", action="store_true", help="mend what has one right answer")
    add_format(checking)
    exporting = acts.add_parser("export", help="write the catalogue as clients want it")
    exporting.add_argument("layout", choices=LAYOUTS, help="for whom")
    _add_tree(exporting)
    exporting.add_argument("--out", type=Path, required=True, metavar="DIR", help="new or empty")
    skills_freshness.add(acts)
    skills_moves.add(acts)


def _add_tree(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "tree", nargs="?", type=Path, default=Path("docs/skills"), help="folder (docs/skills)"
    )
    parser.add_argument(
        "--flat",
        default=GENERAL,
        metavar="CATEGORY",
        help=f"category of skills that lie in the tree's root; {OWN_NAME} is their own name",
    )
    parser.add_argument("--cache", type=Path, metavar="FILE", help="remembers what was read")


def act(args: argparse.Namespace) -> int:
    """Do the act and return the exit code."""
    return ACTS[args.act](args)


def _tree(args: argparse.Namespace) -> Tree:
    if not args.tree.is_dir():
        raise UsageError(f"no folder {args.tree}")
    return scan(args.tree, flat=args.flat, cache=args.cache)


def _list(args: argparse.Namespace) -> int:
    tree = _tree(args)
    skills = [skill for skill in tree.skills if in_category(skill.category, args.category)]
    if args.format == "json":
        print(json.dumps([_record(skill) for skill in skills], indent=2))
        return 0
    for category, inner in replace(tree, skills=tuple(skills)).categories.items():
        print(f"{category} ({len(inner)}): {tree.description(category)}".rstrip(": "))
        for skill in inner:
            print(f"  {skill.name}: {skill.description}".rstrip(": "))
    return 0


def _record(skill: Skill) -> dict[str, str]:
    return {
        "identity": skill.address.identity,
        "category": skill.category,
        "name": skill.name,
        "description": skill.description,
        "path": skill.path,
    }


def _check(args: argparse.Namespace) -> int:
    if args.fix:
        for path in _fix(_tree(args), PROFILES[args.profile]):
            print(f"mended {args.tree / path}", file=sys.stderr)
    found = check(Library(_tree(args)), PROFILES[args.profile])
    chosen = [_from_here(each, args.tree) for each in selected(found, args.select, args.ignore)]
    sys.stdout.write(formatted(chosen, args, find_project(Path.cwd())))
    return exit_code(chosen)


def _export(args: argparse.Namespace) -> int:
    if args.out.exists() and (not args.out.is_dir() or any(args.out.iterdir())):
        raise UsageError(f"{args.out} is not an empty folder; an export never mixes with another")
    found = export(Library(_tree(args)), args.layout, _base(args.tree))
    for path, data in found.files.items():
        write_if_changed(args.out / path, data)
    sys.stderr.write(as_text([_from_here(each, args.tree) for each in found.findings]))
    print(f"{len(found.files)} files in {args.out}")
    return exit_code(found.findings)


def _base(tree: Path) -> str:
    """The tree's folder in its repository; empty outside of one, and where it is all of it."""
    with suppress(BenchpostError):
        base = tree.resolve().relative_to(git.top(tree).resolve()).as_posix()
        return "" if base == "." else base
    return ""


def _from_here(finding: Finding, root: Path) -> Finding:
    """The finding with its place named from the current folder."""
    path = (root / finding.place.path).as_posix()
    return replace(finding, place=replace(finding.place, path=path))


def _fix(tree: Tree, profile: Profile) -> Iterator[str]:
    """Mend all skills; the paths of what changed."""
    library = Library(tree)
    lost = list(broken(library))
    for path, skill in sorted(library.files.items()):
        if (tree.root / path).is_symlink():
            # a mended copy would take the link's place, and what it leads to stay as it was
            continue
        before = library.text(path)
        after = relinked(before, [each for each in lost if each.file == path])
        if path == skill.path:
            after = repaired(after, skill.address, profile)
        # a text with U+FFFD may be one that is not UTF-8, whose bytes would be lost
        whole = "\ufffd" not in before
        if whole and after != before and write_if_changed(tree.root / path, after.encode()):
            yield path


def _index(args: argparse.Namespace) -> int:
    found = build(_tree(args), budget=args.budget, form=args.form, platform=args.platform)
    sys.stdout.write(found.text)
    print(f"about {found.tokens} tokens", file=sys.stderr)
    for each in found.cut:
        print(each, file=sys.stderr)
    if found.over:
        print(f"the names alone exceed the budget of {args.budget} tokens", file=sys.stderr)
    return int(found.over)


ACTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": _list,
    "check": _check,
    "index": _index,
    "export": _export,
    "freshness": skills_freshness.freshness,
    **skills_moves.ACTS,
}
