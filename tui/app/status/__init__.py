"""What stands round the conversation: title, status, keys, notices.

A feature: ``features`` and ``main_screen`` alone know it. Read ``presenter`` first.

What is done::

    presenter               keeps the lines true

The lines::

    title_line              title and tags
    status_line             who answers, how full, what goes on
    key_line                the keys that matter now, and which those are
    which_key               the keys that may follow
    notice_line             what must not be missed
"""
