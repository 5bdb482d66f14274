"""One prompt to several models, side by side.

A feature: ``features`` alone knows it. Read ``comparing`` first.

What is done::

    comparing               begins comparisons, does what is chosen
    comparison              what a comparison is

What is seen::

    compare                 the screen
    compare.tcss            its styles
    reply_column            one reply
    lone_message            the text of one message alone
    differences             two replies, word by word
    compare_lines           the lines round them, and what a reply has taken
"""
