"""A folder read as a catalogue. Nothing stops the scan: what is wrong is listed with its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchpost.errors import Place
from benchpost.findings import Check, Finding, Severity
from benchpost.skills import cache as cached
from benchpost.skills.address import GENERAL, SKILL_FILE, address
from benchpost.skills.frontmatter import Head, head
from benchpost.skills.types import File, Skill, Tree
from benchpost.skills.walk import DESCRIPTION_FILE, Walked, shown, support_of, walk
from benchpost.skills.yamltree import Plain

LARGEST = 4 << 20
"""Bytes of a SKILL.md that are read."""


def scan(root: Path, *, flat: str = GENERAL, cache: Path | None = None) -> Tree:
    """The catalogue below `root`.

    `cache` names a file that remembers what was read of files whose time and size stay the same.
    """
    found = walk(root)
    before = cached.load(cache)
    heads = {path: _remembered(root, path, file, before) for path, file in _heads(found)}
    cached.save(cache, before, heads)
    skills = tuple(_skills(root, found, heads, flat))
    texts = {folder: heads[file.path].description for folder, file in found.descriptions.items()}
    findings = [*found.findings, *_read_faults(heads), *_clashes(found, skills)]
    order = sorted(findings, key=lambda finding: (finding.place, finding.check.name))
    return Tree(root, skills, {k: v for k, v in texts.items() if v}, tuple(order))


def decode(data: bytes, path: str) -> tuple[str, list[Finding]]:
    """The text of a file, with U+FFFD and a finding where it is not UTF-8."""
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte {error.start} is not UTF-8 ({error.reason}); save the file as UTF-8"
        return data.decode("utf-8", "replace"), [Finding(Check.K001, Place(path, line), message)]


def _heads(found: Walked) -> Iterator[tuple[str, File]]:
    for file in (*found.skills.values(), *found.descriptions.values()):
        yield file.path, file


def _remembered(
    root: Path, path: str, file: File, before: Mapping[str, cached.Entry]
) -> cached.Entry:
    entry = before.get(path)
    if entry and (entry.mtime, entry.size) == (file.mtime, file.size) and file.size >= 0:
        return entry
    read, findings = _head(root / path, file)
    fields = read.tree.plain()
    plain = fields if isinstance(fields, dict) else {}
    faults = (*findings, *read.findings)
    if path.endswith(DESCRIPTION_FILE):
        faults = tuple(_of_description(plain, faults, path))
    return cached.Entry(file.mtime, file.size, plain, faults)


def _of_description(
    fields: Mapping[str, Plain], faults: tuple[Finding, ...], path: str
) -> Iterator[Finding]:
    """A DESCRIPTION.md needs no name; without a description it describes nothing."""
    yield from (fault for fault in faults if fault.check is not Check.K002)
    if not fields.get("description"):
        message = "gives no description; write `description:` between two lines `---`"
        yield Finding(Check.K030, Place(shown(path)), message, severity=Severity.WARNING)


def _head(full: Path, file: File) -> tuple[Head, list[Finding]]:
    path = shown(file.path)
    nothing = head("---\n---\n", path)
    if file.size < 0:
        message = "cannot be read: it is not a regular file, or leads nowhere"
        return nothing, [Finding(Check.K001, Place(path), message)]
    if file.size > LARGEST:
        message = f"has {file.size} bytes, more than the {LARGEST} that are read"
        return nothing, [Finding(Check.K001, Place(path), message)]
    try:
        text, findings = decode(full.read_bytes(), path)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        return nothing, [Finding(Check.K001, Place(path), message)]
    return head(text, path), findings


def _skills(
    root: Path, found: Walked, heads: Mapping[str, cached.Entry], flat: str
) -> Iterator[Skill]:
    for folder, file in sorted(found.skills.items()):
        where = address(folder, flat=flat, root=root.resolve().name)
        entry = heads[file.path]
        yield Skill(
            where,
            file.path,
            entry.name or where.name,
            entry.description,
            entry.fields,
            tuple(support_of(found, folder)),
            entry.findings,
        )


def _read_faults(heads: Mapping[str, cached.Entry]) -> Iterator[Finding]:
    for entry in heads.values():
        yield from entry.findings


def _clashes(found: Walked, skills: tuple[Skill, ...]) -> Iterator[Finding]:
    """Skills in skills, skills in the place of categories, names used twice."""
    for folder, owner in found.nested.items():
        message = f"a skill inside the skill {owner or '.'!r}; a skill is a package of its own"
        yield Finding(Check.K007, Place(shown(found.skills[folder].path)), message)
    yield from _category_names(skills)
    named: dict[str, list[Skill]] = defaultdict(list)
    for skill in skills:
        named[skill.name].append(skill)
    for name, same in named.items():
        for skill in same[1:]:
            message = f"the name {name!r} is that of {same[0].path} too; {_twice(same[0], skill)}"
            yield Finding(Check.K009, Place(shown(skill.path)), message)


def _twice(first: Skill, second: Skill) -> str:
    if first.address.name == second.address.name:
        return "a client that loads by name finds one of the two"
    return f"call it {second.address.name!r}, as its folder"


def _category_names(skills: tuple[Skill, ...]) -> Iterator[Finding]:
    # a skill and a category of one path share a folder: installing the one replaces the other
    above = {
        "/".join(parts[:length])
        for skill in skills
        for parts in [skill.folder.split("/")]
        for length in range(1, len(parts))
    }
    for skill in skills:
        if skill.folder in above:
            message = (
                f"the folder {skill.folder!r} is a skill and holds others; put {SKILL_FILE} into"
                " a folder of its own"
            )
            yield Finding(Check.K008, Place(shown(skill.path)), message)
    tops = {category.split("/")[-1]: category for category in sorted(above)}
    for skill in skills:
        clash = tops.get(skill.name)
        if clash and clash != skill.folder:
            message = (
                f"the name {skill.name!r} is also that of the category {clash!r}; installing the"
                " skill by name can replace the category"
            )
            yield Finding(Check.K008, Place(shown(skill.path)), message)
