"""LaTeX to MathML, for exactly the LaTeX that is known: anything else is refused, never guessed.

Browsers that follow MathML Core show it without a script. `maths_scan` reads the text,
`maths_reader` its grammar, `maths_commands` its commands, whose signs are in `maths_symbols`;
`maths_layout` makes the elements.
"""

from __future__ import annotations

from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from benchpost.site.maths_commands import COMMANDS
from benchpost.site.maths_layout import group
from benchpost.site.maths_reader import Reader
from benchpost.site.maths_scan import Refusal

__all__ = ["Refusal", "mathml", "refusal"]


@lru_cache(maxsize=4096)
def mathml(tex: str, *, display: bool) -> str:
    """A `<math>` element for a formula; raises `Refusal` for what is not known."""
    reader = Reader(tex, COMMANDS)
    row = group(reader.lines(display))
    reader.finish()
    if not len(row) and not row.text:
        raise Refusal("the formula is empty", 0)
    attributes = {"display": "block"} if display else {}
    math = Element("math", attributes)
    # a row with attributes is a box; any other would only stand in another row
    math.extend(row if row.tag == "mrow" and not row.attrib else [row])
    return tostring(math, encoding="unicode").replace(" />", "/>")


def refusal(tex: str, *, display: bool) -> Refusal | None:
    """Why a formula cannot be rendered, or None."""
    try:
        mathml(tex, display=display)
    except Refusal as reason:
        return reason
    return None
