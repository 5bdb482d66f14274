"""``segue serve``: the app in a browser, a program for each visitor, behind a token.

A command like the others; ``main`` knows it. Read ``command`` first. Importing this package brings no HTTP.

The parts::

    command                 the options, from start to end
    gate                    who may come in: token, Host, Origin
    server                  what is answered: the page, its files, a visit
    visitor                 a pseudo-terminal, and the program in it
    seat                    what that program begins with
    orders                  what the page says besides keys
    emulator                xterm.js: fetched once, known by its hashes

The page::

    page/index.html         what it is made of
    page/page.css           how it looks, on a desk and in a hand
    page/page.js            keys, clipboard, links, size
"""

from tui.cli.serve.command import add_arguments, run

__all__ = ["add_arguments", "run"]
