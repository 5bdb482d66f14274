"""The commands that find something: models, conversations, messages."""

from __future__ import annotations

from functools import partial

from tui.app.commands import Handlers
from tui.chat.model import ModelInfo
from tui.cli.plain.mode import Act, PlainMode
from tui.cli.plain.printer import speaker
from tui.dates import local
from tui.errors import UsageError
from tui.history.store import ListFilter
from tui.text import comparable, one_line

SHOWN = 20
"""Rows of a list that are said at once."""
BEFORE, AFTER = 40, 100
"""Characters around a found word."""


class Lookup:
    """Finds, and lets choose."""

    def __init__(self, mode: PlainMode) -> None:
        self._mode = mode
        self._page = mode.page
        self._workspace = mode.workspace

    @property
    def handlers(self) -> Handlers:
        """What it does, by the names of the commands."""
        return {
            "model": self.do_model,
            "models": self.do_models,
            "new": self.do_new,
            "open": self.do_open,
            "history": self.do_history,
            "find": self.do_find,
            "usage": self.do_usage,
        }

    # -- models
    async def do_model(self, argument: str) -> None:
        """Use the one model that the words mean, or choose among those they fit."""
        try:
            if argument:
                await self._use(await self._mode.find_model(argument))
                return
        except UsageError:
            if not self._usable(argument):
                raise
        else:
            await self._refresh()
        await self._offer_models(argument)

    async def _offer_models(self, words: str) -> None:
        now = self._mode.current.conversation.model
        first = [now, *await self._workspace.preferences.recent_models()]
        places = {model_id: first.index(model_id) for model_id in first}
        found = sorted(self._usable(words), key=lambda model: places.get(model.id, len(places)))
        if not found:
            self._mode.say_model()
            return
        if words and len(found) == 1:
            await self._use(found[0].id)
            return
        rows: list[tuple[str, Act]] = []
        for model in found[:SHOWN]:
            answers = ", answers now" if model.id == now else ""
            said = f"{one_line(model.name)} of {one_line(model.provider)}{answers}"
            rows.append((said, partial(self._use, model.id)))
        self._mode.offer(rows, self.do_model, len(found) - len(rows))

    async def _use(self, model_id: str) -> None:
        await self._mode.current.change(model=model_id)
        self._mode.say_model()
        if words := await self._mode.current.reading():
            self._page.line(f"the next prompt reads {words}")

    def _usable(self, words: str) -> list[ModelInfo]:
        """The models whose name has all of the words."""
        wanted = words.lower().split()
        models = self._workspace.catalogue.models()
        return [m for m in models if m.available and all(word in m.id.lower() for word in wanted)]

    async def _refresh(self) -> None:
        """Ask the servers whose lists are old."""
        stale = self._workspace.catalogue.stale()
        if stale:
            self._page.line("looking for models")
            await self._workspace.catalogue.refresh(stale)

    async def do_models(self, argument: str) -> None:
        """Say the models' names, by provider."""
        await self._refresh()
        by_provider: dict[str, list[str]] = {}
        for model in self._usable(argument):
            by_provider.setdefault(model.provider, []).append(one_line(model.name))
        for provider, names in by_provider.items():
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            self._page.line(f"{one_line(provider)}: {', '.join(names[:SHOWN])}{more}")
        if not by_provider:
            self._page.line("there is none")
        for entry in self._workspace.registry.providers():
            problem = self._workspace.catalogue.problems.get(entry.name)
            # That no server runs where one might is no news.
            if problem and (entry.key_source or entry.name in self._workspace.config.providers):
                self._page.line(f"{one_line(entry.name)}: {one_line(str(problem))}")

    async def do_usage(self, argument: str) -> None:
        """Say what was spent here, today and this month."""
        await self._mode.say_usage()

    # -- conversations
    async def do_new(self, argument: str) -> None:
        """Begin a new conversation."""
        await self._mode.open_new()

    async def do_open(self, argument: str) -> None:
        """Choose a conversation: by its title, and where few fit by its text."""
        store, chosen = self._workspace.store, ListFilter(title=argument)
        await store.look_for_changes()
        said = {
            row.id: f"{one_line(row.title) or 'no title'}, {local(row.updated_at):%d %B %Y}"
            for row in await store.list_conversations(chosen, limit=SHOWN)
        }
        more = await store.count_conversations(chosen) - len(said)
        if argument and not more:
            for hit in await store.search(argument, limit=SHOWN):
                said.setdefault(hit.conversation_id, f"{one_line(hit.title)}: {one_line(hit.snippet)}")
        if not said:
            raise UsageError(
                "No conversation has these words" if argument else "There is no conversation yet"
            )
        rows: list[tuple[str, Act]] = [
            (words, partial(self._mode.open, conversation_id)) for conversation_id, words in said.items()
        ]
        self._mode.offer(rows, self.do_open, more)

    # -- messages
    async def do_history(self, argument: str) -> None:
        """Read the conversation, or its last messages."""
        path = self._mode.current.conversation.path()
        if argument and not argument.isdecimal():
            raise UsageError(f"/history takes a number, not {one_line(argument)}")
        first = max(len(path) - int(argument), 0) if argument else 0
        for number, message_id in enumerate(path[first:], first + 1):
            [message] = await self._mode.current.messages([message_id])
            self._mode.read_out(message, number)
        if not path:
            self._page.line("nothing is said yet")

    async def do_find(self, argument: str) -> None:
        """Say where the words stand in this conversation."""
        wanted, found = comparable(argument), False
        if not wanted:
            raise UsageError("There is nothing to find", "As in /find a word.")
        for number, message_id in enumerate(self._mode.current.conversation.path(), 1):
            [message] = await self._mode.current.messages([message_id])
            place = comparable(message.text).find(wanted)
            if place >= 0:
                found = True
                around = one_line(message.text[max(place - BEFORE, 0) : place + AFTER])
                self._page.line(f"{number}. {speaker(message)}: {around}")
        if not found:
            self._page.line("not found here. /open WORDS looks in all conversations")
