"""What models may use: asked for, turned on and off, looked at.

A feature: ``features`` alone knows it. Read ``asking`` first.

What is done::

    asking                  asks the person, one question after the other

Screens::

    approval_sheet          whether a tool may be used now
    long_text               a text that scrolls
"""
