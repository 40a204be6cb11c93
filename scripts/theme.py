"""Makes the theme's generated files anew: the colours of figures, and the font of formulas.

    python scripts/theme.py [FONT]

FONT is the whole font, from `npm pack @fontsource/stix-two-math@5.3.0`:
`files/stix-two-math-latin-400-normal.woff2`. Without it only the colours are written.
"""

import sys
from pathlib import Path

from benchpost.figures.theme import CSS
from benchpost.site import math_font

FOLDER = Path(math_font.__file__).parent / "theme/assets/benchpost"

if __name__ == "__main__":
    (FOLDER / "figures.css").write_text(CSS, encoding="utf-8")
    if sys.argv[1:]:
        (FOLDER / math_font.NAME).write_bytes(math_font.cut(Path(sys.argv[1]).read_bytes()))
