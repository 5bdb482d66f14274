"""``segue``: the app on this terminal."""

from __future__ import annotations

import argparse
import functools

from tui.cli.assemble import open_workspace
from tui.config import load_config
from tui.paths import Paths


def run(args: argparse.Namespace) -> int:
    """Open the app and return its exit code."""
    from tui.app.app import SegueApp, StartOptions

    paths = Paths.default()
    config = load_config(paths.config_file)
    start = StartOptions(
        model=args.model,
        open_id=args.open,
        continue_last=args.resume,
        prompt=args.prompt,
        temporary=args.temporary,
    )
    opener = functools.partial(open_workspace, paths, config, temporary=args.temporary)
    app = SegueApp(config, opener, start)
    app.run()
    return app.return_code or 0
