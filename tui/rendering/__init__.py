"""Text to terminal lines: functions of (source, width, palette). No App, no widgets.

It knows leaves, ``markdown``, and of Textual only how lines are made; ``app``, ``cli.plain`` and
``cli.inline`` know it. Read ``document`` first, then ``layout`` and ``block_renderers``.

From text to blocks::

    parser                  Markdown, configured once; what is drawn in another way
    blocks                  the block structure of a text, or of its end
    flat_blocks             the tree as a flat list of blocks
    incremental_parse       blocks while the text grows
    limits                  what is read as Markdown at all

From blocks to lines::

    document                the lines of one text
    printout                the same for who prints them once
    layout                  blocks and their drawings
    room                    how wide prose is, and all else
    block_renderers         which drawing a block gets
    block_spacing           what of a block depends on the one before
    guarded                 a drawing that can't fail
    wrap                    where lines break
    directions              which way the texts of a block run
    turned                  lines as they are seen where text runs from right to left
    flow                    spans as one text, cut into lines
    spans                   what a line is made of

Kinds of blocks::

    prose                   paragraphs, headings, formulas
    streaming_prose         prose that grows
    inline                  emphasis, code, links in it
    autoclose               what is still open at its end
    code                    code blocks
    highlight               their colours
    patience                an end for the work of others
    table                   tables, and how wide their columns are
    drawn_fences            fences that are more than code
    records                 commas and tabs, as tables
    folded_code             long data
    terminal_colours        what a program wrote in colours
    diagram                 Mermaid, drawn
    mermaid                 what is drawn of it, and what is known
    plain                   text as it stands
    maths                   formulas
    symbols                 TeX's commands as characters

Pictures::

    pictures                as pixels, and as cells of two
    sixel                   as rows of six

The source::

    source                  where its lines begin; drawn characters and the source
    selection               the source of what is selected

Colours::

    palette                 the colours, and looks as Rich styles
    warm                    what is loaded before the first reply
"""
