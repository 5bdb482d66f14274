"""What is remembered between two runs, beside the conversations: models, theme, where a draft was left."""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum

from tui.checked import numbered
from tui.history.preferences import RECENTS, Preference
from tui.history.store import HistoryStore, Scope


class _Name(StrEnum):
    """What belongs to this machine, as the history calls it. Histories have these names: they stay."""

    DRAFT_OF = "draft_of"
    HERE = "here:"
    """The folder follows."""


class Preferences:
    """The preferences that one history keeps. Every method may raise ``HistoryError``."""

    def __init__(self, store: HistoryStore) -> None:
        self._store = store

    # -- models
    async def last_model(self) -> str:
        """The model used last; nothing if there is none."""
        return await self._store.get_state(Preference.LAST_MODEL)

    async def recent_models(self) -> list[str]:
        """The models used lately, newest first."""
        return (await self._store.get_state(Preference.RECENT_MODELS)).split()

    async def note_model(self, model_id: str) -> None:
        """Remember a model as the one used last."""
        known = await self.recent_models()
        if known[:1] != [model_id]:
            recents = [model_id, *(name for name in known if name != model_id)]
            await self._store.set_state(Preference.RECENT_MODELS, "\n".join(recents[:RECENTS]))
            await self._store.set_state(Preference.LAST_MODEL, model_id)

    async def favourite_models(self) -> list[str]:
        """The favourites, as the person ordered them."""
        return (await self._store.get_state(Preference.FAVOURITE_MODELS)).split()

    async def keep_favourite_models(self, model_ids: Sequence[str]) -> None:
        """These are the favourites from now on."""
        await self._store.set_state(Preference.FAVOURITE_MODELS, "\n".join(model_ids))

    # -- the theme
    async def theme(self, *, few_colours: bool) -> str:
        """The theme that was chosen, or nothing; a terminal of few colours has one of its own."""
        return await self._store.get_state(_theme(few_colours))

    async def keep_theme(self, theme: str, *, few_colours: bool) -> None:
        """This theme was chosen."""
        await self._store.set_state(_theme(few_colours), theme)

    # -- conversations
    async def draft_left_in(self) -> int | None:
        """The conversation in which a draft was left."""
        return numbered(await self._store.get_state(_Name.DRAFT_OF, scope=Scope.MACHINE))

    async def note_draft_in(self, conversation_id: int | None) -> None:
        """A draft is left in this conversation; None where all is sent."""
        left_in = "" if conversation_id is None else str(conversation_id)
        await self._store.set_state(_Name.DRAFT_OF, left_in, scope=Scope.MACHINE)

    async def last_here(self) -> int | None:
        """The conversation used last in the folder of work."""
        return numbered(await self._store.get_state(_here(), scope=Scope.MACHINE))

    async def note_here(self, conversation_id: int) -> None:
        """This conversation is used in the folder of work."""
        if conversation_id != await self.last_here():
            await self._store.set_state(_here(), str(conversation_id), scope=Scope.MACHINE)


def _theme(few_colours: bool) -> str:
    return Preference.THEME_OF_FEW_COLOURS if few_colours else Preference.THEME


def _here() -> str:
    return _Name.HERE + os.fsencode(_folder()).decode("utf-8", "replace")


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed meanwhile; the shell still knows its name
        return os.environ.get("PWD", "")
