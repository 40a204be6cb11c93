"""Pages on benchpost itself, made from its own code so that they cannot lag behind it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from benchpost.figures.rows import PLATFORMS
from benchpost.findings import Check
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.types import Known
from benchpost.roofline.units import show
from benchpost.site import escape
from benchpost.site.errors_page import errors_page
from benchpost.site.gallery import gallery
from benchpost.site.model_page import model_page
from benchpost.site.values_page import values_page

VOCABULARY = (
    ("errors.py", "post/document.py", "record/types.py"),
    ("roofline/types.py", "figures/types.py", "findings.py"),
)
"""Modules whose public records are the words of the glossary."""


def reference_pages(folder: Path) -> Mapping[str, bytes]:
    """Every page and its files, by path relative to `folder`, where earlier ones may lie."""
    pages = {
        "model.md": _model_page(),
        "values.md": _values_page(),
        "catalog.md": _catalog(),
        "checks.md": _checks(),
        "glossary.md": _glossary(),
    }
    return {
        **{name: text.encode() for name, text in pages.items()},
        **gallery(folder / "figures"),
        **errors_page(folder / "errors"),
    }


def _page(title: str, description: str, parts: Sequence[str]) -> str:
    front = f'---\ntitle: "{title}"\ndescription: "{description}"\n---'
    return "\n\n".join([front, f"# {title}", *parts]) + "\n"


# the model


def _model_page() -> str:
    description = "Every term and every equation of the performance model, worked for a GPU."
    return _page("The model", description, [*model_page()])


# values


def _values_page() -> str:
    description = "Every function that a number in a sentence may call."
    return _page("Values", description, [*values_page()])


# chips and models


def _catalog() -> str:
    description = "Names that slots and values may use, with the numbers behind them."
    intro = (
        "Options such as `gpu=` and `model=` take these names. Every number was taken from the "
        "source in its row; what is measured and what a datasheet says stand apart."
    )
    measured = [chip for chip in catalog.chips() if chip.measured_bandwidth or chip.measured_peaks]
    parts = [
        intro,
        "## Chips by their datasheets",
        "By platform, the fastest memory first. Peaks are dense and accumulate in FP32; those of "
        "16 bits are BF16, or FP16 where a chip has no other. FP16 sums: accumulating in FP16, "
        "which GeForce cards do at twice the rate. The cache is the last before the memory; the "
        "link leads to other GPUs, both ways together.",
        *_datasheets(),
        "## Chips as others measured them",
        *_sourced(("Chip", "Bandwidth", "BF16"), "lrr", map(_measured, measured)),
        "## Models",
        *_sourced(MODEL_HEAD, "lrrrr", map(_model, catalog.models())),
    ]
    return _page("Chips and models", description, parts)


CHIP_HEAD = ("Chip", "Memory", "Bandwidth", "16 bits", "FP16 sums", "FP8", "Cache", "Link")
MODEL_HEAD = ("Model", "Parameters", "Layers", "Hidden", "KV heads")

Row = tuple[Sequence[str], Sequence[str]]
"""Cells of a table and the sources behind them."""


def _sourced(head: Sequence[str], align: str, rows: Iterable[Row]) -> tuple[str, str]:
    """A table whose last column numbers the sources, and the list of these."""
    numbers: dict[str, int] = {}
    return _numbered(head, align, rows, numbers), _list(numbers)


def _numbered(head: Sequence[str], align: str, rows: Iterable[Row], numbers: dict[str, int]) -> str:
    """A table whose last column numbers the sources; `numbers` grows by those that are new."""
    rule = ("---:" if side == "r" else "---" for side in f"{align}l")
    lines = [f"| {' | '.join((*head, 'Source'))} |", f"| {' | '.join(rule)} |"]
    for cells, sources in rows:
        marks = (str(numbers.setdefault(each, len(numbers) + 1)) for each in dict.fromkeys(sources))
        lines.append(f"| {' | '.join((*cells, ', '.join(marks)))} |")
    return "\n".join(lines)


def _list(numbers: Mapping[str, int]) -> str:
    return "\n".join(f"{n}. {escape.text(each)}" for each, n in numbers.items())


def _datasheets() -> Iterator[str]:
    """A table for each platform; the sources are numbered through all of them."""
    numbers: dict[str, int] = {}
    for platform, about in catalog.PLATFORMS.items():
        chips = [chip for chip in catalog.chips() if chip.platform == platform]
        chips.sort(key=lambda chip: (-chip.bandwidth.value, chip.name))
        yield f"### {escape.text(_capital(PLATFORMS[platform]))}"
        yield f"{escape.text(_capital(about))}."
        yield _numbered(CHIP_HEAD, "lrrrrrrr", map(_chip, chips), numbers)
    yield "### Sources"
    yield _list(numbers)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _chip(chip: Chip) -> Row:
    half = chip.peaks.get("bf16") or chip.peaks.get("fp16")
    sums = chip.peaks.get("fp16-acc16")
    numbers = (chip.memory, chip.bandwidth, half, sums, chip.peaks.get("fp8"))
    cells, sources = _numbers(chip.name, (*numbers, chip.cache, chip.link))
    cache = f"{chip.cache.value / 2**20:.0f} MiB" if chip.cache else ""
    return [*cells[:6], cache, *cells[7:]], sources


def _measured(chip: Chip) -> Row:
    return _numbers(chip.name, (chip.measured_bandwidth, chip.measured_peaks.get("bf16")))


def _numbers(name: str, numbers: Sequence[Known[float] | None]) -> Row:
    cells = [escape.text(show(each.value, each.unit)) if each else "" for each in numbers]
    return [escape.text(name), *cells], [f"{e.source} ({e.date})" for e in numbers if e]


def _model(model: Model) -> Row:
    numbers = (f"{model.parameters.value:,}", str(model.layers), f"{model.hidden:,}")
    cells = (escape.text(model.name), *numbers, str(model.kv_heads))
    return cells, [f"{model.source} ({model.date})"]


# checks


def _checks() -> str:
    intro = (
        "`benchpost check` reports everything that could be wrong with a post, each finding with "
        "its place, its code and, where there is one, the command that mends it. `--select` and "
        "`--ignore` take codes or their beginnings, e.g. `--ignore N,P001`."
    )
    parts = [intro]
    said = tomllib.loads(files("benchpost.site").joinpath("checks.toml").read_text("utf-8"))
    for letter, heading in GROUPS.items():
        parts.append(f"## {heading}")
        parts += [_check(c, said[c.name]) for c in Check if c.name[0] == letter]
    return _page("Checks", "Every code that a check may report, and what mends it.", parts)


GROUPS = {
    "M": "M: the MDX compiler would refuse it",
    "N": "N: it compiles, and then breaks or loses text in Nextra",
    "S": "S: slots, values and snippets",
    "F": "F: figure files",
    "R": "R: recorded results",
    "Q": "Q: numbers held against the hardware",
    "T": "T: placeholders",
    "P": "P: pages of the site",
    "K": "K: skills and their catalogue (`benchpost skills check`)",
    "C": "C: commands of a page against the real tool (`benchpost commands`)",
}


def _check(check: Check, said: str) -> str:
    return f"### {check.name}: {check.value} {{ #{check.name.lower()} }}\n\n{said.strip()}"


# glossary


def _glossary() -> str:
    intro = "One word for each thing, in the code, in the messages and on these pages."
    modules = [name for row in VOCABULARY for name in row]
    entries = sorted(entry for name in modules for entry in _records(name))
    return _page("Glossary", "The words of benchpost.", [intro, *(text for _, text in entries)])


def _records(module: str) -> Iterator[tuple[str, str]]:
    source = files("benchpost").joinpath(module).read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if (
            isinstance(node, ast.ClassDef)
            and _is_record(node)
            and (said := ast.get_docstring(node))
        ):
            yield node.name, _entry(node, said)


def _is_record(node: ast.ClassDef) -> bool:
    names = (ast.unparse(each) for each in (*node.decorator_list, *node.bases))
    return not node.name.startswith("_") and any(n.startswith(("dataclass", "Enum")) for n in names)


def _entry(node: ast.ClassDef, said: str) -> str:
    rows = [f"| {escape.code(name)} | {_cell(meaning)} |" for name, meaning in _fields(node)]
    table = "\n".join(["| Field | Meaning |", "| --- | --- |", *rows])
    return "\n\n".join([f"## {node.name}", _prose(said), *([table] if rows else [])])


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """Fields with the docstring under each."""
    for field, after in zip(node.body, node.body[1:], strict=False):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if isinstance(field, ast.AnnAssign | ast.Assign) and is_text:
            target = field.target if isinstance(field, ast.AnnAssign) else field.targets[0]
            yield ast.unparse(target), " ".join(str(ast.literal_eval(after.value)).split())  # type: ignore[attr-defined]  # is_text holds


def _prose(said: str) -> str:
    return "\n\n".join(_marked(paragraph) for paragraph in said.split("\n\n"))


def _cell(said: str) -> str:
    return _marked(said, cell=True)


def _marked(said: str, *, cell: bool = False) -> str:
    """Words of a docstring with what stands between backticks as code."""
    pieces = said.split("`")
    return "".join(
        escape.code(piece, cell=cell) if number % 2 else escape.text(piece)
        for number, piece in enumerate(pieces)
    )
