"""Conversations from other programs, as those programs write them."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.history.conftest import PLACES
from tui.chat.chunks import Usage
from tui.chat.export import to_json, to_markdown
from tui.chat.message import Role
from tui.chat.page import to_html
from tui.chat.parts import CallState, Reasoning, Source, Sources, Text, ToolCall, ToolResult, prompt_parts
from tui.errors import ImportFileError
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.importers.models import model_id
from tui.history.sqlite.history import open_history


def chatgpt_node(key, parent, role=None, parts=None, at=None, content_type="text", **more):
    message = None
    if role:
        content = {"content_type": content_type, "parts": parts or []}
        if content_type == "thoughts":
            content = {"content_type": "thoughts", "thoughts": [{"summary": "Plan", "content": "Think hard"}]}
        message = {
            "id": key,
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": at,
            "content": content,
            "weight": 1.0,
            "recipient": "all",
            "metadata": {"model_slug": "gpt-6-sol"} if role == "assistant" else {},
            **more,
        }
    return {"id": key, "message": message, "parent": parent, "children": []}


CHATGPT = [
    {
        "title": "Café plans",
        "create_time": 1_684_300_000.25,
        "update_time": 1_684_300_900.5,
        "mapping": {
            node["id"]: node
            for node in (
                chatgpt_node("root", None),
                chatgpt_node("sys", "root", "system", [""], weight=0.0),
                chatgpt_node("q1", "sys", "user", ["Where is a café?"], 1_684_300_001.0),
                chatgpt_node("t1", "q1", "assistant", at=1_684_300_002.0, content_type="thoughts"),
                chatgpt_node("call", "t1", "assistant", ["search()"], 1_684_300_003.0, recipient="browser"),
                chatgpt_node("tool", "call", "tool", ["found"], 1_684_300_004.0),
                chatgpt_node("a1", "tool", "assistant", ["By the river."], 1_684_300_005.0),
                chatgpt_node("a2", "q1", "assistant", ["In the old town."], 1_684_300_100.0),
                chatgpt_node(
                    "q2",
                    "a1",
                    "user",
                    [
                        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"},
                        "This one?",
                    ],
                    None,
                    "multimodal_text",
                ),
                chatgpt_node("a3", "q2", "assistant", ["Yes."], 1_684_300_200.0),
            )
        },
        "current_node": "a3",
        "conversation_id": "c-1",
        "default_model_slug": "gpt-6-sol",
        "is_archived": True,
    },
    {"title": None, "create_time": 1.0, "mapping": {}, "current_node": None, "id": "c-empty"},
]

CLAUDE = [
    {
        "uuid": "u-1",
        "name": "Naming things",
        "created_at": "2025-03-01T10:00:00.000000Z",
        "updated_at": "2025-03-01T10:05:00.000000Z",
        "account": {"uuid": "me"},
        "chat_messages": [
            {
                "uuid": "m-1",
                "sender": "human",
                "text": "Name this",
                "content": [{"type": "text", "text": "Name this", "citations": []}],
                "created_at": "2025-03-01T10:00:01.000000Z",
                "attachments": [{"file_name": "a.py", "file_type": "py", "extracted_content": "```\nx = 1"}],
                "files": [{"file_name": "b.png"}],
            },
            {
                "uuid": "m-2",
                "sender": "assistant",
                "text": "old field",
                "content": [
                    {"type": "thinking", "thinking": "Hm."},
                    {"type": "tool_use", "name": "artifacts", "input": {}},
                    {"type": "text", "text": "Call it one."},
                ],
                "created_at": "2025-03-01T10:00:05.000000Z",
                "attachments": [],
                "files": [],
            },
        ],
    },
    {
        "uuid": "u-2",
        "name": "",
        "created_at": "2025-03-02T10:00:00Z",
        "updated_at": None,
        "chat_messages": [],
    },
]

PARLLAMA = {
    "id": "p-1",
    "name": "Llamas",
    "last_updated": "2025-06-01T12:00:00+00:00",
    "llm_config": {
        "class_name": "LlmConfig",
        "provider": "Ollama",
        "model_name": "qwen3:8b",
        "temperature": 0.5,
    },
    "messages": [
        {
            "id": "1",
            "role": "system",
            "content": "Be kind.",
            "thinking": "",
            "images": None,
            "tool_calls": None,
        },
        {"id": "2", "role": "user", "content": "Hello", "thinking": "", "images": None, "tool_calls": None},
        {
            "id": "3",
            "role": "assistant",
            "content": "Hi!",
            "thinking": "Greet.",
            "images": None,
            "tool_calls": None,
        },
    ],
}


def write_json(path: Path, document: object) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def make_database(path: Path, script: str) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(script)
    connection.close()
    return path


def elia(path: Path) -> Path:
    return make_database(
        path,
        """
        CREATE TABLE system_prompt (
            id INTEGER PRIMARY KEY, title VARCHAR NOT NULL, prompt VARCHAR NOT NULL, created_at DATETIME
        );
        CREATE TABLE chat (
            id INTEGER NOT NULL PRIMARY KEY, model VARCHAR NOT NULL, title VARCHAR,
            started_at DATETIME DEFAULT CURRENT_TIMESTAMP, archived BOOLEAN NOT NULL
        );
        CREATE TABLE message (
            id INTEGER NOT NULL PRIMARY KEY, chat_id INTEGER REFERENCES chat (id), role VARCHAR NOT NULL,
            content VARCHAR NOT NULL, timestamp DATETIME DEFAULT CURRENT_TIMESTAMP, meta JSON,
            parent_id INTEGER REFERENCES message (id), model VARCHAR
        );
        INSERT INTO chat VALUES
            (1, 'elia-gpt-4o', NULL, '2024-05-01 12:00:00.000000', 0),
            (2, 'claude-3-opus', 'Old one', '2024-05-02 12:00:00', 1);
        INSERT INTO message (id, chat_id, role, content, timestamp, meta, model) VALUES
            (1, 1, 'system', 'Be terse.', '2024-05-01 12:00:00', '{}', 'elia-gpt-4o'),
            (2, 1, 'user', 'Hello elia', '2024-05-01 12:00:01.5', '{}', 'elia-gpt-4o'),
            (3, 1, 'assistant', 'Hello.', '2024-05-01 12:00:02', '{}', 'elia-gpt-4o'),
            (4, 2, 'user', 'Archived?', '2024-05-02 12:00:01', '{}', NULL);
        """,
    )


def oterm(path: Path) -> Path:
    return make_database(
        path,
        """
        CREATE TABLE "chat" (
            "id" INTEGER, "name" TEXT, "model" TEXT NOT NULL, "system" TEXT, "provider" TEXT DEFAULT "ollama",
            "parameters" TEXT DEFAULT "{}", "tools" TEXT DEFAULT "[]", "thinking" BOOLEAN DEFAULT 0,
            PRIMARY KEY("id" AUTOINCREMENT)
        );
        CREATE TABLE "message" (
            "id" INTEGER, "chat_id" INTEGER NOT NULL, "author" TEXT NOT NULL, "text" TEXT NOT NULL,
            "images" TEXT DEFAULT "[]", PRIMARY KEY("id" AUTOINCREMENT),
            FOREIGN KEY("chat_id") REFERENCES "chat"("id") ON DELETE CASCADE
        );
        INSERT INTO chat (name, model, system, provider)
        VALUES ('Chat one', 'gpt-5', 'Be terse.', 'openai-chat');
        INSERT INTO message (chat_id, author, text)
        VALUES (1, 'user', 'Hello oterm'), (1, 'assistant', 'Hello.');
        """,
    )


def old_oterm(path: Path) -> Path:
    return make_database(
        path,
        """
        CREATE TABLE "chat" (
            "id" INTEGER, "name" TEXT, "model" TEXT NOT NULL, "system" TEXT, "format" TEXT, "parameters" TEXT,
            "keep_alive" INTEGER DEFAULT 5, PRIMARY KEY("id" AUTOINCREMENT)
        );
        CREATE TABLE "message" ("chat_id" INTEGER NOT NULL, "author" TEXT NOT NULL, "text" TEXT NOT NULL);
        INSERT INTO chat (name, model) VALUES ('Old', 'llama3:latest');
        INSERT INTO message VALUES (1, 'me', 'Hello oterm'), (1, 'ollama', 'Hello.');
        """,
    )


LLM = """
    CREATE TABLE "conversations" ("id" TEXT PRIMARY KEY, "name" TEXT, "model" TEXT);
    CREATE TABLE "responses" (
        "id" TEXT PRIMARY KEY, "model" TEXT, "prompt" TEXT, "system" TEXT, "prompt_json" TEXT,
        "options_json" TEXT, "response" TEXT, "response_json" TEXT, "conversation_id" TEXT,
        "duration_ms" INTEGER, "datetime_utc" TEXT, "input_tokens" INTEGER, "output_tokens" INTEGER,
        "token_details" TEXT, "schema_id" TEXT, "resolved_model" TEXT, "reasoning" TEXT
    );
    INSERT INTO conversations VALUES ('01a', 'Pelicans', 'gpt-4o-mini');
    INSERT INTO responses (
        id, model, prompt, system, response, conversation_id, datetime_utc, input_tokens, output_tokens,
        reasoning
    ) VALUES
        ('01b', 'gpt-4o-mini', 'Name one', 'Be terse.', 'Percy', '01a',
         '2024-06-01T10:00:00.123456+00:00', 9, 2, NULL),
        ('01c', 'claude-3-opus', 'Another', NULL, 'Polly', '01a',
         '2024-06-01T10:01:00', NULL, NULL, 'Two names');
"""


def llm(path: Path) -> Path:
    return make_database(path, LLM)


def new_llm(path: Path) -> Path:
    """Of 2026: what is new goes to other tables, and the old ones stay."""
    return make_database(
        path,
        LLM
        + """
        CREATE TABLE "messages" (
            "hash" TEXT PRIMARY KEY, "parent_hash" TEXT, "role" TEXT, "provider_metadata" TEXT
        );
        CREATE TABLE "parts" (
            "id" INTEGER PRIMARY KEY, "message_hash" TEXT, "position" INTEGER, "type" TEXT, "tool_name" TEXT,
            "text" TEXT, "payload" TEXT
        );
        CREATE TABLE "fragments" (
            "id" INTEGER PRIMARY KEY, "hash" TEXT, "content" TEXT, "datetime_utc" TEXT, "source" TEXT
        );
        CREATE TABLE "threads" (
            "id" TEXT PRIMARY KEY, "name" TEXT, "tip_message_hash" TEXT, "forked_from" TEXT,
            "datetime_utc" TEXT
        );
        CREATE TABLE "turns" (
            "id" TEXT PRIMARY KEY, "thread_id" TEXT, "parent_message_hash" TEXT, "tip_message_hash" TEXT,
            "model" TEXT, "resolved_model" TEXT, "options_json" TEXT, "schema_id" TEXT,
            "input_tokens" INTEGER, "output_tokens" INTEGER, "token_details" TEXT, "duration_ms" INTEGER,
            "datetime_utc" TEXT, "response_json" TEXT
        );
        INSERT INTO messages (hash, parent_hash, role) VALUES
            ('h0', NULL, 'system'), ('h1', 'h0', 'user'), ('h2', 'h1', 'assistant'), ('h3', 'h2', 'user'),
            ('h4', 'h3', 'assistant');
        INSERT INTO fragments VALUES (1, 'f', 'FILE', NULL, NULL);
        INSERT INTO parts (message_hash, position, type, text, payload) VALUES
            ('h0', 0, 'text', 'Be kind.', NULL),
            ('h1', 0, 'text', NULL, '{"text_ref": [{"fragment": 1}, {"literal": " - what?"}]}'),
            ('h2', 0, 'reasoning', 'Hm', NULL),
            ('h2', 1, 'text', 'A file.', NULL),
            ('h3', 0, 'text', 'And?', NULL),
            ('h4', 0, 'tool_call', NULL, '{}'),
            ('h4', 1, 'text', 'That is all.', NULL);
        INSERT INTO threads VALUES ('02a', NULL, 'h4', NULL, '2026-08-01T10:00:00');
        INSERT INTO turns (
            id, thread_id, tip_message_hash, model, input_tokens, output_tokens, datetime_utc
        ) VALUES
            ('02b', '02a', 'h2', 'gpt-6-sol', 5, 6, '2026-08-01T10:00:00'),
            ('02c', '02a', 'h4', 'gemini-3-pro', 7, 8, '2026-08-01T10:01:00');
        """,
    )


async def said(store, conversation_id: int) -> list[tuple[str, str]]:
    loaded = await store.load_conversation(conversation_id)
    return [(message.role.value, message.text) for message in await store.messages(loaded.path())]


async def test_chatgpts_export_becomes_a_tree(store, tmp_path):
    report = await import_file(store, write_json(tmp_path / "conversations.json", CHATGPT))
    assert (report.kind, report.messages, report.known) == ("ChatGPT", 5, 0)
    [number] = report.added
    conversation = await store.load_conversation(number)
    assert (conversation.title, conversation.model, conversation.archived) == (
        "Café plans",
        "openai/gpt-6-sol",
        True,
    )
    assert conversation.created_at == datetime.fromtimestamp(1_684_300_000.25, UTC)
    assert await said(store, number) == [
        ("user", "Where is a café?"),
        ("assistant", "By the river."),
        ("user", "[picture]\n\nThis one?"),
        ("assistant", "Yes."),
    ]
    question, river, *_ = conversation.path()
    [old_town] = [i for i in conversation.versions(river) if i != river]
    messages = await store.messages([river, old_town])
    assert [message.text for message in messages] == ["By the river.", "In the old town."]
    assert messages[0].reasoning == "Plan\nThink hard" and messages[0].model == "openai/gpt-6-sol"
    assert messages[0].created_at == datetime.fromtimestamp(1_684_300_005, UTC)
    assert [hit.message_id for hit in await store.search("cafe before:2024")] == [question]


async def test_claudes_export_keeps_thinking_and_attachments(store, tmp_path):
    report = await import_file(store, write_json(tmp_path / "conversations.json", CLAUDE))
    assert (report.kind, len(report.added)) == ("Claude", 1)
    conversation = await store.load_conversation(report.added[0])
    prompt, answer = await store.messages(conversation.path())
    assert conversation.title == "Naming things"
    assert prompt.text == "Name this\n\n[a.py]\n\n````\n```\nx = 1\n````\n\n[b.png]"
    assert (answer.text, answer.reasoning, answer.role) == ("Call it one.", "Hm.", Role.ASSISTANT)
    assert answer.created_at == datetime(2025, 3, 1, 10, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("export", "kind", "members"),
    [
        (CHATGPT, "ChatGPT", ["conversations.json"]),
        (CHATGPT, "ChatGPT", ["conversations-000.json", "conversations-001.json"]),
        (CLAUDE, "Claude", ["data/conversations.json"]),
    ],
)
async def test_an_export_is_read_inside_its_zip(store, tmp_path, export, kind, members):
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("user.json", "{}")
        for number, member in enumerate(members):
            entries = copy.deepcopy(export)
            for entry in entries:
                for name in {"conversation_id", "id", "uuid"} & entry.keys():
                    entry[name] += str(number)
            archive.writestr(member, json.dumps(entries))
    report = await import_file(store, path)
    assert (report.kind, len(report.added)) == (kind, len(members))
    assert (await import_file(store, path)).known == len(members)


async def test_parllamas_chats_are_files_in_a_folder(store, tmp_path):
    chats = tmp_path / "chats"
    chats.mkdir()
    write_json(chats / "p-1.json", PARLLAMA)
    old = {
        "session_id": "p-2",
        "session_name": "Older",
        "llm_model_name": "llama3",
        "last_updated": "2024-06-01T12:00:00",
        "messages": [{"message_id": "1", "role": "user", "content": "Hey"}],
    }
    write_json(chats / "p-2.json", old)
    report = await import_file(store, chats)
    assert (report.kind, len(report.added), report.messages) == ("parllama", 2, 3)
    newer = await store.load_conversation(report.added[0])
    assert (newer.title, newer.model, newer.system) == ("Llamas", "ollama/qwen3:8b", "Be kind.")
    assert [m.reasoning for m in await store.messages(newer.path())] == ["", "Greet."]
    assert (await store.load_conversation(report.added[1])).model == "ollama/llama3"
    assert (await import_file(store, chats / "p-1.json")).known == 1


async def test_elias_database(store, tmp_path):
    report = await import_file(store, elia(tmp_path / "elia.sqlite"))
    assert (report.kind, len(report.added)) == ("elia", 2)
    first = await store.load_conversation(report.added[0])
    assert (first.title, first.model, first.system) == ("Hello elia", "openai/gpt-4o", "Be terse.")
    prompt, answer = await store.messages(first.path())
    assert (prompt.text, answer.text, answer.model) == ("Hello elia", "Hello.", "openai/gpt-4o")
    assert prompt.created_at == datetime(2024, 5, 1, 12, 0, 1, 500_000, tzinfo=UTC)
    second = await store.load_conversation(report.added[1])
    assert (second.title, second.archived, second.model) == ("Old one", True, "anthropic/claude-3-opus")


@pytest.mark.parametrize(
    ("make", "title", "model"),
    [(oterm, "Chat one", "openai/gpt-5"), (old_oterm, "Old", "ollama/llama3:latest")],
)
async def test_oterms_database(store, tmp_path, make, title, model):
    path = make(tmp_path / "store.db")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    report = await import_file(store, path)
    assert report.kind == "oterm"
    conversation = await store.load_conversation(report.added[0])
    assert (conversation.title, conversation.model) == (title, model)
    assert await said(store, conversation.id) == [("user", "Hello oterm"), ("assistant", "Hello.")]
    assert conversation.updated_at == datetime.fromtimestamp(1_700_000_000, UTC)


async def test_the_logs_of_llm(store, tmp_path):
    report = await import_file(store, llm(tmp_path / "logs.db"))
    assert (report.kind, report.messages) == ("llm", 4)
    conversation = await store.load_conversation(report.added[0])
    assert (conversation.title, conversation.system) == ("Pelicans", "Be terse.")
    messages = await store.messages(conversation.path())
    assert [message.text for message in messages] == ["Name one", "Percy", "Another", "Polly"]
    assert [message.model for message in messages[1::2]] == ["openai/gpt-4o-mini", "anthropic/claude-3-opus"]
    assert messages[1].usage == Usage(9, 2) and messages[3].reasoning == "Two names"


async def test_the_logs_of_llm_with_their_newer_tables(store, tmp_path):
    report = await import_file(store, new_llm(tmp_path / "logs.db"))
    assert len(report.added) == 2
    thread = await store.load_conversation(report.added[0])
    messages = await store.messages(thread.path())
    assert [message.text for message in messages] == ["FILE - what?", "A file.", "And?", "That is all."]
    assert [message.model for message in messages[1::2]] == ["openai/gpt-6-sol", "gemini/gemini-3-pro"]
    assert (thread.title, thread.system, messages[1].reasoning) == ("FILE - what?", "Be kind.", "Hm")
    assert [m.usage for m in messages[1::2]] == [Usage(5, 6), Usage(7, 8)]
    assert (await store.load_conversation(report.added[1])).title == "Pelicans"


@pytest.mark.parametrize("make", [elia, oterm, old_oterm, llm, new_llm])
async def test_no_database_is_imported_twice(store, tmp_path, make):
    path = make(tmp_path / "some.db")
    first = await import_file(store, path)
    again = await import_file(store, path)
    assert again.added == () and again.known == len(first.added) > 0
    assert await store.count_conversations() + await archived(store) == len(first.added)


async def archived(store) -> int:
    from tui.history.store import ListFilter

    return await store.count_conversations(ListFilter(archived=True))


def broken(change) -> str:
    entries = copy.deepcopy(CHATGPT)
    change(entries)
    return json.dumps(entries)


SEGUE = {
    "segue": 1,
    "title": "x",
    "leaf": 1,
    "messages": [{"id": 1, "role": "user", "text": "x", "status": "complete"}],
}

FULL = {
    "segue": 1,
    "id": 5,
    "title": "Title",
    "system": "Be brief.",
    "draft": "half a word",
    "created_at": "2026-01-02T03:04:05+00:00",
    "updated_at": "2026-01-02T03:04:05+00:00",
    "model": "lab/big",
    "origin": "segue:1",
    "parameters": {"temperature": 0.5},
    "hues": {"lab/big": "teal"},
    "tags": ["a"],
    "pins": [1],
    "labels": {"1": "the plan"},
    "pinned": True,
    "leaf": 2,
    "messages": [
        {"id": 1, "role": "user", "text": "a question", "status": "complete"},
        {
            "id": 2,
            "parent": 1,
            "role": "assistant",
            "text": "an answer",
            "reasoning": "a thought",
            "status": "complete",
            "model": "lab/big",
            "usage": {"input_tokens": 1, "output_tokens": 2, "cost": 0.5},
            "failure": {"kind": "lost", "message": "m", "hint": "h", "status_code": 502},
            "sources": [{"url": "https://a", "title": "A"}],
            "images": [{"url": "https://a", "alt": "A"}],
            "notices": ["cut"],
            "created_at": "2026-01-02T03:04:05+00:00",
            "finished_at": "2026-01-02T03:04:06+00:00",
            "reasoning_seconds": 1.5,
            "hidden": False,
        },
    ],
}
SIDE = {
    *(
        "title",
        "name",
        "create_time",
        "update_time",
        "created_at",
        "updated_at",
        "last_updated",
        "finished_at",
    ),
    *("weight", "status", "model", "model_slug", "default_model_slug", "metadata", "provider", "llm_config"),
    *("is_archived", "current_node", "usage", "input_tokens", "output_tokens", "cost", "sources", "images"),
    *(
        "url",
        "kind",
        "notices",
        "reasoning_seconds",
        "hues",
        "tags",
        "pins",
        "labels",
        "1",
        "parameters",
        "temperature",
    ),
}
"""Fields that cost no text, whatever they hold."""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r"f\.json line 1, column 1: expected value"),
        ('[\n{"mapping": {},\n]', r"f\.json line 3, column 1: expected property name"),
        ("[1, 2]", "no export that we know"),
        ("{}", "no export that we know"),
        ('{"a": 1} x', "expected the end of the file"),
        ('{"mapping": ' + "1" * 5000 + "}", r"f\.json: .*digits"),
        ("[" * 100_000, "nested too deeply"),
        ("\ud800", r"expected UTF-8, found byte 0xed at 0"),
        (broken(lambda e: e.append(7)), r"f\.json: entry 3: expected an object, found a number"),
        (broken(lambda e: e[0].update(mapping=[])), r"entry 1: mapping: expected an object, found a list"),
        (broken(lambda e: e[1].pop("id")), r"entry 2: id: expected text, found nothing"),
        (json.dumps(PARLLAMA | {"messages": 5}), r"f\.json: messages: expected a list, found a number"),
        (json.dumps(SEGUE | {"segue": 99}), "a newer Segue"),
        (json.dumps(SEGUE | {"leaf": 5}), r"leaf: expected the id of a message"),
        (
            json.dumps(SEGUE | {"messages": [{"id": 1, "parent": 1}]}),
            r"messages\[0\]\.parent: expected the id",
        ),
        (json.dumps(SEGUE | {"messages": [{"id": 1, "role": "cat"}]}), r"role: expected one of system, user"),
        (json.dumps(SEGUE | {"messages": [{"id": True, "role": "user"}]}), r"id: expected a whole number"),
    ],
    ids=lambda value: value[-30:] if len(value) < 100 else "",
)
async def test_bad_input_is_named_with_its_place_and_adds_nothing(store, tmp_path, text, words):
    path = tmp_path / "f.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(ImportFileError, match=words):
        await import_file(store, path)
    assert await store.count_conversations() == 0


async def test_other_files_are_refused_with_a_reason(store, tmp_path, open_at):
    async with open_at(tmp_path / "history.db"):
        pass
    make_database(tmp_path / "other.db", "CREATE TABLE t (x)")
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 nonsense")
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("photo.jpg", "x")
    whole = elia(tmp_path / "elia.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "fifo")
    for name, words in {
        "history.db": "a history of Segue itself",
        "other.db": "no database that we know",
        "bad.zip": "expected a whole ZIP file",
        "none.zip": "expected a conversations.json",
        "cut.db": "expected a whole database",
        "empty": "expected a folder with parllama's chats",
        "fifo": "expected a file",
        "missing": "No such file",
    }.items():
        with pytest.raises(ImportFileError, match=words):
            await import_file(store, tmp_path / name)
    assert await store.count_conversations() == 0


async def test_an_import_that_fails_half_way_adds_nothing(store, tmp_path):
    entries = [copy.deepcopy(CHATGPT[0]) for _ in range(20)]
    for number, entry in enumerate(entries):
        entry["conversation_id"] = f"c-{number}"
    entries[-1]["mapping"] = ["q1"]
    with pytest.raises(ImportFileError, match=r"entry 20: mapping"):
        await import_file(store, write_json(tmp_path / "f.json", entries))
    assert await store.count_conversations() == 0 and await archived(store) == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda e: e[0].update(title=5), "entry 1: title: expected text, found a number"),
        (
            lambda e: e[0].update(create_time="soon"),
            "entry 1: create_time: expected a time, found 'soon'",
        ),
        (
            lambda e: e[0]["mapping"]["q1"]["message"].update(create_time=1e300),
            "entry 1: mapping.q1.message.create_time: expected a time, found a number",
        ),
        (
            lambda e: e[0]["mapping"]["q2"]["message"]["content"]["parts"].append({"audio": 1}),
            "entry 1: mapping.q2.message.content.parts[2]: expected a text or a picture, found an object",
        ),
        (
            lambda e: e[0]["mapping"]["q1"].update(
                message={**e[0]["mapping"]["q1"]["message"], "weight": "x"}
            ),
            "entry 1: mapping.q1.message.weight: expected a number, found 'x'",
        ),
        (
            lambda e: e[0].update(is_archived="yes"),
            "entry 1: is_archived: expected true or false, found 'yes'",
        ),
        (
            lambda e: e[0]["mapping"].update(odd=7),
            "entry 1: mapping.odd: expected an object, found a number",
        ),
    ],
)
async def test_what_a_conversation_can_do_without_is_left_out_and_named(store, tmp_path, change, told):
    entries = copy.deepcopy(CHATGPT)
    change(entries)
    report = await import_file(store, write_json(tmp_path / "f.json", entries))
    assert (report.messages, report.odd, report.places) == (5, 1, (f"f.json: {told}",))
    assert (await said(store, report.added[0]))[0] == ("user", "Where is a café?")


async def test_parts_that_are_no_text_do_not_cost_the_others(store, tmp_path):
    entries = copy.deepcopy(CHATGPT)
    entries[0]["mapping"]["q1"]["message"]["content"]["parts"] = [None, "x", 5, {"text": "y"}]
    report = await import_file(store, write_json(tmp_path / "f.json", entries))
    assert (await said(store, report.added[0]))[0] == ("user", "x\n\n5\n\ny")


async def test_words_of_someone_unknown_are_kept_as_a_reply(store, tmp_path):
    chat = copy.deepcopy(PARLLAMA)
    chat["messages"][2]["role"] = "cat"
    report = await import_file(store, write_json(tmp_path / "f.json", chat))
    assert await said(store, report.added[0]) == [("user", "Hello"), ("assistant", "Hi!")]
    assert report.places == ("f.json: messages[2].role: expected one of user, assistant, found 'cat'",)


async def test_words_of_someone_unknown_do_not_cost_claudes_file(store, tmp_path):
    entries = copy.deepcopy(CLAUDE)
    entries[0]["chat_messages"][1]["sender"] = 5
    report = await import_file(store, write_json(tmp_path / "f.json", entries))
    assert (await said(store, report.added[0]))[1][0] == "assistant"
    assert "chat_messages[1].sender: expected one of human, user, assistant, found" in report.places[0]


async def test_a_file_brings_no_parameters_but_those_that_can_be_set(store, tmp_path):
    brought = {
        "ca_file": "/tmp/x.pem",
        "proxy": "http://evil.test",
        "timeouts": 1,
        "model": "x",
        "headers": {},
    }
    document = SEGUE | {
        "parameters": {**brought, "allow_http_key": True, "temperature": 0.5, "max_tokens": "9", "stop": "x"},
        "hues": {"lab/big": 5, "lab/small": "teal"},
        "pins": [[1], "1", 1],
        "labels": {"1": "kept", "x": "y", "9" * 5000: "z", "2": [1]},
        "tags": [5, "a"],
    }
    document["messages"] = [SEGUE["messages"][0] | {"reasoning_seconds": "long", "usage": {"cost": "0.1"}}]
    report = await import_file(store, write_json(tmp_path / "f.json", document))
    made = await store.load_conversation(report.added[0])
    assert made.parameters == {"temperature": 0.5, "stop": "x"}
    assert (made.hues, made.tags, len(made.pins)) == ({"lab/small": "teal"}, ("a",), 1)
    assert made.labels == {made.path()[0]: "kept"}
    [message] = await store.messages(made.path())
    assert (message.reasoning_seconds, message.usage) == (None, Usage(cost=0.1))
    assert (
        "f.json: parameters.ca_file: expected a parameter that can be set, found '/tmp/x.pem'"
        in report.places
    )


async def test_ids_of_a_file_leave_room_for_those_that_come(store, converse, tmp_path):
    document = SEGUE | {
        "id": 2**62,
        "messages": [SEGUE["messages"][0] | {"id": 2**63 - 1}],
        "leaf": 2**63 - 1,
    }
    report = await import_file(store, write_json(tmp_path / "f.json", document))
    made = await store.load_conversation(report.added[0])
    assert made.id < 10**9 and [text for _, text in await said(store, made.id)] == ["x"]
    await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("more"))
    assert (await converse(store, "after")).id < 10**9


CIRCLES = {
    "itself": {"q1": "q1"},
    "each other": {"q1": "a1", "a1": "q1"},
    "all": {"root": "a3"},
    "one that is not there": {"a1": "nowhere", "q2": "gone"},
    "odd ones": {"a1": 5, "q2": [], "a3": {"a": 1}},
}


@pytest.mark.parametrize("parents", CIRCLES.values(), ids=CIRCLES)
async def test_parents_in_a_circle_or_missing_cost_no_text(store, tmp_path, parents):
    entries = copy.deepcopy(CHATGPT)
    for key, parent in parents.items():
        entries[0]["mapping"][key]["parent"] = parent
    report = await import_file(store, write_json(tmp_path / "f.json", entries))
    conversation = await store.load_conversation(report.added[0])
    texts = {message.text for message in await store.messages(sorted(conversation.nodes))}
    assert texts - {""} == {
        "Where is a café?",
        "By the river.",
        "In the old town.",
        "[picture]\n\nThis one?",
        "Yes.",
    }


async def test_claudes_messages_may_come_before_their_parents(store, tmp_path):
    entries = copy.deepcopy(CLAUDE)
    one, two = entries[0]["chat_messages"]
    one["parent_message_uuid"] = "00000000-0000-4000-8000-000000000000"
    two["parent_message_uuid"] = one["uuid"]
    entries[0]["chat_messages"] = [two, one]
    report = await import_file(store, write_json(tmp_path / "f.json", entries))
    assert [role for role, _ in await said(store, report.added[0])] == ["user", "assistant"]


@pytest.mark.parametrize("parent", ["h4", "h2", "nowhere"])
async def test_a_circle_in_the_logs_of_llm_ends(store, tmp_path, parent):
    path = new_llm(tmp_path / "logs.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE messages SET parent_hash = ? WHERE hash = 'h1'", (parent,))
    connection.close()
    report = await import_file(store, path)
    thread = await store.load_conversation(report.added[0])
    texts = {message.text for message in await store.messages(sorted(thread.nodes))}
    assert texts == {"FILE - what?", "A file.", "And?", "That is all."}


ODD = b"\xff\x00"
OTHERS = [("memory", value) for value in (5, 2.5, "", "x", None, -(2**63))]


@pytest.mark.parametrize("make", [elia, oterm, llm, new_llm])
@pytest.mark.parametrize(("store", "value"), [*((kind, ODD) for kind in PLACES), *OTHERS], indirect=["store"])
async def test_whatever_a_database_holds_the_import_works_or_says_why(store, tmp_path, make, value):
    path = make(tmp_path / "some.db")
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        columns = [(t, row[1]) for t in tables for row in connection.execute(f"PRAGMA table_info({t})")]
    connection.close()
    for table, column in columns:
        path.write_bytes(whole)
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f'UPDATE "{table}" SET "{column}" = ?', (value,))
        connection.close()
        with contextlib.suppress(ImportFileError):
            await look_at(store, await import_file(store, path))


async def look_at(store, report) -> list[str]:
    """Open and export what was imported; it goes into another history unchanged. Returns all texts."""
    other, texts = await open_history(None), []
    for number in report.added:
        bundle = await bundle_of(store, number)
        assert to_markdown(bundle) and to_html(bundle)
        assert bundle.conversation.path() and await store.messages(bundle.conversation.path())
        texts += [f"{message.text} {message.reasoning}" for message in bundle.messages]
        texts.append(f"{bundle.conversation.title} {bundle.conversation.system} {bundle.conversation.draft}")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "export.json"
            file.write_text(to_json(bundle), encoding="utf-8")
            again = await import_file(other, file)
            assert (len(again.added), again.odd) == (1, 0), again.places
            twin = await bundle_of(other, again.added[0])
            assert to_json(twin) == to_json(replace_ids(bundle, twin))
        await store.delete_conversation(number)
    await store.empty_trash(datetime.now(UTC) + timedelta(days=1))
    await other.close()
    return texts


def replace_ids(bundle, twin):
    bundle.conversation.id = twin.conversation.id
    return bundle


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
DOCUMENTS = [
    (CHATGPT, ["Where is a café?", "By the river.", "In the old town.", "This one?", "Yes.", "Think hard"]),
    (CLAUDE, ["Name this", "Call it one.", "Hm.", "x = 1"]),
    ([PARLLAMA], ["Be kind.", "Hello", "Hi!", "Greet."]),
    ([FULL], ["Be brief.", "half a word", "a question", "an answer", "a thought"]),
]


@given(some.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_whatever_a_field_holds_the_texts_are_kept_or_it_is_said_why(store, tmp_path, data):
    original, texts = data.draw(some.sampled_from(DOCUMENTS))
    document = copy.deepcopy(original)
    replaced = []
    for _ in range(data.draw(some.integers(1, 3))):
        target = document
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            if not keys:
                break
            key = data.draw(some.sampled_from(keys))
            if isinstance(target[key], dict | list) and data.draw(some.booleans()):
                target = target[key]
            else:
                replaced.append((key, target[key]))
                target[key] = data.draw(json_values)
                break
    path = write_json(tmp_path / "f.json", document)
    try:
        report = await import_file(store, path)
    except ImportFileError as error:
        assert "f.json" in error.message
        return
    found = "\n".join(await look_at(store, report))
    if all(key in SIDE for key, _ in replaced):
        assert all(text in found for text in texts)


@pytest.mark.parametrize(
    ("name", "provider", "ours"),
    [
        ("gpt-4o", None, "openai/gpt-4o"),
        ("o3-mini", None, "openai/o3-mini"),
        ("claude-3-opus", None, "anthropic/claude-3-opus"),
        ("llama3:8b", None, "ollama/llama3:8b"),
        ("gemini/gemini-pro", None, "gemini/gemini-pro"),
        ("ollama_chat/llama3", None, "ollama/llama3"),
        ("mystery", None, "unknown/mystery"),
        ("m", "openai-compat/lab", "lab/m"),
        ("gemini-3", "google-gla", "gemini/gemini-3"),
        ("qwen3:8b", "Ollama", "ollama/qwen3:8b"),
        (None, "x", None),
    ],
)
def test_models_get_our_names(name, provider, ours):
    assert model_id(name, provider) == ours


CALLED = ToolCall("call", "", "python", raw="print(6 * 7)", state=CallState.DONE)


async def test_chatgpts_rounds_are_one_reply_with_all_that_it_thought_did_and_found(store, tmp_path):
    cited = {
        "content_references": [
            {"type": "grouped_webpages", "items": [{"title": "A", "url": "https://a.test"}]}
        ]
    }
    recap = {"content_type": "reasoning_recap", "content": "Thought for 4s"}
    pictured = {
        "content_type": "image_asset_pointer",
        "asset_pointer": "x",
        "metadata": {"dalle": {"prompt": "a cat"}},
    }
    code = {"content_type": "code", "text": "print(6 * 7)"}
    attached = {"attachments": [{"name": "a.csv"}]}
    nodes = (
        chatgpt_node("root", None),
        chatgpt_node("q", "root", "user", ["What is it?"], 1.0, metadata=attached),
        chatgpt_node("t1", "q", "assistant", at=2.0, content_type="thoughts"),
        chatgpt_node("r1", "t1", "assistant", at=2.0, content=recap, metadata={"finished_duration_sec": 4}),
        chatgpt_node("say", "r1", "assistant", ["I compute."], 3.0),
        chatgpt_node(
            "call",
            "say",
            "assistant",
            at=4.0,
            recipient="python",
            content=code,
        ),
        chatgpt_node(
            "out",
            "call",
            "tool",
            at=5.0,
            author={"role": "tool", "name": "python"},
            content={"content_type": "execution_output", "text": "42"},
        ),
        chatgpt_node(
            "page",
            "out",
            "tool",
            at=5.0,
            author={"role": "tool", "name": "browser"},
            weight=0.0,
            content={"content_type": "tether_quote", "title": "A", "url": "https://a.test", "text": "A page"},
        ),
        chatgpt_node("t2", "page", "assistant", at=6.0, content_type="thoughts"),
        chatgpt_node("end", "t2", "assistant", ["It is 42."], 7.0, metadata=cited),
        chatgpt_node("draw", "end", "assistant", ['{"prompt": "cat"}'], 8.0, recipient="dalle.text2im"),
        chatgpt_node("drawn", "draw", "tool", [pictured], 9.0, "multimodal_text"),
        chatgpt_node("new", "drawn", "assistant", at=9.5, content={"content_type": "holo", "cube": [1]}),
        chatgpt_node("q2", "new", "user", ["Thanks"], 10.0),
        chatgpt_node("lost", "q2", "assistant", ["search()"], 11.0, recipient="web"),
    )
    entry = {**CHATGPT[0], "mapping": {node["id"]: node for node in nodes}, "current_node": "lost"}
    report = await import_file(store, write_json(tmp_path / "f.json", [entry]))
    conversation = await store.load_conversation(report.added[0])
    prompt, reply, thanks, last = await store.messages(conversation.path())
    thought = "Plan\nThink hard"
    assert prompt.text == "What is it?\n\n[a.csv]"
    assert reply.parts == (
        Reasoning(thought, 4.0),
        Text("I compute."),
        CALLED,
        ToolResult("call", "42"),
        ToolCall("page", "", "browser", state=CallState.DONE),
        ToolResult("page", "A\n\nhttps://a.test\n\nA page"),
        Reasoning(thought),
        Text("It is 42."),
        Sources((Source("https://a.test", "A"),)),
        ToolCall("draw", "", "dalle.text2im", {"prompt": "cat"}, state=CallState.DONE),
        ToolResult("draw", "[picture: a cat]"),
        Text('```\n{\n  "content_type": "holo",\n  "cube": [\n    1\n  ]\n}\n```'),
    )
    assert thanks.text == "Thanks"
    assert last.parts == (ToolCall("lost", "", "web", raw="search()"),)
    [place] = report.places
    assert "mapping.new.message.content.content_type: expected a kind of content that is known" in place


async def test_claudes_blocks_stand_in_their_order(store, tmp_path):
    entries = copy.deepcopy(CLAUDE)
    entries[0]["chat_messages"][1]["content"] = [
        {
            "type": "thinking",
            "thinking": "Look.",
            "start_timestamp": "2025-03-01T10:00:00Z",
            "stop_timestamp": "2025-03-01T10:00:02Z",
        },
        {"type": "text", "text": "I look.", "citations": []},
        {"type": "tool_use", "id": None, "name": "web_search", "input": {"query": "x"}},
        {
            "type": "tool_result",
            "tool_use_id": None,
            "name": "web_search",
            "is_error": False,
            "content": [{"type": "knowledge", "title": "A", "url": "https://a.test"}, {"type": "image"}],
        },
        {"type": "tool_use", "id": "t2", "name": "repl", "input": {}},
        {"type": "tool_result", "tool_use_id": "t2", "name": "repl", "is_error": True, "content": "no"},
        {"type": "thinking", "thinking": "So."},
        {
            "type": "text",
            "text": "It is A.",
            "citations": [{"details": {"url": "https://a.test", "title": "A"}}],
        },
        {"type": "token_budget"},
        {"type": "hologram", "cube": 1},
    ]
    report = await import_file(store, write_json(tmp_path / "f.json", entries))
    conversation = await store.load_conversation(report.added[0])
    _, reply = await store.messages(conversation.path())
    assert reply.parts == (
        Reasoning("Look.", 2.0),
        Text("I look."),
        ToolCall("m-2:2", "", "web_search", {"query": "x"}, state=CallState.DONE),
        ToolResult("m-2:2", "A\nhttps://a.test\n\n[picture]"),
        ToolCall("t2", "", "repl", state=CallState.FAILED),
        ToolResult("t2", "no", is_error=True),
        Reasoning("So."),
        Text('It is A.\n\n```\n{\n  "type": "hologram",\n  "cube": 1\n}\n```'),
        Sources((Source("https://a.test", "A"),)),
    )
    assert len(report.places) == 1 and "found 'hologram'" in report.places[0]


async def test_what_tools_gave_back_to_llm_is_between_its_responses(store, tmp_path):
    script = (
        LLM
        + """
        CREATE TABLE tool_calls (
            id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT, arguments TEXT,
            tool_call_id TEXT
        );
        CREATE TABLE tool_results (
            id INTEGER PRIMARY KEY, response_id TEXT, tool_id INTEGER, name TEXT, output TEXT,
            tool_call_id TEXT, instance_id INTEGER, exception TEXT
        );
        CREATE TABLE fragments (
            id INTEGER PRIMARY KEY, hash TEXT, content TEXT, datetime_utc TEXT, source TEXT
        );
        CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
        CREATE TABLE attachments (id TEXT PRIMARY KEY, type TEXT, path TEXT, url TEXT, content BLOB);
        CREATE TABLE prompt_attachments (response_id TEXT, attachment_id TEXT, "order" INTEGER);
        INSERT INTO responses (id, model, prompt, response, conversation_id, datetime_utc) VALUES
            ('01d', 'gpt-4o-mini', '', 'It is noon.', '01a', '2024-06-01T10:02:00');
        INSERT INTO tool_calls VALUES (1, '01c', 1, 'clock', '{"zone": "UTC"}', 'c1');
        INSERT INTO tool_results VALUES (1, '01d', 1, 'clock', '12:00', 'c1', NULL, NULL);
        CREATE TABLE system_fragments (response_id TEXT, fragment_id INTEGER, "order" INTEGER);
        INSERT INTO fragments VALUES
            (1, 'h', 'A long file', NULL, NULL), (2, 'i', 'You know birds.', NULL, NULL);
        INSERT INTO prompt_fragments VALUES ('01c', 1, 0);
        INSERT INTO system_fragments SELECT MIN(id), 2, 0 FROM responses;
        INSERT INTO attachments VALUES
            ('f', 'image/png', '/home/a/dot.png', NULL, NULL),
            ('g', 'text/plain', 'note.txt', NULL, CAST('Buy milk' AS BLOB));
        INSERT INTO prompt_attachments VALUES ('01c', 'f', 0), ('01c', 'g', 1);
    """
    )
    report = await import_file(store, make_database(tmp_path / "logs.db", script))
    conversation = await store.load_conversation(report.added[0])
    messages = await store.messages(conversation.path())
    assert (conversation.system or "").startswith("You know birds.")
    assert messages[2].text == "A long file\n\nAnother\n\n[/home/a/dot.png]"
    [note] = messages[2].attachments
    assert (await store.with_contents([note]))[0].data == b"Buy milk"
    assert messages[3].parts == (
        Reasoning("Two names"),
        Text("Polly"),
        ToolCall("c1", "", "clock", {"zone": "UTC"}, state=CallState.DONE),
        ToolResult("c1", "12:00"),
        Text("It is noon."),
    )


async def test_the_newer_logs_of_llm_keep_calls_and_results(store, tmp_path):
    path = new_llm(tmp_path / "logs.db")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript("""
            INSERT INTO messages (hash, parent_hash, role)
            VALUES ('h5', 'h4', 'tool'), ('h6', 'h5', 'assistant');
            INSERT INTO parts (message_hash, position, type, tool_name, text, payload) VALUES
                ('h4', 2, 'tool_call', 'clock', NULL, '{"arguments": {"zone": "UTC"}, "tool_call_id": "c1"}'),
                ('h5', 0, 'tool_result', 'clock', '12:00', '{"tool_call_id": "c1"}'),
                ('h6', 0, 'text', NULL, 'It is noon.', NULL);
            UPDATE threads SET tip_message_hash = 'h6';
            UPDATE turns SET tip_message_hash = 'h6' WHERE id = '02c';
        """)
    connection.close()
    report = await import_file(store, path)
    thread = await store.load_conversation(report.added[0])
    messages = await store.messages(thread.path())
    assert messages[-1].parts[1:] == (
        Text("That is all."),
        ToolCall("c1", "", "clock", {"zone": "UTC"}, state=CallState.DONE),
        ToolResult("c1", "12:00"),
        Text("It is noon."),
    )


async def test_parllamas_calls_and_pictures_are_kept(store, tmp_path):
    chat = copy.deepcopy(PARLLAMA)
    chat["messages"][1]["images"] = ["dot.png"]
    chat["messages"][2]["tool_calls"] = [{"function": {"name": "clock", "arguments": {"zone": "UTC"}}}]
    chat["messages"] += [
        {"role": "tool", "name": "clock", "content": "12:00"},
        {"role": "assistant", "content": "Noon."},
    ]
    report = await import_file(store, write_json(tmp_path / "f.json", chat))
    conversation = await store.load_conversation(report.added[0])
    prompt, reply = await store.messages(conversation.path())
    assert prompt.text == "Hello\n\n[picture]"
    assert reply.parts == (
        Reasoning("Greet."),
        Text("Hi!"),
        ToolCall("2:0", "", "clock", {"zone": "UTC"}, state=CallState.DONE),
        ToolResult("2:0", "12:00"),
        Text("Noon."),
    )
