"""Results as JSON that is reviewed in diffs: sorted keys, text by lines, a seal on each entry."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from benchpost.files import sha256
from benchpost.record.types import Machine, Measured, Output, Provenance, Result, Used

FORMAT = 1
"""Version of the layout below."""

Entry = dict[str, Any]
"""One result as JSON, its seal included."""

NUMBERS = re.compile(r"\[\s+(-?\d[-+.\de]*(?:,\s+-?\d[-+.\de]*)*)\s+\]")
ABSENT = "absent"


def entry(machine: str, result: Result) -> Entry:
    """A result as it stands in the file, sealed."""
    plain: Entry = {
        "digest": result.digest,
        "outputs": [_output(output) for output in result.outputs],
        "provenance": _provenance(result.provenance),
        "uses": {used.path: f"{used.how} {used.digest or ABSENT}" for used in result.uses},
        "values": {name: _measured(value) for name, value in result.values.items()},
    }
    return {**plain, "seal": seal(machine, result.snippet, plain)}


def seal(machine: str, snippet: str, plain: Mapping[str, Any]) -> str:
    """SHA-256 over an entry without its seal, the machine and the snippet: a moved entry breaks."""
    body = {name: value for name, value in plain.items() if name != "seal"}
    text = json.dumps([machine, snippet, body], sort_keys=True, separators=(",", ":"))
    return sha256(text.encode())


def is_sealed(machine: str, snippet: str, found: object) -> bool:
    """Whether an entry is as it was written."""
    return isinstance(found, dict) and found.get("seal") == seal(machine, snippet, found)


def _output(output: Output) -> Entry:
    if output.digest:
        return {"kind": output.kind, "file": output.text, "digest": output.digest}
    return {"kind": output.kind, "text": output.text.split("\n")}


def _measured(value: Measured) -> Entry:
    plain: Entry = {"value": value.value, "unit": value.unit}
    return {**plain, "samples": list(value.samples)} if value.samples else plain


def _provenance(provenance: Provenance) -> Entry:
    return {
        **asdict(provenance),
        "machine": {**asdict(provenance.machine), "devices": list(provenance.machine.devices)},
        "versions": dict(provenance.versions),
    }


def result(snippet: str, found: Entry) -> Result:
    """The result that a sealed entry holds."""
    return Result(
        snippet=snippet,
        digest=found["digest"],
        uses=tuple(_used(path, said) for path, said in found["uses"].items()),
        values={name: _value(value) for name, value in found["values"].items()},
        outputs=tuple(_shown(output) for output in found["outputs"]),
        provenance=_origin(found["provenance"]),
    )


def _used(path: str, said: str) -> Used:
    how, _, digest = said.partition(" ")
    return Used(path, "" if digest == ABSENT else digest, how)


def _value(found: Entry) -> Measured:
    return Measured(found["value"], found["unit"], tuple(found.get("samples", ())))


def _shown(found: Entry) -> Output:
    if "file" in found:
        return Output(found["kind"], found["file"], found["digest"])
    return Output(found["kind"], "\n".join(found["text"]))


def _origin(found: Entry) -> Provenance:
    machine = Machine(**{**found["machine"], "devices": tuple(found["machine"]["devices"])})
    return Provenance(**{**found, "machine": machine})


def text(machine: str, entries: Mapping[str, Entry]) -> str:
    """The whole file. Samples stand on one line, whatever their number."""
    whole = {"format": FORMAT, "machine": machine, "results": dict(entries)}
    pretty = json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False)
    # within a JSON string there is no line break, so this meets arrays of numbers only
    return NUMBERS.sub(lambda found: "[" + re.sub(r"\s+", " ", found[1]) + "]", pretty) + "\n"


def line_of(whole: str, snippet: str) -> int:
    """Line of a snippet's entry in the text of a file; 1 when it is not to be found."""
    found = re.search(rf"^ *{re.escape(json.dumps(snippet))}\s*:", whole, re.MULTILINE)
    return whole.count("\n", 0, found.start()) + 1 if found else 1
