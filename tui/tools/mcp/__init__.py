"""Servers of the Model Context Protocol: the tools, resources and prompts that they offer.

Nothing is started before it is used, and the SDK is imported in a thread when the first server starts: what
knows it stands behind ``link``. Read ``servers`` first, then ``server`` and ``connection``.

Servers::

    servers         all that are configured
    server          one of them: who owns its connection, its states and restarts, its calls
    offers          what it has besides tools
    watch           what was seen of it besides its answers
    imports         how other programs have their servers configured

A connection::

    link            as the rest sees it
    connection      the SDK's client, and its words in ours
    stdio           the way to a program
    lines           bytes of its pipe into lines
    http            the way to an address
    network         what of that the rest of the program decides
    wire            mends what comes, before the SDK reads it
    eras            which servers are of the older kind

What it may need::

    environment     what a program is given of ours
    left_behind     programs that outlived us
    oauth           signing in
    tokens          what that gave
    elicitation     what a server asks the person

What comes of it::

    content         what a conversation can hold of what it gave back
    failures        what goes wrong, in words
    logs            what the SDK notes
    clock           the time that a call may take
    durations       how long what may take
"""
