"""A catalogue as its readers want it: flat folders, a marketplace file, discovery, lists.

Pure: files by path, to be written by whoever asks. The tree itself stays nested.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from benchpost.errors import Place
from benchpost.files import sha256
from benchpost.findings import Check, Finding, Severity
from benchpost.skills.address import Address
from benchpost.skills.formats import in_line
from benchpost.skills.library import TEXTS, Library, resolve
from benchpost.skills.links import place_at
from benchpost.skills.mentions import mentions
from benchpost.skills.profiles import LONGEST
from benchpost.skills.published import outside
from benchpost.skills.repair import renamed
from benchpost.skills.rewrite import Moved, rewritten
from benchpost.skills.tokens import tokens
from benchpost.skills.types import Skill
from benchpost.skills.walk import shown

SCHEMA = "https://schemas.agentskills.io/discovery/0.2.0/schema.json"
"""Agent Skills Discovery RFC 0.2.0."""
ESCAPED = "backslashreplace"
"""How bytes of a path that are no text are written, in JSON as elsewhere."""
MARKETPLACE = "marketplace"
DISCOVERY = ".well-known/agent-skills"
FOLDERS = {
    "flat": "",
    "npx": "skills/",
    "claude": ".claude/skills/",
    "codex": ".agents/skills/",
    "gemini": ".gemini/skills/",
}
"""Where each client looks for folders of skills, one level deep."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Export:
    """Files to be written, and what could not be exported as it is."""

    files: Mapping[str, bytes]
    """Content by path, sorted."""
    findings: tuple[Finding, ...] = ()
    """What is left out, renamed, or leads out of the export."""


def export(library: Library, layout: str, base: str = "") -> Export:
    """The files of a layout of `LAYOUTS`.

    `base` is the tree's folder relative to the repository whose root the files are for.
    """
    found = _marketplace(library, base) if layout == MARKETPLACE else LAYOUTS[layout](library)
    return Export(dict(sorted(found.files.items())), found.findings)


def names(library: Library) -> dict[str, str]:
    """A name for each skill's folder that is allowed and that no other has, by SKILL.md."""
    wanted = {skill.path: _wanted(skill) for skill in library.tree.skills}
    counts = Counter(wanted.values())
    found: dict[str, str] = {}
    for skill in library.tree.skills:
        name = wanted[skill.path]
        if counts[name] > 1:
            name = _slug(f"{skill.category.rpartition('/')[2]}-{name}")
        free, number = name, 2
        while free in found.values() or (free != wanted[skill.path] and free in counts):
            free, number = f"{name}-{number}", number + 1
        found[skill.path] = free
    return found


def _wanted(skill: Skill) -> str:
    return skill.name if _NAME.fullmatch(skill.name) else _slug(skill.address.name)


def _slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[: LONGEST["name"]].strip("-") or "skill"


def _copied(library: Library, prefix: str) -> Export:
    """Every skill in a folder of its own name below `prefix`, links between them rewritten.

    What links of the file system take from outside of the tree is left out.
    """
    copier = _Copier(library, names(library))
    files: dict[str, bytes] = {}
    findings: list[Finding] = []
    for skill in library.tree.skills:
        name = copier.names[skill.path]
        if name != skill.name:
            message = f"{skill.name!r} is exported as {name!r}, which no other skill is called"
            place = Place(shown(skill.path))
            findings.append(Finding(Check.K009, place, message, severity=Severity.WARNING))
        findings += _leading_out(library, skill)
        findings += outside(library, skill)
        for inner, data in copier.content(skill):
            files[f"{prefix}{name}/{inner}"] = data
    return Export(files, tuple(findings))


@dataclass(frozen=True)
class _Copier:
    library: Library
    names: Mapping[str, str]

    @cached_property
    def base(self) -> str:
        """The folder of the tree, by which texts speak of its skills."""
        return self.library.tree.root.resolve().name

    @cached_property
    def known(self) -> frozenset[str]:
        paths = (*self.library.files, *self.library.folders)
        return frozenset(f"{self.base}/{path}".rstrip("/") for path in paths)

    @cached_property
    def moved(self) -> Moved:
        folders = {
            f"{self.base}/{skill.folder}".rstrip("/"): f"{self.base}/{self.names[skill.path]}"
            for skill in self.library.tree.skills
        }
        return Moved(folders, self.base)

    def content(self, skill: Skill) -> Iterator[tuple[str, bytes]]:
        """The files of a skill by their path inside it."""
        for path in (skill.path, *(file.path for file in skill.support)):
            file = self.library.tree.root / path
            if file.is_file() and self.library.is_own(path, skill):
                inner = path.removeprefix(f"{skill.folder}/") if skill.folder else path
                is_skill = path == skill.path
                data = self._rewritten(path, self.names[path] if is_skill else "")
                yield "SKILL.md" if is_skill else inner, data or file.read_bytes()

    def _rewritten(self, path: str, name: str) -> bytes | None:
        text = self.library.text(path) if path.lower().endswith(TEXTS) else ""
        if not text or "\ufffd" in text:
            # what is not UTF-8 is copied as it is
            return None
        after = rewritten(text, f"{self.base}/{path}", self.moved, self.known.__contains__)
        return (renamed(after, Address("", name, name)) if name else after).encode()


def _leading_out(library: Library, skill: Skill) -> Iterator[Finding]:
    """Whole links to files that belong to no skill: the export does not have them."""
    for path, text in library.markdown(skill):
        for mention in mentions(text).mentions:
            target = resolve(path, mention.path) if mention.is_relative else ""
            if mention.kind == "code" or not target or not library.exists(target):
                continue
            if target not in library.files and target not in library.folders:
                message = f"{mention.target!r} leads out of all skills; the export lacks it"
                place = place_at(path, text, mention.start)
                yield Finding(Check.K020, place, message, severity=Severity.WARNING)


def _marketplace(library: Library, base: str = "") -> Export:
    """The plugin file that names each skill's nested folder, a plugin a category."""
    prefix = f"./{base}/" if base else "./"
    plugins = [
        {
            "name": _slug(category),
            "description": library.tree.description(category) or f"Skills of {category}",
            "source": "./",
            "strict": False,
            "skills": [prefix + skill.folder for skill in skills],
        }
        for category, skills in library.tree.categories.items()
    ]
    name = _slug(library.tree.root.resolve().name)
    record = {"name": name, "owner": {"name": name}, "plugins": plugins}
    return Export({".claude-plugin/marketplace.json": _json(record)})


def web(library: Library, prefix: str = "skills/", site: str = "") -> Export:
    """What a site serves: every skill as Markdown below `prefix`, lists of them, and discovery.

    `site` is the site's own address, which may have a path; where it is not known, discovery has
    addresses relative to its index.
    """
    copied = _copied(library, prefix)
    folders = names(library)
    files = dict(copied.files)
    findings = list(copied.findings)
    entries = []
    for skill in library.tree.skills:
        name = folders[skill.path]
        if not skill.description:
            message = "has no description; discovery does not list it"
            found = Finding(Check.K011, Place(shown(skill.path)), message)
            findings.append(found)
            continue
        if f"{prefix}{name}/SKILL.md" not in copied.files:
            # a link took it from elsewhere, which has its finding
            continue
        entry, added = _discovered(skill, name, copied.files, prefix, site)
        entries.append(entry)
        files |= added
    files[f"{DISCOVERY}/index.json"] = _json({"$schema": SCHEMA, "skills": entries})
    urls = {path: f"{prefix}{name}/SKILL.md" for path, name in folders.items()}
    records = [_record(library, skill, urls[skill.path]) for skill in library.tree.skills]
    files["skills.json"] = _json(records)
    files["llms.txt"] = _llms(library, urls).encode("utf-8", ESCAPED)
    return Export(files, tuple(findings))


def _discovered(
    skill: Skill, name: str, copied: Mapping[str, bytes], prefix: str, site: str
) -> tuple[dict[str, str], dict[str, bytes]]:
    """The entry of a skill in discovery, and the file that it names."""
    folder = f"{prefix}{name}/"
    inner = {path[len(folder) :]: data for path, data in copied.items() if path.startswith(folder)}
    if len(inner) > 1:
        kind, path, data = "archive", f"{name}.tar.gz", archive(inner)
    else:
        kind, path, data = "skill-md", f"{name}/SKILL.md", inner.get("SKILL.md", b"")
    entry = {
        "name": name,
        "type": kind,
        "description": skill.description[: LONGEST["description"]],
        "url": f"{site.rstrip('/')}/{DISCOVERY}/{path}" if site else path,
        "digest": f"sha256:{sha256(data)}",
    }
    return entry, {f"{DISCOVERY}/{path}": data}


def archive(files: Mapping[str, bytes]) -> bytes:
    """A gzipped tar of files, the same bytes for the same files whenever and wherever."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, data in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return gzip.compress(plain.getvalue(), mtime=0)


def _record(library: Library, skill: Skill, url: str) -> dict[str, object]:
    text = library.text(skill.path)
    return {
        "id": skill.address.identity,
        "name": url.split("/")[-2],
        "category": skill.category,
        "description": skill.description,
        "tags": list(skill.tags),
        "platforms": list(skill.platforms),
        "tokens": tokens(text),
        "digest": f"sha256:{sha256(text.encode())}",
        "url": url,
        "problems": [f"{each.check.name} {each.message}" for each in skill.findings],
    }


def _llms(library: Library, urls: Mapping[str, str]) -> str:
    lines = ["# Skills\n", f"> {len(library.tree.skills)} skills, each a Markdown file.\n"]
    for category, skills in library.tree.categories.items():
        lines.append(f"## {in_line(category)}\n")
        for skill in skills:
            url = urls[skill.path]
            words = f": {in_line(skill.description)}" if skill.description else ""
            lines.append(f"- [{url.split('/')[-2]}]({url}){words}")
        lines.append("")
    return "\n".join(lines)


def _json(record: object) -> bytes:
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode("utf-8", ESCAPED)


def _layout(prefix: str) -> Callable[[Library], Export]:
    return lambda library: _copied(library, prefix)


LAYOUTS: dict[str, Callable[[Library], Export]] = {
    **{name: _layout(prefix) for name, prefix in FOLDERS.items()},
    MARKETPLACE: _marketplace,
    "web": web,
}
"""All, by name."""
