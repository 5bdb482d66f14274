"""The way to a server: sessions, TLS, proxies, and where a key may go."""

import asyncio
import base64
import gc
import socket
import ssl
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from tui.errors import ErrorKind, ProviderError
from tui.providers.http import Timeouts, fetch_json, open_stream, shared_session

TLS = Path(__file__).parent / "tls"
KEY = "sk-test-0123456789abcdefWXYZ"
HASTY = Timeouts(connect=0.4, headers=0.4, idle=0.4)


async def get(url, **options):
    async with open_stream("GET", url, **options) as answer:
        return await answer.read()


async def ok(exchange):
    await exchange.whole(b"ok", Content_Type="text/plain")


class TestSessions:
    async def test_shared_session_keeps_its_connection(self, server):
        server.answer = ok
        async with shared_session():
            assert [await get(server.url) for _ in range(3)] == ["ok"] * 3
        assert server.connections == 1

    async def test_without_it_each_request_has_its_own(self, server):
        server.answer = ok
        assert [await get(server.url) for _ in range(3)] == ["ok"] * 3
        assert server.connections == 3

    async def test_shared_session_within_a_shared_session(self, server):
        server.answer = ok
        async with shared_session():
            async with shared_session():
                await get(server.url)
            await get(server.url)
        assert server.connections == 1

    async def test_nothing_is_left_open(self, server):
        server.answer = ok
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            await get(server.url)
            async with shared_session():
                await get(server.url)
            gc.collect()
        assert not [w for w in seen if issubclass(w.category, ResourceWarning)]

    async def test_no_cookies(self, server):
        async def answer(exchange):
            await exchange.whole(b"ok", Set_Cookie="id=1; Path=/")

        server.answer = answer
        async with shared_session():
            await get(server.url)
            await get(server.url)
        assert "cookie" not in server.requests[1].headers

    async def test_no_netrc(self, server, tmp_path, monkeypatch):
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password hush\n")
        monkeypatch.setenv("NETRC", str(netrc))
        server.answer = ok
        assert await get(server.url, headers={"Authorization": f"Bearer {KEY}"}, api_key=KEY) == "ok"
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


class TestKey:
    @pytest.mark.parametrize("header", ["Authorization", "x-api-key", "api-key", "x-goog-api-key"])
    async def test_not_over_plain_http(self, header):
        for options in ({"api_key": KEY}, {"headers": {header: KEY}}):
            with pytest.raises(ProviderError) as raised:
                await get("http://models.example/v1", **options)
            assert raised.value.kind is ErrorKind.UNAVAILABLE
            assert "not sent to models.example over plain http" in raised.value.message
            assert KEY not in str(raised.value)

    @pytest.mark.parametrize("way", ["http://proxy.example:3128", "socks5://proxy.example"])
    async def test_not_through_a_strange_proxy_either(self, way):
        """It reads what goes to the person's own server over plain http."""
        with pytest.raises(ProviderError, match=r"not sent to proxy\.example"):
            await get("http://192.168.1.5:8000/v1", api_key=KEY, proxy=way)

    async def test_a_password_in_the_address_is_a_key_too(self):
        with pytest.raises(ProviderError, match=r"not sent to models\.example") as raised:
            await get("http://me:hunter2@models.example/v1")
        assert "hunter2" not in str(raised.value)

    async def test_unless_that_is_allowed(self, mocked):
        mocked.get("http://models.example/v1", body="ok")
        assert await get("http://models.example/v1", api_key=KEY, allow_http_key=True) == "ok"

    @pytest.mark.parametrize(
        "url", ["http://192.168.1.5:8000/v1", "http://10.0.0.2/v1", "http://[fd00::1]/v1"]
    )
    async def test_own_network(self, mocked, url):
        mocked.get(url, body="ok")
        assert await get(url, api_key=KEY) == "ok"

    async def test_without_a_key_plain_http_is_fine(self, mocked):
        mocked.get("http://models.example/v1", body="ok")
        assert await get("http://models.example/v1") == "ok"

    @pytest.mark.parametrize("key", [KEY + "\n", "sk-\r\nX-Evil: 1", "sk-ключ", "sk-\x00"])
    async def test_key_that_is_none(self, server, key):
        with pytest.raises(ProviderError) as raised:
            await get(server.url, api_key=key, headers={"Authorization": f"Bearer {key}"})
        assert raised.value.kind is ErrorKind.AUTH
        assert key not in str(raised.value)
        assert server.connections == 0


class TestAddress:
    @pytest.mark.parametrize(
        "url", ["ftp://a.example/", "not an address", "http://", "http://a.example:99999/"]
    )
    async def test_no_address(self, url):
        with pytest.raises(ProviderError) as raised:
            await get(url)
        assert raised.value.kind is ErrorKind.INVALID

    async def test_fetch_json_that_is_a_page(self, server):
        server.answer = lambda exchange: exchange.whole(b"<html><title>Hi</title></html>")
        with pytest.raises(ProviderError, match="web page “Hi”"):
            await fetch_json(server.url)

    async def test_fetch_json_that_is_none(self, server):
        server.answer = lambda exchange: exchange.whole(b"pong")
        with pytest.raises(ProviderError, match="something else than a reply: “pong”"):
            await fetch_json(server.url)

    async def test_whole_body_has_a_limit(self, server):
        async def answer(exchange):
            await exchange.head()
            while not exchange.writer.is_closing():
                await exchange.chunk(b"[" * 500_000)

        server.answer = answer
        with pytest.raises(ProviderError, match="Stopped at 30 MB"):
            await fetch_json(server.url)


class TestTls:
    @pytest.fixture
    async def secure(self, start_server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
        return await start_server(ok, ssl=context)

    async def test_self_signed(self, secure):
        with pytest.raises(ProviderError) as raised:
            await get(f"https://localhost:{secure.port}", api_key=KEY)
        assert raised.value.kind is ErrorKind.TLS and not raised.value.retryable
        assert f"certificate of localhost:{secure.port} is not trusted" in raised.value.message
        assert "ca_file" in raised.value.hint
        assert secure.requests == []

    async def test_trusted_by_the_provider_itself(self, secure):
        found = await get(
            f"https://localhost:{secure.port}", api_key=KEY, ca_file=str(TLS / "certificate.pem")
        )
        assert found == "ok"
        with pytest.raises(ProviderError, match="not trusted"):
            await get(f"https://localhost:{secure.port}", api_key=KEY)  # nobody else trusts it

    async def test_certificates_that_are_none(self, secure, tmp_path):
        (tmp_path / "notes.txt").write_text("no certificate")
        for name in (tmp_path / "notes.txt", tmp_path / "nothing.pem"):
            with pytest.raises(ProviderError, match=f"certificates of {name} can't be read") as raised:
                await get(f"https://localhost:{secure.port}", ca_file=str(name))
            assert raised.value.kind is ErrorKind.TLS

    async def test_trusted_by_ssl_cert_file(self, secure, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "certificate.pem"))
        assert await get(f"https://localhost:{secure.port}", api_key=KEY) == "ok"

    async def test_other_host(self, secure, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "certificate.pem"))
        with pytest.raises(ProviderError) as raised:
            await get(f"https://127.0.0.1:{secure.port}", api_key=KEY)
        assert raised.value.kind is ErrorKind.TLS
        assert "mismatch" in raised.value.message
        assert secure.requests == []

    async def test_ssl_cert_file_that_is_not_there(self, secure, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
        with pytest.raises(ProviderError, match="SSL_CERT_FILE"):
            await get(f"https://localhost:{secure.port}")

    async def test_https_to_a_plain_port(self):
        seen = []

        async def answer(reader, writer):
            seen.append(await reader.read(65536))
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as plain:
            port = plain.sockets[0].getsockname()[1]
            with pytest.raises(ProviderError) as raised:
                await get(f"https://127.0.0.1:{port}", api_key=KEY)
        assert raised.value.kind is ErrorKind.TLS
        assert raised.value.message == f"127.0.0.1:{port} does not speak TLS"
        assert seen and KEY.encode() not in seen[0]

    async def test_handshake_that_stalls(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with pytest.raises(ProviderError) as raised:
                await get(f"https://127.0.0.1:{port}", timeouts=HASTY)
        assert raised.value.kind is ErrorKind.TIMEOUT
        assert raised.value.message == f"No connection to 127.0.0.1:{port} within 0.4 s"


class TestProxy:
    async def test_plain_http_through_the_proxy(self, server):
        server.answer = ok
        assert await get("http://models.example/v1", proxy=f"http://me:hush@127.0.0.1:{server.port}") == "ok"
        request = server.requests[0]
        assert request.target == "http://models.example/v1"
        assert base64.b64decode(request.headers["proxy-authorization"].split()[1]) == b"me:hush"

    async def test_from_the_environment(self, server, monkeypatch):
        server.answer = ok
        monkeypatch.setenv("HTTP_PROXY", server.url)
        assert await get("http://models.example/v1") == "ok"
        assert server.requests[0].target == "http://models.example/v1"

    async def test_this_machine_is_direct(self, server, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        server.answer = ok
        assert await get(server.url) == "ok"
        assert server.requests[0].target == "/"

    async def test_https_through_a_tunnel(self, server, start_server, monkeypatch):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
        secure = await start_server(ok, ssl=context)
        monkeypatch.setenv("SSL_CERT_FILE", str(TLS / "certificate.pem"))
        monkeypatch.setattr("tui.providers.proxy.is_loopback", lambda url: False)
        server.answer = tunnel
        found = await get(f"https://localhost:{secure.port}/", api_key=KEY, proxy=server.url)
        assert found == "ok"
        assert (server.requests[0].method, server.requests[0].target) == (
            "CONNECT",
            f"localhost:{secure.port}",
        )
        assert KEY not in str(server.requests)

    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_password_asked(self, server, scheme):
        server.answer = lambda exchange: exchange.whole(b"no", "407 Proxy Authentication Required")
        error = await self.failure(f"{scheme}://models.example/", f"http://me:hush@127.0.0.1:{server.port}")
        assert error.message == f"The proxy 127.0.0.1:{server.port} said 407 Proxy Authentication Required"
        assert "USER:PASSWORD" in error.hint

    async def test_bad_gateway(self, server):
        server.answer = lambda exchange: exchange.whole(b"no", "502 Bad Gateway")
        error = await self.failure("https://models.example/", server.url)
        assert error.message == f"The proxy 127.0.0.1:{server.port} said 502 Bad Gateway"

    async def test_stall(self, server):
        server.answer = lambda exchange: exchange.until_client_leaves()
        error = await self.failure("https://models.example/", server.url)
        assert (
            error.message
            == f"The proxy 127.0.0.1:{server.port} made no connection to models.example:443 within 0.4 s"
        )

    async def test_garbage(self, server):
        async def answer(exchange):
            await exchange.send(b"220 smtp.example ESMTP\r\n\r\n")
            exchange.writer.close()

        server.answer = answer
        error = await self.failure("https://models.example/", server.url)
        assert error.message == f"The proxy 127.0.0.1:{server.port} sent something that is not HTTP"

    async def test_closed(self, server):
        async def answer(exchange):
            exchange.writer.close()

        server.answer = answer
        error = await self.failure("https://models.example/", server.url)
        assert error.message == f"The proxy 127.0.0.1:{server.port} closed the connection"

    async def test_not_there(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        error = await self.failure("https://models.example/", f"http://me:hush@127.0.0.1:{port}")
        assert error.message == f"Cannot reach the proxy 127.0.0.1:{port}: connection refused"

    async def test_name_not_found(self, monkeypatch):
        def getaddrinfo(*args, **kwargs):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        error = await self.failure("https://models.example/", "http://me:hush@proxy.example:3128")
        assert "proxy.example:3128" in error.message

    async def failure(self, url, proxy):
        with pytest.raises(ProviderError) as raised:
            await get(url, proxy=proxy, api_key=KEY, timeouts=HASTY, allow_http_key=True)
        error = raised.value
        assert error.kind is ErrorKind.PROXY
        assert "hush" not in f"{error!r} {error}" and KEY not in f"{error!r} {error}"
        return error


def test_the_package_brings_no_aiohttp():
    program = "import sys, tui.providers; print('aiohttp' in sys.modules, tui.providers.AI365VIP.__name__)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["False", "AI365VIP"]


async def tunnel(exchange):
    """What a proxy does for CONNECT."""
    host, port = exchange.request.target.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    await exchange.send(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async def copy(source, sink):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()

    there = asyncio.create_task(copy(exchange.reader, writer))
    back = asyncio.create_task(copy(reader, exchange.writer))
    await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
    there.cancel()
    back.cancel()
    await asyncio.gather(there, back, return_exceptions=True)
    writer.close()
    exchange.writer.close()
