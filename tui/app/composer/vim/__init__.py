"""Vim's keys for a text: modes, motions, operators, text objects. Pure: knows a buffer, and no widget.

``vim_keys`` knows it. Read ``machine`` first.

Keys::

    machine                 the modes, what each key does, and undo
    grammar                 what a row of keys says
    following               which keys may follow

Text::

    buffer                  the text
    motions                 where a motion leads
    objects                 words, quotations, brackets
    edits                   what an operator takes, and changes
"""

from tui.app.composer.vim.buffer import Buffer
from tui.app.composer.vim.machine import Mode, Vim

KEYS = (
    ("esc", "From writing to the normal mode; there, as ever"),
    ("i a I A o O", "Write: here, after it, at the line's begin or end, in a new line"),
    ("h j k l w b e W B E", "By letters, lines, words; with a number before, so many times"),
    ("0 ^ $ gg G { }", "To the ends of the line, the text, the paragraph"),
    ("f t F T ; ,", "To a letter of the line, and again"),
    ("d c y > <", "With a motion or twice: delete, change, copy, indent"),
    ('iw a( i" …', "After these, and in a selection: the word, the brackets, the quotation"),
    ("x X D C s S Y r ~ J", "Small changes"),
    ("p P u U .", "Put, undo, redo, the last change again"),
    ("v V o", "Select letters or lines; go to its other end"),
    (": / ?", "Commands, find in this conversation, this list"),
    ("j k G", "Where nothing is written: walk the messages, go to the newest"),
)
"""Keys, and what they do."""

__all__ = ["KEYS", "Buffer", "Mode", "Vim"]
