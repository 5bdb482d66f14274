"""What is written and not sent, kept on disk while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.live import key_of
from tui.chat.conversation import Conversation
from tui.errors import HistoryError
from tui.history.store import HistoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.timer import Timer

NEW = "new_draft"
"""Key of the history's state where the draft of a conversation that does not exist yet is kept."""
AT_WORK = "draft_of"
"""Key of the state that names the conversation in which a draft was left."""
DELAY = 0.6
"""Seconds without a key after which the draft is written."""


class Drafts:
    """The drafts of one history."""

    def __init__(self, app: App[None], store: HistoryStore, tell: Callable[[HistoryError], None]) -> None:
        self._app = app
        self._store = store
        self._tell = tell
        self._timer: Timer | None = None
        self._unsaved: dict[int, tuple[Conversation, str]] = {}

    async def load(self, conversation: Conversation) -> str:
        """The draft of a conversation; of the one that is not stored yet if it has no id."""
        if conversation.id:
            return conversation.draft
        return await self._store.get_state(NEW)

    def note(self, conversation: Conversation, draft: str) -> None:
        """The draft changed; it is written soon."""
        self._unsaved[key_of(conversation)] = (conversation, draft)
        if self._timer is None:
            self._timer = self._app.set_timer(DELAY, self.flush)

    async def flush(self) -> None:
        """Write now what is not written yet."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        unsaved, self._unsaved = self._unsaved, {}
        for conversation, draft in unsaved.values():
            if not conversation.temporary:
                await self._save(conversation, draft)

    async def _save(self, conversation: Conversation, draft: str) -> None:
        if conversation.draft == draft and conversation.id:
            return
        conversation.draft = draft
        try:
            if conversation.id:
                await self._store.update_conversation(conversation.id, draft=draft)
            else:
                await self._store.set_state(NEW, draft)
            await self._store.set_state(AT_WORK, str(conversation.id) if draft.strip() else "")
        except HistoryError as error:
            self._tell(error)
