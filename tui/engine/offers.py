"""What servers offer besides tools: resources, ``@server:uri``, and prompts, ``/server:name``.

A server is started once it is named, never because somebody might name it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from tui.chat.attachment import Attachment
from tui.config import McpConfig
from tui.engine.mentioning import unmentioned
from tui.engine.tools import Tools
from tui.errors import SegueError, UsageError
from tui.nearest import did_you_mean
from tui.text import clean, one_line
from tui.tools.mcp.offers import Argument, Prompt, Resource, Template, Written

if TYPE_CHECKING:
    from tui.tools.mcp.elicitation import Form
    from tui.tools.mcp.server import McpServer

_NAMED = re.compile(r"([a-z0-9-]{1,24}):(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{[+#]?(\w+)\}")
"""Others stand for more than the value itself: they are typed by hand."""
_GIVEN = re.compile(r"(?<!\S)([^\s=]+)=(\"[^\"]*\"|'[^']*'|\S*)")
_WORD = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\S+)")


_LAST = re.compile(r"""(?<!\S)(?:([^\s="']+)=)?("[^"]*|'[^']*|[^\s"']*)$""")
"""The value that is typed at the end, and the name before it."""


class Named(NamedTuple):
    """Something of a server, as it is typed."""

    server: str
    rest: str
    """A resource's address, or a prompt's name and what follows it."""


class Offered(Struct, frozen=True):
    """What a server has."""

    resources: tuple[Resource, ...] = ()
    templates: tuple[Template, ...] = ()
    prompts: tuple[Prompt, ...] = ()


class Blank(NamedTuple):
    """A variable of a template, or an argument of a prompt, that is typed now."""

    of: Template | Prompt
    variable: str
    head: str
    """What stands before it."""
    begun: str
    others: tuple[tuple[str, str], ...]
    """Those before it, with what was typed for them."""
    tail: str = ""
    """What follows it up to the next one."""

    def with_value(self, value: str) -> str:
        """What is typed once it has a value; one that is cut up by spaces stands in quotes."""
        apart = isinstance(self.of, Prompt) and len(self.of.arguments) > 1 and bool(re.search(r"\s", value))
        mark = "'" if '"' in value else '"'
        return f"{self.head}{mark}{value}{mark}" if apart else f"{self.head}{value}{self.tail}"


class Filled(NamedTuple):
    """A prompt, and what was typed for its arguments."""

    prompt: Prompt
    values: dict[str, str]

    @property
    def missing(self) -> list[Argument]:
        """The arguments that it can't do without and does not have."""
        return [one for one in self.prompt.arguments if one.required and not self.values.get(one.name)]


class Offers:
    """What the servers of the config offer. An ``Elsewhere``: their resources go along."""

    def __init__(self, tools: Tools, servers: Mapping[str, McpConfig]) -> None:
        """Look at nothing yet.

        Args:
            tools: Has the servers, at their first use.
            servers: Those of the config.
        """
        self._tools = tools
        self._names = tuple(name for name, server in servers.items() if server.enabled)
        self._known: dict[str, Offered] = {}

    @property
    def servers(self) -> Sequence[str]:
        """The names of all that are on; none is started for that."""
        return self._names

    def named(self, text: str) -> Named | None:
        """What of which server ``text`` names, with an ``@`` before it or not; None where it names none."""
        match = _NAMED.fullmatch(text.removeprefix("@"))
        return Named(match[1], match[2]) if match and match[1] in self._names else None

    # -- what there is
    def known(self, server: str) -> Offered | None:
        """What it had when it was last looked at."""
        return self._known.get(server)

    async def look(self, server: str) -> Offered:
        """What a server has now; it is started for it.

        Raises:
            SegueError: It can't be reached, or does not tell.
        """
        its = self._server(server)
        await its.start()
        resources, templates, prompts = await asyncio.gather(its.resources(), its.templates(), its.prompts())
        known = self._known[server] = Offered(
            # What can't be typed as it is can't be asked for by its address.
            tuple(one for one in resources if one.uri and one_line(one.uri, len(one.uri)) == one.uri),
            tuple(one for one in templates if one_line(one.uri, len(one.uri)) == one.uri),
            tuple(one for one in prompts if one.name.strip()),
        )
        return known

    def _server(self, name: str) -> McpServer:
        return next(server for server in self._tools.servers if server.name == name)

    # -- resources
    def has(self, target: str) -> bool:
        """Whether ``target`` names a resource."""
        named = self.named(target)
        return named is not None and bool(named.rest.strip())

    async def read(self, target: str) -> tuple[Attachment, ...]:
        """A resource, as files.

        Raises:
            UsageError: It can't be read, is too large, or nothing that a model can read.
        """
        named = self.named(target)
        assert named is not None
        try:
            return await self._server(named.server).read(named.rest)
        except SegueError as error:
            raise UsageError(error.message, error.hint) from None

    async def complete(self, server: str, blank: Blank) -> Sequence[str]:
        """What a variable of an address, or an argument of a prompt, may be.

        Raises:
            SegueError: The server does not tell.
        """
        its = self._server(server)
        found = await its.complete(blank.of, blank.variable, blank.begun, dict(blank.others))
        return [value for value in found if value and one_line(value, len(value)) == value]

    # -- prompts
    async def find(self, server: str, typed: str) -> Filled:
        """The prompt that is typed, with its arguments: ``name=value``, or in their order.

        Raises:
            SegueError: There is none, or its server can't be reached.
        """
        offered = await self.look(server)
        names = {one_line(prompt.name): prompt for prompt in offered.prompts}
        fits = [name for name in names if typed == name or typed.startswith((f"{name} ", f"{name}\n"))]
        if not fits:
            name = (typed.split() or [""])[0]
            there = f"It has {', '.join(names)}." if names else "It has none."
            raise UsageError(
                f"{server} has no prompt {one_line(name, 80)}" if name else f"Which prompt of {server}?",
                did_you_mean(name, names, there) if name else there,
            )
        name = max(fits, key=len)
        return Filled(names[name], arguments_in(names[name], typed[len(name) :]))

    async def write(self, server: str, filled: Filled) -> Written:
        """What a prompt says with its arguments filled in.

        Raises:
            SegueError: It can't be had.
        """
        values = {name: value for name, value in filled.values.items() if value}
        written = await self._server(server).prompt(filled.prompt.name, values)
        return Written(unmentioned(clean(written.text)), written.files)


def form_of(server: str, filled: Filled) -> Form:
    """What asks the person for the arguments of a prompt, with what was typed for them already."""
    from tui.tools.mcp.elicitation import Entry, Form

    prompt = filled.prompt
    entries = [
        Entry(
            name=one.name,
            title=one_line(one.name, 80),
            description=one.description,
            required=one.required,
            default=filled.values.get(one.name),
        )
        for one in prompt.arguments
    ]
    about = prompt.description or prompt.title
    message = ": ".join(filter(None, (one_line(prompt.name, 80), about)))
    return Form(server, message, tuple(entries))


def arguments_in(prompt: Prompt, typed: str) -> dict[str, str]:
    """What is typed for the arguments of a prompt: ``name=value``, others in their order.

    Where there is but one, it gets all that is typed; the last one gets what is left.

    Raises:
        UsageError: The prompt takes no argument.
    """
    typed = typed.strip()
    names = [argument.name for argument in prompt.arguments]
    if typed and not names:
        raise UsageError(f"{one_line(prompt.name)} takes nothing more")
    values: dict[str, str] = {}
    place = 0
    while place < len(typed):
        given = _GIVEN.match(typed, place)
        open_names = [name for name in names if name not in values]
        if given and given[1] in open_names:
            values[given[1]], place = given[2].strip("\"'"), given.end()
        elif open_names:
            left_alone = len(open_names) == 1 and not any(
                other[1] in names for other in _GIVEN.finditer(typed, place)
            )
            match = _WORD.match(typed, place)
            if left_alone and not (match and match[3] is None and match.end() == len(typed)):
                values[open_names[0]], place = typed[place:], len(typed)
            elif match:
                values[open_names[0]], place = next(filter(None, match.groups()), ""), match.end()
            else:
                values[open_names[0]], place = typed[place:], len(typed)
        else:
            raise UsageError(
                f"{one_line(prompt.name)} takes {', '.join(map(one_line, names))} and nothing more",
                "A value with spaces stands in quotes.",
            )
        while place < len(typed) and typed[place].isspace():
            place += 1
    return values


def argument_of(prompts: Sequence[Prompt], typed: str) -> Blank | None:
    """The argument of a prompt that is being typed behind its name; None where none is."""
    fits = [prompt for prompt in prompts if typed.startswith(f"{one_line(prompt.name)} ")]
    if not fits:
        return None
    prompt = max(fits, key=lambda fit: len(fit.name))
    start = len(one_line(prompt.name)) + 1
    names = [argument.name for argument in prompt.arguments]
    if len(names) == 1 and not typed[start:].startswith(f"{names[0]}="):  # it gets all that is typed
        return Blank(prompt, names[0], typed[:start], typed[start:].lstrip(), ())
    last = _LAST.search(typed, start)
    if last is None:
        return None
    named = last[1] if last[1] in names else None
    try:
        given = arguments_in(prompt, typed[start : last.start()])
    except UsageError:
        return None
    argument = named or next((name for name in names if name not in given), None)
    if argument is None or argument in given:
        return None
    at = last.start(2) if named else last.start()
    return Blank(prompt, argument, typed[:at], typed[at:].lstrip("\"'"), tuple(given.items()))


def blank_of(template: Template, typed: str) -> Blank | None:
    """The variable of ``template`` that is being typed; None where the address is another, or whole."""
    pieces = _VARIABLE.split(template.uri)
    literals, variables = pieces[::2], pieces[1::2]
    if not variables or not typed.startswith(literals[0]) or "{" in "".join(literals):
        return None
    others: list[tuple[str, str]] = []
    head, rest = literals[0], typed[len(literals[0]) :]
    for variable, following in zip(variables, literals[1:], strict=True):
        end = rest.find(following) if following else -1
        if end < 0:
            return Blank(template, variable, head, rest, tuple(others), following)
        others.append((variable, rest[:end]))
        head += rest[:end] + following
        rest = rest[end + len(following) :]
    return None
