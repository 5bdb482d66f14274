"""AI365VIP: the request byte for byte, and the two programs of its documentation as written."""

import asyncio
import json
import os
import sys
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from tests.providers.formats.errors import ERRORS
from tui.errors import ModelNotSupportedError
from tui.providers import AI365VIP
from tui.providers.base import AsyncGeneratorProvider, ProviderModelMixin

ROOT = Path(__file__).parents[3]

HEADERS = {
    "accept": "*/*",
    "accept-language": "en-US,en;q=0.9",
    "content-type": "application/json",
    "origin": "https://chat.ai365vip.com",
    "referer": "https://chat.ai365vip.com/en",
    "sec-ch-ua": '"Chromium";v="127", "Not)A;Brand";v="99"',
    "sec-ch-ua-arch": '"x86"',
    "sec-ch-ua-bitness": '"64"',
    "sec-ch-ua-full-version": '"127.0.6533.119"',
    "sec-ch-ua-full-version-list": '"Chromium";v="127.0.6533.119", "Not)A;Brand";v="99.0.0.0"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-model": '""',
    "sec-ch-ua-platform": '"Linux"',
    "sec-ch-ua-platform-version": '"4.19.276"',
    "sec-fetch-dest": "empty",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "same-origin",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/127.0.0.0 Safari/537.36",
}

# The two programs of the documentation, as written.
PLAIN = """
# Пример вызова функции
import asyncio
from typing import List, Dict, AsyncGenerator, Optional

async def main():
    model = "gpt-3.5-turbo"
    messages: List[Dict[str, str]] = [{"role": "user", "content": "Hello, how are you?"}]
    proxy: Optional[str] = None

    async def consume_generator(generator: AsyncGenerator[str, None]) -> None:
        async for chunk in generator:
            print(chunk, end="")

    generator = AI365VIP.create_async_generator(model=model, messages=messages, proxy=proxy)
    if generator:
        await consume_generator(generator)

if __name__ == "__main__":
    asyncio.run(main())
"""
WITH_PROXY = """
# Пример вызова функции с прокси
import asyncio
from typing import List, Dict, AsyncGenerator, Optional

async def main():
    model = "gpt-3.5-turbo"
    messages: List[Dict[str, str]] = [{"role": "user", "content": "Translate to french: Hello, how are you?"}]
    proxy: Optional[str] = "http://your.proxy:8080"  # Замените на ваш прокси

    async def consume_generator(generator: AsyncGenerator[str, None]) -> None:
        async for chunk in generator:
            print(chunk, end="")

    generator = AI365VIP.create_async_generator(model=model, messages=messages, proxy=proxy)
    if generator:
        await consume_generator(generator)

if __name__ == "__main__":
    asyncio.run(main())
"""


def body(prompt, model="gpt-3.5-turbo"):
    return {
        "model": {"id": model, "name": "GPT-3.5", "maxLength": 3000, "tokenLimit": 2048},
        "messages": [{"role": "user", "content": prompt}],
        "key": "",
        "prompt": "You are a helpful assistant.",
        "temperature": 1,
    }


class TestClass:
    def test_attributes(self):
        assert issubclass(AI365VIP, AsyncGeneratorProvider) and issubclass(AI365VIP, ProviderModelMixin)
        assert AI365VIP.url == "https://chat.ai365vip.com"
        assert AI365VIP.api_endpoint == "/api/chat"
        assert AI365VIP.working is False
        assert AI365VIP.note == "behind Cloudflare since October 2024"
        assert AI365VIP.default_model == "gpt-3.5-turbo"
        assert AI365VIP.models == ["gpt-3.5-turbo", "gpt-3.5-turbo-16k", "gpt-4o"]
        assert AI365VIP.model_aliases == {"gpt-3.5-turbo": "gpt-3.5-turbo-16k"}

    @pytest.mark.parametrize(
        ("asked", "given"),
        [("", "gpt-3.5-turbo"), ("gpt-3.5-turbo", "gpt-3.5-turbo-16k"), ("gpt-4o", "gpt-4o")],
    )
    def test_models_and_aliases(self, asked, given):
        assert AI365VIP.get_model(asked) == given

    def test_unknown_model(self):
        with pytest.raises(ModelNotSupportedError, match="Model is not supported: gpt-9 in: AI365VIP"):
            AI365VIP.get_model("gpt-9")


class TestRequest:
    async def test_over_the_wire(self, server, ask):
        """Headers and body are those of the documentation, and aiohttp adds only what HTTP needs."""
        server.answer = lambda exchange: exchange.whole(b"Bonjour")
        provider = type("Here", (AI365VIP,), {"url": server.url})
        outcome = await ask(provider, "Hello, how are you?", model="gpt-3.5-turbo")
        assert outcome.chunks == ["Bonjour"]
        request = server.requests[0]
        assert (request.method, request.target) == ("POST", "/api/chat")
        expected = json.dumps(body("Hello, how are you?")).encode()
        assert request.body == expected
        own = {"origin": server.url, "referer": f"{server.url}/en"}
        assert request.headers == {
            **HEADERS,
            **own,
            "host": f"127.0.0.1:{server.port}",
            "accept-encoding": "gzip, deflate",
            "content-length": str(len(expected)),
        }

    async def test_to_the_real_address(self, mocked, ask):
        mocked.post("https://chat.ai365vip.com/api/chat", body="Hello 🚀")
        outcome = await ask(AI365VIP, "Hi", model="gpt-4o", proxy="http://proxy.example:8080")
        assert outcome.text == "Hello 🚀"
        (call,) = mocked.requests[("POST", URL("https://chat.ai365vip.com/api/chat"))]
        assert call.kwargs["headers"] == HEADERS
        assert list(call.kwargs["headers"]) == list(HEADERS) and len(HEADERS) == 18
        assert call.kwargs["json"] == body("Hi", "gpt-4o")
        assert call.kwargs["proxy"] == "http://proxy.example:8080"
        assert call.kwargs["allow_redirects"] is False

    async def test_a_conversation_becomes_one_prompt(self, mocked, ask):
        mocked.post("https://chat.ai365vip.com/api/chat", body="ok")
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello!"},
            {"role": "user", "content": "Bye"},
        ]
        await ask(AI365VIP, messages=messages, temperature=0.3, api_key="ignored-entirely")
        (call,) = next(iter(mocked.requests.values()))
        prompt = "System: Be brief.\nUser: Hi\nAssistant: Hello!\nUser: Bye\nAssistant:"
        assert call.kwargs["json"]["messages"] == [{"role": "user", "content": prompt}]
        assert call.kwargs["json"]["temperature"] == 1
        assert "ignored-entirely" not in str(call.kwargs)

    @pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
    async def test_http_errors_are_aiohttp_errors(self, mocked, status):
        mocked.post("https://chat.ai365vip.com/api/chat", status=status, body="no")
        with pytest.raises(aiohttp.ClientResponseError) as raised:
            [c async for c in AI365VIP.create_async_generator("gpt-4o", [{"role": "user", "content": "Hi"}])]
        assert raised.value.status == status


class TestReply:
    async def test_text_comes_before_its_line_ends(self, server):
        """The original waited for a newline."""
        may_go_on = asyncio.Event()

        async def answer(exchange):
            await exchange.head()
            await exchange.chunk("Hé".encode())
            await may_go_on.wait()
            await exchange.chunk(b"llo")
            await exchange.end()

        server.answer = answer
        provider = type("Here", (AI365VIP,), {"url": server.url})
        chunks = provider.create_async_generator("m", [{"role": "user", "content": "Hi"}])
        assert await anext(chunks) == "Hé"
        may_go_on.set()
        assert [c async for c in chunks] == ["llo"]

    async def test_json_that_is_the_reply(self, server, ask):
        """A person may well ask for JSON."""
        reply = b'{"error" : "is a fine key", "n": [1]'
        server.answer = lambda exchange: exchange.whole(reply)
        outcome = await ask(type("Here", (AI365VIP,), {"url": server.url}))
        assert (outcome.text, outcome.error) == (reply.decode(), None)

    async def test_html_that_is_the_reply(self, server, ask):
        server.answer = lambda exchange: exchange.whole(b"<b>bold</b> is HTML", Content_Type="text/plain")
        outcome = await ask(type("Here", (AI365VIP,), {"url": server.url}))
        assert (outcome.text, outcome.error) == ("<b>bold</b> is HTML", None)

    @pytest.mark.parametrize("error", [e for e in ERRORS if isinstance(e, dict)], ids=str)
    async def test_a_document_that_is_an_error(self, server, ask, error):
        """JSON where the dialect has text is no reply, if it is an error by any name."""
        data = json.dumps(error).encode()
        server.answer = lambda exchange: exchange.whole(data, Content_Type="application/json")
        outcome = await ask(type("Here", (AI365VIP,), {"url": server.url}))
        assert outcome.text == "" and "boom" in outcome.error.message

    @pytest.mark.parametrize(
        "reply", [b'{"code": 200, "message": "Hello"}', b'["Hello"]', b'{"error": null}']
    )
    async def test_a_document_that_is_none(self, server, ask, reply):
        server.answer = lambda exchange: exchange.whole(reply, Content_Type="application/json")
        outcome = await ask(type("Here", (AI365VIP,), {"url": server.url}))
        assert (outcome.text, outcome.error) == (reply.decode(), None)


async def run(program):
    """Run a program; warnings are shown, so that a session or socket left open is seen on stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "default", "-c", program),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return out.decode(), err.decode(), process.returncode


async def says_fine(exchange):
    await exchange.head()
    for piece in ("Fine, ", "thanks ", "🚀!"):
        await exchange.chunk(piece.encode())
    await exchange.end()


class TestDocumentedPrograms:
    async def test_plain(self, server):
        server.answer = says_fine
        prelude = f"from tui.providers import AI365VIP\nAI365VIP.url = {server.url!r}\n"
        assert await run(prelude + PLAIN) == ("Fine, thanks 🚀!", "", 0)
        assert server.requests[0].target == "/api/chat"
        assert server.requests[0].json == body("Hello, how are you?")

    async def test_with_proxy(self, server):
        """``your.proxy:8080`` is found at the test's own proxy; everything else is as written."""
        server.answer = says_fine
        prelude = f"""
from tui.providers import AI365VIP
import socket
find = socket.getaddrinfo
def getaddrinfo(host, port, *args, **kwargs):
    assert (host, port) == ("your.proxy", 8080)
    return find("127.0.0.1", {server.port}, *args, **kwargs)
socket.getaddrinfo = getaddrinfo
AI365VIP.url = "http://chat.ai365vip.com"
"""
        assert await run(prelude + WITH_PROXY) == ("Fine, thanks 🚀!", "", 0)
        assert server.requests[0].target == "http://chat.ai365vip.com/api/chat"
        assert server.requests[0].json == body("Translate to french: Hello, how are you?")
