"""How messages are drawn and read, wherever they are shown: in the transcript, side by side, as a preview.

The features know it. Read ``message_view`` first, then ``message_list``.

One message::

    message_view            its lines
    blocks                  its blocks from top to bottom, and how it stands
    summary_view            those of a summary
    segue_line              what stands above
    name_line               who answers
    plain_text              text as it was typed
    long_text               a text that scrolls
    interleaved             texts and calls in their order
    call_lines              a call, folded or open
    attachment_rows         its files
    footer                  what stands under it
    rows                    rows with places to click
    turned_rows             rows as they are seen where text runs from right to left
    picture_lines           a picture where it stands
    look                    width and colours
    link_sheet              opening a link
    picture_link_sheet      loading a picture that is elsewhere
    save_sheet              code or a picture into a file
    picture_screen          a picture alone
    alone                   a screen of its own for what is no text
    by_pixels               a picture there, as the terminal draws it
    picture_files           a picture as a file

How a reply stands::

    reply_status            the fields of the status line
    reply_standing          what they are of a reply

All messages of a path::

    message_list            the widget, which owns the rest
    window                  a tall column, laid out near the reader
    viewport                the reader's place in it
    pager                   loads
    stream                  what comes
    diagrams                drawn beside
    finder                  finds
    selection               what is selected
    gallery                 pictures that are known
    pictures_in_view        which are loaded
    loaded_pictures         those that were elsewhere
"""
