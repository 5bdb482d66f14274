"""How a reply stands, in a few words and numbers: the fields of the status line. Seen at the first paint."""

from __future__ import annotations

from msgspec import Struct
from rich.style import Style

from tui.app.theme.ink import Ink
from tui.rendering.spans import Span


class ReplyStatus(Struct, frozen=True):
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


def fields(now: ReplyStatus, ink: Ink) -> list[Span[Style]]:
    """The fixed fields: dot, word, rate, clock."""
    return [
        Span(f"{now.glyph:<2}", glyph_style(now, ink)),
        Span(f"{now.word:<9}", ink.dim if now.quiet else ink.ink),
        Span(f"  {now.rate:>9}  {now.clock:>5}", ink.dim),
    ]


def glyph_style(now: ReplyStatus, ink: Ink) -> Style:
    """The colour of the dot: a hue or a warning, else that of its word."""
    glyphs = {"error": ink.error, "warning": ink.warning, "success": ink.success, **ink.hues}
    return glyphs.get(now.glyph_role, ink.dim if now.quiet else ink.ink)


def clock(seconds: float) -> str:
    """``0:07``, ``12:30``, ``1h05`` for what takes hours: five cells at most."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02}"
