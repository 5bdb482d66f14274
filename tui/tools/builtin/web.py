"""``web_fetch``: a page of the web, as text that a model can read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tui.chat.attachment import Attachment, attachment_of, media_type_of
from tui.checked import count, text
from tui.errors import SegueError
from tui.text import one_line
from tui.tools.builtin.fetching import ElsewhereError, Fetched, ProxyFor, fetch, too_large
from tui.tools.builtin.guard import Guard, RefusedError, place_of
from tui.tools.child import SCRIPTS, USUAL, ChildError, Limits, run_child
from tui.tools.tool import Outcome, Progress, Step, ToolSpec

LONGEST_PIECE = 100_000
"""Characters of a page that are given at once; the next ones are asked for by their place."""
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_TEXTS = ("json", "xml", "javascript", "yaml", "toml", "csv", "markdown")

SPEC = ToolSpec(
    server="",
    name="web_fetch",
    description=(
        "Reads a page of the web: the article of an HTML page as Markdown, text and JSON as they are, a PDF "
        "or a picture as a file. Only public addresses. A long page comes in pieces."
    ),
    schema={
        "type": "object",
        "properties": {
            "url": {"type": "string", "description": "The whole address, as https://example.com/page"},
            "from_character": {
                "type": "integer",
                "minimum": 0,
                "description": "Where to go on in a page that was cut; 0 for its beginning",
            },
        },
        "required": ["url"],
    },
    read_only=True,
    destructive=False,
    open_world=True,
)


class PageError(SegueError):
    """What came is nothing that can be read."""


class Page(Struct, frozen=True):
    """A page that was read."""

    url: str
    title: str
    text: str
    files: tuple[Attachment, ...] = ()


class WebFetch(Struct, frozen=True):
    """The tool. What is asked for is the host that a page is read from."""

    guard: Guard
    proxy_for: ProxyFor
    limits: Limits = USUAL
    spec: ToolSpec = SPEC
    origin: str = "Segue"

    def scope(self, arguments: Mapping[str, Any]) -> str | None:
        """The host; nothing for an address that is refused without asking anybody."""
        try:
            return place_of(text(arguments.get("url"))).scope
        except RefusedError:
            return None

    async def call(self, arguments: Mapping[str, Any], progress: Progress) -> Outcome:
        """Read a page; other hosts that it leads to are asked for by a call of their own."""
        address = text(arguments.get("url"))
        progress(Step(one_line(address, 80)))
        try:
            page = await read_page(address, self.guard, self.proxy_for, stay=True, limits=self.limits)
        except ElsewhereError as moved:
            return Outcome(f"{moved.message}\nTo read it, fetch that address.")
        except SegueError as error:
            return Outcome(str(error), is_error=True)
        return Outcome(_piece(page, count(arguments.get("from_character")) or 0), files=page.files)


def _piece(page: Page, start: int) -> str:
    head = "\n".join(filter(None, (page.title and f"# {page.title}", page.url)))
    piece = page.text[start : start + LONGEST_PIECE]
    end = start + len(piece)
    more = f"[characters {start} to {end} of {len(page.text)}]" if len(piece) < len(page.text) else ""
    return "\n\n".join(filter(None, (head, piece, more)))


async def read_page(
    address: str, guard: Guard, proxy_for: ProxyFor, *, stay: bool = False, limits: Limits | None = None
) -> Page:
    """What stands on a page, for reading.

    Args:
        address: Of the page.
        guard: Says what may be reached.
        proxy_for: Finds the proxy.
        stay: Follow no redirect to another host.
        limits: Of the child that reads HTML.

    Raises:
        SegueError: It can't be had, or can't be read.
    """
    fetched = await fetch(address, guard, proxy_for=proxy_for, stay=stay)
    if fetched.status >= 400:
        raise PageError(f"{fetched.url} answered with status {fetched.status}")
    page = await _read(fetched, limits or USUAL)
    cut = too_large(fetched)
    return replace(page, text=f"{page.text}\n\n{cut}") if cut else page


async def _read(fetched: Fetched, limits: Limits) -> Page:
    if media_type_of(fetched.data):
        if not fetched.whole:
            raise PageError(f"{fetched.url} is too large")
        file = attachment_of(_name(fetched.url), fetched.data)
        return Page(fetched.url, file.name, f"[{file.kind} {file.name}]", (file,))
    if fetched.media_type in _HTML or _looks_like_html(fetched):
        return await _read_html(fetched, limits)
    kind = fetched.media_type
    if kind.startswith("text/") or any(word in kind for word in _TEXTS):
        return Page(fetched.url, "", _decoded(fetched))
    raise PageError(f"{fetched.url} is {one_line(kind, 60)}, which can't be read as text")


async def _read_html(fetched: Fetched, limits: Limits) -> Page:
    if find_spec("readability") is None:
        raise PageError("Pages of HTML need an extra", "Install it: pip install 'segue[web]'")
    try:
        written = await run_child(SCRIPTS / "page.py", [fetched.url, fetched.charset], fetched.data, limits)
    except ChildError as error:
        raise PageError(f"{fetched.url} can't be read: {error.message}") from None
    found = json.loads(written)
    return Page(fetched.url, one_line(found["title"]), found["text"] or "[there is no text on it]")


def _looks_like_html(fetched: Fetched) -> bool:
    """Servers that say nothing of what they send."""
    head = fetched.data[:512].lstrip().lower()
    return fetched.media_type == "application/octet-stream" and head.startswith((b"<!doctype html", b"<html"))


def _decoded(fetched: Fetched) -> str:
    try:
        return fetched.data.decode(fetched.charset or "utf-8-sig", "replace")
    except LookupError:
        return fetched.data.decode("utf-8-sig", "replace")


def _name(address: str) -> str:
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(address).path.rstrip("/").rpartition("/")[2]) or "file"
