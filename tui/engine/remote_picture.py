"""A picture that is elsewhere: loaded when the person asks for it, by the way and the rules of web pages."""

from __future__ import annotations

from functools import partial
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from tui.chat.attachment import LARGEST, Attachment, Kind, attachment_of, media_type_of, size_words
from tui.chat.parts import Image, picture_of
from tui.config import Config
from tui.errors import SegueError
from tui.text import one_line

_ACCEPT = "image/png, image/jpeg, image/webp, image/gif, image/*;q=0.5, */*;q=0.1"
_ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp"}


def host_of(address: str) -> str:
    """Whom a picture would be loaded from; nothing where it stands in the address itself.

    Raises:
        SegueError: It can't be loaded from there.
    """
    from tui.tools.builtin.guard import place_of

    return "" if picture_of(Image(address)) else place_of(address).scope


async def load_picture(address: str, config: Config) -> Attachment:
    """Load a picture from its host alone: where that leads elsewhere, the person is asked again.

    Args:
        address: Where it is.
        config: Names the proxy, and the private hosts that may be reached.

    Raises:
        ElsewhereError: It has moved to another host.
        SegueError: It can't be had, or is no picture that is known here.
    """
    from tui.providers.proxy import proxy_for
    from tui.tools.builtin.fetching import FetchError, fetch
    from tui.tools.builtin.guard import Guard

    if written_out := picture_of(Image(address)):
        return written_out
    fetched = await fetch(
        address,
        Guard(config.tools.allow_hosts),
        proxy_for=partial(proxy_for, chosen=config.proxy),
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
        raise FetchError(
            f"{host} sent {kind}, no picture that is known here", "Those are PNG, JPEG, GIF and WebP."
        )
    return file


def _file(address: str, data: bytes) -> Attachment | None:
    kind = media_type_of(data)
    name = one_line(unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]) or "picture"
    if kind in _ENDINGS and PurePosixPath(name).suffix.lower() not in (*_ENDINGS.values(), ".jpeg"):
        name += _ENDINGS[kind]
    try:
        file = attachment_of(name, data)
    except SegueError:
        return None
    return file if file.kind is Kind.IMAGE else None
