"""What each reader of skills accepts in the front matter."""

from __future__ import annotations

from dataclasses import dataclass

from benchpost.findings import Severity

SPEC_FIELDS = frozenset(
    {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
)
"""Agent Skills specification, agentskills.io, read 2026-08-09."""
CLAUDE_FIELDS = SPEC_FIELDS | {
    "when_to_use",
    "argument-hint",
    "arguments",
    "disable-model-invocation",
    "user-invocable",
    "disallowed-tools",
    "model",
    "effort",
    "context",
    "agent",
    "hooks",
    "paths",
    "shell",
}
"""Claude Code's documentation of skills, code.claude.com/docs/en/skills, 2026."""
LONGEST = {"name": 64, "description": 1024, "compatibility": 500}
"""Characters, of the specification."""


@dataclass(frozen=True)
class Profile:
    """One reader's rules; a severity of None means that it does not mind."""

    name: str
    """As `--profile` takes it."""
    fields: frozenset[str] = SPEC_FIELDS
    """Top-level fields that it knows."""
    unknown: Severity | None = Severity.ERROR
    """A field that it does not know."""
    folder: Severity | None = Severity.ERROR
    """`name` is not the folder's."""
    characters: Severity | None = Severity.ERROR
    """`name` is not of lower-case letters, digits and single hyphens."""
    values: Severity | None = Severity.WARNING
    """`metadata` or `allowed-tools` hold more than text."""
    required: Severity = Severity.ERROR
    """`name` or `description` is missing."""
    block: bool = False
    """YAML in block style only, without anchors and tags."""
    reserved: tuple[str, ...] = ()
    """Words that a name may not hold."""
    markup: Severity | None = None
    """A tag in `description`."""
    levels: int | None = None
    """Folders from the root down to a skill at which it looks; None for any."""


SPEC = Profile("spec")
SKILLS_REF = Profile("skills-ref", block=True)
CLAUDE = Profile(
    "claude",
    fields=CLAUDE_FIELDS,
    unknown=Severity.WARNING,
    folder=Severity.WARNING,
    values=None,
    reserved=("anthropic", "claude"),
    markup=Severity.ERROR,
    levels=1,
)
CODEX = Profile(
    "codex",
    unknown=None,
    folder=None,
    characters=Severity.WARNING,
    values=None,
    levels=6,
)
PORTABLE = Profile(
    "portable",
    values=Severity.ERROR,
    block=True,
    reserved=("anthropic", "claude"),
    markup=Severity.ERROR,
    levels=1,
)

PROFILES = {each.name: each for each in (SPEC, SKILLS_REF, CLAUDE, CODEX, PORTABLE)}
"""All, by name."""
