"""An author's own figures: the functions of `figures.py` beside the post."""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TextIO

from benchpost.config import Project
from benchpost.errors import BenchpostError, Place
from benchpost.figures.plan import canonical
from benchpost.figures.types import Drawing, Facts, Figure, Fragment
from benchpost.files import read_text, sha256
from benchpost.fill.refusal import Refusal
from benchpost.findings import Check, Finding

FILE = "figures.py"
FAILURES = (Exception, SystemExit)
"""What the author's code may raise: `sys.exit()` in it ends one figure, not the command."""


@dataclass(frozen=True)
class _Source:
    """The file that the figures stand in."""

    file: Path
    """Where it is."""
    path: str
    """The same, relative to the project root."""
    digest: str
    """SHA-256 of its text, whatever its line ends."""


@dataclass(frozen=True)
class Own:
    """The figures of one folder."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    """Public functions of the file by name."""
    findings: tuple[Finding, ...] = ()
    """Why the file could not be loaded."""


def load_own(folder: Path, project: Project) -> Own:
    """The figures of `folder/figures.py`; none when there is no such file.

    The file is run as a module of its own that nobody can import, and nothing is written beside it.
    """
    file = folder / FILE
    if not file.is_file():
        return Own()
    path = project.relative(file)
    try:
        text = read_text(file)
        module = _run(file, text)
    except FAILURES as error:
        # the author's code may raise whatever it likes; the other posts go on
        place = _place(error, file, path)
        said = f"{FILE} does not load: {_said(error)}"
        return Own(findings=(Finding(Check.S006, place, said),))
    source = _Source(file, path, sha256(text.replace("\r\n", "\n").encode()))
    made = vars(module).items()
    return Own({n: _watched(f, source) for n, f in made if _is_figure(n, f, module)})


def _run(file: Path, text: str) -> types.ModuleType:
    name = f"figures of {file.resolve().parent}"
    module = types.ModuleType(name)
    module.__file__ = str(file)
    code = compile(text, str(file), "exec", dont_inherit=True)
    # dataclasses look their module up by name while it runs
    sys.modules[name] = module
    try:
        with _printing_aside():
            exec(code, module.__dict__)
    finally:
        del sys.modules[name]
    return module


def _is_figure(name: str, value: object, module: types.ModuleType) -> bool:
    own = inspect.isfunction(value) and value.__module__ == module.__name__
    return own and not name.startswith("_")


def _printing_aside() -> redirect_stdout[TextIO]:
    """Keep what the author's code prints out of the command's own output, which may be JSON."""
    return redirect_stdout(sys.stderr)


def _watched(figure: Callable[..., Any], source: _Source) -> Figure:
    """The figure, with whatever it raises told by its place in the file."""

    @functools.wraps(figure)
    def called(facts: Facts, **options: Any) -> Fragment:
        def act() -> Any:
            fragment = figure(facts, **options)
            if not isinstance(fragment, Fragment):
                return fragment
            return replace(fragment, drawings=tuple(map(drawn, fragment.drawings)))

        made: Fragment = _attempt(act, source)
        return made

    def drawn(drawing: Drawing) -> Drawing:
        # the plan says what a picture shows; how it is drawn stands in the file
        plan = canonical({"plan": drawing.plan, "code": source.digest})
        return replace(drawing, plan=plan, draw=lambda: _attempt(drawing.draw, source))

    return called


def _attempt(act: Callable[[], Any], source: _Source) -> Any:
    try:
        with _printing_aside():
            return act()
    except BenchpostError:
        raise
    except FAILURES as error:
        # the author's code may raise whatever it likes; it becomes a finding at its own line
        place = _place(error, source.file, source.path)
        raise Refusal(Check.S006, _said(error), place=place) from error


def _said(error: BaseException) -> str:
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def _place(error: BaseException, file: Path, path: str) -> Place:
    """Where in the file: the innermost of its lines that the error passed through."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return Place(path, error.lineno or 1, error.offset or 1)
    line, trace = 1, error.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename == str(file):
            line = trace.tb_lineno
        trace = trace.tb_next
    return Place(path, line)
