"""Odd bytes, sizes, packing and HTTP: against every dialect.

The text that came before a fault is always yielded first; then comes one error in words, or a normal end.
What is retried, and how often, is the engine's: here a fault is met by one request and one error.
"""

import gzip
import zlib

import pytest

from tui.chat.chunks import FinishReason
from tui.errors import ErrorKind


class TestBytes:
    async def test_byte_order_mark(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(b"\xef\xbb\xbf" + b"".join(dialect.reply("Hello")))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    async def test_bad_utf8(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(b"".join(dialect.reply("HeLlo")).replace(b"HeLlo", b"He\xffllo"))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("He\N{REPLACEMENT CHARACTER}llo", None)

    @pytest.mark.parametrize("newline", [b"\r\n", b"\r"])
    async def test_other_line_ends_cut_anywhere(self, framed, server, ask, newline):
        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            for byte in b"".join(framed.reply("Hel", "lo")).replace(b"\n", newline):
                await exchange.chunk(bytes([byte]))
            await exchange.end()

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_fields_without_a_space_and_unknown_ones(self, events, server, ask):
        body = b"".join(events.reply("Hello")).replace(b"data: ", b"id: 7\nretry: 100\nfoo\ndata:")
        server.answer = lambda exchange: exchange.whole(body, Content_Type=events.content_type)
        outcome = await ask(events.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_data_over_several_lines(self, events, server, ask):
        body = b"".join(events.reply("Hello")).replace(b'{"', b'{\ndata: "')
        server.answer = lambda exchange: exchange.whole(body, Content_Type=events.content_type)
        outcome = await ask(events.at(server.url))
        assert (outcome.text, outcome.finish, outcome.error) == ("Hello", FinishReason.STOP, None)

    async def test_separators_inside_json_are_not_line_ends(self, framed, server, ask):
        body = b"".join(framed.reply("aXb")).replace(b"aXb", "a\u2028\u0085\x1c\x0bb".encode())
        body = body.replace(b"\x1c\x0b", b"\\u001c\\u000b")
        server.answer = lambda exchange: exchange.whole(body, Content_Type=framed.content_type)
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.error) == ("a\u2028\u0085\x1c\x0bb", None)

    async def test_surrogates_in_two_events(self, framed, server, ask):
        server.answer = framed.streams("Go \ud83d", "\ude80 and \ud83d")
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.error) == ("Go 🚀 and \N{REPLACEMENT CHARACTER}", None)

    @pytest.mark.parametrize("size", [600_000, 2_000_000])
    async def test_huge_line(self, dialect, server, ask, size):
        server.answer = lambda exchange: exchange.whole(
            b"".join(dialect.reply("x" * size)), Content_Type=dialect.content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert (len(outcome.text), outcome.error) == (size, None)

    async def test_reply_of_12_mb(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(dialect.begin)
            for _ in range(120):
                await exchange.chunk(dialect.text("y" * 100_000))
            await exchange.chunk(dialect.end)
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (len(outcome.text), outcome.error) == (12_000_000, None)

    async def test_reply_without_end(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type)
            await exchange.chunk(dialect.begin)
            while not exchange.writer.is_closing():
                await exchange.chunk(dialect.text("y" * 500_000))

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert 19_000_000 < len(outcome.text) < 22_000_000
        assert outcome.error.kind is ErrorKind.LOST
        assert outcome.error.message.startswith("Stopped at 20 MB")

    async def test_line_without_end(self, framed, server, ask):
        async def answer(exchange):
            await exchange.head(Content_Type=framed.content_type)
            await exchange.chunk(b"data: " if framed.name != "ollama" else b"{")
            while not exchange.writer.is_closing():
                await exchange.chunk(b"z" * 500_000)

        server.answer = answer
        outcome = await ask(framed.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "16 MB" in outcome.error.message


class TestPacked:
    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
    async def test_packed(self, dialect, server, ask, encoding):
        body = b"".join(dialect.reply("Hel", "lo"))
        packer = zlib.compressobj(wbits={"gzip": 31, "deflate": 15, "raw deflate": -15}[encoding])

        async def answer(exchange):
            name = encoding.split()[-1]
            await exchange.head(Content_Type=dialect.content_type, Content_Encoding=name)
            for start in range(0, len(body), 10):
                await exchange.chunk(packer.compress(body[start : start + 10]))
                await exchange.chunk(packer.flush(zlib.Z_SYNC_FLUSH))
            await exchange.chunk(packer.flush())
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)
        assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"

    async def test_cut(self, dialect, server, ask):
        packer = zlib.compressobj(wbits=31)

        async def answer(exchange):
            await exchange.head(Content_Type=dialect.content_type, Content_Encoding="gzip")
            sent = dialect.begin + dialect.text("Hello")
            await exchange.chunk(packer.compress(sent) + packer.flush(zlib.Z_SYNC_FLUSH))
            await exchange.end()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.text == "Hello"
        assert outcome.error.kind is ErrorKind.LOST

    @pytest.mark.parametrize("encoding", ["gzip", "deflate"])
    async def test_lie(self, dialect, server, ask, encoding):
        body = b"".join(dialect.reply("Hello"))
        server.answer = lambda exchange: exchange.whole(body, Content_Encoding=encoding)
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "can't be unpacked" in outcome.error.message

    async def test_not_asked_for(self, dialect, server, ask):
        server.answer = lambda exchange: exchange.whole(b"\x8b\x02\x80", Content_Encoding="br")
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert "packed its answer as br" in outcome.error.message

    async def test_bomb(self, dialect, server, ask):
        """30 MB of words in 30 kB: stopped at the limit of a reply, in little memory."""
        bomb = gzip.compress(dialect.begin + dialect.text("b" * 1_000_000) * 30)
        server.answer = lambda exchange: exchange.whole(
            bomb, Content_Encoding="gzip", Content_Type=dialect.content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.message.startswith("Stopped at 20 MB")


class TestOddHttp:
    async def test_http_1_0_until_the_connection_closes(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.send(b"HTTP/1.0 200 OK\r\n\r\n" + b"".join(dialect.reply("Hello")))
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    @pytest.mark.parametrize("content_type", ["application/octet-stream", "nonsense", "TEXT/Event-Stream;x"])
    async def test_odd_content_type(self, dialect, server, ask, content_type):
        server.answer = lambda exchange: exchange.whole(
            b"".join(dialect.reply("Hello")), Content_Type=content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    async def test_early_hints(self, dialect, server, ask):
        async def answer(exchange):
            await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
            await exchange.whole(b"".join(dialect.reply("Hello")), Content_Type=dialect.content_type)

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert (outcome.text, outcome.error) == ("Hello", None)

    @pytest.mark.parametrize(
        "head",
        [
            b"HTTP/1.1 200 OK\r\nX-Big: " + b"h" * 100_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: banana\r\n\r\n",
            b"SSH-2.0-OpenSSH_9.6\r\n",
        ],
        ids=["header of 100 kB", "bad length", "ssh"],
    )
    async def test_not_http(self, dialect, server, ask, head):
        async def answer(exchange):
            await exchange.send(head)
            exchange.writer.close()

        server.answer = answer
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.kind is ErrorKind.PROTOCOL
        assert outcome.error.status_code is None
        said = outcome.error.message.replace(str(server.port), "")
        assert "not HTTP" in said and "400" not in said
