"""Opening a link: only after its whole address was shown, and only where that is safe."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.keymap import bind
from tui.app.lists.hints import Hints
from tui.app.lists.sheet import Sheet
from tui.system.clipboard import copy
from tui.text import clean, counted, plain_host, safe_url

_OPENERS = {"darwin": "open", "linux": "xdg-open"}
_PATIENCE = 5.0
_SHOWN = 4_000
"""Characters of an address that are shown. A longer one is a file in an address, or hides where it leads."""
_ALIKE = "Its name has letters that look like others: here it stands in those that can't be mistaken."


class LinkSheet(Sheet[bool]):
    """Shows where a link leads, and offers to open and to copy it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind(Action.LINK_OPEN, "open"),
        bind(Action.LINK_COPY, "copy"),
    ]

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = plain_host(url)
        self._alike = self._url != url
        self._trouble = trouble(url, os.environ, sys.platform)

    def compose_sheet(self) -> ComposeResult:
        """The whole address, and why it can't be opened if it can't."""
        yield Static(shown(self._url), id="address", classes="words", markup=False)
        if self._alike:
            yield Static(_ALIKE, classes="words dim", markup=False)
        if self._trouble:
            yield Static(self._trouble, classes="words dim", markup=False)
        yield from self.compose_more()
        yield Hints(*self.offered())

    def compose_more(self) -> ComposeResult:
        """What else is said of it."""
        return ()

    def offered(self) -> Sequence[str]:
        """What can be done with it, by the ids of the keys."""
        return [*([] if self._trouble else [Action.LINK_OPEN]), Action.LINK_COPY, Action.LIST_CLOSE]

    async def action_open(self) -> None:
        """Open it in the browser."""
        if not self._trouble:
            self.dismiss(True)
            try:
                await asyncio.to_thread(open_link, self._url)
            except (OSError, webbrowser.Error) as error:
                words = f"No browser could be started: {error}"
                self.app.notify(words, severity="warning", markup=False)

    async def action_copy(self) -> None:
        """Copy the address."""
        self.dismiss(True)
        self.app.notify((await copy(self.app, self._url)).words, markup=False)


def shown(url: str) -> str:
    """An address as it is shown: whole, or its two ends where nobody could read it whole."""
    if len(url) <= _SHOWN:
        return clean(url)
    end = _SHOWN // 20
    return f"{clean(url[:end])} … {clean(url[-end:])}\n{counted(len(url), 'character')} in all"


def trouble(url: str, env: Mapping[str, str], platform: str) -> str:
    """Why a link can't be opened from here; empty if it can."""
    if safe_url(url) is None:
        return "Only plain http, https and mailto addresses are opened."
    if len(url) > _SHOWN:
        return "It is too long to be read before it is opened."
    if platform in ("darwin", "win32") or env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"):
        return ""
    return "There is no browser to reach from here."


def open_link(url: str) -> None:
    """Hand a safe address to the person's browser; anything else is refused.

    The browser's own words must not land on our screen, so it gets no terminal.
    """
    url = plain_host(url).replace("'", "%27")  # the same address, without a sign that shells know
    if safe_url(url) is None:
        return
    opener = _OPENERS.get(sys.platform)
    if opener is None or shutil.which(opener) is None:
        webbrowser.open(url)
        return
    quiet = subprocess.DEVNULL
    browser = subprocess.Popen([opener, url], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        browser.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return  # it is the browser itself, and stays
