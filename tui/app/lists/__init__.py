"""Rows, fields and sheets that several features share.

They know ``theme``, ``keymap`` and below. Read ``row_list`` first, then ``sheet`` and ``filtered``.

Screens::

    sheet                   what lies over another screen; with a list, on a band
    filtered                a sheet with a filter and its list, rows found by their titles
    taking                  what is written stays until it is taken
    ask_line                one line to type
    ask_text                a text of lines to write, and its field
    blanks                  several fields with their labels
    values                  one of several, or a line that is checked

Lists::

    row_list                draws only what is seen
    listing                 filled by the store, a page at a time
    fuzzy                   how well a filter fits a name

Fields::

    field                   a line to type in
    writing_area            anything can be put into it; long pastes are folded
    pointing                which place of a text the pointer is at
    wrapping                where the lines of a text area break
    turned_line             what is typed, as it is seen where it runs from right to left
    kill_ring               what was cut by keys, to be put in again

Lines::

    line                    left and right
    hints                   the keys of a sheet
    wordmark                the name of the program
"""
