"""A Python-Markdown extension: an emphasised line under a figure, table or code is its caption."""

from __future__ import annotations

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.postprocessors import Postprocessor

_LINE = r"\s*<p><em>(?P<words>(?:(?!</?p>|</em></p>).)*)</em></p>"
_UNDER_FIGURE = re.compile(rf"(?<=</svg></div>)(?P<links>(?:(?!<figure).)*?)</figure>{_LINE}", re.DOTALL)
_UNDER_BLOCK = re.compile(
    rf"(?P<block></table>|</math></div>|</code></pre></div>|<p><img [^>]*></p>){_LINE}", re.DOTALL
)


class CaptionsExtension(Extension):
    """Makes captions of emphasised lines."""

    def extendMarkdown(self, md: Markdown) -> None:
        # last: stashed HTML (30) and formulas (25) are in their places by then
        md.postprocessors.register(_Captions(md), "benchpost-captions", 20)


class _Captions(Postprocessor):
    def run(self, text: str) -> str:
        text = _UNDER_FIGURE.sub(r"<figcaption>\g<words>\g<links></figcaption></figure>", text)
        return _UNDER_BLOCK.sub(r'\g<block>\n<p class="caption">\g<words></p>', text)


def makeExtension(**options: object) -> CaptionsExtension:
    """What Python-Markdown calls."""
    return CaptionsExtension(**options)
