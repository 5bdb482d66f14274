"""The first form: conversations, their trees of messages, pieces of streaming replies, full-text search."""

from __future__ import annotations

import sqlite3

STATEMENTS = (
    """
    CREATE TABLE conversations (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        origin TEXT NOT NULL UNIQUE,            -- PROGRAM:ID, what an import knows it by
        title TEXT NOT NULL DEFAULT '',
        title_key TEXT NOT NULL DEFAULT '',     -- without case and accents
        titled INTEGER NOT NULL DEFAULT 0,
        created_at INTEGER NOT NULL,            -- microseconds since 1970, UTC
        updated_at INTEGER NOT NULL,
        deleted_at INTEGER,                     -- in the trash since
        pinned INTEGER NOT NULL DEFAULT 0,
        archived INTEGER NOT NULL DEFAULT 0,
        message_count INTEGER NOT NULL DEFAULT 0,
        leaf INTEGER,                           -- end of the active path
        model TEXT,
        tags TEXT NOT NULL DEFAULT '[]',        -- JSON
        tag_key TEXT NOT NULL DEFAULT '',       -- one folded tag a line, each between line feeds
        owner TEXT,                             -- the session that made it
        system TEXT NOT NULL DEFAULT '',
        parameters TEXT NOT NULL DEFAULT '{}',  -- JSON
        hues TEXT NOT NULL DEFAULT '{}',        -- JSON
        pins TEXT NOT NULL DEFAULT '[]',        -- JSON: ids of messages that no request leaves out
        draft TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE INDEX conversations_listed
    ON conversations (archived, pinned, updated_at, id, title_key, tag_key, model)
    WHERE deleted_at IS NULL AND (message_count > 0 OR draft <> '')
    """,
    """
    CREATE INDEX conversations_by_time ON conversations (updated_at, title_key)
    WHERE deleted_at IS NULL AND (message_count > 0 OR draft <> '')
    """,
    "CREATE INDEX conversations_tagged ON conversations (tag_key, message_count) WHERE tag_key <> ''",
    "CREATE INDEX conversations_deleted ON conversations (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX conversations_empty ON conversations (id) WHERE message_count = 0",
    """
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,                 -- milliseconds since 1970 or a little more: grows with time
        conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
        parent INTEGER,
        role TEXT NOT NULL,
        status TEXT NOT NULL,
        hidden INTEGER NOT NULL DEFAULT 0,
        model TEXT,
        owner TEXT,                             -- the session that streams into it
        created_at INTEGER NOT NULL,
        finished_at INTEGER,
        reasoning_seconds REAL,
        usage TEXT,                             -- JSON, as are the next four
        failure TEXT,
        sources TEXT,
        images TEXT,
        notices TEXT,
        text TEXT NOT NULL DEFAULT '',
        reasoning TEXT NOT NULL DEFAULT '',
        spaced TEXT                             -- the text as search sees it, where that is another
    )
    """,
    "CREATE INDEX messages_by_conversation ON messages (conversation_id)",
    "CREATE INDEX messages_by_model ON messages (model, conversation_id) WHERE model IS NOT NULL",
    "CREATE INDEX messages_streaming ON messages (owner) WHERE status = 'streaming'",
    """
    CREATE TRIGGER messages_counted AFTER INSERT ON messages BEGIN
        UPDATE conversations SET message_count = message_count + 1 WHERE id = new.conversation_id;
    END
    """,
    """
    CREATE TRIGGER messages_uncounted AFTER DELETE ON messages BEGIN
        UPDATE conversations SET message_count = message_count - 1 WHERE id = old.conversation_id;
    END
    """,
    """
    CREATE TABLE pieces (
        id INTEGER PRIMARY KEY,
        message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
        created_at INTEGER NOT NULL,
        text TEXT NOT NULL,
        reasoning TEXT NOT NULL
    )
    """,
    "CREATE INDEX pieces_by_message ON pieces (message_id)",
    """
    CREATE VIEW indexed_messages AS
    SELECT id, conversation_id, coalesce(spaced, text) AS text,
        char(57344) || conversation_id AS conversation  -- a word that no text has
    FROM messages WHERE status <> 'streaming'
    """,
    """
    CREATE VIRTUAL TABLE messages_fts USING fts5 (
        text, conversation, content = 'indexed_messages', content_rowid = 'id',
        tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    )
    """,
    "CREATE TABLE prompts (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)",
    "CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
)


def migrate(connection: sqlite3.Connection) -> None:
    """Make the tables."""
    for statement in STATEMENTS:
        connection.execute(statement)
