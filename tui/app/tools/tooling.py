"""What models may use in the conversation that is read, the servers behind it, and what vendors do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from tui.app.commands import Handlers
from tui.engine.tools import DRAW, SEARCH, turned
from tui.errors import SegueError, UsageError

if TYPE_CHECKING:
    from tui.app.context import Context, WithReading
    from tui.tools.mcp.server import McpServer, Status

    class _Context(Context, WithReading, Protocol): ...


class Tooling:
    """Does what is asked of tools, and says how it is with the servers."""

    def __init__(self, context: _Context) -> None:
        self._context = context
        self._tools = context.session.tools

    @property
    def commands(self) -> Handlers:
        """What is done here by name."""
        return {"tools": self._list, "mcp": self._servers, "search": self._search, "draw": self._draw}

    async def _list(self, argument: str) -> None:
        """Turn tools on and off."""
        from tui.app.tools.tools_sheet import ToolsSheet

        sheet = ToolsSheet(self._tools, self._context.session.current, argument)
        await self._context.show(sheet, lambda _: self._context.refresh())

    async def turn(self) -> None:
        """Let the person turn tools on and off."""
        from tui.app.tools.tools_sheet import ToolsSheet

        await self._context.ask(ToolsSheet(self._tools, self._context.session.current))
        self._context.refresh()

    # -- the search of vendors
    async def _search(self, argument: str) -> None:
        """Let vendors search the web, or not; alone, say whether they do and what that costs."""
        from tui.engine.web_search import SWITCH, price_words

        if argument not in (*SWITCH, ""):
            raise UsageError("It is on or off", "As in /search on.")
        session, conversation = self._context.session, self._context.session.current.conversation
        on = self._tools.searches(conversation)
        if argument and SWITCH[argument] == on:
            argument = ""
        if argument == "off":
            tools = turned(conversation.tools, SEARCH, False)
            await self._context.reading.change("Search is off", "Search is on again", tools=tools)
            return
        price = await price_words(session.workspace.registry, conversation.model)
        if argument:
            tools = turned(conversation.tools, SEARCH, True)
            words = f"Search is on: the vendor takes {price}"
            await self._context.reading.change(words, "Search is off again", tools=tools)
        elif on:
            self._context.notify(f"Search is on; it costs {price}. /search off ends it")
        else:
            self._context.notify(f"Search is off; it would cost {price}. /search on begins it")

    async def _draw(self, argument: str) -> None:
        """Let models make pictures that have to be asked, or not; alone, say whether they do."""
        from tui.engine.making_pictures import check_makes, switched

        session, conversation = self._context.session, self._context.session.current.conversation
        on = self._tools.draws(conversation)
        wanted = switched(argument, on)
        if wanted is None:
            await check_makes(session.workspace.registry, conversation.model)
            end = "/draw off ends it" if on else "/draw on begins it"
            self._context.notify(f"Making pictures is {'on' if on else 'off'}. {end}")
        elif not wanted:
            tools = turned(conversation.tools, DRAW, False)
            words = "No pictures are made any more"
            await self._context.reading.change(words, "Making pictures is on again", tools=tools)
        else:
            price = await check_makes(session.workspace.registry, conversation.model)
            tools = turned(conversation.tools, DRAW, True)
            words = f"Models here may make pictures: {price}"
            await self._context.reading.change(words, "Making pictures is off again", tools=tools)

    # -- servers
    async def _servers(self, argument: str) -> None:
        """See how it is with the servers."""
        from tui.app.tools.servers_sheet import ServersSheet

        sheet = ServersSheet(self)
        self._tools.changed = sheet.refresh_servers

        def closed(result: None) -> None:
            self._tools.changed = lambda: None
            self._context.refresh()

        await self._context.show(sheet, closed)

    @property
    def servers(self) -> Sequence[Status]:
        """How it is with each."""
        return [server.status for server in self._tools.servers]

    @property
    def off(self) -> Sequence[str]:
        """Those that the config turns off."""
        return [
            name for name, server in self._context.session.workspace.config.mcp.items() if not server.enabled
        ]

    @property
    def none(self) -> str:
        """What is said where there is none."""
        path = self._context.session.workspace.config.path
        return f"One begins with [mcp.NAME] in {path}; segue mcp import takes over those of other programs."

    def problem(self, name: str) -> str:
        """Why the tools of a server are not there, and what to do."""
        return str(self._tools.problem(self._server(name)) or "")

    def signs_in(self, name: str) -> bool:
        """Whether a server is at an address: there is nothing else to sign in to."""
        return self._context.session.workspace.config.mcp[name].url is not None

    async def restart(self, name: str) -> None:
        """End a server and start it anew."""
        server = self._server(name)
        try:
            await server.restart()
        except SegueError as error:
            self._context.tell(error)
        else:
            await self._tools.tools_of(server)
        self._tools.changed()

    async def sign_in(self, name: str) -> None:
        """Let the person sign in; the address is opened by a key, never by itself."""
        from tui.app.messages.link_sheet import LinkSheet

        async def show(url: str) -> None:
            self._context.notify(f"{name} waits until you have signed in there")
            await self._context.show(LinkSheet(url), lambda _: None)

        server = self._server(name)
        try:
            await server.sign_in(show)
        except SegueError as error:
            self._context.tell(error)
        else:
            self._context.notify(f"{name} knows you now")
            await self._tools.tools_of(server)
        self._tools.changed()

    def _server(self, name: str) -> McpServer:
        return next(server for server in self._tools.servers if server.name == name)
