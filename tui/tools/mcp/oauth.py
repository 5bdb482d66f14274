"""Signing in to a server (OAuth 2.1): the SDK's flow, with what it loses at a restart kept.

A person is asked only where one has asked for it; otherwise a server that wants to know who is there is told
as one that needs a sign-in. What fails is told in our words: the SDK's hold what must not be shown.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from mcp.client.auth import OAuthClientProvider, OAuthFlowError, OAuthRegistrationError, OAuthTokenError
from mcp.shared.auth import (
    AuthorizationCodeResult,
    OAuthClientInformationFull,
    OAuthClientMetadata,
    OAuthMetadata,
    OAuthToken,
    ProtectedResourceMetadata,
)
from pydantic import AnyUrl, ValidationError

from tui.text import one_line, safe_url
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.failures import McpError, SignInNeeded, words_of
from tui.tools.mcp.link import Address, ShowSignIn
from tui.tools.mcp.tokens import Record, Tokens

_HOST = "127.0.0.1"
_LONGEST_REQUEST = 16_384
_REQUEST_SECONDS = 10.0
_EXPIRED = 1.0


async def sign_in_for(name: str, address: Address, durations: Durations) -> httpx2.Auth | None:
    """What signs the requests to a server; None where the settings do that."""
    if any(header.lower() == "authorization" for header in address.headers):
        return None
    storage = _Storage(address.tokens, address.url, address.client_id)
    await storage.read()
    asks = address.show_sign_in is not None
    if asks and not (storage.port and _is_free(storage.port)):
        storage.forget_registration()  # it names a port that is no longer to be had
        storage.port = _free_port()
    return SignIn(name, address, storage, durations)


class SignIn(OAuthClientProvider):
    """Signs requests, renews what has expired, and lets a person sign in where that is wanted."""

    def __init__(self, name: str, address: Address, storage: _Storage, durations: Durations) -> None:
        redirect = f"http://{_HOST}:{storage.port or _EXAMPLE_PORT}/callback"
        super().__init__(
            server_url=address.url,
            client_metadata=OAuthClientMetadata(
                client_name="Segue",
                redirect_uris=[AnyUrl(redirect)],
                grant_types=["authorization_code", "refresh_token"],
                response_types=["code"],
                token_endpoint_auth_method="none",
            ),
            storage=storage,
            redirect_handler=self._show,
            callback_handler=self._called_back,
        )
        self._name = name
        self._network = address.network
        self._locked_out = address.locked_out
        self._show_sign_in: ShowSignIn | None = address.show_sign_in
        self._storage = storage
        self._seconds = durations.sign_in
        self._callback = _Callback(name, storage.port)
        self._state = ""
        storage.provider = self

    async def _initialize(self) -> None:
        """Also what the SDK does not keep: when the token expires, and where it is renewed."""
        await super()._initialize()
        kept = self._storage.record
        expires = kept.get("expires_at")
        self.context.token_expiry_time = expires if isinstance(expires, int | float) else None
        with suppress(ValidationError):
            self.context.oauth_metadata = OAuthMetadata.model_validate(kept.get("metadata"))
        with suppress(ValidationError):
            resource = ProtectedResourceMetadata.model_validate(kept.get("resource"))
            self.context.protected_resource_metadata = resource
            self.context.auth_server_url = str(resource.authorization_servers[0])

    async def _auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """The SDK's flow; before a person is needed, a token that was refused is renewed."""
        renewed = False
        while True:
            flow = super()._auth_flow(request)
            try:
                outgoing = await anext(flow)
                while True:
                    response = yield outgoing
                    renewed = renewed or outgoing is not request
                    if outgoing is request and _wants_sign_in(response):
                        if response.status_code == 401 and not renewed and self.context.can_refresh_token():
                            break
                        self._refuse_without_person(response)
                    outgoing = await flow.asend(response)
            except StopAsyncIteration:
                if self.context.current_tokens is not None:
                    self._show_sign_in = None  # later, in the middle of something, nobody asked for it
                return
            except OAuthRegistrationError as error:
                hint = f"Register there by hand, and put client_id into [mcp.{self._name}]."
                raise McpError(f"{self._name} registers nobody by itself: {words_of(error)}", hint) from None
            except (OAuthFlowError, OAuthTokenError, ValidationError) as error:
                raise McpError(f"{self._name}: the sign-in failed: {words_of(error)}") from None
            finally:
                await flow.aclose()
            renewed = True
            self.context.token_expiry_time = _EXPIRED

    def _refuse_without_person(self, response: httpx2.Response) -> None:
        if self._show_sign_in is None:
            more = " that allows more" if response.status_code == 403 else ""
            needed = SignInNeeded(f"{self._name} needs a sign-in{more}", f"segue mcp login {self._name}")
            self._locked_out(needed)
            raise needed

    async def _handle_refresh_response(self, response: httpx2.Response) -> bool:
        """A refusal is final; a server that is not there is not."""
        if response.status_code == 429 or response.status_code >= 500:
            raise McpError(f"{self._name}: its sign-in could not be renewed: HTTP {response.status_code}")
        done = await super()._handle_refresh_response(response)
        if not done:
            await self._storage.forget_tokens()
        return done

    async def _perform_authorization_code_grant(self) -> tuple[str, str]:
        metadata = self.context.oauth_metadata
        if "S256" not in ((metadata and metadata.code_challenge_methods_supported) or ()):
            raise McpError(
                f"{self._name}: the sign-in is not protected against theft (PKCE S256), and not used"
            )
        try:
            return await super()._perform_authorization_code_grant()
        except OAuthFlowError:
            raise McpError(
                f"{self._name}: the answer to the sign-in does not come from whom it was asked of",
                "Nothing was kept. Try again.",
            ) from None
        finally:
            await self._callback.close()

    async def _show(self, url: str) -> None:
        """Show where to sign in; from now on the answer is waited for."""
        assert self._show_sign_in is not None
        parts = urlsplit(url)
        readable = parts.scheme == "http" and not self._network.is_private(url)
        if safe_url(url) is None or parts.scheme not in ("http", "https") or readable:
            raise McpError(
                f"{self._name} wants a sign-in at an address that is not safe: {one_line(url, 100)}"
            )
        self._state = parse_qs(parts.query).get("state", [""])[0]
        await self._callback.open()
        await self._show_sign_in(url)

    async def _called_back(self) -> AuthorizationCodeResult:
        try:
            async with asyncio.timeout(self._seconds):
                given = await self._callback.wait()
        except TimeoutError:
            raise McpError(f"Nobody signed in to {self._name} within {self._seconds:g} s") from None
        if not secrets.compare_digest(given.get("state", "").encode(), self._state.encode()):
            raise McpError(
                f"{self._name}: an answer came that belongs to no sign-in of ours",
                "Nothing was kept. Try again.",
            )
        if error := given.get("error"):
            about = one_line(f"{error} {given.get('error_description', '')}", 200)
            raise McpError(f"{self._name}: the sign-in was refused: {about}")
        return AuthorizationCodeResult(code=given.get("code", ""), state=given["state"], iss=given.get("iss"))


class _Storage:
    """What is known of a server's sign-in, in the shape in which the SDK wants it."""

    def __init__(self, tokens: Tokens, server: str, client_id: str | None) -> None:
        self._tokens = tokens
        self._server = server
        self._client_id = client_id
        self.record: Record = {}
        self.provider: SignIn | None = None

    async def read(self) -> None:
        """Read what is kept."""
        self.record = await asyncio.to_thread(self._tokens.read, self._server)

    @property
    def port(self) -> int:
        """Where the answer of a sign-in is taken; servers keep it with a registration."""
        kept = self.record.get("port")
        return kept if isinstance(kept, int) and 0 < kept < 65_536 else 0

    @port.setter
    def port(self, port: int) -> None:
        self.record["port"] = port

    def forget_registration(self) -> None:
        """Register anew."""
        self.record.pop("client", None)

    async def forget_tokens(self) -> None:
        """They are of no more use."""
        self.record.pop("tokens", None)
        await self._keep()

    async def get_tokens(self) -> OAuthToken | None:
        """The tokens that are kept."""
        with suppress(ValidationError):
            return OAuthToken.model_validate(self.record.get("tokens"))
        return None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep tokens, with all that renewing them will need."""
        assert self.provider is not None
        context = self.provider.context
        self.record |= {
            "tokens": _plain(tokens),
            "expires_at": None if tokens.expires_in is None else time.time() + tokens.expires_in,
            "issuer": str(context.oauth_metadata.issuer) if context.oauth_metadata else None,
            "metadata": _plain(context.oauth_metadata),
            "resource": _plain(context.protected_resource_metadata),
        }
        await self._keep()

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """Who we are there."""
        if self._client_id:
            return OAuthClientInformationFull(client_id=self._client_id, token_endpoint_auth_method="none")
        with suppress(ValidationError):
            return OAuthClientInformationFull.model_validate(self.record.get("client"))
        return None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep who we are there."""
        self.record["client"] = _plain(client_info)
        await self._keep()

    async def _keep(self) -> None:
        try:
            await asyncio.to_thread(self._tokens.write, self._server, self.record)
        except OSError as error:
            raise McpError(f"What the sign-in gave can't be kept: {error.strerror}") from None


def _plain(model: Any) -> dict[str, Any] | None:
    return None if model is None else model.model_dump(mode="json", exclude_none=True)


_EXAMPLE_PORT = 8080
"""Named where nobody is asked to sign in; it is never listened at."""


class _Callback:
    """Takes the answer of a sign-in, which the person's browser brings."""

    def __init__(self, name: str, port: int) -> None:
        self._name = name
        self._port = port
        self._server: asyncio.Server | None = None
        self._answer: asyncio.Future[dict[str, str]] | None = None

    async def open(self) -> None:
        """Listen.

        Raises:
            McpError: The port is taken.
        """
        self._answer = asyncio.get_running_loop().create_future()
        try:
            self._server = await asyncio.start_server(
                self._connected, _HOST, self._port, limit=_LONGEST_REQUEST
            )
        except OSError as error:
            raise McpError(
                f"Port {self._port} can't be listened at: {error.strerror}", "Try again."
            ) from None

    async def wait(self) -> dict[str, str]:
        """What the answer says."""
        assert self._answer is not None
        return await self._answer

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            async with asyncio.timeout(_REQUEST_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, words = self._take(head.split(b"\r\n", 1)[0].decode("ascii", "replace"))
                body = words.encode()
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def _take(self, line: str) -> tuple[str, str]:
        method, _, rest = line.partition(" ")
        parts = urlsplit(rest.partition(" ")[0])
        if method != "GET" or parts.path != "/callback":
            return "404 Not Found", "There is nothing here.\n"
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(given)
        return "200 OK", f"Back to Segue: it has the answer of {self._name}. This page can be closed.\n"


def _wants_sign_in(response: httpx2.Response) -> bool:
    asks = response.headers.get("WWW-Authenticate", "")
    return response.status_code == 401 or (response.status_code == 403 and "insufficient_scope" in asks)


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        if os.name != "nt":  # as asyncio does: an answer that was taken there a minute ago is no hindrance
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
