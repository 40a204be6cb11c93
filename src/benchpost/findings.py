"""Problems found: each has a code, a place and what would be right. All are reported at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from benchpost.errors import Place


class Check(Enum):
    """Every check: a member's name is its code, its value the sentence. Codes are never reused."""

    # M: what the MDX compiler refuses
    M001 = "HTML comment in MDX"
    M002 = "tag is not closed, or closed by another"
    M003 = "expression in braces is not JavaScript"
    M004 = "heading id in braces, `{#id}`"
    M005 = "`<` that does not begin a tag"
    M006 = "import or export does not parse"
    M007 = "front matter is not YAML"
    # N: what compiles and then breaks a Nextra build, or silently loses text
    N001 = "component is not imported and not known"
    N002 = "`style` given as a string"
    N003 = "image path without `./`"
    N004 = "image file is missing"
    N005 = "GitHub alert type that Nextra refuses"
    N006 = "display maths whose first line is lost or whose end is not found"
    N007 = "name in braces is not defined"
    # S: slots and values
    S001 = "slot marker without its partner"
    S002 = "slot or value names a figure, option or function that does not exist"
    S003 = "slot does not hold what its figure gives"
    S005 = "value is not what its expression gives"
    S006 = "slot or value cannot be computed"
    S007 = "snippet declaration is not understood"
    S008 = "slot or value declaration is not understood"
    S009 = "bare number with a unit on a page whose numbers are computed"
    S010 = "quoted number or source without what would prove it"
    S011 = "value at the beginning of a line of Markdown"
    # F: figure files
    F001 = "figure file is missing"
    F002 = "figure file was edited by hand"
    F003 = "figure file is stale"
    F004 = "figure file belongs to no slot"
    # R: recorded results
    R001 = "result is missing: the snippet was never recorded"
    R002 = "result is stale: the snippet or one before it changed"
    R003 = "result is stale: a module or file that the snippet used changed"
    R004 = "results file was edited by hand"
    R005 = "results file cannot be read"
    R006 = "result belongs to no snippet"
    # Q: numbers held against the hardware
    Q001 = "quoted number is impossible"
    Q002 = "number that is quoted as impossible is possible"
    Q003 = "recorded result beats the datasheet"
    Q004 = "quoted number leaves out a condition that decides about it"
    # T: placeholders
    T001 = "placeholder is not filled"
    # P: pages of the site
    P001 = "component has no counterpart on the site; its children are kept"
    P002 = "formula cannot be rendered at build time"
    P003 = "link or image leads nowhere"
    P004 = "post cannot be read"
    P005 = "expression cannot be evaluated on the site; its source is shown"
    P006 = "date of a post is not understood; its page shows none"
    P007 = "file stands where a page is to be written"
    P008 = "image lies on another server"
    # K: skills and their catalogue
    K001 = "file of a skill cannot be read"
    K002 = "front matter is missing or not closed"
    K003 = "front matter of a skill is not YAML"
    K004 = "byte order mark"
    K005 = "lines end with CR LF"
    K006 = "symbolic link to what is listed already"
    K007 = "skill inside a skill"
    K008 = "skill named as a category"
    K009 = "name used by two skills"
    K010 = "`name` is missing or not allowed"
    K011 = "`description` is missing, empty or too long"
    K012 = "`name` is not the folder's"
    K013 = "field that the profile does not know"
    K014 = "field of the wrong kind or length"
    K015 = "YAML that the profile refuses"
    K016 = "file of a skill is not called SKILL.md"
    K017 = "skill lies where a client does not look"
    K020 = "link or image of a skill leads nowhere"
    K021 = "path in code leads nowhere"
    K022 = "anchor leads nowhere"
    K023 = "skill that is referred to does not exist"
    K024 = "support file is never mentioned"
    K025 = "name or description nearly that of another skill"
    K026 = "description does not say when to use the skill"
    K027 = "skill is long"
    K028 = "category has too many skills or too few"
    K029 = "category without a description"
    K030 = "DESCRIPTION.md gives no description"
    K031 = "link resolves from the skill's folder and not from its file"
    K040 = "move of a skill that is in doubt"
    K050 = "code of a skill uses what the newest release does not have"
    K051 = "code of a skill uses what was removed"
    K052 = "skill was verified against an older release"
    K053 = "`verified` of a skill is not understood"
    K054 = "text of a skill is old"
    K060 = "file of a skill is not published"
    # C: commands of a page against the real tool
    C001 = "command that the tool does not have"
    C002 = "flag that the tool never had"
    C003 = "flag that is gone"
    C004 = "flag, key or command that is newer than the release the page speaks of"
    C005 = "value that the flag or key does not take"
    C006 = "value that is not JSON"
    C007 = "key that the JSON setting does not have"
    C008 = "value too many or too few"
    C009 = "flag that is cut short"
    C010 = "continuation of a line that a shell breaks"
    C011 = "quote or dash that a shell reads otherwise"
    C012 = "environment variable that the tool does not read"
    C013 = "metric that the tool does not expose"
    C014 = "port of another program"
    C015 = "flag that changes nothing"
    C016 = "value that was a default"
    C017 = "default that is stated wrongly"
    C018 = "value that needs more than the command shows"
    C019 = "model given by a flag"
    C020 = "package that nothing on the page uses"
    C021 = "result that the command does not report"
    C022 = "release or tool that is not known"
    C023 = "draft model with another vocabulary"


class Severity(Enum):
    """Whether a finding fails a check."""

    ERROR = "error"
    """Exit code 1."""
    WARNING = "warning"
    """Shown, exit code 0."""


@dataclass(frozen=True)
class Finding:
    """One problem at one place."""

    check: Check
    """Which check found it."""
    place: Place
    """Where."""
    message: str
    """What is wrong and what would be right, one sentence without a full stop."""
    mend: str = ""
    """The command that mends it, or empty. E.g. `benchpost fill posts/overhead/index.mdx`"""
    severity: Severity = Severity.ERROR
    """Error or warning."""
    diff: str = ""
    """Unified diff of what is there against what should be, or empty."""


def selected(
    findings: Iterable[Finding], select: Sequence[str], ignore: Sequence[str]
) -> list[Finding]:
    """Findings whose code begins with one of `select` (all, when empty) and none of `ignore`."""
    chosen = tuple(select) or ("",)
    return [
        finding
        for finding in findings
        if finding.check.name.startswith(chosen)
        and not (ignore and finding.check.name.startswith(tuple(ignore)))
    ]


def as_text(findings: Sequence[Finding]) -> str:
    """One finding a paragraph: `path:line:column: CODE message`, diff, and the mending command."""
    return "".join(_paragraph(finding) for finding in findings)


def _paragraph(finding: Finding) -> str:
    level = "" if finding.severity is Severity.ERROR else f" {finding.severity.value}:"
    head = f"{finding.place}:{level} {finding.check.name} {finding.message}\n"
    diff = "".join(f"    {line}\n" for line in finding.diff.splitlines())
    mend = f"    mend: {finding.mend}\n" if finding.mend else ""
    return head + diff + mend


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON array of objects with `code, path, line, column, message, mend, severity, diff`."""
    return (
        json.dumps([_record(finding) for finding in findings], indent=2, ensure_ascii=False) + "\n"
    )


def _record(finding: Finding) -> dict[str, str | int]:
    return {
        "code": finding.check.name,
        "check": finding.check.value,
        "path": finding.place.path,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "mend": finding.mend,
        "severity": finding.severity.value,
        "diff": finding.diff,
    }


def as_github(findings: Sequence[Finding]) -> str:
    """Workflow commands that GitHub shows as annotations."""
    return "".join(_annotation(finding) for finding in findings)


def _annotation(finding: Finding) -> str:
    text = finding.message + (f"\nmend: {finding.mend}" if finding.mend else "")
    place = finding.place
    return (
        f"::{finding.severity.value} file={_escaped(place.path, property=True)},line={place.line},"
        f"col={place.column},title={finding.check.name}::{_escaped(text)}\n"
    )


def _escaped(text: str, *, property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text


FORMATS: dict[str, Callable[[Sequence[Finding]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}
