"""An address that a server wants to be opened: all of it is shown, and nothing opens it but the person."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from typing import ClassVar
from urllib.parse import urlsplit

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.messages.link_sheet import open_link, trouble
from tui.app.messages.long_text import LongText
from tui.app.tools.question_sheet import TextQuestion
from tui.system.clipboard import copy
from tui.text import one_line
from tui.tools.mcp import elicitation
from tui.tools.mcp.elicitation import Answer, Visit


class VisitSheet(TextQuestion[Answer]):
    """Who wants it, and where it leads; dismissed with what the person did, None where it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.VISIT_OPEN, "open"),
        bind(Action.VISIT_COPY, "copy"),
        bind(Action.VISIT_DECLINE, "decline"),
    ]

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit
        self._trouble = trouble(visit.url, os.environ, sys.platform)

    def compose_sheet(self) -> ComposeResult:
        """The server first, then its words, the host and the whole address."""
        server = one_line(self._visit.server, 60)
        yield Static(f"{server} wants you to open an address", id="title", markup=False)
        yield Static(f"It leads to {_host(self._visit.url)}", id="about", classes="dim", markup=False)
        yield LongText("\n\n".join(filter(None, (self._visit.url, self._visit.message, self._trouble))))
        opens = [] if self._trouble else [Action.VISIT_OPEN]
        yield Hints(*opens, Action.VISIT_COPY, Action.LIST_UP, Action.VISIT_DECLINE, Action.LIST_CLOSE)

    async def action_open(self) -> None:
        """Open it in the browser."""
        if self.deaf or self._trouble:
            return
        self.dismiss(Answer(elicitation.Action.ACCEPT))
        try:
            await asyncio.to_thread(open_link, self._visit.url)
        except (OSError, webbrowser.Error) as error:
            self.app.notify(f"No browser could be started: {error}", severity="warning", markup=False)

    async def action_copy(self) -> None:
        """Copy the address: the person opens it elsewhere."""
        if not self.deaf:
            self.dismiss(Answer(elicitation.Action.ACCEPT))
            self.app.notify((await copy(self.app, self._visit.url)).words, markup=False)

    def action_decline(self) -> None:
        """Tell the server that it is not opened."""
        if not self.deaf:
            self.dismiss(Answer(elicitation.Action.DECLINE))


def _host(url: str) -> str:
    try:
        return one_line(urlsplit(url).netloc, 200) or "no host"
    except ValueError:
        return "no host that can be read"
