"""The tables that a file has beside the others if it stands before a server."""

from __future__ import annotations

import sqlite3

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS acts (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        mark TEXT NOT NULL,
        kind TEXT NOT NULL,
        conversation_id INTEGER,
        facts TEXT NOT NULL,                    -- JSON
        made_at INTEGER NOT NULL,
        aside TEXT                              -- why the server does not take it
    )
    """,
    "CREATE INDEX IF NOT EXISTS acts_in_time ON acts (made_at)",
    "CREATE INDEX IF NOT EXISTS acts_by_conversation ON acts (conversation_id, seq)",
    """
    CREATE TABLE IF NOT EXISTS journal (        -- one row
        id INTEGER PRIMARY KEY CHECK (id = 1),
        machine TEXT NOT NULL,
        slot INTEGER NOT NULL,                  -- in the ids of messages
        pushed INTEGER NOT NULL,                -- the server has all acts up to this one
        next_conversation INTEGER NOT NULL,     -- of the numbers that are this machine's
        last_conversation INTEGER NOT NULL,
        ahead INTEGER NOT NULL,                 -- microseconds that the server's clock is before this one's
        seen_at INTEGER,                        -- when the server was seen last
        total INTEGER NOT NULL,                 -- conversations that were on the server then
        uid TEXT NOT NULL                       -- of the history there
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS kept (           -- what of the server is here
        conversation_id INTEGER PRIMARY KEY,
        rev INTEGER NOT NULL,
        used_at INTEGER NOT NULL,               -- when it was read here last, or changed
        left_out INTEGER NOT NULL DEFAULT 0     -- there was no room for it
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS renamed (        -- what got another number than it had
        kind TEXT NOT NULL,                     -- a message or a conversation
        old INTEGER NOT NULL,
        new INTEGER NOT NULL,
        PRIMARY KEY (kind, old)
    )
    """,
)


def make_journal(connection: sqlite3.Connection) -> None:
    """Make them where there are none."""
    for statement in _TABLES:
        connection.execute(statement)
