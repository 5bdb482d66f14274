"""What is written and not sent, kept on disk while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.app.live import key_of
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft
from tui.errors import HistoryError
from tui.history.store import HistoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import App
    from textual.timer import Timer

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
        self._unsaved: dict[int, tuple[Conversation, Draft]] = {}

    async def load(self, conversation: Conversation) -> Draft:
        """The draft of a conversation; of the one that is not stored yet if it has no id.

        Its files come with their contents: they stay at hand, whatever becomes of the stored draft.
        """
        if conversation.id:
            draft = Draft(conversation.draft, conversation.attachments)
        else:
            draft = await self._store.new_draft()
        if not draft.attachments:
            return draft
        return Draft(draft.text, tuple(await self._store.with_contents(draft.attachments)))

    def note(self, conversation: Conversation, draft: Draft) -> None:
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

    async def _save(self, conversation: Conversation, draft: Draft) -> None:
        text, files = draft.text, draft.attachments
        if (conversation.draft, conversation.attachments) == (text, files) and conversation.id:
            return
        conversation.draft, conversation.attachments = text, files
        try:
            if conversation.id:
                await self._store.update_conversation(conversation.id, draft=text, attachments=files)
            else:
                await self._store.set_new_draft(draft)
            await self._store.set_state(AT_WORK, str(conversation.id) if draft else "")
        except HistoryError as error:
            self._tell(error)
