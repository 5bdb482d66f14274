"""The lists of conversations and prompts: beside the page, and over it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from tui.app.background import in_background
from tui.app.commands import Handlers
from tui.app.conversations.sidebar import SidebarList
from tui.chat.message import Role
from tui.errors import HistoryError
from tui.history.store import ListFilter

if TYPE_CHECKING:
    from tui.app.context import Context, WithAsking, WithReading, WithTranscript

    class _Context(Context, WithTranscript, WithReading, WithAsking, Protocol): ...


LISTED = 200
"""Conversations in the sidebar; the list over the page has them all."""


_BY_PEOPLE = ListFilter(begun_by="")


class ConversationLists:
    """Shows them, and goes to what is chosen."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"open": self.all_conversations, "prompts": self.prompts}

    # -- beside the page
    def list_soon(self) -> None:
        """Read the list beside the page again."""
        in_background(self._context.screen, "list", self._list, exclusive=True)

    async def _list(self) -> None:
        session = self._context.session
        try:
            summaries = await session.workspace.store.list_conversations(_BY_PEOPLE, limit=LISTED)
        except HistoryError as error:
            self._context.note(str(error))
            return
        today = datetime.now().astimezone().date()
        sidebar = self._context.screen.query_one(SidebarList)
        unread, asking = frozenset(session.unread), self._context.asking.waiting
        sidebar.show_conversations(summaries, session.current_id, session.live_hues, unread, asking, today)

    def toggle_overlay(self) -> None:
        """Lay the sidebar over the page, or take it away."""
        screen = self._context.screen
        screen.toggle_class("-overlay")
        if screen.has_class("-overlay"):
            screen.query_one(SidebarList).focus()
        else:
            self._context.back_to_writing()

    # -- over the page
    async def all_conversations(self, typed: str = "") -> None:
        """Find and open a conversation.

        Args:
            typed: What stands in the filter.
        """
        from tui.app.conversations.conversations import Conversations, OpenConversation

        context, session = self._context, self._context.session

        def chosen(wanted: OpenConversation | None) -> None:
            if wanted is not None:
                context.soon(context.reading.open_by_id, wanted.id, wanted.message_id, wanted.needle)
            else:
                context.soon(context.reading.follow_stored)

        store, project = session.workspace.store, session.projects.used
        await store.look_for_changes()
        listing = Conversations(
            store,
            session.live_hues,
            session.current_id,
            frozenset(session.unread),
            context.acts,
            asking=context.asking.waiting,
            project=str(project.folder) if project is not None else None,
            typed=typed,
            change=session.change,
        )
        await context.show(listing, chosen)

    async def prompts(self, typed: str = "") -> None:
        """Go to a prompt of the conversation that is read."""
        from tui.app.conversations.prompt_list import Prompts
        from tui.app.conversations.timeline import Timeline

        context, service = self._context, self._context.session.current
        conversation = service.conversation
        ids = [i for i in conversation.path() if conversation.nodes[i].role is Role.USER]

        def chosen(message_id: int | None) -> None:
            if message_id is not None:
                context.soon(context.transcript.jump, message_id)

        await context.show(Timeline(Prompts(ids, service.messages, date.today)), chosen)
