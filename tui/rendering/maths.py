"""Formulas in TeX as lines of Unicode text.

Symbols come from the standard library's table of named characters, which holds most of TeX's names; what is
not known stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html.entities import html5
from unicodedata import combining

from tui.rendering.symbols import (
    ACCENTS,
    ALPHABETS,
    DELIMITERS,
    FRACTIONS,
    FUNCTIONS,
    PREFIXES,
    SPACES,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SYMBOLS,
    TEXTS,
    UNSEEN,
    WIDE,
)

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~']|\s+|\d+(?:[.,]\d+)*|.", re.DOTALL)
_SIMPLE = re.compile(r"-?[\w.′∞∂∇√]+")
_PRODUCT = re.compile(r"\d+[^\W\d]")
"""A number and a letter: below a fraction's bar they would seem to be above and below it."""
_OUTER = re.compile(r"√?\(([^()]|\([^()]*\))*\)|√\w|[\w∑∏∫]+\^?\([^()]*\)")
_SMALL = "".join((*SUPERSCRIPTS.values(), *SUBSCRIPTS.values()))
_DEEPEST = 64
"""Terms inside of each other that are read, of whatever kind; a group is one, and what is in it another."""


@lru_cache(maxsize=512)
def to_unicode(formula: str) -> str:
    """The formula as text; rows of an environment are lines. One that is too deep stays as it was written."""
    written = " ".join(formula.split())
    try:
        text = _Reader(formula).run()
    except _TooDeepError:
        return written
    lines = (" ".join(line.split()).replace(WIDE, "  ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or written


class _TooDeepError(Exception):
    """Terms stand in terms for too many levels."""


class _Reader:
    """Reads tokens from left to right; every method returns text."""

    def __init__(self, formula: str) -> None:
        self._tokens: list[str] = _TOKEN.findall(formula)
        self._at = 0
        self._depth = 0

    def run(self) -> str:
        parts = []
        while self._at < len(self._tokens):
            parts.append(self._sequence({"}"}))
            self._at += 1  # a brace too many
        return "".join(parts)

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _sequence(self, stops: set[str]) -> str:
        parts: list[str] = []
        while (token := self._peek()) and token not in stops:
            self._at += 1
            text = self._term(token)
            if parts and text and token[1:] in FUNCTIONS and parts[-1][-1:].isalnum():
                text = " " + text
            parts.append(text)
            if token[1:] in FUNCTIONS and (self._peek().isalnum() or self._peek().startswith("\\")):
                parts.append(" ")
        return "".join(parts)

    def _term(self, token: str) -> str:
        """What a token begins. All that stands in something else comes through here."""
        if self._depth > _DEEPEST:
            raise _TooDeepError
        self._depth += 1
        text = self._read(token)
        self._depth -= 1
        return text

    def _read(self, token: str) -> str:
        if token in "^_":
            return self._script(token)
        if token == "{":
            return self._group()
        if token.isspace() or token == "~":
            return " "
        if token == "'":
            return "′"
        if token == "&":
            return " "
        return self._command(token[1:]) if token[0] == "\\" and len(token) > 1 else token

    def _group(self) -> str:
        """What is left of a group that was opened."""
        text = self._sequence({"}"})
        self._at += 1
        return text

    def _argument(self) -> str:
        while self._peek().isspace():
            self._at += 1
        token = self._next()
        if len(token) > 1 and token[0].isdigit():  # \frac12
            self._at -= 1
            self._tokens[self._at] = token[1:]
            token = token[0]
        return self._term(token).strip() if token else ""

    def _option(self) -> str:
        if self._peek() != "[":
            return ""
        self._at += 1
        text = self._sequence({"]"})
        self._at += 1
        return text

    def _literal(self) -> str:
        """An argument as it was written."""
        while self._peek().isspace():
            self._at += 1
        if self._next() != "{":
            return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ""
        depth, parts = 1, []
        while (token := self._next()) and depth:
            depth += {"{": 1, "}": -1}.get(token, 0)
            if depth:
                parts.append(token)
            else:
                break
        return "".join(parts).replace("$", "")

    def _script(self, mark: str) -> str:
        text = self._argument()
        table = SUPERSCRIPTS if mark == "^" else SUBSCRIPTS
        close = text.replace(" ", "")
        if close and all(char in table for char in close):
            return "".join(table[char] for char in close)
        if mark == "^" and close in ("′", "″", "*", "†"):
            return close
        return f"{mark}{text}" if len(text) == 1 or text.isdigit() else f"{mark}({text})"

    def _command(self, name: str) -> str:
        name = name.rstrip("*") or name
        if name in SPACES:
            return SPACES[name]
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        if name in UNSEEN:
            return ""
        if special := _SPECIAL.get(name):
            return special(self)
        if name in TEXTS:
            return self._literal()
        if name in ALPHABETS:
            return "".join(html5.get(char + ALPHABETS[name], char) for char in self._argument())
        if name in ACCENTS:
            return _accented(name, self._argument())
        if name in PREFIXES:
            while self._peek().isspace():
                self._at += 1
        if name in SYMBOLS:
            return SYMBOLS[name]
        if name + ";" in html5 and len(name) > 1:
            return html5[name + ";"]
        return self._unknown(name)

    def _unknown(self, name: str) -> str:
        if not name[0].isalpha():
            return name
        if self._peek() != "{":
            return "\\" + name
        return f"\\{name}{{{self._argument()}}}"

    def fraction(self) -> str:
        above, below = self._argument(), self._argument()
        if not above or not below:
            return f"\\frac{{{above}}}{{{below}}}"
        if (above, below) in FRACTIONS:
            return FRACTIONS[above, below]
        after = self._peek()
        space = " " if after[:1].isalnum() or (after[:1] == "\\" and after[1:2].isalpha()) else ""
        below = f"({below})" if _PRODUCT.match(below) else _closed(below)
        return f"{_closed(above)}/{below}{space}"

    def root(self) -> str:
        degree = self._option()
        sign = {"": "√", "3": "∛", "4": "∜"}.get(degree)
        if sign is None:
            sign = "".join(SUPERSCRIPTS.get(char, char) for char in degree) + "√"
        body = self._argument()
        return sign + (body if body.isdigit() or body[1:].strip(_SMALL) == "" else f"({body})")

    def delimiter(self) -> str:
        while self._peek().isspace():
            self._at += 1
        token = self._next()
        return "" if token == "." else self._term(token) if token else ""

    def binomial(self) -> str:
        return f"({self._argument()} choose {self._argument()})"

    def arrow(self) -> str:
        self._option()
        return f" —{self._argument()}→ "

    def negated(self) -> str:
        return self._argument()[:1] + "\u0338"

    def modulo(self) -> str:
        return f" (mod {self._argument()})"

    def tag(self) -> str:
        return f"{WIDE}({self._literal()})"

    def skipped(self) -> str:
        self._literal()
        return ""

    def braced(self) -> str:
        return _closed(self._argument())

    def boxed(self) -> str:
        return f"[{self._argument()}]"

    def coloured(self) -> str:
        self._literal()
        return self._argument()

    def stacked(self) -> str:
        above, base = self._argument(), self._argument()
        return f"{base}^({above})" if above else base

    def environment(self) -> str:
        name = self._literal().rstrip("*")
        if name == "array":
            self._literal()
        rows: list[list[str]] = [[]]
        while self._peek():
            rows[-1].append(self._sequence({"&", "\\\\", "\\end", "}"}).strip())
            token = self._next()
            if token == "\\\\":
                self._option()
                rows.append([])
            elif token != "&":
                break
        self._literal()
        rows = [row for row in rows if any(row)]
        if name == "cases":
            return "{ " + "; ".join(", ".join(cell.rstrip(",") for cell in row if cell) for row in rows)
        if name in DELIMITERS:
            left, right = DELIMITERS[name]
            return left + "; ".join(WIDE.join(row) for row in rows) + right
        return "\n".join(" ".join(row) for row in rows)


_DELIMITERS = ("left", "right", "middle", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr")
_SKIPPED = ("label", "hspace", "vspace", "color", "phantom", "hphantom", "vphantom")
_SPECIAL: dict[str, Callable[[_Reader], str]] = {
    **dict.fromkeys(("frac", "dfrac", "tfrac", "cfrac"), _Reader.fraction),
    **dict.fromkeys(("binom", "dbinom", "tbinom"), _Reader.binomial),
    **dict.fromkeys(("xrightarrow", "xleftarrow"), _Reader.arrow),
    **dict.fromkeys(("textcolor", "colorbox"), _Reader.coloured),
    **dict.fromkeys(("overset", "stackrel"), _Reader.stacked),
    **dict.fromkeys(_DELIMITERS, _Reader.delimiter),
    **dict.fromkeys(_SKIPPED, _Reader.skipped),
    "sqrt": _Reader.root,
    "not": _Reader.negated,
    "pmod": _Reader.modulo,
    "tag": _Reader.tag,
    "boxed": _Reader.boxed,
    "underbrace": _Reader.braced,
    "overbrace": _Reader.braced,
    "begin": _Reader.environment,
}


def _closed(text: str) -> str:
    """The text, in brackets unless nothing in it could be torn apart by a fraction's bar."""
    return text if _SIMPLE.fullmatch(text) or _OUTER.fullmatch(text) else f"({text})"


def _accented(name: str, text: str) -> str:
    mark = ACCENTS[name]
    if name in ("overline", "underline", "bar"):
        # Once below or above each character: a bar over bars would double with each of them.
        return text if mark in text else "".join(char if combining(char) else char + mark for char in text)
    return text + mark if len(text) == 1 else f"{name}({text})"
