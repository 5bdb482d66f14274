"""The operating system, without Textual: clipboard, editor, signals, crash reports.

It knows leaves, and ``chat.attachment``; ``app`` and ``cli`` know it.

Texts and images::

    clipboard               copying out
    clipboard_image         taking in
    far                     whether this machine's clipboard is the person's
    tmux                    what becomes of a text in tmux, and what it keeps to itself
    editor                  the person's own editor
    piping                  a text given to a command
    desktop                 notices
    opener                  a file in the program for it

Stops and ends::

    job_control             whether a shell lets a stopped program go on
    signals                 by a signal, as by the quit key
    crash_reports           what is kept of a fault
"""
