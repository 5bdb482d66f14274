"""Signing in to a server: with a local authorization server, a browser that is a few lines, and restarts."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.tools.mcp.conftest import SHORT, Start, call
from tests.tools.mcp.http_server import HttpServer
from tui.config import McpConfig
from tui.paths import Paths
from tui.secret import redact
from tui.tools.mcp.failures import McpError, SignInNeeded
from tui.tools.mcp.server import McpServer, State
from tui.tools.mcp.tokens import Tokens


class Guarded(HttpServer):
    """A server that lets nobody in without a token, and the one that gives tokens, at one address."""

    def __init__(self) -> None:
        super().__init__()
        self.first = self.guard
        self.methods: list[str] | None = ["S256"]
        self.answer: dict[str, str] = {}
        """What the answer of the sign-in says instead of what is right."""
        self.registers = True
        self.valid: set[str] = set()
        self.refreshing: set[str] = set()
        self.challenges: dict[str, str] = {}

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> int:
        return sum(1 for _, asked, _, _ in self.requests if asked == path)

    async def guard(self, request: web.Request) -> web.Response | None:
        match request.path:
            case "/.well-known/oauth-protected-resource/mcp":
                return web.json_response({"resource": self.url, "authorization_servers": [self.base]})
            case "/.well-known/oauth-authorization-server":
                return web.json_response(self.metadata())
            case "/register" if self.registers:
                given = json.loads(await request.text())
                return web.json_response({**given, "client_id": "client-7"}, status=201)
            case "/authorize":
                return self.authorize(request)
            case "/token":
                return self.token(dict(await request.post()))
            case "/mcp":
                token = request.headers.get("Authorization", "").removeprefix("Bearer ")
                if token in self.valid:
                    return None
                where = f'Bearer resource_metadata="{self.base}/.well-known/oauth-protected-resource/mcp"'
                return web.Response(status=401, headers={"WWW-Authenticate": where})
        return web.Response(status=404)

    def metadata(self) -> dict[str, object]:
        found: dict[str, object] = {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "registration_endpoint": f"{self.base}/register",
            "authorization_response_iss_parameter_supported": True,
        }
        if self.methods is not None:
            found["code_challenge_methods_supported"] = self.methods
        return found

    def authorize(self, request: web.Request) -> web.Response:
        code = secrets.token_urlsafe(8)
        self.challenges[code] = request.query["code_challenge"]
        given = {"code": code, "state": request.query["state"], "iss": self.base} | self.answer
        raise web.HTTPFound(f"{request.query['redirect_uri']}?{urlencode(given)}")

    def token(self, given: dict[str, object]) -> web.Response:
        if given["grant_type"] == "refresh_token":
            if given["refresh_token"] not in self.refreshing:
                return web.json_response({"error": "invalid_grant"}, status=400)
        else:
            digest = hashlib.sha256(str(given["code_verifier"]).encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
            assert challenge == self.challenges[str(given["code"])]
        access, refresh = f"access-{secrets.token_urlsafe(12)}", f"refresh-{secrets.token_urlsafe(12)}"
        self.valid.add(access)
        self.refreshing.add(refresh)
        answer = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": refresh,
        }
        return web.json_response(answer)


class Browser:
    """Opens an address and goes where it is sent."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.pages: list[str] = []
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self, url: str) -> None:
        self.opened.append(url)
        self._visits.add(asyncio.create_task(self._visit(url)))

    async def _visit(self, url: str) -> None:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            self.pages.append(await response.text())

    async def close(self) -> None:
        await asyncio.gather(*self._visits, return_exceptions=True)


async def never(url: str) -> None:
    raise AssertionError("nobody asked for a browser")


@pytest.fixture
async def far() -> AsyncIterator[Guarded]:
    server = Guarded()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    opened = Browser()
    yield opened
    await opened.close()


@pytest.fixture
def notes(start: Start, far: Guarded) -> McpServer:
    return start(McpConfig(url=far.url))


async def signed_in(start: Start, far: Guarded, browser: Browser) -> None:
    """One run of the program in which the person signs in."""
    server = start(McpConfig(url=far.url))
    await server.sign_in(browser.open)
    assert not (await call(server, "echo")).is_error
    await server.close()


async def test_a_server_that_wants_to_know_who_is_there_opens_nothing_by_itself(
    notes: McpServer, far: Guarded
):
    with pytest.raises(SignInNeeded, match="notes needs a sign-in"):
        await notes.tools()
    assert notes.status.state is State.SIGN_IN
    assert (await call(notes, "echo")).text == "notes needs a sign-in. segue mcp login notes"
    assert not far.asked("/register") and not far.asked("/authorize")


async def test_a_person_signs_in_once(notes: McpServer, far: Guarded, browser: Browser, paths: Paths):
    await notes.sign_in(browser.open)
    assert notes.status.state is State.READY
    assert (await call(notes, "echo")).text == "{}"
    await browser.close()
    assert browser.pages == ["Back to Segue: it has the answer of notes. This page can be closed.\n"]
    [url] = browser.opened
    asked = parse_qs(urlsplit(url).query)
    assert asked["code_challenge_method"] == ["S256"] and asked["resource"] == [far.url]
    kept = paths.config / "mcp-tokens.json"
    assert kept.stat().st_mode & 0o077 == 0
    [token] = far.valid
    assert token in kept.read_text() and token not in redact(f"Bearer-less {token}")


async def test_after_a_restart_nobody_signs_in_again(start: Start, far: Guarded, browser: Browser):
    await signed_in(start, far, browser)
    server = start(McpConfig(url=far.url))
    assert not (await call(server, "echo")).is_error
    assert len(browser.opened) == 1 and far.asked("/token") == 1


async def test_a_token_that_expired_is_renewed_after_a_restart_without_a_browser(
    start: Start, far: Guarded, browser: Browser, paths: Paths
):
    await signed_in(start, far, browser)
    kept = paths.config / "mcp-tokens.json"
    records = json.loads(kept.read_text())
    records[far.url]["expires_at"] = 1.0
    kept.write_text(json.dumps(records))
    renewed, before = far.asked("/token"), len(far.requests)
    far.valid.clear()
    server = start(McpConfig(url=far.url))
    assert not (await call(server, "echo")).is_error
    assert len(browser.opened) == 1 and far.asked("/token") == renewed + 1
    assert far.requests[before][1] == "/token", "before anything else is asked"


async def test_a_token_that_was_taken_back_early_is_renewed_too(start: Start, far: Guarded, browser: Browser):
    await signed_in(start, far, browser)
    far.valid.clear()
    server = start(McpConfig(url=far.url))
    assert not (await call(server, "echo")).is_error
    assert len(browser.opened) == 1


async def test_where_nothing_is_valid_any_more_a_sign_in_is_needed(
    start: Start, far: Guarded, browser: Browser
):
    await signed_in(start, far, browser)
    far.valid.clear()
    far.refreshing.clear()
    server = start(McpConfig(url=far.url))
    with pytest.raises(SignInNeeded):
        await server.tools()
    assert len(browser.opened) == 1
    await server.sign_in(browser.open)
    assert not (await call(server, "echo")).is_error
    assert far.asked("/register") == 1, "the registration is kept, and its port"


async def test_a_sign_in_that_ends_in_the_middle_is_told_and_asks_nobody(
    start: Start, far: Guarded, browser: Browser
):
    server = start(McpConfig(url=far.url))
    await server.sign_in(browser.open)
    far.valid.clear()
    far.refreshing.clear()
    outcome = await call(server, "echo")
    assert outcome.is_error and "needs a sign-in" in outcome.text
    assert server.status.state is State.SIGN_IN and len(browser.opened) == 1


@pytest.mark.parametrize("answer", [{"iss": "https://evil.example"}, {"iss": ""}])
async def test_an_answer_from_somebody_else_is_refused(
    notes: McpServer, far: Guarded, browser: Browser, answer
):
    far.answer = answer
    with pytest.raises(McpError, match="does not come from whom it was asked of"):
        await notes.sign_in(browser.open)
    assert not far.asked("/token")


async def test_an_answer_to_no_sign_in_of_ours_is_refused_and_the_true_state_not_shown(
    notes: McpServer, far: Guarded, browser: Browser, paths: Paths
):
    far.answer = {"state": "somebody-elses"}
    with pytest.raises(McpError, match="belongs to no sign-in of ours") as caught:
        await notes.sign_in(browser.open)
    assert not far.asked("/token")
    [state] = parse_qs(urlsplit(browser.opened[0]).query)["state"]
    log = paths.log / "mcp.log"
    told = f"{caught.value} {notes.status} {log.read_text() if log.exists() else ''}"
    assert state not in told


@pytest.mark.parametrize("methods", [None, [], ["plain"]])
async def test_a_sign_in_that_is_not_protected_is_not_used(
    notes: McpServer, far: Guarded, browser: Browser, methods
):
    far.methods = methods
    with pytest.raises(McpError, match="PKCE S256"):
        await notes.sign_in(browser.open)
    assert not browser.opened and not far.asked("/token")


async def test_a_refusal_of_the_person_is_told(notes: McpServer, far: Guarded, browser: Browser):
    far.answer = {"error": "access_denied", "error_description": "not \x1b[31mme"}
    with pytest.raises(McpError, match="refused: access_denied not ␛"):
        await notes.sign_in(browser.open)


async def test_nobody_signs_in_for_ever(start: Start, far: Guarded):
    shown = asyncio.Event()

    async def show(url: str) -> None:
        shown.set()

    server = start(McpConfig(url=far.url), durations=replace(SHORT, sign_in=0.2))
    with pytest.raises(McpError, match=r"Nobody signed in to notes within 0\.2 s"):
        await server.sign_in(show)
    assert shown.is_set()


async def test_where_nobody_is_registered_the_settings_say_who_we_are(
    start: Start, far: Guarded, browser: Browser
):
    far.registers = False
    with pytest.raises(McpError, match="registers nobody by itself") as caught:
        await start(McpConfig(url=far.url)).sign_in(browser.open)
    assert "client_id" in caught.value.hint
    server = start(McpConfig(url=far.url, client_id="known-here"), name="known")
    await server.sign_in(browser.open)
    assert parse_qs(urlsplit(browser.opened[-1]).query)["client_id"] == ["known-here"]


async def test_a_server_with_a_key_in_its_settings_is_not_signed_in_to(start: Start, far: Guarded):
    server = start(McpConfig(url=far.url, headers={"Authorization": "Bearer wrong"}))
    with pytest.raises(McpError, match="HTTP 401"):
        await server.start()


async def test_a_program_of_this_machine_has_no_sign_in(start: Start):
    with pytest.raises(McpError, match="nothing to sign in to"):
        await start(McpConfig(command="x")).sign_in(never)


def test_tokens_are_in_the_keyring_where_there_is_one(tmp_path: Path, monkeypatch):
    import sys
    import types

    kept: dict[tuple[str, str], str] = {}
    keyring = types.ModuleType("keyring")
    keyring.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    keyring.set_password = lambda *at: kept.update({at[:2]: at[2]})  # type: ignore[attr-defined]
    keyring.delete_password = lambda *at: kept.pop(at)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setattr("tui.tools.mcp.tokens.find_spec", lambda name: object())
    tokens = Tokens(tmp_path / "mcp-tokens.json")
    tokens.write("https://a.example", {"tokens": {"access_token": "abc"}})
    assert tokens.read("https://a.example") == {"tokens": {"access_token": "abc"}}
    assert not (tmp_path / "mcp-tokens.json").exists()
    assert tokens.forget("https://a.example") and tokens.read("https://a.example") == {}


def test_tokens_go_to_the_file_where_the_keyring_takes_none(tmp_path: Path, monkeypatch):
    import sys
    import types

    def locked(*_: str) -> None:
        raise RuntimeError("locked")

    keyring = types.ModuleType("keyring")
    keyring.get_password = keyring.set_password = keyring.delete_password = locked  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setattr("tui.tools.mcp.tokens.find_spec", lambda name: object())
    tokens = Tokens(tmp_path / "mcp-tokens.json")
    tokens.write("https://a.example", {"port": 7})
    tokens.write("https://b.example", {"port": 8})
    assert tokens.read("https://a.example") == {"port": 7}
    assert tokens.forget("https://a.example") and not tokens.forget("https://a.example")
    assert tokens.read("https://b.example") == {"port": 8}
