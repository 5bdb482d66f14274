"""Search on a server finds what it finds in a file: the same hits, snippets and marks, in the same order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role
from tui.chat.parts import Text
from tui.history.opening import open_history
from tui.history.postgres import search

WORDS = (
    *("the", "quick", "brown", "fox", "quickly", "Größe", "große", "straße", "café", "résumé"),
    *("re\u0301sume\u0301", "foo_bar", "x->y", "C++", "snake_case", "don't", "1984", "3.14"),
    *("机器学习", "学习", "模型训练", "東京タワー", "한국어", "검색", "ภาษาไทย", "Быстрая", "лиса"),
    *("😀", "İstanbul", "a", "ab", "abc", "abcd", "abcde"),
)
FILTERS = ("", "model:big ", "tag:work ", "before:2026-03 ", "after:2025-06 ", "model:lab tag:work ")
BEGAN = datetime(2024, 1, 1, tzinfo=UTC)


def library(chance: random.Random) -> list[Bundle]:
    """Conversations over three years."""
    bundles = []
    for number in range(60):
        at = BEGAN + timedelta(chance.random() * 1000)
        talk = Conversation(0, " ".join(chance.choices(WORDS, k=2)), at, at, origin=f"test:{number}")
        talk.tags = ("work",) if chance.random() < 0.3 else ()
        messages = []
        for place in range(1, chance.randint(2, 9)):
            at += timedelta(hours=chance.random() * 40)
            role = Role.ASSISTANT if place % 2 == 0 else Role.USER
            model = chance.choice(("lab/big", "lab/small", "other/big")) if role is Role.ASSISTANT else None
            text = Text(" ".join(chance.choices(WORDS, k=chance.randint(1, 12))))
            message = Message(place, 0, place - 1 or None, role, (text,), model, created_at=at)
            talk.add([Node.of(message)])
            messages.append(message)
        talk.leaf, talk.updated_at = messages[-1].id, at
        bundles.append(Bundle(talk, messages))
    return bundles


def queries(chance: random.Random) -> list[str]:
    """Words, beginnings of words, phrases, filters; as a person types them."""
    typed = []
    for _ in range(150):
        words = chance.choices(WORDS, k=chance.randint(1, 3))
        if chance.random() < 0.5:
            words[-1] = words[-1][: chance.randint(1, len(words[-1]))]
        text = " ".join(words)
        if chance.random() < 0.3:
            text = f'"{text}' + chance.choice(('"', ""))
        typed.append(chance.choice(FILTERS) + text + chance.choice(("", "", " ")))
    return typed


@pytest.mark.parametrize("newest", [0, 7, 1000], ids=["index", "both", "newest"])
async def test_the_same_is_found_in_a_file_and_on_a_server(place, monkeypatch, newest):
    monkeypatch.setattr(search, "_NEWEST", newest)
    chance = random.Random(newest)
    file, server = await open_history(None), await open_history(place)
    bundles = library(chance)
    assert await file.add_conversations(bundles) == await server.add_conversations(bundles)
    found = 0
    for number, query in enumerate(queries(chance)):
        expected = await file.search(query, limit=1000)
        assert await server.search(query, limit=1000) == expected, query
        if number % 5 == 0:
            assert await server.search(query, limit=3, offset=2) == expected[2:5], query
        found += len(expected)
    assert found > 1000
    await file.close()
    await server.close()
