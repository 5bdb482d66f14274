"""Code in colours, by Pygments."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from tui.rendering.pieces import DIM, INK, ITALIC, LEAF, SKY, VIOLET

if TYPE_CHECKING:
    from pygments.lexer import Lexer

Spans = list[tuple[str, int]]


@cache
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a language's name, if Pygments knows one."""
    if not language:
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def look_of(kind: Any) -> int:
    """The look of a token type."""
    from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

    if kind in Comment:
        return DIM | ITALIC
    if kind in Keyword or kind in Operator.Word:
        return VIOLET
    if kind in String:
        return LEAF
    if kind in Number or any(kind in name for name in (Name.Function, Name.Class, Name.Tag)):
        return SKY
    if kind in Punctuation or kind in Operator:
        return DIM
    return INK


def highlight(code: str, language: str) -> list[Spans]:
    """The looks of each line of ``code``; empty for a language that is not known."""
    lexer = lexer_for(language)
    if lexer is None:
        return []
    lines: list[Spans] = [[]]
    for _index, kind, text in lexer.get_tokens_unprocessed(code):
        look = look_of(kind)
        first, *others = text.split("\n")
        if first:
            lines[-1].append((first, look))
        for part in others:
            lines.append([(part, look)] if part else [])
    return lines
