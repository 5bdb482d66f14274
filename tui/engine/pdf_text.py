"""PDF as text for models that can't read it: their servers would refuse the file, or leave it out."""

from __future__ import annotations

import base64
import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from importlib.util import find_spec
from typing import Any, NamedTuple, cast

from msgspec.structs import replace

from tui.chat.chunks import Chunk, Notice
from tui.chat.model import Pictures
from tui.engine.resolver import Resolver
from tui.providers.base import Answers, AsyncResult, Messages, Target
from tui.text import fenced, one_line
from tui.tools.child import SCRIPTS, ChildError, Limits, run_child

LIMITS = Limits(seconds=30, memory=512_000_000)
_BEGINNING = "data:application/pdf;base64,"
_KEPT = 16
"""Texts that are kept: the same file goes along with each further request of a conversation."""


class PdfText(NamedTuple):
    """What a PDF says."""

    text: str
    trouble: str = ""
    """Why there is none, or not all."""


class PdfResolver:
    """Finds who answers, and lets those who read no PDF have its text."""

    def __init__(self, inner: Resolver) -> None:
        self._inner = inner
        self._texts: OrderedDict[str, PdfText] = OrderedDict()

    async def target(self, model_id: str) -> Target:
        """The model, which gets what it can read."""
        target = await self._inner.target(model_id)
        if getattr(target.provider, "reads_pdf", False):
            return target
        return replace(target, provider=_Reader(target.provider, self))

    async def pictures(self, model_id: str) -> Pictures:
        """When the model makes pictures."""
        return await self._inner.pictures(model_id)

    async def text_of(self, url: str) -> PdfText:
        """The text of a PDF that is given as a ``data:`` URL."""
        if url not in self._texts:
            self._texts[url] = await read_pdf(base64.b64decode(url.removeprefix(_BEGINNING)))
            while len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        self._texts.move_to_end(url)
        return self._texts[url]


async def read_pdf(data: bytes, limits: Limits = LIMITS) -> PdfText:
    """The text of a PDF, page by page, read in a child."""
    if find_spec("pypdf") is None:
        return PdfText("", "its text can't be read without an extra: pip install 'segue[pdf]'")
    try:
        found = json.loads(await run_child(SCRIPTS / "pdf.py", [], data, limits))
    except ChildError as error:
        return PdfText("", f"its text can't be read: {one_line(error.message, 200)}")
    pages = [
        f"[page {number}]\n{text.strip()}" for number, text in enumerate(found["pages"], 1) if text.strip()
    ]
    if not pages:
        return PdfText("", "there is no text in it, only pictures")
    read, of = len(found["pages"]), found["of"]
    return PdfText("\n\n".join(pages), f"only {read} of its {of} pages are sent" if read < of else "")


class _Reader:
    """A provider that is given the text of each PDF in its place."""

    def __init__(self, provider: Answers, texts: PdfResolver) -> None:
        self._provider = provider
        self._texts = texts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def create_async_generator(
        self, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncResult:
        """Ask, with texts in the place of files."""
        if not any(_is_pdf(part) for message in messages for part in _files(message["content"])):
            return self._provider.create_async_generator(model, messages, proxy, **kwargs)
        return self._ask(model, messages, proxy, kwargs)

    async def _ask(
        self, model: str, messages: Messages, proxy: str | None, kwargs: Mapping[str, Any]
    ) -> AsyncIterator[Chunk]:
        troubles: dict[str, None] = {}
        read: list[dict[str, Any]] = []
        for message in messages:
            content = await self._read(message["content"], troubles)
            read.append({**cast("dict[str, Any]", message), "content": content})
        for trouble in troubles:
            yield Notice(trouble)
        chunks = self._provider.create_async_generator(model, cast(Messages, read), proxy, **kwargs)
        async with aclosing(cast(Any, chunks)):
            async for chunk in chunks:
                yield chunk

    async def _read(self, content: Any, troubles: dict[str, None]) -> Any:
        if isinstance(content, str):
            return content
        parts: list[Any] = []
        for part in content:
            if _is_pdf(part):
                parts.append({"type": "text", "text": await self._words(part, troubles)})
            elif files := part.get("files"):
                said = [await self._words(file, troubles) for file in files if _is_pdf(file)]
                others = [file for file in files if not _is_pdf(file)]
                parts.append({**part, "text": "\n\n".join([part["text"], *said]), "files": others})
            else:
                parts.append(part)
        return parts

    async def _words(self, part: Any, troubles: dict[str, None]) -> str:
        name = one_line(part["file"]["filename"])
        found = await self._texts.text_of(part["file"]["file_data"])
        if found.trouble:
            troubles[f"This model reads no PDF, and of {name} {found.trouble}"] = None
        return f"{name}:\n{fenced(found.text)}" if found.text else f"[PDF {name}: {found.trouble}]"


def _files(content: Any) -> Sequence[Any]:
    """The files in a message, those that a tool gave back too."""
    if isinstance(content, str):
        return ()
    return [file for part in content for file in (part, *part.get("files", ()))]


def _is_pdf(part: Any) -> bool:
    return part.get("type") == "file" and str(part["file"]["file_data"]).startswith(_BEGINNING)
