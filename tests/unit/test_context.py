"""Tokens: the estimate, and what fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.context import estimate_tokens, fit

# Counted with the o200k vocabulary.
KNOWN = [
    ("The quick brown fox jumps over the lazy dog. It was a bright cold day in April.", 19),
    ("Быстрая коричневая лиса перепрыгивает через ленивую собаку.", 20),
    ('{"name": "segue", "version": [1, 2, 3], "open": true}', 23),
    ("def add(a, b):\n    return a + b\n", 12),
    ("在一个晴朗寒冷的四月天，时钟敲了十三下。", 19),
]


@pytest.mark.parametrize(("text", "tokens"), KNOWN)
def test_the_estimate_is_near_the_truth(text, tokens):
    assert 0.6 * tokens <= estimate_tokens(text) <= 1.4 * tokens


def test_nothing_is_no_token():
    assert estimate_tokens("") == 0


@given(st.lists(st.integers(1, 100), min_size=1), st.integers(0, 500))
def test_the_newest_that_fit_are_sent_and_the_last_always(sizes, limit):
    count, used = fit(sizes, limit)
    assert used == sum(sizes[:count]) and count >= 1
    assert used <= limit or count == 1
    assert count == len(sizes) or used + sizes[count] > limit


def test_all_are_sent_where_the_window_is_not_known():
    assert fit([5, 5, 5], None) == (3, 15)
