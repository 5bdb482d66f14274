"""What the history tells: what changed, here or in another program, and what the person must know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.app.background import in_background
from tui.app.life import while_alive
from tui.engine.elsewhere import grown
from tui.errors import HistoryError
from tui.history.store import Change, Line, News

if TYPE_CHECKING:
    from tui.app.context import Context, WithLists, WithReading, WithStatus, WithTranscript

    class _Context(Context, WithTranscript, WithReading, WithLists, WithStatus, Protocol): ...


class HistoryNews:
    """Keeps what is shown up to date with the history."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._told = ""
        self._followed: int | None = None
        """The reply of another program that is read as it grows."""

    def follow(self) -> None:
        """Say what there is to know, and listen from here on."""
        heard = while_alive(self._context.screen, self._history_changed)  # the end stores something, too
        self._context.session.workspace.store.subscribe(heard)
        self._say_notice()

    def follow_live(self) -> None:
        """If another program streams what is read now, read it as it grows."""
        in_background(self._context.screen, "elsewhere", self._follow_live, exclusive=True)

    @property
    def writes(self) -> bool:
        """Whether another program writes the reply at the end of what is read."""
        return self._followed is not None and self._followed == self._context.session.current.last

    def stop_elsewhere(self) -> bool:
        """Ask the program that streams what is read to stop. Returns whether there is one."""
        followed = self._followed
        if followed is not None:
            self._context.soon(self._context.session.workspace.store.ask_to_stop, followed)
            self._context.notify("The program that writes this reply is asked to stop")
        return followed is not None

    async def _follow_live(self) -> None:
        context, session = self._context, self._context.session
        service, last = session.current, session.current.last
        if last != self._followed:
            self._followed = None
        if last is None or session.current_id is None or service.busy:
            return
        if service.storage.engine.waits(last):  # nobody has more of it than this program
            return
        try:
            async for message in grown(session.workspace.store, last):
                if session.current is not service or service.last != last or service.busy:
                    break
                self._follows(last)
                context.transcript.replace(message)
        except HistoryError as error:
            context.note(str(error))
        self._follows(None)  # not where another look took the place of this one: it goes on from here

    def _follows(self, message_id: int | None) -> None:
        if message_id != self._followed:
            self._followed = message_id
            self._context.refresh()

    def _history_changed(self, change: News) -> None:
        if isinstance(change, Line):
            self._context.status.refresh_status()
        if not isinstance(change, Change):
            return
        self._context.lists.list_soon()
        if change.elsewhere:
            self._say_notice()
        else:
            self._context.history_written()
        read_here = change.conversation_id in (None, self._context.session.current_id)
        if read_here and (change.elsewhere or change.conversation_id is None):
            self._context.soon(self._catch_up)

    def _say_notice(self) -> None:
        """Say what is new in what the person must know of the history."""
        notice = self._context.session.workspace.store.notice
        words = "" if self._told.startswith(notice) else notice.removeprefix(self._told).strip()
        self._told = notice
        if words:
            self._context.note(words)

    async def _catch_up(self) -> None:
        """Show what another program has done to the conversation that is read."""
        context, service = self._context, self._context.session.current
        before = service.conversation.deleted
        changed = await context.session.catch_up()
        if changed:
            await context.reading.reload()
        if service.last is not None and not service.busy:
            [last] = await service.messages([service.last])
            if changed or last.live:  # it grows there, or has ended
                context.transcript.replace(last)
            if last.live and self._followed != last.id:
                self.follow_live()
        if service.conversation.deleted and not before:
            context.notify("Another program moved this conversation to the trash; writing brings it back")
