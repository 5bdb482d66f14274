"""The conversation that is read: what is done with its messages.

A feature: ``features`` and ``main_screen`` alone know it. Read ``transcript`` first: it puts the keys of a
chosen message on the list of messages.

What is done::

    message_actions         with a chosen message
    piping                  code to a command
    shown_replies           replies come into it
    finding                 the bar, opened and closed

What is seen::

    transcript              the widget, which owns these
    walk                    from message to message, and back
    line_selection          whole lines
    numbers                 on code and links
    find_bar                where one types what to find
    pipe_sheet              what will run, and what it wrote
"""
