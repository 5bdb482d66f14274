"""What TeX's commands look like as characters, where the standard table of named characters has no answer."""

from __future__ import annotations

SYMBOLS = {
    "neq": "≠",
    "infty": "∞",
    "partial": "∂",
    "exists": "∃",
    "land": "∧",
    "lor": "∨",
    "neg": "¬",
    "lnot": "¬",
    "to": "→",
    "gets": "←",
    "implies": "⟹",
    "impliedby": "⟸",
    "iff": "⟺",
    "cdot": "·",
    "cdots": "⋯",
    "ldots": "…",
    "dots": "…",
    "dotsc": "…",
    "dotsb": "⋯",
    "vdots": "⋮",
    "ddots": "⋱",
    "int": "∫",
    "iint": "∬",
    "iiint": "∭",
    "prod": "∏",
    "sum": "∑",
    "coprod": "∐",
    "lVert": "‖",
    "rVert": "‖",
    "Vert": "‖",
    "lvert": "|",
    "rvert": "|",
    "vert": "|",
    "|": "‖",
    "coloneqq": "≔",
    "defeq": "≔",
    "triangleq": "≜",
    "Box": "□",
    "qed": "∎",
    "degree": "°",
    "circ": "∘",
    "ast": "*",
    "lbrace": "{",
    "rbrace": "}",
    "backslash": "\\",
    "epsilon": "ϵ",
    "varepsilon": "ε",
    "phi": "ϕ",
    "varphi": "φ",
    "emptyset": "∅",
    "le": "≤",
    "ge": "≥",
    "lt": "<",
    "gt": ">",
    "hbar": "ℏ",
    "Re": "ℜ",
    "Im": "ℑ",
    "mid": "|",
    "colon": ":",
    "langle": "⟨",
    "rangle": "⟩",
    "bmod": " mod ",
    "oint": "∮",
    "setminus": "∖",
    "\\": "\n",
    "newline": "\n",
}

WIDE = "\ue000"
"""Stands for a space that must not shrink."""

SPACES = {
    ",": " ",
    ":": " ",
    ";": " ",
    " ": " ",
    "!": "",
    "/": "",
    "enspace": " ",
    "quad": WIDE,
    "qquad": WIDE * 2,
}

_FUNCTIONS = """
arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim ln log max min Pr sec
sin sinh sup tan tanh
"""
FUNCTIONS = {name: name for name in _FUNCTIONS.split()} | {"limsup": "lim sup", "liminf": "lim inf"}

_UNSEEN = """
displaystyle textstyle scriptstyle limits nolimits nonumber notag boldmath strut hline relax mathstrut rm bf
it cal large small mathop mathrel mathbin mathord centering
"""
UNSEEN = frozenset(_UNSEEN.split())

PREFIXES = frozenset(("partial", "neg", "lnot", "forall", "exists", "nexists"))
"""Operators in front of what they apply to: the space after them is not drawn."""

_TEXTS = """
text textrm textbf textit texttt textsf textnormal mathrm mathit mathbf mathsf mathtt operatorname mbox hbox
bm boldsymbol symbf pmb
"""
TEXTS = frozenset(_TEXTS.split())

ALPHABETS = {"mathbb": "opf;", "Bbb": "opf;", "mathcal": "scr;", "mathscr": "scr;", "mathfrak": "fr;"}

ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0305",
    "underline": "\u0332",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "breve": "\u0306",
    "acute": "\u0301",
    "grave": "\u0300",
}

DELIMITERS = {
    "matrix": ("", ""),
    "smallmatrix": ("", ""),
    "array": ("", ""),
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
}

FRACTIONS = {
    ("1", "2"): "½",
    ("1", "3"): "⅓",
    ("2", "3"): "⅔",
    ("1", "4"): "¼",
    ("3", "4"): "¾",
    ("1", "5"): "⅕",
    ("1", "6"): "⅙",
    ("1", "8"): "⅛",
}

SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθϕχ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
        strict=True,
    )
)

SUBSCRIPTS = dict(
    zip("0123456789+-−=()aehijklmnoprstuvxβγρϕχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True)
)
