"""Pictures that stand elsewhere and were loaded for a message: kept while the program runs, up to a size."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from msgspec.structs import replace

from tui.chat.attachment import Attachment
from tui.chat.message import Message
from tui.chat.parts import File, Image, Part, Text

_MOST = 100_000_000
"""Bytes that are kept."""

_Key = tuple[int, datetime, str]
"""A message, and an address that it names. Ids alone are those of two stores."""


class LoadedPictures:
    """Pictures by the message that names them and by their addresses."""

    def __init__(self) -> None:
        self._files: OrderedDict[_Key, Attachment] = OrderedDict()

    def put(self, message: Message, address: str, file: Attachment) -> None:
        """Keep a picture that was loaded; the oldest ones make room."""
        key = (message.id, message.created_at, address)
        self._files[key] = file
        self._files.move_to_end(key)
        while len(self._files) > 1 and sum(one.size for one in self._files.values()) > _MOST:
            self._files.popitem(last=False)

    def get(self, message: Message, address: str) -> Attachment | None:
        """The picture that was loaded from an address that a message names."""
        return self._files.get((message.id, message.created_at, address))

    def shown(self, message: Message) -> Message:
        """A message with what was loaded for it: each picture behind the part that names it."""
        mine = {
            address: file
            for (number, began, address), file in self._files.items()
            if (number, began) == (message.id, message.created_at)
        }
        if not mine or message.live:
            return message
        shown: list[Part] = []
        for part in message.parts:
            shown.append(part)
            named = [address for address in mine if _names(part, address)]
            shown += [File(mine.pop(address)) for address in named]
        return replace(message, parts=(*shown, *map(File, mine.values())))


def _names(part: Part, address: str) -> bool:
    if isinstance(part, Image):
        return part.url == address
    return isinstance(part, Text) and address in part.text
