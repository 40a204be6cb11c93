"""A Python-Markdown extension for what Markdown has no words for.

An emphasised line under a figure, table, formula or code is its caption. A cell of a table's head
that is empty is no heading of its column. A post's footnotes stand before its colophon.
"""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

_EMPTY_HEADING = re.compile(r"<th((?: [^>]*)?)></th>")
_LINE = r"\s*<p><em>(?P<words>(?:(?!</?p>|</?em>).)*)</em></p>"
_UNDER_FIGURE = re.compile(
    rf"(?<=</svg></div>)(?P<links>(?:(?!<figure).)*?)</figure>{_LINE}", re.DOTALL
)
_UNDER_BLOCK = re.compile(
    rf"(?P<block></table>|</math></div>|</code></pre></div>|<p><img [^>]*></p>){_LINE}", re.DOTALL
)
_NOTES_LAST = re.compile(
    r'(?P<colophon><hr />\s*<p class="colophon">.*)(?P<notes><div class="footnote">.*)', re.DOTALL
)


class FinishExtension(Extension):
    """Makes captions of emphasised lines, and plain cells of empty headings."""

    def extendMarkdown(self, md: Markdown) -> None:
        # last: stashed HTML (30) and formulas (25) are in their places by then
        md.postprocessors.register(_Finish(md), "benchpost-finish", 20)


class _Finish(Postprocessor):
    def run(self, text: str) -> str:
        # footnotes come at the very end, where the colophon of a post belongs
        text = _NOTES_LAST.sub(r"\g<notes>\n\g<colophon>", text)
        text = _EMPTY_HEADING.sub(r"<td\1></td>", text)
        text = _UNDER_FIGURE.sub(r"<figcaption>\g<words>\g<links></figcaption></figure>", text)
        return _UNDER_BLOCK.sub(r'\g<block>\n<p class="caption">\g<words></p>', text)


def makeExtension(**options: object) -> FinishExtension:
    """What Python-Markdown calls."""
    return FinishExtension(**options)
