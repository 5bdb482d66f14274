"""What the person allows: the question, the answer, and what of it is kept.

An approval is for one tool as it was when it was given: bound to the fingerprint of all that it said of
itself, and to one scope of what it can do. Never for a whole server.
"""

from __future__ import annotations

import asyncio
import copy
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from enum import Enum
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import asdict

from tui.identity import Identified
from tui.tools.tool import Tool, ToolSpec

_STATE = "allowed_tools"
"""What the list is called in the history. Histories have this name: it stays."""
_MOST = 1000


class Decision(Enum):
    """What the person says of a call."""

    ONCE = "once"
    CONVERSATION = "conversation"
    ALWAYS = "always"
    NO = "no"
    STOP = "stop"
    """No, and the reply shall end here."""

    @property
    def allows(self) -> bool:
        """Whether the call may be carried out."""
        return self in (Decision.ONCE, Decision.CONVERSATION, Decision.ALWAYS)


class Question(Struct, frozen=True):
    """Whether a call may be carried out."""

    spec: ToolSpec
    origin: str
    """Where the tool comes from: the server's command or address, a file."""
    scope: str
    """What of it would be allowed, as a host; empty for the tool itself."""
    arguments: Mapping[str, Any]
    """What it would be called with, exactly."""
    lasting: bool
    """Whether ``ALWAYS`` may be offered."""
    conversation: int = 0
    """Where it is asked: what tells the conversation from every other one of this run."""


class Asker(Protocol):
    """A front end that can ask the person."""

    async def ask(self, question: Question) -> Decision:
        """Ask, and wait for the answer. Cancelling takes the question away."""
        ...


class OnlyThese:
    """Answers for a person who said before which tools may be used: these, and no others.

    What was ever allowed before does not count, nor what nobody would have to be asked for.
    """

    def __init__(
        self,
        names: Collection[str] = (),
        refused: Callable[[str], None] = lambda name: None,
        option: str = "",
    ) -> None:
        """Allow a closed set.

        Args:
            names: The wire names of the tools.
            refused: Told the wire name of a tool that was asked for and may not be used.
            option: What a wire name stands behind where the person allows one more, as ``--yes-tool``.
        """
        self._names = frozenset(names)
        self._refused = refused
        self._option = option

    async def ask(self, question: Question) -> Decision:
        """Yes to those that were named."""
        return self.says(question.spec)

    def says(self, spec: ToolSpec) -> Decision:
        """Whether a tool is one of those that were named."""
        from tui.tools.names import wire_name

        name = wire_name(spec.server, spec.name)
        if name in self._names:
            return Decision.ONCE
        self._refused(name)
        return Decision.NO

    def words(self, spec: ToolSpec) -> str:
        """For the model: that nobody was asked, and how the person may allow a tool."""
        from tui.tools.names import wire_name

        name = wire_name(spec.server, spec.name)
        how = f" The person can allow it by asking again with {self._option} {name}." if self._option else ""
        return f"Not carried out: {name} was not allowed for this run, and nobody was asked.{how}"


class State(Protocol):
    """Keeps small values, as a history does."""

    async def get_state(self, key: str, default: str = "") -> str:
        """What is kept."""
        ...

    async def set_state(self, key: str, value: str) -> None:
        """Keep it."""
        ...


class Allowed(Identified, frozen=True):
    """One tool, as it was, in one scope."""

    fingerprint: str
    scope: str = ""
    server: str = ""
    name: str = ""
    """For the person; what counts is the fingerprint."""

    @property
    def _identity(self) -> tuple[object, ...]:
        return self.fingerprint, self.scope

    @classmethod
    def of(cls, tool: Tool, scope: str) -> Allowed:
        """This tool, as it is now."""
        spec = tool.spec
        return cls(spec.fingerprint(tool.origin), scope, spec.server, spec.name)


class Approvals:
    """What was allowed: for ever in the history's state, for a conversation in memory.

    The questions of a conversation are asked one after the other. One that waits keeps no other conversation
    waiting.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._here: dict[int, dict[Allowed, frozenset[str]]] = {}
        """By conversation: what is allowed in it, and the foreign texts that it had met by then."""
        self._one_by_one: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._writing = asyncio.Lock()

    async def decide(
        self,
        tool: Tool,
        arguments: Mapping[str, Any],
        *,
        conversation: int,
        asker: Asker | None,
        lasting: bool = True,
        met: frozenset[str] = frozenset(),
    ) -> Decision:
        """Whether this call may be carried out; asks where that is not known. No one to ask means no.

        Args:
            tool: What would be called.
            arguments: With what.
            conversation: A number of its own for each conversation of this run.
            asker: The front end, if one can ask.
            lasting: Whether an approval may outlive the program: not in a temporary conversation.
            met: The ids of the results of other tools before this call in which strangers may have written.
                An approval that is older than one of them does not count for a tool that writes.
        """
        if isinstance(asker, OnlyThese):
            return asker.says(tool.spec)
        scope = tool.scope(arguments)
        if scope is None:
            return Decision.ONCE
        allowed = Allowed.of(tool, scope)
        async with self._one_by_one[conversation]:
            known = await self._known(allowed, conversation, frozenset() if tool.spec.read_only else met)
            if known is not None:
                return known
            if asker is None:
                return Decision.NO
            shown = copy.deepcopy(dict(arguments))
            answer = await asker.ask(Question(tool.spec, tool.origin, scope, shown, lasting, conversation))
            if answer is Decision.ALWAYS and not lasting:
                answer = Decision.CONVERSATION
            if answer in (Decision.CONVERSATION, Decision.ALWAYS):
                self._here.setdefault(conversation, {})[allowed] = met
            if answer is Decision.ALWAYS:
                await self._keep(allowed)
            return answer

    async def kept(self) -> list[Allowed]:
        """All that is allowed for ever, oldest first."""
        try:
            rows = json.loads(await self._state.get_state(_STATE) or "[]")
            return [Allowed(**{name: str(value) for name, value in row.items()}) for row in rows]
        except (ValueError, TypeError, AttributeError):  # damaged: then nothing is allowed
            return []

    def here(self, conversation: int) -> list[Allowed]:
        """What is allowed in a conversation, as long as the program runs."""
        return [*self._here.get(conversation, ())]

    async def forget(self, allowed: Allowed) -> None:
        """It is asked again from now on, here and in every conversation."""
        for here in self._here.values():
            here.pop(allowed, None)
        async with self._writing:
            await self._write([one for one in await self.kept() if one != allowed])

    async def _known(self, allowed: Allowed, conversation: int, met: frozenset[str]) -> Decision | None:
        then = self._here.get(conversation, {}).get(allowed)
        if then is not None and met <= then:
            return Decision.CONVERSATION
        if not met and allowed in await self.kept():
            return Decision.ALWAYS
        return None

    async def _keep(self, allowed: Allowed) -> None:
        async with self._writing:
            await self._write([*(one for one in await self.kept() if one != allowed), allowed][-_MOST:])

    async def _write(self, kept: list[Allowed]) -> None:
        await self._state.set_state(_STATE, json.dumps([asdict(one) for one in kept]))
