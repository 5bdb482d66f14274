"""Our own tools. They read, and change nothing.

What there is::

    own         who has them
    folders     ``read_file`` and ``list_folder``, in the folders that the person named
    past        ``search_history``
    web         ``web_fetch``: a page as text
    fetching    one request to the web, and what comes back
    guard       which addresses may be reached

Read ``own`` first.
"""
