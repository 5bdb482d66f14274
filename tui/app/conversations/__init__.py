"""Finding, opening and ordering conversations.

A feature: ``features`` and ``main_screen`` alone know it. Read ``reading`` first.

What is done::

    reading                 which conversation is read
    arranging               tags, pin, archive, copy, file, trash
    conversation_settings   title, system prompt, parameters
    lists                   opens the lists
    branches                with the tree of the one that is read
    news                    what the history tells
    moving                  what is in a file here goes to the server
    move_sheet              the offer to do that

All conversations::

    conversations           the sheet
    conversations.tcss      its styles
    conversation_list       what stands in it
    conversation_rows       how that is drawn
    title_field             a title that is changed in it
    preview                 the conversation beside it
    sidebar                 the list beside the page
    sidebar_edge            how wide it is, dragged

Your prompts::

    timeline                the sheet
    prompt_list             what stands in it, and how that is drawn

The conversation whole::

    tree                    the sheet
    tree_rows               what stands in it, and how that is drawn
"""
