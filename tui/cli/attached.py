"""What goes along by the command line, told before anything is opened if one can't."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tui.chat.attachment import Attachment
from tui.cli.output import say
from tui.config import Config
from tui.credentials import Credentials
from tui.engine.folder_files import Found, left_out_words
from tui.engine.gathering import Pages, gather
from tui.engine.mcp_servers import mcp_servers
from tui.engine.offers import Offers
from tui.engine.tools import Tools
from tui.paths import Paths


def read_files(targets: Sequence[str], config: Config, paths: Paths) -> tuple[Attachment, ...]:
    """What goes along; what is left out of folders is said on standard error.

    Servers whose resources are named are started for this alone.

    Raises:
        UsageError: One of them can't go along.
    """
    found = asyncio.run(_gather(targets, config, paths))
    if words := left_out_words(found.left_out):
        say(words)
    return found.files


async def _gather(targets: Sequence[str], config: Config, paths: Paths) -> Found:
    tools = Tools(lambda: [*mcp_servers(config, paths, Credentials(paths, config)).servers.values()])
    try:
        return await gather(targets, [Pages(config), Offers(tools, config.mcp)])
    finally:
        await tools.close()
