"""The LaTeX commands that are known, each with its character and how TeX spaces it.

Literal tables: what is not here is refused by `maths`, never guessed.
"""

from __future__ import annotations

LETTERS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ϵ",
    "varepsilon": "ε",
    "zeta": "ζ",
    "eta": "η",
    "theta": "θ",
    "vartheta": "ϑ",
    "iota": "ι",
    "kappa": "κ",
    "lambda": "λ",
    "mu": "μ",
    "nu": "ν",
    "xi": "ξ",
    "pi": "π",
    "varpi": "ϖ",
    "rho": "ρ",
    "varrho": "ϱ",
    "sigma": "σ",
    "varsigma": "ς",
    "tau": "τ",
    "upsilon": "υ",
    "phi": "ϕ",
    "varphi": "φ",
    "chi": "χ",
    "psi": "ψ",
    "omega": "ω",
    "ell": "ℓ",
    "partial": "∂",
    "imath": "ı",
    "jmath": "ȷ",
}
"""Letters that stand slanted, as TeX sets them."""

UPRIGHT = {
    "Gamma": "Γ",
    "Delta": "Δ",
    "Theta": "Θ",
    "Lambda": "Λ",
    "Xi": "Ξ",
    "Pi": "Π",
    "Sigma": "Σ",
    "Upsilon": "Υ",
    "Phi": "Φ",
    "Psi": "Ψ",
    "Omega": "Ω",
    "infty": "∞",
    "nabla": "∇",
    "hbar": "ℏ",
    "Re": "ℜ",
    "Im": "ℑ",
    "aleph": "ℵ",
    "emptyset": "∅",
    "varnothing": "∅",
    "forall": "∀",
    "exists": "∃",
    "nexists": "∄",
    "neg": "¬",
    "lnot": "¬",
    "top": "⊤",
    "bot": "⊥",
    "angle": "∠",
    "triangle": "△",
    "degree": "°",
    "prime": "′",
    "square": "□",
    "blacksquare": "■",
    "checkmark": "✓",
    "dagger": "†",
    "ldots": "…",
    "dotsc": "…",
    "cdots": "⋯",
    "dotsb": "⋯",
    "vdots": "⋮",
    "ddots": "⋱",
    "%": "%",
    "#": "#",
    "$": "$",
    "_": "_",
    "&": "&",
}
"""Signs that stand upright and are spaced like letters."""

BINARY = {
    "pm": "±",
    "mp": "∓",
    "times": "×",
    "div": "÷",
    "cdot": "⋅",
    "ast": "∗",
    "star": "⋆",
    "circ": "∘",
    "bullet": "∙",
    "oplus": "⊕",
    "ominus": "⊖",
    "otimes": "⊗",
    "odot": "⊙",
    "cap": "∩",
    "cup": "∪",
    "setminus": "∖",
    "land": "∧",
    "wedge": "∧",
    "lor": "∨",
    "vee": "∨",
}
"""Operators between two things."""

RELATIONS = {
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "lt": "<",
    "gt": ">",
    "neq": "≠",
    "ne": "≠",
    "equiv": "≡",
    "approx": "≈",
    "sim": "∼",
    "simeq": "≃",
    "cong": "≅",
    "propto": "∝",
    "ll": "≪",
    "gg": "≫",
    "lesssim": "≲",
    "gtrsim": "≳",
    "prec": "≺",
    "succ": "≻",
    "in": "∈",
    "notin": "∉",
    "ni": "∋",
    "subset": "⊂",
    "supset": "⊃",
    "subseteq": "⊆",
    "supseteq": "⊇",
    "mid": "∣",
    "parallel": "∥",
    "perp": "⟂",
    "coloneqq": "≔",
    "therefore": "∴",
    "because": "∵",
    "to": "→",
    "rightarrow": "→",
    "leftarrow": "←",
    "gets": "←",
    "leftrightarrow": "↔",
    "Rightarrow": "⇒",
    "implies": "⟹",
    "Leftarrow": "⇐",
    "Leftrightarrow": "⇔",
    "iff": "⟺",
    "longrightarrow": "⟶",
    "longleftarrow": "⟵",
    "Longrightarrow": "⟹",
    "mapsto": "↦",
    "uparrow": "↑",
    "downarrow": "↓",
    "nearrow": "↗",
    "searrow": "↘",
    "rightleftharpoons": "⇌",
}
"""What relates two sides."""

NEGATED = {
    "=": "≠",
    "∈": "∉",
    "≡": "≢",
    "⊂": "⊄",
    "⊆": "⊈",
    "∼": "≁",
    "≈": "≉",
    "<": "≮",
    ">": "≯",
    "≤": "≰",
    "≥": "≱",
}
"""What `\\not` makes of a relation."""

LARGE = {
    "sum": "∑",
    "prod": "∏",
    "coprod": "∐",
    "bigcup": "⋃",
    "bigcap": "⋂",
    "bigoplus": "⨁",
    "bigotimes": "⨂",
    "bigvee": "⋁",
    "bigwedge": "⋀",
}
"""Large operators whose limits stand above and below in a display."""

INTEGRALS = {"int": "∫", "iint": "∬", "iiint": "∭", "oint": "∮"}
"""Large operators whose limits stand beside."""

FUNCTIONS = frozenset(
    {
        "arccos",
        "arcsin",
        "arctan",
        "arg",
        "cos",
        "cosh",
        "cot",
        "coth",
        "csc",
        "deg",
        "dim",
        "exp",
        "hom",
        "ker",
        "lg",
        "ln",
        "log",
        "sec",
        "sin",
        "sinh",
        "tan",
        "tanh",
    }
)
"""Functions with an upright name."""

LIMITS = frozenset(
    {"max", "min", "sup", "inf", "lim", "limsup", "liminf", "det", "gcd", "Pr", "argmax", "argmin"}
)
"""Functions whose limits stand below in a display."""

LIMIT_NAMES = {
    "limsup": "lim sup",
    "liminf": "lim inf",
    "argmax": "arg max",
    "argmin": "arg min",
}
"""The names that are two words."""

OPENING = {
    "(": "(",
    "[": "[",
    "{": "{",
    "lbrace": "{",
    "lbrack": "[",
    "langle": "⟨",
    "lfloor": "⌊",
    "lceil": "⌈",
    "lvert": "|",
    "lVert": "‖",
}
"""Opening brackets; a command `\\{` is listed under its character."""

CLOSING = {
    ")": ")",
    "]": "]",
    "}": "}",
    "rbrace": "}",
    "rbrack": "]",
    "rangle": "⟩",
    "rfloor": "⌋",
    "rceil": "⌉",
    "rvert": "|",
    "rVert": "‖",
}
"""Closing brackets."""

PUNCTUATION = {"colon": ":"}
"""Marks that close what stands before them."""

BARS = {"|": "‖", "vert": "|", "Vert": "‖"}
"""Bars that open and close alike, as commands; the character `|` itself is one too."""

DELIMITERS = {
    **OPENING,
    **CLOSING,
    **BARS,
    "uparrow": "↑",
    "downarrow": "↓",
    "backslash": "\\",
}
"""Commands that may follow `\\left`, `\\right`, `\\middle` and `\\big`."""

SPACES = {
    "!": "-0.1667em",
    ",": "0.1667em",
    "thinspace": "0.1667em",
    ":": "0.2222em",
    ">": "0.2222em",
    "medspace": "0.2222em",
    ";": "0.2778em",
    "thickspace": "0.2778em",
    " ": "0.25em",
    "\n": "0.25em",
    "space": "0.25em",
    "nobreakspace": "0.25em",
    "enspace": "0.5em",
    "quad": "1em",
    "qquad": "2em",
}
"""Widths of spacing commands."""

ACCENTS = {
    "hat": "ˆ",
    "widehat": "\u0302",
    "tilde": "˜",
    "widetilde": "˜",
    "bar": "¯",
    "vec": "→",
    "dot": "˙",
    "ddot": "¨",
    "check": "ˇ",
    "breve": "˘",
    "overline": "‾",
    "overrightarrow": "→",
    "overleftarrow": "←",
    "overbrace": "⏞",
}
"""Marks above."""

STRETCHED = frozenset(
    {
        "widehat",
        "widetilde",
        "overline",
        "overrightarrow",
        "overleftarrow",
        "overbrace",
        "underline",
        "underbrace",
    }
)
"""Marks that grow as wide as what they mark."""

UNDERS = {"underline": "_", "underbrace": "⏟"}
"""Marks below."""

ARROWS = {
    "xrightarrow": "⟶",
    "xleftarrow": "⟵",
    "xleftrightarrow": "⟷",
    "xRightarrow": "⟹",
    "xLeftarrow": "⟸",
    "xmapsto": "⟼",
    "xlongequal": "=",
}
"""Arrows with a label above and below."""

BIG = {
    f"{size}{side}": height
    for size, height in (("big", "1.2em"), ("Big", "1.8em"), ("bigg", "2.4em"), ("Bigg", "3em"))
    for side in ("", "l", "r", "m")
}
"""Heights of delimiters of a fixed size."""

FONTS = {
    "mathrm": "normal",
    "mathup": "normal",
    "mathit": "italic",
    "mathbf": "bold",
    "boldsymbol": "bold-italic",
    "bm": "bold-italic",
    "mathbb": "double-struck",
    "mathcal": "script",
    "mathscr": "script",
    "mathfrak": "fraktur",
    "mathsf": "sans-serif",
    "mathtt": "monospace",
}
"""Commands that set their argument in another alphabet."""

FONT_SWITCHES = {
    "rm": "normal",
    "it": "italic",
    "bf": "bold",
    "sf": "sans-serif",
    "tt": "monospace",
}
"""Commands that set the rest of their group in another alphabet."""

TEXTS = {
    "text": "",
    "textrm": "",
    "textnormal": "",
    "mbox": "",
    "textup": "",
    "textbf": "font-weight:bold",
    "textit": "font-style:italic",
    "emph": "font-style:italic",
    "textsf": "font-family:sans-serif",
    "texttt": "font-family:monospace",
}
"""Commands whose argument is words, with their style."""

CLASS_SPACES = {
    "bin": {"lspace": "0.2222em", "rspace": "0.2222em"},
    "rel": {"lspace": "0.2778em", "rspace": "0.2778em"},
    "punct": {"lspace": "0", "rspace": "0.1667em"},
    "colon": {"lspace": "0", "rspace": "0.1667em"},
}
"""Space around a sign whose class MathML does not know."""

BY_CHARACTER = {
    char: name
    for table in (
        LETTERS,
        UPRIGHT,
        BINARY,
        RELATIONS,
        OPENING,
        CLOSING,
        LARGE,
        INTEGRALS,
    )
    for name, char in table.items()
    if not char.isascii()
}
"""The command that a character other than ASCII stands for."""

_ALPHABETS = {
    # alphabet: code points of A, a, 0; or 0 where it has none
    "bold": (0x1D400, 0x1D41A, 0x1D7CE),
    "bold-italic": (0x1D468, 0x1D482, 0x1D7CE),
    "script": (0x1D49C, 0x1D4B6, 0),
    "fraktur": (0x1D504, 0x1D51E, 0),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8),
    "sans-serif": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "monospace": (0x1D670, 0x1D68A, 0x1D7F6),
}

_GREEK = {"bold": (0x1D6A8, 0x1D6C2), "bold-italic": (0x1D71C, 0x1D736)}
"""Code points of bold Α and α."""

_OUTSIDE = {
    # letters that Unicode had before it had their alphabets
    ("script", "B"): "ℬ",
    ("script", "E"): "ℰ",
    ("script", "F"): "ℱ",
    ("script", "H"): "ℋ",
    ("script", "I"): "ℐ",
    ("script", "L"): "ℒ",
    ("script", "M"): "ℳ",
    ("script", "R"): "ℛ",
    ("script", "e"): "ℯ",
    ("script", "g"): "ℊ",
    ("script", "o"): "ℴ",
    ("fraktur", "C"): "ℭ",
    ("fraktur", "H"): "ℌ",
    ("fraktur", "I"): "ℑ",
    ("fraktur", "R"): "ℜ",
    ("fraktur", "Z"): "ℨ",
    ("double-struck", "C"): "ℂ",
    ("double-struck", "H"): "ℍ",
    ("double-struck", "N"): "ℕ",
    ("double-struck", "P"): "ℙ",
    ("double-struck", "Q"): "ℚ",
    ("double-struck", "R"): "ℝ",
    ("double-struck", "Z"): "ℤ",
}


def in_alphabet(char: str, alphabet: str) -> str | None:
    """The letter or digit in a mathematical alphabet, or None where Unicode has none."""
    if (alphabet, char) in _OUTSIDE:
        return _OUTSIDE[alphabet, char]
    upper, lower, zero = _ALPHABETS[alphabet]
    if "A" <= char <= "Z":
        return chr(upper + ord(char) - ord("A"))
    if "a" <= char <= "z":
        return chr(lower + ord(char) - ord("a"))
    if "0" <= char <= "9":
        return chr(zero + int(char)) if zero else None
    return _in_greek(char, alphabet)


def _in_greek(char: str, alphabet: str) -> str | None:
    if alphabet not in _GREEK:
        return None
    upper, lower = _GREEK[alphabet]
    if "Α" <= char <= "Ω":
        return chr(upper + ord(char) - ord("Α"))
    if "α" <= char <= "ω":
        return chr(lower + ord(char) - ord("α"))
    return None
