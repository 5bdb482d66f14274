"""What a person can do with a conversation. Each act stores first, and returns the reply to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, assert_never
from weakref import WeakValueDictionary

from msgspec.structs import replace

from tui.chat.attachment import Attachment, Kind, check_together
from tui.chat.conversation import Conversation
from tui.chat.draft import Draft
from tui.chat.message import Message, Role, Status, automatic_title
from tui.chat.model import ModelInfo, Usage, split_id
from tui.chat.parts import (
    File,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    of_kind,
    prompt_parts,
)
from tui.chat.spending import Spent
from tui.config import BudgetConfig
from tui.engine.budget import Budget
from tui.engine.calling import Calling, Equip, Keeper
from tui.engine.failure import explain
from tui.engine.limits import Limits
from tui.engine.live import key_of
from tui.engine.resolver import Resolver
from tui.engine.tools import Tools
from tui.errors import (
    BudgetError,
    ErrorKind,
    HistoryError,
    HistoryFullError,
    HistoryReadOnlyError,
    ProviderError,
    UsageError,
    Way,
)
from tui.history.bundles import with_contents
from tui.history.store import HistoryStore
from tui.providers.base import Abilities, Target
from tui.text import one_line

if TYPE_CHECKING:  # they are loaded when one is begun
    from tui.engine.reply import Reply, Write
    from tui.engine.request import Request

# How far real counts may bend the token estimate.
_CALIBRATION_RANGE = (0.5, 2.0)
# Of a request that was too long for the model, the share that the next ones may have.
_AFTER_REFUSAL = 0.75
_AS_TEXT = Abilities()
"""What is known before the model is: the estimate of a request is that of its text."""


class Facts(Protocol):
    """Knows models, and learns how their providers do: ``providers.catalogue.Catalogue``."""

    def info(self, model_id: str) -> ModelInfo | None:
        """What is known of a model."""
        ...

    def note_outcome(self, provider: str, error: ProviderError | None) -> None:
        """A reply of ``provider`` ended well, or with ``error``."""
        ...


class Engine:
    """Sends prompts and keeps what comes back. Knows no screen."""

    def __init__(
        self,
        store: HistoryStore,
        resolver: Resolver,
        facts: Facts,
        limits: Limits | None = None,
        tools: Tools | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.store = store
        self.budget = budget or Budget(BudgetConfig(), store)
        """What may be spent."""
        self.tools = tools or Tools()
        """What models may use."""
        self.resolver = resolver
        """Finds who answers; whoever wraps it has a say in how."""
        self._facts = facts
        self._limits = limits or Limits()
        self._calibration: dict[str, float] = {}
        self._refused: dict[str, int] = {}
        self._taken_back: list[int] = []
        """Prompts that were given back, and that the history does not hide yet."""
        self._replies: WeakValueDictionary[int, Reply] = WeakValueDictionary()
        """Those of this run, as long as anybody has them: they come, or wait to be stored."""

    async def messages(self, ids: Sequence[int]) -> list[Message]:
        """Messages with their texts; a reply that is coming, or not stored yet, has all that came of it."""
        while True:
            ours = self._newer(ids)
            stored = await self.store.messages(ids)
            if ours.keys() <= self._newer(ids).keys():  # else one was stored meanwhile: what was read is old
                return [self.newest(message) for message in stored]

    def newest(self, message: Message) -> Message:
        """A stored message as it is now."""
        newer = self._newer([message.id])
        return newer[message.id].so_far() if newer else message

    def waits(self, message_id: int) -> bool:
        """Whether a message is a reply of this run of which the history does not have all."""
        return bool(self._newer([message_id]))

    async def save(self, ids: Sequence[int]) -> None:
        """Make sure that the history has these messages as they are, apart from what still comes.

        Raises:
            HistoryError: It does not take them.
        """
        for reply in self._newer(ids).values():
            if reply.unsaved is not None:
                await reply.save()
            if reply.unsaved is not None:
                raise reply.unsaved

    def _newer(self, ids: Sequence[int]) -> dict[int, Reply]:
        """The replies among these messages of which the history does not have all that came."""
        replies = ((message_id, self._replies.get(message_id)) for message_id in ids)
        return {message_id: reply for message_id, reply in replies if reply and not reply.stored}

    def limit_rounds(self, rounds: int) -> None:
        """Let models use tools so often in a reply, before they must answer."""
        self._limits = replace(self._limits, rounds=rounds)

    async def send(
        self,
        conversation: Conversation,
        text: str,
        model: str | None = None,
        attachments: Sequence[Attachment] = (),
        after: int | None = None,
    ) -> Reply:
        """Store ``text`` and its files as the next prompt and prepare its reply.

        It follows the message ``after`` if that is still there, else the end of the path.

        Raises:
            UsageError: No model is chosen, it is known to take no images, or the prompt is blank.
            HistoryError: The prompt could not be stored; nothing was sent.
        """
        draft = Draft(text, tuple(attachments))
        known = conversation.nodes.get(after) if after is not None else None
        parent = conversation.leaf if known is None or known.deleted else known.id
        return await self._prompt(conversation, parent, draft, model)

    async def edit(
        self,
        conversation: Conversation,
        prompt_id: int,
        text: str,
        attachments: Sequence[Attachment] = (),
        model: str | None = None,
    ) -> Reply:
        """Store a new version of a prompt, with its files, and prepare its reply. The old one stays."""
        parent = conversation.node(prompt_id).parent
        return await self._prompt(conversation, parent, Draft(text, tuple(attachments)), model)

    async def retry(self, conversation: Conversation, reply_id: int, model: str | None = None) -> Reply:
        """Prepare a new version of a reply beside the old one, by ``model`` or the conversation's model.

        ``reply_id`` may also be a prompt that has no reply yet, or a summary.
        """
        node = conversation.node(reply_id)
        if node.role is Role.SYSTEM:
            return await self._sum_up(conversation, node.parent, model)
        await self._afford(conversation, model)
        parent = node.id if node.role is Role.USER else node.parent
        return await self._reply(conversation, parent, model)

    async def resume(self, conversation: Conversation, reply_id: int) -> Reply:
        """Prepare a version of a cut reply that begins with its text and goes on from there."""
        parent = conversation.node(reply_id).parent
        [cut] = await self.messages([reply_id])
        await self._afford(conversation, cut.model)
        return await self._reply(conversation, parent, cut.model, begin=_said(cut.parts))

    async def merge(
        self, conversation: Conversation, ids: Sequence[int], names: Sequence[str], model: str | None = None
    ) -> Reply:
        """Prepare a version of several replies that is written from them, and says whose each part is.

        Args:
            conversation: Where they stand.
            ids: The replies, to one prompt.
            names: What each is called.
            model: Who writes; without one, the conversation's model.

        Raises:
            UsageError: One has no text, or there is no prompt above.
        """
        from tui.engine.request import together

        parent = conversation.node(ids[0]).parent
        replies = await self.messages(ids)
        if not all(reply.text.strip() for reply in replies):
            raise UsageError("A reply without words can't be joined", "Leave it out, or let it come again.")
        await self._afford(conversation, model)
        asked = together([(name, reply.text) for name, reply in zip(names, replies, strict=True)])
        return await self._reply(conversation, parent, model, asked=asked)

    async def name(self, conversation: Conversation, model: str) -> str | None:
        """Let a model name a conversation, unless it has a name; the first words stay if that fails.

        Returns:
            The new title, or None.
        """
        path = await self.messages(conversation.path()[:2])
        if conversation.titled or len(path) < 2 or await self._draws_only(model):
            return None
        if conversation.title != automatic_title(path[0].draft.words):
            return None
        with suppress(BudgetError):
            await self.budget.refuse(self._facts.info(model))
            return await self._suggested(conversation, model, path)
        return None

    async def _suggested(self, conversation: Conversation, model: str, path: Sequence[Message]) -> str | None:
        """The title that a model gives it."""
        from tui.engine.titles import suggest_title

        try:
            target = await self._target(model, {})
            title, usage = await suggest_title(target, path[0].draft.words, path[1].text)
            if usage.cost is None:
                usage = replace(usage, cost=self._price(model, usage))
            await self.store.note_spending(Spent(datetime.now(UTC), model, usage, conversation.id))
        except Exception as raised:
            self._facts.note_outcome(split_id(model)[0], explain(raised))
            return None
        stored = await self.store.load_conversation(conversation.id)  # another program may have named it
        if not title or conversation.titled or stored.titled:
            return None
        conversation.title = title
        await self.store.update_conversation(conversation.id, title=title)
        return title

    async def compact(self, conversation: Conversation, before: int | None = None) -> Reply:
        """Prepare a summary of the conversation, from which later requests go on. Nothing is removed.

        Args:
            conversation: What to sum up.
            before: Sum up only what stands before this message; without it the whole active path.

        Raises:
            UsageError: There is nothing to summarise, or no model is chosen.
        """
        end = conversation.leaf if before is None else conversation.node(before).parent
        return await self._sum_up(conversation, end, None)

    def info(self, model_id: str) -> ModelInfo | None:
        """What is known of a model."""
        return self._facts.info(model_id)

    def estimate(self, model_id: str, tokens: int) -> int:
        """An estimated count of tokens, corrected by what this model's server counted before."""
        return round(tokens * self._calibration.get(model_id, 1.0))

    def refusal(self, model_id: str, attachments: Sequence[Attachment]) -> str:
        """Why a model can't answer a prompt with these files, as far as that is known; otherwise nothing."""
        info = self._facts.info(model_id)
        if info and info.vision is False and any(file.kind is Kind.IMAGE for file in attachments):
            return f"{one_line(split_id(model_id)[1])} takes no images"
        if not attachments:
            return ""
        from tui.engine.request import is_too_large
        from tui.providers.most import in_words, largest_image

        largest = largest_image(split_id(model_id)[0])
        for file in attachments:
            if largest is not None and is_too_large(file, largest):
                most = in_words(largest)
                return f"{file.name} is too large for {split_id(model_id)[0]}: an image may have {most}"
        return ""

    async def _prompt(
        self, conversation: Conversation, parent: int | None, draft: Draft, model: str | None
    ) -> Reply:
        if not draft:
            raise UsageError("There is nothing to send")
        self._check(self._model(conversation, model), draft.attachments)
        if parent is not None:
            await self._check_ended(parent)
        await self._afford(conversation, model)
        await self._hide_taken_back()
        said = prompt_parts(draft.text, draft.attachments)
        before = conversation.leaf
        prompt = await self.store.add_message(conversation.id, parent, Role.USER, said)
        conversation.append(prompt)
        try:
            await self._entitle(conversation, draft)
            return await self._reply(conversation, prompt.id, model)
        except Exception:
            await self._take_back(conversation, prompt.id, before)
            raise

    async def _check_ended(self, message_id: int) -> None:
        """Make sure that nobody writes the reply any more that a prompt or a summary is to follow.

        Raises:
            UsageError: Another program does.
        """
        if message_id in self._replies or not await self._streams(message_id):
            return
        with suppress(HistoryReadOnlyError, HistoryFullError):
            await self.store.interrupt_abandoned()
        if await self._streams(message_id):
            raise UsageError(
                "Another program is still writing the reply here",
                "Go on when that has ended, or stop it.",
            )

    async def _streams(self, message_id: int) -> bool:
        return any(message.live for message in await self.store.messages([message_id]))

    async def _entitle(self, conversation: Conversation, draft: Draft) -> None:
        """The first words are the title, unless there is one."""
        if conversation.title or conversation.titled:
            return
        conversation.title = automatic_title(draft.words)
        try:
            await self.store.update_conversation(conversation.id, title=conversation.title)
        except HistoryError:
            if not conversation.titled:
                conversation.title = ""
            raise

    async def _take_back(self, conversation: Conversation, prompt: int, leaf: int | None) -> None:
        """A prompt whose reply could not begin is the person's again: it is not in the conversation too."""
        conversation.hide([prompt])
        conversation.leaf = leaf
        self._taken_back.append(prompt)
        with suppress(HistoryError):  # why the reply could not begin is said already
            await self._hide_taken_back()
            await self.store.update_conversation(conversation.id, leaf=leaf)

    async def _hide_taken_back(self) -> None:
        if self._taken_back:
            await self.store.hide_messages(self._taken_back)
            self._taken_back.clear()

    async def _reply(
        self,
        conversation: Conversation,
        parent: int | None,
        model: str | None,
        *,
        begin: Sequence[Part] = (),
        asked: str = "",
    ) -> Reply:
        model_id = self._model(conversation, model)
        path = await self._load(conversation, parent)
        if not path or path[-1].id != parent:
            raise UsageError("The prompt of this reply was deleted", Way("Bring it back", "undelete"))
        self._check(model_id, path[-1].attachments)
        if asked:
            await self._check_writes(model_id)
        draws_only = await self._draws_only(model_id)
        message = await self.store.add_message(
            conversation.id, parent, Role.ASSISTANT, begin, model=model_id, status=Status.STREAMING
        )
        conversation.append(message)
        if draws_only:
            request = self._picture_request(model_id, path)
        else:
            request = self._request(
                conversation, model_id, path, reply=message if begin else None, asked=asked
            )
        search, draw = self.tools.searches(conversation), self.tools.draws(conversation)

        def write(target: Target, calling: Calling | None, so_far: Message | None) -> Request:
            if target.pictures == "only":
                return self._picture_request(model_id, path, target.abilities)
            searches = search and target.search is not None
            return self._request(
                conversation,
                model_id,
                path,
                target.abilities,
                calling,
                so_far,
                asked,
                search=searches,
                draw=draw and target.pictures == "asked",
                pictures=target.makes_pictures(draw=draw),
            )

        equip = self._equip(conversation, message, path)
        notices = _notices(request, model_id)
        return self._run(conversation, message, write, notices, equip, search=search, draw=draw)

    async def _sum_up(self, conversation: Conversation, end: int | None, model: str | None) -> Reply:
        from tui.engine.request import SUMMARISE

        path = await self._load(conversation, end)
        if not path or path[-1].summary:
            raise UsageError("There is nothing to sum up yet")
        await self._check_ended(path[-1].id)
        model_id = self._model(conversation, model)
        await self._check_writes(model_id)
        await self._afford(conversation, model)
        request = self._request(conversation, model_id, path, asked=SUMMARISE)
        message = await self.store.add_message(
            conversation.id, end, Role.SYSTEM, model=model_id, status=Status.STREAMING
        )
        conversation.append(message)
        notices = (*_summary_notices(request.left_out), *_file_notices(request, model_id))
        return self._run(conversation, message, lambda *_: request, notices)

    async def _draws_only(self, model_id: str) -> bool:
        try:
            return await self.resolver.pictures(model_id) == "only"
        except ProviderError:
            return False  # why it can't be asked is said when it is

    async def _check_writes(self, model_id: str) -> None:
        """Make sure that a model can be asked for a text by the program itself.

        Raises:
            UsageError: It makes nothing but pictures.
        """
        if await self._draws_only(model_id):
            name = one_line(split_id(model_id)[1])
            raise UsageError(f"{name} makes nothing but pictures", Way("Choose another model", "model"))

    def _equip(self, conversation: Conversation, message: Message, path: Sequence[Message]) -> Equip:
        info = self._facts.info(message.model or "")
        window = info.context if info else None

        async def equip(keeper: Keeper) -> Calling | None:
            return await self.tools.equip(
                conversation, key_of(conversation), (*path, message), keeper, self._limits, window
            )

        return equip

    async def _load(self, conversation: Conversation, end: int | None) -> list[Message]:
        """The path down to ``end``, with the contents of its files."""
        path = await self.messages(conversation.path(end) if end is not None else [])
        return await with_contents(self.store, path)

    def _check(self, model_id: str, attachments: Sequence[Attachment]) -> None:
        """Make sure, before anything is stored or sent, that these files can be sent.

        Raises:
            UsageError: They can't.
        """
        check_together(attachments)
        if refusal := self.refusal(model_id, attachments):
            raise UsageError(refusal, "Choose another model, or take the image away.")

    async def _afford(self, conversation: Conversation, model: str | None) -> None:
        """Say before anything is stored or sent that a budget is spent.

        Raises:
            BudgetError: Then nothing is sent.
        """
        await self.budget.check(self._facts.info(self._model(conversation, model)))

    def _price(self, model_id: str, usage: Usage) -> float | None:
        """What a request costs by the prices that are known now."""
        info = self._facts.info(model_id)
        return info.cost(usage) if info is not None else None

    def _run(
        self,
        conversation: Conversation,
        message: Message,
        write: Write,
        notices: tuple[str, ...],
        equip: Equip | None = None,
        *,
        search: bool = False,
        draw: bool = False,
    ) -> Reply:
        from tui.engine.reply import Reply

        model_id = message.model or ""

        def learn(ended: Message, error: ProviderError | None, tokens: int) -> None:
            self._facts.note_outcome(split_id(model_id)[0], error)
            rounds = of_kind(ended.parts, ToolCall)  # then the usage is that of several requests
            if ended.usage and ended.usage.input_tokens and tokens and not rounds:
                self._calibrate(model_id, ended.usage.input_tokens / tokens)
            if error is not None and error.kind is ErrorKind.CONTEXT:
                self._refused[model_id] = tokens

        reply = self._replies[message.id] = Reply(
            self.store,
            message,
            partial(self._target, model_id, conversation.parameters),
            write,
            conversation.parameters,
            limits=self._limits,
            equip=equip,
            search=search,
            draw=draw,
            notices=notices,
            learn=learn,
            price=partial(self._price, model_id),
            afford=lambda cost: self.budget.refuse(self._facts.info(model_id), cost),
            cache_key=_cache_key(conversation),
        )
        return reply

    async def _target(self, model_id: str, parameters: Mapping[str, Any]) -> Target:
        """Who answers, ready to be asked with these parameters.

        Raises:
            ProviderError: It can't be used here, or a parameter is outside its range.
        """
        from tui.providers.knobs import wrong_in  # here, because no start needs it

        target = await self.resolver.target(model_id)
        options = {**target.options, **parameters}
        if wrong := wrong_in(target.provider, target.model, options, target.refused):
            hint = "It is set for this conversation (/set), or in config.toml."
            raise ProviderError(wrong, hint, kind=ErrorKind.INVALID)
        return target

    def _request(
        self,
        conversation: Conversation,
        model_id: str,
        path: Sequence[Message],
        abilities: Abilities = _AS_TEXT,
        calling: Calling | None = None,
        reply: Message | None = None,
        asked: str = "",
        search: bool = False,
        draw: bool = False,
        pictures: bool = False,
    ) -> Request:
        from tui.engine.request import build_request
        from tui.providers.most import largest_image

        info = self._facts.info(model_id)
        refused = self._refused.get(model_id)
        instructions = calling.instructions if calling and abilities.tools else ""
        return build_request(
            path,
            system="\n\n".join(filter(None, (conversation.system, instructions))),
            pins=conversation.pins,
            context=round(refused * _AFTER_REFUSAL) if refused else info.context if info else None,
            max_output=info.max_output if info else None,
            calibration=self._calibration.get(model_id, 1.0),
            images=info is None or info.vision is not False,
            largest=largest_image(split_id(model_id)[0]),
            abilities=abilities,
            tools=calling.specs if calling else (),
            search=search,
            draw=draw,
            pictures=pictures,
            reply=reply,
            asked=asked,
        )

    def _picture_request(
        self, model_id: str, path: Sequence[Message], abilities: Abilities = _AS_TEXT
    ) -> Request:
        """What goes to a model that makes nothing but pictures: all else it would draw."""
        from tui.engine.making_pictures import picture_prompt
        from tui.engine.request import build_request

        info = self._facts.info(model_id)
        prompt, shown = picture_prompt(path)
        if info is not None and info.vision is False:
            request = build_request([prompt], abilities=abilities)
            return replace(request, unseen=tuple(file.attachment.name for file in shown))
        return build_request([replace(prompt, parts=(*shown, *prompt.parts))], abilities=abilities)

    def _calibrate(self, model_id: str, ratio: float) -> None:
        low, high = _CALIBRATION_RANGE
        known = self._calibration.get(model_id, 1.0)
        self._calibration[model_id] = min(high, max(low, known * ratio))

    @staticmethod
    def _model(conversation: Conversation, model: str | None) -> str:
        chosen = model or conversation.model
        if not chosen:
            raise UsageError("No model is chosen", Way("Choose one", "model"))
        return chosen


def _cache_key(conversation: Conversation) -> str:
    """What all requests of a conversation have in common, without telling what it is."""
    from hashlib import blake2b

    return blake2b(conversation.origin.encode(), digest_size=16).hexdigest()


def _said(parts: Sequence[Part]) -> list[Part]:
    """What of a cut reply stands at the beginning of the one that goes on from it."""
    return [part for part in parts if _goes_on(part)]


def _goes_on(part: Part) -> bool:
    match part:
        case Text() | Image() | File() | ToolCall() | ToolResult() | Sources():
            return True
        case Reasoning() | Notice():
            return False
        case _:
            assert_never(part)


def _notices(request: Request, model_id: str) -> tuple[str, ...]:
    files = _file_notices(request, model_id)
    if not request.left_out:
        return files
    earlier = _earlier(request.left_out)
    return (f"{earlier} left out to fit the model's context; /compact sums them up instead", *files)


def _file_notices(request: Request, model_id: str) -> tuple[str, ...]:
    """What is said of files that the model does not get."""
    notices = []
    if request.unseen:
        notices.append(f"{split_id(model_id)[1]} takes no images; left out: {', '.join(request.unseen)}")
    if request.large:
        from tui.engine.request import SMALLER

        provider = split_id(model_id)[0]
        notices.append(f"Too large for {provider}; left out: {', '.join(request.large)}; {SMALLER}")
    if request.lost:
        notices.append(f"The history has lost the content of {', '.join(request.lost)}; left out")
    return tuple(notices)


def _summary_notices(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    return (f"{_earlier(left_out)} not in this summary: the model's context is too small",)


def _earlier(count: int) -> str:
    return "1 earlier message" if count == 1 else f"{count} earlier messages"
