"""What a conversation is called, and how it is answered: title, system prompt, parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers
from tui.parameters import in_words

if TYPE_CHECKING:
    from tui.app.context import Context, WithReading

    class _Context(Context, WithReading, Protocol): ...


class ConversationSettings:
    """Sets them for the conversation that is read."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"title": self._title, "system": self._system, "set": self._set}

    async def _title(self, argument: str) -> None:
        """Give it a title; without one, ask for it."""
        if argument:
            await self._set_title(argument)
            return
        from tui.app.lists.ask_line import AskLine

        async def take(line: str) -> None:
            if line:
                await self._set_title(line)

        before = self._context.session.current.conversation.title
        await self._context.show(AskLine("Title", before, take=take), lambda _: None)

    async def _set_title(self, title: str) -> None:
        changes = self._context.session.current.titled(title)
        words = f"Renamed to “{changes['title']}”"
        await self._context.reading.change(words, "The title is as before", **changes)

    async def _system(self, argument: str) -> None:
        """Give it a system prompt, or with ``-`` none; without one, ask for it."""
        if argument:
            await self._set_system("" if argument == "-" else argument)
            return
        from tui.app.lists.ask_text import AskText

        async def take(text: str) -> None:
            await self._set_system(text if text.strip() else "")

        before = self._context.session.current.conversation.system
        await self._context.show(AskText("System prompt", before, take), lambda _: None)

    async def _set_system(self, text: str) -> None:
        words = "System prompt set" if text else "System prompt cleared"
        changes = self._context.session.current.instructed(text)
        await self._context.reading.change(words, "The system prompt is as before", **changes)

    async def _set(self, argument: str) -> None:
        """Set a parameter; without one, say which are set."""
        service = self._context.session.current
        if not argument:
            shown = in_words(service.conversation.parameters)
            self._context.notify(shown or "No parameter is set. As in /set temperature 0.2")
            return
        wanted = await self._context.session.with_parameter(service, argument)
        name, parameters = argument.split()[0], wanted["parameters"]
        words = f"{name} = {parameters[name]}" if name in parameters else f"{name} is not set"
        if parameters == service.conversation.parameters:
            self._context.notify(words)
        else:
            await self._context.reading.change(words, f"{name} is as before", **wanted)
