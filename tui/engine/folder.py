"""Which conversation was used last: of all, or in the folder where the program was started."""

from __future__ import annotations

import os

from tui.chat.conversation import Conversation
from tui.history.store import HistoryStore

_KEY = "here:"
"""Begin of the keys of the history's state; the folder follows."""


async def last_used(store: HistoryStore) -> int | None:
    """The conversation that ``--continue`` goes on with."""
    newest = await store.list_conversations(limit=1)
    return newest[0].id if newest else None


class Folder:
    """Remembers a conversation for this folder of work."""

    def __init__(self, store: HistoryStore) -> None:
        self._store = store
        self._key = _KEY + os.fsencode(_folder()).decode("utf-8", "replace")
        self._noted = 0

    async def last(self) -> int | None:
        """The conversation used last here."""
        return int(await self._store.get_state(self._key) or 0) or None

    async def note(self, conversation: Conversation) -> None:
        """This conversation is used here now; one that is not kept is not remembered."""
        if conversation.id != self._noted and not conversation.temporary:
            self._noted = conversation.id
            await self._store.set_state(self._key, str(conversation.id))


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed meanwhile; the shell still knows its name
        return os.environ.get("PWD", "")
