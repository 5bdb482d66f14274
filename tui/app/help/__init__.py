"""All keys and commands.

A feature: ``app`` and ``main_screen`` alone know it.

What is seen::

    help_screen             the keys and commands
    palette                 a command, found by a few letters
"""
