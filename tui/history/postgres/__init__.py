"""The history in a schema of a PostgreSQL server, one for every machine.

Only ``history.opening`` knows it, and loads it where a server is named. Read ``history`` first, then ``link``
and ``messages``.

The store::

    history                 the protocol, done
    conversations           conversations: make, load, list, change
    messages                their tree, and what becomes of them
    contents                contents of files, each once, in parts
    bundles                 whole conversations, in and out
    spending                what replies took, apart from them
    trash                   what was deleted
    state                   small things that outlive the program
    draft_owners            which program a draft belongs to

Search::

    search                  over titles and messages, the newest first
    lexemes                 what the index knows a message by

The server::

    server                  from an address to a connection: passwords, TLS
    link                    connections, transactions, time limits
    schema                  the tables, of the form that this program writes
    migrations/             the forms that they have had
    sessions                which programs use it: leases
    revisions               the numbers of changes
    news                    notices what others write
    upkeep                  done once in a while
    faults                  what went wrong, in words
    examination             what is shown of it to who has trouble
"""
