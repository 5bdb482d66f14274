"""The conversation that was used last in the folder where the program was started."""

from __future__ import annotations

import os

from tui.chat.conversation import Conversation
from tui.checked import numbered
from tui.history.store import HistoryStore

_KEY = "here:"
"""Begin of the keys of the history's state; the folder follows."""


class Folder:
    """Remembers a conversation for this folder of work."""

    def __init__(self, store: HistoryStore) -> None:
        self._store = store
        self._key = _KEY + os.fsencode(_folder()).decode("utf-8", "replace")
        self._noted = 0

    async def last(self) -> int | None:
        """The conversation used last here."""
        return numbered(await self._store.get_state(self._key))

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
