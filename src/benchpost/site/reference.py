"""Pages on benchpost itself, made from its own code so that they cannot lag behind it."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from benchpost.findings import Check
from benchpost.roofline import catalog
from benchpost.roofline.catalog import Chip, Model
from benchpost.roofline.emit import latex
from benchpost.roofline.equations import EQUATIONS
from benchpost.roofline.types import Equation, Known, Term
from benchpost.roofline.units import show
from benchpost.site import escape
from benchpost.site.gallery import gallery
from benchpost.site.values import values_page

VOCABULARY = (
    ("errors.py", "post/document.py", "record/types.py"),
    ("roofline/types.py", "figures/types.py", "findings.py"),
)
"""Modules whose public records are the words of the glossary."""


def reference_pages(folder: Path) -> Mapping[str, bytes]:
    """Every page and its files, by path relative to `folder`, where earlier ones may lie."""
    pages = {
        "equations.md": _equations(),
        "values.md": values_page(),
        "catalog.md": _catalog(),
        "checks.md": _checks(),
        "glossary.md": _glossary(),
    }
    return {**{name: text.encode() for name, text in pages.items()}, **gallery(folder / "figures")}


def _page(title: str, description: str, parts: Sequence[str]) -> str:
    front = f'---\ntitle: "{title}"\ndescription: "{description}"\n---'
    return "\n\n".join([front, f"# {title}", *parts]) + "\n"


# equations


def _equations() -> str:
    intro = (
        "Each equation is one plain Python function in `benchpost.roofline.equations`. Its LaTeX, "
        "the number in a sentence, the curve of a chart and the JavaScript come from that function "
        "alone. A multiply-add is two FLOPs; GB is 10^9^ bytes, GiB is written GiB."
    ).replace("10^9^", "$10^9$")
    description = "Every equation of the performance model, with its terms and its source."
    parts = [intro, *(_equation(each) for each in EQUATIONS.values())]
    return _page("Equations", description, parts)


def _equation(equation: Equation) -> str:
    terms = "\n".join(_term(term) for term in (equation.result, *equation.terms))
    return "\n\n".join(
        [
            f"## {escape.code(equation.name)} {{ #{equation.name.replace('_', '-')} }}",
            escape.text(equation.meaning),
            f"$$\n{latex(equation)}\n$$",
            f"| Symbol | Name | Meaning | Unit |\n| --- | --- | --- | --- |\n{terms}",
            f"_Source: {escape.text(equation.source)}._",
            f"```jsx\n{{/* fill equation {equation.name} */}}\n{{/* /fill */}}\n```",
        ]
    )


def _term(term: Term) -> str:
    unit = "" if term.unit == "1" else escape.text(term.unit)
    return f"| ${term.symbol}$ | {escape.code(term.name)} | {escape.text(term.meaning)} | {unit} |"


# chips and models


def _catalog() -> str:
    description = "Names that slots and values may use, with the numbers behind them."
    intro = (
        "Options such as `gpu=` and `model=` take these names. Every number was taken from the "
        "source in its row; what is measured and what a datasheet says stand apart."
    )
    chips = catalog.chips()
    measured = [chip for chip in chips if chip.measured_bandwidth or chip.measured_peaks]
    parts = [
        intro,
        "## Chips by their datasheets",
        *_sourced(CHIP_HEAD, "lrrrr", map(_chip, chips)),
        "## Chips as others measured them",
        *_sourced(("Chip", "Bandwidth", "BF16"), "lrr", map(_measured, measured)),
        "## Models",
        *_sourced(MODEL_HEAD, "lrrrr", map(_model, catalog.models())),
    ]
    return _page("Chips and models", description, parts)


CHIP_HEAD = ("Chip", "Memory", "Bandwidth", "BF16, dense", "FP8, dense")
MODEL_HEAD = ("Model", "Parameters", "Layers", "Hidden", "KV heads")

Row = tuple[Sequence[str], Sequence[str]]
"""Cells of a table and the sources behind them."""


def _sourced(head: Sequence[str], align: str, rows: Iterable[Row]) -> tuple[str, str]:
    """A table whose last column numbers the sources, and the list of these."""
    numbers: dict[str, int] = {}
    rule = ("---:" if side == "r" else "---" for side in f"{align}l")
    lines = [f"| {' | '.join((*head, 'Source'))} |", f"| {' | '.join(rule)} |"]
    for cells, sources in rows:
        marks = (str(numbers.setdefault(each, len(numbers) + 1)) for each in dict.fromkeys(sources))
        lines.append(f"| {' | '.join((*cells, ', '.join(marks)))} |")
    return "\n".join(lines), "\n".join(f"{n}. {escape.text(each)}" for each, n in numbers.items())


def _chip(chip: Chip) -> Row:
    numbers = (chip.memory, chip.bandwidth, chip.peaks.get("bf16"), chip.peaks.get("fp8"))
    return _numbers(chip.name, numbers)


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
    "T": "T: placeholders",
    "P": "P: pages of the site",
    "K": "K: skills and their catalogue (`benchpost skills check`)",
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
