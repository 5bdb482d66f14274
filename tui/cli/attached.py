"""The files of a command line, told before anything is opened if one can't go along."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tui.chat.attachment import Attachment
from tui.cli.output import say
from tui.config import Config
from tui.engine.folder_files import left_out_words
from tui.engine.gathering import gather, page_reader


def read_files(targets: Sequence[str], config: Config) -> tuple[Attachment, ...]:
    """What goes along; what is left out of folders is said on standard error.

    Raises:
        UsageError: One of them can't go along.
    """
    found = asyncio.run(gather(targets, page_reader(config)))
    if words := left_out_words(found.left_out):
        say(words)
    return found.files
