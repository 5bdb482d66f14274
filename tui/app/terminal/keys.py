"""Keys that Textual does not know in terminals without the Kitty keyboard protocol."""

from __future__ import annotations

import sys
from enum import StrEnum

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


class _ExtraKey(StrEnum):
    """Has the shape of ``textual.keys.Keys``, to which keys cannot be added."""

    ALT_ENTER = "alt+enter"


def teach_alt_enter() -> None:
    """Alt+Enter comes as Esc and Enter; without this it would be Enter, and send."""
    ANSI_SEQUENCES_KEYS["\x1b\r"] = (_ExtraKey.ALT_ENTER,)  # type: ignore[index]


def teach_pastes() -> None:
    """Let Textual's console of Windows, which has no reader to override, parse pastes as ours."""
    if sys.platform == "win32":
        from textual.drivers import win32

        from tui.app.terminal.parser import PasteParser

        win32.XTermParser = PasteParser
