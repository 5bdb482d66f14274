"""What a tool is: a name, a schema of its arguments, and a call that ends in an outcome.

Where tools come from (servers of the Model Context Protocol, our own, drop-in files) is a ``ToolSource``.
A call never raises for what went wrong in it: that is an outcome too, and the model reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from msgspec import Struct, field

from tui.chat.attachment import Attachment
from tui.chat.context import estimate_tokens
from tui.digest import sha256

NO_ARGUMENTS: Mapping[str, Any] = {"type": "object", "properties": {}}
"""The schema of a tool that takes nothing."""


class ToolSpec(Struct, frozen=True):
    """What is known of a tool before it is called."""

    server: str
    """Who has it; empty for one of our own."""
    name: str
    """As its server calls it."""
    description: str = ""
    """For the model."""
    schema: Mapping[str, Any] = field(default_factory=lambda: NO_ARGUMENTS)
    """JSON Schema of its arguments, as it was declared."""
    read_only: bool = False
    """Whether it says that it changes nothing. Only words the question to the person, but for our own."""
    destructive: bool = True
    """Whether it may overwrite or delete; true where its server does not say."""
    open_world: bool = True
    """Whether it meets texts that strangers wrote."""

    def fingerprint(self, origin: str) -> str:
        """What an approval for always is bound to: where it comes from, and all that it says of itself."""
        hints = self.read_only, self.destructive, self.open_world
        said = json.dumps(
            [origin, self.server, self.name, self.description, self.schema, hints],
            sort_keys=True,
            default=str,
        )
        return sha256(said.encode("utf-8", "surrogatepass"))


def declaration_tokens(name: str, description: str, schema: Mapping[str, Any]) -> int:
    """About how many tokens it takes to tell a model of a tool."""
    return estimate_tokens(f"{name} {description} {json.dumps(schema, ensure_ascii=False, default=str)}")


class Outcome(Struct, frozen=True):
    """How a call ended, for the model and the person."""

    text: str
    is_error: bool = False
    files: tuple[Attachment, ...] = ()
    """Pictures and documents that it gave back."""


class Step(Struct, frozen=True):
    """How far a call is, as its tool tells."""

    words: str = ""
    done: float | None = None
    total: float | None = None


Progress = Callable[[Step], None]

_CALLER: ContextVar[int | None] = ContextVar("caller", default=None)


def caller() -> int | None:
    """The conversation whose call is at work in this task; None where it is none's."""
    return _CALLER.get()


@contextmanager
def called_by(conversation: int | None) -> Iterator[None]:
    """What happens here, and in tasks that begin here, belongs to a conversation, or to none."""
    token = _CALLER.set(conversation)
    try:
        yield
    finally:
        _CALLER.reset(token)


class Tool(Protocol):
    """One tool, ready to be called."""

    @property
    def spec(self) -> ToolSpec:
        """What is known of it."""
        ...

    @property
    def origin(self) -> str:
        """Where it comes from: the server's command or address, a file."""
        ...

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """What the person is asked to allow for a call; None where nothing has to be asked.

        Empty for the tool itself, or a part of what it can do, as the host that a page is read from.
        """
        ...

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Do it. Cancelling stops it as well as it can be stopped.

        Args:
            arguments: A JSON object that fits the schema.
            progress: Told how far it is.
        """
        ...


class ToolSource(Protocol):
    """Who has tools: a server, a folder of files, we."""

    @property
    def name(self) -> str:
        """The server's name; empty for our own."""
        ...

    @property
    def instructions(self) -> str:
        """What a model is told of the use of its tools, once they were asked for; mostly nothing."""
        ...

    async def tools(self) -> Sequence[Tool]:
        """Its tools as they are now; a server is started for it.

        Raises:
            SegueError: It can't be reached; says why and what to do.
        """
        ...

    async def close(self) -> None:
        """End what was begun."""
        ...
