"""An open answer: its text as it comes, under limits of time and size, and its errors in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp

from tui.errors import ErrorKind, ProviderError, Refusal, Refuser
from tui.providers.address import host_of
from tui.providers.connection_errors import broken_off
from tui.providers.decode import Inflater, utf8
from tui.providers.error_parsing import (
    Complaint,
    Words,
    describe,
    describe_page,
    hide,
    looks_like_page,
    parse_body,
    read_complaint,
)
from tui.providers.http_error import ProviderHTTPError
from tui.providers.refusals import nothing_there, refusal_in
from tui.providers.timeouts import Timeouts
from tui.secret import Secret
from tui.text import one_line

BODY_LIMIT = 30_000_000
"""Bytes of an answer that is read as a whole: the largest picture that is kept has no more in base64."""
STREAM_LIMIT = 1_000_000_000
"""Bytes of a stream after decompression; the text in it has its own, lower limit."""
ERROR_BODY_LIMIT = 64_000


class Response:
    """An HTTP answer whose body is still on its way."""

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        url: str,
        key: Secret | None,
        timeouts: Timeouts,
        asked: Any = None,
        required: Collection[str] = (),
        elsewhere: Collection[str] = (),
    ) -> None:
        """Begin with the head of an answer.

        Args:
            response: Its head, and the way to the rest.
            url: Where it comes from.
            key: The key that was sent.
            timeouts: Limits.
            asked: The JSON of the request.
            required: Fields of it that could not be done without.
            elsewhere: What is learnt where nothing is at this address: where else to ask.
        """
        self.where = host_of(url)
        """``host`` or ``host:port``, for messages."""
        self.status = response.status
        self.headers = response.headers
        self.timeouts = timeouts
        self._response = response
        self._url = url
        self._key = key
        self._asked = asked
        self._required = required
        self._elsewhere = Refusal(tuple(elsewhere), Refuser.SERVER) if elsewhere else None
        self._deadline: float | None = None

    @property
    def content_type(self) -> str:
        """The declared media type, in lower case and without parameters; empty if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def check(self) -> None:
        """Make sure that this is an answer and not an error, a redirect or a web page.

        Raises:
            ProviderHTTPError: The status is not 2xx.
            ProviderError: It is a web page, or there is no body.
        """
        if self.status >= 400:
            raise await self._http_error()
        if self.status >= 300:
            raise ProviderHTTPError(self._redirect(), self._response, self._key)
        if self.status in (204, 205):
            raise self.empty()
        if looks_like_page(self.content_type, ""):
            raise self.page(await self._beginning())

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The body's bytes as they come, unpacked.

        Raises:
            ProviderError: They stopped coming, broke off, or can't be unpacked.
        """
        encoding = self.headers.get("content-encoding", "identity").strip().lower() or "identity"
        if encoding == "identity":
            async for data in self._received():
                yield data
            return
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise ProviderError(
                f"{self.where} packed its answer as {one_line(encoding, 20)}, which was not asked for",
                kind=ErrorKind.PROTOCOL,
            )
        inflater = Inflater(encoding)
        async for data in self._received():
            for piece in inflater.feed(data):
                yield piece
        if not inflater.whole:
            raise broken_off(self.where)

    async def texts(self, limit: int = STREAM_LIMIT) -> AsyncGenerator[str, None]:
        """The body's text, in pieces as they come.

        Raises:
            ProviderError: It stopped coming, broke off, is too long or can't be unpacked.
        """
        decoder = utf8()
        size = 0
        async with aclosing(self.pieces()) as pieces:
            async for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise self.too_much(limit)
                if text := decoder.decode(piece):
                    yield text
        if text := decoder.decode(b"", final=True):
            yield text

    async def read(self, limit: int = BODY_LIMIT) -> str:
        """The whole body.

        Raises:
            ProviderError: As for ``texts``.
        """
        return "".join([text async for text in self.texts(limit)])

    def wait_at_most(self, seconds: float | None) -> None:
        """How long what may still follow is waited for, from now on; None for as long as usual."""
        self._deadline = None if seconds is None else asyncio.get_running_loop().time() + seconds

    async def drain(self) -> None:
        """Take what is left of the body if it is there already, so that the connection can be used again."""
        content = self._response.content
        try:
            async with asyncio.timeout(self.timeouts.drain):
                while not content.at_eof() and content.total_bytes < STREAM_LIMIT:
                    await content.readany()
        except (TimeoutError, aiohttp.ClientError, OSError):
            return  # the reply is complete; the connection will be closed instead

    def close(self) -> None:
        """Close the connection, or give it back if the body was read to its end."""
        self._response.close()

    def failure(self, payload: Any) -> ProviderError:
        """The error for a complaint inside an answer that began well."""
        complaint = read_complaint(payload)
        words = describe(self.where, None, complaint, self._key).after(complaint.retry_after)
        words = self._at_address(words, complaint)
        error = ProviderError(
            words.message,
            words.hint,
            kind=words.kind,
            retry_after=complaint.retry_after,
            param=complaint.param if words.kind is ErrorKind.INVALID else None,
        )
        error.refusal = self._refusal(words.kind, None, complaint, payload)
        return error

    def remark(self, payload: Any) -> str:
        """Words of the server that stand beside a reply; empty where it has none."""
        words = read_complaint(payload).message
        return f"{self.where} also said: {hide(words, self._key)}" if words else ""

    def page(self, html: str) -> ProviderError:
        """The error for a web page in place of an answer."""
        kind, message, hint = describe_page(self.where, html)
        error = ProviderError(hide(message, self._key), hint, kind=kind)
        error.refusal = self._elsewhere if kind is ErrorKind.PROTOCOL else None
        return error

    def empty(self) -> ProviderError:
        """The error for an answer without anything in it."""
        return ProviderError(
            f"{self.where} sent an empty answer ({self.status})",
            "Check that this is the address of an API.",
            kind=ErrorKind.PROTOCOL,
        )

    def unreadable(self, begin: str) -> ProviderError:
        """The error for an answer in another format."""
        return ProviderError(
            f"{self.where} sent something else than a reply: “{one_line(hide(begin[:500], self._key), 120)}”",
            "Check the address and the type of this provider.",
            kind=ErrorKind.PROTOCOL,
        )

    def cut(self) -> ProviderError:
        """The error for a stream that ended without its end mark."""
        return ProviderError(
            f"The reply may be cut: {self.where} ended it without an end mark",
            kind=ErrorKind.LOST,
        )

    def too_much(self, limit: int) -> ProviderError:
        """The error for an answer that does not end."""
        return ProviderError(
            f"Stopped at {limit // 1_000_000} MB: {self.where} did not end its answer",
            kind=ErrorKind.LOST,
        )

    async def _received(self) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        wait = max(self.timeouts.idle, self.timeouts.headers)  # until the first byte, headers' limit holds
        while True:
            until = loop.time() + wait
            if self._deadline is not None:
                until = min(until, self._deadline)
            try:
                async with asyncio.timeout_at(until):
                    data = await self._response.content.readany()
            except TimeoutError:
                raise ProviderError(
                    f"{self.where} sent nothing more for {wait:g} s", "Try again.", kind=ErrorKind.TIMEOUT
                ) from None
            except (aiohttp.ClientError, OSError, RuntimeError):
                raise broken_off(self.where) from None
            if not data:
                return
            wait = self.timeouts.idle
            yield data

    async def _beginning(self) -> str:
        """What can be had of an error's body within its limits."""
        found: list[str] = []
        size = 0
        try:
            async with asyncio.timeout(self.timeouts.error_body), aclosing(self.texts()) as texts:
                async for text in texts:
                    found.append(text)
                    size += len(text)
                    if size >= ERROR_BODY_LIMIT:
                        break
        except (TimeoutError, ProviderError):
            pass  # half an explanation is better than none; the status says the rest
        return "".join(found)[:ERROR_BODY_LIMIT]

    async def _http_error(self) -> ProviderHTTPError:
        body = await self._beginning()
        if looks_like_page(self.content_type, body):
            words, complaint = describe_page(self.where, body, self.status), Complaint()
            error = ProviderHTTPError(words, self._response, self._key, body=body, complaint=complaint)
            error.refusal = self._elsewhere if words.kind is ErrorKind.NOT_FOUND else None
            if self.status == 413:
                error.refusal = self._refusal(words.kind, self.status, complaint, None)
            return error
        payload = parse_body(body)
        complaint = read_complaint(payload)
        words = self._at_address(describe(self.where, self.status, complaint, self._key), complaint)
        error = ProviderHTTPError(words, self._response, self._key, body=body, complaint=complaint)
        error.refusal = self._refusal(words.kind, self.status, complaint, payload)
        return error

    def _at_address(self, words: Words, complaint: Complaint) -> Words:
        """``words``, with what to do where the server says that it has nothing at this address."""
        if not nothing_there(None, complaint.message):
            return words
        path = one_line(urlsplit(self._url).path, 80)
        return words._replace(hint=f"Check the provider's address: there is nothing at {path}.")

    def _refusal(
        self, kind: ErrorKind, status: int | None, complaint: Complaint, payload: Any
    ) -> Refusal | None:
        model = self._asked.get("model", "") if isinstance(self._asked, Mapping) else ""
        words = "\n".join((complaint.message, *complaint.codes))
        if self._elsewhere and nothing_there(status, words, model):
            return self._elsewhere
        return refusal_in(kind, status, complaint.message, payload, self._asked, self._required)

    def _redirect(self) -> Words:
        try:
            target = host_of(urljoin(self._url, self.headers.get("location", "")))
        except ValueError:
            target = "nowhere"
        return Words(
            ErrorKind.PROTOCOL,
            f"{self.where} redirects to {one_line(target, 100)} ({self.status}), which is not followed",
            "Correct the address. Is this the login page of a network?",
        )
