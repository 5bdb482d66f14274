"""The first form: all that an embedded history has, and who is at work in it.

Nothing that a service in PostgreSQL's place may lack: no extension, no trigger, no order of a sequence,
no lock that outlives a transaction. Texts are compared byte by byte, so that no index depends on the server's
own collation.
"""

from __future__ import annotations

_LISTED = "deleted_at IS NULL AND (message_count > 0 OR draft <> '')"

STATEMENTS = (
    """
    CREATE TABLE here.history (
        form integer NOT NULL,
        writes_from integer NOT NULL,           -- programs that know only earlier forms may but read
        rev bigint NOT NULL DEFAULT 0,          -- one more with every change
        next_conversation bigint NOT NULL DEFAULT 1,
        uid text COLLATE "C" NOT NULL           -- tells one history from another
    )
    """,
    """
    CREATE TABLE here.machines (
        machine text COLLATE "C" PRIMARY KEY,
        slot integer NOT NULL,                  -- in the ids of the messages that it makes
        seq bigint NOT NULL,                    -- all its acts up to this one are here
        mark text COLLATE "C" NOT NULL,         -- of that act: another machine may bear its name
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE here.sessions (
        name text COLLATE "C" PRIMARY KEY,
        machine text COLLATE "C" NOT NULL,
        role text COLLATE "C" NOT NULL DEFAULT current_user,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE here.conversations (
        id bigint PRIMARY KEY,
        origin text COLLATE "C" NOT NULL UNIQUE,
        title text COLLATE "C" NOT NULL DEFAULT '',
        title_key text COLLATE "C" NOT NULL DEFAULT '',
        titled boolean NOT NULL DEFAULT false,
        created_at bigint NOT NULL,             -- microseconds since 1970, UTC
        updated_at bigint NOT NULL,
        deleted_at bigint,
        pinned boolean NOT NULL DEFAULT false,
        archived boolean NOT NULL DEFAULT false,
        message_count bigint NOT NULL DEFAULT 0,
        leaf bigint,
        model text COLLATE "C",
        tags text COLLATE "C" NOT NULL DEFAULT '[]',        -- JSON as text: jsonb refuses what may be in it
        tag_key text COLLATE "C" NOT NULL DEFAULT '',
        owner text COLLATE "C",
        system text COLLATE "C" NOT NULL DEFAULT '',
        parameters text COLLATE "C" NOT NULL DEFAULT '{}',
        hues text COLLATE "C" NOT NULL DEFAULT '{}',
        tools text COLLATE "C" NOT NULL DEFAULT '[]',
        pins text COLLATE "C" NOT NULL DEFAULT '[]',
        labels text COLLATE "C" NOT NULL DEFAULT '{}',
        begun_by text COLLATE "C" NOT NULL DEFAULT '',
        project text COLLATE "C" NOT NULL DEFAULT '',
        draft text COLLATE "C" NOT NULL DEFAULT '',
        attachments text COLLATE "C",
        rev bigint NOT NULL DEFAULT 0           -- of its last change
    )
    """,
    "CREATE INDEX conversations_changed ON here.conversations (rev)",
    f"""
    CREATE INDEX conversations_listed
    ON here.conversations (archived, pinned DESC, updated_at DESC, id DESC) WHERE {_LISTED}
    """,
    f"""
    CREATE INDEX conversations_by_time ON here.conversations (updated_at DESC, id DESC) WHERE {_LISTED}
    """,
    "CREATE INDEX conversations_tagged ON here.conversations (id) WHERE tag_key <> ''",
    "CREATE INDEX conversations_deleted ON here.conversations (deleted_at) WHERE deleted_at IS NOT NULL",
    "CREATE INDEX conversations_empty ON here.conversations (id) WHERE message_count = 0",
    """
    CREATE TABLE here.messages (
        id bigint PRIMARY KEY,                  -- milliseconds since 1970 or a little more
        conversation_id bigint NOT NULL REFERENCES here.conversations (id) ON DELETE CASCADE,
        parent bigint,
        role text COLLATE "C" NOT NULL,
        status text COLLATE "C" NOT NULL,
        hidden bigint NOT NULL DEFAULT 0,
        model text COLLATE "C",
        owner text COLLATE "C",                 -- the session that streams into it
        author text COLLATE "C" NOT NULL DEFAULT current_user,
        stop_asked boolean NOT NULL DEFAULT false,          -- of its owner, by anyone
        created_at bigint NOT NULL,
        finished_at bigint,
        first_at bigint,
        reasoning_seconds double precision,
        usage text COLLATE "C",
        failure text COLLATE "C",
        parts text COLLATE "C",
        attachments text COLLATE "C",
        prefix text COLLATE "C",
        text text COLLATE "C" NOT NULL DEFAULT '',
        reasoning text COLLATE "C" NOT NULL DEFAULT ''
    )
    """,
    "CREATE INDEX messages_by_conversation ON here.messages (conversation_id, id)",
    """
    CREATE INDEX messages_by_model ON here.messages (left(model, 200), conversation_id)
    WHERE model IS NOT NULL
    """,
    "CREATE INDEX messages_streaming ON here.messages (owner) WHERE status = 'streaming'",
    "CREATE INDEX messages_hidden ON here.messages (hidden) WHERE hidden <> 0",
    """
    CREATE TABLE here.pieces (
        message_id bigint NOT NULL REFERENCES here.messages (id) ON DELETE CASCADE,
        seq bigint NOT NULL,
        created_at bigint NOT NULL,
        reasoning text COLLATE "C" NOT NULL,
        text text COLLATE "C" NOT NULL,
        part text COLLATE "C",
        PRIMARY KEY (message_id, seq)
    )
    """,
    """
    CREATE TABLE here.search (
        id bigint PRIMARY KEY REFERENCES here.messages (id) ON DELETE CASCADE,
        conversation_id bigint NOT NULL,
        said text COLLATE "C" NOT NULL          -- folded words, a space round each
    )
    """,
    """
    CREATE FUNCTION here.lexemes(id bigint, conversation_id bigint, said text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $body$
        SELECT array_to_tsvector(array_remove(string_to_array(concat_ws(' ',
            '#' || conversation_id::text COLLATE "C",
            '@' || (id >> 31)::text,
            CASE WHEN octet_length(said) > 300000 THEN '!' ELSE (
                SELECT string_agg(concat_ws(' ',
                    left(word, 64),
                    '<' || left(word, 1), '<' || left(word, 2), '<' || left(word, 3),
                    CASE WHEN length(word) = 1 AND length(next) = 1 THEN '=' || word || next END,
                    '~' || left(encode(sha224(convert_to(word || ' ' || left(next, 3), 'UTF8')), 'hex'), 4)
                ), ' ')
                FROM (SELECT string_to_array(btrim(said, ' '), ' ')) AS texts (words),
                    unnest(words, words[2:]) AS pairs (word, next)
                WHERE word <> ''
            ) END
        ), ' '), ''))
    $body$
    """,
    """
    CREATE INDEX search_lexemes ON here.search USING gin (here.lexemes(id, conversation_id, said))
    WITH (fastupdate = off)
    """,
    "ALTER INDEX here.search_lexemes ALTER COLUMN 1 SET STATISTICS 0",
    """
    CREATE TABLE here.contents (
        sha256 text COLLATE "C" PRIMARY KEY,
        size bigint NOT NULL,
        whole boolean NOT NULL DEFAULT false    -- whether all its parts are here
    )
    """,
    "CREATE INDEX contents_lacking ON here.contents (sha256) WHERE NOT whole",
    """
    CREATE TABLE here.content_parts (
        sha256 text COLLATE "C" NOT NULL REFERENCES here.contents (sha256) ON DELETE CASCADE,
        place bigint NOT NULL,
        data bytea NOT NULL,
        PRIMARY KEY (sha256, place)
    )
    """,
    """
    CREATE TABLE here.attached (                -- who names a content; what nobody names goes
        sha256 text COLLATE "C" NOT NULL REFERENCES here.contents (sha256),
        message_id bigint REFERENCES here.messages (id) ON DELETE CASCADE,
        conversation_id bigint REFERENCES here.conversations (id) ON DELETE CASCADE,
        draft_of text COLLATE "C"               -- the role and machine, for a conversation that is not stored
    )
    """,
    "CREATE INDEX attached_contents ON here.attached (sha256)",
    "CREATE INDEX attached_messages ON here.attached (message_id) WHERE message_id IS NOT NULL",
    """
    CREATE INDEX attached_conversations ON here.attached (conversation_id)
    WHERE conversation_id IS NOT NULL
    """,
    "CREATE INDEX attached_drafts ON here.attached (draft_of) WHERE draft_of IS NOT NULL",
    """
    CREATE TABLE here.spending (                -- it stays when the replies go
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        role text COLLATE "C" NOT NULL DEFAULT current_user,
        message_id bigint UNIQUE,               -- the reply; NULL for a request that is none
        conversation_id bigint,
        at bigint NOT NULL,
        model text COLLATE "C" NOT NULL,
        input_tokens bigint,
        output_tokens bigint,
        cached_tokens bigint,
        written_tokens bigint,
        cost double precision                   -- US dollars; NULL where it is not known
    )
    """,
    "CREATE INDEX spending_by_time ON here.spending (at)",
    """
    CREATE TABLE here.prompts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        role text COLLATE "C" NOT NULL DEFAULT current_user,
        text text COLLATE "C" NOT NULL
    )
    """,
    "CREATE INDEX prompts_by_role ON here.prompts (role, id)",
    """
    CREATE TABLE here.state (
        role text COLLATE "C" NOT NULL DEFAULT current_user,
        machine text COLLATE "C" NOT NULL,      -- empty: of the person on every machine
        key text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        PRIMARY KEY (role, machine, key)
    )
    """,
)
