# The hook runs within what is timed, and os.path costs a fraction of pathlib:
# ruff: noqa: PTH100, PTH110, PTH113, PTH116, PTH118, PTH123
"""Runs inside the kernel: notes which project files the snippets use, and reads kept variables.

The runner sends this file as source before the first snippet, so it needs the standard library
only, and the names that it defines stay out of the snippets' way. An audit hook sees every file
that is opened from Python, every import, every listing and every command started; it writes one
line for each to a file that forked children write to as well.

What it cannot see: files that compiled code opens on its own, what a started command opens, what a
process opens that was spawned and not forked (a pool of `multiprocessing` with `spawn` or
`forkserver`), and questions about a file that do not open it (`os.path.exists`).
"""

from __future__ import annotations

import faulthandler
import importlib.metadata
import json
import math
import numbers
import os
import select
import shlex
import signal
import stat
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from importlib.util import source_from_cache
from typing import Any

NAME = "_benchpost"
"""Where `install` puts itself in `sys.modules`."""

MOST_SAMPLES = 10_000
"""How many numbers of one variable are kept: they are reviewed in diffs."""

IMPORTERS = ("<frozen importlib", "/importlib/", "/pkg_resources/", "/setuptools/")
"""Code that lists folders only to find modules and distributions."""

KERNEL = ("/IPython/", "/ipykernel/", NAME)
"""Code that stands between the kernel and a snippet in a traceback."""


class Watch:
    """What the snippets did, noted as it happens."""

    def __init__(self, root: str, log: str, limit: int) -> None:
        self.root = os.path.join(root, "")
        prefixes = {os.path.join(prefix, "") for prefix in (sys.prefix, sys.base_prefix)}
        # an environment within the project holds packages, not the project's own files
        self.installed = tuple(each for each in prefixes if each.startswith(self.root))
        self.limit = limit
        # one write call a line and append mode: lines of forked children do not mix
        self.log = os.open(log, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self.noted: set[tuple[str, str]] = set()
        self.trouble = ""
        self.busy = threading.get_ident()
        self.before = frozenset(_top_level())
        self.named: set[str] = set()
        self.versions: dict[str, str] = {}
        self.snippet = ""

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """The audit hook: an error here would surface in the author's code, so it is kept."""
        act = EVENTS.get(event)
        if act is None or self.busy == threading.get_ident():
            return
        try:
            act(self, *arguments)
        except Exception as error:
            self.trouble = f"{event}: {error!r}"

    def note(self, how: str, path: str) -> None:
        """Write down that `path` was used, with what tells later whether it changed since."""
        if (how, path) not in self.noted:
            self.noted.add((how, path))
            line = json.dumps([how, path, signature(path)]) + "\n"
            os.write(self.log, line.encode())

    def inside(self, path: Any, folder: str = "") -> str:
        """The absolute path when it lies in the project, else an empty string."""
        full = os.path.abspath(os.path.join(folder, os.fsdecode(path)))
        if not self.holds(full) and not full.startswith((sys.prefix, sys.base_prefix)):
            full = os.path.realpath(full)
        return full if self.holds(full) else ""

    def holds(self, path: str) -> bool:
        """Whether an absolute path is one of the project."""
        folder = f"{path}{os.sep}"
        return folder.startswith(self.root) and not folder.startswith(self.installed)

    def lines(self) -> Iterator[list[str]]:
        """What was noted so far, by this process and its forked children."""
        size = os.fstat(self.log).st_size
        for line in os.pread(self.log, size, 0).decode().splitlines():
            yield json.loads(line)


def signature(path: str) -> str:
    """Empty for what does not exist, else a word that changes when the file does."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return ""
    if stat.S_ISDIR(found.st_mode):
        return "folder"
    return f"{found.st_mtime_ns}:{found.st_size}" if stat.S_ISREG(found.st_mode) else "special"


# events: the arguments are those of Python's table of audit events


def _opened(watch: Watch, path: Any, mode: str | None, flags: int) -> None:
    full = "" if isinstance(path, int) else watch.inside(path)
    if not full:
        return
    access = flags & os.O_ACCMODE
    if full.endswith(".pyc"):
        watch.note("import", source_from_cache(full))
        return
    reads = access == os.O_RDONLY or (access == os.O_RDWR and not flags & os.O_TRUNC)
    # os.open may be relative to a folder that the event does not tell
    if reads and (mode is not None or os.path.exists(full)):
        watch.note("import" if _caller().startswith("<frozen importlib") else "open", full)
    if access != os.O_RDONLY:
        watch.note("write", full)


def _imported(watch: Watch, module: str, file: str | None, *_: Any) -> None:
    """A module that is not there is a use too: its appearing would change the result."""
    if file is not None:
        full = watch.inside(file)
        if full:
            watch.note("import", full)
    elif _caller() == f"<{watch.snippet}>" or watch.inside(_caller()):
        watch.noted.add(("wanted", module))


def _listed(watch: Watch, path: Any, *_: Any) -> None:
    caller = _caller()
    full = "" if isinstance(path, int) else watch.inside(path or ".")
    if full and not any(part in caller for part in IMPORTERS):
        watch.note("list", full)


def _moved(watch: Watch, _: Any, target: Any, *__: Any) -> None:
    full = watch.inside(target)
    if full:
        watch.note("write", full)


def _started(watch: Watch, executable: Any, words: Any, folder: Any = None, *_: Any) -> None:
    parts = [words] if isinstance(words, (str, bytes, os.PathLike)) else list(words or ())
    where = os.fsdecode(folder) if isinstance(folder, (str, bytes, os.PathLike)) else ""
    for word in _words([part for part in (executable, *parts) if part is not None]):
        full = watch.inside(word, where)
        if full and os.path.isfile(full):
            watch.note("run", full)


def _commanded(watch: Watch, command: Any) -> None:
    _started(watch, None, command)


def _spawned(watch: Watch, _: Any, path: Any, words: Any, *__: Any) -> None:
    _started(watch, path, words)


def _connected(watch: Watch, database: Any) -> None:
    name = os.fsdecode(database).removeprefix("file:").partition("?")[0]
    full = watch.inside(name) if name and name != ":memory:" else ""
    if full and os.path.exists(full):
        watch.note("open", full)
    if full:
        watch.note("write", full)


EVENTS: dict[str, Callable[..., None]] = {
    "open": _opened,
    "import": _imported,
    "os.listdir": _listed,
    "os.scandir": _listed,
    "os.rename": _moved,
    "os.link": _moved,
    "os.symlink": _moved,
    "subprocess.Popen": _started,
    "os.exec": _started,
    "os.posix_spawn": _started,
    "os.spawn": _spawned,
    "os.system": _commanded,
    "sqlite3.connect": _connected,
}


def _caller() -> str:
    """File of the code that raised the event: above this function, the handler and the hook."""
    return sys._getframe(3).f_code.co_filename


def _words(parts: Iterable[Any]) -> Iterator[str]:
    """What could name a file on a command line: `sh -c "a b"` and `--config=b` are taken apart."""
    for part in map(os.fsdecode, parts):
        for word in (part, *part.split(), *_shell_words(part)):
            yield word
            yield word.partition("=")[2] or word


def _shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an open quote: the plain split has to do
        return []


# what the runner asks for after each snippet


def report(watch: Watch, namespace: Mapping[str, Any], keep: list[str]) -> str:
    """JSON: uses, changed files, kept values, versions, and trouble that the hook had."""
    watch.busy = threading.get_ident()
    _note_modules(watch)
    uses, changed = _uses(watch)
    answer = {
        "uses": uses,
        "changed": changed,
        "values": {name: kept(namespace, name) for name in keep},
        "versions": _versions(watch),
        "python": sys.version.split()[0],
        "trouble": watch.trouble,
    }
    return json.dumps(answer)


def begin(watch: Watch, snippet: str) -> None:
    """The next code is the snippet `snippet`: uses are noted from here on."""
    watch.snippet = snippet
    watch.busy = 0


def _uses(watch: Watch) -> tuple[list[list[str]], list[str]]:
    """Files that were read, with how; and those that someone else changed meanwhile.

    What the snippets wrote before reading it is theirs, not an input.
    """
    first: dict[str, list[str]] = {}
    written: set[str] = set()
    for how, path, mark in watch.lines():
        if how == "write":
            written.add(path)
            if path in first and first[path][1] == "":
                del first[path]
        elif _is_input(how, mark) and (path not in written or path in first):
            first.setdefault(path, [how, mark])
    now = {path: signature(path) for path in first}
    uses = [[path, how] for path, (how, mark) in first.items() if mark or not now[path]]
    changed = [p for p, (_, mark) in first.items() if mark and mark != now[p] and p not in written]
    return sorted(uses), sorted(changed)


def _is_input(how: str, mark: str) -> bool:
    return mark != "special" and (how == "list" or mark != "folder")


def _note_modules(watch: Watch) -> None:
    for module in list(sys.modules.values()):
        file = _file(module)
        if watch.holds(file):
            watch.note("import", source_from_cache(file) if file.endswith(".pyc") else file)
    for how, name in sorted(watch.noted):
        if how == "wanted" and name not in sys.modules:
            _note_absent(watch, name)


def _file(module: object) -> str:
    """Where a module was loaded from, without waking one that loads itself when it is asked."""
    file = vars(module).get("__file__") if hasattr(module, "__dict__") else None
    return file if isinstance(file, str) else ""


def _note_absent(watch: Watch, name: str) -> None:
    parent, _, leaf = name.rpartition(".")
    folders = sys.path if not parent else getattr(sys.modules.get(parent), "__path__", ())
    for folder in folders:
        for file in (f"{leaf}.py", os.path.join(leaf, "__init__.py")):
            full = watch.inside(file, folder)
            if full and not os.path.exists(full):
                watch.note("import", full)


def _top_level() -> Iterator[str]:
    return (name.partition(".")[0] for name in list(sys.modules))


def _versions(watch: Watch) -> dict[str, str]:
    """Versions of the distributions that the snippets imported."""
    names = set(_top_level()) - watch.before - sys.stdlib_module_names - set(_own(watch))
    if names != watch.named:
        owners = importlib.metadata.packages_distributions()
        found = {owner for name in names for owner in owners.get(name, ())}
        watch.named = names
        watch.versions = {owner: importlib.metadata.version(owner) for owner in sorted(found)}
    return watch.versions


def _own(watch: Watch) -> Iterator[str]:
    """Top-level modules of the project itself."""
    for name, module in list(sys.modules.items()):
        if watch.holds(_file(module)):
            yield name.partition(".")[0]


def kept(namespace: Mapping[str, Any], name: str) -> list[float | str] | float | str:
    """The number or numbers that a variable holds, or a sentence on why it has none."""
    if name not in namespace:
        return f"`{name}` is to be kept and was not defined"
    value = namespace[name]
    plain = value.tolist() if hasattr(value, "tolist") else value
    if _is_number(plain):
        return _finite(name, plain)
    samples = list(plain) if _is_flat(plain) else []
    if len(samples) > MOST_SAMPLES:
        return f"`{name}` holds {len(samples)} numbers; keep at most {MOST_SAMPLES}"
    if not samples or not all(map(_is_number, samples)):
        what = "empty" if _is_flat(plain) and not samples else f"a {type(value).__name__}"
        return f"`{name}` is {what}; keep a number, or a flat list or array of numbers"
    found = [_finite(name, sample) for sample in samples]
    return next((why for why in found if isinstance(why, str)), found)


def _is_flat(value: object) -> bool:
    return isinstance(value, Collection) and not isinstance(value, (str, bytes, Mapping))


def _is_number(value: object) -> bool:
    return isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, bool)


def _finite(name: str, value: Any) -> float | str:
    try:
        number = float(value)
    except OverflowError:
        return f"`{name}` is too large for a float"
    return number if math.isfinite(number) else f"`{name}` is {number}, not a finite number"


# what IPython is told once


def _explain(watch: Watch, shell: Any) -> None:
    """Name a snippet's code `<id>`, and send plain tracebacks without the kernel's own frames."""
    name_code = shell.compile.get_code_name
    send = shell._showtraceback

    def named(raw: str, code: str, number: int) -> str:
        return f"<{watch.snippet}>" if watch.snippet else str(name_code(raw, code, number))

    def sent(kind: type[BaseException], error: Any, lines: list[str]) -> None:
        send(kind, error, [_traceback(error)] if isinstance(error, BaseException) else lines)

    shell.compile.get_code_name = named
    shell._showtraceback = sent


def _traceback(error: BaseException) -> str:
    shown = traceback.TracebackException.from_exception(error)
    for each in _chain(shown):
        if each.stack:
            each.stack[:] = [f for f in each.stack if not any(k in f.filename for k in KERNEL)]
    return "".join(shown.format())


def _chain(shown: Any) -> Iterator[Any]:
    yield shown
    for other in (shown.__cause__, shown.__context__, *(shown.exceptions or ())):
        if other is not None:
            yield from _chain(other)


def _draw_alike(shell: Any) -> None:
    """Figures become SVG whose bytes depend on the drawing alone."""
    salt = {"svg.hashsalt": "benchpost"}
    inline = shell.config.InlineBackend
    inline.figure_formats = {"svg"}
    inline.rc = salt
    inline.print_figure_kwargs = {
        "bbox_inches": "tight",
        "metadata": {"Date": None, "Creator": None},
    }

    def again() -> None:
        # a style that the snippet used may have reset it
        if "matplotlib" in sys.modules and hasattr(sys.modules["matplotlib"], "rcParams"):
            sys.modules["matplotlib"].rcParams.update(salt)

    shell.events.register("post_execute", again)


def _print_within(watch: Watch, shell: Any) -> None:
    """One print of more than the limit is refused where it happens, and any text can be sent."""
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.write = _limited(stream.write, watch.limit)
    pack = shell.kernel.session.pack

    def packed(content: Any) -> Any:
        try:
            return pack(content)
        except (UnicodeEncodeError, ValueError):  # a lone surrogate
            return json.dumps(content, default=str).encode()

    shell.kernel.session.pack = packed


def _hear_out(shell: Any) -> None:
    """What child processes print reaches us by a pipe: wait for it before a snippet is over."""
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)

    def heard() -> None:
        for stream in streams:
            pipe = getattr(stream, "_fid", None)
            for _ in range(200):
                if pipe is None or not select.select([pipe], [], [], 0)[0]:
                    break
                time.sleep(0.002)
        time.sleep(0.002)  # the thread that read the last of it is about to pass it on

    shell.events.register("post_execute", heard)


def _limited(write: Callable[[str], Any], limit: int) -> Callable[[str], Any]:
    def written(text: str) -> Any:
        if len(text) > limit:
            raise RuntimeError(f"one write of {len(text)} characters; the limit is {limit}")
        return write(text)

    return written


def _tell_where(file: str) -> None:
    """On a crash, and when the runner asks by a signal, write the stack into `file`."""
    stack = open(file, "w")  # noqa: SIM115  # open as long as the kernel lives
    faulthandler.enable(stack)
    faulthandler.register(signal.SIGUSR1, stack)


def install(root: str, post: str, own: str, limit: int) -> Watch:
    """Make the kernel ready: where modules are found, how figures look, what is watched.

    `root`: the project; `post`: the post's folder; `own`: a folder for our files; `limit`:
    characters of one print.
    """
    from IPython import get_ipython

    shell = get_ipython()
    sys.dont_write_bytecode = True
    sys.path[:] = [post, root, *(path for path in sys.path if path not in ("", post, root))]
    watch = Watch(root, os.path.join(own, "uses"), limit)
    _tell_where(os.path.join(own, "stack"))
    _explain(watch, shell)
    _draw_alike(shell)
    _print_within(watch, shell)
    _hear_out(shell)
    sys.addaudithook(watch.hook)
    return watch
