"""A Python-Markdown extension: the formulas that `pymdownx.arithmatex` found become MathML.

Listed as `benchpost.site.maths_extension` after `pymdownx.arithmatex: {generic: true}`.
"""

from __future__ import annotations

import html
import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

from benchpost.site.maths import Refusal, mathml

_GENERIC = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


class MathsExtension(Extension):
    """Renders formulas at build time."""

    def extendMarkdown(self, md: Markdown) -> None:
        # after stashed HTML was put back (30), in which arithmatex keeps its formulas
        md.postprocessors.register(_Formulas(md), "benchpost-maths", 25)


class _Formulas(Postprocessor):
    def run(self, text: str) -> str:
        return _GENERIC.sub(_rendered, text)


def _rendered(match: re.Match[str]) -> str:
    tex = html.unescape(match["tex"]).strip()
    display = match["tag"] == "div"
    try:
        formula = mathml(tex, display=display)
    except Refusal as refused:
        return refused_formula(tex, refused.message, display=display)
    return f'<div class="math">{formula}</div>' if display else formula


def refused_formula(tex: str, reason: str, *, display: bool) -> str:
    """The formula's source, to be read as it is."""
    title = html.escape(f"This formula is shown as its LaTeX source: {reason}")
    code = f'<code class="math-refused" title="{title}">{html.escape(tex)}</code>'
    return f'<div class="math">{code}</div>' if display else code


def makeExtension(**options: object) -> MathsExtension:
    """What Python-Markdown calls."""
    return MathsExtension(**options)
