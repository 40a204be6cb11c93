"""Pictures of our pages in a browser that lacks the font they were laid out for."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
CLIPPED = """() => {
    const sheet = document.querySelector("svg").getBoundingClientRect();
    return [...document.querySelectorAll("text")]
        .filter((text) => {
            const box = text.getBoundingClientRect();
            return box.left < sheet.left || box.right > sheet.right;
        })
        .map((text) => text.textContent);
}"""
FONT = "<style>svg text, svg { font-family: 'DejaVu Sans', sans-serif !important }</style>"


def test_no_label_is_clipped_where_helvetica_is_missing(browser: Browser) -> None:
    """A font that sets a fifth wider, as most Linux machines have, stays inside each picture."""
    pictures = sorted([*ROOT.glob("docs/skills/**/*.svg"), *ROOT.glob("posts/**/*.svg")])
    assert len(pictures) > 30
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    found = {}
    for picture in pictures:
        page.set_content(FONT + picture.read_text(encoding="utf-8"))
        found[picture.name] = page.evaluate(CLIPPED)
    page.close()
    assert {name: words for name, words in found.items() if words} == {}
