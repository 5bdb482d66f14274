"""Addresses that stand in the text without any mark, ended where a reader sees their end."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_STOP = "\\s<>`（）［］｛｝「」『』【】《》〈〉，。；：！？、“”‘’—…"
_WEB = re.compile(rf"https?://[^\W_][^{_STOP}]{{0,4000}}", re.IGNORECASE)
_WWW = re.compile(
    rf"www\.[^\W_][\w-]{{0,62}}(?:\.[\w-]{{1,63}}){{1,10}}(?![\w@])[^{_STOP}]{{0,4000}}", re.IGNORECASE
)
_LOCAL = re.compile(r"[a-z0-9.+_-]{1,64}$", re.IGNORECASE)
_HOST = re.compile(r"@(?:[a-z0-9][\w-]{0,62}\.){1,10}[a-z]{2,63}(?![\w@-])", re.IGNORECASE | re.ASCII)
_SCHEMES = ("https", "http")
_ENTITY = re.compile(r"&[a-z0-9]{1,32};$", re.IGNORECASE)
_GLUED = re.compile(r"(?<=[A-Za-z0-9])[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff](?!\w*\.\w)")
_CLOSING = {")": "(", "]": "["}


def install(parser: MarkdownIt) -> None:
    """Add the links that need no brackets."""
    for rule in (_www, _web, _mail):
        parser.inline.ruler.push(f"bare{rule.__name__}", rule)


def _www(state: StateInline, silent: bool) -> bool:
    found = _WWW.match(state.src, state.pos, state.posMax)
    if silent or state.linkLevel or not found or not _may_follow(state.src, state.pos):
        return False
    text = _trimmed(found[0])
    return text.count(".") > 1 and _add(state, state.pos, text, "http://")


def _web(state: StateInline, silent: bool) -> bool:
    if silent or state.linkLevel or state.src[state.pos] != ":":
        return False
    behind = state.src[max(state.pos - 5, 0) : state.pos].lower()
    scheme = next((name for name in _SCHEMES if behind.endswith(name)), "")
    start = state.pos - len(scheme)
    found = _WEB.match(state.src, start, state.posMax) if scheme and _may_follow(state.src, start) else None
    return found is not None and _add(state, start, _trimmed(found[0]), "")


def _mail(state: StateInline, silent: bool) -> bool:
    if silent or state.linkLevel or state.src[state.pos] != "@":
        return False
    host = _HOST.match(state.src, state.pos, state.posMax)
    local = _LOCAL.search(state.src, max(state.pos - 64, 0), state.pos) if host else None
    if not host or not local:
        return False
    start = local.start()
    if state.src[max(start - 7, 0) : start].lower() == "mailto:":
        return _add(state, start - 7, state.src[start - 7 : host.end()], "")
    if start and (state.src[start - 1] in "/=:&?%#@" or _is_ascii_letter(state.src[start - 1])):
        return False
    return _add(state, start, state.src[start : host.end()], "mailto:")


def _may_follow(src: str, start: int) -> bool:
    return not start or not (_is_ascii_letter(src[start - 1]) or src[start - 1] in "/_")


def _is_ascii_letter(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _trimmed(text: str) -> str:
    """An address without the sentence round it: its punctuation, and words of a script without spaces.

    Where such a script is part of an address, it has a label or a folder of its own.
    """
    if glued := _GLUED.search(text):
        text = text[: glued.start()]
    end = len(text)
    surplus = {closing: text.count(closing) - text.count(opening) for closing, opening in _CLOSING.items()}
    while end:
        last = text[end - 1]
        if last in surplus:
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
        elif last == ";":
            entity = _ENTITY.search(text, max(end - 34, 0), end)
            end = entity.start() + 1 if entity else end
        elif last not in "?!.,:*_~'\"":
            break
        end -= 1
    return text[:end]


def _add(state: StateInline, start: int, text: str, scheme: str) -> bool:
    """A link that begins in what was taken for text already."""
    behind = state.src[start : state.pos]
    url = state.md.normalizeLink(scheme + text)
    if not state.pending.endswith(behind) or not state.md.validateLink(url):
        return False
    if behind:
        state.pending = state.pending[: -len(behind)]
        state.pos = start
    token = state.push("link_open", "a", 1)
    token.attrs = {"href": url}
    token.markup = "autolink"
    token.info = "auto"
    state.push("text", "", 0).content = text
    token = state.push("link_close", "a", -1)
    token.markup = "autolink"
    token.info = "auto"
    state.pos = start + len(text)
    return True
