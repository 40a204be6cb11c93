"""What the site makes of a Markdown page: Python-Markdown with the project's own extensions."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import markdown
from mkdocs.utils.yaml import yaml_load

ROOT = Path(__file__).parent.parent
BUILTIN = ("toc", "tables", "fenced_code")  # what MkDocs always loads

# what other sites load; text must survive these too (but not critic, which reads code as well)
STRANGERS = (
    "abbr",
    "def_list",
    "pymdownx.betterem",
    "pymdownx.caret",
    "pymdownx.emoji",
    "pymdownx.keys",
    "pymdownx.magiclink",
    "pymdownx.mark",
    "pymdownx.tilde",
)


@cache
def configured() -> tuple[tuple[str, ...], dict[str, dict[str, object]]]:
    """Names and settings of the extensions in `mkdocs.yml`."""
    with (ROOT / "mkdocs.yml").open(encoding="utf-8") as file:
        entries = yaml_load(file)["markdown_extensions"]
    pairs = [next(iter(e.items())) if isinstance(e, dict) else (e, None) for e in entries]
    return tuple(name for name, _ in pairs), {name: options or {} for name, options in pairs}


@cache
def renderer(*strangers: str) -> markdown.Markdown:
    names, settings = configured()
    extensions = [*dict.fromkeys((*BUILTIN, *names, *strangers))]
    return markdown.Markdown(extensions=extensions, extension_configs=settings)


def render(page: str, *strangers: str) -> str:
    """HTML of `page`."""
    return renderer(*strangers).reset().convert(page)


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def visible(html: str) -> str:
    """Text of `html` as a browser shows it: runs of ASCII spaces are one."""
    reader = _Visible()
    reader.feed(html)
    reader.close()
    return re.sub(r"[ \t\r\n]+", " ", "".join(reader.parts)).strip(" ")
