"""``segue --inline``: finished replies in the terminal's scrollback, a few rows of the one that comes below.

Plain mode with another voice: its loop, line editor, commands and questions. Brings no Textual app.
Only ``cli`` knows it. Read ``run`` first, then ``drawn``.

The life::

    run                     plain mode's, on a terminal that can do this
    terminal                its size, its echo, and whether it wraps its lines anew

What is shown::

    drawn                   a reply, as it comes
    region                  the rows that are drawn again
    rows                    rows with colours
"""

from tui.cli.inline.run import run

__all__ = ["run"]
