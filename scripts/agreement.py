"""How far our reading of a post agrees with the real compiler's, on files nobody here wrote.

    BENCHPOST_MDX_CORPUS=folder .venv/bin/python scripts/agreement.py

The folder holds `corpus.tar.gz` (the files) and `truth.tar.gz` (what the compiler says of each).
A block or an inline agrees when its type, its lines, its offsets, what it stands in and all its
fields are the same.
"""

from __future__ import annotations

import json
import os
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchpost.post.document import Dialect, Post
from benchpost.post.dump import blocks, inlines
from benchpost.post.parse import parse

FOLDER = "BENCHPOST_MDX_CORPUS"
Record = Mapping[str, Any]
INLINES = frozenset(
    [
        "footnoteReference",
        "image",
        "imageReference",
        "inlineCode",
        "inlineMath",
        "link",
        "mdxJsxTextElement",
        "mdxTextExpression",
    ]
)
"""The kinds of inlines that the truth lists."""


@dataclass(frozen=True)
class Case:
    """A file and what the compiler found in it."""

    path: str
    text: str
    compiles: bool
    blocks: Sequence[Record]
    inlines: Sequence[Record]


@dataclass(frozen=True)
class Difference:
    """The first place where we disagree on a file."""

    path: str
    want: Record | None
    got: Record | None


def cases(folder: Path) -> Iterator[Case]:
    """Every file of the corpus."""
    texts = dict(_members(folder / "corpus.tar.gz", ".mdx"))
    for name, data in _members(folder / "truth.tar.gz", ".mdx.json"):
        path = name.removesuffix(".json")
        if path in texts:
            truth = json.loads(data)["math"]
            found = truth.get("blocks") or [], truth.get("inlines") or []
            yield Case(path, texts[path].decode(), truth["ok"], *found)


def _members(archive: Path, suffix: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.name.endswith(suffix) else None
            if file:
                yield member.name.removeprefix("./"), file.read()


def read(text: str) -> Post:
    """A post of blocks only: what authors put in it is of no matter here."""
    tree = parse(text, Dialect.MDX)
    return Post("index.mdx", Path("index.mdx"), text, Dialect.MDX, tree, {}, (), (), (), ())


def block_difference(case: Case, post: Post) -> Difference | None:
    """The first block that differs."""
    return _difference(case.path, case.blocks, blocks(post))


def inline_difference(case: Case, post: Post) -> Difference | None:
    """The first inline that differs."""
    found = [record for record in inlines(post) if record["t"] in INLINES]
    return _difference(case.path, case.inlines, found)


def _difference(path: str, want: Sequence[Record], got: Sequence[Record]) -> Difference | None:
    for one, other in zip(want, got, strict=False):
        if not agrees(one, other):
            return Difference(path, one, other)
    if len(want) == len(got):
        return None
    at = min(len(want), len(got))
    return Difference(
        path, want[at] if at < len(want) else None, got[at] if at < len(got) else None
    )


def agrees(want: Record, got: Record) -> bool:
    """Whether every field of the truth but the column, which the offset tells, is as ours."""
    return all(got.get(key) == value for key, value in want.items() if key != "c")


def main() -> int:
    """Print the table; 1 when a block differs."""
    folder = os.environ.get(FOLDER)
    if not folder:
        print(f"{FOLDER} does not name a folder", file=sys.stderr)
        return 2
    every = list(cases(Path(folder)))
    compiling = [case for case in every if case.compiles]
    posts = [(case, read(case.text)) for case in compiling]
    _print_kinds(posts)
    by_block = [found for case, post in posts if (found := block_difference(case, post))]
    by_inline = [found for case, post in posts if (found := inline_difference(case, post))]
    for difference in by_block + by_inline:
        print(f"{difference.path}\n  compiler {difference.want}\n  ours     {difference.got}")
    total = len(compiling)
    print(f"files that agree in every block:  {total - len(by_block)} of {total}")
    print(f"files that agree in every inline: {total - len(by_inline)} of {total}")
    print(f"blocks: {_speed(every):.1f} MB/s on one core ({len(every)} files)")
    return int(bool(by_block))


def _print_kinds(posts: Sequence[tuple[Case, Post]]) -> None:
    """For each kind, how many the compiler finds and how many of those we find alike."""
    total: Counter[str] = Counter()
    alike: Counter[str] = Counter()
    for case, post in posts:
        ours = {_key(record): record for record in blocks(post) + inlines(post)}
        for want in [*case.blocks, *case.inlines]:
            total[want["t"]] += 1
            alike[want["t"]] += agrees(want, ours.get(_key(want), {}))
    for kind, count in total.most_common():
        print(f"{kind:22}{count:8}{alike[kind]:8}")


def _key(record: Record) -> tuple[str, int]:
    return record["t"], record["o"][0]


def _speed(every: Sequence[Case]) -> float:
    """Megabytes of UTF-8 a second of processor time; the best of three."""
    size = sum(len(case.text.encode()) for case in every)
    return max(size / _seconds(every) for _ in range(3)) / 1e6


def _seconds(every: Sequence[Case]) -> float:
    start = time.process_time()
    for case in every:
        parse(case.text, Dialect.MDX)
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main())
