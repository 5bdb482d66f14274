"""``segue``: the app on this terminal, the plain mode, or the inline mode."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.config import Config, load_config
from tui.errors import UsageError
from tui.paths import Paths

if TYPE_CHECKING:
    from tui.chat.attachment import Attachment
    from tui.engine.start_options import StartOptions
    from tui.engine.workspace import Workspace

STARTED = 2.0
"""Seconds after which all is there that stays until the end."""


class AppOptions:
    """What the command line says of the app; with nothing set it opens as it was left."""

    prompt: str | None = None
    values: Sequence[str] = ()
    """Variables of a prompt that is kept as a file, as ``NAME=VALUE``."""
    model: str | None = None
    persona: str | None = None
    attach: Sequence[str] | None = None
    resume: bool = False
    open: str | None = None
    here: bool = False
    temporary: bool = False
    plain: bool | None = None
    """Whether it is to be lines instead of a screen; None where nothing is said."""
    inline: bool = False
    """Whether replies are to be printed, and to stay in the terminal's scrollback."""


def run(options: AppOptions) -> int:
    """Open the app, the plain mode or the inline mode, and return its exit code.

    Raises:
        UsageError: The app is wanted, and there is no terminal; or there is no such persona.
    """
    from tui.engine.start_options import StartOptions

    paths = Paths.default()
    config = load_config(paths.config_file)
    start = StartOptions(
        model=options.model or _model_of(options.persona, paths),
        persona=options.persona or "",
        open_id=options.open,
        continue_last=options.resume,
        here=options.here,
        prompt=options.prompt,
        attachments=_read(options.attach or (), config, paths),
        temporary=options.temporary,
    )
    if options.inline:
        from tui.cli.inline import run as converse_inline

        return converse_inline(config, start)
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if _is_plain(options.plain, config, terminal):
        from tui.cli.plain import run as converse

        return converse(config, start)
    if not terminal:
        raise UsageError(
            "The app needs a terminal, and standard input or output is not one",
            'For use in a pipe or a script: segue ask "PROMPT", or segue --plain for a whole conversation',
        )
    return _open_app(paths, config, start)


def _model_of(persona: str | None, paths: Paths) -> str | None:
    """The model that a persona names.

    Raises:
        UsageError: There is no such persona.
    """
    if not persona:
        return None
    from tui.engine.personas import Personas

    return Personas(paths.personas).find(persona).model or None


def _read(files: Sequence[str], config: Config, paths: Paths) -> tuple[Attachment, ...]:
    """The files of the command line, told before anything is opened if one can't go along."""
    if not files:
        return ()
    from tui.cli.attached import read_files

    return read_files(files, config, paths)


def _is_plain(asked: bool | None, config: Config, terminal: bool) -> bool:
    """Whether it is to be lines: as the person says, else as the settings, programs or terminal do."""
    if asked is not None:
        return asked
    # ACCESSIBLE is read by other programs for this too; a dumb terminal shows a screen as a mess.
    wished = os.environ.get("ACCESSIBLE", "").lower() not in ("", "0", "false")
    return config.plain or wished or (terminal and os.environ.get("TERM") == "dumb")


def _open_app(paths: Paths, config: Config, start: StartOptions) -> int:
    gc.disable()  # what the start makes is no garbage
    from tui.app.terminal.abilities import Abilities

    terminal = Abilities.of(os.environ)
    os.environ["TEXTUAL_COLOR_SYSTEM"] = terminal.colours  # Textual reads it when it is imported
    from tui.app.app import SegueApp

    async def opened() -> Workspace:
        asyncio.get_running_loop().call_later(STARTED, _collect_from_now_on)
        from tui.cli.assemble import open_workspace  # after the first paint: it brings half the program

        return await open_workspace(paths, config, temporary=start.temporary)

    app = SegueApp(config, opened, start, terminal)
    app.run()
    return app.return_code or 0


def _collect_from_now_on() -> None:
    """Look for garbage only in what comes from here on: a look at all there is stops everything for 0.1 s."""
    gc.freeze()
    gc.enable()
