"""Stars, underscores, tildes and backslashes: which of them are marks, and which are what they look like."""

from __future__ import annotations

import re
from collections.abc import Callable
from unicodedata import category, east_asian_width

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct, isPunctChar
from markdown_it.rules_inline import StateInline, escape, strikethrough
from markdown_it.rules_inline import emphasis as pairs

WORD = 80
"""Characters round a mark that are looked at."""
REMARK = 200
"""Characters that a remark in C may have."""

_RUN = re.compile(r"([*~])\1*")
_DUNDER = re.compile(r"__[a-z]\w{0,80}?__(?!\w)", re.IGNORECASE | re.ASCII)
_EARLIER_PATH = re.compile(r"(?:^|[^a-z])[a-z]:(?:\\|$)|\\[a-z0-9]", re.IGNORECASE)
_SPACED_PATH = re.compile(r"(?:(?<![a-z])[a-z]:\\|\\\\\w)[\w\\ .()$-]*(?<! )$", re.IGNORECASE)
"""A folder's name may have blanks."""
_EXPRESSION = re.compile(
    r"\\[wdsbWDSB](?![a-z])|(?<!\\)\](?:[+{]|[*?](?=[^\s*]))|\(\?[:=!<]|\.[*+](?=[\\$(])|\bs([/|#])[^\s/|#]*\1"
)
"""What a word has that is a regular expression, or a command that replaces by one."""
_NO_MARK = "\"'/?,;@"
"""Signs that mean nothing more than themselves: a backslash before them is text, too."""
_NETWORK_PATH = re.compile(r"\\\\\w[\w.$-]{0,80}\\")
_REMARK = re.compile(r"(?<![^\s(){};,])/\*")
_SELECTORS = "\ufe00\ufe01\ufe02\ufe0e\ufe0f"
"""Ways to draw the character before; they are none themselves."""
_EDGE = " \t\n\"'([{,;"
_LAST = ".:!?…%)]}\"'”’»`"
"""Signs that end what is marked, though a word follows at once."""
_BRACKETS = ("()", "[]", "{}")


def install(parser: MarkdownIt) -> None:
    """Let only what is meant be emphasis, struck words and escapes."""
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.inline.ruler.at("strikethrough", _strikethrough)
    parser.inline.ruler.at("escape", _escape)


def _literal(state: StateInline, silent: bool, length: int) -> bool:
    """Take some characters as what they are."""
    if not silent:
        state.append_pending(state.src[state.pos : state.pos + length])
    state.pos += length
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    src, start = state.src, state.pos
    if src[start] == "_":
        name = None if _is_letter(src[start - 1 : start]) else _DUNDER.match(src, start, state.posMax)
        return _literal(state, silent, len(name[0])) if name else _pair(state, silent, pairs.tokenize)
    if src[start] != "*":
        return False
    run = _RUN.match(src, start, state.posMax)
    assert run
    before, after = src[start - 1 : start] if start else "", src[run.end() : run.end() + 1]
    if _is_pattern(src, start, run.end(), before, after):
        return _literal(state, silent, len(run[0]))
    # Between two operands it multiplies; only a word that begins with marks may have its second ones inside.
    operator = _ends_operand(before) and _begins_operand(after)
    if operator and len(run[0]) == 1:
        return _literal(state, silent, 1)
    done = _pair(state, silent, pairs.tokenize)
    if done and operator and not _opens_inside(src, run):
        for mark in state.delimiters[-len(run[0]) :]:
            mark.open = False
    return done


def _pair(state: StateInline, silent: bool, tokenize: Callable[[StateInline, bool], bool]) -> bool:
    """Marks that open or close; beside a sign, a script without spaces parts words as a space does."""
    start, known = state.pos, len(state.delimiters)
    if not tokenize(state, silent):
        return False
    before = state.src[max(start - 4, 0) : start].rstrip(_SELECTORS)[-1:] or " "
    after = state.src[state.pos : min(state.pos + 1, state.posMax)] or " "
    left = not after.isspace() and (not _is_sign(after) or before.isspace() or _parts(before))
    right = not before.isspace() and (not _is_sign(before) or after.isspace() or _parts(after))
    right = right or _ends_marked(state, start, before, known)
    in_words = state.src[start] != "_"
    for mark in state.delimiters[known:]:
        mark.open = left and (in_words or not right or _is_punctuation(before))
        mark.close = right and (in_words or not left or _is_punctuation(after))
    return True


def _ends_marked(state: StateInline, start: int, before: str, known: int) -> bool:
    """Whether two marks end what two of them begin, though a word follows: ``**Note:**that``.

    While it comes it is so, and stays so; a sign that could begin something would leave that open.
    """
    mark = state.src[start : start + 2]
    if before not in _LAST or mark not in ("**", "~~") or state.pos - start != 2:
        return False
    begin = state.src.rfind(mark, 0, start)
    marked = state.src[begin + 2 : start]
    earlier = state.delimiters[known - 1] if known else None
    return (
        begin >= 0
        and not state.src[begin - 1 : begin].strip()
        and earlier is not None
        and chr(earlier.marker) == mark[0]
        and earlier.open
        and not earlier.close
        and all(marked.count(pair[0]) == marked.count(pair[1]) for pair in _BRACKETS)
    )


def _parts(char: str) -> bool:
    return _is_sign(char) or _is_unspaced(char)


def _is_sign(char: str) -> bool:
    """Whether it is punctuation of a script that puts spaces between words."""
    return _is_punctuation(char) and not _is_unspaced(char)


def _is_punctuation(char: str) -> bool:
    return isPunctChar(char) or isMdAsciiPunct(ord(char))


def _is_unspaced(char: str) -> bool:
    """Whether it is of a script of the Far East, its signs too; pictures are of none."""
    return char >= "\u1100" and east_asian_width(char) in "WFH" and category(char) != "So"


def _opens_inside(src: str, run: re.Match[str]) -> bool:
    """Whether stars in a word mark its rest, or letters in it: ``half**way**``, ``un**believ**able``."""
    inside, closing, rest = _word_after(src, run.end()).partition(run[0])
    return closing != "" and (not _begins_operand(rest[:1]) or (len(inside) > 2 and inside.isalpha()))


def _is_letter(char: str) -> bool:
    """Whether it is part of a word in a script that puts spaces between words."""
    return char.isalnum() and char < "\u0e00"


def _ends_operand(char: str) -> bool:
    return _is_letter(char) or (char != "" and char in ")]}")


def _begins_operand(char: str) -> bool:
    return _is_letter(char) or (char != "" and char in "([{")


def _is_pattern(src: str, start: int, end: int, before: str, after: str) -> bool:
    """Whether these stars stand for the names of files, or round a remark: ``**/*.py``, ``/* ... */``."""
    single = end - start == 1
    if before == "/" and not src[start - 2 : start - 1].isalnum() and "*/" in src[end : end + REMARK]:
        return True
    if after == "/" and _REMARK.search(src, max(start - REMARK, 0), start):
        return True
    if after == "=" and src[end + 1 : end + 2].isspace():
        return True
    if after == "/":
        return (not before or before in _EDGE or before == "/") and not _is_wrapped(src, start, end)
    if after != "." or not src[end + 1 : end + 2].isalnum():
        return False
    if before == "/":
        return True
    if not before or before in _EDGE:
        return single and not _is_wrapped(src, start, end)
    return single and (before.isalnum() or before in "_-") and "*" not in _word_before(src, start)


def _is_wrapped(src: str, start: int, end: int) -> bool:
    """Whether the same stars stand at the word's other end: ``**/help**``, not ``**/bin/**``."""
    mark = src[start:end]
    inside, closing, rest = _word_after(src, end).partition(mark)
    folder = inside.startswith("/") and inside.endswith("/")
    return bool(inside and closing) and not folder and "*" not in inside and rest[:1] not in ("*", "/", ".")


def _word_before(src: str, at: int) -> str:
    words = src[max(at - WORD, 0) : at].split()
    return words[-1] if words and not src[at - 1 : at].isspace() else ""


def _word_after(src: str, at: int) -> str:
    words = src[at : at + WORD].split(None, 1)
    return words[0] if words and not src[at].isspace() else ""


def _strikethrough(state: StateInline, silent: bool) -> bool:
    """Two tildes strike; one is "about" or "to", and many are a line."""
    if state.src[state.pos] != "~":
        return False
    run = _RUN.match(state.src, state.pos, state.posMax)
    assert run
    if len(run[0]) == 2:
        return _pair(state, silent, strikethrough.tokenize)
    return _literal(state, silent, len(run[0]))


def _escape(state: StateInline, silent: bool) -> bool:
    """A backslash takes a mark its meaning, but not in a path, nor where a command goes on below."""
    src, at = state.src, state.pos
    if src[at] != "\\":
        return False
    before = _word_before(src, at)
    in_path = bool(_EARLIER_PATH.search(before) or _SPACED_PATH.search(src, max(at - WORD, 0), at))
    if src[at + 1 : at + 2] == "\n":
        return _literal(state, silent, 1) if in_path or not before else _break(state, silent)
    if in_path or src[at + 1 : at + 2] in _NO_MARK or _EXPRESSION.search(before + _word_after(src, at)):
        return _literal(state, silent, min(2, state.posMax - at))
    if not before.strip("\"'([{<") and _NETWORK_PATH.match(src, at):
        return _literal(state, silent, min(2, state.posMax - at))
    return escape(state, silent)


def _break(state: StateInline, silent: bool) -> bool:
    """The end of a line; the next one keeps its indent."""
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos += 2
    return True
