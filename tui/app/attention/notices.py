"""When the person is told that replies have ended, and in which words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from textual.timer import Timer

from tui.chat.message import Message, Status
from tui.config import NotifyConfig
from tui.text import one_line

TOGETHER = 1.0
"""Seconds of silence after which replies that ended together are told, as one."""
AT_MOST = 5.0
"""Seconds after which they are told though others still end; and between two notices."""
LONG, AWAY = 20.0, 15.0
"""Where the terminal does not tell who looks: seconds that a reply took, and since the last key."""
_STOPPED = (Status.STOPPED, Status.STREAMING)
_WELL = (Status.COMPLETE, Status.LENGTH, Status.TOOL)
_WORDS = 60


class Looking(Struct, frozen=True):
    """Whether the person looks."""

    focused: bool | None
    """None where the terminal has never said."""
    idle: float
    """Seconds since the last key."""


def failed(message: Message) -> bool:
    """Whether a reply has ended as nobody wanted it."""
    return message.status not in (*_WELL, *_STOPPED)


def wanted(config: NotifyConfig, looking: Looking, message: Message, took: float) -> bool:
    """Whether the person wants to be told of a reply that has ended.

    Args:
        config: What the person wants at all.
        looking: Whether they look.
        message: The reply.
        took: Seconds that it took.
    """
    if message.status in _STOPPED or not elsewhere(config, looking):
        return False
    if config.when == "unfocused" and looking.focused is None:
        return took >= max(LONG, config.after)
    return took >= config.after or failed(message)


def elsewhere(config: NotifyConfig, looking: Looking) -> bool:
    """Whether the person wants to be told, as they look now."""
    if config.when != "unfocused":
        return config.when == "always"
    return looking.idle >= AWAY if looking.focused is None else not looking.focused


def words_of(messages: list[Message], *, text: bool) -> str:
    """What is said of replies that have ended.

    Args:
        messages: The replies.
        text: With the first words of a reply.
    """
    if len(messages) > 1:
        bad = sum(map(failed, messages))
        return f"{len(messages)} replies" + (f", {bad} failed" if bad else "")
    [message] = messages
    said = f"{one_line(message.model or 'The model', _WORDS)} {'failed' if failed(message) else 'answered'}"
    first = one_line(message.text, _WORDS) if text else ""
    return f"{said}: {first}" if first else said


class Notices:
    """Tells of replies: those that end together at once, as one, and never too often."""

    def __init__(
        self,
        wait: Callable[[float, Callable[[], Any]], Timer],
        tell: Callable[[list[Message]], None],
        now: Callable[[], float],
    ) -> None:
        """Begin with none.

        Args:
            wait: Calls something in so many seconds.
            tell: Tells of replies.
            now: Seconds of a clock.
        """
        self._wait = wait
        self._tell = tell
        self._now = now
        self._ended: list[Message] = []
        self._first = 0.0
        self._told = -AT_MOST
        self._timer: Timer | None = None

    def add(self, message: Message) -> None:
        """A reply has ended that is to be told."""
        now = self._now()
        if not self._ended:
            self._first = now
        self._ended.append(message)
        due = max(min(now + TOGETHER, self._first + AT_MOST), self._told + AT_MOST)
        self._stop()
        self._timer = self._wait(max(0.0, due - now), self._tell_all)

    def clear(self) -> None:
        """The person looks: nothing is to be told any more."""
        self._stop()
        self._ended = []

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _tell_all(self) -> None:
        ended, self._ended = self._ended, []
        self._stop()
        self._told = self._now()
        if ended:
            self._tell(ended)
