"""What a person wants to go along: files, folders, patterns, and what is elsewhere, as typed in one place."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from glob import has_magic
from importlib import import_module
from typing import Any, Protocol

from tui.chat.attachment import LARGEST_TEXT, Attachment, attachment_of
from tui.config import Config
from tui.engine.attaching import BLANKS, is_page, path_of, read_attachment, words
from tui.engine.folder_files import Found, files_in, files_like
from tui.errors import SegueError, UsageError
from tui.providers.proxy import proxy_for


class Elsewhere(Protocol):
    """Who has what is not on the disk: pages of the web, resources of servers."""

    def has(self, target: str) -> bool:
        """Whether ``target`` is there, by its form."""
        ...

    async def read(self, target: str) -> tuple[Attachment, ...]:
        """What it holds, as files.

        Raises:
            SegueError: It can't go along; says why.
        """
        ...


def is_elsewhere(target: str, elsewhere: Sequence[Elsewhere]) -> bool:
    """Whether it is read from elsewhere: it is nothing of that name on the disk."""
    return any(one.has(target) for one in elsewhere) and not os.path.lexists(path_of(target))


def targets_in(text: str) -> list[str]:
    """What ``text`` names: one to a line as it is, or several as a shell takes them."""
    targets: list[str] = []
    for line in filter(None, (line.strip(BLANKS) for line in text.split("\n"))):
        targets += [line] if os.path.lexists(path_of(line)) else [word.text for word in words(line)]
    return targets


async def gather(targets: Sequence[str], elsewhere: Sequence[Elsewhere]) -> Found:
    """All that goes along, all or none; what is left out of folders is named.

    Args:
        targets: What is named.
        elsewhere: Who has what is not on the disk.

    Raises:
        UsageError: One of them can't go along.
    """
    found = Found()
    for target in targets:
        if is_elsewhere(target, elsewhere):
            there = next(one for one in elsewhere if one.has(target))
            found += Found(await there.read(target))
        else:
            found += await asyncio.to_thread(_from_disk, target)
    return found


def _from_disk(target: str) -> Found:
    path = path_of(target)
    if path.is_dir() and not path.is_symlink():
        return files_in(path)
    if has_magic(target) and not os.path.lexists(path):
        return files_like(target)
    return Found((read_attachment(path),))


class Pages:
    """Pages of the web. A host that was typed may be anywhere; where it leads, as the settings say."""

    def __init__(self, config: Config) -> None:
        """Load nothing yet."""
        self._config = config

    def has(self, target: str) -> bool:
        """Whether ``target`` is the address of a page."""
        return is_page(target)

    async def read(self, target: str) -> tuple[Attachment, ...]:
        """A page, or the document that is there.

        Raises:
            UsageError: It can't be read, or not be attached.
        """
        return await _read_page(target, self._config)


async def _read_page(address: str, config: Config) -> tuple[Attachment, ...]:
    # Off the event loop: it brings the HTTP client.
    web: Any = await asyncio.to_thread(import_module, "tui.tools.builtin.web")
    guard: Any = import_module("tui.tools.builtin.guard")
    try:
        place = guard.place_of(address)
        allowed = [*config.tools.allow_hosts, f"{place.scope}", f"{place.host}:{place.port}"]
        page = await web.read_page(address, guard.Guard(allowed), lambda url: proxy_for(url, config.proxy))
    except SegueError as error:
        raise UsageError(error.message, error.hint) from None
    if page.files:
        return tuple(page.files)
    head = f"{page.title}\n" if page.title else ""
    data = f"{head}{page.url}\n\n{page.text}".encode("utf-8", "replace")[:LARGEST_TEXT]
    name = page.url.partition("://")[2].rstrip("/")
    return (attachment_of(name, data.decode("utf-8", "ignore").encode()),)
