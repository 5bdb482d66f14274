"""The terminal: what it sends, what it can show.

It knows no other part of the app. Read ``driver`` first.

What it sends::

    driver                  nothing typed is lost, nothing hangs
    parser                  keys, pastes and replies
    replies                 what it is asked, and what it answers
    key_sequences           keys in sequences; keyboards without Latin letters
    editing_keys            the keys that edit a text, as a shell and macOS have them
    own_keys                what a field does with them, at once
    keys                    what Textual does not know of keys

What it is and shows::

    kinds                   which it is, and what that one takes
    light                   whether its page is light
    outside                 title, progress and notices
    uploads                 pictures that it holds
    inline_files            pictures as iTerm2's protocol has them
    turning                 who turns text that runs from right to left
    cell_size               pixels of a cell
    abilities               how many colours, which glyphs
    thin                    a frame as the difference to what stands there
    line_filters            glyphs where there is only ASCII; the last line against outside text
"""
