"""OpenAI Images: a prompt in, a picture out; nothing of the conversation but the picture to be changed.

LocalAI, LiteLLM, DeepInfra and other servers speak it, too. xAI and Together want the picture to be changed
in another place. https://platform.openai.com/docs/api-reference/images
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, Literal

from tui.chat.chunks import MAKING_PICTURE, Chunk, FinishReason, Image, Notice, Usage
from tui.chat.model import ModelInfo, Pictures
from tui.errors import ErrorKind, ProviderError
from tui.providers.address import NEW_PICTURES, joined, ways
from tui.providers.base import AsyncGeneratorProvider, Messages, ProviderModelMixin, text_of
from tui.providers.content import parts_of, spelled_out, split_data_url
from tui.providers.decode import ServerSentEvents
from tui.providers.http import FormFile, bearer, transport
from tui.providers.listing import list_models
from tui.providers.sent import Sent, cost_in
from tui.providers.stream import Reader, Reported, ask
from tui.text import one_line

_BYTES_ANYWAY = re.compile(r"(?i)(?:^|[/_:-])(?:chat)?gpt-image")
"""Models that send bytes and refuse to be asked for them."""
_ENDINGS = {"image/jpeg": "jpg"}


class OpenAIImages(AsyncGeneratorProvider, ProviderModelMixin):
    """Any endpoint of this wire format. What differs between vendors is a class attribute."""

    url: ClassVar[str] = "https://api.openai.com/v1"
    api_endpoint: ClassVar[str] = "/images/generations"
    edits_endpoint: ClassVar[str] = "/images/edits"
    """Where a picture is changed."""
    models_endpoint: ClassVar[str] = "models"
    """Where the list of models is, seen from ``url``."""
    auth_header: ClassVar[str] = "Authorization"
    """See ``OpenAIChat``."""
    headers: ClassVar[Mapping[str, str]] = {}
    """Headers to add."""
    format: ClassVar[str] = "openai-images"
    bytes_format: ClassVar[str] = "b64_json"
    """What ``response_format`` is, so that the picture comes and not where it is."""
    edits: ClassVar[Literal["form", "json"]] = "form"
    """How pictures to be changed are sent: as files of a form, or as ``data:`` URLs in JSON."""
    references: ClassVar[Mapping[str, str]] = {}
    """Where pictures to be changed go with the request for a new one: the field, by a pattern of models; one
    that ends in ``s`` takes several. Where there is any, nothing is at ``edits_endpoint``."""

    @classmethod
    def pictures(cls, model: str) -> Pictures:
        """See ``AsyncGeneratorProvider``."""
        return "only"

    @classmethod
    async def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncGenerator[Chunk, None]:
        """Have a picture made by the last prompt, from the pictures in ``messages`` if there are any.

        See ``AsyncGeneratorProvider``.
        """
        refused = kwargs.get("refused", ())
        base, elsewhere = ways(cls.url, refused, "/v1")
        elsewhere = elsewhere if cls.url_given else ()
        shown = _pictures(messages)
        body = cls.request_body(model, messages, kwargs)
        files: list[FormFile] = []
        endpoint = cls.api_endpoint
        if shown and (cls.references or NEW_PICTURES in refused):
            along = {} if NEW_PICTURES in refused else cls._referred(model, shown)
            body |= along
            if words := _left_out(shown, along):
                yield Notice(f"{one_line(model)} {words}")
        elif shown:
            endpoint, elsewhere = cls.edits_endpoint, elsewhere or (NEW_PICTURES,)
            if cls.edits == "form":
                files = _files(shown)
            else:
                body |= _written_out(shown)
        yield MAKING_PICTURE
        chunks = ask(
            joined(base, endpoint),
            ServerSentEvents(),
            ImagesReader(body["prompt"]),
            headers=cls._request_headers(kwargs.get("api_key")),
            json=body,
            files=files,
            elsewhere=elsewhere,
            required=("prompt",),
            **transport(proxy, kwargs),
        )
        async with aclosing(chunks):
            async for chunk in chunks:
                yield chunk

    @classmethod
    async def discover_models(cls, *, proxy: str | None = None, **kwargs: Any) -> list[ModelInfo]:
        """The server's models: whatever their names, they make pictures."""
        way = {"headers": cls._request_headers(kwargs.get("api_key")), **transport(proxy, kwargs)}
        found = await list_models(cls.url, cls.models_endpoint, way)
        return [ModelInfo(model.id, vision=model.vision, pictures="only") for model in found]

    @classmethod
    def request_body(cls, model: str, messages: Messages, options: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON that is sent, or the fields of the form, without the pictures.

        Raises:
            ProviderError: The last prompt has no words.
        """
        said = next((m["content"] for m in reversed(messages) if m["role"] == "user"), "")
        prompt = text_of(spelled_out(said)).strip()
        if not prompt:
            raise ProviderError(
                "A picture is made by words, and there are none",
                "Say what is to be seen.",
                kind=ErrorKind.INVALID,
            )
        body = {"model": model, "prompt": prompt}
        return body if _BYTES_ANYWAY.search(model) else {**body, "response_format": cls.bytes_format}

    @classmethod
    def _referred(cls, model: str, shown: Sequence[str]) -> dict[str, Any]:
        """The pictures, or the last one, in the field that this model has for them; nothing without one."""
        field = next((field for pattern, field in cls.references.items() if re.search(pattern, model)), "")
        if not field:
            return {}
        return {field: list(shown) if field.endswith("s") else shown[-1]}

    @classmethod
    def _request_headers(cls, key: str | None) -> dict[str, str]:
        return {**bearer(key, cls.auth_header), **cls.headers}


class ImagesReader(Reader):
    """Reads the list of pictures that were made, or the events of one that is on its way."""

    NAMES = frozenset({"data", "created", "type", "usage"})

    def __init__(self, prompt: str = "") -> None:
        """Begin.

        Args:
            prompt: What was asked for.
        """
        super().__init__()
        self._prompt = prompt

    def read(self, event: Sent) -> Iterator[Chunk]:
        """See ``Reader``."""
        if event.text("type").endswith("partial_image"):
            yield MAKING_PICTURE  # a first sketch of it is none that is kept
            return
        whole = event if "b64_json" in event else event.opened("data")
        rows = [event] if whole is event and "b64_json" in event else list(whole.parts("data"))
        kind = whole.text("output_format") or "png"
        made = [(row, url) for row in rows if (url := _address(row, kind))]
        for row, url in made:
            yield Image(url)
            revised = row.text("revised_prompt").strip()
            if revised and revised != self._prompt:
                yield f"{revised}\n"
        if counts := whole.part("usage"):
            yield _usage(counts)
        if made:
            self.finish = FinishReason.STOP
        elif "data" in whole:
            held_back = any(row.flag("respect_moderation") is False for row in rows)
            why = (
                "its vendor's rules for pictures do not allow it"
                if held_back
                else "the list of them is empty"
            )
            raise Reported({"error": f"No picture was made: {why}"})


def _address(row: Sent, kind: str) -> str:
    """A picture as a ``data:`` URL, or where it is; nothing where there is none."""
    data = row.text("b64_json", "base64")
    if not data:
        return row.text("url")
    return data if split_data_url(data) else f"data:image/{kind};base64,{data}"


def _usage(counts: Sent) -> Usage:
    return Usage(
        input_tokens=counts.whole("input_tokens", "prompt_tokens"),
        output_tokens=counts.whole("output_tokens", "completion_tokens"),
        cost=cost_in(counts),
    )


def _pictures(messages: Messages) -> list[str]:
    """The pictures in a conversation, the oldest first."""
    parts = [part for message in messages for part in parts_of(message["content"])]
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


def _left_out(shown: Sequence[str], along: Mapping[str, Any]) -> str:
    """What is to be said of the pictures that do not go along; nothing where all do."""
    if not along:
        return "changes no pictures; it was asked for a new one, by the words alone"
    sent = sum(len(value) if isinstance(value, list) else 1 for value in along.values())
    if sent < len(shown):
        return f"changes one picture at a time; of {len(shown)} it was sent the last one"
    return ""


def _files(shown: Sequence[str]) -> list[FormFile]:
    """Pictures as files of a form; one alone has the name that every server knows.

    Raises:
        ProviderError: One of them has no bytes.
    """
    field = "image" if len(shown) == 1 else "image[]"
    return [_file(field, number, url) for number, url in enumerate(shown, 1)]


def _file(field: str, number: int, url: str) -> FormFile:
    kind, data = split_data_url(url) or ("", "")
    try:
        content = base64.b64decode(data, validate=True)
    except binascii.Error:
        content = b""
    if not content:
        raise ProviderError(
            f"Picture {number} of the prompt can't be read, so it can't be changed",
            "Attach it again.",
            kind=ErrorKind.INVALID,
        )
    ending = _ENDINGS.get(kind, kind.rpartition("/")[2])
    return FormFile(field, f"picture{number}.{ending}", kind, content)


def _written_out(shown: Sequence[str]) -> dict[str, Any]:
    """Pictures as xAI wants them."""
    named = [{"type": "image_url", "url": url} for url in shown]
    return {"image": named[0]} if len(named) == 1 else {"images": named}
