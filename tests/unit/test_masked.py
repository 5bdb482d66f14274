"""What is secret is told by what it is: in addresses, in queries, in headers, in any words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tui.config import load_config, proxy_url
from tui.secret import redact, without_password

ADDRESSES = {
    "http://me:pass@host:3128": "http://me:•••@host:3128",
    "http://me:p@ss@host:3128": "http://me:•••@host:3128",
    "http://me:pa/ss@host:3128": "http://me:•••@host:3128",
    "http://me:p/a@s/s@host:3128/": "http://me:•••@host:3128/",
    "socks5://me:p?a#s@host": "socks5://me:•••@host",
    "http://me:12/34@host:3128": "http://me:•••@host:3128",
    "http://ghp0123token@host/x": "http://•••@host/x",
    "postgresql://me:x:y@h/db": "postgresql://me:•••@h/db",
    "me:hunter2@host:3128": "me:•••@host:3128",
    "https://host/v1?subscription-key=abcdef&api-version=2024-06-01": (
        "https://host/v1?subscription-key=•••&api-version=2024-06-01"
    ),
    "https://host/v1?code=abc&sig=x%2Fy": "https://host/v1?code=•••&sig=•••",
    "https://host/v1?never_heard_of=abc": "https://host/v1?never_heard_of=•••",
    "https://host/cb#access_token=abc&x=1": "https://host/cb#access_token=•••&x=1",
}
HARMLESS = [
    "https://medium.com/@someone/a-post",
    "http://[::1]:8080/v1",
    "http://host:80/a?page=2&limit=10",
    "mail to someone@example.org or to a:b@c",
    "git@github.com:someone/thing.git",
    '{"max_tokens": 16384000, "prompt_tokens": 12}',
    "the key: it is missing",
]


@pytest.mark.parametrize(("address", "shown"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_is_shown_without_what_is_secret_in_it(address, shown):
    assert redact(f"no answer from {address} at all") == f"no answer from {shown} at all"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_secret_stays_as_it_is(text):
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "X-Auth-Token: 0123456789abcdef",
        "'x-goog-api-key': '0123456789abcdef'",
        '"CF-Access-Client-Secret": "0123456789abcdef"',
        "password=0123456789abcdef",
        "Ocp-Apim-Subscription-Key=0123456789abcdef",
        "eyJhbGciOiJIUzI1NiJ9xx.0123456789abcdef.sig01234567",
        "glpat-0123456789abcdef",
    ],
)
def test_a_header_in_any_words_is_shown_without_its_value(text):
    assert "0123456789" not in redact(f"refused {text}, it said")


@pytest.mark.parametrize(
    "proxy", ["me:hunter2@host", "me:a@b/c@host:1", "http://me:hun/ter2@host", "hunter2@host:3128"]
)
def test_a_proxy_is_shown_without_its_password_whatever_is_in_it(proxy):
    shown = without_password(proxy)
    assert "•••@host" in shown
    assert not any(word in shown for word in ("hunter2", "a@b", "b/c", "hun", "ter2"))


@pytest.mark.parametrize(
    ("proxy", "url"),
    [
        ("host:3128", "http://host:3128"),
        ("me:p@ss@host:3128", "http://me:p%40ss@host:3128"),
        ("http://me:pa/ss@host:3128", "http://me:pa%2Fss@host:3128"),
        ("socks5://me:a%40b@host:1080", "socks5://me:a%40b@host:1080"),
        ("http://me:x://y@host:1", "http://me:x%3A%2F%2Fy@host:1"),
    ],
)
def test_a_proxys_password_may_have_any_character(proxy, url):
    assert proxy_url(proxy) == url


SETTINGS = """
proxy = "http://me:pa/ss@wd@proxy:3128"
[providers.lab]
url = "https://me:hunter9@h/v1?subscription-key=01234567&api-version=2"
proxy = "other:hunter2@proxy:1"
[providers.lab.headers]
X-Auth-Token = "0123456789abcdef"
x-goog-api-key = "0123456789abcdef"
CF-Access-Client-Secret = "0123456789abcdef"
X-Nobody-Knows = "0123456789abcdef"
X-Title = "Mine"
"""


def test_the_settings_are_shown_without_any_of_it(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text(SETTINGS)
    shown = load_config(file).shown()
    lab = shown["providers"]["lab"]
    assert shown["proxy"] == "http://me:•••@proxy:3128"
    assert lab["proxy"] == "other:•••@proxy:1"
    assert lab["url"] == "https://me:•••@h/v1?subscription-key=•••&api-version=2"
    assert {name: value for name, value in lab["headers"].items() if value != "•••"} == {"X-Title": "Mine"}
    assert "0123456" not in json.dumps(shown)


def test_a_header_of_the_settings_is_masked_in_every_message_from_then_on(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text('[providers.lab]\nurl = "https://h/v1"\nheaders = {X-Nobody = "correct horse battery"}\n')
    load_config(file)
    assert "horse" not in redact("the server said: correct horse battery")
