"""Links open only where that is safe, and only in a browser that has no terminal of ours."""

import subprocess

import pytest

from tui.app.messages import link_sheet as links


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ssh://-oProxyCommand=x",
        "--version",
        "https://a@b.test/",
        "data:x",
    ],
)
def test_what_is_not_safe_is_never_opened(url, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: pytest.fail("opened"))
    monkeypatch.setattr(links.webbrowser, "open", lambda *a, **k: pytest.fail("opened"))
    links.open_link(url)
    assert links.trouble(url, {"DISPLAY": ":0"}, "linux")


@pytest.mark.parametrize(
    ("env", "platform", "reached"),
    [
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True),
        ({"SSH_TTY": "/dev/pts/0"}, "linux", False),
    ],
)
def test_a_browser_is_offered_only_where_there_is_one(env, platform, reached):
    assert (links.trouble("https://one.example/", env, platform) == "") is reached


def test_the_browser_gets_no_terminal(tmp_path, monkeypatch):
    said = tmp_path / "said"
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho noise\necho noise >&2\nprintf %s "$1" > {said}\n')
    opener.chmod(0o755)
    monkeypatch.setattr(links, "_OPENERS", {links.sys.platform: str(opener)})
    links.open_link("https://one.example/?a=b&c=d")
    assert said.read_text() == "https://one.example/?a=b&c=d"


@pytest.mark.parametrize("begin", ["data:image/png;base64,", "https://one.example/"])
def test_an_address_that_nobody_can_read_whole_is_shown_by_its_ends_and_not_opened(begin):
    url = f"{begin}{'A' * 3_000_000}end"
    said = links.shown(url)
    assert said.startswith(begin) and "Aend\n" in said and f"{len(url):,} characters in all" in said
    assert len(said) < 1_000, "it is wrapped at once"
    assert links.trouble(url, {"DISPLAY": ":0"}, "linux")


def test_an_apostrophe_in_an_address_is_no_trouble_and_reaches_no_shell(monkeypatch):
    opened = []
    monkeypatch.setattr(links, "_OPENERS", {})
    monkeypatch.setattr(links.webbrowser, "open", opened.append)
    links.open_link("https://one.example/Rubik's_Cube")
    assert opened == ["https://one.example/Rubik%27s_Cube"]
    assert links.trouble("https://one.example/Rubik's_Cube", {"DISPLAY": ":0"}, "linux") == ""


def test_without_an_opener_python_finds_the_browser(monkeypatch):
    opened = []
    monkeypatch.setattr(links, "_OPENERS", {})
    monkeypatch.setattr(links.webbrowser, "open", opened.append)
    links.open_link("https://one.example/")
    assert opened == ["https://one.example/"]
