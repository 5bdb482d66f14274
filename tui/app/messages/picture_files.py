"""A picture as a file: saved under a name, opened by another program."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from textual.app import App

from tui.app.messages.gallery import Contents
from tui.chat.attachment import ENDINGS, Attachment
from tui.errors import SegueError


class PictureFile(NamedTuple):
    """A picture, and who has what it contains."""

    file: Attachment
    contents: Contents

    async def data(self) -> bytes:
        """What it contains.

        Raises:
            SegueError: That is lost, or could not be read.
        """
        file = self.file if self.file.data is not None else (await self.contents([self.file]))[0]
        if file.data is None:
            raise SegueError("The content of this picture is lost")
        return file.data


async def save_picture(app: App[Any], picture: PictureFile, typed: str = "") -> None:
    """Save a picture to a file that is not there yet; without a name one is asked for."""
    from tui.engine.exporting import place_of, save_picture_to, unused_name

    suggested = unused_name(picture.file.name)
    try:
        data = await picture.data()
        if not typed:
            from tui.app.messages.save_sheet import SavePicture

            await app.push_screen(SavePicture(data, suggested))
            return
        target = await asyncio.to_thread(save_picture_to, data, place_of(typed, suggested))
    except SegueError as error:
        app.notify(str(error), severity="error", markup=False)
        return
    app.notify(f"Saved to {target}", markup=False)


async def open_picture(app: App[Any], picture: PictureFile) -> None:
    """Open a picture with the program that the system has for such files."""
    from tui.system import opener

    if trouble := opener.trouble(os.environ, sys.platform):
        app.notify(trouble, severity="warning", markup=False)
        return
    name = f"{picture.file.sha256[:16]}{ENDINGS.get(picture.file.media_type, '.png')}"
    try:
        target: Path = await asyncio.to_thread(partial(opener.lent, name, await picture.data()))
        await asyncio.to_thread(opener.open_file, target)
    except (SegueError, OSError) as error:
        app.notify(f"The picture can't be opened: {error}", severity="error", markup=False)
