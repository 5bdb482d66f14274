"""One conversation at work: send, answer again, edit, branch, delete; what comes there, how long it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Unpack, cast

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.chat.context import TOKENS_PER_MESSAGE, estimate_tokens, shorten
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status
from tui.chat.model import hue_of, split_id
from tui.chat.parts import ToolCall, of_kind, ran_by_vendor
from tui.engine.engine import Engine
from tui.engine.live import LiveReplies, LiveReply, key_of
from tui.errors import HistoryError, UsageError
from tui.history.store import ConversationChanges, HistoryStore
from tui.parameters import changed
from tui.text import one_line, typed

if TYPE_CHECKING:  # it is loaded when one is begun
    from tui.engine.reply import Reply

_PAGE = 16
"""Messages that are looked at together for their tokens."""
_LONGEST_TITLE = 200

Undo = Callable[[], Awaitable[None]]


class Change(Protocol):
    """Changes fields of a stored conversation."""

    async def __call__(
        self, conversation_id: int, /, **changes: Unpack[ConversationChanges]
    ) -> ConversationChanges:
        """Change them. Returns what they were."""
        ...


async def change_stored(
    store: HistoryStore, conversation_id: int, /, **changes: Unpack[ConversationChanges]
) -> ConversationChanges:
    """Change fields of a conversation that is not at hand. Returns what they were."""
    stored = await store.load_conversation(conversation_id)
    await store.update_conversation(conversation_id, **changes)
    return fields_of(stored, changes)


def fields_of(conversation: Conversation, names: Iterable[str]) -> ConversationChanges:
    """Some fields as they are, as what brings them back."""
    return cast("ConversationChanges", {name: getattr(conversation, name) for name in names})


class Storage(Struct, frozen=True):
    """Where a conversation is kept: the history on disk, or one in memory."""

    store: HistoryStore
    engine: Engine
    temporary: bool = False


class ConversationService:
    """A conversation and its storage. Each act stores before it returns; a reply is the caller's to start."""

    def __init__(self, storage: Storage, conversation: Conversation, live: LiveReplies) -> None:
        """Take over a conversation.

        Args:
            storage: Where it is kept.
            conversation: One that is stored there, or an empty one.
            live: All replies that are coming.
        """
        self.storage = storage
        self.conversation = conversation
        self.preparing = False
        """A reply is being prepared: its prompt is on the way to the disk."""
        self.queue: list[Draft] = []
        """Prompts that wait for the end of the reply."""
        self.along: Callable[[], Awaitable[Sequence[Attachment]]] | None = None
        """Reads the files that go along with its first prompt, where the project has some."""
        self._live = live
        self._minded: tuple[int, str | None] | None = None
        """What it was said of what it costs; once more, it is done."""

    # -- what it is
    @property
    def last(self) -> int | None:
        """The last message."""
        return next(self.conversation.upward(), None)

    @property
    def last_reply(self) -> int | None:
        """The last reply."""
        nodes = self.conversation.nodes
        return next((i for i in self.conversation.upward() if nodes[i].role is Role.ASSISTANT), None)

    @property
    def key(self) -> int:
        """Tells conversations of both places apart; 0 until it is stored."""
        return key_of(self.conversation)

    def hue(self, model_id: str) -> str:
        """The hue that a model has here, or would get with its first reply."""
        return hue_of(model_id, dict(self.conversation.hues))

    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """Messages with their texts; a reply that is coming, or not saved yet, has all that came so far."""
        return await self.storage.engine.messages(ids)

    async def contents(self, files: Sequence[Attachment]) -> Sequence[Attachment]:
        """Files with their contents; one whose content was lost has none."""
        return await self.storage.engine.store.with_contents(files)

    # -- what comes
    @property
    def live(self) -> LiveReply | None:
        """The reply that is coming at the end of the path. Others may come beside it: see ``coming``."""
        return self._live.get(self.conversation, self.conversation.leaf)

    def coming(self, message_id: int) -> LiveReply | None:
        """The live reply that a message is, on the path or beside it."""
        return self._live.get(self.conversation, message_id)

    @property
    def busy(self) -> bool:
        """Whether a reply comes at the end of the path, or is about to."""
        return self.preparing or self.live is not None

    @property
    def at_work(self) -> bool:
        """Whether replies come or are about to, on the path or beside it."""
        return self.busy or bool(self._live.of(self.conversation))

    async def start(self, reply: Reply) -> LiveReply:
        """Let a reply come; its model keeps its hue here."""
        model = reply.message.model or ""
        if model not in self.conversation.hues:
            hue_of(model, self.conversation.hues)
            with contextlib.suppress(HistoryError):  # only a colour; that it is full, the reply will tell
                await self.change(hues=self.conversation.hues)
        return self._live.start(self.conversation, reply)

    # -- how long it is, and what that costs
    async def tokens(self) -> int:
        """About how many tokens the next request has, from the server's own count where there is one."""
        total = estimate_tokens(self.conversation.system)
        async for message in self._newest_first():
            usage = message.usage
            rounds = of_kind(message.parts, ToolCall)  # then it is the usage of several requests
            if usage is not None and usage.input_tokens is not None and not (message.summary or rounds):
                return total + usage.input_tokens + (usage.output_tokens or 0)
            total += _tokens_of(message)
            if message.summary or (self.window and total > self.window):
                break  # nothing before a summary is sent, and nothing that has no room
            total += TOKENS_PER_MESSAGE
        model = self.conversation.model
        return self.storage.engine.estimate(model, total) if model else total

    async def _newest_first(self) -> AsyncIterator[Message]:
        upward = self.conversation.upward()
        while newest := list(islice(upward, _PAGE)):
            for message in await self.messages(newest):
                yield message

    def trouble(self, files: Sequence[Attachment]) -> str:
        """Why the model can't answer a prompt with these files, if that is known; otherwise nothing."""
        model = self.conversation.model
        if not model or not files:
            return ""
        tokens = self.storage.engine.estimate(model, sum(file.tokens for file in files))
        if self.window and tokens > self.window:
            name = split_id(model)[1]
            return f"about {shorten(tokens)} tokens; {name} takes {shorten(self.window)}"
        return self.storage.engine.refusal(model, files)

    @property
    def window(self) -> int | None:
        """Tokens that the model can take, where that is known."""
        model = self.conversation.model
        info = self.storage.engine.info(model) if model else None
        return info.context if info else None

    def cost(self, message: Message) -> float | None:
        """US dollars that a reply took, by its usage and the known prices; None where that is not known."""
        usage = message.usage
        apart = bool(of_kind(message.parts, ToolCall)) or ran_by_vendor(message.parts)
        if usage is None or usage.cost is not None or apart:
            return usage.cost if usage else None
        cut = message.status in (Status.STOPPED, Status.INTERRUPTED, Status.ERROR)
        info = self.storage.engine.info(message.model) if message.model and not cut else None
        return info.cost(usage) if info else None

    async def reading(self, model: str | None = None, message_id: int | None = None) -> str:
        """What it takes that a model reads the conversation anew, where that is worth a word.

        Args:
            model: Who reads; without one, who answers now.
            message_id: How far it is read; without one, to its end.
        """
        reader = model or self.conversation.model
        path = self.conversation.path(message_id)
        if not reader or not path:
            return ""
        engine = self.storage.engine
        total = engine.estimate(
            reader, estimate_tokens(self.conversation.system) + await self._estimated(path)
        )
        return engine.budget.again(engine.info(reader), total)

    async def mind(self, message_id: int, model: str | None = None) -> None:
        """Say once what it costs to have a message answered again, where that is worth a word.

        Raises:
            UsageError: It was not said yet: nothing is sent.
        """
        asked = message_id, model or self.conversation.model
        words = "" if asked == self._minded else await self.reading(model, message_id)
        self._minded = asked if words else None
        if words:
            raise UsageError(f"This reads {words}", "The same once more sends it.")

    async def _estimated(self, path: Sequence[int]) -> int:
        """About how many tokens are read to the end of a path, from its newest summary on."""
        count = 0
        while path:
            path, newest = path[:-_PAGE], path[-_PAGE:]
            for message in reversed(await self.messages(newest)):
                count += _tokens_of(message) + TOKENS_PER_MESSAGE
                if message.summary:
                    return count
        return count

    # -- answers
    async def send(
        self,
        text: str,
        attachments: Sequence[Attachment] = (),
        model: str | None = None,
        after: int | None = None,
    ) -> Reply:
        """Store ``text`` and its files as the next prompt and prepare its reply.

        It is remembered among the prompts that the person wrote.

        Args:
            text: The prompt.
            attachments: Its files.
            model: Who answers, if not the conversation's model.
            after: The message that it follows, if not the last one.
        """
        await self._exist()
        await self.storage.store.remember_prompt(text)
        return await self.ask(text, attachments, model, after)

    async def ask(
        self,
        text: str,
        attachments: Sequence[Attachment] = (),
        model: str | None = None,
        after: int | None = None,
    ) -> Reply:
        """The same for a prompt that need not be remembered."""
        await self._exist()
        if self.along is not None:
            attachments = tuple(dict.fromkeys((*await self.along(), *attachments)))
        reply = await self.storage.engine.send(self.conversation, text, model, attachments, after)
        self.along = None
        return reply

    async def edit(
        self, prompt_id: int, text: str, attachments: Sequence[Attachment] = (), model: str | None = None
    ) -> Reply:
        """Store ``text`` and its files as a new version of a prompt and prepare its reply."""
        return await self.storage.engine.edit(self.conversation, prompt_id, text, attachments, model)

    async def retry(self, message_id: int, model: str | None = None) -> Reply:
        """Prepare one more version of a reply, by ``model`` if one is given."""
        return await self.storage.engine.retry(self.conversation, message_id, model)

    async def merge(self, ids: Sequence[int], names: Sequence[str], model: str | None = None) -> Reply:
        """Prepare one more version, written from others; ``names`` says whose each of these is."""
        return await self.storage.engine.merge(self.conversation, ids, names, model)

    async def resume(self, reply_id: int) -> Reply:
        """Prepare a version of a cut reply that goes on where it ended."""
        return await self.storage.engine.resume(self.conversation, reply_id)

    async def compact(self, before: int | None = None) -> Reply:
        """Prepare a summary, of everything or of what stands before a message."""
        return await self.storage.engine.compact(self.conversation, before)

    async def _exist(self) -> None:
        """Give the conversation its row; an empty one is not worth one."""
        if self.conversation.id:
            return
        made = await self.storage.store.create_conversation()
        kept, self.conversation = self.conversation, made  # as it is now: much can be chosen meanwhile
        made.temporary = kept.temporary
        await self.change(
            model=kept.model,
            system=kept.system,
            title=kept.title,
            titled=kept.titled,
            parameters=kept.parameters,
            hues=kept.hues,
            tags=kept.tags,
            tools=kept.tools,
            pinned=kept.pinned,
            archived=kept.archived,
            begun_by=kept.begun_by,
            project=kept.project,
        )

    # -- settings of the conversation
    async def change(self, **changes: Unpack[ConversationChanges]) -> None:
        """Change fields here and, once it is stored, in the history."""
        for name, value in changes.items():
            setattr(self.conversation, name, value)
        if self.conversation.id:
            await self.storage.store.update_conversation(self.conversation.id, **changes)

    def titled(self, title: str) -> ConversationChanges:
        """What gives it a title, which is never changed by itself from then on."""
        return {"title": one_line(title, _LONGEST_TITLE), "titled": True}

    def instructed(self, system: str) -> ConversationChanges:
        """What gives it a system prompt; ``-`` takes it away."""
        return {"system": "" if system == "-" else typed(system)}

    def with_parameter(self, written: str) -> ConversationChanges:
        """What changes a parameter as it is written after /set: ``NAME VALUE``.

        Raises:
            UsageError: There is no such parameter, or it can't have this value.
        """
        name, _, value = written.partition(" ")
        return {"parameters": changed(self.conversation.parameters, name, value.strip())}

    async def pin(self, message_id: int) -> None:
        """Keep a message in every request, or let it go."""
        pins = self.conversation.pins
        kept = tuple(pin for pin in pins if pin != message_id)
        await self.change(pins=kept if message_id in pins else (*pins, message_id))

    # -- the tree
    def prompt_of(self, message_id: int) -> int:
        """The prompt at or above a message.

        Raises:
            UsageError: There is none.
        """
        above: int | None = message_id
        while above is not None and (node := self.conversation.node(above)).role is not Role.USER:
            above = node.parent
        if above is None:
            raise UsageError("There is no prompt above")
        return above

    async def flip(self, message_id: int, step: int) -> int | None:
        """Show another version of a message. Returns its id, or None at the end of the row."""
        version = self.conversation.flip(message_id, step)
        if version is not None:
            await self.change(leaf=self.conversation.select(version))
        return version

    async def show(self, message_id: int) -> None:
        """Make a message part of the shown path."""
        if message_id in self.conversation.nodes and message_id not in self.conversation.path():
            await self.change(leaf=self.conversation.select(message_id))

    async def delete(self, ids: Sequence[int]) -> Undo:
        """Hide messages. Returns what takes that back."""
        before = self.conversation.leaf
        await self._hide(ids, hidden=True)
        after = self.conversation.leaf

        return partial(self.bring_back, ids, before, after)

    async def bring_back(self, ids: Sequence[int], before: int | None, after: int | None) -> None:
        """Show deleted messages again.

        Args:
            ids: The messages.
            before: The end of the path before they were deleted.
            after: Its end after that; if it is another now, it stays.
        """
        undisturbed = self.conversation.leaf == after
        await self._hide(ids, hidden=False)
        if undisturbed:
            await self.change(leaf=before)

    async def undelete(self) -> int:
        """Show every deleted message again whose time is not over. Returns how many."""
        hidden = [node.id for node in self.conversation.nodes.values() if node.deleted]
        await self.storage.store.hide_messages(hidden, hidden=False)
        stored = await self.storage.store.load_conversation(self.conversation.id)
        back = [i for i in hidden if i in stored.nodes and not stored.nodes[i].deleted]
        await self.change(leaf=self.conversation.hide(back, hidden=False))
        return len(back)

    async def _hide(self, ids: Sequence[int], *, hidden: bool) -> None:
        await self.storage.store.hide_messages(ids, hidden=hidden)
        await self.change(leaf=self.conversation.hide(ids, hidden=hidden))

    async def put_in_trash(self) -> Undo:
        """Move the conversation to the trash. Returns what takes that back.

        Raises:
            UsageError: It is not stored yet.
        """
        store, conversation_id = self.storage.store, self.conversation.id
        if not conversation_id:
            raise UsageError("This conversation is empty yet")
        await store.delete_conversation(conversation_id)
        return lambda: store.restore_conversation(conversation_id)

    async def branch(self, message_id: int) -> Conversation:
        """A new conversation with everything up to ``message_id``.

        Raises:
            HistoryError: It can't be stored, or a reply of this one is not stored yet.
        """
        await self.storage.engine.save(self.conversation.path(message_id))
        return await self.storage.store.copy_conversation(self.conversation.id, leaf=message_id)

    async def duplicate(self) -> Conversation:
        """A new conversation with everything that is in this one.

        Raises:
            HistoryError: It can't be stored, or a reply of this one is not stored yet.
        """
        await self.storage.engine.save(list(self.conversation.nodes))
        return await self.storage.store.copy_conversation(self.conversation.id)

    # -- taking out
    async def export(self, target: Path) -> Path:
        """Write the whole of it to a file, with what the history does not have yet.

        Args:
            target: A new file, or a folder, where it gets a name of its own.

        Raises:
            UsageError: There is nothing to export yet, or the file is there already.
            SegueError: It can't be written.
        """
        from tui.chat.conversation import Bundle
        from tui.engine.exporting import write_conversation
        from tui.history.bundles import bundle_of

        if self.last is None:
            raise UsageError("There is nothing to export yet")
        bundle = await bundle_of(self.storage.store, self.conversation.id)
        bundle = Bundle(bundle.conversation, list(map(self.storage.engine.newest, bundle.messages)))
        return await asyncio.to_thread(write_conversation, bundle, target)


def _tokens_of(message: Message) -> int:
    """About how many tokens a message has when it is sent again."""
    from tui.engine.request import tokens_of  # here, since a new conversation has none

    return tokens_of(message)
