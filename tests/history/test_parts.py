"""A message is a list of parts: in the history, through every export, and out of every earlier form."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tests.history.earlier_forms import put_back_before_parts
from tui.chat.attachment import attachment_of
from tui.chat.export import to_json, to_markdown
from tui.chat.message import Role, Status
from tui.chat.page import to_html
from tui.chat.parts import (
    CallState,
    File,
    Image,
    Native,
    Notice,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    prompt_parts,
)
from tui.errors import HistoryError
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history
from tui.history.sqlite.migrations import m005_parts

NOTE = attachment_of("note.txt", b"Buy milk")
SIGNED = Native("anthropic", "anthropic", "claude", {"signature": "s"})
INTERLEAVED = (
    Reasoning("Where?", 1.5, SIGNED),
    Text("I look.\n"),
    ToolCall("1", "fs", "read_file", {"path": "a`b"}, state=CallState.DONE),
    ToolResult("1", "```\nmilk", files=(NOTE,)),
    Text("It says "),
    Image("https://a.test/milk.png", "milk"),
    Text("milk."),
    Reasoning("Done."),
    Sources((Source("https://a.test", "A"),)),
    Notice("temperature was left out"),
)
words = some.text(max_size=6)
natives = some.none() | some.just(SIGNED)
any_parts = some.lists(
    some.one_of(
        some.builds(Text, words, natives),
        some.builds(Reasoning, words, some.none() | some.floats(0, 99), natives),
        some.builds(Image, words, words, natives),
        some.builds(File, some.just(NOTE), natives),
        some.builds(ToolCall, words, words, words, some.dictionaries(words, words), words),
        some.builds(ToolResult, words, words, some.booleans(), some.just((NOTE,))),
        some.builds(Sources, some.lists(some.builds(Source, words, words), max_size=2).map(tuple)),
        some.builds(Notice, words),
    ),
    max_size=6,
)


async def stored(store, parts):
    made = await store.create_conversation()
    prompt = await store.add_message(made.id, None, Role.USER, prompt_parts("See", [NOTE]))
    reply = await store.add_message(made.id, prompt.id, Role.ASSISTANT, parts, model="lab/big")
    return made, reply


@given(parts=any_parts)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_any_order_of_parts_survives_the_store_an_export_and_an_import(tmp_path_factory, parts):
    file = tmp_path_factory.mktemp("parts") / "export.json"
    store, other = await open_history(None), await open_history(None)
    try:
        made, reply = await stored(store, parts)
        [kept] = await store.messages([reply.id])
        assert kept == reply
        exported = to_json(await bundle_of(store, made.id))
        file.write_text(exported, encoding="utf-8")
        report = await import_file(other, file)
        assert report.odd == 0
        again = await bundle_of(other, report.added[0])
        assert again.messages[1].parts == kept.parts
        assert to_json(again) == exported
    finally:
        await store.close()
        await other.close()


async def test_pieces_are_read_in_their_order_while_the_reply_comes(store, converse, begin_reply):
    reply = await begin_reply(store, await converse(store, "x"))
    for piece in INTERLEAVED:
        await store.append(reply.id, [piece.text if isinstance(piece, Text) else piece])
    [coming] = await store.messages([reply.id])
    assert [part for part in coming.parts if not isinstance(part, ToolResult)] == [
        part for part in INTERLEAVED if not isinstance(part, ToolResult)
    ]
    [file] = next(part for part in coming.parts if isinstance(part, ToolResult)).files
    assert (await store.with_contents([file]))[0].data == NOTE.data
    await store.rewrite(reply.id, [Reasoning("all"), "new"])
    [coming] = await store.messages([reply.id])
    assert coming.parts == (Reasoning("all"), Text("new"))


async def test_each_export_goes_through_the_parts_in_order(store):
    made, _ = await stored(store, INTERLEAVED)
    bundle = await bundle_of(store, made.id)
    for text in (to_markdown(bundle), to_html(bundle)):
        marks = ("Where?", "I look.", "read", "milk", "note", "It says", "milk.png", "Done.")
        places = [text.index(mark, text.index("Where?")) for mark in marks]
        assert places == sorted(places)
        assert text.index('https://a.test"' if "<html" in text else "<https://a.test>") > places[-1]
    assert "````\n```\nmilk\n````" in to_markdown(bundle)


async def test_what_is_searched_and_read_plainly_is_all_that_is_said(store):
    _, reply = await stored(store, INTERLEAVED)
    assert reply.text == "I look.\n\n\nIt says milk."
    assert reply.reasoning == "Where?\n\nDone."
    assert [hit.message_id for hit in await store.search("says milk")] == [reply.id]


async def test_a_history_before_parts_opens_with_everything_in_its_place(history_file, open_at, converse):
    texts = ["Tell me\r\n\ttabs and \u202e", "Once 😀\n\n\nupon  ", ""]
    plain = (Reasoning("Hm\n\n", 1.25), Text(texts[1]), Image("https://a.test/x", "X"))
    remarks = (Sources((Source("https://a.test", "A"),)), Notice("cut"))
    async with open_at(history_file) as store:
        made = await converse(store, texts[0])
        reply = await store.add_message(made.id, made.leaf, Role.ASSISTANT, (*plain, *remarks), model="lab/x")
        await store.add_message(made.id, made.leaf, Role.ASSISTANT, prompt_parts("other"), model="lab/y")
        asked = await store.add_message(made.id, reply.id, Role.USER, prompt_parts("See", [NOTE]))
        await store.add_message(made.id, asked.id, Role.SYSTEM, prompt_parts("A summary"))
        await store.update_conversation(made.id, pins=(reply.id,))
        before = to_json(await bundle_of(store, made.id))
        live = await store.add_message(made.id, asked.id, Role.ASSISTANT, status=Status.STREAMING)
    put_back_before_parts(history_file)
    with contextlib.closing(sqlite3.connect(history_file)) as connection, connection:
        connection.executemany(
            "INSERT INTO pieces (message_id, created_at, reasoning, text) VALUES (?, 1, ?, ?)",
            [(live.id, "so ", "a"), (live.id, "so", "b")],
        )
    async with open_at(history_file) as store:
        loaded = await bundle_of(store, made.id)
        coming = loaded.messages[-1]
        assert (coming.text, coming.reasoning) == ("ab", "so so")
        whole = json.loads(to_json(loaded))
        assert whole["messages"][:-1] == json.loads(before)["messages"]
        assert [whole["pins"], loaded.messages[1].parts] == [[reply.id], (*plain, *remarks)]


async def test_a_fault_in_the_middle_leaves_the_old_history(history_file, open_at, monkeypatch):
    async with open_at(history_file) as store:
        _, reply = await stored(store, (Text("Once"), Image("https://a.test/x")))
    put_back_before_parts(history_file)

    def fail(connection):
        m005_parts.gather(connection)
        raise sqlite3.OperationalError("cut in the middle")

    with monkeypatch.context() as patched:
        patched.setattr(m005_parts, "_join_pieces", fail)
        with pytest.raises(HistoryError, match="cut in the middle"):
            await open_history(history_file)
    with contextlib.closing(sqlite3.connect(history_file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (4,)
        assert connection.execute("SELECT images FROM messages WHERE id = ?", (reply.id,)).fetchone() != (
            None,
        )
    async with open_at(history_file) as store:
        [kept] = await store.messages([reply.id])
        assert kept.parts == reply.parts


async def test_an_export_of_the_first_form_is_read(tmp_path, store):
    made, reply = await stored(
        store, (Reasoning("Hm", 2), Text("Once"), Image("https://a.test/x"), Notice("n"))
    )
    document = json.loads(to_json(await bundle_of(store, made.id)))
    document["segue"] = 1
    for message in document["messages"]:
        del message["parts"], message["prefix"]
        for file in message["attachments"]:
            del file["sha256"]
    (tmp_path / "old.json").write_text(json.dumps(document))
    other = await open_history(None)
    [added] = (await import_file(other, tmp_path / "old.json")).added
    again = await bundle_of(other, added)
    assert [message.parts for message in again.messages] == [prompt_parts("See", [NOTE]), reply.parts]
    await other.close()


async def test_a_prompt_keeps_its_files_where_the_order_is_lost(history_file, open_at):
    async with open_at(history_file) as store:
        _, reply = await stored(store, INTERLEAVED)
    with contextlib.closing(sqlite3.connect(history_file)) as connection, connection:
        connection.execute("UPDATE messages SET parts = NULL")
    async with open_at(history_file) as store:
        prompt, kept = await store.messages([reply.parent, reply.id])
        assert prompt.attachments == replace(prompt).attachments == (NOTE,)
        assert (kept.text, kept.reasoning) == (reply.text, reply.reasoning)
