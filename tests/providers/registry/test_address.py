"""Addresses: whose they are, and what OLLAMA_HOST means."""

from __future__ import annotations

import pytest

from tui.providers.address import filled, host_of, is_loopback, is_private, ollama_address, same_host


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("1.2.3.4", "http://1.2.3.4:11434"),
        (":5", "http://127.0.0.1:5"),
        ("box:5", "http://box:5"),
        ("http://h", "http://h"),
        ("https://h", "https://h"),
        ("https://h:8443/ollama/", "https://h:8443/ollama"),
        ("h/path", "http://h:11434/path"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://0.0.0.0:5", "http://127.0.0.1:5"),
        ("[::1]:5", "http://[::1]:5"),
        ("[::]:5", "http://[::1]:5"),
        ('"box"', "http://box:11434"),
    ],
)
def test_what_ollama_host_means(value, address):
    assert ollama_address(value) == address


@pytest.mark.parametrize(
    ("url", "loopback", "private"),
    [
        ("http://127.0.0.1:80", True, True),
        ("http://127.9.9.9", True, True),
        ("http://localhost/v1", True, True),
        ("http://x.localhost", True, True),
        ("http://[::1]:5", True, True),
        ("http://10.0.0.5", False, True),
        ("http://192.168.1.2", False, True),
        ("http://[fd00::1]", False, True),
        ("http://169.254.1.1", False, True),
        ("http://nas", False, True),
        ("http://nas.local", False, True),
        ("http://8.8.8.8", False, False),
        ("http://api.example.com", False, False),
        ("http://localhost.example.com", False, False),
        ("http://", False, False),
    ],
)
def test_whose_network_it_is_in(url, loopback, private):
    assert (is_loopback(url), is_private(url)) == (loopback, private)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://h/v1", "https://h:443/v2", True),
        ("https://H/v1", "https://h", True),
        ("https://h", "http://h", False),
        ("https://h", "https://h:8443", False),
        ("https://h", "https://h.evil.example", False),
        ("", "https://h", False),
    ],
)
def test_when_a_key_may_stay(one, other, same):
    assert same_host(one, other) is same


def test_host_of_never_shows_a_password():
    assert host_of("http://me:pass@h:80/v1") == "h:80"


def test_filled_needs_every_variable(monkeypatch):
    monkeypatch.setenv("A", "eu")
    monkeypatch.delenv("B", raising=False)
    assert filled("https://{A}.example") == "https://eu.example"
    assert filled("https://{A}.{B}.example") == ""
