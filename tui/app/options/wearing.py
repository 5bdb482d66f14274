"""Personas: put on, taken off, and made of what a conversation has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.engine.personas import Personas
from tui.parameters import in_words

if TYPE_CHECKING:
    from tui.app.context import Context, WithReading

    class _Context(Context, WithReading, Protocol): ...


_NONE = "none"
_NEW = "a new one …"


class Wearing:
    """Who the model is in the conversation that is read."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def personas(self) -> Personas:
        """Those that there are."""
        return self._context.session.workspace.personas

    async def worn(self) -> str:
        """The name of the persona that the conversation has."""
        conversation = self._context.session.current.conversation
        worn = await asyncio.to_thread(self.personas.worn, conversation)
        return worn.name if worn is not None else ""

    async def put_on(self, name: str) -> str:
        """Let the model be a persona from now on; ``-`` takes it off. Returns what was done.

        Raises:
            SegueError: There is no such persona, or its model is not there.
        """
        session, back = self._context.session, "The persona is as before"
        if name == "-":
            changes = self.personas.changes(session.current.conversation, None)
            await self._context.reading.alter(back, **changes)
            return "No persona, and no system prompt"
        changes = await session.as_wanted(session.current, name)
        await self._context.reading.alter(back, **changes)
        set_now = in_words(self.personas.find(name).parameters)
        return ", ".join(filter(None, (f"Persona {name}", changes.get("model"), set_now)))

    async def pick(self) -> str:
        """Let the person choose one, or make one. Returns what was done; nothing where nothing was."""
        every = await asyncio.to_thread(self.personas.all)
        worn = await self.worn()
        offered = {persona.name: persona.about for persona in every}
        others: Mapping[str, str] = {_NEW: "write a system prompt, and keep it under a name"}
        if self._context.session.current.conversation.system:
            others = {_NEW: "keep this system prompt under a name", _NONE: "no system prompt"}
        from tui.app.lists.values import ChooseValue

        chosen = await self._context.ask(ChooseValue({**offered, **others}, worn or _NEW))
        if chosen is None:
            return ""
        if chosen == _NEW:
            return await self._make()
        return await self.put_on("-" if chosen == _NONE and _NONE not in offered else chosen)

    async def _make(self) -> str:
        """Let the person name the system prompt that there is, or write one. It is put on at once."""
        conversation = self._context.session.current.conversation
        system, names, kept = conversation.system, list[str](), list[Path]()

        async def keep(text: str) -> None:
            if text.strip():
                path = await asyncio.to_thread(self.personas.keep, names[-1], text, conversation.parameters)
                kept.append(path)

        async def take(line: str) -> None:
            self.personas.check_new(line)
            names.append(line)
            await keep(system)

        from tui.app.lists.ask_text import AskText
        from tui.app.lists.values import WriteValue

        name = WriteValue("Name of the persona", "", take, "small letters, as in reviewer")
        if await self._context.ask(name) and not system:
            await self._context.ask(AskText(f"System prompt of {names[-1]}", take=keep))
        if not kept:
            return ""
        return f"{await self.put_on(names[-1])}; kept as {kept[0].parent.name}/{kept[0].name}"
