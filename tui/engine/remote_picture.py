"""A picture that is elsewhere: loaded by the way and the rules of web pages.

That is done when the person asks for it, or where a server only says where the picture is that it made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.attachment import ENDINGS, LARGEST, Attachment, Kind, attachment_of, media_type_of, size_words
from tui.chat.chunks import Chunk, Notice
from tui.chat.model import Pictures
from tui.chat.parts import File, Image, file_in, is_written_out, picture_of
from tui.config import Config
from tui.engine.resolver import Resolver
from tui.errors import SegueError
from tui.providers.base import Answers, AsyncResult, Messages, Target
from tui.text import one_line

_ACCEPT = "image/png, image/jpeg, image/webp, image/gif, image/*;q=0.5, */*;q=0.1"
_KNOWN = "Those are PNG, JPEG, GIF and WebP."


def host_of(address: str) -> str:
    """Whom a picture would be loaded from; nothing where it stands in the address itself.

    Raises:
        SegueError: It can't be loaded from there.
    """
    from tui.tools.builtin.guard import place_of

    return "" if picture_of(Image(address)) else place_of(address).scope


class Route(Struct, frozen=True):
    """How a picture is reached."""

    proxy: str | None = None
    """What the config says of it, see ``proxy_for``."""
    ca_file: str | None = None
    """Certificates to trust besides the system's."""
    allow_hosts: tuple[str, ...] = ()
    """Those in the person's own network that may be asked."""

    @classmethod
    def of(cls, config: Config) -> Route:
        """That to any page of the web."""
        return cls(config.proxy, None, config.tools.allow_hosts)


async def load_picture(address: str, route: Route) -> Attachment:
    """Load a picture from its host alone: where that leads elsewhere, the person is asked again.

    Args:
        address: Where it is.
        route: How it is reached.

    Raises:
        ElsewhereError: It has moved to another host.
        SegueError: It can't be had, or is no picture that is known here.
    """
    from tui.providers.http import tls_context
    from tui.providers.proxy import proxy_for
    from tui.tools.builtin.fetching import FetchError, fetch
    from tui.tools.builtin.guard import Guard

    if written_out := picture_of(Image(address)):
        return written_out
    if is_written_out(address):
        raise FetchError(f"It is larger than {size_words(LARGEST)}, or of no kind that is known here", _KNOWN)
    fetched = await fetch(
        address,
        Guard(route.allow_hosts),
        proxy_for=partial(proxy_for, chosen=route.proxy),
        tls=tls_context(route.ca_file),
        stay=True,
        largest=LARGEST,
        accept=_ACCEPT,
    )
    host = host_of(address)
    if fetched.status >= 400:
        raise FetchError(f"{host} answered with status {fetched.status}")
    if not fetched.whole:
        raise FetchError(f"The picture is too large: more than {size_words(LARGEST)}")
    file = _file(address, fetched.data)
    if file is None:
        kind = one_line(fetched.media_type, 60) or "something else"
        raise FetchError(f"{host} sent {kind}, no picture that is known here", _KNOWN)
    return file


def _file(address: str, data: bytes) -> Attachment | None:
    kind = media_type_of(data)
    name = one_line(unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]) or "picture"
    if kind in ENDINGS and PurePosixPath(name).suffix.lower() not in (*ENDINGS.values(), ".jpeg"):
        name += ENDINGS[kind]
    try:
        file = attachment_of(name, data)
    except SegueError:
        return None
    return file if file.kind is Kind.IMAGE else None


class PictureResolver:
    """Finds who answers, and fetches pictures that a server only names: it forgets them soon."""

    def __init__(self, inner: Resolver, config: Callable[[], Config]) -> None:
        """Begin.

        Args:
            inner: Finds who answers.
            config: The settings that count now, for ``load_picture``.
        """
        self._inner = inner
        self._config = config

    async def target(self, model_id: str) -> Target:
        """The model; of one that makes nothing but pictures, these come whole."""
        target = await self._inner.target(model_id)
        if target.pictures != "only":
            return target
        return replace(target, provider=_Fetching(target.provider, self._config().tools.allow_hosts))

    async def pictures(self, model_id: str) -> Pictures:
        """When the model makes pictures."""
        return await self._inner.pictures(model_id)


class _Fetching:
    """A provider whose pictures come whole: by its own way, its server may be reached wherever it is."""

    def __init__(self, provider: Answers, allow_hosts: Sequence[str]) -> None:
        self._provider = provider
        self._allow_hosts = (*allow_hosts, *_server_of(provider))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    def create_async_generator(
        self, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncResult:
        """Ask, and fetch what is elsewhere."""
        route = Route(proxy, kwargs.get("ca_file"), self._allow_hosts)
        return self._ask(self._provider.create_async_generator(model, messages, proxy, **kwargs), route)

    async def _ask(self, chunks: AsyncResult, route: Route) -> AsyncIterator[Chunk]:
        async with aclosing(cast(Any, chunks)):
            async for chunk in chunks:
                if not isinstance(chunk, Image):
                    yield chunk
                    continue
                if (whole := file_in(chunk)) is not None:
                    yield File(whole, chunk.native)
                    continue
                try:
                    yield File(await load_picture(chunk.url, route), chunk.native)
                except SegueError as error:
                    yield chunk
                    where = "can't be shown" if is_written_out(chunk.url) else "is only at its address"
                    yield Notice(f"The picture {where}, and can't be kept as a file: {error}")


def _server_of(provider: Answers) -> Sequence[str]:
    """The host that a provider is asked at, as the guard names it; nothing where that has no such name."""
    from tui.tools.builtin.guard import place_of

    try:
        return (place_of(getattr(provider, "url", "")).scope,)
    except SegueError:
        return ()
