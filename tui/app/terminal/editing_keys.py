"""The keys that edit a text in a shell, on macOS and in terminals with kitty's protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual import events
    from textual.widget import Widget

YANK = "ctrl+y"
EDITING = (
    ("alt+left,alt+b", "cursor_word_left"),
    ("alt+right,alt+f", "cursor_word_right"),
    ("alt+shift+left", "cursor_word_left(True)"),
    ("alt+shift+right", "cursor_word_right(True)"),
    ("super+left", "cursor_line_start"),
    ("super+right", "cursor_line_end"),
    ("shift+backspace,ctrl+h", "delete_left"),
    ("shift+delete", "delete_right"),
    ("alt+d,ctrl+delete", "delete_word_right"),
    (YANK, "yank"),
    ("ctrl+shift+z,super+shift+z", "redo"),
)
"""Keys and actions of a text area, beside those that Textual's has."""


async def do_now(field: Widget, key: events.Key) -> bool:
    """Do what a key means to the field in which one types, before anything that was typed after it.

    Textual does so only when the key has gone up to the screen: a letter of the same read comes before it.

    Returns:
        Whether the key is one of the field's. If it has no use for it now, it is free for others.
    """
    active = field.screen.active_bindings.get(key.key)
    if active is None or active.node is not field or not active.enabled:
        return False
    if not await field.app.run_action(active.binding.action, field):
        return False
    key.stop()
    key.prevent_default()
    return True
