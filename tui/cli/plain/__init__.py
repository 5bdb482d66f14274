"""``segue --plain``: the chat as lines, for screen readers, dumb terminals and scripts. Brings no Textual.

It knows ``engine`` and the app's table of commands; only ``cli`` knows it. Read ``run`` first, then
``mode``.

The life::

    run                     from the first line to the last
    mode                    the conversation on the page
    keyboard                what the person writes
    asker                   what tools and servers ask
    interrupts              what runs is stopped and stored first, also before a sleep

Commands::

    commands                what can be entered
    acts                    does something
    lookup                  finds something
    tooling                 what models may use
    served                  resources and prompts of servers

What is said::

    page                    lines that are only added
    printer                 a reply, as it comes
    voice                   what another mode does in its own way
    spoken                  a reply in words
    words                   Markdown as words
"""

from tui.cli.plain.run import run

__all__ = ["run"]
