"""The terminal interface, on Textual.

- ``app`` is the program round the screens; ``main_screen`` is the screen with the conversation and its keys.
- ``features`` puts the features together over a session, and hands on what the session tells.
- The features: ``transcript`` (what is done with messages), ``composer`` (what is written), ``models``,
  ``conversations``, ``compare``, ``help``, ``settings``, ``status``. Each has its widgets, its screens, and
  one or two classes that do what its commands and keys ask for. None imports another.
- ``context`` says what a feature may ask of the rest.
- Shared below them: ``messages`` (how messages are drawn), ``lists`` (rows, fields, sheets), ``commands``,
  ``keymap``, ``undo``, ``theme``, ``terminal``, ``background`` and ``life``.
"""
