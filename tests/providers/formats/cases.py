"""Every way a streamed reply can go.

One row a fault: what the server does, how the reply ends, which text is kept, how often the server was asked,
and what the person is told. ``test_cases`` runs each against every dialect that can say it.
"""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tui.chat.chunks import FinishReason
from tui.chat.message import Status

COMPLETE, EMPTY, ERROR, INTERRUPTED = Status.COMPLETE, Status.EMPTY, Status.ERROR, Status.INTERRUPTED
MEGABYTE = 1_000_000

Answer = Callable[[Any], Awaitable[None]]
Fault = Callable[[Any, asyncio.Event], Answer]
"""Makes an answer of a dialect; the event is set once the client has all of the text that a row expects."""


# --- what servers do ------------------------------------------------------------------------------------


def whole(body: bytes | Callable[[Any], bytes], status: str = "200 OK", **headers: str) -> Fault:
    """An answer with a length; its type is the dialect's, if none is named."""

    def make(dialect: Any, heard: asyncio.Event) -> Answer:
        data = body if isinstance(body, bytes) else body(dialect)
        fields = {"Content_Type": dialect.content_type, **headers}
        return lambda exchange: exchange.whole(data, status, **fields)

    return make


def refuses(status: str, error: Any = "so it is", **headers: str) -> Fault:
    body = json.dumps({"error": error if isinstance(error, dict) else {"message": error}}).encode()
    return whole(body, status, Content_Type="application/json", **headers)


def streams(*parts: str | bytes | Callable[[Any], bytes], then: str = "ends", **headers: str) -> Fault:
    """An answer in chunks: words in the dialect's own way, bytes as they are."""

    def make(dialect: Any, heard: asyncio.Event) -> Answer:
        async def answer(exchange: Any) -> None:
            await exchange.head(**{"Content_Type": dialect.content_type, **headers})
            for part in (lambda d: d.begin, *parts):
                words = dialect.text(part) if isinstance(part, str) else part
                await exchange.chunk(words(dialect) if callable(words) else words)
            await ENDS[then](exchange, heard)

        return answer

    return make


async def _break(exchange: Any, heard: asyncio.Event) -> None:
    await exchange.send(b"ff\r\nhalf a chunk")
    exchange.writer.close()


async def _close(exchange: Any, heard: asyncio.Event) -> None:
    exchange.writer.close()


async def _reset(exchange: Any, heard: asyncio.Event) -> None:
    await heard.wait()  # a reset overtakes what was not read yet
    await exchange.reset()


async def _nonsense(exchange: Any, heard: asyncio.Event) -> None:
    await exchange.send(b"zz\r\nnonsense\r\n")
    await exchange.until_client_leaves()


ENDS: dict[str, Callable[[Any, asyncio.Event], Awaitable[None]]] = {
    "ends": lambda exchange, heard: exchange.end(),
    "closes": _close,
    "breaks a chunk": _break,
    "resets": _reset,
    "hangs": lambda exchange, heard: exchange.until_client_leaves(),
    "sends nonsense": _nonsense,
}


def raw(data: Callable[[Any], bytes], then: str = "closes") -> Fault:
    """Bytes of an answer, its head included."""

    def make(dialect: Any, heard: asyncio.Event) -> Answer:
        async def answer(exchange: Any) -> None:
            await exchange.send(data(dialect))
            await ENDS[then](exchange, heard)

        return answer

    return make


def then_well(first: Fault, times: int = 1) -> Fault:
    """The fault, so many times; then a good reply."""

    def make(dialect: Any, heard: asyncio.Event) -> Answer:
        left, bad, good = [times], first(dialect, heard), dialect.streams("Hello")

        async def answer(exchange: Any) -> None:
            left[0] -= 1
            await (bad if left[0] >= 0 else good)(exchange)

        return answer

    return make


def keep_alives(dialect: Any, heard: asyncio.Event) -> Answer:
    async def answer(exchange: Any) -> None:
        await exchange.head(Content_Type=dialect.content_type)
        while not exchange.writer.is_closing():
            await exchange.chunk(dialect.keep_alive)
            await asyncio.sleep(0.01)

    return answer


def words_then_keep_alives(dialect: Any, heard: asyncio.Event) -> Answer:
    async def answer(exchange: Any) -> None:
        await exchange.head(Content_Type=dialect.content_type)
        await exchange.chunk(dialect.begin + dialect.text("Hello"))
        while not exchange.writer.is_closing():
            await exchange.chunk(dialect.keep_alive)
            await asyncio.sleep(0.01)

    return answer


def endless(dialect: Any, heard: asyncio.Event) -> Answer:
    async def answer(exchange: Any) -> None:
        await exchange.head(Content_Type=dialect.content_type)
        await exchange.chunk(dialect.begin)
        while not exchange.writer.is_closing():
            await exchange.chunk(dialect.text("y" * 10_000))

    return answer


def byte_by_byte(change: Callable[[bytes], bytes] = lambda body: body) -> Fault:
    def make(dialect: Any, heard: asyncio.Event) -> Answer:
        async def answer(exchange: Any) -> None:
            await exchange.head(Content_Type=dialect.content_type)
            for byte in change(good("Hé🚀!")(dialect)):
                await exchange.chunk(bytes([byte]))
            await exchange.end()

        return answer

    return make


def good(*words: str) -> Callable[[Any], bytes]:
    """The body of a good reply."""
    return lambda dialect: b"".join(dialect.reply(*words))


def changed(old: bytes, new: bytes) -> Callable[[Any], bytes]:
    """The body of a good reply ``Hello``, in which something is different."""
    return lambda dialect: good("Hello")(dialect).replace(old, new)


def packed(wbits: int, *, cut: bool = False) -> Callable[[Any], bytes]:
    def body(dialect: Any) -> bytes:
        packer = zlib.compressobj(wbits=wbits)
        data = dialect.begin + dialect.text("Hello") if cut else good("Hello")(dialect)
        return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH if cut else zlib.Z_FINISH)

    return body


def framed_bytes(data: bytes) -> Callable[[Any], bytes]:
    """``data`` as one event of the dialect."""
    return lambda dialect: data + b"\n" if dialect.name == "ollama" else b"data: " + data + b"\n\n"


def ends(reason: FinishReason) -> Callable[[Any], bytes]:
    return lambda dialect: dialect.ends[reason]


def end(dialect: Any) -> bytes:
    return dialect.end


def finish_only(dialect: Any) -> bytes:
    return dialect.finish_only


def error(dialect: Any) -> bytes:
    return dialect.error


OVERLOADED = {"message": "model is overloaded", "type": "overloaded_error"}
PAGE = b"<!DOCTYPE html><html><head><title>Log in</title></head></html>"
TOO_LONG = {
    "message": "This model's maximum context length is 8192 tokens. However, you sent 9001 tokens.",
    "code": "context_length_exceeded",
}
HTTP_1_0 = b"HTTP/1.0 200 OK\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
BIG_HEADER = b"HTTP/1.1 200 OK\r\nX-Big: " + b"h" * 100_000 + b"\r\n\r\n"


# --- the list -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A fault and what the person has then."""

    number: int
    fault: str
    answer: Fault
    status: Status
    text: str = ""
    asked: int = 1
    said: str = ""
    """Words in the failure's message and hint, or in a notice; HOST stands for the server."""
    dialects: Callable[[Any], bool] = lambda dialect: True
    limits: dict[str, Any] = field(default_factory=dict)
    thought: str = ""
    hasty: bool = False
    """Wait only briefly for what never comes."""


def framed(dialect: Any) -> bool:
    """With events and an end mark."""
    return dialect.framed


def events(dialect: Any) -> bool:
    """With server-sent events."""
    return dialect.content_type == "text/event-stream"


KEPT = "1 word came and is kept; go on from there, or try again."
# fmt: off
CASES = (
    Case(5, "401", refuses("401 Unauthorized"), ERROR, said="HOST refused the key •••WXYZ (401): so it is. "
         "The key came from LAB_KEY. Check the key and what it may be used for."),
    Case(6, "402", refuses("402 Whatever"), ERROR, said="no balance left (402): so it is. Top up"),
    Case(6, "403", refuses("403 Whatever"), ERROR, said="(403): so it is. "),
    Case(6, "404", refuses("404 Whatever"), ERROR, said="(404): so it is. Choose a model from its list."),
    Case(6, "413", refuses("413 Whatever"), ERROR, said="refused the request (413): so it is. "),
    Case(6, "422", refuses("422 Whatever"), ERROR, said="refused the request (422): so it is. "),
    Case(6, "control characters in the message", refuses("400 Bad", "a\x1b[2Jb"), ERROR, said="a␛[2Jb"),
    Case(7, "context too long", refuses("400 Bad Request", TOO_LONG), ERROR,
         said="The conversation has 9,001 tokens, more than the 8,192 that the model at HOST takes"),
    Case(8, "429 with seconds", then_well(refuses("429 Slow", Retry_After="0.05")), COMPLETE, "Hello", 2),
    Case(8, "429 with ms", then_well(refuses("429 Slow", retry_after_ms="50")), COMPLETE, "Hello", 2),
    Case(9, "429 for an hour", refuses("429 Slow", Retry_After="3600"), ERROR,
         said="got too many requests (429): so it is. It asks to wait 60 min; or choose another model."),
    Case(9, "429 with a garbled wait", refuses("429 Slow", Retry_After="soon"), ERROR, asked=3,
         said="got too many requests (429)"),
    Case(9, "429 without balance", refuses("429 Slow", {"code": "insufficient_quota", "message": "none"}),
         ERROR, said="no balance left (429): none"),
    *[
        Case(10, status, refuses(f"{status} Oops"), ERROR, asked=3, said=f"busy or failing ({status})")
        for status in ("408", "409", "500", "502", "503", "504", "529")
    ],
    Case(10, "503 twice", then_well(refuses("503 Oops"), times=2), COMPLETE, "Hello", 3),
    Case(10, "503, not to be asked again", refuses("503 Oops", x_should_retry="false"), ERROR, said="(503)"),
    Case(10, "400, to be asked again", refuses("400 Oops", x_should_retry="true"), ERROR, asked=3),
    Case(11, "reset before the headers", raw(lambda d: b"", "resets"), ERROR, asked=3,
         said="HOST closed the connection before it answered. Try again."),
    Case(11, "closed before the headers", raw(lambda d: b""), ERROR, asked=3, said="before it answered."),
    Case(11, "closed once before the headers", then_well(raw(lambda d: b"")), COMPLETE, "Hello", 2),
    Case(12, "reset after words", streams("Hello", then="resets"), INTERRUPTED, "Hello",
         said=f"The connection to HOST broke before the reply was complete. {KEPT}"),
    Case(13, "closed", streams("Hello", then="closes"), INTERRUPTED, "Hello", said=KEPT),
    Case(13, "closed inside a chunk", streams("Hello", then="breaks a chunk"), INTERRUPTED, "Hello",
         said=KEPT, dialects=framed),
    Case(13, "shorter than its length",
         raw(lambda d: b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + d.begin + d.text("Hello")),
         INTERRUPTED, "Hello", said="broke before the reply was complete"),
    Case(14, "illegal chunk size", streams("Hello", then="sends nonsense"), INTERRUPTED, "Hello", said=KEPT,
         hasty=True),
    Case(15, "clean end without end mark", streams("Hello"), INTERRUPTED, "Hello",
         said=f"The reply may be cut: HOST ended it without an end mark. {KEPT}", dialects=framed),
    Case(15, "half an event at the end", streams("Hello", lambda d: d.text("lost")[:-8]), INTERRUPTED,
         "Hello", said="may be cut", dialects=framed),
    Case(16, "end mark, then silence", streams("Hello", finish_only, then="hangs"), COMPLETE, "Hello",
         dialects=framed, hasty=True),
    Case(16, "end mark without what may follow it", streams("Hello", finish_only), COMPLETE, "Hello",
         dialects=framed),
    Case(16, "[DONE], then an open socket", streams("Hello", b"data: [DONE]\n\n", then="hangs"), COMPLETE,
         "Hello", dialects=lambda d: d.name == "openai_chat"),
    Case(17, "headers never come", raw(lambda d: b"", "hangs"), ERROR,
         said="HOST did not begin to answer within 0.4 s. Try again", hasty=True),
    Case(17, "no byte after the headers", streams(b"", then="hangs"), ERROR,
         said="HOST sent nothing more for 0.4 s. Try again.", dialects=lambda d: not d.begin, hasty=True),
    Case(17, "no first token", streams(then="hangs"), ERROR, said="no first word for 0", dialects=framed,
         limits={"first_token": 0.2}),
    Case(18, "stall in the middle", streams("Hello", then="hangs"), INTERRUPTED, "Hello",
         said=f"HOST sent nothing more for 0.4 s. {KEPT}", hasty=True),
    Case(18, "stall in the middle, with keep-alives",
         words_then_keep_alives, INTERRUPTED, "Hello",
         said=f"There came no more words for 0 s. {KEPT}", dialects=framed, limits={"next_token": 0.2}),
    Case(19, "keep-alives only", keep_alives, ERROR, said="There came no first word for 0 s",
         dialects=framed, limits={"first_token": 0.2}),
    Case(20, "every byte by itself", byte_by_byte(), COMPLETE, "Hé🚀!"),
    Case(21, "web page", whole(PAGE, Content_Type="text/html"), ERROR,
         said="HOST sent a web page “Log in” in place of an answer. Is this the login page of a network"),
    Case(21, "web page under the right type", whole(PAGE), ERROR, said="sent a web page “Log in”"),
    Case(21, "redirect", whole(b"", "302 Found", Location="https://thief.example/login"), ERROR,
         said="HOST redirects to thief.example (302), which is not followed"),
    Case(21, "204", raw(lambda d: b"HTTP/1.1 204 No Content\r\n\r\n"), ERROR, said="an empty answer (204)"),
    Case(21, "empty body", whole(b""), ERROR, said="HOST sent an empty answer (200)"),
    Case(21, "Cloudflare", whole(b"<title>Just a moment...</title>", "403 Forbidden"), ERROR,
         said="HOST is behind Cloudflare's check for browsers"),
    Case(22, "error in JSON with 200", refuses("200 OK", OVERLOADED), ERROR, asked=3,
         said="busy or failing: model is overloaded"),
    Case(22, "whole reply in place of a stream", whole(lambda d: d.whole), COMPLETE, "Hello"),
    Case(23, "overloaded, as the first event",
         whole(framed_bytes(json.dumps({"error": OVERLOADED}).encode())), ERROR, asked=3,
         said="model is overloaded", dialects=framed),
    Case(23, "error after words", streams("Hello", error, then="hangs"), INTERRUPTED, "Hello",
         said="the model fell over", dialects=framed),
    Case(23, "error event without an error in it",
         streams("Hello", b"event: error\ndata: overloaded, sorry\n\n"), INTERRUPTED, "Hello",
         said="overloaded, sorry", dialects=events),
    Case(24, "byte order mark", whole(lambda d: b"\xef\xbb\xbf" + good("Hello")(d)), COMPLETE, "Hello"),
    Case(24, "bad UTF-8", whole(changed(b"Hello", b"He\xffllo")), COMPLETE, "He\N{REPLACEMENT CHARACTER}llo"),
    Case(24, "surrogates in two events", streams("Go \ud83d", "\ude80", end), COMPLETE, "Go 🚀",
         dialects=framed),
    Case(25, "CRLF, cut anywhere", byte_by_byte(lambda body: body.replace(b"\n", b"\r\n")), COMPLETE, "Hé🚀!",
         dialects=framed),
    Case(25, "CR, cut anywhere", byte_by_byte(lambda body: body.replace(b"\n", b"\r")), COMPLETE, "Hé🚀!",
         dialects=framed),
    Case(25, "no space, other fields", whole(changed(b"data: ", b"id: 7\nretry: 1\nfoo\ndata:")), COMPLETE,
         "Hello", dialects=events),
    Case(25, "data over several lines", whole(changed(b'{"', b'{\ndata: "')), COMPLETE, "Hello",
         dialects=events),
    Case(26, "U+2028, U+0085 and FS inside JSON", whole(changed(b"Hello", "a\u2028\u0085\\u001cb".encode())),
         COMPLETE, "a\u2028\u0085\x1cb", dialects=framed),
    Case(27, "line of 600 kB", whole(good("x" * 600_000)), COMPLETE, "x" * 600_000),
    Case(27, "line of 2 MB", whole(good("x" * 2 * MEGABYTE)), COMPLETE, "x" * 2 * MEGABYTE),
    Case(28, "endless reply", endless, Status.LENGTH, "y" * 110_000, said="Stopped at",
         limits={"reply_size": 100_000}),
    Case(29, "gzip", whole(packed(31), Content_Encoding="gzip"), COMPLETE, "Hello"),
    Case(29, "deflate", whole(packed(15), Content_Encoding="deflate"), COMPLETE, "Hello"),
    Case(29, "gzip that is cut", whole(packed(31, cut=True), Content_Encoding="gzip"), INTERRUPTED, "Hello",
         said="broke before the reply was complete"),
    Case(29, "gzip that is none", whole(good("Hello"), Content_Encoding="gzip"), ERROR,
         said="can't be unpacked: it is not gzip, as the server says"),
    Case(29, "br, which nobody asked for", whole(b"\x8b\x02\x80", Content_Encoding="br"), ERROR,
         said="packed its answer as br"),
    Case(30, "one bad line", streams("Hel", framed_bytes(b"{oops"), "lo", end), COMPLETE, "Hello",
         said="1 part of the reply could not be read", dialects=framed),
    *[
        Case(30, odd.decode(), streams(framed_bytes(odd), "Hello", end), COMPLETE, "Hello", dialects=framed)
        for odd in (b"null", b"{}", b'{"choices": []}', b'{"choices": null}', b'{"usage": null}')
    ],
    Case(30, "token counts twice", streams("Hello", end, end), COMPLETE, "Hello", dialects=framed),
    Case(30, "text after the end", streams("Hello", end, " and more", end), COMPLETE, "Hello and more",
         dialects=framed),
    Case(31, "nothing", streams(end), EMPTY, dialects=framed),
    Case(31, "whitespace", streams(" \n", end), EMPTY, " \n", dialects=framed),
    Case(31, "thinking only", streams(lambda d: d.thought("Hm"), end), EMPTY, thought="Hm", dialects=framed),
    Case(31, "token limit", streams("Hello", ends(FinishReason.LENGTH)), Status.LENGTH, "Hello",
         dialects=framed),
    Case(31, "filter", streams("Hello", ends(FinishReason.FILTER)), Status.FILTER, "Hello",
         dialects=lambda d: FinishReason.FILTER in d.ends),
    Case(31, "tool that nobody offered", streams(ends(FinishReason.TOOL)), Status.TOOL, dialects=framed),
    Case(32, "HTTP/1.0 until the connection closes", raw(lambda d: HTTP_1_0 + good("Hello")(d)), COMPLETE,
         "Hello"),
    Case(32, "odd type", whole(good("Hello"), Content_Type="nonsense"), COMPLETE, "Hello"),
    Case(32, "early hints", raw(lambda d: HINTS + good("Hello")(d)), COMPLETE, "Hello"),
    Case(32, "header of 100 kB", raw(lambda d: BIG_HEADER), ERROR,
         said="HOST sent something that is not HTTP"),
)
# fmt: on
