"""The history in one SQLite file, or in memory.

Who opens a history knows it by name: ``cli``, and ``engine.session`` for what is kept in memory alone. Read
``history`` first, then ``database`` and ``messages``.

The store::

    history                 the protocol, done
    database                connections, threads, transactions
    conversations           conversations: make, load, list, change
    messages                their tree, and what becomes of them
    contents                contents of files, each once
    spending                what replies took, apart from them
    statements              two that any table takes
    journal_tables          what a file before a server has beside
    state                   small things that outlive the program
    draft_owners            which program a draft belongs to
    bundles                 whole conversations, in and out
    trash                   what was deleted

Search::

    search                  over titles and messages, in FTS5's language
    indexing                the full-text index

The file::

    opening                 from a path to a history
    creation                a new one
    inspection              what a file is
    examination             what is shown of it to who has trouble
    files                   what a history is made of on the disk
    migrations/             the forms it has had
    sessions                which programs use it
    watch                   notices what others write
    upkeep                  done once in a while
    backup                  copies
    restore                 the way back
    faults                  what went wrong, in words

A damaged one::

    salvage                 put aside, and saved row by row into a new history
    pages                   first aid below SQLite
"""
