"""Where conversations are kept.

It knows ``chat`` and the leaves; ``engine``, ``app`` and ``cli`` know it. Read ``store`` first: they know a
history by this protocol.

For every history::

    store                   what a history must do
    query                   what a person types into search
    facts                   what is known besides texts, as JSON
    rows                    rows and the types of ``chat``; times as numbers
    part_columns            parts and the columns that hold them
    spent_rows              what replies took, apart from them
    pieces                  what has come of a reply that is still streaming
    copies                  what a copy of a conversation has
    hits                    what search shows of what it found
    uris                    the address of a SQLite file
    missing                 what is said of a number that nothing has
    bundles                 whole messages and conversations out of it
    importers/              conversations from other programs

    copying                 all of one history into another
    preferences             what a person prefers: it goes along

Which one::

    place                   where a history is
    opening                 from there to the history: callers know no other way
    examination             what it is, for who has trouble
    look                    what was seen of it

Each of them::

    sqlite/                 in one SQLite file, or in memory
    postgres/               in a schema of a PostgreSQL server
    shared/                 there, and first in a file of this machine
"""
