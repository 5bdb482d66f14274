"""What puts the conversation that is read in its place: tags, pin, archive, copy, file, trash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers
from tui.engine.conversation_service import ConversationService
from tui.errors import UsageError
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.context import Context, WithReading

    class _Context(Context, WithReading, Protocol): ...


class Arranging:
    """Does to the open conversation what the list of all conversations does to any."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {
            "tag": self._tag,
            "pin": self._pin,
            "archive": self._archive,
            "duplicate": self._duplicate,
            "export": self._export,
            "delete": self._delete,
        }

    @property
    def _service(self) -> ConversationService:
        return self._context.session.current

    # -- tags
    async def _tag(self, argument: str) -> None:
        """Add tags; take away those with a minus; without any, let the person edit them."""
        before = self._service.conversation.tags
        if argument:
            await self._set_tags(changed_tags(before, argument))
            return
        from tui.app.lists.ask_line import AskLine

        async def take(line: str) -> None:
            await self._set_tags(tags_in(line))

        await self._context.show(AskLine("Tags", " ".join(before), "work idea", take), lambda _: None)

    async def _set_tags(self, tags: tuple[str, ...]) -> None:
        words = f"Tags: {' '.join(tags) or 'none'}"
        await self._context.reading.change(words, "The tags are as before", tags=tags)

    # -- the list
    async def _pin(self, argument: str) -> None:
        """Keep the conversation on top of the list, or let it go."""
        pinned = not self._in_the_list().conversation.pinned
        words = ["Not pinned any more", "Pinned to the top of the list"]
        await self._context.reading.change(words[pinned], words[not pinned], pinned=pinned)

    async def _archive(self, argument: str) -> None:
        """Take the conversation out of the list, or back into it."""
        archived = not self._in_the_list().conversation.archived
        words = ["Back in the list of conversations", "Archived"]
        await self._context.reading.change(words[archived], words[not archived], archived=archived)

    def _in_the_list(self) -> ConversationService:
        """The conversation, if it is one that the list has.

        Raises:
            UsageError: It is not.
        """
        if self._service.conversation.temporary:
            raise UsageError("A temporary conversation is not in the list")
        return self._stored()

    def _stored(self) -> ConversationService:
        if not self._service.conversation.id:
            raise UsageError("This conversation is empty yet")
        return self._service

    # -- copy, file and trash
    async def _duplicate(self, argument: str) -> None:
        """Go on in a copy; the conversation stays as it is."""
        context, service = self._context, self._stored()
        context.reading.when_quiet()
        copy = await service.duplicate()
        await context.reading.open(context.session.adopt(copy, service))
        context.notify("This is the copy")

    async def _export(self, argument: str) -> None:
        """Write the conversation to a file."""
        self._context.notify(f"Exported to {await self._service.export(Path(argument))}")

    async def _delete(self, argument: str) -> None:
        """Move the conversation to the trash."""
        context, service = self._context, self._stored()
        context.reading.when_quiet()
        restore = await service.put_in_trash()

        async def undo() -> None:
            await restore()
            await context.reading.open(service)

        await context.reading.open_new()
        title = one_line(service.conversation.title) or "The conversation"
        context.did(f"“{title}” is in the trash.", undo, f"“{title}” is back")


def tags_in(line: str) -> tuple[str, ...]:
    """The tags in a line: words, with or without ``#``, each once."""
    return _each_once(word.lstrip("#") for word in line.replace(",", " ").split())


def changed_tags(before: Sequence[str], line: str) -> tuple[str, ...]:
    """The tags after a line of words: those with a minus go, the others come."""
    words = line.replace(",", " ").split()
    gone = {word[1:].lstrip("#") for word in words if word.startswith("-")}
    come = [word.lstrip("#") for word in words if not word.startswith("-")]
    return _each_once(tag for tag in (*before, *come) if tag not in gone)


def _each_once(tags: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for tag in tags if tag))
