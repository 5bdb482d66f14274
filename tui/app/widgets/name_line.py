"""The first line of a reply: who answers, what is known of the thinking, which version."""

from __future__ import annotations

from rich.cells import cell_len

from tui.app.widgets.look import Look
from tui.app.widgets.rows import Piece, Rows, Target
from tui.chat.message import Message, Status
from tui.chat.model import split_id
from tui.errors import ErrorKind
from tui.text import one_line

_NOT_SENT = frozenset({ErrorKind.CONNECT.value, ErrorKind.PROXY.value, ErrorKind.TLS.value})
FOLD = Target("fold")


def model_name(model: str | None) -> str:
    """A model's name without its provider, safe to show."""
    return one_line(split_id(model or "")[1] or model or "reply", 60)


def state_words(message: Message, *, begun: bool, note: str) -> str:
    """What stands beside the name while there is no thinking to show."""
    if message.live and not begun:
        return one_line(note) or "waiting"
    if message.status is Status.ERROR and message.failure and message.failure.kind in _NOT_SENT:
        return "not sent"
    return ""


def thought_words(thought: str, *, thinking: bool, is_open: bool, seconds: float | None) -> str:
    """``▸ thinking``, then ``▸ thought for 6 s, 96 words``; nothing if there was no thought."""
    if not thought.strip():
        return ""
    arrow = "▾" if is_open else "▸"
    if thinking:
        return f"{arrow} thinking"
    words = len(thought.split())
    time = f" for {duration(seconds)}" if seconds is not None else ""
    return f"{arrow} thought{time}, {words} {'word' if words == 1 else 'words'}"


def duration(seconds: float) -> str:
    """``6 s``, ``2 min 5 s``."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def name_line(look: Look, name: str, hue: str, state: str, thought: str, versions: tuple[int, int]) -> Rows:
    """The line, from left to right: name, state or thought, versions at the right edge."""
    dim = look.ink.dim
    pieces = [Piece(name, look.ink.hues[hue])]
    if state or thought:
        pieces += [Piece("   ", dim), Piece(thought or state, dim, FOLD if thought else None)]
    place, count = versions
    if count > 1:
        mark = f"{place}/{count}"
        used = sum(cell_len(piece.text) for piece in pieces) + len(mark) + 4
        pieces += [
            Piece(" " * max(1, look.width - used), dim),
            Piece("‹ ", dim, Target("previous_version")),
            Piece(mark, dim),
            Piece(" ›", dim, Target("next_version")),
        ]
    return Rows(look, [pieces])
