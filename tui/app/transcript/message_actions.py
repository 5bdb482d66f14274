"""What is done with a message that is in the transcript."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.actions import Action
from tui.app.commands import Handlers
from tui.chat.message import Role
from tui.engine.conversation_service import ConversationService
from tui.errors import ErrorKind, UsageError

if TYPE_CHECKING:
    from tui.app.context import (
        Context,
        WithComparing,
        WithModels,
        WithReading,
        WithTranscript,
        WithWriting,
    )
    from tui.engine.reply import Reply  # it is loaded when one is begun

    class _Context(
        Context, WithTranscript, WithReading, WithWriting, WithModels, WithComparing, Protocol
    ): ...


class MessageActions:
    """Does what was chosen for a message, and the commands that are about one."""

    def __init__(self, context: _Context) -> None:
        self._context = context

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {
            "retry": self._retry_last,
            "compact": self._sum_up,
            "copy": self._copy_last,
            "save": self._save_newest,
            "undelete": self._undelete,
        }

    @property
    def _service(self) -> ConversationService:
        return self._context.session.current

    async def do(self, action: Action, message_id: int) -> None:
        """Do one action.

        Raises:
            SegueError: It can't be done.
        """
        node = self._service.conversation.nodes.get(message_id)
        if node is None or node.deleted:
            raise UsageError("This message is not here any more")
        await CHOSEN[action](self, message_id)

    # -- replies
    async def _retry(self, message_id: int) -> None:
        self.answer_again(message_id)

    async def _other_model(self, message_id: int) -> None:
        """Let another model answer; without a network, those of this machine are shown first."""
        [message] = await self._service.messages([message_id])
        offline = message.failure is not None and message.failure.kind == ErrorKind.OFFLINE
        entries = self._context.session.workspace.registry.providers() if offline else ()
        here = next((f"{entry.name}/" for entry in entries if entry.downloads), "")
        await self._context.models.pick(message_id, here)

    async def _compare(self, message_id: int) -> None:
        """Let other models answer beside it."""
        await self._context.comparing.pick(message_id)

    def answer_again(self, message_id: int, model: str | None = None) -> None:
        """One more version of a reply, by ``model`` or by the one that answers now."""
        self._context.reading.when_quiet()
        service = self._service
        self._context.back_to_writing()

        async def again() -> Reply:
            await service.mind(message_id, model)
            return await service.retry(message_id, model)

        self._context.reading.let_come(service, again)

    async def _retry_last(self, argument: str) -> None:
        message_id = self._service.last_reply or self._service.last
        if message_id is None:
            raise UsageError("There is no reply yet")
        self.answer_again(message_id)

    async def _go_on(self, message_id: int) -> None:
        """Let a cut reply go on; a cut summary is made anew."""
        service = self._service
        if service.conversation.node(message_id).role is Role.SYSTEM:
            self.answer_again(message_id)
            return
        self._context.reading.when_quiet()
        self._context.back_to_writing()
        self._context.reading.let_come(service, lambda: service.resume(message_id))

    async def _sum_up(self, argument: str) -> None:
        """Let a summary come, with which later requests begin."""
        self._context.reading.when_quiet()
        self._context.reading.let_come(self._service, self._service.compact)

    async def _sum_up_before(self, message_id: int) -> None:
        """Sum up what stands before the prompt of a reply, then send that prompt again."""
        self._context.reading.when_quiet()
        service = self._service
        prompt = service.prompt_of(message_id)
        [message] = await service.messages([prompt])
        service.queue.append(message.draft)
        self._context.reading.let_come(service, lambda: service.compact(prompt))

    async def _copy_last(self, argument: str) -> None:
        message_id = self._service.last_reply
        if message_id is None:
            raise UsageError("There is no reply yet")
        [message] = await self._service.messages([message_id])
        await self._context.copy(message.text)

    # -- what is sent along
    async def _pin(self, message_id: int) -> None:
        """Keep a message in every request, or let it go."""
        context, service = self._context, self._service
        if service.conversation.node(message_id).role is Role.SYSTEM:
            raise UsageError("A summary is always sent along")
        pinned = message_id not in service.conversation.pins

        async def undo() -> None:
            now = await context.session.as_it_is(service)
            if (message_id in now.conversation.pins) is pinned:
                await now.pin(message_id)
            await context.reading.return_to(now)

        await service.pin(message_id)
        await context.reading.reload()
        kept, not_kept = "The message goes with every request", "The message is not pinned any more"
        context.did(f"{kept if pinned else not_kept}.", undo, not_kept if pinned else kept)

    async def _edit(self, message_id: int) -> None:
        """Let the person write the prompt at or above a message anew."""
        self._context.reading.when_quiet()
        service = self._service
        if service.conversation.node(message_id).role is Role.SYSTEM:
            again = self._context.keys.name(Action.MESSAGE_RETRY)
            raise UsageError("A summary is not edited", f"{again} makes a new one.")
        prompt = service.prompt_of(message_id)
        [message] = await service.messages([prompt])
        if service is self._service:  # else it was left meanwhile
            self._context.writing.begin_edit(prompt, message.draft)
            self._context.back_to_writing()

    # -- the tree
    async def _branch(self, message_id: int) -> None:
        """Go on in a new conversation with everything up to a message."""
        service = self._service
        branch = await service.branch(message_id)
        await self._context.reading.open(self._context.session.adopt(branch, service))

    async def _previous(self, message_id: int) -> None:
        await self._flip(message_id, -1)

    async def _next(self, message_id: int) -> None:
        await self._flip(message_id, 1)

    async def _flip(self, message_id: int, step: int) -> None:
        service = self._service
        if service.queue or service.preparing:  # a prompt is for the reply that is shown
            self._context.reading.when_quiet()
        version = await service.flip(message_id, step)
        if version is not None and service is self._service:
            await self._context.reading.reload(at=version)
            self._context.transcript.selected = version

    async def _delete_one(self, message_id: int) -> None:
        await self.delete([message_id])

    async def _delete_below(self, message_id: int) -> None:
        await self.delete(self._service.conversation.shown_below(message_id))

    async def delete(self, ids: Sequence[int]) -> None:
        """Delete messages, so that undo brings them back.

        Raises:
            UsageError: One of them is still coming.
        """
        context, service = self._context, self._service
        if any(service.coming(message_id) for message_id in ids):
            raise UsageError("A reply is coming", "It can be deleted when it has ended.")
        before = service.conversation.leaf
        await service.delete(ids)
        after, many = service.conversation.leaf, len(ids)

        async def undo() -> None:
            now = await context.session.as_it_is(service)
            await now.bring_back(ids, before, after)
            await context.reading.return_to(now)

        await context.reading.reload()
        words = "Deleted." if many == 1 else f"{many} messages deleted."
        context.did(words, undo, _back(many), (service.storage, service.conversation.id))

    async def _save_newest(self, argument: str) -> None:
        """Save the newest picture or block of code to a file."""
        if not await self._context.transcript.save_newest(argument):
            raise UsageError("There is no picture and no code here to save")

    async def _undelete(self, argument: str) -> None:
        """Bring back every deleted message of the conversation."""
        count = await self._service.undelete()
        if not count:
            raise UsageError("No message of this conversation was deleted in the last 30 days")
        service = self._service
        self._context.acts.forget((service.storage, service.conversation.id))
        await self._context.reading.reload()
        self._context.notify(_back(count))


CHOSEN: Mapping[Action, Callable[[MessageActions, int], Awaitable[None]]] = {
    Action.MESSAGE_EDIT: MessageActions._edit,
    Action.MESSAGE_RETRY: MessageActions._retry,
    Action.MESSAGE_RESUME: MessageActions._go_on,
    Action.MESSAGE_MODEL: MessageActions._other_model,
    Action.MESSAGE_COMPARE: MessageActions._compare,
    Action.VERSION_PREVIOUS: MessageActions._previous,
    Action.VERSION_NEXT: MessageActions._next,
    Action.MESSAGE_BRANCH: MessageActions._branch,
    Action.MESSAGE_PIN: MessageActions._pin,
    Action.MESSAGE_SUM: MessageActions._sum_up_before,
    Action.MESSAGE_DELETE: MessageActions._delete_one,
    Action.MESSAGE_DELETE_BELOW: MessageActions._delete_below,
}
"""What can be done with the chosen message, and what does it: the transcript binds the keys of just these."""


def _back(count: int) -> str:
    return "1 message is back" if count == 1 else f"{count} messages are back"
