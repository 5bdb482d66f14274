"""What a reader takes for one character, and for one word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import graphemes

WHOLE = (
    *("e\u0301", "🇩🇪", "👍🏽", "👩‍👩‍👧", "❤️‍🔥", "⚠️", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "🏳️‍🌈"),
    *("नी", "क्ष", "ที่", "กำ", "각", "각", "நி", "র্দ", "葛\U000e0100", "a\u200c", "\r\n", "が゙"),
)
TEXT = st.text(st.sampled_from("ab \n漢é\u0301\u200d\ufe0f👩🏽🇩🇪⚠नीक्षกำ한ᄀ"), max_size=30)


@pytest.mark.parametrize("char", WHOLE)
def test_it_may_be_several_code_points(char):
    text = f"x{char}{char}y"
    found = [text[start:end] for start, end in graphemes.spans(text)]
    assert found == ["x", char, char, "y"]


@given(TEXT)
def test_characters_and_words_leave_nothing_out(text):
    for parts in (graphemes.spans(text), graphemes.words(text)):
        assert "".join(text[start:end] for start, end in parts) == text


@given(TEXT, st.data())
def test_there_and_back_again(text, data):
    at = data.draw(st.sampled_from([start for start, _ in graphemes.spans(text)] or [0]))
    assert graphemes.begin(text, at) == graphemes.end(text, at) == at
    assert graphemes.before(text, graphemes.after(text, at)) == at
    assert graphemes.word_before(text, at) <= at <= graphemes.word_after(text, at)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one two-three", ["one", " ", "two", "-", "three"]),
        ("don't", ["don't"]),
        ("你好，世界", ["你", "好", "，", "世", "界"]),
        ("カタカナとabc", ["カタカナ", "と", "abc"]),
        ("한국어 단어", ["한국어", " ", "단어"]),
        ("नीला पानी", ["नीला", " ", "पानी"]),
        ("x_1 += 2;", ["x_1", " ", "+=", " ", "2", ";"]),
        ("👩‍👩‍👧👍🏽", ["👩‍👩‍👧", "👍🏽"]),
    ],
)
def test_words(text, words):
    assert [text[start:end] for start, end in graphemes.words(text)] == words
