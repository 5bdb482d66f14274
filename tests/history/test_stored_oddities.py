"""What a history holds already: whatever stands in it beside the texts, they are read, exported, imported."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tests.history.earlier_forms import put_back_before_parts
from tui.chat.attachment import attachment_of
from tui.chat.chunks import Image, Source, Usage
from tui.chat.export import all_to_json, to_markdown
from tui.chat.message import Failure, Role, Status
from tui.chat.page import to_html
from tui.chat.parts import Notice, Reasoning, Sources, Text, prompt_parts
from tui.history.bundles import all_bundles
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history
from tui.history.store import ListFilter

TEXTS = ["How are you?", "Well, 学习.", "And you?"]


@pytest.fixture
async def history(history_file, converse, begin_reply) -> Path:
    """A history with one conversation, of which everything is known."""
    store = await open_history(history_file)
    made = await converse(store, TEXTS[0])
    reply = await begin_reply(store, made)
    await store.finish_message(
        replace(
            reply,
            parts=(
                Reasoning("Hm", 0.25),
                Text(TEXTS[1]),
                Image("https://example.org/a.png", "A"),
                Sources((Source("https://example.org", "Ex"),)),
                Notice("cut"),
            ),
            status=Status.LENGTH,
            usage=Usage(1, 2, 3, 4, 0.5, 6.5),
            failure=Failure("lost", "The line broke", "Again.", 502),
        )
    )
    await store.add_message(made.id, reply.id, Role.USER, prompt_parts(TEXTS[2]))
    await store.update_conversation(
        made.id,
        title="Small talk",
        tags=("a",),
        pins=(reply.id,),
        parameters={"temperature": 0.5},
        hues={"lab/big": "teal"},
        draft="half",
        system="Be brief.",
    )
    await store.close()
    return history_file


def put(path: Path, table: str, column: str, value: object, where: str = "1") -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))
    connection.close()


async def read_whole(path: Path, other: Path) -> tuple[list[str], str]:
    """Do with a history all that reads it, and take it into another. Returns its texts, and its export."""
    store, twin = await open_history(path), await open_history(other)
    try:
        for archived in (False, True):
            for row in await store.list_conversations(ListFilter(archived=archived)):
                loaded = await store.load_conversation(row.id)
                texts = [message.text for message in await store.messages(loaded.path())]
        for query in ("well", "talk", "before:2999 well", "after:1999 you", "model:lab well", "tag:a you"):
            await store.search(query)
        await store.last_used()
        exported = all_to_json([bundle async for bundle in all_bundles(store)])
        async for bundle in all_bundles(store):
            assert to_markdown(bundle) and to_html(bundle)
        file = path.with_name("export.json")
        file.write_text(exported, encoding="utf-8")
        report = await import_file(twin, file)
        assert (len(report.added), report.odd) == (1, 0), report.places
        assert all_to_json([bundle async for bundle in all_bundles(twin)]) == exported
        json.loads(exported, parse_constant=pytest.fail)  # JSON has no NaN and no Infinity
    finally:
        await store.close()
        await twin.close()
    return texts, exported


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"prompt_tokens": "12"}, {}),
        (
            {"input_tokens": "12", "output_tokens": 5.0, "cost": "0.1"},
            {"input_tokens": 12, "output_tokens": 5, "cost": 0.1},
        ),
        ({"input_tokens": 2**64 - 1, "output_tokens": -1, "cost": {"total_cost": 0.006}}, {}),
        ({"input_tokens": True, "cost": float("nan"), "tokens_per_second": float("inf")}, {}),
        ({"reasoning_tokens": [1], "cached_tokens": 0, "unheard_of": 1}, {"cached_tokens": 0}),
        ([1], {}),
        ("n/a", {}),
        (7, {}),
    ],
    ids=lambda usage: json.dumps(usage)[:40],
)
async def test_a_usage_of_odd_values_is_read_as_unknown(history, tmp_path, usage, read):
    put(history, "messages", "usage", json.dumps(usage), "role = 'assistant'")
    texts, exported = await read_whole(history, tmp_path / "twin" / "history.db")
    assert texts == TEXTS
    [_, reply, _] = json.loads(exported)["conversations"][0]["messages"]
    assert {name: value for name, value in (reply["usage"] or {}).items() if value is not None} == read


@pytest.mark.parametrize(
    ("column", "value", "read"),
    [
        ("sources", [5, {"url": 5}, {"url": "https://a"}], [{"url": "https://a", "title": ""}]),
        ("images", [{"image_url": "x"}, {"url": "https://a", "alt": 5}], [{"url": "https://a", "alt": ""}]),
        ("notices", ["a", 5, None, {}], ["a"]),
        ("notices", "cut", []),
        (
            "failure",
            {"kind": 5, "status_code": "x"},
            {"kind": "", "message": "", "hint": "", "status_code": None},
        ),
        ("failure", "lost", None),
        ("attachments", [5, {"name": "a"}, {"media_type": "text/html"}], []),
    ],
)
async def test_of_a_list_of_an_earlier_form_the_odd_ones_are_left_out(history, tmp_path, column, value, read):
    put_back_before_parts(history)
    put(history, "messages", column, json.dumps(value), "role = 'assistant'")
    texts, exported = await read_whole(history, tmp_path / "twin" / "history.db")
    assert texts == TEXTS
    assert json.loads(exported)["conversations"][0]["messages"][1][column] == read


REPLY_PARTS = [
    {"type": "reasoning", "length": 2, "seconds": 0.25},
    {"type": "text", "length": len(TEXTS[1])},
]


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        ("no json", ["reasoning", "text"]),
        ([5, "x", None, {"type": "smell"}, {"type": ["text"]}, *REPLY_PARTS], ["reasoning", "text"]),
        ([*REPLY_PARTS, {"type": "notice", "text": 5}], ["reasoning", "text", "notice"]),
        (REPLY_PARTS[::-1], ["text", "reasoning"]),
        (
            [{"type": "text", "length": 3}, {"type": "image", "url": "https://a"}],
            ["reasoning", "text", "image"],
        ),
        ([{"type": "notice", "text": "a"}, {"type": "text", "length": -1}], ["reasoning", "text", "notice"]),
        ([{"type": "file", "mime": "text/html"}, *REPLY_PARTS], ["reasoning", "text"]),
        (
            [*REPLY_PARTS, {"type": "tool_call", "arguments": 5, "state": {}}],
            ["reasoning", "text", "tool_call"],
        ),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
async def test_odd_parts_cost_no_text(history, tmp_path, parts, read):
    put(history, "messages", "parts", json.dumps(parts), "role = 'assistant'")
    texts, exported = await read_whole(history, tmp_path / "twin" / "history.db")
    assert texts == TEXTS
    reply = json.loads(exported)["conversations"][0]["messages"][1]
    assert (reply["text"], reply["reasoning"]) == (TEXTS[1], "Hm")
    assert [part["type"] for part in reply["parts"]] == read


async def test_what_is_no_parameter_is_none_and_a_hue_is_a_text(history, tmp_path):
    stored = {"ca_file": "/tmp/x.pem", "timeouts": 1, "proxy": "http://evil.test", "model": "x", "seed": 7.0}
    put(history, "conversations", "parameters", json.dumps(stored | {"temperature": "hot", "stop": ["x"]}))
    put(history, "conversations", "hues", json.dumps({"lab/big": 5, "lab/small": "teal"}))
    put(history, "conversations", "pins", json.dumps(["x", [1], None, 2.5, 3]))
    _, exported = await read_whole(history, tmp_path / "twin" / "history.db")
    [conversation] = json.loads(exported)["conversations"]
    assert conversation["parameters"] == {"seed": 7}
    assert conversation["hues"] == {"lab/small": "teal"}


@pytest.mark.parametrize(
    ("role", "status", "read"),
    [
        ("tool", "complete", ("assistant", "complete")),
        ("assistant", "paused", ("assistant", "interrupted")),
        ("user", "paused", ("user", "complete")),
        ("developer", "", ("assistant", "interrupted")),
    ],
)
async def test_an_unknown_role_or_status_costs_no_text(history, tmp_path, role, status, read):
    put(history, "messages", "role", role, f"text = '{TEXTS[0]}'")
    put(history, "messages", "status", status, f"text = '{TEXTS[0]}'")
    texts, exported = await read_whole(history, tmp_path / "twin" / "history.db")
    assert texts == TEXTS
    first = json.loads(exported)["conversations"][0]["messages"][0]
    assert (first["role"], first["status"]) == read


@pytest.mark.parametrize("files", ["no json", "5", "[5]", '["x"]', '[{"sha256": 5}]', "[{}]"])
async def test_attachments_that_are_none_cost_no_other_files(history, open_at, files):
    note = attachment_of("note.txt", b"Buy milk")
    async with open_at(history) as store:
        [row] = await store.list_conversations()
        loaded = await store.load_conversation(row.id)
        kept = await store.add_message(row.id, loaded.leaf, Role.USER, prompt_parts("See", [note]))
        await store.add_message(
            row.id, kept.id, Role.USER, prompt_parts("And", [attachment_of("b", b"gone")])
        )
    put(history, "messages", "attachments", files, "text = 'And'")
    async with open_at(history) as store:
        await store.empty_trash(datetime.now(UTC))
        assert (await store.with_contents(kept.attachments))[0].text == "Buy milk"
    with closing(sqlite3.connect(history)) as connection:
        assert connection.execute("SELECT data FROM contents").fetchall() == [(b"Buy milk",)]


@pytest.mark.parametrize("parent", ["id", "id + 1", "99", "-1", "'x'", "(SELECT max(id) FROM messages)"])
async def test_a_message_without_its_parent_goes_on_from_the_one_before(history, tmp_path, parent):
    with closing(sqlite3.connect(history)) as connection, connection:
        connection.execute(f"UPDATE messages SET parent = {parent} WHERE text <> ?", (TEXTS[0],))
        connection.execute("UPDATE conversations SET leaf = 5")
    connection.close()
    texts, _ = await read_whole(history, tmp_path / "twin" / "history.db")
    assert texts == TEXTS
    store = await open_history(history)
    [row] = await store.list_conversations()
    copied = await store.copy_conversation(row.id)
    assert [message.text for message in await store.messages(copied.path())] == TEXTS
    await store.close()


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KNOWN = {
    "usage": [
        "input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "cached_tokens",
        "cost",
        "tokens_per_second",
    ],
    "failure": ["kind", "message", "hint", "status_code"],
    "sources": ["url", "title"],
    "images": ["url", "alt"],
    "parts": ["type", "length", "text", "url", "native", "arguments", "files", "mime"],
    "attachments": ["name", "media_type", "size", "sha256", "tokens"],
    "parameters": ["temperature", "max_tokens", "stop", "ca_file"],
    "hues": ["lab/big"],
}
JSON_COLUMNS = {
    "messages": ["usage", "failure", "parts", "attachments"],
    "conversations": ["parameters", "hues", "tags", "pins", "labels", "attachments"],
}
PLAIN_COLUMNS = {
    "messages": ["role", "status", "model", "created_at", "finished_at", "reasoning_seconds", "parent"],
    "conversations": ["title", "created_at", "updated_at", "leaf", "model", "system", "draft", "owner"],
}


@some.composite
def oddities(draw, of_messages: tuple[str, ...] = ()) -> tuple[str, str, object]:
    """A table, one of its columns, and what stands there.

    Args:
        draw: Given by Hypothesis.
        of_messages: The columns of messages with JSON, where it is an earlier form.
    """
    table = draw(some.sampled_from(["messages", "conversations"]))
    if draw(some.booleans()):
        column = draw(some.sampled_from(PLAIN_COLUMNS[table]))
        numbers = some.integers(-(2**63), 2**63 - 1) | some.floats(allow_nan=False)
        return table, column, draw(numbers | some.text(some.characters(codec="utf-8")) | some.binary())
    columns = of_messages if of_messages and table == "messages" else JSON_COLUMNS[table]
    column = draw(some.sampled_from([name for name in columns if not of_messages or name != "labels"]))
    shapes = json_values
    if column in KNOWN:
        one = some.fixed_dictionaries({}, optional={name: json_values for name in KNOWN[column]})
        shapes = json_values | one | some.lists(one | json_values, max_size=3)
    texts = shapes.map(json.dumps) | some.text(some.characters(codec="utf-8")) | some.just("[" * 5000)
    return table, column, draw(texts)


@given(odd=some.lists(oddities(), min_size=1, max_size=3))
@example(odd=[("messages", "model", "\x00")])
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_whatever_stands_in_a_column_the_texts_are_read_and_exported(history, tmp_path_factory, odd):
    folder = tmp_path_factory.mktemp("odd")
    path = folder / "history.db"
    path.write_bytes(history.read_bytes())
    for table, column, value in odd:
        put(path, table, column, value)
    texts, _ = await read_whole(path, folder / "twin" / "history.db")
    assert texts == TEXTS


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
async def test_what_would_not_be_stored_now_is_read_as_if_it_were(history, tmp_path, text):
    put(history, "conversations", "title", text)
    put(history, "conversations", "tags", json.dumps([text, "b"]))
    put(history, "messages", "text", text)
    texts, exported = await read_whole(history, tmp_path / "twin.db")
    assert texts == [text.replace("\x00", "")] * len(texts)
    assert "u0000" not in exported


@given(
    odd=some.lists(oddities(("usage", "sources", "images", "notices", "attachments")), min_size=1, max_size=3)
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_whatever_stands_in_a_column_of_an_earlier_form_the_texts_come_over(
    history, tmp_path_factory, odd
):
    folder = tmp_path_factory.mktemp("odd")
    path = folder / "history.db"
    path.write_bytes(history.read_bytes())
    put_back_before_parts(path)
    for table, column, value in odd:
        put(path, table, column, value)
    texts, _ = await read_whole(path, folder / "twin" / "history.db")
    assert texts == TEXTS
