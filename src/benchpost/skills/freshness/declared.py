"""What a skill itself says of packages: which to install, and against which it was verified."""

from __future__ import annotations

import datetime
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from benchpost.skills.freshness.blocks import Block
from benchpost.skills.types import Skill
from benchpost.skills.yamltree import Plain

FIELDS = ("dependencies", "requirements", "packages")
"""Fields of a front matter that list packages, wherever they stand."""

_INSTALL = re.compile(
    r"(?:\bpip3?|\buv\s+pip)\s+install\s+(?P<words>[^\n;&|#]*)|\buv\s+(?:add|tool\s+install)\s+(?P<more>[^\n;&|#]*)"
)
_VALUED = frozenset(
    {"-r", "-c", "-e", "-i", "-f", "-t", "--requirement", "--constraint", "--editable", "--python"}
    | {"--index-url", "--extra-index-url", "--find-links", "--target", "--index", "--with", "-p"}
    | {"--prefix", "--root", "--torch-backend", "--platform", "--abi", "--python-version"}
)
"""Options of installers that take a value."""
_PIN = re.compile(r"([A-Za-z][\w.-]*?)\s*(?:==|@|:|=|\s)\s*v?(\d+(?:\.\w+)*)")
_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")


@dataclass(frozen=True)
class Verified:
    """What a skill was checked against, as its `verified` says."""

    versions: Mapping[str, Version] = field(default_factory=dict)
    """Version by package."""
    date: datetime.date | None = None
    """The day."""
    rest: str = ""
    """What is not understood."""


def verified(skill: Skill) -> Verified | None:
    """The `verified` of a skill, at the top or anywhere under `metadata`; None without one."""
    for key, value in _fields(skill.fields):
        if key == "verified" and value:
            return _verified(_flat(value))
    return None


def packages(skill: Skill, blocks: Iterable[Block]) -> set[str]:
    """The packages that a skill tells its reader to install."""
    lists = [value for key, value in _fields(skill.fields) if key in FIELDS]
    words = [word for value in lists if isinstance(value, list) for word in value]
    found = [word for word in words if isinstance(word, str)]
    for block in blocks:
        if block.language in ("shell", "python", "inline"):
            found += installed(block.text)
    return {name for word in found for name in _package(word)}


def installed(code: str) -> Iterator[str]:
    """The requirements in the install commands of a text."""
    for match in _INSTALL.finditer(code.replace("\\\n", " ")):
        try:
            words = shlex.split(match["words"] or match["more"] or "")
        except ValueError:
            continue
        skip = False
        for word in words:
            if not skip and not word.startswith("-"):
                yield word
            skip = word in _VALUED


def _package(word: str) -> Iterator[str]:
    try:
        found = Requirement(word)
    except InvalidRequirement:
        return
    if found.url is None:
        yield canonicalize_name(found.name)


def _fields(fields: Mapping[str, Plain]) -> Iterator[tuple[str, Plain]]:
    waiting: list[Mapping[str, Plain]] = [fields]
    while waiting:
        for key, value in waiting.pop(0).items():
            yield key, value
            if isinstance(value, dict) and key != "verified":
                waiting.append(value)


def _flat(value: Plain) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_flat(each)}" for key, each in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else value or ""


def _verified(text: str) -> Verified:
    date, rest = None, text
    for match in _DATE.finditer(text):
        try:
            date = datetime.date.fromisoformat(match[1])
        except ValueError:
            continue
        rest = rest.replace(match[1], "")
    versions: dict[str, Version] = {}
    for name, version in _PIN.findall(rest):
        try:
            versions[canonicalize_name(name)] = Version(version)
        except InvalidVersion:
            continue
        rest = _PIN.sub("", rest, count=1)
    words = re.findall(r"[^\s,;.]+", re.sub(r"\b(?:on|at|with|date|and|against)\b", "", rest))
    return Verified(versions, date, " ".join(words))
