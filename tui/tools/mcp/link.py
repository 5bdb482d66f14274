"""A connection as the rest sees it, so that nothing of the SDK is imported before a server is used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.elicitation import Answer, Form, Visit
from tui.tools.mcp.failures import SignInNeeded
from tui.tools.mcp.left_behind import Running
from tui.tools.mcp.network import Network, Trouble
from tui.tools.mcp.offers import Prompt, Resource, Template, Written
from tui.tools.mcp.tokens import Tokens
from tui.tools.mcp.watch import Watch
from tui.tools.tool import Outcome, Progress, ToolSpec

Ask = Callable[[Form | Visit], Awaitable[Answer]]
ShowSignIn = Callable[[str], Awaitable[None]]
"""Shows the person the address where a server wants to know who is there."""


class Program(Struct, frozen=True):
    """A server's program, ready to be started."""

    command: str
    args: Sequence[str]
    env: Mapping[str, str]
    """All of its environment."""
    cwd: str | None = None


class Address(Struct, frozen=True):
    """A server's address, ready to be used."""

    url: str
    headers: Mapping[str, str]
    network: Network
    tokens: Tokens
    client_id: str | None = None
    events: bool = False
    """Whether it is spoken to in the older way."""
    show_sign_in: ShowSignIn | None = None
    """None where nobody is asked to sign in now."""
    locked_out: Callable[[SignInNeeded], None] = lambda needed: None
    """Told that nobody gets in without a sign-in: the SDK drops errors of what is only told to a server."""


class Hooks(Struct, frozen=True):
    """What a connection tells, and whom it asks."""

    ended: Callable[[], None]
    """The server will say nothing more."""
    changed: Callable[[], None]
    """A list of the server is another one."""
    troubled: Callable[[Trouble], None]
    """A server at an address did not do what it was asked."""
    ask: Ask | None
    """Asks the person; None where there is none."""


class Link(Protocol):
    """What can be done with a server that is connected. Each raises ``McpError`` where it is not done."""

    @property
    def version(self) -> str:
        """The version of the protocol."""
        ...

    @property
    def modern(self) -> bool:
        """Whether the server is of the newer kind, which keeps no session."""
        ...

    @property
    def about(self) -> str:
        """The server's own name and version."""
        ...

    @property
    def instructions(self) -> str:
        """What it says of its use, safe to show."""
        ...

    @property
    def tells_changes(self) -> bool:
        """Whether it says that its lists change."""
        ...

    async def follow_changes(self, pause: float) -> None:
        """Be told of changes, for a server of the newer kind; ends when it tells no more."""
        ...

    async def tools(self) -> Sequence[ToolSpec]:
        """All its tools."""
        ...

    async def call(self, tool: str, arguments: Mapping[str, Any], tell: Progress) -> Outcome:
        """Call a tool."""
        ...

    async def resources(self) -> Sequence[Resource]:
        """What can be read."""
        ...

    async def templates(self) -> Sequence[Template]:
        """Families of resources."""
        ...

    async def read(self, uri: str) -> tuple[Attachment, ...]:
        """What a resource holds."""
        ...

    async def prompts(self) -> Sequence[Prompt]:
        """Its prompts."""
        ...

    async def prompt(self, name: str, arguments: Mapping[str, str]) -> Written:
        """A prompt with its arguments filled in."""
        ...

    async def complete(
        self, of: Template | Prompt, argument: str, begun: str, others: Mapping[str, str]
    ) -> Sequence[str]:
        """What an argument of a prompt, or a variable of a template, may be."""
        ...


class Opener(Protocol):
    """Connects to a server; leaving what it gives ends the connection and what belongs to it."""

    def __call__(
        self,
        name: str,
        way: Program | Address,
        mode: str,
        hooks: Hooks,
        *,
        watch: Watch,
        running: Running,
        durations: Durations,
    ) -> AbstractAsyncContextManager[Link]:
        """``mode`` is ``auto``, or ``legacy`` for a server that is known to be of the older kind."""
        ...
