"""What servers offer while it is typed: resources after ``@server:``, prompts after ``/server:``.

The menu shows what is known. A server is asked once it is named, beside the keys; what it says is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tui.app.commands import Command
from tui.app.composer.candidates import MOST, Candidate, TypedPath
from tui.chat.attachment import size_words
from tui.engine.offers import Blank, Named, Offered, Offers, argument_of, blank_of
from tui.errors import SegueError
from tui.text import one_line
from tui.tools.mcp.offers import Prompt, Resource, Template

_NAME = 80


class Served:
    """What the servers of the config offer, for the menu."""

    def __init__(
        self, offers: Offers, notify: Callable[[str], None], tell: Callable[[Exception], None]
    ) -> None:
        """Ask nothing yet.

        Args:
            offers: The servers.
            notify: Says something for a few seconds.
            tell: Says what went wrong.
        """
        self._offers = offers
        self._notify = notify
        self._tell = tell
        self._failed: set[str] = set()
        self._values: dict[tuple[str, Blank], Sequence[str]] = {}

    # -- what is known
    def candidates(self, typed: TypedPath) -> list[Candidate]:
        """What a path that is typed may become at a server; its names are offered without asking it."""
        at = "" if typed.mention else "@"
        named = self._offers.named(typed.text)
        if named is not None:
            return [*self._resources(named, f"{at}{named.server}:")][:MOST]
        begun = typed.text.removeprefix("@")
        return [
            Candidate(f"{at}{name}:", f"{name}:", goes_on=True, about="what a server has")
            for name in self._offers.servers
            if name.startswith(begun)
        ]

    def commands(self, draft: str) -> list[Command]:
        """The prompts that a draft with a slash may become, or the servers that may have some."""
        named = self.prompt(draft)
        if named is None:
            begun = draft.removeprefix("/")
            about = "prompts of a server"
            return [
                Command(f"{name}:", about, about) for name in self._offers.servers if name.startswith(begun)
            ]
        offered = self._offers.known(named.server) or Offered()
        blank = argument_of(offered.prompts, named.rest)
        if blank is not None:
            return list(self._filled(named.server, blank))
        return [
            _command(named.server, prompt)
            for prompt in offered.prompts
            if one_line(prompt.name).startswith(named.rest)
        ]

    def _filled(self, server: str, blank: Blank) -> Iterator[Command]:
        """A prompt with what an argument may be."""
        about = f"{one_line(blank.variable, _NAME)} of a prompt"
        for value in self._values.get((server, blank), ())[:MOST]:
            if value != blank.begun:
                yield Command(f"{server}:{blank.with_value(value)}", about, about)

    def completes(self, draft: str) -> bool:
        """Whether an argument of a prompt is typed: what is offered then is not meant by itself."""
        named = self.prompt(draft)
        offered = self._offers.known(named.server) if named else None
        return bool(named and offered and argument_of(offered.prompts, named.rest))

    def prompt(self, draft: str) -> Named | None:
        """The prompt that a draft names, whole or begun; None where it names no server."""
        return self._offers.named(draft[1:]) if draft.startswith("/") and draft[1:2] != "@" else None

    def _resources(self, named: Named, at: str) -> Iterator[Candidate]:
        offered = self._offers.known(named.server)
        if offered is None:
            return
        yield from (_resource(at, one) for one in _fitting(offered.resources, named.rest))
        for template in offered.templates:
            yield from self._addresses(template, named, at)
        if named.rest and all(one.uri != named.rest for one in offered.resources):
            yield Candidate(f"{at}{named.rest}", named.rest, about="reads this")

    def _addresses(self, template: Template, named: Named, at: str) -> Iterator[Candidate]:
        head, brace, _ = template.uri.partition("{")
        if brace and head.startswith(named.rest) and head != named.rest:
            yield Candidate(f"{at}{head}", template.uri, goes_on=True, about=template.name)
        blank = blank_of(template, named.rest)
        if blank is None:
            return
        whole = len(blank.others) + 1 == template.uri.count("{")
        for value in self._values.get((named.server, blank), ()):
            address = blank.with_value(value)
            if not (whole and address == named.rest):
                yield Candidate(f"{at}{address}", address, goes_on=not whole, about=template.name)

    # -- what has to be asked
    def named(self, text: str) -> bool:
        """Whether a path, or a draft with a slash, names a server that can be asked."""
        return self._offers.named(text.removeprefix("/")) is not None

    async def ask(self, text: str) -> bool:
        """Ask the server that is named what it has. Returns whether more is known now.

        Args:
            text: A path, or a draft with a slash.
        """
        named = self._offers.named(text.removeprefix("/"))
        if named is None:
            return False
        news = await self._look(named)
        offered = self._offers.known(named.server) or Offered()
        blanks = (
            [argument_of(offered.prompts, named.rest)]
            if text.startswith("/")
            else [blank_of(template, named.rest) for template in offered.templates]
        )
        for blank in filter(None, blanks):
            if (named.server, blank) not in self._values:
                news = await self._fill(named.server, blank) or news
        return news

    async def _look(self, named: Named) -> bool:
        known = self._offers.known(named.server) is not None
        if named.rest and (known or named.server in self._failed):
            return False
        if not known:
            self._notify(f"asking {named.server} what it has")
        try:
            await self._offers.look(named.server)
        except SegueError as error:
            self._failed.add(named.server)
            self._tell(error)
            return False
        self._failed.discard(named.server)
        self._values.clear()
        return True

    async def _fill(self, server: str, blank: Blank) -> bool:
        try:
            self._values[server, blank] = await self._offers.complete(server, blank)
        except SegueError:  # it can be typed all the same
            self._values[server, blank] = ()
        return bool(self._values[server, blank])


def _fitting(resources: Sequence[Resource], begun: str) -> list[Resource]:
    """Those whose address or name fits, by how well."""
    wanted = begun.casefold()

    def rank(one: Resource) -> tuple[bool, bool, bool]:
        address, name = one.uri.casefold(), one.name.casefold()
        return address != wanted, not address.startswith(wanted), not name.startswith(wanted)

    fits = (one for one in resources if wanted in one.uri.casefold() or wanted in one.name.casefold())
    return sorted(fits, key=rank)


def _resource(at: str, one: Resource) -> Candidate:
    size = size_words(one.size) if one.size is not None else ""
    about = "  ".join(filter(None, (one_line(one.name, _NAME), size)))
    return Candidate(f"{at}{one.uri}", one.uri, about=about)


def _command(server: str, prompt: Prompt) -> Command:
    arguments = " ".join(
        one_line(each.name) if each.required else f"[{one_line(each.name)}]" for each in prompt.arguments
    )
    about = prompt.title or prompt.description
    return Command(f"{server}:{one_line(prompt.name)}", about, about, arguments)
