"""The font of the formulas: STIX Two Math, cut down to the characters that `maths` can write."""

from __future__ import annotations

from io import BytesIO

from fontTools import subset
from fontTools.ttLib import TTFont

from benchpost.site import maths_symbols as symbols

NAME = "stix-two-math.woff2"
"""File name in the theme's fonts."""

SOURCE = "npm package @fontsource/stix-two-math 5.3.0, files/stix-two-math-latin-400-normal.woff2"
"""Where the whole font comes from; the SIL Open Font License stands beside ours."""

_ALPHABETS = (
    "bold",
    "bold-italic",
    "script",
    "fraktur",
    "double-struck",
    "sans-serif",
    "monospace",
)
_ITALIC = range(0x1D434, 0x1D468)
_ITALIC_GREEK = range(0x1D6E2, 0x1D71C)


def characters() -> frozenset[str]:
    """Every character that a formula may hold, except letters inside `\\text`."""
    tables = (
        *(symbols.LETTERS, symbols.UPRIGHT, symbols.BINARY, symbols.RELATIONS, symbols.LARGE),
        *(symbols.INTEGRALS, symbols.DELIMITERS, symbols.ACCENTS, symbols.UNDERS, symbols.ARROWS),
        symbols.NEGATED,
    )
    named = {char for table in tables for char in table.values()}
    plain = set(map(chr, range(0x20, 0x7F))) | set("−∗⋯′√’\u00a0\u2009ℎ")
    slanted = set(map(chr, (*_ITALIC, *_ITALIC_GREEK))) - {"\U0001d455"}
    return frozenset(named | plain | slanted | _alphabets(plain | set(symbols.LETTERS.values())))


def _narrow_roots(font: TTFont) -> None:
    """Make the tall root signs as narrow as the small one.

    Chromium reserves the width of the widest behind every root, 0.4 em too much for most.
    """
    root = font.getBestCmap()[ord("√")]
    width = font["hmtx"][root][0]
    for name in _taller(font, root):
        advance, bearing = font["hmtx"][name]
        glyph = font["glyf"][name]
        glyph.coordinates.scale((width / advance, 1))
        glyph.recalcBounds(font["glyf"])
        font["hmtx"][name] = (width, round(bearing * width / advance))


def _taller(font: TTFont, root: str) -> set[str]:
    """Glyphs that stand for a tall root sign, the pieces of the tallest included."""
    variants = font["MATH"].table.MathVariants
    place = variants.VertGlyphCoverage.glyphs.index(root)
    construction = variants.VertGlyphConstruction[place]
    whole = {record.VariantGlyph for record in construction.MathGlyphVariantRecord}
    pieces = {record.glyph for record in construction.GlyphAssembly.PartRecords}
    return (whole | pieces) - {root}


def _alphabets(letters: set[str]) -> set[str]:
    found = {symbols.in_alphabet(char, name) for name in _ALPHABETS for char in letters}
    return {char for char in found if char}


def cut(font: bytes) -> bytes:
    """A WOFF2 font with those characters and what their formulas need: tables, variants, sizes."""
    options = subset.Options(
        flavor="woff2",
        hinting=False,
        layout_features=["ssty", "dtls", "flac", "kern"],
        notdef_outline=True,
    )
    options.drop_tables += ["DSIG", "meta"]
    tailor = subset.Subsetter(options)
    tailor.populate(unicodes=sorted(map(ord, characters())))
    whole = TTFont(BytesIO(font), recalcTimestamp=False)
    tailor.subset(whole)
    _narrow_roots(whole)
    whole.flavor = "woff2"
    written = BytesIO()
    whole.save(written)
    return written.getvalue()
