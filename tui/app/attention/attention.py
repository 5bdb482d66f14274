"""Follows the replies: what the window says while they come, and who is told when they have ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from tui.app.attention.notices import Looking, Notices, elsewhere, failed, wanted, words_of
from tui.app.attention.telling import Telling
from tui.app.terminal.outside import Does, Outside
from tui.chat.message import Message
from tui.config import Config
from tui.engine.live import LiveReply

if TYPE_CHECKING:
    from tui.app.context import Context, WithAsking

    class _Context(Context, WithAsking, Protocol): ...


NAME = "Segue"
_BUSY = "● "
_ASKED = "a question waits for your answer"


class _Program(Protocol):
    config: Config
    outside: Outside
    touched: float
    app_focus: bool


class Attention:
    """Knows whether the person looks, and what they would want to know if not."""

    def __init__(self, context: _Context, program: _Program) -> None:
        self._context = context
        self._program = program
        self._outside = program.outside
        self._telling = Telling(program.outside)
        self._notices = Notices(context.screen.set_timer, self._tell, time.monotonic)
        self._coming: set[int] = set()
        """The replies on their way."""
        self._ended = Does.IDLE
        """How the last one ended, until that is seen."""
        self._asked: frozenset[int] = frozenset()
        """The conversations in which a question waits, as far as they are known here."""
        self._reported = False
        """Whether the terminal tells who looks."""

    async def begin(self) -> None:
        """Find out what the terminal takes."""
        await self._telling.know_terminal()
        self.refresh()

    # -- what goes on
    def began(self, live: LiveReply) -> None:
        """A reply begins to come."""
        self._coming.add(id(live))
        self._ended = Does.IDLE
        self.refresh()

    def ended(self, live: LiveReply, message: Message) -> None:
        """A reply has ended."""
        self._coming.discard(id(live))
        self._ended = Does.ERROR if failed(message) else Does.DONE
        if wanted(self._program.config.notify, self._looking, message, live.seconds):
            self._notices.add(message)
        self.refresh()

    def refresh(self) -> None:
        """Show outside the page how things stand."""
        config, busy = self._program.config.notify, bool(self._coming)
        title = {"state": NAME, "off": None}.get(config.title, self._title)
        self._outside.title(title if title is None else f"{_BUSY if busy else ''}{title}")
        self._outside.goes_on(busy and config.progress)
        does = Does.WORKING if busy else self._ended
        self._outside.does(does if config.status == "auto" else None)
        self._look_for_questions()

    def _look_for_questions(self) -> None:
        """Call the person back to what waits for their answer."""
        before, self._asked = self._asked, self._context.asking.waiting
        config = self._program.config.notify
        if self._asked - before and elsewhere(config, self._looking):
            self._context.soon(self._telling.tell, _ASKED, config)

    @property
    def _title(self) -> str:
        title = self._context.session.current.conversation.title
        return f"{title} - {NAME}" if title else NAME

    # -- who looks
    def focus(self, focused: bool) -> None:
        """The terminal says whether the person looks."""
        self._reported = True
        if focused:
            self._notices.clear()
            self._telling.take_back()
            if self._ended is not Does.IDLE:
                self._ended = Does.IDLE
                self.refresh()

    @property
    def _looking(self) -> Looking:
        focused = self._program.app_focus if self._reported else None
        return Looking(focused, time.monotonic() - self._program.touched)

    def _tell(self, messages: list[Message]) -> None:
        config = self._program.config.notify
        self._context.soon(self._telling.tell, words_of(messages, text=config.text), config)
