"""`benchpost import`: a Jupyter notebook as a draft post."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from benchpost.cli.arguments import Subparsers, project_of, verb
from benchpost.config import Project
from benchpost.errors import UsageError
from benchpost.files import read_text, write_atomic

EXAMPLES = """\
  benchpost import peaks.ipynb                       writes posts/peaks/index.md, a draft
  benchpost import peaks.ipynb posts/gpu/index.md    the same, there

A code cell becomes a snippet when its metadata says so: "benchpost": "id=peaks keep=rate:B/s".
The outputs of other cells come along as they are. The way back is `benchpost run --notebook FILE`.
"""


def add(subparsers: Subparsers) -> None:
    """Declare the words of `import`."""
    parser = verb(subparsers, "import", "write a draft post from a Jupyter notebook", EXAMPLES)
    parser.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="an .ipynb file")
    parser.add_argument("post", nargs="?", type=Path, metavar="POST", help="the .md file to write")


def act(args: argparse.Namespace) -> int:
    """Write the post; a file that is there already is never written over."""
    # nbformat takes long to import, and only this verb and the site need it
    from benchpost.record.notebook import markdown_of_notebook

    notebook: Path = args.notebook
    if not notebook.is_file():
        raise UsageError(f"no file {notebook}")
    project = project_of(args)
    post: Path = args.post or _place(project, notebook)
    if post.exists():
        raise UsageError(f"{project.relative(post)} is there already; name another file to write")
    body = markdown_of_notebook(read_text(notebook))
    write_atomic(post, (_front_matter(body, notebook.stem) + body).encode())
    print(f"{project.relative(post)}: written as a draft; next: benchpost run")
    return 0


def _place(project: Project, notebook: Path) -> Path:
    slug = re.sub(r"[^a-z0-9]+", "-", notebook.stem.lower()).strip("-") or "notebook"
    return project.root / project.config.posts / slug / "index.md"


def _front_matter(body: str, name: str) -> str:
    heading = re.search(r"^# +(\S.*?)\s*$", body, re.M)
    title = json.dumps(heading[1] if heading else name, ensure_ascii=False)
    return f"---\ntitle: {title}\ndraft: true\n---\n\n"
