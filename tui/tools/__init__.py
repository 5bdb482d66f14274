"""What a model may use, with what the person allows.

It knows ``chat`` and the leaves: no history, no provider, no front end. Read ``tool`` first.

::

    tool                    the contract: what a tool is, and who has tools
    approval                what the person allows, and what of it is kept
"""
