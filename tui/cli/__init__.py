"""The command line: the only place where the parts are put together.

It knows all rooms, and none knows it. Read ``main`` first, then ``assemble``. Each command is a module of
its name with ``add_arguments`` and ``run``.

Together::

    main                    opens the app, or runs a command
    arguments               the options of the app, and how wrong ones are told
    assemble                settings, keys, providers, history, engine
    where                   where the history is
    output                  the answer here, all else there
    streams                 standard output and input as files: ``-``
    progress                how far something is
    piped                   what is piped in
    part_lines              parts that are no words of the model, as lines

Front ends::

    app                     the app on this terminal, plain mode or inline mode
    plain/                  the chat as lines
    inline/                 the chat in the terminal's scrollback
    attached                the files of a command line
    ask                     one prompt, its reply on standard output
    made_pictures           and its pictures in files

Commands::

    models                  what can answer
    usage                   what was spent
    history                 the conversations
    backup                  a copy
    restore                 the way back
    doctor                  what is wrong
    config                  the settings
    keys                    API keys
    local                   the models of this machine
    serve/                  the app in a browser
    mcp                     the servers of the Model Context Protocol
    completion              what a shell reads to complete
    completing              what may follow, when it asks
    named                   what settings and options can name, and what names nothing
"""

from tui.cli.main import main

__all__ = ["main"]
