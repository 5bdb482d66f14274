"""Where the next message is written.

A feature: ``features`` and ``main_screen`` alone know it. Read ``composer`` first: it is the widget, which
owns most of the rest.

What is done::

    writing                 what is written, and what for
    fill_prompt             what a prompt that is kept as a file asks for

The widget::

    composer                it: Enter sends, but not in a paste; earlier prompts
    vim_keys                Vim's keys, if they are wanted
    vim/                    what they do to a text
    above                   what stands above it, while there is something to show
    queue_line              the prompts that wait

Files::

    files                   those that go along
    attached_lines          how they are shown

What a draft may become::

    completion              while it is typed
    slash_menu              the menu
    candidates              paths and models
    served                  resources and prompts of servers
"""
