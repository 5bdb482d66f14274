"""``segue``: the app on this terminal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from tui.config import load_config
from tui.paths import Paths

if TYPE_CHECKING:
    from tui.engine.workspace import Workspace


def run(args: argparse.Namespace) -> int:
    """Open the app and return its exit code."""
    from tui.app.app import SegueApp
    from tui.app.start import StartOptions

    paths = Paths.default()
    config = load_config(paths.config_file)

    async def opened() -> Workspace:
        from tui.cli.assemble import open_workspace  # after the first paint: it brings half the program

        return await open_workspace(paths, config, temporary=args.temporary)

    start = StartOptions(
        model=args.model,
        open_id=args.open,
        continue_last=args.resume,
        here=args.here,
        prompt=args.prompt,
        temporary=args.temporary,
    )
    app = SegueApp(config, opened, start)
    app.run()
    return app.return_code or 0
