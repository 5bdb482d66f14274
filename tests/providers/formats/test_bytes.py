"""Sizes, packing and odd HTTP, against every dialect; ``cases`` has what goes wrong with single bytes."""

import gzip
import zlib

import pytest

from tui.errors import ErrorKind


class TestBytes:
    async def test_surrogates_in_two_events(self, framed, server, ask):
        server.answer = framed.streams("Go \ud83d", "\ude80 and \ud83d")
        outcome = await ask(framed.at(server.url))
        assert (outcome.text, outcome.error) == ("Go 🚀 and \N{REPLACEMENT CHARACTER}", None)

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
        assert "28 MB" in outcome.error.message


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

    async def test_bomb(self, dialect, server, ask):
        """30 MB of words in 30 kB: stopped at the limit of a reply, in little memory."""
        bomb = gzip.compress(dialect.begin + dialect.text("b" * 1_000_000) * 30)
        server.answer = lambda exchange: exchange.whole(
            bomb, Content_Encoding="gzip", Content_Type=dialect.content_type
        )
        outcome = await ask(dialect.at(server.url))
        assert outcome.error.message.startswith("Stopped at 20 MB")


class TestOddHttp:
    @pytest.mark.parametrize("content_type", ["application/octet-stream", "nonsense", "TEXT/Event-Stream;x"])
    async def test_odd_content_type(self, dialect, server, ask, content_type):
        server.answer = lambda exchange: exchange.whole(
            b"".join(dialect.reply("Hello")), Content_Type=content_type
        )
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
