"""What stands round the conversation: title, status, keys, notices.

A feature: ``features`` and ``chat_screen`` alone know it. Read ``presenter`` first.

What is done::

    presenter               keeps the lines true
    key_hints               which keys are shown when

The lines::

    title_line              title and tags
    status_line             who answers, how full, what goes on
    key_line                the keys that matter now
    which_key               the keys that may follow
    notice_line             what must not be missed
"""
