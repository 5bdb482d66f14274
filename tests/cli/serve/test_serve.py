"""The app in a browser: who comes in, what a visit is, and what is left when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import socket
import sqlite3
import stat
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from tui.cli.serve.emulator import FILES
from tui.cli.serve.server import ENDED, FULL, MOST

PATIENCE = 60.0
OF_THE_PAGE = ("", "index.html", "page.js", "page.css", *(file.name for file in FILES))


def asked(served, path: str = "/", **headers: str) -> http.client.HTTPResponse:
    """An answer to exactly these headers; a name in two of them is written ``Host_2``."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    for name, value in ({"Host": served.host} | headers).items():
        if value:
            connection.putheader(name.partition("_")[0].replace("-_", "-"), value)
    connection.endheaders()
    answer = connection.getresponse()
    answer.body = answer.read().decode()
    connection.close()
    return answer


@pytest.fixture
async def cookie(served) -> str:
    return await served.cookie()


# -- who may come in
def test_the_address_that_is_printed_opens_the_page_and_leaves_the_key_behind(served):
    assert served.address.startswith("http://127.0.0.1:") and len(served.token) == 32
    answer = asked(served, f"/?k={served.token}")
    assert (answer.status, answer.headers["Location"]) == (303, "./")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and served.token not in cookie
    page = asked(served, "/", Cookie=cookie.partition(";")[0])
    assert page.status == 200 and "<title>Segue</title>" in page.body


async def test_each_file_of_the_page_is_served_and_nothing_else(served, cookie):
    for name in OF_THE_PAGE:
        answer = asked(served, f"/{name}", Cookie=cookie)
        assert answer.status == 200 and answer.body
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("server.py", "..%2fserver.py", "../server.py", "page/page.js", "%00", "ws/x"):
        assert asked(served, f"/{name}", Cookie=cookie).status in (400, 404)


@pytest.mark.parametrize("path", [f"/{name}" for name in (*OF_THE_PAGE, "ws", "nothing")])
def test_without_the_cookie_there_is_nothing(served, path):
    answer = asked(served, path, Origin=served.base)
    assert answer.status == 403 and answer.headers["Cache-Control"] == "no-store"
    assert "segue serve" in answer.body


@pytest.mark.parametrize("key", ["", "x", "%00", "a" * 32, "%C3%A9", "a&k=b"])
def test_another_key_does_not_fit(served, key):
    answer = asked(served, f"/?k={key}")
    assert answer.status == 403 and not answer.headers["Set-Cookie"]


@pytest.mark.parametrize("made", ["x", "0" * 64, ""])
async def test_another_cookie_is_none(served, cookie, made):
    assert asked(served, "/", Cookie=f"segue-{served.port}={made}").status == 403


async def test_the_cookie_of_another_server_is_none(serve, cookie):
    other = serve()
    assert asked(other, "/", Cookie=f"segue-{other.port}={cookie.partition('=')[2]}").status == 403


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.evil.example:{port}",
        "127.0.0.1:{port}.evil.example",
        "evil.example@127.0.0.1:{port}",
        "127.0.0.2:{port}",
        "0.0.0.0:{port}",
        "",
    ],
)
async def test_a_name_that_only_leads_here_is_refused_before_the_key_is_looked_at(served, cookie, host):
    named = host.format(port=served.port)
    assert asked(served, "/", Host=named, Cookie=cookie).status in (400, 403)
    answer = asked(served, f"/?k={served.token}", Host=named)
    assert answer.status in (400, 403) and not answer.headers["Set-Cookie"]


async def test_two_names_are_none(served, cookie):
    assert asked(served, "/", Host_2="evil.example", Cookie=cookie).status in (400, 403)


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
async def test_the_names_of_this_machine_are_ours(served, cookie, name):
    assert asked(served, "/", Host=f"{name}:{served.port}", Cookie=cookie).status == 200


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1",
        "http://127.0.0.1:{port}.evil.example",
        "http://localhost:{port}",
        "null",
        "",
    ],
)
async def test_a_foreign_page_opens_no_terminal_even_with_the_cookie(served, cookie, origin):
    headers = {"Cookie": cookie, "Host": served.host}
    if origin:
        headers["Origin"] = origin.format(port=served.port)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(f"{served.base}/ws", headers=headers)
    assert refused.value.status == 403


async def test_only_this_machine_reaches_it(served):
    listening = socket.socket()
    with contextlib.closing(listening), pytest.raises(OSError):
        listening.settimeout(5)
        listening.connect(("127.0.0.2" if sys.platform == "linux" else socket.gethostname(), served.port))


async def test_what_is_no_visit_is_told_so(served, cookie):
    assert asked(served, "/ws", Cookie=cookie, Origin=served.base).status == 400


# -- a visit
async def test_a_visitor_converses(served, model_server):
    model_server.reply = "I am {model}."
    async with served.tab() as tab:
        await tab.sees("Ask", "big")
        await tab.press("Hello\r")
        await tab.sees("I am big.", "ready")


async def test_the_program_has_the_size_of_the_page_from_its_first_picture_on(served):
    async with served.tab(43, 30) as tab:
        await tab.sees("Ask")
        first = max(len(line) for line in tab.text.splitlines())
        assert first <= 43
        await tab.resize(133, 40)
        await tab.sees("ctrl+n new")  # the sidebar, for which there was no room


@pytest.mark.parametrize("size", [[0, 0], [1, 1], [100_000, 100_000], [-5, 3]])
async def test_no_size_is_too_odd(served, size):
    async with served.tab() as tab:
        await tab.sees("Ask")
        await tab.say(size=size)
        await tab.resize(80, 24)
        await tab.press("still here")
        await tab.sees("still here")


@pytest.mark.parametrize(
    "said", ["", "{", "[]", '{"size": ["a", 2]}', '{"size": [1]}', "[" * 9000, '{"seen": -1}']
)
async def test_what_the_page_never_says_ends_the_visit_and_nothing_else(served, said):
    async with served.tab() as tab:
        await tab.socket.send_str(said)
        assert await tab.over() is not None
    async with served.tab() as tab:
        await tab.sees("Ask")


async def test_a_visit_that_begins_with_keys_is_none(served, cookie):
    async with aiohttp.ClientSession() as session:
        headers = {"Cookie": cookie, "Origin": served.base}
        async with session.ws_connect(f"{served.base}/ws", headers=headers) as visit:
            await visit.send_bytes(b"rm")
            assert (await visit.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_a_visit_is_over_when_its_program_ends(served):
    async with served.tab() as tab:
        await tab.sees("Ask")
        await tab.press("\x11")
        assert await tab.over() == ENDED


async def test_of_two_visitors_one_who_leaves_in_mid_reply_has_it_stored_as_stopped(
    served, lab, model_server
):
    model_server.reply = "one two three four five"
    model_server.hold_after = 3
    async with served.tab() as stays:
        await stays.sees("Ask")
        async with served.tab() as leaves:
            await leaves.sees("Ask")
            await leaves.press("Count\r")
            await leaves.sees("one two three")
        await asyncio.to_thread(until_stored, lab, "stopped")
        model_server.release.set()
        model_server.hold_after = None
        await stays.press("Hello\r")
        await stays.sees("one two three four five")


async def test_there_is_room_for_eight_and_one_who_leaves_makes_room(served):
    async with contextlib.AsyncExitStack() as visits:
        tabs = [await visits.enter_async_context(served.tab()) for _ in range(MOST)]
        async with served.tab() as ninth:
            assert await ninth.over() == FULL
        await tabs[0].sees("Ask")
        await tabs[0].press("\x11")
        assert await tabs[0].over() == ENDED
        async with asyncio.timeout(PATIENCE):
            while True:
                async with served.tab() as late:
                    with contextlib.suppress(AssertionError):
                        await late.sees("Ask")
                        break


async def test_a_long_paste_arrives_whole(served):
    async with served.tab(100, 30) as tab:
        await tab.sees("Ask")
        await tab.press("\x1b[200~" + "all of these words\r" * 3_000 + "\x1b[201~")
        await tab.sees("[3,000 lines]")
        await tab.press(" the end")
        await tab.sees("the end")


async def test_a_server_that_is_ended_lets_each_visitor_store(served, lab, model_server):
    model_server.reply = "one two three four five"
    model_server.hold_after = 3
    async with served.tab() as tab:
        await tab.sees("Ask")
        await tab.press("Count\r")
        await tab.sees("one two three")
        ending = asyncio.create_task(asyncio.to_thread(served.end))
        assert await tab.over() == aiohttp.WSCloseCode.GOING_AWAY
        assert await ending == 130
    assert statuses(lab) == ["stopped"]


async def test_a_server_that_is_killed_takes_no_word_with_it(served, lab, model_server):
    model_server.reply = "one two three four five"
    model_server.hold_after = 3
    async with served.tab() as tab:
        await tab.sees("Ask")
        await tab.press("Count\r")
        await tab.sees("one two three")
        served.process.kill()
        await asyncio.to_thread(until_stored, lab, "stopped")


def stored(lab, query: str) -> list[str]:
    with contextlib.closing(sqlite3.connect(f"file:{lab.history}?mode=ro", uri=True, timeout=30)) as database:
        return [row[0] for row in database.execute(query)]


def statuses(lab) -> list[str]:
    return stored(lab, "SELECT status FROM messages WHERE role = 'assistant'")


def until_stored(lab, status: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while statuses(lab)[:1] != [status]:
        assert time.monotonic() < deadline, statuses(lab)
        time.sleep(0.05)


# -- the options
def test_other_machines_need_a_token_that_is_kept(lab):
    said = lab.segue("serve", "--host", "0.0.0.0", code=2).stderr
    assert "--token-file" in said


@pytest.mark.parametrize("port", ["-1", "65536", "x", "٣"])
def test_what_is_no_port(lab, port):
    assert "no port" in lab.segue("serve", f"--port={port}", code=2).stderr


def test_a_port_that_is_taken(served, lab):
    said = lab.segue("serve", "--port", str(served.port), code=1).stderr
    assert f"port {served.port}" in said and "--port" in said.splitlines()[-1]


@pytest.mark.parametrize("url", ["segue.example", "ftp://a.example", "https://"])
def test_what_is_no_public_address(lab, url):
    assert "no address" in lab.segue("serve", "--public-url", url, code=2).stderr


def test_a_token_is_kept_for_this_user_alone_and_is_the_same_next_time(serve, tmp_path):
    file = tmp_path / "kept" / "token"
    first = serve("--port", "0", "--token-file", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and file.read_text().strip() == first.token
    first.end()
    assert serve("--port", "0", "--token-file", str(file)).token == first.token


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [("a" * 32, 0o644, "Others can read"), ("short", 0o600, "is none"), ("ü" * 32, 0o600, "is none")],
)
def test_a_token_that_is_no_secret_is_refused(lab, tmp_path, text, mode, words):
    file = tmp_path / "token"
    file.write_text(text)
    file.chmod(mode)
    assert words in lab.segue("serve", "--token-file", str(file), code=2).stderr


def test_a_token_file_that_is_a_folder(lab, tmp_path):
    tmp_path.chmod(0o700)
    assert "can't be used" in lab.segue("serve", "--token-file", str(tmp_path), code=1).stderr


def test_where_all_is_listened_on_the_address_that_was_reached_is_ours(serve, tmp_path):
    served = serve("--port", "0", "--host", "0.0.0.0", "--token-file", str(tmp_path / "token"))
    own, evil = f"127.0.0.1:{served.port}", f"evil.example:{served.port}"
    assert asked(served, f"/?k={served.token}", Host=own).status == 303
    assert asked(served, f"/?k={served.token}", Host=evil).status == 403
    assert asked(served, f"/?k={served.token}", Host=f"10.9.8.7:{served.port}").status == 403


async def test_behind_a_proxy_its_name_is_ours_and_the_cookie_goes_by_https_alone(serve):
    served = serve_behind(serve)
    answer = asked(served, f"/?k={served.token}", Host="segue.example.org")
    assert answer.status == 303 and "Secure" in answer.headers["Set-Cookie"]
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert asked(served, "/", Host="segue.example.org", Cookie=cookie).status == 200
    for origin, status in (("https://segue.example.org", 101), ("http://evil.example", 403)):
        headers = {"Host": "segue.example.org", "Cookie": cookie, "Origin": origin}
        async with aiohttp.ClientSession() as session:
            try:
                async with session.ws_connect(f"http://127.0.0.1:{served.port}/ws", headers=headers):
                    got = 101
            except aiohttp.WSServerHandshakeError as refused:
                got = refused.status
        assert got == status


def serve_behind(serve):
    """A server whose address names the proxy and not its own port."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = serve("--port", str(port), "--public-url", "https://segue.example.org:443")
    assert served.address.startswith("https://segue.example.org")
    return served


async def test_a_browser_that_is_opened_gets_a_key_that_fits_once(serve, tmp_path):
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}.part && mv {told}.part {told}\n')
    browser.chmod(0o700)
    served = serve("--port", "0", "--open", BROWSER=str(browser))
    async with asyncio.timeout(PATIENCE):
        while True:
            if told.exists():
                break
            await asyncio.sleep(0.05)
    key = told.read_text().strip().partition("?k=")[2]
    assert key and key != served.token
    assert [asked(served, f"/?k={key}").status for _ in range(2)] == [303, 403]


def test_the_terminal_of_the_server_is_not_told_to_visitors():
    from tui.cli.serve.visitor import environment_for

    given = {"TERM": "dumb", "TMUX": "x", "COLUMNS": "200", "DISPLAY": ":0", "HOME": "/h", "LANG": "C"}
    assert environment_for(given) == {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "SEGUE_SERVED": "1",
        "HOME": "/h",
        "LANG": "C",
    }


def test_windows_has_no_pseudo_terminals_and_says_so(monkeypatch):
    import argparse

    from tui.cli import serve as command
    from tui.errors import UsageError

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UsageError, match="pseudo-terminals") as told:
        command.run(parser.parse_args([]))
    assert "WSL" in told.value.hint


def test_nothing_of_a_visitor_stays_open_in_the_program_of_another():
    """Else the terminal of one who leaves would not be gone."""
    ours, theirs = os.openpty()
    assert not os.get_inheritable(ours) and not os.get_inheritable(theirs)
    os.close(ours)
    os.close(theirs)


def test_the_page_names_nothing_outside():
    page = Path(__file__).parents[3] / "tui" / "cli" / "serve" / "page"
    for file in page.iterdir():
        text = file.read_text(encoding="utf-8")
        assert "://" not in text and "eval(" not in text and "innerHTML" not in text, file
