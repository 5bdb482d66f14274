"""Rows, fields and sheets that several features share.

They know ``theme``, ``keymap`` and below. Read ``row_list`` first, then ``sheet`` and ``filtered``.

Screens::

    layer                   the base of all that lies over another
    sheet                   a band over the page
    chooser                 a row is chosen while a field has the keys
    filtered                a sheet with a filter and its list
    ask_line                one line to type
    ask_text                a text of lines to write
    confirm                 yes or no

Lists::

    row_list                draws only what is seen
    listing                 filled by the store, a page at a time
    title_row               a row found by its title
    fuzzy                   how well a filter fits a name
    days                    times in words

Fields::

    field                   a line to type in
    text_field              a text of lines
    writing_area            anything can be put into it
    pastes                  long pastes, folded

Lines::

    line                    left and right
    hints                   the keys of a sheet
    wordmark                the name of the program
"""
