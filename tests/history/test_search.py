"""Full-text search: any text is safe, words fold, hits are marked, filters filter."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Text, prompt_parts
from tui.history.query import parse
from tui.history.sqlite import search
from tui.history.sqlite.history import open_history
from tui.history.store import ListFilter

TEXTS = {
    "german": "Die Größe der Straße im Café",
    "chinese": "机器学习模型可以训练",
    "japanese": "東京タワーで写真を撮る",
    "thai": "ภาษาไทยไม่เว้นวรรค",
    "korean": "한국어 검색은 어렵다",
    "decomposed": "A re\u0301sume\u0301 in pieces",
    "code": "call foo_bar(x->y) or obj.method-name, C++ and snake_case",
    "plain": "The quick brown fox jumps over the lazy dog",
    "russian": "Быстрая коричневая лиса",
}


def marked(hit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.marks]


@pytest.fixture
async def library(store, converse):
    """One conversation a text, each with its name for a title."""
    for name, text in TEXTS.items():
        await converse(store, text, title=f"about {name}")
    return store


@pytest.mark.parametrize(
    ("query", "found", "marks"),
    [
        ("größe", "german", ["Größe"]),
        ("GROSSE", None, []),
        ("grosse", None, []),
        ("große", "german", ["Größe"]),
        ("cafe", "german", ["Café"]),
        ("CAFÉ", "german", ["Café"]),
        ("straß", "german", ["Straß"]),
        ("stra ", None, []),
        ("学习", "chinese", ["学习"]),
        ("习模", "chinese", ["习模"]),
        ("训", "chinese", ["训"]),
        ("学模", None, []),
        ("タワー", "japanese", ["タワー"]),
        ("写真を", "japanese", ["写真を"]),
        ("검색", "korean", ["검색"]),
        ("색은", "korean", ["색은"]),
        ("ไทย", "thai", ["ไทย"]),
        ("resume", "decomposed", ["re\u0301sume\u0301"]),
        ("résumé", "decomposed", ["re\u0301sume\u0301"]),
        ("foo_bar(x", "code", ["foo_bar(x"]),
        ("method-name", "code", ["method-name"]),
        ("c++ ", "code", ["C"]),
        ("qui", "plain", ["qui"]),
        ("qui ", None, []),
        ("brown quick", "plain", ["quick", "brown"]),
        ('"quick brown"', "plain", ["quick brown"]),
        ('"brown quick"', None, []),
        ('"quick bro', "plain", ["quick bro"]),
        ('"quick bro"', None, []),
        ("quick nothing", None, []),
        ("быстр", "russian", ["Быстр"]),
        ("БЫСТРАЯ", "russian", ["Быстрая"]),
    ],
)
async def test_words_are_found_folded_and_marked(library, query, found, marks):
    hits = await library.search(query)
    assert [hit.title for hit in hits] == ([f"about {found}"] if found else [])
    if found:
        assert hits[0].message_id is not None and hits[0].role is Role.USER
        assert marked(hits[0]) == marks


@pytest.mark.parametrize(
    "query",
    [
        *('"', '""', '"""', "(", ")", "*", ":", "-", "^", "AND", "OR", "NOT", "NEAR(", "NEAR(a b, 2)", "a:b"),
        *(
            "text:fox",
            "{text}:fox",
            "-fox",
            "fox*",
            "*fox",
            "^fox",
            "fox AND",
            "a AND OR b",
            "'",
            "';--",
            "\\",
        ),
        *(
            "\x00",
            "\ud800",
            "fox\x00",
            "\u202e",
            "😀",
            "%",
            "_",
            "[",
            "model:",
            "tag:",
            'tag:"',
            "before:",
            "in:",
        ),
        *("before:yesteryear", "after:9999999d", "after:2026-13-45", "before:0000", "in:box", "x" * 10_000),
        *(" ", "", "\n\t", '"fox" "', 'a"b"c', "+", "~", "`", "rowid:1", "fox NEAR dog", "🙂" * 500),
    ],
    ids=lambda query: ascii(query[:20]),
)
async def test_any_text_is_a_query(library, query):
    for typed in (query, f"fox {query}", f"{query} fox", f"{query}fox"):
        for hit in await library.search(typed):
            assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.marks)
        await library.list_conversations(ListFilter(title=typed, tag=typed, model=typed))


@given(some.text(max_size=40))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_really_any_text_is_a_query(library, query):
    await library.search(query)


letters = some.characters(max_codepoint=0x24F, exclude_categories=["Cc"]) | some.sampled_from(
    "学习モデル한국🙂\n"
)


@given(some.text(letters, max_size=200), some.integers(0, 200))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_every_word_of_a_stored_text_finds_it(store, text, start):
    conversation = await store.create_conversation()
    message = await store.add_message(conversation.id, None, Role.USER, prompt_parts(text))
    words = parse(text.replace('"', " ").replace(":", " ")).words
    if words:
        hits = await store.search(f'"{words[start % len(words)].text}"', limit=1000)
        assert message.id in [hit.message_id for hit in hits]


words = some.text(some.sampled_from("aAäe\u0301ßxyz1_-' 学习"), min_size=1, max_size=7)


@given(some.lists(some.lists(words, max_size=6).map(" ".join), min_size=1, max_size=8), words, words)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_quick_way_for_the_beginning_of_a_word_finds_what_the_index_finds(
    tmp_path_factory, texts, before, typed
):
    path = tmp_path_factory.mktemp("quick") / "history.db"
    store = await open_history(path)
    conversation = await store.create_conversation()
    for text in (*texts, f"{before} {typed}{before}"):
        await store.add_message(conversation.id, None, Role.USER, prompt_parts(text))
    for query in (typed, f"{before} {typed}", f'"{before} {typed}'):
        words = parse(query)
        if words.words:
            with contextlib.closing(sqlite3.connect(path)) as connection:
                found = connection.execute(
                    "SELECT rowid FROM messages_fts WHERE messages_fts MATCH ? ORDER BY rowid DESC",
                    (f"text : ({search.match_of(words)})",),
                )
                expected = [message_id for (message_id,) in found]
            assert [hit.message_id for hit in await store.search(query)] == expected
    await store.close()


async def test_a_word_that_stands_nowhere_is_looked_for_in_all_of_a_long_history(
    store, converse, monkeypatch
):
    monkeypatch.setattr(search, "_CANDIDATES", 5)
    oldest = await converse(store, "interesting", title="x")
    for _ in range(9):
        await converse(store, "internal", title="x")
    assert [hit.conversation_id for hit in await store.search("interes")] == [oldest.id]
    monkeypatch.setattr(search, "_CANDIDATES", 1000)
    monkeypatch.setattr(search, "_EFFORT", 20)
    assert [hit.conversation_id for hit in await store.search("interes")] == [oldest.id]
    assert len(await store.search("intern", limit=3)) == 3


async def test_the_newest_hit_is_first_and_pages_do_not_overlap(store, converse):
    for number in range(30):
        await converse(store, f"apple {number}", f"more apple {number}", title="x")
    everything = await store.search("apple", limit=100)
    assert len(everything) == 60
    ids = [hit.message_id for hit in everything]
    assert ids == sorted(ids, reverse=True)
    pages = [await store.search("apple", limit=7, offset=start) for start in range(0, 63, 7)]
    assert [hit for page in pages for hit in page] == everything
    assert await store.search("apple", limit=0) == []


async def test_a_title_is_a_hit_only_where_no_message_is(store, converse):
    only_title = await converse(store, "x", title="Growing apples")
    both = await converse(store, "an apple a day", title="Apple")
    hits = await store.search("apple")
    assert [(hit.conversation_id, hit.message_id is None) for hit in hits] == [
        (both.id, False),
        (only_title.id, True),
    ]
    assert marked(hits[1]) == ["apple"] and hits[1].snippet == "Growing apples"
    assert [hit.message_id for hit in await store.search("in:title apple")] == [None, None]


async def test_filters_narrow_the_search(store, converse):
    work = await converse(store, "apple", "apple pie", title="a", model="openai/gpt-6-sol")
    home = await converse(store, "apple", "apple cake", title="b", model="lab/small")
    await store.update_conversation(work.id, tags=("Work", "two words"))

    async def found(query: str) -> list[int]:
        return sorted({hit.conversation_id for hit in await store.search(query)})

    assert await found("apple") == [work.id, home.id]
    assert await found("model:gpt-6 apple") == [work.id]
    assert await found("apple MODEL:Lab/") == [home.id]
    assert await found("tag:work apple") == [work.id]
    assert await found('tag:"two words" apple') == [work.id]
    assert await found("tag:wor apple") == []
    assert await found("after:today apple") == [work.id, home.id]
    assert await found("before:today apple") == []
    assert await found("after:7d before:2999-01-01 apple") == [work.id, home.id]
    assert await found("tag:work") == [work.id], "filters alone list conversations"
    assert await found("model:lab/ cake") == [home.id]


async def test_dates_are_those_of_the_messages_also_after_an_import(store, converse):
    old = datetime(2023, 5, 17, 12, tzinfo=UTC)
    conversation = Conversation(0, "old", old, old, origin="test:1", leaf=1)
    conversation.add([Node(1, None, Role.USER)])
    await converse(store, "apple of today", title="new")
    await store.add_conversations(
        [
            Bundle(
                conversation, [Message(1, 0, None, Role.USER, parts=(Text("apple of old"),), created_at=old)]
            )
        ]
    )
    assert [hit.title for hit in await store.search("apple")] == ["new", "old"]
    assert [hit.title for hit in await store.search("apple before:2024")] == ["old"]
    assert [hit.title for hit in await store.search("apple after:2023-05-17")] == ["new", "old"]
    assert [hit.title for hit in await store.search("apple before:2023-05-17")] == []
    assert [hit.title for hit in await store.search("apple after:2023-06")] == ["new"]


async def test_a_snippet_shows_the_first_hit_of_a_long_text_on_one_line(store, converse):
    text = "filler \n" * 30_000 + "needle and\nthread " + "filler " * 1000
    await converse(store, text, title="x")
    [hit] = await store.search("needle")
    assert hit.snippet.startswith("…") and hit.snippet.endswith("…") and len(hit.snippet) < 200
    assert "\n" not in hit.snippet and "needle and thread" in hit.snippet
    assert marked(hit) == ["needle"]


async def test_a_snippet_can_not_steer_the_terminal(store, converse):
    await converse(store, "\x1b]52;c;aGk=\x07 needle \x1b[2J\u202e", title="needle \x1b[31m")
    await converse(store, "x", title="needle \x9b31m")
    for hit in await store.search("needle"):
        assert not set(hit.snippet) & {"\x1b", "\x07", "\x9b", "\u202e"}
        assert marked(hit) == ["needle"]


async def test_a_streaming_reply_is_found_when_it_has_ended(store, converse, begin_reply):
    reply = await begin_reply(store, await converse(store, "x"))
    await store.append(reply.id, ["needle"])
    assert await store.search("needle") == []
    reply.parts, reply.status = (Text("needle"),), Status.COMPLETE
    await store.finish_message(reply)
    assert [hit.message_id for hit in await store.search("needle")] == [reply.id]
    reply.parts = (Text("haystack"),)
    await store.finish_message(reply)
    assert await store.search("needle") == []


async def test_what_is_gone_for_good_is_not_in_the_index(store, converse):
    gone = await converse(store, "needle")
    await store.delete_conversation(gone.id)
    await store.empty_trash(datetime.now(UTC) + timedelta(seconds=1))
    await converse(store, "hay")
    assert await store.search("needle") == []
