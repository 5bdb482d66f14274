"""What stands below a compared reply: what it does, then what it has taken."""

from __future__ import annotations

from tui.app.messages.name_line import duration, meta_words
from tui.app.messages.reply_standing import of_live
from tui.chat.message import Message
from tui.engine.live import LiveReply, Phase
from tui.text import one_line

_APART = "   "


def so_far(live: LiveReply) -> str:
    """``thought for 2 s   88 tokens so far``."""
    detail = of_live(live, "").detail
    if detail or live.phase not in (Phase.THINKING, Phase.ANSWERING):
        return one_line(detail) or live.phase.value
    seconds = live.reply.message.reasoning_seconds
    thought = ["thinking"] if live.phase is Phase.THINKING else _thought(seconds)
    return _APART.join([*thought, f"{live.tokens:,} tokens so far"])


def in_all(message: Message, cost: float | None) -> str:
    """``thought for 2 s   126 tokens   3.1 s   $0.001``, as far as it is known.

    Args:
        message: The reply, which has ended.
        cost: US dollars by known prices, for a server that does not say them.
    """
    return _APART.join([*_thought(message.reasoning_seconds), *filter(None, [meta_words(message, cost)])])


def _thought(seconds: float | None) -> list[str]:
    return [] if seconds is None else [f"thought for {duration(seconds)}"]
