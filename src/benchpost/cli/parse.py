"""`benchpost parse`: the blocks or inlines of files, as the MDX compiler names and places them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchpost.cli.arguments import Subparsers, verb
from benchpost.errors import UsageError
from benchpost.files import read_text
from benchpost.post.dump import Record, blocks, inlines, outline
from benchpost.post.read import parse_post

EXAMPLES = """\
  benchpost parse posts/vllm-overhead/index.mdx                  an outline with lines
  benchpost parse posts/vllm-overhead/index.mdx --format json    blocks with offsets and all fields
  benchpost parse README.md --inlines --format json         links, code, maths, text
"""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `parse`."""
    parser = verb(subparsers, "parse", "show the blocks or inlines of files", EXAMPLES)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="MDX or Markdown files")
    parser.add_argument("--inlines", action="store_true", help="inlines instead of blocks")
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to print")


def act(args: argparse.Namespace) -> int:
    """Print the records of all files."""
    records = [record for file in args.files for record in _records(file, args)]
    sys.stdout.write(FORMATS[args.format](records))
    return 0


def _records(file: Path, args: argparse.Namespace) -> list[Record]:
    """The records of one file; each names its file where there are several."""
    if not file.is_file():
        raise UsageError(f"no file {file}")
    path = file.as_posix()
    post = parse_post(read_text(file), path, file)
    records = inlines(post) if args.inlines else blocks(post)
    return [{"file": path, **record} for record in records] if len(args.files) > 1 else records


def _as_json(records: Sequence[Record]) -> str:
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


FORMATS: dict[str, Callable[[Sequence[Record]], str]] = {"text": outline, "json": _as_json}
