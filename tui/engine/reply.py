"""The life of one reply: ask, store the pieces, give it its final status.

Everything that answers goes through here: send, retry, edit, continue, compare, and ``ask`` on the command
line. The prompt and the reply's empty place are stored before this begins.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, assert_never

from msgspec.structs import replace

from tui.chat.chunks import Chunk, Finish, FinishReason, Progress, Usage
from tui.chat.message import Failure, Message, Status
from tui.chat.model import split_id
from tui.chat.parts import (
    BETWEEN,
    CallState,
    File,
    Gathered,
    Image,
    Notice,
    Part,
    Reasoning,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    as_thought,
    calls_ended,
    going_on,
    is_remark,
    of_kind,
    picture_of,
    ran_by_vendor,
    without_content,
)
from tui.digest import new_name
from tui.engine.calling import Calling, Equip
from tui.engine.checkpoint import Checkpoint
from tui.engine.events import (
    CallChanged,
    Emit,
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
from tui.engine.failure import advice, explain
from tui.engine.intake import sent_by, taken
from tui.engine.limits import Limits, retry_delay
from tui.engine.request import SMALLER, Request
from tui.engine.thinking import Piece, Thinking, WasReasoning
from tui.engine.written_calls import has_written_call
from tui.errors import BudgetError, ErrorKind, HistoryError, NotFoundError, ProviderError, Refusal
from tui.history.bundles import with_contents
from tui.history.store import HistoryStore
from tui.providers.base import Messages, Target, ToolChoice
from tui.text import one_line
from tui.tools.tool import ToolSpec

_ENDED = {
    FinishReason.STOP: Status.COMPLETE,
    FinishReason.LENGTH: Status.LENGTH,
    FinishReason.FILTER: Status.FILTER,
    FinishReason.TOOL: Status.TOOL,
}

_Result = TypeVar("_Result")
_END: Any = object()
_MOST_REFUSALS = 5
"""Requests that are sent again because something of them was refused."""
_LONGEST_PAUSE = 30.0
"""Seconds between two attempts to store a reply."""
_CUT = frozenset({FinishReason.LENGTH, FinishReason.FILTER})
"""Ends after which no call is carried out: it may not be whole."""

Write = Callable[[Target, Calling | None, Message | None], Request]
"""What is sent to a model that may call so, with the reply as far as it came."""


async def _affordable(cost: float) -> None:
    """Whatever it costs."""


class Reply:
    """One reply on its way. ``message`` is what is known of it at any moment."""

    def __init__(
        self,
        store: HistoryStore,
        message: Message,
        resolve: Callable[[], Awaitable[Target]],
        write: Write,
        parameters: Mapping[str, Any],
        *,
        limits: Limits,
        equip: Equip | None = None,
        search: bool = False,
        draw: bool = False,
        notices: tuple[str, ...] = (),
        learn: Callable[[Message, ProviderError | None, int], None] = lambda message, error, tokens: None,
        price: Callable[[Usage], float | None] = lambda usage: None,
        afford: Callable[[float], Awaitable[None]] = _affordable,
        cache_key: str = "",
    ) -> None:
        """Prepare; nothing is asked before ``run``.

        Args:
            store: Where the reply is kept.
            message: The stored, streaming message that the reply fills.
            resolve: Finds the provider; its errors become the reply's failure.
            write: Writes what is sent.
            parameters: Temperature and the like.
            limits: Time, size and attempts.
            equip: Makes ready what the model may call.
            search: Whether its vendor shall search the web.
            draw: Whether the model may make pictures, where it has to be asked.
            notices: What the person should know of this request from the start.
            learn: Told how it ended, and the estimate of what was sent last: usage calibrates that, errors
                the provider's health.
            price: What a request with this usage costs, by the published prices.
            afford: Asked before each further round, with what the ones before cost; refuses by an error.
            cache_key: The same for all requests that begin alike.
        """
        self._afford = afford
        self.message = message
        self._store = store
        self._resolve = resolve
        self._write = write
        self._equip = equip
        self._search = search
        self._draw = draw
        self._calling: Calling | None = None
        self._messages: Messages = ()
        self._tokens = 0
        """The estimate of what is sent."""
        self._pictures: Mapping[str, str] = {}
        """The names of the images in what is sent, by their addresses."""
        self._choice: ToolChoice = "auto"
        self._ids: dict[str, str] = {}
        """What a provider calls its calls, where we call them otherwise."""
        self._round = 0
        """The place of the first part of this round."""
        self._price = price
        self._cache_key = cache_key
        self._before: Usage | None = None
        """What the rounds before took."""
        self._counts: Usage | None = None
        """What this round takes, as far as it was counted."""
        self._open = False
        """Whether a request has not come to its end: what it takes is not known yet."""
        self._parameters = dict(parameters)
        self._half_end = ""
        """A carriage return at the end of a thought that grows: a newline may follow."""
        self._limits = limits
        self._learn = learn
        self._notices = notices
        self._begin = message.parts
        """What was there before it, of a reply that goes on."""
        self._came = Gathered()
        self._noticed: set[str] = set()
        self._refusals: list[Refusal] = []
        self._learnt = 0
        self._files: list[File] = []
        """Those that came and nobody was told of yet: what they contain is to be on the disk first."""
        self._thinking = Thinking()
        self._size = self._size_before = 0
        """Characters in all, and before this round."""
        self._key_source = ""
        self._provider = ""
        """Who is asked."""
        self._since: float | None = None
        """When the first word came."""
        self._thinking_since: float | None = None
        self._finish: FinishReason | None = None
        self.unsaved: HistoryError | None = None
        """Why the history does not have the reply as it is, if so."""
        self.stored = False
        """Whether the history has the whole reply."""

    def so_far(self) -> Message:
        """The reply with all that has come of it."""
        return replace(self.message, parts=self._parts())

    def _parts(self) -> tuple[Part, ...]:
        return going_on(self._begin, self._came.parts)

    async def run(self, emit: Emit) -> Message:
        """Ask, and call ``emit`` with every event until the reply has ended and is stored.

        Cancelling the task is the person's stop: the text so far is kept and stored, then the cancellation
        goes on.

        Returns:
            The stored reply; its ``failure`` says what went wrong, if anything did.
        """
        self._emit = emit
        self._checkpoint = Checkpoint(self._store, self.message.id, self._limits, self._not_saved)
        emit(Started(self.message))
        for notice in self._notices:
            self.notice(notice)
        error: ProviderError | None = None
        try:
            await self._ask()
            status = self._status()
        except asyncio.CancelledError:
            await _to_its_end(self._end(Status.STOPPED, None))
            raise
        except Exception as raised:
            error = explain(raised)
            status = Status.ERROR if all(map(is_remark, self._parts())) else Status.INTERRUPTED
        return await _to_its_end(self._end(status, error))

    async def _ask(self) -> None:
        try:
            await self._ask_and_call()
        finally:
            self._take_pieces(self._thinking.close())

    async def _ask_and_call(self) -> None:
        """Ask, carry out what the model calls, and ask again, until it has answered."""
        target = await self._resolve()
        self._key_source, self._provider = target.key_source, split_id(target.model_id)[0]
        if self._search and target.search is None:
            self.notice(f"{one_line(target.model_id)} has no search of the web: it answers without")
        if self._draw and target.pictures == "never":
            self.notice(f"{one_line(target.model_id)} makes no pictures: it answers without")
        if self._equip is not None:
            self._calling = await self._equip(self)
        while True:
            await self._request(target)
            target = await self._ask_until_answered(target)
            if self._calling is None:
                return
            if not (calls := self._open_calls()):
                self._look_for_written_calls(self._calling.specs)
                return
            if self._choice == "none" or self._finish in _CUT:
                await self._calling.turn_down(calls, "Not carried out: the reply has ended.")
                return
            await self._calling.run(calls)
            if self._calling.stopped:
                return
            if over := self._calling.over:
                self.notice(over)
                self._choice = "none"
            self._next_round()
            try:
                await self._afford((self.message.usage.cost if self.message.usage else None) or 0.0)
            except BudgetError as error:
                self.notice(str(error))
                return

    async def _request(self, target: Target) -> None:
        """Write what is sent to ``target`` now."""
        so_far = None
        if self._begin or self._round:
            [so_far] = await with_contents(self._store, [self.so_far()])
        request = self._write(target, self._calling, so_far)
        self._messages, self._pictures = request.messages, request.pictures
        self._tokens = request.tokens
        if not self._round:
            self.message.prefix = request.prefix

    def _next_round(self) -> None:
        """The next request stands for itself: it may fail and be sent again, what came before stays."""
        self._round = len(self._came.parts)
        self._size_before = self._size
        self._settle_costs()
        self._before = self.message.usage or Usage(cost=self._price(Usage()))

    def _open_calls(self) -> list[ToolCall]:
        """The calls of this round that are for us, and have not been answered."""
        came = self._came.parts[self._round :]
        answered = {result.call for result in of_kind(came, ToolResult)}
        asked = (call for call in of_kind(came, ToolCall) if call.state is CallState.ASKED)
        return [call for call in asked if call.id not in answered]

    def _look_for_written_calls(self, specs: Sequence[ToolSpec]) -> None:
        said = "".join(part.text for part in of_kind(self._came.parts[self._round :], Text))
        if has_written_call(said, {spec.name for spec in specs}):
            model = split_id(self.message.model or "")[1]
            self.notice(f"{model or 'The model'} wrote a call as text: it is not carried out")

    async def _ask_until_answered(self, target: Target) -> Target:
        """Send one request, again if it makes sense. Returns the target without what was refused."""
        attempt = 1
        while True:
            try:
                await self._stream(target)
                self._take_pieces(self._thinking.close())
                return target
            except Exception as raised:
                error = explain(raised)
                if self._begun:
                    raise
                if (simpler := self._without_refused(target, error)) is not None:
                    target = simpler
                    await self._request(target)
                    continue
                delay = retry_delay(error, attempt, self._limits)
                if delay is None:
                    raise
            finally:
                await self._keep_refusals(target)
            attempt += 1
            await self._wait(delay, attempt, error)

    async def _keep_refusals(self, target: Target) -> None:
        """Keep what was refused once a request without it is answered, also of a reply that is stopped."""
        if self._open and not self._begun:
            return
        for refusal in self._refusals[self._learnt :]:
            await asyncio.to_thread(target.learn, refusal)
        self._learnt = len(self._refusals)

    @property
    def _begun(self) -> bool:
        """Whether anything of this answer came: then asking again would give it a second time."""
        came = self._came.parts[self._round :]
        return self._size > self._size_before or not all(isinstance(part, Notice) for part in came)

    def _fitting(self, target: Target) -> Messages:
        """What is sent, without the images that are known to be too large for the server."""
        from tui.providers.most import IMAGE, in_words, limits, without_large

        most = limits(target.refused).get(IMAGE)
        if most is None:
            return self._messages
        messages, left_out = without_large(self._messages, most)
        if left_out:
            names = ", ".join(dict.fromkeys(self._pictures.get(url, "an image") for url in left_out))
            most_said = f"takes images of at most {in_words(most)}"
            self.notice(f"{target.model_id} {most_said}; left out: {names}; {SMALLER}")
        return messages

    def _without_refused(self, target: Target, error: ProviderError) -> Target | None:
        """``target`` to be asked without what was refused; None where nothing new was, or too often."""
        from tui.providers.refusals import spoken  # here, because no start needs it

        refusal = error.refusal
        if refusal is not None:
            if target.refused.issuperset(refusal.fields) or len(self._refusals) == _MOST_REFUSALS:
                return None
            self._refusals.append(refusal)
            for words in dict.fromkeys(spoken(field) for field in refusal.fields):
                if words:
                    self.notice(f"{target.model_id} {words}")
            return replace(target, refused=target.refused.union(refusal.fields))
        if error.param not in {**target.options, **self._parameters}:
            return None
        self._parameters.pop(error.param, None)
        self.notice(f"{target.model_id} does not take {error.param}; sent without it")
        return replace(target, options={n: v for n, v in target.options.items() if n != error.param})

    async def _wait(self, delay: float, attempt: int, error: ProviderError) -> None:
        until = time.monotonic() + delay
        while (left := until - time.monotonic()) > 0:
            seconds = int(left) + 1
            self._emit(Waiting(self.message.id, attempt, self._limits.attempts, seconds, error.message))
            await asyncio.sleep(min(left, 1.0))

    async def _stream(self, target: Target) -> None:
        self._thinking = Thinking()
        # What an attempt before it told of itself is not of this one.
        self._finish, self._counts, self.message.usage = None, None, self._before
        self._open = True
        chunks = self._chunks(target)
        async with _closing(chunks):
            limit = target.waits(draw=self._draw) or self._limits.first_token
            while True:
                try:
                    async with asyncio.timeout(limit) as clock:
                        item = await anext(chunks, _END)
                except TimeoutError:
                    if clock.expired():
                        raise self._silent(limit) from None
                    raise  # the provider's own
                if item is _END:
                    self._open = False
                    self._sum_up()
                    return
                self._receive(item)
                await self._put_away()
                if self._begun:
                    limit = self._limits.next_token
                if self._size > self._limits.reply_size:
                    self._finish = FinishReason.LENGTH
                    self.notice(f"Stopped at {self._limits.reply_size // 1_000_000} MB")
                    return

    def _chunks(self, target: Target) -> AsyncIterator[Chunk]:
        specs = self._calling.specs if self._calling is not None else ()
        return target.stream(
            self._fitting(target),
            self._parameters,
            tools=specs,
            tool_choice=self._choice,
            search=self._search,
            draw=self._draw,
            cache_key=self._cache_key,
        )

    def _sum_up(self) -> None:
        """What the requests so far took together, with what they cost."""
        if (now := self._counts) is None:
            return
        if now.cost is None:
            now = replace(now, cost=self._price(Usage() if self._asks_apart() else now))
        self.message.usage = now if self._before is None else self._before.plus(now)

    def _asks_apart(self) -> bool:
        """Whether something of this round has a price of its own: then only that of what is free is known."""
        came = self._came.parts[self._round :]
        return ran_by_vendor(came) or any(picture_of(part) for part in came)

    def _settle_costs(self) -> None:
        """Of a request that was cut, or of which no counts came, no one knows what it cost."""
        nothing = self._open and self._counts is None and not self._begun
        if nothing or (not self._open and self._counts is not None):
            return
        cost = self._price(Usage())  # known only where all is free
        if self._counts is not None and self.message.usage is not None:
            self.message.usage = replace(self.message.usage, cost=cost)
        elif self._before is not None:
            self.message.usage = self._before.plus(Usage(cost=cost))

    def _silent(self, limit: float) -> ProviderError:
        begun = "no more words" if self._begun else "no first word"
        hint = "Try again, or choose another model."
        return ProviderError(f"There came {begun} for {limit:.0f} s", hint, kind=ErrorKind.TIMEOUT)

    def _receive(self, item: Any) -> None:
        chunk = taken(item)
        if chunk is not None:
            self._take(sent_by(self._provider, chunk))
        elif item is not None:
            self.notice(f"The provider gave something that can't be shown: {_kind(item)}")

    def _take(self, chunk: Chunk) -> None:
        match chunk:
            case str():
                self._take_pieces(self._thinking.feed(chunk))
            case Text():
                self._take_pieces(self._thinking.feed(chunk.text))
                if chunk.native is not None:
                    self._take_pieces(self._thinking.release())
                    self._keep(replace(chunk, text=""))
            case Reasoning():
                self._take_pieces(self._thinking.release())
                self._thinking.known = True
                self._take_reasoning(chunk)
            case Usage():
                self._counts = chunk
                self._sum_up()
            case Finish(reason):
                self._finish = reason
            case File():
                self._take_pieces(self._thinking.release())
                self._end_thought()
                self._keep(chunk)
                self._files.append(chunk)
            case Image() | ToolCall() | ToolResult():
                self._take_pieces(self._thinking.release())
                self._end_thought()
                self._take_whole(self._as_ours(chunk))
            case Sources():
                self._take_whole(chunk)
            case Notice(text):
                self.notice(text)
            case Progress():
                self._emit(Working(self.message.id, chunk))
            case _:
                assert_never(chunk)

    async def _put_away(self) -> None:
        """Have the files that came on the disk, and but their names in memory: a reply may bring hundreds."""
        if not self._files:
            return
        files, self._files = self._files, []
        try:
            await self._checkpoint.flush()
        except HistoryError as problem:
            self._not_saved(problem)
        else:
            self._came.let_go()
            files = [replace(part, attachment=without_content(part.attachment)) for part in files]
        self.message.parts = self._parts()
        for part in files:
            self._emit(PartAdded(self.message.id, part))

    def _as_ours(self, part: Image | ToolCall | ToolResult) -> Image | ToolCall | ToolResult:
        match part:
            case ToolCall():
                return self._our_call(part)
            case ToolResult(call=call):
                return replace(part, call=self._ids.get(call, call))
            case Image():
                return part
            case _:
                assert_never(part)

    def _our_call(self, call: ToolCall) -> ToolCall:
        """A call with an id that no other has here, and the name of the tool that it means."""
        taken = {other.id for other in of_kind(self._parts(), ToolCall)}
        if self._calling or not call.id or call.id in taken:
            known, call = call.id, replace(call, id=new_name(8))
            self._ids[known] = call.id
        for_us = call.state is CallState.ASKED  # its vendor ran it otherwise
        return self._calling.named(call) if self._calling and for_us else call

    # -- what becomes of calls
    def put(self, call: ToolCall, result: ToolResult | None = None) -> None:
        """A call has another state, and maybe its result."""
        if result is not None:
            self._take_whole(result)
        self._keep(call)
        self.message.parts = self._parts()
        self._emit(CallChanged(self.message.id, call))

    async def commit(self) -> None:
        """Have all that came on the disk before this returns."""
        await self._checkpoint.flush()

    def work(self, progress: Progress) -> None:
        """Tell how far a call is."""
        self._emit(Working(self.message.id, progress))

    # -- pieces
    def _take_pieces(self, pieces: Iterator[Piece]) -> None:
        for piece in pieces:
            match piece:
                case str():
                    self._take_text(piece)
                case Reasoning():
                    self._take_reasoning(self._apart(piece))
                case WasReasoning():
                    self._turn_text()

    def _apart(self, piece: Reasoning) -> Reasoning:
        """A thought that follows an answer is a part of its own: nothing has to part it from the last one."""
        if self._came.thinking or not of_kind(self._came.parts, Reasoning):
            return piece
        return replace(piece, text=piece.text.removeprefix(BETWEEN))

    def _turn_text(self) -> None:
        """Make thinking of the text that came."""
        came = self._came.parts
        if not of_kind(came[self._round :], Text):
            return
        self._came = Gathered((*came[: self._round], *as_thought(came[self._round :])))
        self._thinking_since = self._since
        self.message.parts = self._parts()
        self._checkpoint.replace(self._came.parts)
        self._emit(TextWasReasoning(self.message.id, self.message.parts))

    def _take_text(self, text: str) -> None:
        if not text:
            return
        self._size += len(text)
        self._end_thought()
        self._note_first()
        self._keep(text)
        self._emit(TextAdded(self.message.id, text))

    def _take_reasoning(self, piece: Reasoning) -> None:
        if not piece.text and piece.native is None:
            return
        self._size += len(piece.text)
        self._note_first()
        if self._thinking_since is None:
            self._thinking_since = time.monotonic()
        self._think(self._whole_ends(piece))

    def _whole_ends(self, piece: Reasoning) -> Reasoning:
        """A thought with what was held back of it, without half a line's end; texts have ``Thinking``."""
        text = self._half_end + piece.text
        self._half_end = "\r" if text.endswith("\r") and piece.native is None else ""
        return replace(piece, text=text.removesuffix(self._half_end))

    def _think(self, piece: Reasoning) -> None:
        if not piece.text and piece.native is None:
            return
        self._keep(piece)
        if piece.text:
            self._emit(ReasoningAdded(self.message.id, piece.text))

    def _note_first(self) -> None:
        self._since = self._since or time.monotonic()
        self.message.first_at = self.message.first_at or datetime.now(UTC)

    def _take_whole(self, part: Image | ToolCall | ToolResult | Sources) -> None:
        self._keep(part)
        self.message.parts = self._parts()
        self._emit(PartAdded(self.message.id, part))

    def _keep(self, piece: str | Part) -> None:
        self._came.add(piece)
        self._checkpoint.add(piece)

    def _end_thought(self) -> None:
        """The thought that grew is whole: something else follows."""
        if self._thinking_since is None:
            return
        half, self._half_end = self._half_end, ""
        self._think(Reasoning(half))
        self._came.thought_for(time.monotonic() - self._thinking_since)
        self._thinking_since = None
        self.message.parts = self._parts()

    def notice(self, text: str) -> None:
        """Tell the person something, which stands in the reply."""
        if text in self._noticed:
            return
        self._noticed.add(text)
        self._keep(Notice(text))
        self.message.parts = self._parts()
        self._emit(Noticed(self.message.id, text))

    def _status(self) -> Status:
        if self._calling is not None and self._calling.stopped:
            return Status.STOPPED
        status = _ENDED[self._finish or FinishReason.STOP]
        empty = not any(map(_says, self._parts()))
        return Status.EMPTY if empty and status is Status.COMPLETE else status

    async def _end(self, status: Status, error: ProviderError | None) -> Message:
        await self._checkpoint.close()
        message = self.message
        self._end_thought()
        message.parts = calls_ended(self._parts())
        message.finished_at = datetime.now(UTC)
        message.status = status
        self._settle_costs()
        if error is not None:
            error.blame(self._key_source)
            hint = advice(error, len(message.text.split()))
            message.failure = Failure(error.kind.value, error.message, hint, error.status_code)
        await self.save()
        self._learn(message, error, self._tokens)
        self._emit(Finished(replace(message)))
        return message

    async def save_later(self) -> None:
        """Offer the ended reply to the history until it takes it; a last time when this is cancelled."""
        pause = self._limits.save_again
        try:
            while self.unsaved is not None and not isinstance(self.unsaved, NotFoundError):
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                await self.save()
        except asyncio.CancelledError:
            await _to_its_end(self.save())
            raise

    async def save(self) -> None:
        """Offer the ended reply to the history; ``unsaved`` says why it was not taken."""
        try:
            await self._store.finish_message(self.message)
        except HistoryError as problem:
            self._not_saved(problem)
            return
        self.stored = True
        if self.unsaved is not None:
            self.unsaved = None
            self._emit(Saved(self.message.id))

    def _not_saved(self, problem: HistoryError) -> None:
        told, self.unsaved = str(self.unsaved), problem
        if str(problem) != told:
            self._emit(Unsaved(self.message.id, str(problem)))


async def _to_its_end(act: Coroutine[Any, Any, _Result]) -> _Result:
    """Wait for the end of ``act``, also when that is cancelled; the cancellation goes on after it."""
    task = asyncio.ensure_future(act)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as raised:
            cancelled = raised
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result


def _says(part: Part) -> bool:
    """Whether a reply with this part is not empty."""
    match part:
        case Text():
            return bool(part.text.strip())
        case Image() | File() | ToolCall() | ToolResult():
            return True
        case Reasoning() | Sources() | Notice():
            return False
        case _:
            assert_never(part)


def _kind(item: Any) -> str:
    return one_line(type(item).__name__, 60)


@contextlib.asynccontextmanager
async def _closing(chunks: AsyncIterator[Chunk]) -> AsyncIterator[None]:
    """Close a generator at once when its reader leaves, so that the server sees the connection end."""
    try:
        yield
    finally:
        close = getattr(chunks, "aclose", None)
        if close is not None:
            await close()
