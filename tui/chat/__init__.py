"""What a conversation is. Pure: no input or output, no asyncio, no Textual.

It knows only leaves, and every room knows it. Read ``parts`` first, then ``message`` and ``conversation``.

What there is::

    parts                   what a message is made of: a closed union, and its one codec
    message                 a message: parts, who, when, how it ended
    conversation            the tree of messages: path, versions, branches; as a bundle on its way
    outline                 the whole tree, as lines from the top down
    draft                   a prompt that is not sent yet
    attachment              a file that goes along, told by its bytes

Models::

    chunks                  what a provider may yield
    model                   what is known of a model: facts, usage, hue
    spending                what replies have taken, summed up
    context                 how long a conversation is, and how it is made to fit

As a file::

    export                  Markdown, HTML, JSON
    page                    the HTML page
"""
