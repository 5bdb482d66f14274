"""Opens the sheets over the chat, and does what was chosen on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.app.background import in_background
from tui.app.chat import note_model, recent_models
from tui.errors import UsageError

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app.screens.chat import ChatScreen


class Sheets:
    """Each sheet loads when it opens first."""

    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen

    async def pick_model(self, message_id: int | None = None) -> None:
        """Choose a model: for what comes, or to answer ``message_id`` again."""
        from tui.app.screens.picker import Choice, ModelPicker

        screen = self._screen
        chat, workspace = screen.desk.chat, screen.desk.workspace
        catalogue = workspace.catalogue

        def chosen(choice: Choice | None) -> None:
            if choice is None:
                return
            if message_id is None and not choice.answer_again:
                screen.attempt(screen.use_model, choice.model_id)
            else:
                again = message_id or chat.last_reply or chat.last
                screen.attempt(self._answer_with, choice.model_id, again)

        recents = await recent_models(workspace.store)
        hues = chat.conversation.hues
        picker = ModelPicker(catalogue, workspace.registry, recents, chat.conversation.model, hues=hues)
        in_background(screen, "models", catalogue.refresh, catalogue.stale(), exclusive=True)
        await screen.app.push_screen(picker, chosen)

    async def _answer_with(self, model_id: str, message_id: int | None) -> None:
        if message_id is None:
            raise UsageError("There is nothing to answer yet")
        await note_model(self._screen.desk.workspace.store, model_id)
        self._screen.actions.answer_again(message_id, model_id)

    async def all_conversations(self) -> None:
        """Find and open a conversation."""
        from tui.app.screens.conversations import Conversations, OpenConversation

        screen = self._screen
        desk = screen.desk

        def chosen(wanted: OpenConversation | None) -> None:
            if wanted is not None:
                screen.attempt(screen.open_by_id, wanted.id, wanted.message_id, wanted.needle)

        current = desk.chat.conversation.id or None
        listing = Conversations(desk.workspace.store, desk.live_hues, current, frozenset(desk.unread))
        await screen.app.push_screen(listing, chosen)

    async def find(self, needle: str = "") -> None:
        """Open the find bar of the conversation that is read."""

    async def help(self) -> None:
        """All keys and commands."""


def all_sheets() -> tuple[type[Screen[Any]], ...]:
    """Every screen that can lie over the chat, for the check of the keys."""
    from tui.app.screens.confirm import Confirm
    from tui.app.screens.conversations import Conversations
    from tui.app.screens.picker import ModelPicker
    from tui.app.screens.prompt import AskLine

    return ModelPicker, Conversations, AskLine, Confirm
