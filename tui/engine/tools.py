"""The tools that this run of the program has: who has them, which are on in a conversation, what is allowed.

Nothing of them is loaded, and no server started, before a conversation has one on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, Unpack

from tui.chat.conversation import Conversation
from tui.chat.message import Message
from tui.chat.parts import CallState, ToolCall, of_kind
from tui.engine.calling import Calling, Keeper
from tui.engine.limits import Limits
from tui.errors import SegueError, UsageError
from tui.history.store import ConversationChanges
from tui.nearest import did_you_mean
from tui.text import one_line
from tui.tools.approval import Approvals, Asker, Decision, OnlyThese, State
from tui.tools.tool import Tool, ToolSource

if TYPE_CHECKING:
    from tui.tools.mcp.elicitation import Person
    from tui.tools.mcp.server import McpServer

SEARCH = "search:vendor"
"""The entry of a conversation in which vendors search the web. No tool is called so."""
DRAW = "draw:vendor"
"""The entry of one in which models may let their vendor make pictures."""
LEFT_ALONE = 60.0
"""Seconds for which replies do not try a source again that failed; the person can, at once."""
_OFF = "-"
_NO_ONE = "Not carried out: it needs an approval, and nobody could be asked."
_FOREIGN = frozenset({CallState.DONE, CallState.FAILED})
"""Calls that gave back what somebody else wrote."""


class Changing(Protocol):
    """A conversation that can be changed: ``conversation_service``."""

    @property
    def conversation(self) -> Conversation:
        """As it is now."""
        ...

    async def change(self, **changes: Unpack[ConversationChanges]) -> None:
        """Change it here and in the history."""
        ...


class _Nothing:
    """Keeps nothing."""

    async def get_state(self, key: str, default: str = "") -> str:
        return default

    async def set_state(self, key: str, value: str) -> None:
        pass


class Tools:
    """What models may use here."""

    def __init__(
        self,
        make: Callable[[], Sequence[ToolSource]] = tuple,
        state: State | None = None,
        use: Sequence[str] = (),
    ) -> None:
        """Begin with nothing loaded.

        Args:
            make: Makes the sources of tools, at their first use.
            state: Keeps what the person allowed for ever.
            use: What is on in every conversation that does not say otherwise: wire names, or servers.
        """
        self.asker: Asker | None = None
        """The front end, if it can ask the person. Without one the answer is no."""
        self.person: Person | None = None
        """The front end, if it can ask what a server wants to know; to be known before the first use."""
        self.changed: Callable[[], None] = lambda: None
        """Told when it is otherwise with a server."""
        self.approvals = Approvals(state or _Nothing())
        self._failed: dict[int, SegueError] = {}
        self._left_alone: dict[int, float] = {}
        """Until when replies don't try a source again."""
        self._told: dict[tuple[int, int], str] = {}
        """What is wrong with a source, as it was told in a conversation."""
        self._make = make
        self._use = tuple(use)
        self._sources: Sequence[ToolSource] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        """The ends of sources that are not there any more."""

    def use(
        self, make: Callable[[Sequence[ToolSource]], Sequence[ToolSource]], use: Sequence[str] = ()
    ) -> None:
        """Have other sources from now on. One that is not among them any more is ended.

        Args:
            make: Makes them, from those that there are: some may stay.
            use: What is on in every conversation that does not say otherwise.
        """
        self._use = tuple(use)
        self._make = lambda: make(())
        if (before := self._sources) is None:
            return
        self._sources = tuple(make(before))
        for source in before:
            if source not in self._sources:
                self._failed.pop(id(source), None)
                self._left_alone.pop(id(source), None)
                task = asyncio.create_task(source.close(), name=f"end of {source.name or 'tools'}")
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)
        self.changed()

    @property
    def sources(self) -> Sequence[ToolSource]:
        """Who has tools."""
        if self._sources is None:
            self._sources = tuple(self._make())
        return self._sources

    @property
    def servers(self) -> list[McpServer]:
        """The servers of the Model Context Protocol among them."""
        from tui.tools.mcp.server import McpServer

        return [source for source in self.sources if isinstance(source, McpServer)]

    @property
    def problems(self) -> list[SegueError]:
        """Why tools of some sources are not there, as of the last look."""
        return [*self._failed.values()]

    async def close(self) -> None:
        """End what the sources have begun."""
        ends = [source.close() for source in self._sources or ()]
        await asyncio.gather(*ends, *self._ending, return_exceptions=True)

    # -- which
    async def all(self) -> list[Tool]:
        """Every tool of every source; of one that fails the reason is in ``problems``."""
        return await self._of(self.sources)

    async def _of(self, sources: Sequence[ToolSource]) -> list[Tool]:
        found = await asyncio.gather(*map(self.tools_of, sources))
        return [tool for tools in found for tool in tools]

    async def tools_of(self, source: ToolSource) -> Sequence[Tool]:
        """The tools of one source; where it fails, none, and the reason is its ``problem``."""
        try:
            tools = await source.tools()
        except Exception as raised:
            self._failed[id(source)] = (
                raised
                if isinstance(raised, SegueError)
                else SegueError(f"The tools of {source.name or 'Segue'} failed: {type(raised).__name__}")
            )
            self._left_alone[id(source)] = time.monotonic() + LEFT_ALONE
            return ()
        self._failed.pop(id(source), None)
        self._told = {place: words for place, words in self._told.items() if place[1] != id(source)}
        return tools

    def problem(self, source: ToolSource) -> SegueError | None:
        """Why the tools of a source are not there, as of the last look."""
        return self._failed.get(id(source))

    def on(self, conversation: Conversation) -> frozenset[str]:
        """The wire names and servers that are on in a conversation."""
        return self._on(conversation) - {SEARCH, DRAW}

    def searches(self, conversation: Conversation) -> bool:
        """Whether vendors that can shall search the web in a conversation, at their price."""
        return SEARCH in self._on(conversation)

    def draws(self, conversation: Conversation) -> bool:
        """Whether models that have to be asked may make pictures here, at their vendor's price."""
        return DRAW in self._on(conversation)

    def _on(self, conversation: Conversation) -> frozenset[str]:
        on: set[str] = set()
        for entry in (*self._use, *conversation.tools):
            (on.discard if entry.startswith(_OFF) else on.add)(entry.removeprefix(_OFF))
        return frozenset(on)

    def is_on(self, conversation: Conversation, tool: Tool) -> bool:
        """Whether a tool is on in a conversation: the newest word of it or of its server counts."""
        from tui.tools.names import wire_name

        names = {tool.spec.server, wire_name(tool.spec.server, tool.spec.name)} - {""}
        said = [one for one in (*self._use, *conversation.tools) if one.removeprefix(_OFF) in names]
        return bool(said) and not said[-1].startswith(_OFF)

    async def turn(self, service: Changing, name: str, on: bool) -> None:
        """Turn a tool, or all of a server, on or off in a conversation, which keeps it.

        Args:
            service: The conversation.
            name: A wire name, a server, ``SEARCH`` or ``DRAW``.
            on: Whether it is on from now on.
        """
        await service.change(tools=turned(service.conversation.tools, name, on))

    def use_no_others(self) -> None:
        """Only what a conversation itself has on: the settings count where somebody can be asked."""
        self._use = ()

    async def check_names(self, tools: Sequence[str], allowed: Sequence[str]) -> None:
        """Make sure that names are those of tools. Where a server does not start, its names are not known.

        Args:
            tools: Names of tools on the wire, or of servers.
            allowed: Names of tools alone.

        Raises:
            UsageError: There is no such tool.
        """
        from tui.tools.names import wire_name

        wanted = frozenset((*tools, *allowed))
        sources = [source for source in self.sources if _may_have(source.name, wanted)]
        found = await self._of(sources)
        names = [wire_name(tool.spec.server, tool.spec.name) for tool in found]
        servers = [source.name for source in self.sources if source.name]
        failed = [source.name for source in sources if self.problem(source)]
        for name in wanted:
            of_failed = any(_may_have(server, frozenset({name})) for server in failed if server)
            if name in names or of_failed or (name in servers and name not in allowed):
                continue
            if name in servers:
                its = [one for one in names if _may_have(name, frozenset({one}))]
                raise UsageError(
                    f"{name} is a server, and tools are allowed one by one", f"It has {', '.join(its)}."
                )
            raise UsageError(
                f"There is no tool {one_line(name, 100)}", did_you_mean(name, (*names, *servers), "")
            )

    # -- in a reply
    async def equip(
        self,
        conversation: Conversation,
        number: int,
        path: Sequence[Message],
        keeper: Keeper,
        limits: Limits,
        window: int | None,
    ) -> Calling | None:
        """Make ready what a reply may call; None where nothing is on.

        Args:
            conversation: Where the reply comes.
            number: What tells it from every other conversation of this run.
            path: The messages before the reply.
            keeper: The reply.
            limits: How many calls, how long, how much.
            window: Tokens that the model can take, where they are known.
        """
        on = self.on(conversation)
        if not on:
            return None
        from tui.engine.rounds import Rounds, whose
        from tui.tools.toolbox import Toolbox, TooManyToolsError

        sources = [source for source in self.sources if _may_have(source.name, on)]
        tried = [source for source in sources if not self._is_left_alone(source)]
        tools = [tool for tool in await self._of(tried) if self.is_on(conversation, tool)]
        self._tell_problems(sources, number, keeper)
        box = Toolbox(tools)
        try:
            box.check_size(window)
        except TooManyToolsError as error:
            keeper.notice(f"{error.message}: none was sent")
            return None
        if not len(box):
            return None
        own_words = {whose(tool.spec) for tool in tools if not tool.spec.open_world}
        met = {
            call.id: whose(call)
            for message in path
            for call in of_kind(message.parts, ToolCall)
            if call.state in _FOREIGN and whose(call) not in own_words
        }

        async def decide(tool: Tool, arguments: Mapping[str, Any], met: frozenset[str]) -> Decision:
            return await self.approvals.decide(
                tool,
                arguments,
                conversation=number,
                asker=self.asker,
                lasting=not conversation.temporary,
                met=met,
            )

        used = {tool.spec.server for tool in tools}
        instructions = "\n\n".join(
            f"What {source.name} says of its tools:\n{source.instructions}"
            for source in sources
            if source.instructions and source.name in used
        )
        return Rounds(
            box,
            decide,
            keeper,
            limits,
            met,
            refusal=self._refusal,
            place=number,
            instructions=instructions,
        )

    def _refusal(self, tool: Tool) -> str:
        """Why a call is not carried out that was not allowed, for the model."""
        from tui.engine.rounds import DECLINED

        if self.asker is None:
            return _NO_ONE
        return self.asker.words(tool.spec) if isinstance(self.asker, OnlyThese) else DECLINED

    def _is_left_alone(self, source: ToolSource) -> bool:
        """Whether a source failed a moment ago, and nobody has mended it since."""
        if self.problem(source) is None or time.monotonic() >= self._left_alone[id(source)]:
            return False
        from tui.tools.mcp.server import McpServer, State

        return not (isinstance(source, McpServer) and source.status.state is State.READY)

    def _tell_problems(self, sources: Sequence[ToolSource], number: int, keeper: Keeper) -> None:
        """Say once in a conversation why tools are not there, and again when it is for another reason."""
        for source in sources:
            problem, place = self.problem(source), (number, id(source))
            if problem is not None and self._told.get(place) != problem.message:
                self._told[place] = problem.message
                keeper.notice(str(problem))


def turned(entries: Sequence[str], name: str, on: bool) -> tuple[str, ...]:
    """What a conversation keeps of its tools, once ``name`` is on or off."""
    others = [one for one in entries if one.removeprefix(_OFF) != name]
    return (*others, name if on else f"{_OFF}{name}")


def _may_have(server: str, on: frozenset[str]) -> bool:
    """Whether one of the names may be a tool of this server: others are not started for it."""
    from tui.tools.names import BETWEEN, wire_name

    if not server:
        return True
    begins = wire_name(server, "x").removesuffix("x") if BETWEEN in wire_name(server, "x") else server
    return server in on or any(name.startswith(begins) for name in on)
