"""Pictures that a model made for ``segue ask``: in files if so wanted, else it is said where they are."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tui.chat.attachment import ENDINGS, Attachment
from tui.chat.message import Message
from tui.chat.model import split_id
from tui.chat.parts import pictures_of
from tui.cli.output import complain, say
from tui.cli.streams import STREAM
from tui.engine.conversation_service import ConversationService
from tui.engine.exporting import check_new, name_of_picture, place_of, save_picture_to, unused
from tui.engine.making_pictures import Makers
from tui.errors import ProviderError, SegueError, UsageError
from tui.text import counted, one_line

_SAME = {".jpeg": ".jpg"}
_ADVICE = "-o FILE writes pictures to files"


class MadePictures:
    """Where the pictures of replies go. None of them is made again, so no file is ever written over."""

    def __init__(self, typed: str | None, *, kept: bool) -> None:
        """Look at the place before anything is asked, and paid for.

        Args:
            typed: The file, or a folder for them, as it was typed; None where they stay in the history.
            kept: Whether there is a history.

        Raises:
            UsageError: It is there already, or no file at all.
            SegueError: There can be no such file.
        """
        if typed == str(STREAM):
            raise UsageError("Standard output has the words of the reply", "-o takes the name of a file.")
        self._target = None if typed is None else place_of(typed, "")
        if self._target is not None and not self._target.is_dir():
            check_new(self._target)
        self._kept = kept
        self._all_well = True
        self._files: dict[Attachment, Path] = {}

    async def check(self, makers: Makers, models: Sequence[str], *, asked: bool) -> None:
        """Make sure that no picture is made only to be lost.

        Args:
            makers: Knows who makes some.
            models: Who will be asked.
            asked: Whether those that can are asked to make some.

        Raises:
            UsageError: It would be.
        """
        if self._kept or self._target is not None:
            return
        for model in models:
            with contextlib.suppress(ProviderError):  # why it can't be asked is said when it is
                when = await makers.pictures(model)
                if when == "only" or (asked and when != "never"):
                    name = one_line(split_id(model)[1] or model)
                    raise UsageError(f"--no-save would lose the pictures of {name}", f"{_ADVICE}.")

    async def take(self, service: ConversationService, message: Message) -> None:
        """Write the pictures of a reply, and say where they are; what can't be written is told."""
        made = pictures_of(message.parts)
        if self._target is None:
            if made:
                self._say_where(service, len(made))
            return
        for picture in await service.contents(made):
            try:
                self._files[picture] = await asyncio.to_thread(self._write, picture, self._target)
            except SegueError as error:
                self._all_well = False
                complain(error)

    def end(self) -> bool:
        """Say that there were none, where some were wanted. Returns whether each is where it shall be."""
        if self._target is not None and self._all_well and not self._files:
            self._all_well = False
            complain(SegueError("There was no picture in the reply", f"{self._target} is not written."))
        return self._all_well

    def document(self, message: Message) -> list[dict[str, Any]]:
        """The pictures of a reply as scripts read them."""
        return [
            {
                "name": picture.name,
                "mime": picture.media_type,
                "size": picture.size,
                "sha256": picture.sha256,
                "file": str(self._files[picture]) if picture in self._files else None,
            }
            for picture in pictures_of(message.parts)
        ]

    def _write(self, picture: Attachment, target: Path) -> Path:
        """Write one as it is, beside those before. A name without an ending gets that of its kind."""
        if picture.data is None:
            raise SegueError(f"The content of {one_line(picture.name)} is lost")
        ending = ENDINGS[picture.media_type]
        place = target / name_of_picture(picture.name) if target.is_dir() else target
        if not place.suffix:
            place = place.with_name(f"{place.name}{ending}")
        place = save_picture_to(picture.data, unused(place))
        suffix = place.suffix.lower()
        said = _SAME.get(suffix, suffix)
        if said in ENDINGS.values() and said != ending:
            say(f"segue: saved to {place}; whatever its name says, it is a {ending[1:].upper()}")
        else:
            say(f"segue: saved to {place}")
        return place

    def _say_where(self, service: ConversationService, count: int) -> None:
        what = counted(count, "picture")
        if self._kept:
            where = f"segue --open {service.conversation.id} shows and saves what is kept"
            say(f"segue: {what} in the history; {where}, {_ADVICE}")
        else:
            say(f"segue: {what} made and not kept: --no-save keeps nothing; {_ADVICE}")
