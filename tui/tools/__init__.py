"""What a model may use, with what the person allows.

It knows ``chat`` and the leaves: no history, no provider, no front end. Read ``tool`` first.

    tool        the contract: what a tool is, and who has tools
    approval    what the person allows, and what of it is kept
    asked       a question to the person in words
    names       what a tool is called on the wire
    schema      schemas that every vendor takes, arguments checked against them
    toolbox     the tools that a conversation has at hand
    builtin/    our own
    mcp/        servers of the Model Context Protocol
    dropin      files of the person's own and installed packages
    signature   from a function's hints and docstring to a schema
    outputs     what foreign code prints, kept off the screen
    children    programs that foreign code starts have no terminal
    apart       foreign code in a thread that nobody waits for
    child       work on bytes of strangers in a process that can be killed
    scripts/    what runs in it
"""
