"""What of a catalogue has gone out of date, as far as the files at hand tell: warnings only.

Nothing is imported, run or fetched here. What a release at hand does not have is reported once for
each file, at its first place; what cannot be told is counted.
"""

from __future__ import annotations

import datetime
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from benchpost.errors import Place, near
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.freshness.blocks import INLINE, Block, blocks
from benchpost.skills.freshness.declared import Verified, verified
from benchpost.skills.freshness.releases import Release
from benchpost.skills.freshness.removed import FACTS, Fact, Kind
from benchpost.skills.freshness.surface import Found, Surface, Verdict
from benchpost.skills.freshness.uses import Use, uses
from benchpost.skills.library import MARKDOWN, Library
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown

SHOWN = 6
"""Lines that a finding names of a name that a file uses often."""

Commands = Callable[[str, str], Iterable[Finding]]
"""A Markdown text and its path; what is wrong with the commands in it."""


@dataclass
class Counts:
    """How much was looked at; an import counts once for each name that it gives."""

    there: int = 0
    """Imported names that the newest release at hand has."""
    gone: int = 0
    """Those that it does not have."""
    untold: int = 0
    """Those of which its files do not tell."""
    without: Counter[str] = field(default_factory=Counter)
    """Imported names of modules of which no release is at hand, by top module."""
    pieces: int = 0
    """Blocks that are not Python as they stand, of which only imports were read."""


@dataclass(frozen=True)
class Report:
    """What a look at a catalogue gave."""

    findings: tuple[Finding, ...]
    """In order of place, all of them warnings."""
    counts: Counts
    """How much was looked at."""


@dataclass(frozen=True)
class Sources:
    """What a catalogue is held against."""

    releases: Mapping[str, Release] = field(default_factory=dict)
    """The newest release at hand of each package."""
    commands: Commands | None = None
    """Judges the commands of a text."""
    changed: Mapping[str, datetime.date] = field(default_factory=dict)
    """Day of the last change of each skill's body, by path."""
    today: datetime.date | None = None
    """To tell ages by; none are told without it."""
    oldest: int = 365
    """Days from which a text is called old."""


def judge(library: Library, sources: Sources) -> Report:
    """Everything of a catalogue that is out of date."""
    surfaces: dict[str, list[Surface]] = defaultdict(list)
    for release in sources.releases.values():
        surface = Surface(release)
        for top in release.tops:
            surfaces[top].append(surface)
    counts = Counts()
    found: list[Finding] = []
    for skill in library.tree.skills:
        code = list(blocks(library, skill))
        found += _imports(skill, code, surfaces, counts)
        found += _mentions(code, surfaces)
        found += _commands(library, skill, sources.commands)
        found += _verified(skill, sources)
        found += _age(skill, sources)
    for release in sources.releases.values():
        release.close()
    unique = {(each.place, each.check, each.message): each for each in found}
    order = sorted(unique.values(), key=lambda each: (each.place, each.check.name, each.message))
    return Report(tuple(order), counts)


def _warning(check: Check, place: Place, message: str) -> Finding:
    return Finding(check, place, message, severity=Severity.WARNING)


def _imports(
    skill: Skill,
    code: Sequence[Block],
    surfaces: Mapping[str, Sequence[Surface]],
    counts: Counts,
) -> Iterator[Finding]:
    """Names of packages that the newest release does not have, each once in a file."""
    ours = _own(skill) | sys.stdlib_module_names
    by_file: dict[str, list[Block]] = defaultdict(list)
    for block in code:
        if block.language == "python":
            by_file[block.path].append(block)
    for found in by_file.values():
        read = uses(found)
        counts.pieces += read.pieces
        gone: dict[tuple[str, bool], list[tuple[Use, Found, Surface]]] = defaultdict(list)
        for use in (each for each in read.uses if each.top not in ours):
            answer = _answer(use, surfaces.get(use.top, ()), counts)
            if answer:
                gone[answer[0].missing, use.imported].append((use, *answer))
        for (missing, imported), uses_of_it in gone.items():
            if imported or (missing, True) not in gone:
                yield _gone(missing, uses_of_it)


def _own(skill: Skill) -> frozenset[str]:
    """Modules that the skill brings itself: its scripts and folders."""
    prefix = f"{skill.folder}/" if skill.folder else ""
    inner = [file.path.removeprefix(prefix).split("/") for file in skill.support]
    stems = {parts[-1].removesuffix(".py") for parts in inner if parts[-1].endswith(".py")}
    return frozenset(stems | {part for parts in inner for part in parts[:-1]})


def _answer(use: Use, surfaces: Sequence[Surface], counts: Counts) -> tuple[Found, Surface] | None:
    """What is gone, and of which release; None when nothing is, or it cannot be told."""
    answers = [(surface.find(use.name), surface) for surface in surfaces]
    verdicts = {answer.verdict for answer, _ in answers}
    if use.imported and not answers:
        counts.without[use.top] += 1
    elif use.imported:
        counts.there += Verdict.THERE in verdicts
        counts.untold += Verdict.THERE not in verdicts and Verdict.UNKNOWN in verdicts
        counts.gone += verdicts == {Verdict.GONE}
    return answers[0] if verdicts == {Verdict.GONE} else None


def _gone(missing: str, found: Sequence[tuple[Use, Found, Surface]]) -> Finding:
    use, answer, surface = found[0]
    lines = sorted({each.place.line for each, _, _ in found})
    message = f"{surface.release} has no {missing}"
    fact = _fact(missing) or _fact(use.name)
    if fact:
        message = f"{fact.sentence}; {surface.release} is the newest at hand"
    elif answer.said:
        message += f"; it says: {answer.said}"
    else:
        message += _instead(missing, answer, surface)
    if len(lines) > 1:
        more = ", …" if len(lines) > SHOWN else ""
        message += f" ({len(lines)} lines: {', '.join(map(str, lines[:SHOWN]))}{more})"
    return _warning(Check.K051 if fact else Check.K050, use.place, message)


def _instead(missing: str, answer: Found, surface: Surface) -> str:
    """Where the name is now, or names like it."""
    name = missing.rpartition(".")[2]
    homes = surface.homes(name)
    if homes:
        return f"; {' and '.join(homes)} {'define' if len(homes) > 1 else 'defines'} one"
    return near(name, answer.known, most=2)


def _fact(name: str) -> Fact | None:
    """The fact about a name, or about what it is a part of."""
    known = (f for f in FACTS if name == f.name or name.startswith(f"{f.name}."))
    return max(known, key=lambda fact: len(fact.name), default=None)


def _mentions(
    code: Sequence[Block], surfaces: Mapping[str, Sequence[Surface]]
) -> Iterator[Finding]:
    """Removed names as words of code: commands in any, names of Python in backticks.

    With a release at hand what the code itself imports is judged by that; a removed name that the
    newest release has again is not one.
    """
    for fact in FACTS:
        has = [surface.find(fact.name) for surface in surfaces.get(fact.name.partition(".")[0], ())]
        if fact.kind is Kind.PYTHON and any(f.verdict is Verdict.THERE for f in has):
            continue
        files: dict[str, list[Place]] = defaultdict(list)
        for block in code:
            is_mention = fact.kind is Kind.COMMAND or block.language == INLINE
            judged = any(f.verdict is Verdict.GONE for f in has)
            if is_mention or (block.language == "python" and not judged):
                files[block.path] += _places(block, fact)
        for places in filter(None, files.values()):
            lines = sorted({place.line for place in places})
            count = f" ({len(lines)} lines: {', '.join(map(str, lines[:SHOWN]))}"
            more = ", …)" if len(lines) > SHOWN else ")"
            message = fact.sentence + (count + more if len(lines) > 1 else "")
            yield _warning(Check.K051, places[0], message)


def _places(block: Block, fact: Fact) -> Iterator[Place]:
    for match in fact.pattern.finditer(block.text):
        line = block.text.count("\n", 0, match.start())
        yield block.place(line, match.start() - block.text.rfind("\n", 0, match.start()) - 1)


def _commands(library: Library, skill: Skill, commands: Commands | None) -> Iterator[Finding]:
    if commands is None:
        return
    for path in (skill.path, *(file.path for file in skill.support)):
        if path.lower().endswith(MARKDOWN):
            for finding in commands(library.text(path), shown(path)):
                yield replace(finding, severity=Severity.WARNING)


def _verified(skill: Skill, sources: Sources) -> Iterator[Finding]:
    """Releases that are newer than those a skill was checked against."""
    said = verified(skill)
    if said is None:
        return
    place = Place(shown(skill.path))
    if said.rest or not (said.versions or said.date):
        message = f"`verified` is not understood: {said.rest or 'nothing in it'!r}; write packages"
        yield _warning(Check.K053, place, f"{message} with versions, a day, or both")
    for package, version in sorted(said.versions.items()):
        release = sources.releases.get(package)
        if release and release.version.release[: len(version.release)] > version.release:
            message = f"verified against {package} {version}; {release.version} is out"
            yield _warning(Check.K052, place, message)


def _age(skill: Skill, sources: Sources) -> Iterator[Finding]:
    said = verified(skill) or Verified()
    days = [day for day in (sources.changed.get(skill.path), said.date) if day]
    if not days or sources.today is None:
        return
    last = max(days)
    age = (sources.today - last).days
    if age >= sources.oldest:
        what = "was last verified" if last == said.date else "has a text last changed"
        message = f"{skill.name} {what} on {last}, {age} days ago; see whether it still holds"
        yield _warning(Check.K054, Place(shown(skill.path)), message)
