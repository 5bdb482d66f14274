"""What was cut by keys, to be put in again: one text for all fields, as a shell has it."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App


class KillRing:
    """The text cut last. What is cut without anything between belongs together."""

    def __init__(self) -> None:
        self.text = ""
        self._left: object = None
        """How the last cut left the field."""

    def add(self, text: str, *, found: object, left: object, backwards: bool) -> None:
        """Keep what was cut.

        Args:
            text: What.
            found: How the field was before: if the last cut left it so, both are one.
            left: How it is now.
            backwards: It stood before what was cut last.
        """
        if not text:
            return
        before = self.text if found == self._left else ""
        self.text = text + before if backwards else before + text
        self._left = left


_RINGS: WeakKeyDictionary[App[Any], KillRing] = WeakKeyDictionary()


def kill_ring(app: App[Any]) -> KillRing:
    """The ring of an app."""
    return _RINGS.setdefault(app, KillRing())
