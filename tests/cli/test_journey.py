"""The whole way of one post: placeholders become slots, slots are filled, and all is in order."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MdxCompile

from benchpost.cli import main

NAPKIN = Path(__file__).parent / "napkin.mdx"

APPLIED = """\
napkin.mdx:24: put the equation here
    written: fill equation decode_rate gpu="RTX 4090" model="Qwen3-4B-Instruct-2507"
napkin.mdx:28: screenshot of the HF repo
    written: fill repo-card model="Qwen3-4B-Instruct-2507"
napkin.mdx:35: picture of the transformer
    written: fill diagram transformer
napkin.mdx:50: add a diagram
    written: fill diagram matmul
"""


def without_slots(text: str, opening: str, closing: str) -> list[str]:
    """The pieces of a text around its slots."""
    parts = text.split(opening)
    return [parts[0], *(part.partition(closing)[2] for part in parts[1:])]


def files(root: Path) -> dict[str, bytes]:
    found = sorted(file for file in root.rglob("*") if file.is_file())
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in found}


@pytest.mark.node
def test_a_post_in_an_empty_folder_is_finished(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    mdx_compile: MdxCompile,
) -> None:
    """Four placeholders of four become slots and are filled; all around them stays; it compiles."""
    original = NAPKIN.read_text()
    post = tmp_path / "napkin.mdx"
    post.write_text(original)
    monkeypatch.chdir(tmp_path)
    assert main(["todo", "--apply", "napkin.mdx"]) == 0
    assert capsys.readouterr().out == APPLIED
    applied = post.read_text()
    assert main(["fill", "napkin.mdx"]) == 0
    assert capsys.readouterr().out == (
        "napkin.mdx: filled 4 slots; drew figures/diagram-transformer.svg, "
        "figures/diagram-matmul.svg\n"
    )
    filled = files(tmp_path)
    around = without_slots(post.read_text(), "{/* fill ", "{/* /fill */}")
    placeholders = [line for line in original.split("\n") if line.startswith("TODO:")]
    for placeholder in placeholders:
        original = original.replace(placeholder, "{/* fill {/* /fill */}")
    assert around == without_slots(original, "{/* fill ", "{/* /fill */}")

    assert main(["fill", "napkin.mdx"]) == 0
    assert files(tmp_path) == filled
    capsys.readouterr()
    assert main(["check", "napkin.mdx"]) == 0
    assert capsys.readouterr().out == ""
    assert [verdict.message for verdict in mdx_compile([applied, post.read_text()])] == ["", ""]


CHARTS = """
## Charts

{/* fill chart decode gpu="RTX 4090" model="Qwen3-4B" */}
{/* /fill */}

{/* fill chart roofline gpu="L4" */}
{/* /fill */}

About {/* = kv_bytes_per_token(model="Qwen3-4B") : ,.0f */}{/* /= */} bytes.
"""


def test_two_machines_give_the_same_bytes(tmp_path: Path) -> None:
    """Folder, language, time zone and hash seed leave no trace in posts or figures."""
    made = []
    for folder, locale, seed in (("a", "C", "1"), ("elsewhere/b c", "de_DE.UTF-8", "77")):
        root = tmp_path / folder
        (root / "posts/p").mkdir(parents=True)
        (root / "posts/p/index.mdx").write_text(NAPKIN.read_text() + CHARTS)
        environment = {**os.environ, "LC_ALL": locale, "PYTHONHASHSEED": seed, "TZ": f"XYZ-{seed}"}
        program = (
            "import sys; from benchpost.cli import main; sys.exit(main(['todo', '--apply']) "
            "or main(['fill']))"
        )
        command = [sys.executable, "-c", program]
        subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
        made.append(files(root))
    assert made[0] == made[1]
    assert sum(path.endswith(".svg") for path in made[0]) == 4
