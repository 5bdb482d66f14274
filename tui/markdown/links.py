"""Links: only to what may be an address, and found in one pass, however many brackets there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_inline import StateInline, backtick, escape, html_inline, image, link
from markdown_it.token import Token

from tui.markdown.formulas import math_inline

_SPECIAL = re.compile(r"[\\`<$\[\]]")
_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):", re.IGNORECASE)
_SAFE = frozenset(("http", "https", "mailto"))
_PICTURE = re.compile(r"data:image/(?:gif|png|jpeg|webp);", re.IGNORECASE)
_PLACE = re.compile(r"[./#?]")
_NOTHING = re.compile(r"\(\s*\)")
_DEEP = re.compile(r"(?:[^\s()\\]*\(){9}")
"""Too many parentheses for an address."""
DEEPEST = 32
"""Brackets inside of brackets that are read."""


def install(parser: MarkdownIt) -> None:
    """Let only addresses be linked to, and keep the definitions of what they are."""
    parser.validateLink = is_address  # type: ignore[method-assign]
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("image", _image)
    parser.block.ruler.at("reference", _reference)


def is_address(url: str) -> bool:
    """Whether a link may lead there: on the web, by mail, or to a file or a place that looks like one."""
    scheme = _SCHEME.match(url)
    if scheme:
        return scheme[1].lower() in _SAFE or _PICTURE.match(url) is not None
    return "://" not in url and _PLACE.search(url) is not None


class Brackets:
    """Which brackets belong together, and what is inside of them."""

    def __init__(self, state: StateInline) -> None:
        self.ends: dict[int, int] = {}
        self._inner: dict[int, list[int]] = {}
        self._deep: set[int] = set()
        self._linked: dict[int, bool] = {}
        kept = state.pos, state.posMax
        state.posMax = len(state.src)
        self._pair(state)
        state.pos, state.posMax = kept

    def _pair(self, state: StateInline) -> None:
        opened: list[list[int]] = []
        """Of each open bracket its place and how many levels are inside."""
        position = 0
        while found := _SPECIAL.search(state.src, position):
            position = found.end()
            if found[0] == "[":
                opened.append([found.start(), 1])
                self._inner[found.start()] = []
            elif found[0] == "]":
                if opened:
                    self._close(opened, found.start())
            else:
                state.pos = found.start()
                if any(rule(state, True) for rule in (math_inline, escape, backtick, html_inline)):
                    position = state.pos

    def _close(self, opened: list[list[int]], end: int) -> None:
        start, levels = opened.pop()
        self.ends[start] = end
        if levels > DEEPEST:
            self._deep.add(start)
        if opened:
            opened[-1][1] = max(opened[-1][1], levels + 1)
            self._inner[opened[-1][0]].append(start)

    def label_end(self, start: int) -> int:
        """The bracket that closes another one, or -1."""
        return -1 if start in self._deep else self.ends.get(start, -1)

    def holds_link(self, state: StateInline, start: int) -> bool:
        """Whether there is a link between two brackets."""
        if start not in self._linked:
            self._linked[start] = any(self._is_link(state, inner) for inner in self._inner[start])
        return self._linked[start]

    def _is_link(self, state: StateInline, start: int) -> bool:
        if state.src[start - 1] == "!" and state.src[start - 2 : start - 1] != "\\":
            return False
        kept, state.pos = state.pos, start
        state.md.inline.skipToken(state)
        reached, state.pos = state.pos, kept
        return reached > start + 1 or self.holds_link(state, start)


def brackets(state: StateInline) -> Brackets:
    """The brackets of the text that is read, found once."""
    known: Brackets | None = vars(state).get("brackets")
    if known is None:
        known = vars(state)["brackets"] = Brackets(state)
    return known


def label_end(state: StateInline, start: int, disableNested: bool = False) -> int:
    """markdown-it's ``parseLinkLabel``, which would walk through the whole text for each bracket."""
    known = brackets(state)
    end = known.label_end(start)
    if not 0 <= end < state.posMax or (disableNested and known.holds_link(state, start)):
        return -1
    return end


def destination(src: str, start: int, end: int) -> Any:
    """markdown-it's ``parseLinkDestination``, which would read far where parentheses are never closed."""
    return (
        parseLinkDestination("", 0, 0)
        if _DEEP.match(src, start, end)
        else parseLinkDestination(src, start, end)
    )


def _link(state: StateInline, silent: bool) -> bool:
    """A link; ``array[0](x)`` is a call, ``[x]()`` leads nowhere, and ``[](x)`` has no words."""
    at = state.pos
    if state.src[at] != "[":
        return False
    end = label_end(state, at, True)
    if end < 0 or not state.src[at + 1 : end].strip() or _NOTHING.match(state.src, end + 1):
        return False
    before = state.src[at - 1] if at else " "
    called = state.src[end + 1 : end + 2] == "(" and (before.isalnum() or before in ")]")
    return not (called and not _leads_away(state, end + 2)) and link(state, silent)


def _leads_away(state: StateInline, at: int) -> bool:
    found = destination(state.src, at, state.posMax)
    return bool(found.ok) and _SCHEME.match(found.str) is not None


def _image(state: StateInline, silent: bool) -> bool:
    at = state.pos
    if not state.src.startswith("![", at):
        return False
    end = label_end(state, at + 1)
    return end >= 0 and not _NOTHING.match(state.src, end + 1) and image(state, silent)


def _reference(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """A definition, kept with its text; its name too, where a link by that name says all of it."""
    if not reference(state, first, end, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        token.content = state.getLines(first, state.line, state.blkIndent, False).strip()
        plain = _SCHEME.match(token.meta["url"]) and not token.meta["title"]
        token.info = token.meta["id"] if plain else ""
    return True


def said_by_links(tokens: Sequence[Token]) -> Iterable[str]:
    """The labels that stand in the text as the words of their links, so that nothing else need say them."""
    for index, token in enumerate(tokens):
        label = token.meta.get("label")
        if token.type == "image" and label and normalizeReference(token.content) == label:
            yield label
        if token.type == "link_open" and label:
            words = ""
            for inner in tokens[index + 1 :]:
                if inner.type == "link_close":
                    break
                words += inner.content
            if normalizeReference(words) == label:
                yield label
