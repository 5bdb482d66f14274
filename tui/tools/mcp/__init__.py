"""Servers of the Model Context Protocol: the tools, resources and prompts that they offer.

It knows ``config`` and what ``tools`` knows; nothing is started before it is used. Read ``servers`` first,
then ``server``. What knows the SDK is behind ``connection``, imported in a thread when a server starts.

The servers::

    servers         all that are configured
    server          one of them: its states and restarts, its calls
    link            its connection, as the rest sees it
    offers          what it has besides tools
    elicitation     what it asks the person
    imports         how other programs have theirs configured

A connection::

    connection      the SDK's client, as long as it lasts
    stdio           the way to a program
    http            the way to an address
    network         what of that way the rest of the program decides
    lines           bytes of a pipe into lines
    wire            mends what comes before the SDK reads it
    content         what came, as a conversation can hold it
    environment     what a program is given of ours
    oauth           signs in
    tokens          what sign-ins gave

What is known of them::

    watch           what was seen of a server besides its answers
    eras            which are of the older kind
    left_behind     those whose program was killed
    failures        what goes wrong, in words
    logs            what the SDK notes
    clock           the time that a call may take
    durations       how long what may take
"""
