"""Begins comparisons of models, and does what is chosen in them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol, assert_never

from msgspec import Struct, field

from tui.app.actions import Action
from tui.app.commands import Handlers, parse
from tui.app.compare.comparison import Outcome, names_of
from tui.app.messages.name_line import model_name
from tui.chat.draft import Draft
from tui.chat.message import Role, Status
from tui.engine.conversation_service import ConversationService
from tui.engine.events import (
    CallChanged,
    Event,
    Finished,
    Noticed,
    PartAdded,
    ReasoningAdded,
    Saved,
    Started,
    TextAdded,
    TextWasReasoning,
    Unsaved,
    Waiting,
    Working,
)
from tui.engine.live import LiveReply
from tui.engine.session import Act
from tui.errors import SegueError, UsageError
from tui.text import one_line

if TYPE_CHECKING:
    from tui.app.compare.compare import Compare
    from tui.app.context import Context, WithModels, WithReading, WithStatus, WithTranscript, WithWriting
    from tui.chat.message import Message
    from tui.engine.reply import Reply

    class _Context(Context, WithTranscript, WithReading, WithWriting, WithStatus, WithModels, Protocol): ...


BESIDE = frozenset(
    (
        "compare",
        "copy",
        "draw",
        "export",
        "help",
        "mcp",
        "model",
        "pin",
        "quit",
        "retry",
        "search",
        "set",
        "system",
        "tag",
        "theme",
        "title",
        "tools",
    )
)
"""Commands for which a comparison stays open; it is closed for the others, which show something else."""


class _Opening(Struct):
    """How the comparison began, and what of it has not begun yet."""

    shown: int | None = None
    """The reply that is there already."""
    before: int | None = None
    """The leaf, to come back to; None where the prompt is new."""
    prompt: int = 0
    left: int = 0
    """Replies that are about to begin."""
    failure: str = ""
    """Why one could not."""
    begun: set[int] = field(default_factory=set)
    """The replies that were asked for here."""
    places: dict[int, int | None] = field(default_factory=dict)
    """Those that are chosen as they come, and the ones in whose place they stand."""


class Comparing:
    """One comparison at a time, of the conversation that is read."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._at = _Opening()
        self._screen: Compare | None = None

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"compare": self.ask}

    # -- how it begins
    async def ask(self, words: str) -> None:
        """Compare the models that ``words`` mean; if that is not clear, let the person choose."""
        named = words.replace(",", " ").split()
        found = await self._context.session.find_models(named)
        known = [model for model in found if isinstance(model, str)]
        unclear = [word for word, model in zip(named, found, strict=True) if isinstance(model, UsageError)]
        if known and not unclear:
            await self.begin(known)
        else:
            await self.pick(typed=unclear[0] if unclear else "", marked=known)

    async def pick(self, message_id: int | None = None, typed: str = "", marked: Sequence[str] = ()) -> None:
        """Let the person choose models to compare.

        Args:
            message_id: What they answer; without it what is written, else the last prompt.
            typed: What stands in the filter.
            marked: Models that are marked already.
        """
        self._check(message_id)
        then = partial(self.begin, message_id=message_id)
        await self._context.models.pick_several(then, typed, marked)

    async def begin(self, models: Sequence[str], message_id: int | None = None) -> None:
        """Let models answer side by side: beside those that are compared, what is written, or a prompt again.

        Raises:
            UsageError: There is nothing to answer, or a reply is in the way.
        """
        self._check(message_id)
        models = list(dict.fromkeys(models))
        if self._screen is not None:
            self._begin([self._one_more(model) for model in models])
        elif message_id is None and self.draft:
            self._send(self.draft, models)
        else:
            self._answer_again(self._reply_or_prompt(message_id), models)

    async def reopen(self, ids: Sequence[int]) -> None:
        """Lay replies side by side that are there already; the one that is read comes first.

        Raises:
            UsageError: They don't answer the same prompt.
        """
        service = self._context.session.current
        nodes = [service.conversation.node(message_id) for message_id in ids]
        prompts = {node.parent for node in nodes}
        if any(node.role is not Role.ASSISTANT for node in nodes) or len(prompts) > 1 or None in prompts:
            raise UsageError("Only replies to the same prompt stand side by side", "Mark versions of one.")
        read = frozenset(service.conversation.path())
        replies = await service.messages(sorted(ids, key=lambda message_id: message_id not in read))
        self._at = _Opening(before=service.conversation.leaf, prompt=replies[0].parent or 0)
        screen = await self._open(service, replies[0])
        for reply in replies:
            await screen.add(reply)
        screen.choose(replies[0].id)

    @property
    def draft(self) -> Draft:
        """What is written, if it is a prompt."""
        written = self._context.writing.written
        return written if parse(written.text) is None else Draft()

    def _check(self, message_id: int | None) -> None:
        service = self._context.session.current
        if self._screen is not None:
            return
        if message_id is None and self.draft:
            self._context.reading.when_quiet()
        elif service.queue or service.preparing:
            older = self._context.keys.name(Action.OLDER)
            raise UsageError(
                "A prompt waits for its reply", f"Compare when it is sent; {older} takes it back."
            )
        else:
            service.prompt_of(self._reply_or_prompt(message_id))

    def _reply_or_prompt(self, message_id: int | None) -> int:
        service = self._context.session.current
        place = message_id or service.last_reply or service.last
        if place is None:
            mark = self._context.keys.name(Action.PICKER_MARK)
            raise UsageError(
                "There is no prompt yet", f"Write one, then mark models with {mark} in the list of models."
            )
        if service.conversation.node(place).role is Role.SYSTEM:
            raise UsageError("A summary is not compared")
        return place

    def _send(self, draft: Draft, models: list[str]) -> None:
        """Send what is written to ``models``; to one alone, together with the one that answers now."""
        writing, service = self._context.writing, self._context.session.current
        if len(models) == 1 and service.conversation.model:
            models = list(dict.fromkeys([service.conversation.model, *models]))
        act = writing.take_edit(draft, models[0])
        if act is None:
            writing.take()
            act = partial(service.send, draft.text, draft.attachments, models[0])
        self._at = _Opening()
        self._begin([act, *(self._beside(model) for model in models[1:])], draft)

    def _answer_again(self, message_id: int, models: list[str]) -> None:
        """Let ``models`` answer a prompt beside the reply that it has; its own model only if alone."""
        service = self._context.session.current
        conversation = service.conversation
        prompt = service.prompt_of(message_id)
        replies = (i for i in conversation.path() if conversation.nodes[i].role is Role.ASSISTANT)
        below = next((i for i in replies if conversation.nodes[i].parent == prompt), None)
        shown = message_id if message_id != prompt else below
        model = conversation.nodes[shown].model if shown else None
        self._at = _Opening(shown, conversation.leaf, prompt)
        self._begin([self._beside(other) for other in models if other != model] or [self._beside(models[0])])

    def _begin(self, acts: Sequence[Act], draft: Draft | None = None) -> None:
        noted = [self._noted(act) for act in acts]
        self._context.session.begin_each(self._context.session.current, noted, draft or Draft())

    def _noted(self, act: Act) -> Act:
        at = self._at
        at.left += 1

        async def begun() -> Reply:
            try:
                reply = await act()
            except SegueError as error:
                at.failure = str(error)
                raise
            finally:
                at.left -= 1
            at.begun.add(reply.message.id)
            at.prompt = (
                reply.message.parent or 0
            )  # the next one answers it, whether this one is shown yet or not
            return reply

        return begun

    def _beside(self, model: str) -> Act:
        service, at = self._context.session.current, self._at
        return lambda: service.retry(at.prompt, model)

    def _one_more(self, model: str, place: int | None = None) -> Act:
        """A reply that is chosen when it begins, in the place of another if one is given."""
        service, at = self._context.session.current, self._at

        async def begun() -> Reply:
            reply = await service.retry(at.prompt, model)
            at.places[reply.message.id] = place
            return reply

        return begun

    # -- what the session tells
    async def began(self, service: ConversationService, live: LiveReply) -> bool:
        """A reply begins. Returns whether it is shown here."""
        message = live.snapshot()
        if self._screen is None and message.id in self._at.begun and service is self._context.session.current:
            await self._open(service, message)
        screen = self._screen
        if screen is None or screen.service is not service or message.parent != screen.prompt.id:
            return False
        chosen = message if message.id in self._at.places or screen.chosen is None else screen.chosen.message
        await screen.add(message, self._at.places.pop(message.id, None))
        screen.choose(chosen.id)
        return True

    async def _open(self, service: ConversationService, message: Message) -> Compare:
        from tui.app.compare.compare import Compare

        [prompt] = await service.messages([message.parent or 0])
        self._screen = screen = Compare(service, prompt, self)
        at = self._at
        await self._context.show(screen, partial(self._closed, screen, at))
        if at.failure:  # it was told where the comparison lies over it now
            self._context.notify(at.failure, warning=True)
        if at.shown is not None:
            [shown] = await service.messages([at.shown])
            await screen.add(shown)
        return screen

    def went_on(self, live: LiveReply, event: Event, *, turned: bool) -> None:
        """A reply went on."""
        screen = self._screen
        if screen is None:
            return
        match event:
            case TextAdded(message_id, text):
                screen.feed(message_id, text=text)
            case ReasoningAdded(message_id, text):
                screen.feed(message_id, reasoning=text)
            case TextWasReasoning() | PartAdded() | CallChanged():
                screen.show_again(live.snapshot())
            case Started() | Waiting() | Working() | Noticed() | Unsaved() | Saved() | Finished():
                pass
            case _:
                assert_never(event)
        if turned:
            screen.refresh_states()

    def ended(self, live: LiveReply, message: Message) -> None:
        """A reply has ended; one that came beside the path of the conversation that is read is told of."""
        conversation = self._context.session.current.conversation
        if self._screen is not None:
            self._screen.end(message)
        elif live.conversation is conversation and message.id not in conversation.path():
            self._tell_of(message)

    def _tell_of(self, message: Message) -> None:
        if message.status is Status.STOPPED:
            return
        name, failure = model_name(message.model), message.failure
        words = f"{name}: {one_line(failure.message)}" if failure else f"{name} has answered too"
        self._context.notify(words, warning=failure is not None)

    def make_room_for(self, command: str) -> None:
        """A command is done: close for one that shows something else."""
        if command not in BESIDE:
            self.leave()

    def leave(self) -> None:
        """Something else is shown: close, and keep all."""
        if self._screen is not None:
            self._screen.dismiss(Outcome.KEEP)

    # -- what the screen asks for
    @property
    def opening(self) -> bool:
        """Whether replies are about to begin: before that, none is chosen for good."""
        return self._at.left > 0

    def choose(self, message_id: int) -> None:
        """What is chosen is what the conversation shows."""
        if self._screen is not None:
            self._context.soon(self._screen.service.show, message_id)

    def stop(self, message_id: int) -> bool:
        """Stop a reply and keep its text. Returns whether it was coming."""
        live = self._context.session.current.coming(message_id)
        if live is not None:
            self._context.session.live.stop(live)
        return live is not None

    def again(self, message_id: int) -> None:
        """Let a new version of a reply come in its place; not while it comes itself."""
        service = self._context.session.current
        node = service.conversation.nodes.get(message_id)
        model = node.model if node else None
        if model and not service.preparing and service.coming(message_id) is None:
            self._begin([self._one_more(model, message_id)])

    def add(self) -> None:
        """Ask for one more model."""
        self._context.soon(self.pick)

    def merge(self, replies: Sequence[Message]) -> None:
        """Let a model that the person chooses write one reply from these."""
        self._context.soon(self._merge, replies)

    async def _merge(self, replies: Sequence[Message]) -> None:
        service, at = self._context.session.current, self._at
        ids = [reply.id for reply in replies]
        if len(ids) < 2:
            raise UsageError("There is only one reply", "Let another model answer first.")
        if any(service.coming(message_id) for message_id in ids):
            raise UsageError("A reply is coming", "They can be joined when all have ended.")
        model = await self._context.models.pick_first()
        if model is None:
            return
        names = names_of([reply.model or "" for reply in replies])

        async def begun() -> Reply:
            reply = await service.merge(ids, names, model)
            at.places[reply.message.id] = None
            return reply

        self._begin([begun])

    def copy(self, text: str) -> None:
        """Copy, and say how that went."""
        self._context.soon(self._context.copy, text)

    # -- how it ends
    def _closed(self, screen: Compare, at: _Opening, outcome: Outcome | None) -> None:
        self._screen, self._at = None, _Opening()
        self._context.soon(self._end, screen, at, outcome)

    async def _end(self, screen: Compare, at: _Opening, outcome: Outcome | None) -> None:
        context, service = self._context, screen.service
        shown = await self._settle(screen, at, outcome) if screen.columns else None
        if service is not context.session.current:
            return
        await context.session.note_use(service, service.conversation.model)
        if shown is not None:
            context.status.ended(shown, 0)
        await context.reading.reload(at=shown.id if shown else None)
        if shown is not None:  # also where only its first line was in view
            await context.transcript.jump(shown.id)
        context.back_to_writing()
        if outcome is not Outcome.GO_ON and len(screen.columns) > 1:
            self._say_where_the_others_are(len(screen.columns))

    async def _settle(self, screen: Compare, at: _Opening, outcome: Outcome | None) -> Message | None:
        """Which reply the conversation shows from now on, and who answers. Returns it, if it is read."""
        service, chosen = screen.service, screen.columns[screen.place].message
        if outcome is Outcome.GO_ON:
            await self._go_on(service, screen.ids, chosen)
        elif outcome is Outcome.KEEP:
            await service.show(chosen.id)
        else:
            chosen = screen.columns[0].message
            await service.change(leaf=at.before or service.conversation.select(chosen.id))
        return chosen if chosen.id in service.conversation.path() else None

    async def _go_on(self, service: ConversationService, ids: Sequence[int], chosen: Message) -> None:
        """The chosen reply and its model carry the conversation on; the others need not come any more."""
        for message_id in ids:
            if message_id != chosen.id:
                self.stop(message_id)
        await service.show(chosen.id)
        if chosen.model and chosen.model != service.conversation.model:
            await self._context.models.use_model(chosen.model)

    def _say_where_the_others_are(self, count: int) -> None:
        words = "Both are" if count == 2 else f"All {count} are"
        keys = self._context.keys
        walk, versions = keys.name(Action.MESSAGE_UP), keys.name(Action.VERSION_PREVIOUS)
        self._context.notify(f"{words} kept: {walk}, then {versions}")
