"""Segue: a terminal chat for every model.

This is the map of the house, and each room has its own. A room may know those above it in this list, but
``providers``, ``tools``, ``history``, ``rendering`` and ``system`` don't know each other. Read ``chat``
first, then ``engine``.

The rooms::

    chat/                   what a conversation is: pure, neither input nor output
    markdown/               which characters are marks
    providers/              who answers
    tools/                  what a model may use, with what the person allows
    history/                where conversations are kept
    rendering/              text to terminal lines
    graphemes               what a reader takes for one character, and for one word
    cells                   how many cells of a terminal a text takes
    bidi                    in which order text is seen that runs from right to left
    system/                 the operating system, without Textual
    engine/                 what a person can do: a session of conversations, without any screen
    app/                    the Textual app, a folder a feature
    cli/                    the command line, plain mode, and what puts the parts together
    __main__                ``python -m tui``

Leaves, which every room may know::

    errors                  every error: what happened, and what to do next
    text                    the one gate for every text that is not ours
    checked                 JSON that is not ours, read as what it should be
    digest                  what a content is known by, and names that nothing else has
    identity                values that are equal by some of their fields
    dates                   moments, read and shown
    nearest                 "did you mean"
    parameters              the parameters of a request that can be set
    entry_points            what installed packages offer us
    aside                   work that blocks, on a thread that ends with it
    unheard                 foreign code hears nothing of what the person types

Settings, keys and the disk::

    config                  ``config.toml`` as typed values
    typed_toml              TOML into dataclasses, each problem with its place
    config_file             changes of ``config.toml`` that leave all else as it is
    setting                 what can be set: a row for each, made of the types of ``config``
    credentials             where a key comes from
    key_forms               keys as people have them
    secret                  a value that is never shown
    paths                   the folders of the program
    installing              how a missing part is installed
    locks                   locks between programs
    faults                  faults of ours that nothing else has to suffer from
"""

__version__ = "0.1.0"
