"""AI365VIP: one prompt in, plain text out. The provider that this program's contract comes from."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, ClassVar

from tui.chat.chunks import Notice
from tui.providers.address import joined
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, format_prompt
from tui.providers.complaints import complains, reports_error
from tui.providers.content import text_alone
from tui.providers.decode import Joiner, values_in
from tui.providers.http import open_stream, transport
from tui.providers.response import Response
from tui.providers.stream import TEXT_LIMIT

_PAGE = re.compile(r"\s*<(!doctype\s+html|html)\b", re.IGNORECASE)
_ERROR = '{"error"'
_JSON_TYPES = frozenset({"application/json", "application/problem+json"})


class AI365VIP(AsyncGeneratorProvider, ProviderModelMixin):
    """chat.ai365vip.com, as its documentation describes it."""

    url: ClassVar[str] = "https://chat.ai365vip.com"
    api_endpoint: ClassVar[str] = "/api/chat"
    working: ClassVar[bool] = False
    note: ClassVar[str] = "behind Cloudflare since October 2024"
    default_model: ClassVar[str] = "gpt-3.5-turbo"
    models: ClassVar[list[str]] = ["gpt-3.5-turbo", "gpt-3.5-turbo-16k", "gpt-4o"]
    model_aliases: ClassVar[dict[str, str]] = {"gpt-3.5-turbo": "gpt-3.5-turbo-16k"}

    @classmethod
    async def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[str | Notice, None]:
        """Send the conversation as one prompt and yield the reply's text as it comes.

        Args:
            model: The service's own name of the model; aliases are the caller's (``get_model``).
            messages: The conversation, oldest first.
            proxy: Proxy for this request, as a URL.
            **kwargs: ``timeouts``; the rest is ignored, as the service takes no parameters.

        Yields:
            Pieces of text; before them a notice, if there are files that the service does not take.
            The wire format has no end mark: the end of the generator is the end of the reply.

        Raises:
            aiohttp.ClientResponseError: The server answered with an HTTP error.
            ProviderError: Anything else went wrong.
        """
        texts, left_out = text_alone(messages)
        body = {
            "model": {"id": model, "name": "GPT-3.5", "maxLength": 3000, "tokenLimit": 2048},
            "messages": [{"role": "user", "content": format_prompt(texts)}],
            "key": "",
            "prompt": "You are a helpful assistant.",
            "temperature": 1,
        }
        url, way = joined(cls.url, cls.api_endpoint), transport(proxy, kwargs)
        async with (
            open_stream("POST", url, headers=cls._headers(), json=body, **way) as response,
            aclosing(_plain_text(response)) as pieces,
        ):
            if left_out:
                yield Notice(f"AI365VIP takes only text; left out: {', '.join(left_out)}")
            async for text in pieces:
                yield text

    @classmethod
    def _headers(cls) -> dict[str, str]:
        return {
            "accept": "*/*",
            "accept-language": "en-US,en;q=0.9",
            "content-type": "application/json",
            "origin": cls.url,
            "referer": f"{cls.url}/en",
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


async def _plain_text(response: Response) -> AsyncGenerator[str, None]:
    """The body's text; a web page or a JSON error in its place is an error."""
    joiner = Joiner()
    begun = False
    document = response.content_type in _JSON_TYPES  # no text of a reply, in this wire format
    held: list[str] = []  # as long as it may be an error in JSON
    start = ""
    async with aclosing(response.texts(TEXT_LIMIT)) as texts:
        async for piece in texts:
            text = joiner.feed(piece)
            if begun:
                yield text
                continue
            held.append(text)
            start = (start + text).lstrip()[: len(_ERROR)]
            if document or _ERROR.startswith(start):
                continue
            begun, text = True, "".join(held)
            if _PAGE.match(text):
                raise response.page(text)
            yield text
    if not begun:
        text = "".join(held)
        if not text.strip():
            raise response.empty()
        found, rest = values_in(text)
        if found and not rest and any(complains(value) if document else _is_error(value) for value in found):
            raise response.failure(found)
        yield text
    if rest := joiner.close():
        yield rest


def _is_error(value: Any) -> bool:
    return isinstance(value, Mapping) and reports_error(value)
