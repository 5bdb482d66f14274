"""Text after which something else can stand: nothing that it begins takes in what follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tui.faults import attempt
from tui.markdown.parser import build

_AFTER = "\N{END OF PROOF}\N{END OF PROOF}"
"""What stands behind the text, to see what becomes of it."""
_MAY_BE_OPEN = re.compile(r"```|~~~|<[!?a-zA-Z]|\$\$")
_ENDS = (
    (re.compile(r" {0,3}<!--"), "-->"),
    (re.compile(r" {0,3}<\?"), "?>"),
    (re.compile(r" {0,3}<!\[CDATA\["), "]]>"),
    (re.compile(r" {0,3}<!"), ">"),
    (re.compile(r" {0,3}<script", re.IGNORECASE), "</script>"),
    (re.compile(r" {0,3}<pre", re.IGNORECASE), "</pre>"),
    (re.compile(r" {0,3}<style", re.IGNORECASE), "</style>"),
    (re.compile(r" {0,3}<textarea", re.IGNORECASE), "</textarea>"),
)
"""How a block of HTML begins that no blank line ends, and what ends it."""
_HIDING = (
    "details|summary|template|select|noscript|iframe|xmp|title|noembed|noframes|svg|object|video|audio|canvas"
)
_TAG = re.compile(rf"<!--.*?(?:-->|$)|<(/?)({_HIDING})(?:\s[^<>]*)?(?<!/)>", re.IGNORECASE | re.DOTALL)
"""A tag of an element that hides or folds what stands in it."""
_DOLLARS = re.compile(r" {0,3}\$\$[ \t]*", re.MULTILINE)


def closed(text: str) -> str:
    """``text`` with an end to what it leaves open: a fence, a comment, a block of HTML or of a formula."""
    if not _MAY_BE_OPEN.search(text):
        return text
    return attempt(lambda: _closed(text), lambda: text)


@lru_cache(maxsize=64)  # a reply that comes is put together anew with each of its parts
def _closed(text: str) -> str:
    tokens = _parser().parse(f"{text}\n\n{_AFTER}")
    if tokens and tokens[-1].type in ("fence", "html_block") and _AFTER in tokens[-1].content:
        text = f"{text}\n{_end_of(tokens[-1])}"
        tokens = _parser().parse(text)
    if _has_open_formula(text, tokens):
        text = f"{text}\n$$"
    return "\n\n".join((text, *(f"</{name}>" for name in _open_elements(tokens))))


def _end_of(token: Token) -> str:
    if token.type == "fence":
        return token.markup
    return next(end for begin, end in _ENDS if begin.match(token.content))


def _has_open_formula(text: str, tokens: list[Token]) -> bool:
    lines = text.split("\n")
    for token in tokens:
        if token.type in ("fence", "code_block", "html_block") and token.map:
            first, last = token.map
            lines[first:last] = [""] * (last - first)
    return sum(_DOLLARS.fullmatch(line) is not None for line in lines) % 2 == 1


def _open_elements(tokens: list[Token]) -> list[str]:
    """The names of elements that are begun and not ended, the newest first."""
    found: list[str] = []
    for html in _html_in(tokens):
        for tag in _TAG.finditer(html):
            name = (tag[2] or "").lower()
            if name and not tag[1]:
                found.append(name)
            elif name in found:
                del found[len(found) - 1 - found[::-1].index(name) :]
    return found[::-1]


def _html_in(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        for one in (token, *(token.children or ())):
            if one.type in ("html_block", "html_inline"):
                yield one.content


@cache
def _parser() -> MarkdownIt:
    return build(html=True)
