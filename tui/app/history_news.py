"""What the history tells: what changed, here or in another program, and what the person must know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.history.store import Change

if TYPE_CHECKING:
    from tui.app.room import ChatRoom


class HistoryNews:
    """Keeps what is shown up to date with the history."""

    def __init__(self, room: ChatRoom) -> None:
        self._room = room
        self._told = ""

    def follow(self) -> None:
        """Say what there is to know, and listen from here on."""
        self._room.session.workspace.store.subscribe(self._history_changed)
        self._say_notice()

    def _history_changed(self, change: Change) -> None:
        self._room.frame.list_soon()
        if change.conversation_id is None:  # another program
            self._say_notice()
            self._room.screen.attempt_soon(self._catch_up)

    def _say_notice(self) -> None:
        """Say what is new in what the person must know of the history."""
        notice = self._room.session.workspace.store.notice
        if words := notice.removeprefix(self._told).strip():
            self._told = notice
            self._room.screen.note(words)

    async def _catch_up(self) -> None:
        """Show what another program has done to the conversation that is read."""
        chat = self._room.session.current
        before = chat.conversation.deleted
        changed = await self._room.session.catch_up()
        if changed:
            await self._room.reload()
        if chat.last is not None and not chat.busy:
            [last] = await chat.messages([chat.last])
            if changed or last.live:  # it grows there, or has ended
                self._room.transcript.replace(last)
        if chat.conversation.deleted and not before:
            self._room.app.notify(
                "Another program moved this conversation to the trash; writing brings it back"
            )
