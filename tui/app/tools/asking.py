"""Asks the person what models and servers want: one question after the other, each gone with its reply.

A question is shown over the conversation in which it is asked, while that is read and written in. Where
another one is read, a message of it has the keys, or a list lies over the page, the question waits: a notice
says so, and the conversation has a mark. What was filled in by then stays.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from msgspec import Struct, field

from tui.app.life import while_alive
from tui.engine.live import key_of
from tui.text import one_line
from tui.tools.approval import Decision, Question

if TYPE_CHECKING:
    from tui.app.context import Context, WithLists, WithReading, WithStatus, WithTranscript, WithWriting
    from tui.app.tools.question_sheet import QuestionSheet
    from tui.engine.project import Project
    from tui.tools.mcp.elicitation import Answer, Form, Visit

    class _Context(Context, WithReading, WithStatus, WithLists, WithTranscript, WithWriting, Protocol): ...


_TITLE = 60
_SOON = 1.0
"""Seconds in which a question follows another one."""
_WRITES = frozenset({"draft", "transcript"})
"""Where the keys go while one writes: letters that the transcript gets are the composer's."""
_Answer = TypeVar("_Answer")


class _Waiting(Struct, eq=False):
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
        from tui.app.tools.form_sheet import Filled, FormSheet
        from tui.tools.mcp.elicitation import Action, Answer

        words, filled = f"{one_line(form.server, _TITLE)} asks something", Filled.of(form)
        return await self._answer(lambda: FormSheet(form, filled), words, form.conversations) or Answer(
            Action.CANCEL
        )

    async def visit(self, visit: Visit) -> Answer:
        """Show an address that a server wants the person to open."""
        from tui.app.tools.visit_sheet import VisitSheet
        from tui.tools.mcp.elicitation import Action, Answer

        words = f"{one_line(visit.server, _TITLE)} wants an address to be opened"
        return await self._answer(lambda: VisitSheet(visit), words, visit.conversations) or Answer(
            Action.CANCEL
        )

    async def join(self, project: Project, about: str) -> bool | None:
        """Ask whether a project counts. None where that is left open."""
        from tui.app.tools.project_sheet import ProjectSheet

        words = f"A project was found, {project.name}"
        return await self._answer(lambda: ProjectSheet(project, about), words, frozenset())

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
        words = ""
        if one.sheet is None and not (self._belongs_here(one) and self._asks):
            where = "" if self._belongs_here(one) else f" in “{self._title(one)}”"
            words = f"{one.words}{where}: it waits for your answer"
        if words != one.notice:
            self._context.unnote(one.notice)
            one.notice = words
            if words:
                self._context.note(words)

    def _title(self, one: _Waiting) -> str:
        lives = (live.conversation for live in self._context.session.live)
        found = next((conversation.title for conversation in lives if key_of(conversation) in one.places), "")
        return one_line(found, _TITLE) or "another conversation"

    # -- what waits
    @property
    def waiting(self) -> frozenset[int]:
        """The conversations in which a question waits, as ``key_of`` has them."""
        return frozenset().union(*(one.places for one in self._waiting))

    @property
    def shown(self) -> bool:
        """Whether a question lies over the conversation that is read."""
        return any(one.sheet is not None and one.sheet.is_current for one in self._waiting)

    def look(self) -> None:
        """Show the next question that may be shown where the person is now, and none elsewhere."""
        if not self._context.reading.shown:  # it is asked again as soon as it is
            return
        for one in self._waiting:
            if one.sheet is not None and not (self._belongs_here(one) and self._may_stay(one.sheet)):
                self._set_aside(one)
        if not self._asks and self._is_free:
            self._show_next()
        for each in self._waiting:
            self._say(each)
        self._context.status.refresh_keys()

    def _show_next(self) -> None:
        for one in filter(self._belongs_here, self._waiting):
            one.sheet = one.make()
            one.sheet.follows = time.monotonic() - self._closed < _SOON
            one.sheet.writing = bool(self._context.writing.written)
            self._context.soon(self._show, one)
            return

    def _set_aside(self, one: _Waiting) -> None:
        """Take a question away that is not answered: it waits."""
        sheet, one.sheet = one.sheet, None
        if sheet is not None:
            sheet.dismiss(None)

    @property
    def _asks(self) -> bool:
        """Whether a question is on the screen."""
        return any(one.sheet is not None for one in self._waiting)

    def _belongs_here(self, one: _Waiting) -> bool:
        return not one.places or self._context.session.current.key in one.places

    def _may_stay(self, sheet: QuestionSheet[Any]) -> bool:
        return not sheet.is_attached or sheet.over_a_screen or self._writes

    @property
    def _is_free(self) -> bool:
        """Whether the conversation is seen, with nothing over it that is being used."""
        top = self._context.screen.app.screen
        if top is self._context.screen:
            return self._writes
        from tui.app.lists.sheet import Layer  # what lies over the screen has loaded it

        return isinstance(top, Layer) and top.BEARS_QUESTIONS

    @property
    def _writes(self) -> bool:
        """Whether the keys are those of writing: not of a message, a list or a field beside it."""
        focused = self._context.screen.focused
        return self._context.transcript.selected is None and (focused is None or focused.id in _WRITES)

    async def _show(self, one: _Waiting) -> None:
        sheet = one.sheet
        if one not in self._waiting or sheet is None:  # its reply was stopped meanwhile
            return
        if not (self._context.reading.shown and self._belongs_here(one) and self._is_free):
            one.sheet = None  # something else was opened in the same moment
            self.look()
            return

        def answered(result: object) -> None:
            if one.sheet is sheet and not one.answer.done():
                one.answer.set_result(result)

        await self._context.show(sheet, answered)
        self._context.status.refresh_keys()

    def _changed(self) -> None:
        self._context.refresh()
        self._context.lists.list_soon()
