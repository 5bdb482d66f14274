"""What a conversation is. Pure: no input or output, no asyncio, no Textual.

It knows only leaves, and every room knows it. Read ``parts`` first, then ``message`` and ``conversation``.

What there is::

    parts                   what a message is made of: a closed union, and its one codec
    message                 a message: parts, who, when, how it ended
    conversation            the tree of messages: path, versions, branches
    draft                   a prompt that is not sent yet
    attachment              a file that goes along, told by its bytes
    bundle                  a conversation with its messages, on its way out or in

Models::

    chunks                  what a provider may yield
    model                   what is known of a model
    usage                   what a request took
    context                 how long a conversation is, and how it is made to fit
    hues                    which hue a model has

As a file::

    export                  Markdown, HTML, JSON
    page                    the HTML page
"""
