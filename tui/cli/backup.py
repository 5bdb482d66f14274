"""``segue backup``: a whole copy of the history, also while it is in use."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from tui.cli.assemble import run_with_workspace
from tui.cli.output import DONE, say
from tui.cli.streams import STREAM, write_file
from tui.engine.workspace import Workspace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="where to write the copy; - is standard output"
    )


def run(args: argparse.Namespace) -> int:
    """Write the copy."""

    async def backup(workspace: Workspace) -> int:
        if args.file == STREAM:
            with TemporaryDirectory() as folder:
                copy = Path(folder, "history.db")
                await workspace.store.backup(copy)
                write_file(copy)
            return DONE
        target: Path = args.file.absolute()
        await workspace.store.backup(target)
        say(f"The history is copied to {target}; to take it back: segue restore {target}")
        return DONE

    return run_with_workspace(backup)
