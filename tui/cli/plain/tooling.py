"""The commands for tools: which are on here, what is always allowed, how it is with the servers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from tui.app.commands import Handlers
from tui.cli.plain.mode import Act, PlainMode
from tui.engine.tools import DRAW, SEARCH, Tools
from tui.errors import UsageError
from tui.nearest import did_you_mean
from tui.text import one_line
from tui.tools.approval import Allowed

if TYPE_CHECKING:
    from tui.tools.toolbox import Declared


class Tooling:
    """Says what models may use, and changes it."""

    def __init__(self, mode: PlainMode) -> None:
        self._mode = mode
        self._page = mode.page

    @property
    def handlers(self) -> Handlers:
        """What it does, by the names of the commands."""
        return {"tools": self.do_tools, "mcp": self.do_mcp, "search": self.do_search, "draw": self.do_draw}

    @property
    def _tools(self) -> Tools:
        return self._mode.tools

    async def do_tools(self, argument: str) -> None:
        """Say which tools there are, or those whose names fit; turn the one on or off that is named."""
        from tui.tools.toolbox import Toolbox

        conversation = self._mode.current.conversation
        box = Toolbox(await self._tools.all())
        for problem in self._tools.problems:
            self._page.tell(problem)
        on = {one.name: self._tools.is_on(conversation, one.tool) for one in box.declared}
        on |= {s.name: s.name in self._tools.on(conversation) for s in self._tools.sources if s.name}
        fits = [one for one in box.declared if argument in one.name]
        if argument and (argument in on or not fits):
            await self._turn(argument, on)
            return
        rows: list[tuple[str, Act]] = [
            (self._words(one, on), partial(self._turn, one.name, on)) for one in fits
        ]
        if not argument:
            rows += [*(await self._allowed())]
        if rows:
            self._mode.offer(rows, self.do_tools)
        else:
            self._page.line("there is no tool")

    @staticmethod
    def _words(one: Declared, on: Mapping[str, bool]) -> str:
        return f"{one.name}, {'on' if on[one.name] else 'off'}, about {one.tokens:,} tokens"

    async def _allowed(self) -> list[tuple[str, Act]]:
        """What is always allowed, and what takes that back."""
        rows: list[tuple[str, Act]] = []
        for allowed in await self._tools.approvals.kept():
            where = f" on {one_line(allowed.scope)}" if allowed.scope else ""
            name = one_line(" ".join(filter(None, (allowed.server, allowed.name))))
            words = f"{name}{where} is always allowed; its number lets it ask again"
            rows.append((words, partial(self._forget, allowed)))
        return rows

    async def _turn(self, name: str, on: Mapping[str, bool]) -> None:
        if name not in on:
            raise UsageError(
                f"There is no tool {one_line(name)}", did_you_mean(name, on, "/tools lists them.")
            )
        await self._tools.turn(self._mode.current, name, not on[name])
        self._page.line(f"{name} is {'off' if on[name] else 'on'} in this conversation")

    async def _forget(self, allowed: Allowed) -> None:
        await self._tools.approvals.forget(allowed)
        self._page.line(f"{one_line(allowed.name)} asks again")

    async def do_mcp(self, argument: str) -> None:
        """Say how it is with the servers, or restart one."""
        servers = {server.name: server for server in self._tools.servers}
        if argument and argument not in servers:
            hint = did_you_mean(argument, servers, "/mcp lists them.")
            raise UsageError(f"There is no server {one_line(argument)}", hint)
        if argument:
            await servers[argument].restart()
        for server in [servers[argument]] if argument else servers.values():
            status = server.status
            why = f": {status.words}" if status.words else ""
            self._page.line(one_line(f"{status.name}, {status.state.value}{why}"))
        if not servers:
            path = self._mode.workspace.config.path
            self._page.line(f"no server is configured. One begins with [mcp.NAME] in {path}")

    async def do_search(self, argument: str) -> None:
        """Let vendors search the web, or not; alone, say whether they do and what that costs."""
        from tui.engine.web_search import SWITCH, price_words

        service = self._mode.current
        if argument not in (*SWITCH, ""):
            raise UsageError("It is on or off", "As in /search on.")
        if argument != "off":
            price = await price_words(self._mode.workspace.registry, service.conversation.model)
            self._page.line(f"the vendor takes {price}")
        if argument:
            await self._tools.turn(service, SEARCH, SWITCH[argument])
        self._page.line(f"search is {'on' if self._tools.searches(service.conversation) else 'off'}")

    async def do_draw(self, argument: str) -> None:
        """Let models make pictures that have to be asked, or not; alone, say whether they do."""
        from tui.engine.making_pictures import check_makes, switched

        service = self._mode.current
        wanted = switched(argument, self._tools.draws(service.conversation))
        if wanted is not False:
            self._page.line(await check_makes(self._mode.workspace.registry, service.conversation.model))
        if wanted is not None:
            await self._tools.turn(service, DRAW, wanted)
        self._page.line(f"making pictures is {'on' if self._tools.draws(service.conversation) else 'off'}")
