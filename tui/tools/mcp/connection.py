"""A connection to a server, as long as it lasts: the SDK's client, and its words in ours.

Whoever enters it must leave it, in the same task; its calls may come from any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from functools import partial
from typing import Any, TypeVar

from mcp.client._transport import TransportStreams
from mcp.client.client import Client
from mcp.client.session import ClientRequestContext, ElicitationFnT, IncomingMessage
from mcp.client.subscriptions import SubscriptionLost
from mcp.shared.exceptions import MCPError
from mcp_types import (
    CONNECTION_CLOSED,
    URL_ELICITATION_REQUIRED,
    ElicitRequestFormParams,
    ElicitRequestParams,
    ElicitResult,
    Implementation,
    PromptReference,
    ResourceTemplateReference,
)
from mcp_types import Tool as ServerTool
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import ValidationError

from tui import __version__
from tui.chat.attachment import Attachment
from tui.checked import Fields
from tui.errors import SegueError
from tui.secret import redact
from tui.text import clean, normalise, one_line
from tui.tools.mcp.content import outcome_of, resource_files, written
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.elicitation import Visit, form_of, plain
from tui.tools.mcp.failures import McpError, ServerGone, SessionLost, words_of
from tui.tools.mcp.http import address_streams, troubles_of_call
from tui.tools.mcp.left_behind import Running
from tui.tools.mcp.link import Address, Ask, Hooks, Program
from tui.tools.mcp.network import Trouble
from tui.tools.mcp.offers import Argument, Prompt, Resource, Template, Written
from tui.tools.mcp.stdio import stdio
from tui.tools.mcp.watch import Watch
from tui.tools.mcp.wire import Mended, whole
from tui.tools.tool import Outcome, Progress, Step, ToolSpec

MOST_PAGES = 50
MOST_ITEMS = 1_000
_MOST_RELISTENS = 5
_LONGEST_DESCRIPTION = 8_000
_FORGOTTEN = (400, 404, 410)
"""What a server says to a session that it does not know."""

T = TypeVar("T")


@asynccontextmanager
async def open_link(
    name: str,
    way: Program | Address,
    mode: str,
    hooks: Hooks,
    *,
    watch: Watch,
    running: Running,
    durations: Durations,
) -> AsyncIterator[Connection]:
    """Connect to a server, see ``Opener``."""
    streams = (
        stdio(way, watch, running, durations)
        if isinstance(way, Program)
        else await address_streams(name, way, hooks.troubled, durations)
    )
    async with connected(name, streams, mode, hooks) as connection:
        yield connection


@asynccontextmanager
async def connected(
    name: str, way: AbstractAsyncContextManager[TransportStreams], mode: str, hooks: Hooks
) -> AsyncIterator[Connection]:
    """Connect to a server; leaving ends the connection and what belongs to it.

    Args:
        name: The server's.
        way: Its transport.
        mode: ``auto``, or ``legacy`` for a server that is known to be of the older kind.
        hooks: What is told and asked.
    """

    async def on_message(message: IncomingMessage) -> None:
        if not isinstance(message, Exception) and message.method.endswith("/list_changed"):
            hooks.changed()

    client = Client(
        _mended(way, hooks.ended),
        mode=mode,
        cache=None,
        client_info=Implementation(name="segue", version=__version__),
        message_handler=on_message,
        elicitation_callback=_elicitation(name, hooks.ask) if hooks.ask else None,
    )
    async with client:
        yield Connection(name, client, hooks)


@asynccontextmanager
async def _mended(
    way: AbstractAsyncContextManager[TransportStreams], ended: Callable[[], None]
) -> AsyncIterator[TransportStreams]:
    async with way as (read, write):
        yield Mended(read, ended), write


class Connection:
    """What can be done with a server that is connected."""

    def __init__(self, name: str, client: Client, hooks: Hooks) -> None:
        self._name = name
        self._client = client
        self._hooks = hooks

    @property
    def version(self) -> str:
        """The version of the protocol."""
        return one_line(self._client.protocol_version, 40)

    @property
    def modern(self) -> bool:
        """Whether the server is of the newer kind, which keeps no session."""
        return self._client.protocol_version in MODERN_PROTOCOL_VERSIONS

    @property
    def about(self) -> str:
        """The server's own name and version."""
        info = self._client.server_info
        return one_line(f"{info.title or info.name} {info.version}", 80) if info else ""

    @property
    def instructions(self) -> str:
        """What it says of its use, safe to show."""
        return clean(normalise(self._client.instructions or "")).strip()

    @property
    def tells_changes(self) -> bool:
        """Whether it says that its lists change."""
        has = self._client.server_capabilities
        return any(part is not None and part.list_changed for part in (has.tools, has.prompts, has.resources))

    async def follow_changes(self, pause: float) -> None:
        """Be told of changes, for a server of the newer kind; ends when it tells no more."""
        has = self._client.server_capabilities
        for _ in range(_MOST_RELISTENS):
            try:
                async with self._client.listen(
                    tools_list_changed=bool(has.tools and has.tools.list_changed),
                    prompts_list_changed=bool(has.prompts and has.prompts.list_changed),
                    resources_list_changed=bool(has.resources and has.resources.list_changed),
                ) as changes:
                    async for _change in changes:
                        self._hooks.changed()
                    return
            except (MCPError, SubscriptionLost):
                await asyncio.sleep(pause)
                self._hooks.changed()

    async def tools(self) -> Sequence[ToolSpec]:
        """All its tools, but those that want to be run as a task, which is not done here."""
        if self._client.server_capabilities.tools is None:
            return ()
        with self._told():
            tools = await self._pages(self._client.list_tools, lambda page: page.tools)
        return [
            _spec(self._name, tool)
            for tool in tools
            if tool.execution is None or tool.execution.task_support != "required"
        ]

    async def call(self, tool: str, arguments: Mapping[str, Any], tell: Progress) -> Outcome:
        """Call a tool.

        Raises:
            McpError: It was not answered; what the tool itself says of a failure is an outcome.
        """

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            tell(Step(one_line(redact(message or ""), 200), progress, total))

        with self._told():
            call = partial(
                self._client.call_tool, tool, whole(dict(arguments)), progress_callback=on_progress
            )
            try:
                result = await call()
            except MCPError as error:
                if not await self._visited(error):
                    raise
                result = await call()
        return outcome_of(result)

    async def resources(self) -> Sequence[Resource]:
        """What can be read."""
        if self._client.server_capabilities.resources is None:
            return ()
        with self._told():
            found = await self._pages(self._client.list_resources, lambda page: page.resources)
        return [
            Resource(
                uri=each.uri,
                name=one_line(each.title or each.name, 200),
                description=one_line(each.description or "", 400),
                media_type=one_line(each.mime_type or "", 80),
                size=each.size,
            )
            for each in found
        ]

    async def templates(self) -> Sequence[Template]:
        """Families of resources."""
        if self._client.server_capabilities.resources is None:
            return ()
        with self._told():
            found = await self._pages(
                self._client.list_resource_templates, lambda page: page.resource_templates
            )
        return [
            Template(
                each.uri_template,
                one_line(each.title or each.name, 200),
                one_line(each.description or "", 400),
            )
            for each in found
        ]

    async def read(self, uri: str) -> tuple[Attachment, ...]:
        """What a resource holds.

        Raises:
            McpError: It can't be read, or not be attached.
        """
        with self._told():
            result = await self._client.read_resource(normalise(uri), cache_mode="bypass")
        return resource_files(uri, result)

    async def prompts(self) -> Sequence[Prompt]:
        """Its prompts."""
        if self._client.server_capabilities.prompts is None:
            return ()
        with self._told():
            found = await self._pages(self._client.list_prompts, lambda page: page.prompts)
        return [
            Prompt(
                name=each.name,
                title=one_line(each.title or "", 200),
                description=one_line(each.description or "", 400),
                arguments=tuple(
                    Argument(one.name, one_line(one.description or one.title or "", 200), bool(one.required))
                    for one in each.arguments or ()
                ),
            )
            for each in found
        ]

    async def prompt(self, name: str, arguments: Mapping[str, str]) -> Written:
        """A prompt with its arguments filled in.

        Raises:
            McpError: It can't be had.
        """
        with self._told():
            return written(await self._client.get_prompt(name, whole(dict(arguments))))

    async def complete(
        self, of: Template | Prompt, argument: str, begun: str, others: Mapping[str, str]
    ) -> Sequence[str]:
        """What an argument of a prompt, or a variable of a template, may be.

        Raises:
            McpError: It was not answered.
        """
        if self._client.server_capabilities.completions is None:
            return ()
        reference: ResourceTemplateReference | PromptReference = (
            ResourceTemplateReference(uri=of.uri)
            if isinstance(of, Template)
            else PromptReference(name=of.name)
        )
        with self._told():
            result = await self._client.complete(
                reference, {"name": argument, "value": normalise(begun)}, dict(others) or None
            )
        return [normalise(value) for value in result.completion.values[:100]]

    async def _pages(
        self, ask: Callable[..., Awaitable[Any]], items: Callable[[Any], Sequence[T]]
    ) -> Sequence[T]:
        """All pages of a list, as far as it has an end."""
        found: list[T] = []
        seen: set[str | None] = {None}
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            page = await ask(cursor=cursor)
            found.extend(items(page))
            cursor = page.next_cursor
            if cursor in seen or len(found) >= MOST_ITEMS:
                break
            seen.add(cursor)
        return found[:MOST_ITEMS]

    async def _visited(self, error: MCPError) -> bool:
        """Whether the person opened all addresses that a call needs first."""
        if error.code != URL_ELICITATION_REQUIRED or self._hooks.ask is None:
            return False
        visits = [
            (each.text("url"), each.text("message")) for each in Fields(error.data).items("elicitations")
        ]
        for url, message in visits:
            answer = await self._hooks.ask(Visit(self._name, clean(message)[:2000], url))
            if answer.action != "accept":
                return False
        return bool(visits)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong, in our words and as our errors."""
        troubles: list[Trouble] = []
        troubles_of_call.set(troubles)  # of the task that a request runs in
        try:
            yield
        except MCPError as error:
            raise self._in_words(error, troubles[-1] if troubles else None) from None
        except ValidationError:
            raise McpError(f"{self._name} answered with something that is no answer") from None
        except SegueError:
            raise
        except (
            Exception
        ) as error:  # more rounds of questions than the SDK allows, arguments too deep, and the like
            raise McpError(f"{self._name}: {words_of(error)}") from None

    def _in_words(self, error: MCPError, trouble: Trouble | None) -> McpError:
        if error.code == CONNECTION_CLOSED:
            return ServerGone(
                f"{self._name}: {trouble.words}" if trouble else f"{self._name} ended the connection"
            )
        if trouble is None:
            return McpError(f"{self._name}: {words_of(error)}")
        if trouble.status in _FORGOTTEN and not self.modern:
            return SessionLost(f"{self._name}: {trouble.words}")
        return McpError(f"{self._name}: {trouble.words}")


def _spec(server: str, tool: ServerTool) -> ToolSpec:
    hints = tool.annotations
    return ToolSpec(
        server=server,
        name=normalise(tool.name),
        # What the model reads is what the person can see.
        description=clean(normalise(tool.description or tool.title or ""))[:_LONGEST_DESCRIPTION],
        schema=whole(tool.input_schema),
        read_only=bool(hints and hints.read_only_hint),
        destructive=not (hints and hints.destructive_hint is False),
        open_world=not (hints and hints.open_world_hint is False),
    )


def _elicitation(name: str, ask: Ask) -> ElicitationFnT:
    async def on_elicitation(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        message = normalise(params.message)
        if isinstance(params, ElicitRequestFormParams):
            answer = await ask(form_of(name, message, params.requested_schema))
            content = plain(answer.values) if answer.action == "accept" else None
            return ElicitResult(action=answer.action.value, content=content)
        answer = await ask(Visit(name, clean(message)[:2000], params.url))
        return ElicitResult(action=answer.action.value)

    return on_elicitation
