"""What a person can do with conversations: a session of them, in plain asyncio. No Textual.

It knows ``chat``, ``providers`` and ``history``; the front ends know it: ``app``, ``cli.plain``,
``cli.ask``. Read ``session`` first, then ``conversation_service``, ``reply`` and ``request``.

A session::

    session                 what one run of the program has at hand
    session_events          what it tells its front ends
    conversation_service    one conversation at work
    drafts                  what is written and not sent
    preferences             what is remembered between two runs
    titles                  a title from a model
    start_options           what the command line asks for
    workspace               the parts that work together

A reply::

    engine                  each act: store first, then a reply to run
    reply                   its life, from the request to its stored end
    request                 from stored messages to what is sent
    events                  what happens while it comes
    live                    replies that come now
    elsewhere               one that another program streams
    checkpoint              pieces on their way to the disk
    intake                  the gate behind a provider's code
    thinking                thinking between marks in the text
    surroundings            what stands before such a mark
    limits                  how long, how often
    failure                 what a provider raises, in words
    choice                  which model answers

Files::

    attaching               from a path, as people type and terminals drop it, or from @ to an attachment
    exporting               conversations as files
    saved_prompts           prompts kept as files
"""
