"""How messages are drawn and read, wherever they are shown: in the transcript, side by side, as a preview.

One message: ``message_view`` has its lines, made of ``name_line``, ``plain_text``, ``footer`` and other
blocks; ``look`` says for which width and colours, ``rows`` what can be clicked in them.

All messages of a path: ``message_list`` is the widget. It owns ``viewport``, which keeps the reader's place
in the lines that ``window`` lays out, ``pager``, which loads, ``stream``, ``finder`` and ``selection``.
"""
