"""Keys that Textual does not know in terminals without the Kitty keyboard protocol."""

from __future__ import annotations

from enum import StrEnum

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


class _ExtraKey(StrEnum):
    """Has the shape of ``textual.keys.Keys``, to which keys cannot be added."""

    ALT_ENTER = "alt+enter"


def teach_alt_enter() -> None:
    """Alt+Enter comes as Esc and Enter; without this it would be Enter, and send."""
    ANSI_SEQUENCES_KEYS["\x1b\r"] = (_ExtraKey.ALT_ENTER,)  # type: ignore[index]
