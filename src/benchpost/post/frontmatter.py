"""Front matter: the YAML between `---` lines at the head of a post."""

from __future__ import annotations

import datetime
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from benchpost.findings import Check, Severity
from benchpost.post.nodes import Root, Yaml
from benchpost.post.problems import Problem

if TYPE_CHECKING:
    from yaml import SafeLoader as Loader
else:
    # libyaml is twenty times as fast; where PyYAML was built without it, the result is the same
    Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# libyaml composes recursively in C and overruns its stack near 50,000 levels
DEEPEST = 100

DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")


@dataclass(frozen=True)
class Loaded:
    """What a piece of YAML says, or why it says nothing."""

    values: Mapping[str, Any]
    """The mapping; empty when there is a problem."""
    problem: str = ""
    """What is wrong, or empty."""
    line: int = 0
    """Line of the problem within the YAML, from 0."""
    column: int = 0
    """Column of the problem, from 0."""


def front_matter(tree: Root) -> Mapping[str, Any]:
    """The post's settings; empty when there are none or they cannot be read."""
    node = _node(tree)
    return load(node.value).values if node else {}


def problems(tree: Root, text: str) -> list[Problem]:
    """M007, when the front matter is not a YAML mapping; P006, when its date cannot be read."""
    node = _node(tree)
    if node is None:
        return []
    loaded = load(node.value)
    if loaded.problem:
        said = f"front matter: {loaded.problem}"
        return [Problem(Check.M007, _offset(node, text, loaded), said)]
    date = loaded.values.get("date")
    if date in (None, "") or date_of(loaded.values):
        return []
    said = f"date {str(date)!r} is not understood, so the page shows none; write e.g. 2026-11-26"
    return [Problem(Check.P006, _key(node, text, "date"), said, Severity.WARNING)]


def _key(node: Yaml, text: str, key: str) -> int:
    """The offset of a top-level key; of the front matter where it is written otherwise."""
    found = re.compile(rf"^{key}\b", re.MULTILINE).search(text, node.start, node.end)
    return found.start() if found else node.start


def _node(tree: Root) -> Yaml | None:
    return next((node for node in tree.children[:1] if isinstance(node, Yaml)), None)


def _offset(node: Yaml, text: str, loaded: Loaded) -> int:
    """The offset of a line and column of the YAML, which begins on the line after `---`."""
    offset = node.start
    for _ in range(loaded.line + 1):
        offset = text.find("\n", offset, node.end) + 1 or node.end
    return min(offset + loaded.column, node.end)


@lru_cache(maxsize=256)
def load(source: str) -> Loaded:
    """Read YAML that must be a mapping; never raises."""
    try:
        if _is_too_deep(source):
            return Loaded({}, f"nested more than {DEEPEST} levels deep")
        values = yaml.load(source, Loader=_Loader)  # a subclass of SafeLoader
    except yaml.MarkedYAMLError as error:
        return _refused(error)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError, AttributeError) as error:
        # PyYAML lets bare exceptions through from scalars such as `0b` or a date in year 0
        return Loaded({}, f"not YAML: {' '.join(str(error).split())}")
    return _mapping(values)


def _mapping(values: object) -> Loaded:
    if values is None:
        return Loaded({})
    if not isinstance(values, dict):
        return Loaded({}, "not a mapping; write one `key: value` a line")
    return Loaded(MappingProxyType({str(key): value for key, value in values.items()}))


def _refused(error: yaml.MarkedYAMLError) -> Loaded:
    mark = error.problem_mark or error.context_mark
    said = error.problem or error.context or "not YAML"
    hint = "; put the value in quotes" if said.startswith(_UNQUOTED) else ""
    return Loaded({}, said + hint, mark.line if mark else 0, mark.column if mark else 0)


_UNQUOTED = (
    "mapping values are not allowed",
    "found character that cannot start any token",
    "found undefined alias",
    "did not find expected",
    "while scanning",
)


def _is_too_deep(source: str) -> bool:
    """Whether the YAML nests deeper than `DEEPEST`; plain YAML is not even looked through."""
    depth = 0
    if sum(map(source.count, "[{-?")) > DEEPEST:
        for event in yaml.parse(source, Loader=Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                return True
    return False


class _Loader(Loader):
    """SafeLoader that refuses a key given twice, as Nextra's does, and keeps impossible dates."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    message = f"key {key.value!r} is given twice; keep one"
                    raise yaml.constructor.ConstructorError(None, None, message, key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _timestamp(loader: Any, node: Any) -> object:
    try:
        return yaml.SafeLoader.construct_yaml_timestamp(loader, node)
    except (ValueError, OverflowError):
        return node.value


def _untagged(loader: Any, node: Any) -> object:
    """A value with a tag of somebody's own is the value: `!draft` is no reason to refuse."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)
_Loader.add_constructor(None, _untagged)


def date_of(front: Mapping[str, Any]) -> datetime.date | None:
    """The post's date, from a YAML date or one of `DATE_FORMATS`; None without a readable one."""
    value = front.get("date")
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    return _parsed(value.strip()) if isinstance(value, str) else None


def _parsed(text: str) -> datetime.date | None:
    for form in DATE_FORMATS:
        try:
            return datetime.datetime.strptime(text, form).date()
        except ValueError:
            continue
    try:
        return datetime.datetime.fromisoformat(text).date()
    except ValueError:
        return None


def tags_of(front: Mapping[str, Any]) -> tuple[str, ...]:
    """The post's tags, from a list or a comma string, each once, in order."""
    value = front.get("tags")
    found = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    names = (str(tag).strip() for tag in found if tag is not None)
    return tuple(dict.fromkeys(name for name in names if name))
