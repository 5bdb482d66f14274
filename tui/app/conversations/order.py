"""What puts the conversation that is read in its place: tags, pin, archive, copy, trash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tui.engine.conversation_service import ConversationService
from tui.errors import UsageError
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.room import ChatRoom


class Order:
    """Does to the open conversation what the list of all conversations does to any."""

    def __init__(self, room: ChatRoom) -> None:
        self._room = room

    @property
    def _chat(self) -> ConversationService:
        return self._room.session.current

    # -- tags
    async def tag(self, argument: str) -> None:
        """Add tags; take away those with a minus; without any, let the person edit them."""
        before = self._chat.conversation.tags
        if argument:
            await self._set_tags(changed_tags(before, argument))
            return
        from tui.app.lists.ask_line import AskLine

        def answered(line: str | None) -> None:
            if line is not None:
                self._room.screen.attempt_soon(self._set_tags, tags_in(line))

        await self._room.app.push_screen(AskLine("Tags", " ".join(before), "work idea"), answered)

    async def _set_tags(self, tags: tuple[str, ...]) -> None:
        await self._room.change(f"Tags: {' '.join(tags) or 'none'}", "The tags are as before", tags=tags)

    # -- the list
    async def pin(self) -> None:
        """Keep the conversation on top of the list, or let it go."""
        pinned = not self._in_the_list().conversation.pinned
        words = ["Not pinned any more", "Pinned to the top of the list"]
        await self._room.change(words[pinned], words[not pinned], pinned=pinned)

    async def archive(self) -> None:
        """Take the conversation out of the list, or back into it."""
        archived = not self._in_the_list().conversation.archived
        words = ["Back in the list of conversations", "Archived"]
        await self._room.change(words[archived], words[not archived], archived=archived)

    def _in_the_list(self) -> ConversationService:
        """The chat, if its conversation is one that the list has.

        Raises:
            UsageError: It is not.
        """
        if self._chat.conversation.temporary:
            raise UsageError("A temporary conversation is not in the list")
        return self._stored()

    def _stored(self) -> ConversationService:
        if not self._chat.conversation.id:
            raise UsageError("This conversation is empty yet")
        return self._chat

    # -- copy and trash
    async def duplicate(self) -> None:
        """Go on in a copy; the conversation stays as it is."""
        chat = self._stored()
        self._room.actions.when_quiet()
        copy = await chat.place.store.copy_conversation(chat.conversation.id)
        await self._room.open_chat(self._room.session.adopt(copy))
        self._room.app.notify("This is the copy")

    async def delete(self) -> None:
        """Move the conversation to the trash."""
        chat, room = self._stored(), self._room
        room.actions.when_quiet()
        restore = await chat.put_in_trash()

        async def undo() -> None:
            await restore()
            await room.open_chat(chat)

        await room.open_new()
        title = one_line(chat.conversation.title) or "The conversation"
        room.did(f"“{title}” is in the trash.", undo, f"“{title}” is back")


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
