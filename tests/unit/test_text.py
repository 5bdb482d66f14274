"""The gate for outside text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.text import clean, normalise, one_line, safe_url

ANY = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("\x1b]52;c;cHduZWQ=\x1b\\", "␛]52;c;cHduZWQ=␛\\"),
        ("\x1b[2J", "␛[2J"),
        ("\x9b31m \x90", "\N{REPLACEMENT CHARACTER}31m \N{REPLACEMENT CHARACTER}"),
        ("a\x00b\x07c\x7f", "a␀b␇c␡"),
        ("one\r\ntwo\x85three\u2028four", "one\ntwo\nthree\nfour"),
        ("one\rtwo\r\r\nthree\n\rfour\r", "one\ntwo\n\nthree\n\nfour\n"),
        ("\u202eevil", "<U+202E>evil"),
        ("zero\u200bwidth \U000e0041tag", "zerowidth tag"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_hostile_text_becomes_visible_or_goes(hostile, harmless):
    assert clean(hostile) == harmless


@pytest.mark.parametrize("text", ["שלום עולם", "👩‍👩‍👧", "é̂", "می‌خواهم", "tab\tand\nnewline", "日本語"])
def test_honest_text_stays(text):
    assert clean(text) == text


@given(ANY, st.integers(0, 200))
def test_cleaning_pieces_is_cleaning_the_whole(text, cut):
    cut -= text[:cut].endswith("\r")  # nobody who hands on pieces parts the halves of a line's end
    assert clean(text[:cut]) + clean(text[cut:]) == clean(text)
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_nothing_that_steers_a_terminal_is_left(text):
    for char in clean(text):
        assert char in "\n\t" or (char >= " " and not "\x7f" <= char <= "\x9f")
    clean(text).encode()


@given(ANY)
def test_normalised_text_can_be_stored(text):
    assert "\x00" not in normalise(text)
    normalise(text).encode()


def test_a_pair_of_surrogates_is_joined():
    assert normalise("\ud83d\ude80") == "🚀"


def test_one_line_is_cut_at_a_word():
    assert one_line("  two\nlines \x1b ", None) == "two lines ␛"
    assert one_line("two\rlines", None) == "two lines"
    assert one_line("a sentence that is too long", 14) == "a sentence…"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x?y=1",
        "http://127.0.0.1:8000",
        "mailto:a@b.example",
        "https://a.example/Rubik's_Cube",
    ],
)
def test_urls_that_may_be_opened(url):
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ssh://-oProxyCommand=x",
        "--version",
        "data:text/html,x",
        "https://bank.example@evil.test/",
        "https://a\x1b.example",
        "https://a b.example",
        "http://[bad",
        "https://a'b.example",
        "https://",
        "mailto://host/x",
        "",
    ],
)
def test_urls_that_may_not(url):
    assert safe_url(url) is None
