"""What a person can do with conversations: a session of them, in plain asyncio. No Textual.

It knows ``chat``, ``providers`` and ``history``; the front ends know it: ``app``, ``cli.plain``,
``cli.ask``. Read ``session`` first, then ``conversation_service``, ``reply`` and ``request``.

A session::

    session                 what one run of the program has at hand
    session_events          what it tells its front ends
    conversation_service    one conversation at work
    drafts                  what is written and not sent
    preferences             what is remembered between two runs
    moving_in               what is in a file, where the history is on a server
    titles                  a title from a model
    project                 a folder that says how conversations begun in it are answered
    projects                whether the person lets it count
    start_options           what the command line asks for
    workspace               the parts that work together

A reply::

    engine                  each act: store first, then a reply to run
    reply                   its life, from the request to its stored end
    request                 from stored messages to what is sent
    resolver                who finds the provider of a model
    events                  what happens while it comes
    live                    replies that come now
    elsewhere               one that another program streams
    checkpoint              pieces on their way to the disk
    intake                  the gate behind a provider's code
    pdf_text                PDF as text for models that can't read it
    structured              answers that are JSON of a given shape
    thinking                thinking between marks in the text
    surroundings            what stands before such a mark
    limits                  how long, how often
    budget                  what may be spent, and what is said before it is

Its tools::

    tools                   what this run has: who has them, which are on, what is allowed
    tool_sources            who has tools, by the settings
    mcp_servers             the servers of the Model Context Protocol, with our way to other machines
    offers                  resources and prompts of servers, as they are typed
    web_search              whether a model's vendor searches, and at what price
    making_pictures         whether a model makes pictures, and what one gets that makes nothing else
    calling                 what a reply and the calls in it know of each other
    rounds                  the calls of a reply: checked, approved, carried out, answered
    results                 what a model reads of a result
    written_calls           calls that came as text

And::

    failure                 what a provider raises, in words
    trial                   a provider is tried before it is kept
    choice                  which model answers
    which_conversation      which conversation is meant

Files::

    remote_picture          a picture that is elsewhere, loaded when it is wanted
    attaching               from a path, as people type and terminals drop it, to an attachment
    gathering               what goes along, from the disk and from elsewhere, as typed in one place
    mentioning              what a prompt names after @
    folder_files            what of a folder goes along
    project_files           what of a project goes along with each first prompt
    exporting               conversations as files
    saved_prompts           prompts kept as files, and Agent Skills
    personas                who a model is to be
    front_matter            what stands in front of such a text
"""
