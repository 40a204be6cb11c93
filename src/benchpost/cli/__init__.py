"""The command line: parse, one call, print, return.

Every verb is a module here with `add(subparsers)`, which declares its words, and
`act(args) -> int`, which does the work. Only the module of the verb in use is imported.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol, cast

from benchpost import __version__
from benchpost.cli.arguments import Examples, Subparsers
from benchpost.errors import BenchpostError, UsageError, near

VERBS = {
    "run": "benchpost.cli.run",
    "fill": "benchpost.cli.fill",
    "check": "benchpost.cli.check",
    "build": "benchpost.cli.build",
    "todo": "benchpost.cli.todo",
    "predict": "benchpost.cli.predict",
    "simulate": "benchpost.cli.simulate",
    "pages": "benchpost.cli.pages",
    "parse": "benchpost.cli.parse",
    "import": "benchpost.cli.notebook",
    "skills": "benchpost.cli.skills",
    "commands": "benchpost.cli.commands",
}
"""Verbs in the order of the help, and the module of each."""

EXAMPLES = """\
examples:
  benchpost todo --apply posts/vllm-overhead/index.mdx  write a slot for each placeholder
  benchpost run                                         run snippets without a fresh result
  benchpost fill                                        fill the slots and values of all posts
  benchpost check                                       say what is wrong; writes nothing
  benchpost build                                       all of it, and the site
"""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells have it."""
PIPE_CLOSED = 141
"""Exit code when the reader of our output left: 128 + SIGPIPE, as shells have it."""


class Verb(Protocol):
    """What the module of a verb offers."""

    def add(self, subparsers: Subparsers) -> None:
        """Declare the verb's words."""

    def act(self, args: argparse.Namespace) -> int:
        """Do it and return the exit code."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong as one of our errors, without printing the usage over it."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=Examples, allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")


def main(argv: Sequence[str] | None = None) -> int:
    """Run `benchpost` with the given words and return the exit code."""
    _never_fail_to_print()
    if argv is None:
        # a process of our own, soon over: looking for cycles at every 700 objects costs an eighth
        gc.set_threshold(50_000, 20, 20)
    try:
        code = _act(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
    except BenchpostError as error:
        print(f"benchpost: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("benchpost: interrupted; what was not finished is not written", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # what is still buffered would fail again when the interpreter flushes it at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except OSError as error:
        # of a file or folder that was named: full disk, no right to write, a folder for a file
        if error.filename is None:
            raise
        print(f"benchpost: {error.filename2 or error.filename}: {error.strerror}", file=sys.stderr)
        return BenchpostError.exit_code
    return code


def _act(words: list[str]) -> int:
    verb = _verb_in(words)
    # only the help of all verbs needs the modules of all
    wanted = [verb] if verb else [] if "--version" in words else list(VERBS)
    modules = {name: _module(name) for name in wanted}
    args = _parser(modules).parse_args(words)
    return modules[args.verb].act(args)


def _verb_in(words: Sequence[str]) -> str | None:
    """The verb that `words` begin with, after global options; None when they ask for help only."""
    skip = False
    for word in words:
        if not word.startswith("-") and not skip:
            if word not in VERBS:
                hint = near(word, VERBS) or f"; verbs are {', '.join(VERBS)}"
                raise UsageError(f"no verb {word!r}{hint}")
            return word
        skip = word == "--project"
    return None


def _module(verb: str) -> Verb:
    return cast(Verb, importlib.import_module(VERBS[verb]))


def _parser(modules: dict[str, Verb]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="benchpost",
        description="Performance posts that prove themselves: run the snippets, fill the figures "
        "and numbers in place, check all of it, publish.",
        epilog=EXAMPLES,
    )
    parser.add_argument("--version", action="version", version=f"benchpost {__version__}")
    parser.add_argument(
        "--project", type=Path, metavar="DIR", help="folder of the project (default: found upwards)"
    )
    subparsers = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", required=True)
    for module in modules.values():
        module.add(subparsers)
    return parser


def _never_fail_to_print() -> None:
    """A terminal that cannot show a character gets its escape, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
