"""What a program that is measured does: take a reply at a rate, and say what it cost."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.app import App

from tests.benchmarks.heart import Heart
from tests.benchmarks.replies import pieces, reply

_begun: dict[str, float] = {}
_heart = Heart()


def write_figures(**found: Any) -> None:
    """Write what was found to the file that was asked for."""
    Path(os.environ["RESULT"]).write_text(json.dumps(found), encoding="utf-8")


async def play(write: Callable[[str], Awaitable[None]]) -> str:
    """Write the reply that the command line names: its kind, its tokens, and tokens a second (0: at once).

    With one word more the event loop's heart beats, which takes a part of the processor itself.
    """
    kind, tokens, rate = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    text = reply(kind, tokens)
    await asyncio.sleep(0.5)  # the first paint is not what is measured
    if sys.argv[4:]:
        await _heart.__aenter__()
    _begun["cpu"], _begun["wall"] = time.process_time(), time.perf_counter()
    for number, piece in enumerate(pieces(text)):
        await write(piece)
        if rate:
            ahead = _begun["wall"] + number / rate - time.perf_counter()
            await asyncio.sleep(max(ahead, 0))
    return text


def finish(app: App[None]) -> None:
    """Wait until all is drawn, say what it cost, and leave."""

    def report() -> None:
        cpu, wall = time.process_time() - _begun["cpu"], time.perf_counter() - _begun["wall"]
        write_figures(cpu=cpu, wall=wall, stall=_heart.longest, work=_heart.work)
        app.exit()

    app.call_after_refresh(report)
