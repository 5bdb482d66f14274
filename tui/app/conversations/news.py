"""What the history tells: what changed, here or in another program, and what the person must know."""

from __future__ import annotations

from typing import Protocol

from tui.app.context import Context, WithLists, WithReading, WithTranscript
from tui.history.store import Change


class _Context(Context, WithTranscript, WithReading, WithLists, Protocol): ...


class HistoryNews:
    """Keeps what is shown up to date with the history."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._told = ""

    def follow(self) -> None:
        """Say what there is to know, and listen from here on."""
        self._context.session.workspace.store.subscribe(self._history_changed)
        self._say_notice()

    def _history_changed(self, change: Change) -> None:
        self._context.lists.list_soon()
        if change.elsewhere:
            self._say_notice()
        read_here = change.conversation_id in (None, self._context.session.current_id)
        if read_here and (change.elsewhere or change.conversation_id is None):
            self._context.soon(self._catch_up)

    def _say_notice(self) -> None:
        """Say what is new in what the person must know of the history."""
        notice = self._context.session.workspace.store.notice
        if words := notice.removeprefix(self._told).strip():
            self._told = notice
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
        if service.conversation.deleted and not before:
            context.notify("Another program moved this conversation to the trash; writing brings it back")
