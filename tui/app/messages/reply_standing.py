"""How a reply that comes or has ended stands."""

from __future__ import annotations

from tui.app.messages.reply_status import ReplyStatus, clock
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


def asking(live: LiveReply) -> ReplyStatus:
    """A reply that waits for the person: a tool of it may be used, or not."""
    return ReplyStatus("asks you", "?", "warning", quiet=False, clock=clock(live.seconds))


def of_elsewhere(hue: str) -> ReplyStatus:
    """A reply that another program writes, as it is read here."""
    return ReplyStatus("elsewhere", "●", hue, quiet=False, detail="another program writes the reply")


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
