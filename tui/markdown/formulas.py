"""Formulas between dollars or TeX brackets, where what is between them is mathematics."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_LETTER = r"[^\W\u0e00-\U0010ffff]"
"""Part of a word in a script that puts spaces between words; others write formulas without any."""
_ENDING = r"(?:st|nd|rd|th|s)\b"
"""What makes a word of a formula: the $n$th."""
_SINGLE = re.compile(
    rf"\$(?![\s$])((?:\\.|[^\\$`]){{1,1000}}?)(?<![\s\\])\$(?:(?={_ENDING})|(?!{_LETTER}|[${{(]))", re.DOTALL
)
_DOUBLE = re.compile(rf"\$\$(?!\$)((?:\\.|[^\\$]|\$(?!\$)){{1,4000}}?)\$\$(?!{_LETTER}|\$)", re.DOTALL)
_LETTERS = re.compile(rf"(?!_){_LETTER}")
_GLUED = re.compile(rf"(?!_){_LETTER}|\$")
"""Behind this no dollar opens a formula."""
_NAMES = re.compile(r"\$(?:[^\W_]+|\w{4,})\$s\b|\$\$\s+[^\W\d_]{2,}\s+\$\$")
"""Variables of a shell that stand together, and a word among signs of money."""
_CLOSING = {"\\(": "\\)", "\\[": "\\]"}
_OPENED = re.compile(r"(?<!\\)\\[(\[]")
_LONGEST = 2000

_TEXT = re.compile(r"\\(?:text\w*|mathrm|mathbf|mathit|operatorname\*?|mbox|begin|end|tag)\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\[A-Za-z]{2,}")
_FUNCTION = re.compile(
    r"(?<![^\W\d_])(?:sin|cos|tan|cot|sec|csc|sinh|cosh|tanh|log|ln|lg|exp|lim|max|min|sup|inf|det|dim|ker|gcd"
    r"|lcm|mod|arg|deg)(?![^\W\d_])"
)
_SCRIPT = re.compile(r"(?<=[\w)\]}|'′!])\s?\^|(?<![^\W\d_])[^\W\d_]['′]?_[{\\\w]")
_SENTENCE = re.compile(r"[^\W\d_]{2}[,;:.!?/]*+\s++[,;:.!?/]*+\w|\w[,;:.!?/]*+\s++[,;:.!?/]*+[^\W\d_]{2}")
"""A word with nothing but a space between it and another one, or a letter."""
_WORDS = re.compile(r"^\d.*[^\W\d_]{2}|(?:(?<![^\W\d_])[^\W\d_]{2,}+[,;:.!?]*+\s++){2}[^\W\d_]{2}", re.DOTALL)
"""So many of them, or behind a number, that no formula among them makes a formula of all."""
_FOREIGN = re.compile(r"[^\x00-\u03ff\u1f00-\u2bff\U0001d400-\U0001d7ff]")
_OTHER = re.compile("""["`]|(?:^|\\s)'|://|&&|[A-Za-z]:\\\\[A-Za-z]""")
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_RELATION = re.compile(r"[=+<>≤≥≠≈∈]")
_NUMBERS = re.compile(r"[\d.,;\s]*")
_APART = re.compile(r"[,;\s]\s")
"""What stands between two numbers in a row."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def install(parser: MarkdownIt) -> None:
    """Add ``math_inline`` and ``math_block``."""
    parser.inline.ruler.before("escape", "math_inline", math_inline)
    parser.block.ruler.before(
        "fence", "math_block", _math_block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def is_formula(text: str) -> bool:
    """Whether what stands between dollars is mathematics: no price, no shell's variable, no sentence."""
    bare = _TEXT.sub("", text)
    if not text.strip() or _OTHER.search(bare) or not _is_balanced(bare):
        return False
    if _COMMAND.search(text):
        return True
    if _FOREIGN.search(bare) or (_NUMBERS.fullmatch(bare) and _APART.search(bare.strip())):
        return False
    bare = _FUNCTION.sub("", bare)
    return not _SENTENCE.search(bare) or bool(_SCRIPT.search(bare) and not _WORDS.search(bare))


def _is_balanced(text: str) -> bool:
    braces = _ESCAPED.sub("", text)
    return braces.count("{") == braces.count("}")


def is_marked(text: str, opening: str) -> bool:
    """Whether what stands between TeX's brackets is; before a bracket a backslash may also be an escape."""
    if not is_formula(text):
        return False
    bare = _FUNCTION.sub("", _TEXT.sub("", text))
    if _COMMAND.search(text) or _SCRIPT.search(bare):
        return True
    return not _WORD.search(bare) and (opening == "\\(" or _RELATION.search(bare) is not None)


def math_inline(state: StateInline, silent: bool) -> bool:
    """A formula among words."""
    start, limit = state.pos, state.posMax
    before = state.src[start - 1] if start else ""
    match state.src[start : start + 2]:
        case "\\(" | "\\[" as opening if not _LETTERS.match(before):
            end = state.src.find(_CLOSING[opening], start + 2, min(limit, start + _LONGEST))
            content = state.src[start + 2 : max(end, 0)]
            alone = _OPENED.search(content) is None
            inside = (start + 2, end) if alone and is_marked(content, opening) else (0, -1)
        case text if text[:1] == "$" and not _GLUED.match(before):
            found = (_DOUBLE if text == "$$" else _SINGLE).match(state.src, start, limit)
            meant = found and is_formula(found[1]) and not _NAMES.match(state.src, start)
            inside = found.span(1) if found and meant else (0, -1)
        case _:
            return False
    if inside[1] < 0:
        return False
    length = inside[1] + inside[0] - 2 * start
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = state.src[slice(*inside)]
        token.markup = state.src[start : start + length]
    state.pos = start + length
    return True


def _math_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    if state.is_code_block(first):
        return False
    start = state.bMarks[first] + state.tShift[first]
    opening = state.src[start : start + 2]
    if opening not in ("$$", "\\["):
        return False
    closing = "$$" if opening == "$$" else "\\]"
    rest = state.src[start + 2 : state.eMarks[first]]
    _, found, after = rest.partition(closing)
    over = bool(found)
    if over and after.strip():
        return False  # a formula in the middle of a sentence
    line = first
    while not over and line + 1 < end:
        line += 1
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            line -= 1
            break
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
        if not text.strip():
            line -= 1
            break
        if opening != closing and text.startswith(opening):
            return False  # none is in another one; and each line is looked at once, however many begin one
        over = text.rstrip().endswith(closing)
    content = state.getLines(first, line + 1, state.blkIndent, True)
    inside = content.strip()[2:].removesuffix(closing)
    if not (is_formula(inside) if opening == "$$" else is_marked(inside, opening)):
        return False
    if silent:
        return True
    token = state.push("math_block", "math", 0)
    token.content = content
    token.markup = opening
    token.map = [first, line + 1]
    token.block = True
    state.line = line + 1
    return True
