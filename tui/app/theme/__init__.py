"""Colours, styles and the one column of text.

All parts of the app know it. Read ``themes`` first, then ``ink`` and ``grid``.

Colours::

    themes                  ours
    foreign                 those of others, made legible

Drawing::

    ink                     the styles of rows, and the pen
    grid                    where the column of text stands
    page                    the page beside the sidebar
    scroll_thumb            a slim thumb
"""
