"""What runs in a child: each file stands alone, imports nothing of ours, and is run by its path.

What there is::

    page        a web page to the text that is worth reading
    pdf         the text of a PDF
    mermaid     a diagram as text

How they are run is in ``tools/child``.
"""
