"""Text with emphasis, code, links and formulas, as spans that know their place in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import category
from urllib.parse import unquote, urlsplit

from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from tui.markdown import links
from tui.rendering.parser import markdown
from tui.rendering.spans import (
    BAND,
    BOLD,
    DIM,
    INK,
    ITALIC,
    PICTURE,
    QUOTED,
    STRIKE,
    STRONG,
    UNDERLINE,
    Span,
    Target,
)
from tui.text import clean, one_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# Without any of these a text holds no markup. A lone w or @ would start a link.
_MARKUP = re.compile(r"[\\`*_~\[\]<&$@]|www\.|://", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_HOST = re.compile(r"(?:[a-z]+://)?(?:[^/@\s]*@)?((?:[\w-]+\.)+[a-z]{2,})", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:", re.I)
_FLAGS = {"em_open": ITALIC, "strong_open": BOLD, "s_open": STRIKE, "link_open": UNDERLINE}


class _State(StateInline):
    """Notes in ``Token.map`` where in the text each token begins."""

    def __init__(self, src: str, md: MarkdownIt, env: dict[str, Any], tokens: list[Token]) -> None:
        super().__init__(src, md, env, tokens)
        self._began = -1

    def append_pending(self, text: str) -> None:
        if self._began < 0:
            self._began = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.map = [max(self._began, 0)]
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        # A rule may have taken back the end of the pending text: there the token begins.
        place = self._began + len(self.pending) if self._began >= 0 else self.pos
        token = super().push(ttype, tag, nesting)
        self._began = -1
        token.map = [place]
        return token


def parse_inline(text: str, env: dict[str, Any]) -> list[Span[int]]:
    """The spans of a paragraph's ``text``; places count from its beginning, newlines force a break."""
    text = text.replace("\t", " ")
    if not _MARKUP.search(text):
        return [Span(text, INK, 0, len(text))] if text else []
    return _Weaver(text).run(_tokens(text, env))


def said_by_links(text: str, env: dict[str, Any]) -> Iterable[str]:
    """The labels of definitions whose every word stands in a paragraph's ``text``."""
    return links.said_by_links(_tokens(text, env))


def _tokens(text: str, env: dict[str, Any]) -> list[Token]:
    parser = markdown()
    state = _State(text, parser, env, [])
    parser.inline.tokenize(state)
    _order(state.tokens)
    for rule in parser.inline.ruler2.getRules(""):
        rule(state)
    return state.tokens


def _order(tokens: Sequence[Token]) -> None:
    """Set apart the tokens that one rule pushed at one place, such as the stars of ``**``."""
    reached = 0
    for token in tokens:
        assert token.map
        token.map[0] = reached = max(token.map[0], reached)
        if token.type == "text":
            reached += len(token.content)


class _Weaver:
    """Turns inline tokens into spans."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans: list[Span[int]] = []
        self._flags: list[int] = []
        self._look = INK
        self._link: Target | None = None
        self._link_at = 0
        self._auto = False

    def run(self, tokens: Sequence[Token]) -> list[Span[int]]:
        for index, token in enumerate(tokens):
            assert token.map
            following = tokens[index + 1].map if index + 1 < len(tokens) else None
            self._take(token, token.map[0], following[0] if following else len(self.text))
        return self.spans

    def _take(self, token: Token, start: int, end: int) -> None:
        if token.nesting > 0:
            self._open(token)
        elif token.nesting < 0:
            self._close(start, end)
        else:
            getattr(self, f"_{token.type}", self._text)(token, start, end)

    def _text(self, token: Token, start: int, _end: int) -> None:
        content = token.content
        if self._auto and not self.text.startswith(content, start):
            start = self.text.find(content, self._link_at)
        self._add(content, start, start + len(content) if start >= 0 else -1)

    def _hardbreak(self, _token: Token, start: int, end: int) -> None:
        self._add("\n", start, end)

    def _text_special(self, token: Token, start: int, _end: int) -> None:
        end = start + len(token.markup)
        content = token.content
        if token.info == "escape" and len(content) < len(token.markup):
            start += 1  # the backslash is not drawn
        elif token.info == "entity" and _unseen(clean(content)):
            content = token.markup
        self._add(clean(content).replace("\n", " "), start, end)

    def _html_inline(self, token: Token, start: int, _end: int) -> None:
        broken = _BREAK.fullmatch(token.content)
        end = start + len(token.content)
        self._add("\n" if broken else token.content, start, end, 0 if broken else DIM)

    def _math_inline(self, token: Token, start: int, _end: int) -> None:
        from tui.rendering.maths import to_unicode

        text = to_unicode(token.content).replace("\n", "; ")
        self._add(text, start, start + len(token.markup), QUOTED)

    def _footnote_ref(self, token: Token, start: int, _end: int) -> None:
        label = token.meta["label"]
        self._add(f"[{label}]", start, start + len(label) + 3, DIM | QUOTED)

    def _add(self, text: str, start: int, end: int, look: int = 0) -> None:
        if text:
            self.spans.append(Span(clean(text), self._look | look, start, end, self._link))

    def _code_inline(self, token: Token, start: int, _end: int) -> None:
        mark, content = token.markup, token.content
        start += len(mark)
        if not self.text.startswith(mark, start + len(content)) or (
            self.text[start : start + len(content)].replace("\n", " ") != content
        ):
            start += 1  # one space was taken from each side
        end = start + len(content)
        look = STRONG | BAND | (self._look & ~15)
        self.spans.append(Span(self.text[start:end], look, start, end, self._link))

    def _open(self, token: Token) -> None:
        flag = _FLAGS.get(token.type, 0)
        self._flags.append(self._look)
        self._look |= flag
        if flag == BOLD:
            self._look = self._look & ~15 | STRONG
        if token.type == "link_open":
            assert token.map
            self._link = Target("link", clean(str(token.attrs.get("href", ""))))
            self._auto = token.info == "auto"
            self._link_at = token.map[0]
            self._first = len(self.spans)
            self._title = str(token.attrs.get("title", ""))

    def _close(self, start: int, end: int) -> None:
        was_link = self._look & UNDERLINE
        self._look = self._flags.pop()
        if was_link and not self._look & UNDERLINE:
            self._say_title(self._title, start, end, self._link)
            self._hint()
            self._link, self._auto = None, False

    def _say_title(self, title: str, start: int, end: int, link: Target | None) -> None:
        """A link's title, where it stands in the source."""
        at = self.text.find(title, start, end) if title else -1
        if at >= 0:
            words = " ".join(clean(title).split())
            self.spans.append(Span(f" ({words})", DIM, at, at + len(title), link))

    def _hint(self) -> None:
        """Name the host where the link's text looks like another one, and what is no address of the web."""
        shown = "".join(span.text for span in self.spans[self._first :])
        address = self._link.value if self._link else ""
        seen, host = _HOST.match(shown.strip()), _host_of(address)
        if seen and host and not self._auto and _bare(seen[1]) != _bare(host):
            self.spans.append(Span(f" ({host})", DIM, target=self._link))
        elif not _SCHEME.match(address) and (read := _readable(address)) != shown:
            self.spans.append(Span(f" ({_short(read)})", DIM, target=self._link))

    def _image(self, token: Token, start: int, end: int) -> None:
        url = clean(str(token.attrs.get("src", "")))
        alt = clean("".join(child.content for child in token.children or ())).replace("\n", " ") or "image"
        link = self._link or Target(PICTURE, url)
        self.spans.append(Span(alt, self._look | UNDERLINE | QUOTED, start, end, link))
        self._say_title(str(token.attrs.get("title", "")), start, end, link)
        self.spans.append(
            Span(f" ({_short(url if _SCHEME.match(url) else _readable(url))})", DIM, target=link)
        )


def _unseen(text: str) -> bool:
    """Whether nothing is drawn where it stands."""
    return not text or category(text[0]) == "Cf"


def _readable(place: str) -> str:
    """A place that is no address of the web, without what quotes its letters there."""
    return one_line(unquote(place, errors="replace"))


def _short(url: str) -> str:
    return url if len(url) <= 80 else url[:79] + "…"


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")
