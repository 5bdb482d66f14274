"""A picture that stands elsewhere: where it is, before anything of it is loaded; then it is, by a key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.app.actions import Action
from tui.app.background import in_background
from tui.app.keymap import bind
from tui.app.messages.link_sheet import LinkSheet, shown
from tui.chat.attachment import Attachment
from tui.engine.remote_picture import host_of
from tui.errors import SegueError
from tui.text import clean, plain_host

Load = Callable[[str], Awaitable[Attachment]]
"""Loads the picture at an address; closing the sheet ends that."""


class PictureLinkSheet(LinkSheet):
    """Names the host, loads on demand, then is dismissed with True; ``loaded`` has the picture."""

    BINDINGS: ClassVar[list[BindingType]] = [bind(Action.LINK_LOAD, "load")]

    def __init__(self, url: str, load: Load) -> None:
        """Prepare the sheet.

        Args:
            url: Where the picture is.
            load: Loads it from there.
        """
        super().__init__(url)
        self._load = load
        self.loaded: Attachment | None = None
        self._loads = True
        try:
            host = host_of(self._url)
            self._words = f"A picture on {host}; nothing of it is loaded yet." if host else "A picture."
        except SegueError as error:
            self._loads, self._words = False, str(error)

    def compose_more(self) -> ComposeResult:
        """Who has it, and how far it is."""
        yield Static(clean(self._words), id="state", classes="words dim", markup=False)

    def offered(self) -> Sequence[str]:
        """See ``LinkSheet``."""
        return [*([Action.LINK_LOAD] if self._loads else []), *super().offered()]

    def _say(self, words: str) -> None:
        self.query_one("#state", Static).update(clean(words))

    def action_load(self) -> None:
        """Load it from the host that is named."""
        if self._loads:
            in_background(self, "load", self._come, exclusive=True)

    async def _come(self) -> None:
        from tui.tools.builtin.fetching import ElsewhereError

        try:
            self._say(f"Loading from {host_of(self._url)} …")
            self.loaded = await self._load(self._url)
        except ElsewhereError as moved:
            self._moved(moved.address)
        except SegueError as error:
            self._say(str(error))
        else:
            self.dismiss(True)

    def _moved(self, address: str) -> None:
        """It is on another host: nothing is loaded from there before that one was seen, too."""
        self._url = plain_host(address)
        self.query_one("#address", Static).update(shown(self._url))
        self._say(f"It has moved to {host_of(self._url)}; nothing was loaded from there yet.")
