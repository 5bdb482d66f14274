"""The calls of a reply, round by round: each is checked, approved, carried out, and has one result.

Whatever goes wrong with a call is told to the model as its result; the reply goes on. Only a history that
can't keep what was done ends it, and the person.
"""

from __future__ import annotations

import asyncio
import copy
import json
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.chunks import Progress
from tui.chat.parts import CallState, ToolCall, ToolResult, tool_name
from tui.engine.calling import Keeper
from tui.engine.failure import explain
from tui.engine.intake import taken
from tui.engine.limits import Limits
from tui.engine.results import cut
from tui.secret import redact
from tui.text import one_line
from tui.tools.approval import Decision
from tui.tools.tool import Outcome, Step, Tool, ToolSpec, called_by
from tui.tools.toolbox import Toolbox

Decide = Callable[[Tool, Mapping[str, Any], frozenset[str]], Awaitable[Decision]]
"""Whether a call may be carried out, after results in which strangers may have written."""

_REPEATS = 3
_MOST_FILES = 20
_LONGEST_RAW = 10_000
_BETWEEN_STEPS = 0.05
"""Seconds."""
_SPARE = 10_000
"""Characters beyond a cut that are looked through for secrets too."""
_AGAIN = (
    f"This is the same call for the {_REPEATS}rd time, with the same arguments. To call it again "
    "will not help: go on with what is known, or call something else."
)
DECLINED = "The person declined this call. Don't try it again; go on without it, or ask why."
_STOPPED = "Not carried out: the person stopped the reply."
_GONE = Outcome("The tool ended without a result: it may or may not have done its work.", is_error=True)
_NO_OUTCOME = Outcome("The tool gave back nothing that can be read.", is_error=True)


Who = tuple[str, str]
"""Whose a result is: the server and the name of the tool."""
NOBODY: Mapping[str, Who] = {}


def whose(one: ToolSpec | ToolCall) -> Who:
    """Whose the results of a tool, or of a call, are."""
    return one.server, one.name


class _Ready(Struct, frozen=True):
    """A call that may be carried out."""

    call: ToolCall
    tool: Tool


class Rounds:
    """Carries out the calls of one reply. See ``Calling``."""

    def __init__(
        self,
        box: Toolbox,
        decide: Decide,
        keeper: Keeper,
        limits: Limits,
        met: Mapping[str, Who] = NOBODY,
        *,
        refusal: Callable[[Tool], str] = lambda tool: DECLINED,
        place: int | None = None,
        instructions: str = "",
    ) -> None:
        """Begin a reply.

        Args:
            box: The tools at hand.
            decide: Whether a call may be carried out.
            keeper: Keeps what becomes of it.
            limits: How many, how long, how much.
            met: Whose the results of earlier replies are in which strangers may have written, by their ids.
            refusal: Tells the model why a call is not carried out that was not allowed.
            place: The conversation, where a server's questions belong.
            instructions: What the model is told of the use of the tools.
        """
        self._box = box
        self._decide = decide
        self._keeper = keeper
        self._limits = limits
        self._met = dict(met)
        self._refusal = refusal
        self._place = place
        self._rounds = self._calls = 0
        self._deadline = time.monotonic() + limits.tools_time
        self._same: Counter[str] = Counter()
        self._begun: set[str] = set()
        self._answered: set[str] = set()
        self.stopped = False
        self.specs: Sequence[ToolSpec] = tuple(box.specs)
        self.instructions = instructions

    @property
    def over(self) -> str:
        """Why no more calls are carried out."""
        if self._rounds >= self._limits.rounds:
            return f"The model used tools {self._limits.rounds} times in a row; it had to answer then"
        if self._calls >= self._limits.calls:
            return f"The model made {self._limits.calls} calls; it had to answer then"
        if time.monotonic() >= self._deadline:
            return f"The model used tools for {_minutes(self._limits.tools_time)}; it had to answer then"
        return ""

    def named(self, call: ToolCall) -> ToolCall:
        """The call with the names of the tool that it means."""
        tool = self._box.find(call.name)
        return call if tool is None else replace(call, server=tool.spec.server, name=tool.spec.name)

    async def run(self, calls: Sequence[ToolCall]) -> None:
        """Answer each call of a round."""
        self._rounds += 1
        ready = [one for call in calls if (one := await self._cleared(call))]
        if self.stopped:
            for one in ready:
                await self._answer(one.call, CallState.STOPPED, _STOPPED)
            return
        try:
            async with asyncio.timeout(self._deadline - time.monotonic()):
                await self._carry_out_all(ready)
        except TimeoutError:
            await self._give_up(ready)

    async def _give_up(self, ready: Sequence[_Ready]) -> None:
        """Answer the calls for which no time is left."""
        late = f"after {_minutes(self._limits.tools_time)}, the longest that a reply may use tools"
        for one in ready:
            if one.call.id in self._begun:
                words = f"Stopped {late}: it may or may not have been carried out."
            else:
                words = f"Not carried out {late}."
            if one.call.id not in self._answered:
                await self._answer(one.call, CallState.STOPPED, words)

    async def turn_down(self, calls: Sequence[ToolCall], why: str) -> None:
        """Answer each call, and carry out none."""
        for call in calls:
            await self._answer(call, CallState.DENIED, why)

    # -- before it is carried out
    async def _cleared(self, call: ToolCall) -> _Ready | None:
        """The call ready to be carried out; None where it was answered with why it is not."""
        self._calls += 1
        if self.stopped:
            await self._answer(call, CallState.STOPPED, _STOPPED)
            return None
        if self._calls > self._limits.calls:
            await self._answer(call, CallState.DENIED, "Not carried out: too many calls in one reply.")
            return None
        tool = self._find(call)
        if tool is None:
            await self._answer(call, CallState.FAILED, self._box.unknown(_called(call)))
            return None
        if wrong := await self._wrong(call):
            await self._answer(call, CallState.FAILED, wrong)
            return None
        with self._in_the_persons_time():
            decision = await self._decide(tool, call.arguments, self._strangers_words(tool))
        if decision.allows:
            return _Ready(call, tool)
        self.stopped = decision is Decision.STOP
        await self._answer(call, CallState.DENIED, self._refusal(tool))
        return None

    def _strangers_words(self, tool: Tool) -> frozenset[str]:
        """The results in which strangers may have written, but its own.

        Who allows a tool for a conversation has its results in mind: else a tool that reads and writes, as
        most of servers say they do, would be asked for each time, and be allowed unread.
        """
        own = whose(tool.spec)
        return frozenset(one for one, who in self._met.items() if who != own)

    def _find(self, call: ToolCall) -> Tool | None:
        for one in self._box.declared:
            spec = one.tool.spec
            if (spec.server, spec.name) == (call.server, call.name):
                return one.tool
        return None

    async def _wrong(self, call: ToolCall) -> str:
        """What is wrong with the arguments, for the model."""
        if call.raw:
            return f"The arguments must be one JSON object. They were:\n{cut(call.raw, _LONGEST_RAW)}"
        name = next(
            one.name
            for one in self._box.declared
            if (one.tool.spec.server, one.tool.spec.name) == (call.server, call.name)
        )
        # In a thread: a schema may be long, and what checks it is loaded by its first use.
        return await asyncio.to_thread(self._box.wrong, name, call.arguments)

    @contextmanager
    def _in_the_persons_time(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self._deadline += time.monotonic() - begun

    # -- while it is carried out
    async def _carry_out_all(self, ready: Sequence[_Ready]) -> None:
        if len(ready) < 2 or not all(one.tool.spec.read_only for one in ready):
            for one in ready:
                await self._carry_out(one)
            return
        at_once = asyncio.Semaphore(self._limits.calls_at_once)

        async def in_turn(one: _Ready) -> None:
            async with at_once:
                await self._carry_out(one)

        await _all(in_turn(one) for one in ready)

    async def _carry_out(self, ready: _Ready) -> None:
        """Let a call leave once it is on the disk that it does, and keep its result before all else."""
        call = replace(ready.call, state=CallState.RUNNING)
        self._begun.add(call.id)
        self._keeper.put(call)
        await self._keeper.commit()
        begun = time.monotonic()
        task = asyncio.create_task(self._outcome(ready), name=f"tool {call.id}")
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            outcome = await _last_words(task, self._limits.call_end)
            if outcome is not None:
                self._put(call, ready.tool, outcome, time.monotonic() - begun)
            raise
        outcome = _GONE if task.cancelled() else task.result()
        self._put(call, ready.tool, outcome, time.monotonic() - begun)
        await self._keeper.commit()

    async def _outcome(self, ready: _Ready) -> Outcome:
        name = tool_name(ready.call)
        told = -math.inf

        def progress(step: Step) -> None:
            nonlocal told
            if time.monotonic() >= told + _BETWEEN_STEPS:  # a flood of them stops nobody
                told = time.monotonic()
                self._keeper.work(_progress(name, step))

        try:
            # What was approved is sent, whatever the tool does with it.
            with called_by(self._place):
                outcome = await ready.tool.call(copy.deepcopy(dict(ready.call.arguments)), progress)
        except Exception as error:
            return Outcome(f"The tool failed: {explain(error).message}", is_error=True)
        return outcome if isinstance(outcome, Outcome) else _NO_OUTCOME

    # -- after it
    async def _answer(self, call: ToolCall, state: CallState, words: str) -> None:
        """Answer a call that is not carried out."""
        self._answered.add(call.id)
        result = ToolResult(call.id, self._with_advice(call, words), is_error=True)
        self._keeper.put(replace(call, state=state), result)
        await self._keeper.commit()

    def _put(self, call: ToolCall, tool: Tool, outcome: Outcome, seconds: float) -> None:
        self._answered.add(call.id)
        state = CallState.FAILED if outcome.is_error else CallState.DONE
        self._keeper.put(replace(call, state=state), self._result(call, outcome, seconds))
        if tool.spec.open_world:
            self._met[call.id] = whose(tool.spec)

    def _result(self, call: ToolCall, outcome: Outcome, seconds: float) -> ToolResult:
        """What is kept of an outcome: no secret of ours, and no more than the history shall hold."""
        text = outcome.text if isinstance(outcome.text, str) else ""
        size = len(text.encode("utf-8", "surrogatepass"))
        kept = cut(redact(text[: self._limits.result_kept + _SPARE]), self._limits.result_kept)
        result = ToolResult(
            call.id,
            self._with_advice(call, kept),
            outcome.is_error is True,
            tuple(outcome.files)[:_MOST_FILES],
            seconds=round(seconds, 3),
            whole=size if size > self._limits.result_kept else 0,
        )
        gated = taken(result)
        return gated if isinstance(gated, ToolResult) else replace(result, files=())

    def _with_advice(self, call: ToolCall, text: str) -> str:
        """The result of a call, with what the model should know of calling it again."""
        arguments = call.raw or json.dumps(dict(call.arguments), sort_keys=True, default=str)
        same = f"{call.server}\0{call.name}\0{arguments}"
        self._same[same] += 1
        return f"{text}\n\n[{_AGAIN}]" if self._same[same] >= _REPEATS else text


def _called(call: ToolCall) -> str:
    return one_line(tool_name(call, "__"), 100)


def _progress(name: str, step: Step) -> Progress:
    """How far a call is, in words of ours around what its tool says."""
    words = one_line(" ".join(filter(None, (name, step.words))), 200)
    done, total = step.done, step.total
    if done is None or total is None or not (math.isfinite(done) and math.isfinite(total)) or total <= 0:
        return Progress(words)
    return Progress(words, round(100 * min(max(done / total, 0.0), 1.0)), 100)


async def _last_words(task: asyncio.Task[Outcome], seconds: float) -> Outcome | None:
    """Stop a call. Returns how it ended, where it ended by itself before that or in spite of it."""
    task.cancel()
    task.add_done_callback(_forget)
    await asyncio.wait([task], timeout=seconds)
    return task.result() if task.done() and not task.cancelled() else None


def _forget(task: asyncio.Task[Outcome]) -> None:
    """Nobody waits for it any more."""
    if not task.cancelled():
        task.exception()


async def _all(acts: Iterator[Coroutine[Any, Any, None]]) -> None:
    """Do them side by side; the first error stops the others, and is raised once they have ended."""
    try:
        async with asyncio.TaskGroup() as group:
            for act in acts:
                group.create_task(act)
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"
