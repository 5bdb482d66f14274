"""Addresses whose letters look like others are shown and opened in letters that can't be mistaken."""

from __future__ import annotations

import pytest

from tui.app.messages.link_sheet import LinkSheet
from tui.text import plain_host


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://аррӏе.com", "https://xn--80ak6aa92e.com"),
        ("https://раураl.com/login?x=1", "https://xn--l-7sba6dbr.com/login?x=1"),
        ("https://gооgle.com:8443/a", "https://xn--ggle-55da.com:8443/a"),
        ("https://www.аррӏе.com", "https://www.xn--80ak6aa92e.com"),
        ("https://ɡoogle.com", "https://xn--oogle-qmc.com"),
        ("https://αρρle.com", None),
        ("https://ԱԲ.com", None),
    ],
)
def test_a_name_in_letters_that_look_like_others_is_spelt_out(url, shown):
    spelt = plain_host(url)
    assert spelt.isascii() and "xn--" in spelt
    assert shown is None or spelt == shown


@pytest.mark.parametrize(
    "url",
    [
        "https://apple.com",
        "https://bücher.de",
        "https://пример.рф/путь",
        "https://例え.jp",
        "https://日本語ひらがな.com",
        "https://한국.kr",
        "https://việtnam.vn",
        "https://παράδειγμα.ελ",
        "mailto:a@b.c",
        "not an address",
    ],
)
def test_a_name_in_letters_of_its_own_stays(url):
    assert plain_host(url) == url


def test_the_sheet_that_opens_a_link_has_the_name_spelt_out():
    assert LinkSheet("https://аррӏе.com")._url == "https://xn--80ak6aa92e.com"
