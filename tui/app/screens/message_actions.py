"""What can be done with a message that is in the transcript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.app.widgets.hints import key_name
from tui.chat.draft import Draft
from tui.chat.message import Role
from tui.errors import ErrorKind, UsageError

if TYPE_CHECKING:
    from tui.app.desk import Act
    from tui.app.screens.room import ChatRoom


class MessageActions:
    """Does the actions of ``Transcript.Chosen``, and edits prompts."""

    def __init__(self, room: ChatRoom) -> None:
        self._room = room
        self.editing: int | None = None
        """The prompt whose new version is being written."""
        self._set_aside = Draft()

    async def do(self, action: str, message_id: int) -> None:
        """Do one action.

        Raises:
            SegueError: It can't be done.
        """
        node = self._room.desk.chat.conversation.nodes.get(message_id)
        if node is None or node.deleted:
            raise UsageError("This message is not here any more")
        await self._do(action, message_id)

    async def _do(self, action: str, message_id: int) -> None:
        room = self._room
        chat = room.desk.chat
        match action:
            case "retry":
                self.answer_again(message_id)
            case "other_model":
                await room.sheets.pick_model(message_id, await self._likely(message_id))
            case "compare":
                await room.comparing.pick(message_id)
            case "resume":
                self._go_on(message_id)
            case "compact":
                await self._sum_up_before(message_id)
            case "pin":
                await self._pin(message_id)
            case "edit":
                await self._edit(message_id)
            case "previous_version" | "next_version":
                await self._flip(message_id, 1 if action == "next_version" else -1)
            case "branch":
                await room.open_chat(room.desk.adopt(await chat.branch(message_id)))
            case "delete":
                await self._delete([message_id])
            case "delete_below":
                await self._delete(chat.conversation.shown_below(message_id))
            case _:
                room.app.log.warning(f"no action {action}")

    async def _likely(self, message_id: int) -> str:
        """What stands in the picker's filter: without a network, the models of this machine."""
        [message] = await self._room.desk.chat.messages([message_id])
        return "local/" if message.failure and message.failure.kind == ErrorKind.OFFLINE else ""

    def answer_again(self, message_id: int, model: str | None = None) -> None:
        """One more version of a reply, by ``model`` or by the one that answers now."""
        self.when_quiet()
        chat = self._room.desk.chat
        self._room.screen.back_to_writing()
        self._room.let_come(lambda: chat.retry(message_id, model))

    def _go_on(self, message_id: int) -> None:
        """Let a cut reply go on; a cut summary is made anew."""
        chat = self._room.desk.chat
        if chat.conversation.node(message_id).role is Role.SYSTEM:
            self.answer_again(message_id)
            return
        self.when_quiet()
        self._room.screen.back_to_writing()
        self._room.let_come(lambda: chat.resume(message_id))

    def sum_up(self) -> None:
        """Let a summary come, with which later requests begin."""
        self.when_quiet()
        chat = self._room.desk.chat
        self._room.let_come(chat.compact)

    async def _sum_up_before(self, message_id: int) -> None:
        """Sum up what stands before the prompt of a reply, then send that prompt again."""
        self.when_quiet()
        chat = self._room.desk.chat
        prompt = self.prompt_of(message_id)
        [message] = await chat.messages([prompt])
        chat.queue.append(message.draft)
        self._room.let_come(lambda: chat.compact(prompt))

    async def _pin(self, message_id: int) -> None:
        """Keep a message in every request, or let it go."""
        chat = self._room.desk.chat
        if chat.conversation.node(message_id).role is Role.SYSTEM:
            raise UsageError("A summary is always sent along")
        pinned = message_id not in chat.conversation.pins

        async def undo() -> None:
            now = await self._room.as_it_is(chat)
            if (message_id in now.conversation.pins) is pinned:
                await now.pin(message_id)
            await self._room.return_to(now)

        await chat.pin(message_id)
        await self._room.reload()
        kept, not_kept = "The message goes with every request", "The message is not pinned any more"
        self._room.did(f"{kept if pinned else not_kept}.", undo, not_kept if pinned else kept)

    def prompt_of(self, message_id: int) -> int:
        """The prompt at or above a message.

        Raises:
            UsageError: There is none.
        """
        conversation = self._room.desk.chat.conversation
        place: int | None = message_id
        while place is not None and (node := conversation.node(place)).role is not Role.USER:
            place = node.parent
        if place is None:
            raise UsageError("There is no prompt above")
        return place

    @property
    def draft(self) -> Draft:
        """What is written for later: what stands in the composer, or what an edit has set aside."""
        return self._room.composer.written if self.editing is None else self._set_aside

    def when_quiet(self) -> None:
        """Refuse what would need a second reply at the same time.

        Raises:
            UsageError: A reply is coming.
        """
        if self._room.desk.chat.busy:
            raise UsageError(
                "A reply is coming", f"Stop it first: {key_name(self._room.app.key_for('stop'))}."
            )

    # -- editing
    async def _edit(self, message_id: int) -> None:
        self.when_quiet()
        chat = self._room.desk.chat
        if chat.conversation.node(message_id).role is Role.SYSTEM:
            raise UsageError("A summary is not edited", "r makes a new one.")
        prompt = self.prompt_of(message_id)
        [message] = await chat.messages([prompt])
        if self.editing is None:
            self._set_aside = self._room.composer.written
        self.editing = prompt
        self._room.composer.hold(message.draft)
        self._room.screen.back_to_writing()

    def send_edit(self, draft: Draft) -> bool:
        """Send ``draft`` as the new version that is being written. False if none is."""
        act = self.take_edit(draft)
        if act is not None:
            self._room.let_come(act, draft)
        return act is not None

    def take_edit(self, draft: Draft, model: str | None = None) -> Act | None:
        """What sends ``draft`` as the new version that is being written, to ``model``; None if none is."""
        prompt, self.editing = self.editing, None
        if prompt is None:
            return None
        chat = self._room.desk.chat
        self._room.composer.hold(self._set_aside)
        return lambda: chat.edit(prompt, draft.text, draft.attachments, model=model)

    def stop_editing(self) -> bool:
        """Leave the prompt as it was; what was written before comes back. False if none is edited."""
        if self.editing is None:
            return False
        self.editing = None
        self._room.composer.hold(self._set_aside)
        return True

    # -- the tree
    async def _flip(self, message_id: int, step: int) -> None:
        chat = self._room.desk.chat
        if chat.queue or chat.preparing:  # a prompt is for the reply that is shown
            self.when_quiet()
        version = await chat.flip(message_id, step)
        if version is not None:
            await self._room.reload(at=version)
            self._room.transcript.selected = version

    async def _delete(self, ids: Sequence[int]) -> None:
        chat = self._room.desk.chat
        if any(chat.coming(message_id) for message_id in ids):
            raise UsageError("A reply is coming", "It can be deleted when it has ended.")
        before = chat.conversation.leaf
        await chat.delete(ids)
        after, many = chat.conversation.leaf, len(ids)

        async def undo() -> None:
            now = await self._room.as_it_is(chat)
            await now.bring_back(ids, before, after)
            await self._room.return_to(now)

        await self._room.reload()
        words = "Deleted." if many == 1 else f"{many} messages deleted."
        self._room.did(words, undo, _back(many), (chat.place, chat.conversation.id))

    async def undelete(self) -> None:
        """Bring back every deleted message of the conversation."""
        count = await self._room.desk.chat.undelete()
        if not count:
            raise UsageError("No message of this conversation was deleted in the last 30 days")
        chat = self._room.desk.chat
        self._room.screen.acts.forget((chat.place, chat.conversation.id))
        await self._room.reload()
        self._room.app.notify(_back(count))

    def forget(self) -> None:
        """Another conversation is shown: nothing here refers to it."""
        self.editing = None


def _back(count: int) -> str:
    return "1 message is back" if count == 1 else f"{count} messages are back"
