"""Formulas become the MathML that is expected, or are refused; none comes out wrong in silence."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tarfile
import unicodedata
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from conftest import NODE, missing
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from rendered import render

from benchpost.site import math_font, maths_symbols
from benchpost.site.maths import mathml, refusal
from benchpost.site.maths_commands import ENVIRONMENTS

THEME = Path(math_font.__file__).parent / "theme" / "assets" / "benchpost"
FORMULAS = (Path(__file__).parent / "cases/maths/formulas.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x", "<mi>x</mi>"),
        (r"\Delta", '<mi mathvariant="normal">Δ</mi>'),
        ("3.35", "<mn>3.35</mn>"),
        ("x^10", "<msup><mi>x</mi><mn>1</mn></msup><mn>0</mn>"),
        ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        ("a-b", "<mi>a</mi><mo>−</mo><mi>b</mi>"),
        ("-b", '<mo lspace="0" rspace="0">−</mo><mi>b</mi>'),
        ("a=-b", '<mi>a</mi><mo>=</mo><mo lspace="0" rspace="0">−</mo><mi>b</mi>'),
        (r"2\log n", '<mn>2</mn><mspace width="0.1667em"/><mi>log</mi>'
         '<mspace width="0.1667em"/><mi>n</mi>'),
        (r"\log(n)", '<mi>log</mi><mo stretchy="false">(</mo><mi>n</mi>'
         '<mo stretchy="false">)</mo>'),
        (r"\frac12", "<mfrac><mn>1</mn><mn>2</mn></mfrac>"),
        (r"\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (r"\mathrm{BF16}", "<mi>BF16</mi>"),
        (r"\mathbf{QK}", "<mi>𝐐𝐊</mi>"),
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"\text{tok/s}", "<mtext>tok/s</mtext>"),
        (r"\text{a\_b c}", "<mtext>a_b\u00a0c</mtext>"),
        (r"f''", '<mrow><mi>f</mi><mo lspace="0" rspace="0">′</mo></mrow>'
         '<mo lspace="0" rspace="0">′</mo>'),
        (r"\boxed{x}", '<mrow style="border:1px solid;padding:0.3em"><mi>x</mi></mrow>'),
        ("a<b>c", "<mi>a</mi><mo>&lt;</mo><mi>b</mi><mo>&gt;</mo><mi>c</mi>"),
        ("x % gone", "<mi>x</mi>"),
        ("a:=b", '<mi>a</mi><mo lspace="0.2778em" rspace="0">:</mo><mo lspace="0">=</mo>'
         "<mi>b</mi>"),
    ],
)  # fmt: skip
def test_a_formula_within_a_line(tex: str, expected: str) -> None:
    """LaTeX gives this MathML, with the classes and spaces of TeX."""
    assert mathml(tex, display=False) == f"<math>{expected}</math>"


@pytest.mark.parametrize(
    ("tex", "reason", "offset"),
    [
        (r"a + \SI{3}{\second}", r"`\SI` is not a command that can be rendered", 4),
        (r"\aplha", r"`\aplha` is not a command that can be rendered; did you mean 'alpha' or "
         "'nabla' or 'kappa'?", 0),
        (r"\begin{alignat}{2} a \end{alignat}",
         "environment `alignat` is not known; did you mean 'align' or 'align*' or 'aligned'?", 6),
        (r"\begin{array}{l|r} a & b \end{array}",
         "an array's columns are letters `l`, `c`, `r` without rules", 13),
        (r"\begin{cases} a & b & c \end{cases}", "more than 2 columns in a row", 24),
        (r"\begin{split} a \end{align}",
         "environment `split` is not closed by its own `\\end`", 27),
        ("a & b", "`&` stands outside an environment", 2),
        (r"a \\ b", r"`\\` parts lines in a display only", 2),
        ("{a", "a group needs `}` here", 2),
        ("a}", "`}` closes nothing", 1),
        (r"\left( a", r"`\left` needs `\right` here", 8),
        (r"a \right)", r"`\right` without `\left`", 2),
        (r"\left x", r"`\left` needs a delimiter, not `x`", 6),
        ("x^", "`_` or `^` has no argument", 2),
        ("x^2^3", "a second `^` on the same letter; put braces around the first", 3),
        ("x_1_2", "a second `_` on the same letter; put braces around the first", 3),
        (r"\frac{a}", r"`\frac` has no argument", 8),
        (r"\text{\alpha}", r"`\text` may hold words only", 6),
        (r"\mathbb{\alpha}", "there is no double-struck `α`", 14),
        (r"\newcommand{\x}{y}", r"`\newcommand` is not a command that can be rendered", 0),
        ("a ` b", "the character ``` is not among those that can be set", 2),
        (r"\not x", r"`\not` is known before the usual relations only", 4),
        ("", "the formula is empty", 0),
        ("{" * 99 + "}" * 99, "groups are nested deeper than 60", 61),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused(tex: str, reason: str, offset: int) -> None:
    """A refusal says why and where."""
    refused = refusal(tex, display=False)
    assert refused is not None
    assert (refused.message, refused.offset) == (reason, offset)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments_keep_their_rows_and_cells(name: str) -> None:
    """As many rows and cells come out as were written."""
    wide = ENVIRONMENTS[name].columns != 1
    columns = "{lr}" if name == "array" else ""
    body = r"a & b \\ c & d \\" if wide else r"a \\ b \\"
    shown = mathml(rf"\begin{{{name}}}{columns} {body} \end{{{name}}}", display=True)
    assert (shown.count("<mtr>"), shown.count("<mtd ")) == (2, 4 if wide else 2)


def well_formed(shown: str) -> None:
    root = fromstring(shown)
    set_in_the_font = math_font.characters()
    for element in root.iter():
        text = element.text or ""
        assert "\\" not in text or element.tag == "mo"  # `\backslash` is a delimiter
        if element.tag != "mtext":
            assert set(text) <= set_in_the_font, element.tag


COMMANDS = (
    r"\\ \frac \sqrt \left( \right) \text{ \sum \mathbf \begin{cases} \end{cases} \over \alpha "
    r"\log \limits \not \hat \underbrace \operatorname{ \big \displaystyle"
)
FRAGMENTS = st.sampled_from([*"abx012+-=(){}[]^_&<>|'.,:;!/* ~%$#@\\\n\"`é", *COMMANDS.split()])


@given(st.lists(FRAGMENTS, max_size=30).map("".join), st.booleans())
def test_any_text_is_rendered_whole_or_refused(tex: str, display: bool) -> None:
    """Whatever stands between dollars gives well-formed MathML in the font's characters."""
    refused = refusal(tex, display=display)
    if refused is None:
        well_formed(mathml(tex, display=display))
    else:
        assert 0 <= refused.offset <= len(tex)
        assert refused.message


@pytest.mark.parametrize("tex", FORMULAS)
def test_formulas_of_the_field_are_rendered(tex: str) -> None:
    """The formulas that posts on performance use come out as a display."""
    well_formed(mathml(tex, display=True))


# An independent renderer


def katex(formulas: Sequence[tuple[str, bool]]) -> list[str | None]:
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "katex").is_dir():
        missing("KaTeX is not installed (npm ci --prefix tests/node)")
    command = [str(node), str(NODE / "katex.mjs")]
    done = subprocess.run(
        command, input=json.dumps(formulas), capture_output=True, text=True, check=True
    )
    shown: list[str | None] = json.loads(done.stdout)
    return shown


SAME = str.maketrans("∥∣ˆ\u0302˜¯\u20d7⟶⟵⟷⟹⟸‾_", "‖|^^~ˉ→→←↔⇒⇐\u0305\u0305")
"""Signs that both set alike under different code points: bars, accents, long arrows."""


def characters(shown: str) -> str:
    """What is set, in order, without spaces and whatever alphabet a letter is in.

    Primes are left out: they stand before a subscript here and after it there.
    """
    shown = re.sub(r"<annotation.*?</annotation>|<[^>]*>", "", shown, flags=re.DOTALL)
    plain = unicodedata.normalize("NFKD", unescape(shown).translate(SAME))
    return re.sub(r"[\s\u200b-\u200d\u2061-\u2063′]", "", plain)


def outcome(tex: str, *, display: bool) -> str | None:
    refused = refusal(tex, display=display)
    return None if refused else mathml(tex, display=display)


@pytest.mark.node
def test_formulas_have_the_characters_that_katex_sets() -> None:
    """KaTeX, which knows TeX well, sets the same characters in the same order."""
    formulas = [(tex, True) for tex in FORMULAS]
    theirs = [characters(shown or "") for shown in katex(formulas)]
    assert [characters(mathml(tex, display=True)) for tex in FORMULAS] == theirs


def corpus_formulas() -> Iterator[tuple[str, bool]]:
    folder = os.environ.get("BENCHPOST_MDX_CORPUS")
    if not folder:
        pytest.skip("BENCHPOST_MDX_CORPUS is not set: the corpus is not part of the project")
    with tarfile.open(Path(folder) / "truth.tar.gz") as archive:
        for member in archive:
            if member.name.endswith(".json") and (file := archive.extractfile(member)):
                yield from formulas_of(json.load(file))


def formulas_of(truth: object) -> Iterator[tuple[str, bool]]:
    found = truth.get("math") if isinstance(truth, dict) else None
    for kind, name in (("blocks", "math"), ("inlines", "inlineMath")):
        for node in (found or {}).get(kind) or ():
            if node["t"] == name:
                yield node.get("value", ""), kind == "blocks"


@pytest.mark.node
@pytest.mark.corpus
def test_formulas_of_other_peoples_pages() -> None:
    """Of what KaTeX renders, all but one in a hundred is rendered, and with its characters."""
    formulas = sorted(set(corpus_formulas()))
    pairs = [
        (outcome(tex, display=display), characters(theirs))
        for (tex, display), theirs in zip(formulas, katex(formulas), strict=True)
        if theirs is not None and tex.strip()
    ]
    rendered = [(characters(ours), theirs) for ours, theirs in pairs if ours is not None]
    different = [(ours, theirs) for ours, theirs in rendered if ours != theirs]
    assert different == []
    assert len(rendered) >= 0.985 * len(pairs)


# In pages


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("Costs $2MNK$ FLOPs", "<p>Costs <math><mn>2</mn><mi>M</mi><mi>N</mi><mi>K</mi></math>"),
        ("$$\nx\n$$", '<div class="math"><math display="block"><mi>x</mi></math></div>'),
        ("- a\n\n    $$\n    x\n    $$", '<div class="math"><math display="block"><mi>x</mi>'),
        ("| a |\n| - |\n| $x$ |", "<td><math><mi>x</mi></math></td>"),
        ("`$x$`", "<code>$x$</code>"),
        (r"cost \$5 and \$6", "cost $5 and $6"),
        (r"$\SI{1}$", 'title="This formula is shown as its LaTeX source: '
         r'`\SI` is not a command that can be rendered">\SI{1}</code>'),
    ],
)  # fmt: skip
def test_formulas_in_a_page(page: str, expected: str) -> None:
    """The site's extensions put MathML where the formula stood, or its source."""
    assert expected in render(page)


# The font


def test_the_font_has_every_character_of_a_formula() -> None:
    """Nothing that a formula may hold falls back to another font."""
    font = TTFont(THEME / math_font.NAME)
    assert math_font.characters() - set(map(chr, font.getBestCmap())) == set()
    assert "MATH" in font


def test_tall_root_signs_are_as_narrow_as_the_small_one() -> None:
    """Chromium reserves the width of the widest, which would leave a gap behind every root."""
    font = TTFont(THEME / math_font.NAME)
    variants = font["MATH"].table.MathVariants
    root = font.getBestCmap()[ord("√")]
    place = variants.VertGlyphCoverage.glyphs.index(root)
    records = variants.VertGlyphConstruction[place].MathGlyphVariantRecord
    assert {font["hmtx"][record.VariantGlyph][0] for record in records} == {font["hmtx"][root][0]}


def test_the_font_comes_with_its_licence() -> None:
    """The Open Font License goes with every copy, and the font reserves no name."""
    licence = (THEME / "stix-two-math-OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Reserved Font Name" not in licence.split("PREAMBLE")[0]


def test_every_letter_has_its_alphabets() -> None:
    """A letter of a mathematical alphabet is that letter once its style is taken off."""
    for alphabet in ("bold", "script", "fraktur", "double-struck", "sans-serif", "monospace"):
        for char in "ABCEHILMNPQRZaegoz":
            styled = maths_symbols.in_alphabet(char, alphabet)
            assert styled is not None
            assert unicodedata.normalize("NFKC", styled) == char
