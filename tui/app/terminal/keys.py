"""What Textual does not know of keys."""

from __future__ import annotations

import sys
from enum import StrEnum

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from tui.text import is_text


class _ExtraKey(StrEnum):
    """Has the shape of ``textual.keys.Keys``, to which keys cannot be added."""

    ALT_ENTER = "alt+enter"


def teach_alt_enter() -> None:
    """Alt+Enter comes as Esc and Enter; without this it would be Enter, and send."""
    ANSI_SEQUENCES_KEYS["\x1b\r"] = (_ExtraKey.ALT_ENTER,)  # type: ignore[index]


def teach_texts() -> None:
    """Every text field asks this of a key; Textual's answer loses spaces of other scripts and joiners."""
    events.Key.is_printable = property(_writes)  # type: ignore[assignment, method-assign]


def _writes(key: events.Key) -> bool:
    return bool(key.character) and all(map(is_text, key.character or ""))


def teach_windows() -> None:
    """Let Textual's console of Windows, which has no reader to override, read keys and pastes as ours."""
    if sys.platform == "win32":
        from textual.drivers import win32

        from tui.app.terminal.parser import InputParser

        win32.XTermParser = InputParser
