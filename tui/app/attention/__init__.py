"""What the person is told who looks elsewhere, and what the window says meanwhile.

A feature: ``features`` alone knows it.

    attention               follows the replies; title, progress and what the program does
    notices                 when something is told, and what
    telling                 by which way: the terminal, the system, a bell
"""
