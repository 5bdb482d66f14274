"""The terminal interface, on Textual.

It knows all rooms but ``cli``, which alone knows it (plain mode only the table of commands). Read
``context`` first, then ``features``. No feature knows another: each gets a ``Context``, and they meet in
messages and in what ``features`` hands on.

What puts the features together::

    app                     the program round the screens
    app.tcss                its styles
    main_screen             the screen with the conversation, and its keys
    main_screen.tcss        its styles
    features                the features over a session
    context                 what a feature may ask of the rest

The features::

    transcript/             what is done with messages
    composer/               what is written
    models/                 who answers
    conversations/          finding, opening, ordering
    compare/                models side by side
    help/                   keys and commands
    settings/               what is set for the whole app
    options/                how a conversation is answered
    tools/                  what models may use
    spending/               what was spent
    projects/               what the folder of work says
    status/                 what stands round the conversation
    attention/              what is told to who looks elsewhere

Shared below them::

    messages/               how messages are drawn and read
    lists/                  rows, fields and sheets
    commands                the table of commands
    actions                 the table of actions, with their default keys
    keymap                  which key an action has now
    turns                   one key after the other
    undo                    what was done and can be undone
    theme/                  colours and styles
    terminal/               what a terminal sends and shows
    background              work beside the message loop
    life                    whether a part of the screen is still there
"""
