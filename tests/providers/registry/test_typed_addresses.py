"""Addresses as people type and copy them."""

from __future__ import annotations

import pytest

from tui.providers.address import address_in, likely_formats, name_for

ADDRESSES = {
    "localhost:8000": "http://localhost:8000",
    "http://127.0.0.1:8000/v1/chat/completions": "http://127.0.0.1:8000/v1",
    "curl https://api.example.org/v1/chat/completions -H 'x: y'": "https://api.example.org/v1",
    "https:/h.example/v1": "https://h.example/v1",
    "https//h.example": "https://h.example",
    "HTTPS://H.example/V1": "https://H.example/V1",
    "8000": "http://127.0.0.1:8000",
    ":8080": "http://127.0.0.1:8080",
    "0.0.0.0:11434": "http://127.0.0.1:11434",
    "http://0.0.0.0:1/v1": "http://127.0.0.1:1/v1",
    "api.example.org/openai/v1/": "https://api.example.org/openai/v1",
    '"http://lab:5000"': "http://lab:5000",
    "“http://lab:5000”,": "http://lab:5000",
    "gpu-box:8080/v1": "http://gpu-box:8080/v1",
    "192.168.1.7:1234": "http://192.168.1.7:1234",
    "nas.local": "http://nas.local",
    "[::1]:8000": "http://[::1]:8000",
    "https://x.example/v1/models": "https://x.example/v1",
    "https://ai.azure.com/models": "https://ai.azure.com/models",
    "OPENAI_BASE_URL=http://10.0.0.3:9/v1": "http://10.0.0.3:9/v1",
    'base_url="https://x.example/v1"': "https://x.example/v1",
    "https://r.example/openai/deployments/d/chat/completions?api-version=1": (
        "https://r.example/openai/deployments/d?api-version=1"
    ),
    "http://h:99999/": "",
    "http://": "",
    "nonsense": "",
    "my server": "",
    "": "",
}


@pytest.mark.parametrize(("typed", "url"), ADDRESSES.items(), ids=ADDRESSES)
def test_an_address_is_found_in_what_is_typed(typed, url):
    assert address_in(typed) == url


@pytest.mark.parametrize("url", sorted({url for url in ADDRESSES.values() if url}))
def test_an_address_that_is_right_stays_as_it_is(url):
    assert address_in(url) == url


@pytest.mark.parametrize(
    ("url", "first"),
    [
        ("http://h:8000", "openai"),
        ("http://127.0.0.1:11434", "ollama"),
        ("http://h/api", "ollama"),
        ("https://api.anthropic.com", "anthropic"),
        ("https://h/anthropic/v1", "anthropic"),
        ("https://generativelanguage.googleapis.com/v1beta", "gemini"),
    ],
)
def test_the_likeliest_wire_format_is_tried_first_and_all_are(url, first):
    formats = likely_formats(url)
    assert formats[0] == first and set(formats) == {"openai", "ollama", "anthropic", "gemini"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.deepthought.example/v1", "deepthought"),
        ("http://127.0.0.1:8000", "server"),
        ("http://localhost", "server"),
        ("http://gpu-box:8080", "gpu-box"),
        ("http://lab:1", "lab2"),
        ("https://example.org", "example"),
    ],
)
def test_a_name_is_made_that_no_other_has(url, name):
    assert name_for(url, ["lab", "local"]) == name
