"""Asks the person what models and servers want: one question after the other, each gone with its reply.

A question is shown over the conversation in which it is asked. Where another one is read, or a list lies over
the page, it waits: a notice says so, and the conversation has a mark until it is opened.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from tui.app.context import Context, WithLists, WithReading, WithStatus
from tui.app.life import while_alive
from tui.app.lists.sheet import Layer
from tui.app.tools.question_sheet import QuestionSheet
from tui.engine.live import key_of
from tui.text import one_line
from tui.tools.approval import Decision, Question

if TYPE_CHECKING:
    from tui.tools.mcp.elicitation import Answer, Form, Visit

_TITLE = 60
_SOON = 1.0
"""Seconds in which a question follows another one."""
_Answer = TypeVar("_Answer")


class _Context(Context, WithReading, WithStatus, WithLists, Protocol): ...


@dataclass(eq=False, slots=True)
class _Waiting:
    """A question that was not answered yet."""

    make: Callable[[], QuestionSheet[Any]]
    words: str
    """What is asked, in a line."""
    places: frozenset[int]
    """The conversations, as ``key_of`` has them: in one of them it is asked; none where any will do."""
    answer: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    sheet: QuestionSheet[Any] | None = None
    notice: str = ""


class Asking:
    """The ``Asker`` and the ``Person`` of the app. What is not answered means no."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._waiting: list[_Waiting] = []
        self._closed = -_SOON

    # -- what is asked
    async def ask(self, question: Question) -> Decision:
        """Ask whether a tool may be used. Cancelling takes the question away."""
        from tui.app.tools.approval_sheet import ApprovalSheet
        from tui.tools.asked import title_of

        decision = await self._answer(
            lambda: ApprovalSheet(question), title_of(question), frozenset({question.conversation})
        )
        return decision or Decision.NO

    async def fill(self, form: Form) -> Answer:
        """Let the person fill in what a server wants to know."""
        from tui.app.tools.form_sheet import FormSheet
        from tui.tools.mcp.elicitation import Action, Answer

        words = f"{one_line(form.server, _TITLE)} asks something"
        return await self._answer(lambda: FormSheet(form), words, form.conversations) or Answer(Action.CANCEL)

    async def visit(self, visit: Visit) -> Answer:
        """Show an address that a server wants the person to open."""
        from tui.app.tools.visit_sheet import VisitSheet
        from tui.tools.mcp.elicitation import Action, Answer

        words = f"{one_line(visit.server, _TITLE)} wants an address to be opened"
        return await self._answer(lambda: VisitSheet(visit), words, visit.conversations) or Answer(
            Action.CANCEL
        )

    async def _answer(
        self, make: Callable[[], QuestionSheet[_Answer]], words: str, places: frozenset[int]
    ) -> _Answer | None:
        """What is answered on a sheet, once it is its turn. Nobody waits any more: the sheet closes."""
        one = _Waiting(make, words, places)
        self._waiting.append(one)
        self.look()
        self._say(one)
        self._changed()
        try:
            return cast("_Answer | None", await one.answer)
        finally:
            self._waiting.remove(one)
            while_alive(self._context.screen, self._end)(one)

    def _end(self, one: _Waiting) -> None:
        """A question waits no more: the next one may be shown."""
        self._context.unnote(one.notice)
        if one.sheet is not None:
            one.sheet.dismiss(None)
            self._closed = time.monotonic()
        self._changed()
        self.look()

    def _say(self, one: _Waiting) -> None:
        """Say that a question waits which does not come by itself, once the one before is answered."""
        if one.sheet is not None or (self._belongs_here(one) and self._asks):
            return
        where = "" if self._belongs_here(one) else f" in “{self._title(one)}”"
        one.notice = f"{one.words}{where}: it waits for your answer"
        self._context.note(one.notice)

    def _title(self, one: _Waiting) -> str:
        lives = (live.conversation for live in self._context.session.live)
        found = next((conversation.title for conversation in lives if key_of(conversation) in one.places), "")
        return one_line(found, _TITLE) or "another conversation"

    # -- what waits
    @property
    def waiting(self) -> frozenset[int]:
        """The conversations in which a question waits, as ``key_of`` has them."""
        return frozenset().union(*(one.places for one in self._waiting))

    def look(self) -> None:
        """Show the next question that may be shown where the person is now."""
        if self._asks or not self._is_free:
            return
        one = next(filter(self._belongs_here, self._waiting), None)
        if one is not None:
            one.sheet = one.make()
            one.sheet.follows = time.monotonic() - self._closed < _SOON
            for here in filter(self._belongs_here, self._waiting):  # the others follow by themselves
                self._context.unnote(here.notice)
            self._context.soon(self._show, one)

    @property
    def _asks(self) -> bool:
        """Whether a question is on the screen."""
        return any(one.sheet is not None for one in self._waiting)

    def _belongs_here(self, one: _Waiting) -> bool:
        return not one.places or self._context.session.current.key in one.places

    @property
    def _is_free(self) -> bool:
        """Whether the conversation is seen, with nothing over it that is being used."""
        top = self._context.screen.app.screen
        seen = top is self._context.screen or (isinstance(top, Layer) and top.BEARS_QUESTIONS)
        return seen and self._context.reading.shown

    async def _show(self, one: _Waiting) -> None:
        if one not in self._waiting or one.sheet is None:  # its reply was stopped meanwhile
            return

        def answered(result: object) -> None:
            if not one.answer.done():
                one.answer.set_result(result)

        await self._context.show(one.sheet, answered)

    def _changed(self) -> None:
        self._context.refresh()
        self._context.lists.list_soon()
