"""The options of ``segue serve``, and its life from the first look at xterm.js to the last visitor's end."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.output import INTERRUPTED, complain, say, write
from tui.cli.serve.gate import Gate, is_loopback
from tui.config import Config, is_address, load_config, only_mine
from tui.errors import SegueError, UsageError
from tui.paths import Paths, write_whole
from tui.secret import Secret
from tui.text import one_line

if TYPE_CHECKING:
    from tui.cli.serve.server import Server

PORT = 7348
"""S, E, G and U on the keys of a telephone."""
_TOKEN_BYTES = 24
_SHORTEST = 24
"""Characters that a token of the person's own must have: nobody counts the guesses."""
_ENDS = {"SIGINT": INTERRUPTED, "SIGTERM": 143, "SIGHUP": 129}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="N", help=f"{PORT} if not said; 0: any free"
    )
    parser.add_argument("--open", action="store_true", help="open the page in this machine's browser")
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="the address to listen on; other machines need it"
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="keeps the token from one start to the next; made if it is missing",
    )
    parser.add_argument(
        "--public-url", metavar="URL", help="the https address of a proxy in front, as browsers see it"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal comes; each visitor's program stores what it has and ends.

    Raises:
        UsageError: The options make no sense, or this system has no pseudo-terminals.
        SegueError: The port is taken, or xterm.js can't be had.
    """
    if sys.platform == "win32":
        raise UsageError(
            "segue serve needs pseudo-terminals, and Windows has none of this kind",
            "Run it in WSL; the browser of Windows reaches it there.",
        )
    if not is_loopback(args.host) and not args.token_file:
        raise UsageError(
            f"On {one_line(args.host)} others can reach it: it needs a token that you keep",
            "Add --token-file FILE; the file is made if it is missing.",
        )
    if args.public_url is not None and not is_address(args.public_url):
        raise UsageError(
            f"{one_line(args.public_url)} is no address", "It is one as https://segue.example.org"
        )
    paths = Paths.default()
    config = load_config(paths.config_file)
    for problem in config.problems:
        complain(problem)
    token = token_in(Path(args.token_file).expanduser()) if args.token_file else _new_token()
    return asyncio.run(_serve(args, paths, config, token))


def token_in(file: Path) -> Secret:
    """The token that a file keeps; one is made, for this user alone, where there is no file.

    Raises:
        UsageError: Others can read it, or it can be guessed.
        SegueError: The file can't be read or made.
    """
    shown = one_line(str(file))
    try:
        if not file.exists():
            token = _new_token()
            write_whole(file, f"{token.reveal()}\n")
            return token
        if not only_mine(file):
            raise UsageError(f"Others can read {shown}", f"chmod 600 {shown}")
        text = file.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise SegueError(f"The token file {shown} can't be used: {error.strerror}") from None
    if len(text) < _SHORTEST or not all(letter.isalnum() or letter in "-_" for letter in text):
        raise UsageError(
            f"The token in {shown} is none",
            f"{_SHORTEST} or more letters, digits, - and _; a new one is made where the file is missing.",
        )
    return Secret(text)


def _new_token() -> Secret:
    return Secret(secrets.token_urlsafe(_TOKEN_BYTES))


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to 65535")
    return int(text)


async def _serve(args: argparse.Namespace, paths: Paths, config: Config, token: Secret) -> int:
    from tui.cli.serve.server import Server

    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    _end_on_signals(ended)
    files = asyncio.ensure_future(_emulator(paths, config))
    begun: set[asyncio.Future[Any]] = {files, ended}
    await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
    if ended.done():
        files.cancel()
        await asyncio.wait([files])
        return ended.result()
    server = Server(Gate(token, args.host, args.public_url), files.result())
    await server.start(args.host, args.port)
    try:
        _tell(server, args)
        return await ended
    finally:
        await server.close()


async def _emulator(paths: Paths, config: Config) -> dict[str, bytes]:
    """The files of xterm.js; fetched, if this is the first time."""
    from tui.cli.progress import ProgressLine
    from tui.cli.serve.emulator import Emulator

    emulator = Emulator(paths.cache, config.serve.xterm)
    if files := emulator.files():
        return files
    with ProgressLine() as line:
        async with aclosing(emulator.fetch(config.proxy)) as steps:
            async for progress in steps:
                line.show(progress)
    return emulator.files()


def _tell(server: Server, args: argparse.Namespace) -> None:
    """Say where it is. Whoever has this address has the conversations."""
    write(f"{server.address}\n", raw=True)
    say("segue: open this address in a browser; it is the key to your conversations.")
    if args.open:
        import threading
        import webbrowser

        # What starts a browser is seen by everyone on the machine: the key that goes there fits once.
        threading.Thread(target=webbrowser.open, args=[server.address_for_once()], daemon=True).start()


def _end_on_signals(ended: asyncio.Future[int]) -> None:
    loop = asyncio.get_running_loop()
    for name, code in _ENDS.items():
        loop.add_signal_handler(getattr(signal, name), _end, ended, code)


def _end(ended: asyncio.Future[int], code: int) -> None:
    if not ended.done():
        ended.set_result(code)
