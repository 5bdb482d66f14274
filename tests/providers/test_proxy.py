"""Which proxy a request goes through."""

import pytest

from tui.providers import proxy
from tui.providers.proxy import proxy_for

PROXY = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def environment_only(monkeypatch):
    """On some systems the settings of the desktop would count as well."""
    monkeypatch.setattr(proxy, "getproxies", proxy.getproxies_environment)


@pytest.fixture
def everything(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, PROXY)


@pytest.mark.parametrize(
    ("variables", "url", "expected"),
    [
        ({"HTTPS_PROXY": PROXY}, "https://a.example", PROXY),
        ({"https_proxy": PROXY}, "https://a.example", PROXY),
        ({"HTTPS_PROXY": PROXY}, "http://a.example", None),
        ({"HTTP_PROXY": PROXY}, "http://a.example", PROXY),
        ({"ALL_PROXY": "socks5://s.example:1080"}, "https://a.example", "socks5://s.example:1080"),
        (
            {"all_proxy": PROXY, "https_proxy": "http://b.example:1"},
            "https://a.example",
            "http://b.example:1",
        ),
        ({"HTTPS_PROXY": "proxy.example:3128"}, "https://a.example", PROXY),
        ({"HTTPS_PROXY": ""}, "https://a.example", None),
        ({}, "https://a.example", None),
    ],
)
def test_environment(monkeypatch, variables, url, expected):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434",
        "http://127.8.9.1",
        "http://localhost:1234",
        "http://api.localhost",
        "http://[::1]:8080",
    ],
)
def test_this_machine_is_always_direct(everything, url):
    assert proxy_for(url) is None
    assert proxy_for(url, "http://chosen.example:1") is None


@pytest.mark.parametrize(
    ("no_proxy", "url", "direct"),
    [
        ("*", "https://a.example", True),
        ("a.example", "https://a.example", True),
        ("a.example", "https://deep.a.example", True),
        (".a.example", "https://deep.a.example", True),
        ("*.a.example", "https://deep.a.example", True),
        ("a.example", "https://notа.example", False),
        ("a.example", "https://nota.example", False),
        ("A.Example", "https://a.example.", True),
        ("b.example, a.example", "https://a.example", True),
        ("b.example a.example", "https://a.example", True),
        ("a.example:443", "https://a.example", True),
        ("a.example:8443", "https://a.example", False),
        ("a.example:8443", "https://a.example:8443", True),
        ("10.0.0.0/8", "http://10.1.2.3", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("10.0.0.0/8", "http://a.example", False),
        ("10.1.2.3", "http://10.1.2.3:8080", True),
        ("10.1.2.3:8080", "http://10.1.2.3:8080", True),
        ("fd00::/8", "http://[fd00::1]:80", True),
        ("[fd00::1]", "http://[fd00::1]", True),
        ("1.2.3", "http://11.2.3.4", False),
        (",, ,", "https://a.example", False),
    ],
)
def test_no_proxy(monkeypatch, everything, no_proxy, url, direct):
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for(url) == (None if direct else PROXY)


def test_the_choice_of_the_config_beats_the_environment(monkeypatch, everything):
    monkeypatch.setenv("NO_PROXY", "*")
    assert proxy_for("https://a.example", "chosen.example:1") == "http://chosen.example:1"
    monkeypatch.delenv("NO_PROXY")
    assert proxy_for("https://a.example", "direct") is None
