"""A small project for tests of the site: its posts, and `mkdocs` in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SAMPLE = Path(__file__).parent / "site/cases/sample"
"""A post that holds every kind of block, with its picture."""


def write_post(root: Path, slug: str, text: str, name: str = "index.mdx") -> Path:
    """A post of a project in `root`."""
    file = root / "posts" / slug / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def write_sample(root: Path) -> Path:
    """The sample as a post of a project."""
    shutil.copytree(SAMPLE, root / "posts/sample")
    return root / "posts/sample/index.mdx"


SKILLS = {
    "mlops/aquarium/SKILL.md": """---
name: quagga-tank
description: Keeps an axolotlarium at its temperature. Use when the water is warm.
metadata:
  tags: aquarium
  related_skills: roofline-estimates
---
# Tanks

See [salts](references/salts.md#how-much) and [the script](scripts/cool.py).

## Okapi heading

A thylacine lives in the body. [Back to the vllm skill](../inference/vllm/SKILL.md).
""",
    "mlops/aquarium/references/salts.md": "# Salts\n\n## How much\n\nA pinch of pangolin salt.\n",
    "mlops/aquarium/scripts/cool.py": "print('cool')\n",
    "mlops/broken/SKILL.md": "---\nname: [broken\n---\n# Broken\n\nIts text is here.\n",
    "aliases.json": '{"aliases": {"pets/quagga": "mlops/aquarium"}}\n',
}
"""Skills beside our own: one with words that stand nowhere else, and one that is broken."""


def write_skills(root: Path) -> None:
    """Those skills in the tree of a project."""
    for path, text in SKILLS.items():
        file = root / "docs/skills" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def mkdocs(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`mkdocs` in a project."""
    command = [sys.executable, "-m", "mkdocs", *words]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
