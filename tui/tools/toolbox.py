"""The tools that a conversation has at hand: what is declared of them, and which one a call means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tui.errors import SegueError, Way
from tui.text import normalise
from tui.tools.names import nearest_names, wire_name
from tui.tools.schema import LONGEST_DESCRIPTION, sanitised, wrong_arguments
from tui.tools.tool import Tool, ToolSpec, declaration_tokens

MOST_TOOLS = 128
"""Tools that a request may declare: more, and vendors refuse it."""
LARGEST_SHARE = 0.1
"""Of a model's window, for the declarations of tools."""


class TooManyToolsError(SegueError):
    """More tools are on than a request can declare."""


class Declared(Struct, frozen=True):
    """A tool, and what models are told of it."""

    tool: Tool
    spec: ToolSpec
    """Its name is the one on the wire, its schema one that every vendor takes."""
    tokens: int
    """About how many the declaration takes."""

    @property
    def name(self) -> str:
        """The name on the wire."""
        return self.spec.name


def declared(tool: Tool) -> Declared:
    """What models are told of a tool."""
    spec = tool.spec
    schema, said = sanitised(spec.schema)
    description = "\n\n".join(filter(None, (normalise(spec.description)[:LONGEST_DESCRIPTION], said)))
    told = replace(spec, name=wire_name(spec.server, spec.name), description=description, schema=schema)
    return Declared(tool, told, declaration_tokens(told.name, description, schema))


class Toolbox:
    """Tools by the names that models call them by."""

    def __init__(self, tools: Iterable[Tool] = ()) -> None:
        """Take ``tools``, in their order; of two with one name on the wire the first."""
        self._declared: dict[str, Declared] = {}
        for tool in tools:
            one = declared(tool)
            self._declared.setdefault(one.name, one)

    def __len__(self) -> int:
        return len(self._declared)

    @property
    def declared(self) -> Sequence[Declared]:
        """All, with what is told of them."""
        return tuple(self._declared.values())

    @property
    def specs(self) -> list[ToolSpec]:
        """What a provider is given."""
        return [one.spec for one in self._declared.values()]

    @property
    def tokens(self) -> int:
        """About how many all declarations take."""
        return sum(one.tokens for one in self._declared.values())

    def find(self, name: str) -> Tool | None:
        """The tool that a model calls ``name``."""
        one = self._declared.get(name)
        return one.tool if one else None

    def check_size(self, window: int | None = None) -> None:
        """Make sure that a request can declare all of them.

        Args:
            window: Tokens that the model can take, where they are known.

        Raises:
            TooManyToolsError: There are too many.
        """
        if len(self) > MOST_TOOLS:
            raise TooManyToolsError(f"{len(self)} tools are on, and a request can have {MOST_TOOLS}", _FEWER)
        if window is not None and self.tokens > window * LARGEST_SHARE:
            raise TooManyToolsError(
                f"The tools that are on take about {self.tokens:,} tokens, more than a tenth of the "
                f"{window:,} that the model can take",
                _FEWER,
            )

    def unknown(self, name: str) -> str:
        """What a model is told that called a tool which is not there."""
        near = nearest_names(name, self._declared)
        if near:
            return f"There is no tool {name!r}. Did you mean {' or '.join(near)}?"
        names = ", ".join(self._declared)
        return f"There is no tool {name!r}. " + (f"There are: {names}." if names else "There are none.")

    def wrong(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What a model is told whose arguments don't fit the tool; empty where they do."""
        one = self._declared.get(name)
        if one is None:
            return self.unknown(name)
        problems = wrong_arguments(arguments, one.spec.schema)
        return (
            "The arguments do not fit:\n" + "\n".join(f"- {words}" for words in problems) if problems else ""
        )


_FEWER = Way("Turn some of them off", "tools")
