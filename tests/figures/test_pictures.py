"""Figure files: well-formed, legible, self-contained, in the palette's colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from figures.drawn import drawings, svg

from benchpost.figures.palette import PALETTE
from benchpost.figures.pictures.svg import SIZE, text_width
from benchpost.figures.seal import judge, sealed
from benchpost.figures.theme import CSS, is_themable, themed

NAMES = sorted(drawings())
SVG = "{http://www.w3.org/2000/svg}"
each_file = pytest.mark.parametrize("name", NAMES)


def tree(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg(name))


@each_file
def test_files_are_small_and_self_contained(name: str) -> None:
    """A file is one SVG under 80 kB without style sheet, script, metadata or outside reference."""
    text = svg(name)
    assert tree(name).tag == f"{SVG}svg"
    assert len(text) < 80_000
    assert not re.search(r"<style|<script|<metadata|<!DOCTYPE|<\?xml|<!--|@import", text)
    assert set(re.findall(r"https?://[^\s\"]+", text)) == {"http://www.w3.org/2000/svg"}


@each_file
def test_files_have_words_for_those_who_do_not_see_them(name: str) -> None:
    """The root is an image named by its title and description, both of which say something."""
    root = tree(name)
    labels = root.attrib["aria-labelledby"].split()
    named = [root.find(f".//*[@id='{label}']") for label in labels]
    assert root.attrib["role"] == "img"
    assert [len(element.text or "") > 10 for element in named if element is not None] == [True] * 2


@each_file
def test_ids_are_unique_and_references_lead_somewhere(name: str) -> None:
    """No id stands twice, and every reference has its target."""
    text = svg(name)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', text)) <= {
        pair for ident in ids for pair in ((ident, ""), ("", ident))
    }


@each_file
def test_colours_are_of_the_palette(name: str) -> None:
    """No colour but the palette's appears, so that every colour follows the scheme."""
    assert set(re.findall(r"#[0-9a-f]{6}\b", svg(name))) <= {colour.light for colour in PALETTE}


@each_file
def test_words_are_large_enough_and_inside(name: str) -> None:
    """Letters are 11 pt or nearly so, and no line of words leaves the picture."""
    root = tree(name)
    wide, tall = (float(root.attrib[side]) for side in ("width", "height"))
    assert wide == 520
    for words in root.iter(f"{SVG}text"):
        size = float(words.attrib.get("font-size", SIZE))
        assert size >= 11.5, words.text
        if "transform" in words.attrib:
            continue
        length = text_width(words.text or "", size, bold="font-weight" in words.attrib)
        style = words.attrib.get("style", "")
        anchor = words.attrib.get("text-anchor") or style.partition("text-anchor: ")[2][:6]
        before = {"middle": 0.5, "end": 1.0}.get(anchor.strip("; "), 0.0)
        left = float(words.attrib["x"]) - before * length
        assert left >= 2, words.text
        assert left + length <= wide - 2, words.text
        assert 8 <= float(words.attrib["y"]) <= tall - 4, words.text


@each_file
def test_a_file_vouches_for_itself(name: str) -> None:
    """A drawn file is fresh for its drawing, and drawing again gives the same bytes."""
    data = sealed(drawings()[name])
    assert judge(data, drawings()[name]) == "fresh"
    assert data == svg(name).encode()
    assert b"\r" not in data
    assert data.endswith(b"</svg>\n")


@each_file
def test_inline_figures_follow_the_scheme(name: str) -> None:
    """Inline, every colour is a variable, ids bear the prefix, card and seal are gone."""
    inline = themed(svg(name), "fig-7")
    assert is_themable(svg(name))
    assert ElementTree.fromstring(inline).tag == f"{SVG}svg"
    bare = re.sub(r"var\(--fig-[a-z0-9-]+, #[0-9a-f]{6}\)", "", inline)
    assert not re.search(r"#[0-9a-f]{6}\b", bare)
    assert not re.search(r"fig-card|data-seal|data-plan", inline)
    idents = re.findall(r'\sid="([^"]+)"', inline)
    assert all(ident.startswith("fig-7-") for ident in idents)
    references = re.findall(r'(?:href="#|url\(#)([^")]+)', inline)
    labels = re.findall(r'aria-labelledby="([^"]+)"', inline)[0].split()
    assert {*references, *labels} <= set(idents)


def test_every_variable_has_a_value_in_both_schemes() -> None:
    """The style sheet gives each palette colour its light and its dark value."""
    light, dark = CSS.split("[data-md-color-scheme=slate]")
    for colour in PALETTE:
        assert f"--fig-{colour.name}: {colour.light};" in light
        assert f"--fig-{colour.name}: {colour.dark};" in dark


def test_a_stranger_is_not_themable() -> None:
    """A picture that a snippet drew is left as it is."""
    assert not is_themable('<svg xmlns="http://www.w3.org/2000/svg"><rect fill="#ffffff"/></svg>')
