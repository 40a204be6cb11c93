"""A release laid over the facts: it is the beginning of what is new, the end of what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolfacts.snapshot import key
from toolfacts.table import Entry, Table, collapse, expand, is_there

Facts = dict[str, Any]


def merged(facts: Facts | None, snapshot: Mapping[str, Any], date: str) -> Facts:
    """The facts with a release added, or with their newest release examined again.

    A release between those examined would need every life cut anew, so it is refused.
    """
    if facts is None:
        facts = _empty(snapshot)
    version = snapshot["version"]
    if key(version) < key(facts["version"] or version):
        raise ValueError(f"{version} is older than {facts['version']}, the newest in the facts")
    again = version == facts["version"]
    # what was overlooked in a release was there for nobody knows how long
    since = "" if again or not facts["versions"] else version
    return {
        "schema": 1,
        "tool": snapshot["tool"],
        "version": version,
        "date": date,
        "method": snapshot["method"],
        "versions": facts["versions"] if again else [*facts["versions"], [version, date]],
        "commands": _lives(facts["commands"], snapshot["commands"], since, version),
        "positionals": snapshot.get("positionals", {}),
        "flags": collapse(_flags(expand(facts["flags"]), snapshot["commands"], since, version)),
        "objects": _objects(facts["objects"], snapshot["objects"], since, version),
        "enums": snapshot["enums"],
        "env": _lives(facts["env"], snapshot["env"], since, version),
        "metrics": _metrics(facts["metrics"], snapshot["metrics"], since, version),
    }


def _empty(snapshot: Mapping[str, Any]) -> Facts:
    names = ("commands", "objects", "enums", "env", "metrics")
    return {"version": "", "versions": [], "flags": [], **{name: {} for name in names}}


def _life(life: list[str] | None, there: bool, since: str, version: str) -> list[str] | None:
    """A life continued, ended or begun; None for what never was."""
    if life is None:
        return [since] if there else None
    if is_there(life) == there:
        return life
    return [*life, since or version] if there else [*life, version]


def _lives(
    old: Mapping[str, list[str]], new: Any, since: str, version: str
) -> dict[str, list[str]]:
    names = dict.fromkeys([*old, *new])
    lives = {name: _life(old.get(name), name in new, since, version) for name in names}
    return {name: life for name, life in lives.items() if life}


def _flags(table: Table, commands: Mapping[str, Any], since: str, version: str) -> Table:
    result: Table = {}
    for command in dict.fromkeys([*table, *commands]):
        new = commands.get(command, {})
        old = _renamed(table.get(command, {}), new)
        # all flags of a command that is new are as old as it is
        result[command] = {
            name: _entries(old.get(name, []), new.get(name), since, version)
            for name in dict.fromkeys([*old, *new])
        }
    return result


def _renamed(old: dict[str, list[Entry]], new: Mapping[str, Entry]) -> dict[str, list[Entry]]:
    """The old entries under the spelling that comes first now, where a flag has several."""
    result = dict(old)
    for name, record in new.items():
        for entries_name, entries in old.items() if name not in old else ():
            living = is_there(entries[-1]["life"]) and entries_name not in new
            if living and {name, *record["names"]} & {*entries[-1]["names"]}:
                result[name] = result.pop(entries_name)
                break
    return result


def _entries(old: list[Entry], new: Entry | None, since: str, version: str) -> list[Entry]:
    kept, last = old[:-1], old[-1] if old else None
    living = last if last and is_there(last["life"]) else None
    if new is None:
        return [*kept, {**living, "life": [*living["life"], version]}] if living else old
    shape = {name: value for name, value in new.items() if name != "default"}
    if living is None:
        first = new.get("default")
        history = [["", first]] if first is not None else []
        return [*old, {**shape, "life": [since], "default": history}]
    history = _history(living.get("default", []), new, version)
    return [*kept, {**shape, "life": living["life"], "default": history}]


def _history(history: list[list[Any]], new: Entry, version: str) -> list[list[Any]]:
    """The defaults with that of the release, where it is another and known."""
    if "default" not in new:
        return history
    value = new["default"]
    last = history[-1][1] if history else None
    same = value == last and isinstance(value, bool) == isinstance(last, bool)
    # an expression is no plain value: what one reader resolves, another leaves open
    if same or value is None or (last is None and history and history[-1][0] == version):
        return history
    return [*(history if history else [["", None]]), [version, value]]


def _objects(
    old: Mapping[str, Any], new: Mapping[str, Any], since: str, version: str
) -> dict[str, Any]:
    result = {}
    for name in sorted({*old, *new}):
        before, after = old.get(name, {}), new.get(name, {})
        begins = since if name in old else ""
        keys = {}
        for each in sorted({*before, *after}):
            old_life = before.get(each, {}).get("life")
            if begins == "" and each not in after and is_there(old_life):
                continue  # seen again in the same release, it is no key: a field of the class's own
            life = _life(old_life, each in after, begins, version)
            keys[each] = {**before.get(each, {}), **after.get(each, {}), "life": life}
        result[name] = keys
    return result


def _metrics(
    old: Mapping[str, list[str]], new: Mapping[str, str], since: str, version: str
) -> dict[str, list[str]]:
    known = {_scraped(name, old): kind for name, kind in new.items()}
    lives = _lives({name: life for name, (_, *life) in old.items()}, known, since, version)
    return {
        name: [_kind(old.get(name, ["unknown"])[0], known.get(name, "unknown")), *life]
        for name, life in lives.items()
    }


def _scraped(name: str, old: Mapping[str, list[str]]) -> str:
    """A name whose kind the source does not show, as it is known to be scraped."""
    total = f"{name}_total"
    return total if name not in old and total in old else name


def _kind(old: str, new: str) -> str:
    return old if new == "unknown" else new
