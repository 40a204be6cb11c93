"""Whole folders of posts become sites that build strictly and lose no word, heading or fence."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import render

from benchpost.post.document import Dialect
from benchpost.post.read import parse_post
from benchpost.site.convert import to_markdown

SCRIPT = Path(__file__).parents[2] / "scripts" / "convert_corpus.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("convert_corpus", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


corpus = load()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_folder_becomes_a_site(tmp_path: Path) -> None:
    """Pages link to each other, what does not compile is counted, findings fail nothing."""
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide/index.mdx").write_text(
        "---\ntitle: A\n---\n# A\n\n> [!NOTE]\n> See [b](./b#part) and [c](/c).\n\n![x](./no.png)\n"
    )
    (tmp_path / "guide/b.mdx").write_text(
        "## Part\n\n<Callout>\n  `x`\n\n  ```py\n  y\n  ```\n</Callout>\n"
    )
    (tmp_path / "guide/_c.mdx").write_text("text[^a] $x$\n\n[^a]: note\n\n$$\ny\n$$\n")
    (tmp_path / "guide/broken.mdx").write_text("<div>\n")
    out = tmp_path / "out"
    done = run(str(tmp_path / "guide"), "--out", str(out))
    assert done.stdout.splitlines() == [
        "3 files compile, 1 do not",
        "batch 1: 3 pages, 0 failures",
        "     2 P003 link or image leads nowhere",
        "0 failures",
    ], done.stderr
    assert done.returncode == 0
    html = (out / "batch-1/site/index.html").read_text(encoding="utf-8")
    assert '<a href="b.html#part">b</a> and c.' in html


@pytest.mark.parametrize(
    ("tree", "page", "index"),
    [
        ("a b c", "a x b c", None),
        ("a b c", "a c", 1),
        ("a b", "b a", 1),
        ("", "", None),
        ("a", "", 0),
    ],
)
def test_the_first_lost_word_is_named(tree: str, page: str, index: int | None) -> None:
    """Words may come in between, but none may be missing or stand before its neighbour."""
    assert corpus.first_lost(tree.split(), page.split()) == index


def test_a_page_with_less_than_its_tree_is_a_failure() -> None:
    """Fewer fences, headings or words are three failures."""
    tree = corpus.Tally(fences=2, headings=1, words=["a", "b"])
    page = corpus.Tally(fences=1, headings=2, words=["a"])
    assert list(corpus.differences("x.mdx", tree, page)) == [
        "x.mdx: 2 code blocks in the file, 1 on the page",
        "x.mdx: 1 headings in the file, 2 on the page",
        "x.mdx: lost: … a »b«  …",
    ]


PIECES = st.sampled_from(
    [
        *(
            "word",
            "*em*",
            "**b**",
            "`c`",
            "$x$",
            "[l](https://a.org)",
            "![i](./i.png)",
            "{1}",
            "{x}",
        ),
        *(
            "<kbd>k</kbd>",
            "<Nope>n</Nope>",
            "<br />",
            "a!",
            "{/* c */}",
            "[^1]",
            "~~d~~",
            "1. ",
            "- ",
        ),
        *(
            "# h",
            "> q",
            "\n",
            "\n\n",
            "\n\n",
            "\n    ",
            "\n- i\n",
            "\n1. o\n",
            "\n> q\n",
            "\n```py\nx\n```\n",
        ),
        *(
            "\n$$\nm\n$$\n",
            "\n| a | b |\n|---|---|\n| c | d |\n",
            "\n[^1]: note\n",
            "\n***\n",
            "## t [#n]",
        ),
        *(
            "\n<Callout>\n",
            "\n</Callout>\n",
            "<Tabs items={['a']}>",
            "<Tabs.Tab>",
            "</Tabs.Tab></Tabs>",
        ),
        *(
            "\n<div>\n",
            "\n</div>\n",
            "<Steps>",
            "</Steps>",
            "<details><summary>s</summary>",
            "</details>",
        ),
        *(
            "<ul><li>",
            "</li></ul>",
            "<table><tr><td>",
            "</td></tr></table>",
            "> [!NOTE]\n> n\n",
            "![",
        ),
        *(
            "<Cards><Card title='t'>",
            "</Card></Cards>",
            "<img src='a.png' />",
            "<svg><path /></svg>",
            "](",
        ),
        *(
            "{",
            "}",
            "<",
            ">",
            "`",
            "```",
            "$",
            "$$",
            "\\",
            "\t",
            "\r\n",
            "é",
            "import a from 'b'\n",
        ),
    ]
)


@settings(max_examples=200)
@given(st.lists(PIECES, max_size=16).map("".join), st.sampled_from(Dialect))
def test_whatever_an_author_types_is_shown(text: str, dialect: Dialect) -> None:
    """No text stops the converter or the site, and no fence, heading or character is lost."""
    post = parse_post(text, "a.mdx", Path("a.mdx"), dialect)
    html = render(to_markdown(post).text)
    reader = corpus.PageReader()
    reader.feed(f'<article id="converted">{html}</article>')
    tree = corpus.tree_tally(post)
    assert (reader.tally.fences, reader.tally.headings) == (tree.fences, tree.headings)
    page = list("".join(corpus.split("".join(reader.text))))
    assert corpus.first_lost(list("".join(tree.words)), page) is None


@pytest.mark.corpus
def test_files_of_strangers_become_pages_without_loss() -> None:
    """Sixty files of the corpus, others on every run of the seed in the environment."""
    folder = os.environ.get("BENCHPOST_MDX_CORPUS")
    if not folder:
        pytest.skip("BENCHPOST_MDX_CORPUS does not name a folder with the MDX corpus")
    seed = os.environ.get("BENCHPOST_SEED", "0")
    done = run(folder, "--sample", "60", "--seed", seed)
    assert done.returncode == 0, done.stdout + done.stderr
