"""How a reply comes onto the page: as words in plain mode, drawn in inline mode. All else is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tui.chat.message import Message
from tui.cli.plain.page import Page


class Voice(Protocol):
    """Says one reply as it comes."""

    def turn(self, phase: str) -> None:
        """What goes on is another thing now: ``waiting``, ``thinking``, ``answering``."""

    def add(self, text: str) -> None:
        """More of the text has come."""

    def pause(self) -> None:
        """What comes next begins a line of its own."""

    def take_back(self) -> None:
        """What was said of the text was thinking: that can only be said."""

    def remark(self, words: str) -> None:
        """Say something beside the text, once."""

    def busy(self, words: str) -> None:
        """Say how far something is."""

    async def keep_company(self) -> None:
        """Show that it goes on, until it is cancelled."""

    def cut(self) -> None:
        """The person has pressed Ctrl+C."""

    def end(self) -> None:
        """No more of the text comes."""


class Manner(Protocol):
    """What differs between plain mode and inline mode."""

    title: str
    """What the mode is called."""
    put_back: Callable[[str], None]
    """Takes what the person typed while something else was read from the terminal."""

    def voice(self, page: Page, message: Message, hue: str) -> Voice:
        """Who says a reply that begins now; ``hue`` is the name of the model's colour."""

    def read(self, page: Page, head: str, hue: str, text: str) -> bool:
        """Say a stored text behind ``head``; one without a hue is the person's. False if nothing is said."""
