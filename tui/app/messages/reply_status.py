"""How a reply that comes or has ended stands, in a few words and numbers."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style

from tui.app.theme.ink import Ink, Part
from tui.chat.context import shorten
from tui.chat.message import Message, Status
from tui.engine.live import LiveReply
from tui.errors import ErrorKind

_WORDS = {
    Status.STOPPED: "stopped",
    Status.LENGTH: "cut short",
    Status.FILTER: "filtered",
    Status.EMPTY: "empty",
}
_LONG = 15.0
"""Seconds without a word from which on it is said."""
_FAILED = frozenset({Status.ERROR, Status.INTERRUPTED})


@dataclass(frozen=True, slots=True)
class ReplyStatus:
    """The fixed fields at the right: what goes on, how fast, for how long."""

    word: str = "ready"
    glyph: str = ""
    glyph_role: str = ""
    """The colour of the glyph: ``error``, ``warning``, or a hue."""
    quiet: bool = True
    """Nothing needs the reader's eye: the word is dim."""
    rate: str = ""
    clock: str = ""
    detail: str = ""
    """What is loaded, or when the next try comes; stands in the place of the context."""


def of_live(live: LiveReply, hue: str) -> ReplyStatus:
    """A reply on its way."""
    rate = live.rate
    return ReplyStatus(
        word=live.phase.value,
        glyph="●",
        glyph_role=hue,
        quiet=False,
        rate=f"{rate:.0f} tok/s" if rate is not None else "",
        clock=clock(live.seconds),
        detail=live.detail or (f"no data for {live.silence:.0f} s" if live.silence >= _LONG else ""),
    )


def to_download(size: int) -> ReplyStatus:
    """A model of this machine that is not on it yet: its first reply fetches it."""
    return ReplyStatus(word="not here", glyph="◦", detail=f"{size / 1e6:.0f} MB to download")


def of_ended(message: Message, tokens: int) -> ReplyStatus:
    """A reply that has ended; ``tokens`` is our own count, for servers that do not say theirs."""
    if message.usage is not None and message.usage.output_tokens is not None:
        tokens = message.usage.output_tokens
    failed = message.status in _FAILED
    if message.failure is not None and message.failure.kind == ErrorKind.OFFLINE:
        return ReplyStatus(word="offline", glyph="◦")
    return ReplyStatus(
        word="failed" if failed else _WORDS.get(message.status, "ready"),
        glyph="×" if failed else "",
        glyph_role="error" if failed else "",
        quiet=not failed,
        rate=f"{shorten(tokens)} tok" if tokens else "",
        clock=clock(message.seconds) if message.seconds is not None else "",
    )


def fields(now: ReplyStatus, ink: Ink) -> list[Part]:
    """The fixed fields: dot, word, rate, clock."""
    return [
        (f"{now.glyph:<2}", glyph_style(now, ink)),
        (f"{now.word:<9}", ink.dim if now.quiet else ink.ink),
        (f"  {now.rate:>9}  {now.clock:>5}", ink.dim),
    ]


def glyph_style(now: ReplyStatus, ink: Ink) -> Style:
    """The colour of the dot: a hue or a warning, else that of its word."""
    glyphs = {"error": ink.error, "warning": ink.warning, "success": ink.success, **ink.hues}
    return glyphs.get(now.glyph_role, ink.dim if now.quiet else ink.ink)


def clock(seconds: float) -> str:
    """``0:07``, ``12:30``, ``1h05`` for what takes hours: five cells at most."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02}"
