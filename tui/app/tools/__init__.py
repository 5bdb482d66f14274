"""What models may use: asked for, turned on and off, looked at.

A feature: ``features`` alone knows it. Read ``asking`` first.

What is done::

    asking                  asks the person, one question after the other
    tooling                 what is on, and whether vendors search

Questions::

    question_sheet          comes by itself; nothing that is typed elsewhere answers it
    approval_sheet          whether a tool may be used now
    form_sheet              what a server wants to know
    visit_sheet             an address that a server wants to be opened
    project_sheet           what a project would do

Screens::

    tools_sheet             every tool, on or off, and what is always allowed
    tool_rows               its rows
    servers_sheet           the servers, and what is wrong with them
"""
