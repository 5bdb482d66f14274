"""The keys that edit a text in a shell, on macOS and in terminals with kitty's protocol."""

from __future__ import annotations

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
