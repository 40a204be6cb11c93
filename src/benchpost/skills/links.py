"""Pointers of a catalogue's texts that lead nowhere, and where they were meant to lead."""

from __future__ import annotations

import difflib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from benchpost.errors import Place, near
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.advice import advice, reads_as
from benchpost.skills.library import MARKDOWN, TEXTS, Library, most_alike, resolve
from benchpost.skills.mentions import Mention, mentions
from benchpost.skills.types import Skill, listed
from benchpost.skills.walk import SUPPORT, shown

CODE_FOLDERS = SUPPORT | {"reference", "examples", "evals", "resources", "rules", "docs", "data"}
"""First folders of paths in inline code that speak of the skill's own files."""
ALWAYS_FINE = ("license", "readme", "changelog", "notice", "__init__.py", "description.md")
"""Beginnings of support files that nobody needs to mention."""

SHORTEST = 4
"""Letters of a file's stem that is a mention of the file."""

_CODE_PATH = re.compile(r"(?:\./)?(?:[\w@.-]+/)+[\w@.-]+\.[A-Za-z0-9]{1,5}")
_PLACEHOLDER = re.compile(r"[{}<>*$|]|\.\.\.|…")
_REFERENCE = re.compile(r"skill:(?://)?([\w/.-]+)")


@dataclass(frozen=True)
class Broken:
    """A pointer that leads nowhere."""

    file: str
    """The file it stands in, relative to the root."""
    mention: Mention
    """The pointer."""
    place: Place
    """Where it stands."""
    rooted: str = ""
    """What it names when read from the skill's folder, if that exists."""
    offers: tuple[str, ...] = ()
    """Targets that it may have meant, best first, written as from the file."""
    sure: str = ""
    """The one right answer, or empty: where its folder moved to by the tree's aliases, or the only
    file of that name in the skill."""
    advice: str = ""
    """What to do where no target can be offered, as a clause."""


def place_at(path: str, text: str, offset: int) -> Place:
    """The place of an offset in a text."""
    begin = text.rfind("\n", 0, offset) + 1
    return Place(shown(path), text.count("\n", 0, offset) + 1, offset - begin + 1)


def broken(library: Library) -> Iterator[Broken]:
    """Every relative pointer of every skill whose target does not exist."""
    for skill in library.tree.skills:
        for path, text in library.markdown(skill):
            for mention in mentions(text).mentions:
                if mention.kind == "code" and path != skill.path:
                    # paths in code of support files speak of other places as often as of the skill
                    continue
                if _is_pointer(mention) and not _leads(library, skill, path, mention):
                    place = place_at(path, text, mention.start)
                    each = _explained(library, skill, path, mention, place)
                    yield each if each.offers else _advised(each, skill, text)


def judge(library: Library) -> Iterator[Finding]:
    """Findings about pointers, anchors, references to skills and files that nobody mentions."""
    for each in broken(library):
        yield _of_broken(each)
    names = {skill.name for skill in library.tree.skills}
    names |= {skill.address.name for skill in library.tree.skills}
    for skill in library.tree.skills:
        yield from _references(library, skill, names)
        yield from _anchors(library, skill)
        yield from _orphans(library, skill)


def related(skill: Skill) -> list[str]:
    """The skills that the front matter calls related, wherever the list stands in it."""
    found: list[str] = []
    waiting: list[object] = [dict(skill.fields)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            names = value.get("related_skills") or value.get("related-skills")
            found += listed(names) if isinstance(names, (list, str)) else []
            waiting.extend(value.values())
    return found


def _is_pointer(mention: Mention) -> bool:
    if not mention.is_relative or _PLACEHOLDER.search(mention.target):
        return False
    if mention.kind != "code":
        return not mention.target.startswith("skill:")
    head = mention.target.removeprefix("./").partition("/")[0]
    return bool(_CODE_PATH.fullmatch(mention.target)) and head in CODE_FOLDERS


def _leads(library: Library, skill: Skill, path: str, mention: Mention) -> bool:
    if library.exists(resolve(path, mention.path)):
        return True
    # a path in code is what an agent reads from the skill's folder, or from that of a project
    folders = (f"{skill.folder}/SKILL.md", "SKILL.md")
    return mention.kind == "code" and any(
        library.exists(resolve(folder, mention.path)) for folder in folders
    )


def _explained(library: Library, skill: Skill, path: str, mention: Mention, place: Place) -> Broken:
    rooted = resolve(f"{skill.folder}/SKILL.md", mention.path)
    if path != skill.path and library.exists(rooted):
        offer = _relative(rooted, path, mention)
        return Broken(path, mention, place, rooted, (offer,), offer)
    wanted = resolve(path, mention.path)
    if moved := library.moved(wanted):
        offer = _relative(moved, path, mention)
        return Broken(path, mention, place, "", (offer,), offer if mention.kind != "code" else "")
    same = library.by_name.get(wanted.rpartition("/")[2], [])
    own = most_alike(wanted, (each for each in same if each.startswith(f"{skill.folder}/")))
    found = own or most_alike(wanted, same) or _near(wanted, skill)
    offers = tuple(_relative(each, path, mention) for each in found[:3])
    sure = offers[0] if len(own) == 1 and mention.kind != "code" else ""
    return Broken(path, mention, place, "", offers, sure)


def _advised(each: Broken, skill: Skill, text: str) -> Broken:
    begin = text.rfind("\n", 0, each.mention.start) + 1
    end = text.find("\n", begin)
    line = text[begin : end if end >= 0 else len(text)]
    wanted = resolve(each.file, each.mention.path)
    said = reads_as(line, each.mention.start - begin) if each.mention.kind == "code" else ""
    return replace(each, advice=said or advice(skill, wanted))


def _near(wanted: str, skill: Skill) -> list[str]:
    """Files of the skill whose name is nearly the wanted one."""
    names = {file.path.rpartition("/")[2]: file.path for file in skill.support}
    close = difflib.get_close_matches(wanted.rpartition("/")[2], names, n=2, cutoff=0.8)
    return [names[name] for name in close]


def _relative(target: str, file: str, mention: Mention) -> str:
    found = posixpath.relpath(target, posixpath.dirname(file) or ".")
    return found + (f"#{mention.anchor}" if mention.anchor else "")


def _of_broken(each: Broken) -> Finding:
    target = each.mention.target
    if each.rooted:
        message = f"{target!r} resolves from the skill's folder, not from this file; write"
        return Finding(Check.K031, each.place, f"{message} {each.offers[0]!r}")
    offers = " or ".join(repr(offer) for offer in each.offers)
    hint = f"; did you mean {offers}?" if offers else each.advice
    if each.mention.kind == "code":
        message = f"the path {target!r} leads nowhere{hint}"
        return Finding(Check.K021, each.place, message, severity=Severity.WARNING)
    return Finding(Check.K020, each.place, f"{target!r} leads nowhere{hint}")


def _references(library: Library, skill: Skill, names: set[str]) -> Iterator[Finding]:
    text = library.text(skill.path)
    for name in related(skill):
        if name.rpartition("/")[2] not in names:
            at = max(text.find(name, text.find("related")), 0)
            message = f"related skill {name!r} does not exist{near(name, names)}"
            yield Finding(Check.K023, place_at(skill.path, text, at), message)
    for mention in mentions(text).mentions:
        match = _REFERENCE.fullmatch(mention.target)
        if match and match[1].rpartition("/")[2] not in names:
            message = f"skill {match[1]!r} does not exist{near(match[1], names)}"
            yield Finding(Check.K023, place_at(skill.path, text, mention.start), message)


def _anchors(library: Library, skill: Skill) -> Iterator[Finding]:
    for path, text in library.markdown(skill):
        for mention in mentions(text).mentions:
            if mention.kind == "code" or not mention.anchor or mention.target[0] in "/?":
                continue
            if mention.path and not mention.is_relative:
                continue
            target = resolve(path, mention.path) if mention.path else path
            if not target.lower().endswith(MARKDOWN) or target not in library.files:
                continue
            anchors = mentions(library.text(target)).anchors
            if mention.anchor not in anchors and mention.anchor.lower() not in anchors:
                message = f"{target} has no heading #{mention.anchor}"
                message += near(mention.anchor, anchors, most=1)
                place = place_at(path, text, mention.start)
                yield Finding(Check.K022, place, message, severity=Severity.WARNING)


def _orphans(library: Library, skill: Skill) -> Iterator[Finding]:
    """Support files whose name stands in no text of the skill, nor the name of their folder."""
    files = [file.path for file in skill.support]
    texts = {
        path: library.text(path) for path in (skill.path, *files) if path.lower().endswith(TEXTS)
    }
    whole = texts.get(skill.path, "")
    for path in files:
        name = path.rpartition("/")[2]
        inner = path.removeprefix(f"{skill.folder}/")
        if name.lower().startswith(ALWAYS_FINE) or name.startswith("."):
            continue
        if any(f"{folder}/" in whole for folder in _inner_folders(inner)):
            continue
        # a module or a rule is often named without its suffix; a short stem stands in any text
        stem = name.rpartition(".")[0]
        stem = stem if len(stem) >= SHORTEST else name
        if not any(stem in text for file, text in texts.items() if file != path):
            message = f"{inner} is mentioned nowhere in the skill; link it, or remove it"
            yield Finding(Check.K024, Place(shown(path)), message, severity=Severity.WARNING)


def _inner_folders(path: str) -> Iterator[str]:
    """Folders of a skill that a text can speak of as a whole: below its first level."""
    parts = path.split("/")[:-1]
    for length in range(2, len(parts) + 1):
        yield "/".join(parts[:length])
