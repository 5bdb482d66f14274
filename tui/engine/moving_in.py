"""What is in this machine's own file where the history is on a server now: it may go there too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tui.history.copying import LISTS, Copied, copy_all
from tui.history.store import HistoryStore, Scope

_ANSWERED = "moved_in"


class MovingIn:
    """Knows what is left in the file, and copies it; the file stays as it is."""

    def __init__(self, store: HistoryStore, open_file: Callable[[], Awaitable[HistoryStore]]) -> None:
        """Begin with nothing open.

        Args:
            store: The history on the server.
            open_file: Opens the file.
        """
        self._store = store
        self._open_file = open_file

    async def unasked(self) -> int:
        """How many conversations are in the file, if no person was asked yet what is to become of them.

        Raises:
            HistoryError: It can't be found out.
        """
        if await self._store.get_state(_ANSWERED, scope=Scope.MACHINE):
            return 0
        file = await self._open_file()
        try:
            return sum([await file.count_conversations(chosen) for chosen in LISTS])
        finally:
            await file.close()

    async def decline(self) -> None:
        """Ask no more."""
        await self._store.set_state(_ANSWERED, "no", scope=Scope.MACHINE)

    async def copy(self, tell: Callable[[Copied], None]) -> Copied:
        """Copy what is not on the server.

        Raises:
            HistoryError: It can't go on; what is there stays, and the next time goes on.
        """
        file = await self._open_file()
        try:
            copied = await copy_all(file, self._store, tell)
        finally:
            await file.close()
        await self._store.set_state(_ANSWERED, "yes", scope=Scope.MACHINE)
        return copied
