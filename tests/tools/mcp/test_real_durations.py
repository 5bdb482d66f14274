"""The durations that people meet, in their real length: ten minutes, so only with SEGUE_REAL_DURATIONS=1."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from dataclasses import dataclass

import pytest

from tests.tools.mcp.conftest import Faults, Start, Teller, call
from tui.config import McpConfig
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.elicitation import Action, Answer, Form
from tui.tools.mcp.failures import McpError

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="the way of the SDK is used there"),
    pytest.mark.skipif(not os.environ.get("SEGUE_REAL_DURATIONS"), reason="takes ten minutes"),
]
REAL = Durations()


@dataclass
class Slow(Teller):
    """A person who goes away for more than ten minutes, and then answers."""

    async def fill(self, form: Form) -> Answer:
        await asyncio.sleep(610)
        return Answer(Action.ACCEPT, {"name": "Ann"})


async def took(seconds: float, doing: asyncio.Future[object]) -> object:
    begun = time.monotonic()
    done = await doing
    assert time.monotonic() - begun >= seconds
    return done


async def test_limits_of_starts_silence_progress_and_dialogs_hold(start: Start, faults_of: Faults):
    waits = McpConfig(command=sys.executable, args=("-c", "import threading; threading.Event().wait()"))
    never = start(waits, name="never", durations=REAL)
    busy = faults_of(name="busy", durations=REAL)
    silent = faults_of(name="silent", durations=REAL)
    asking = faults_of(name="asking", person=Slow(), durations=REAL)
    run = asyncio.ensure_future
    stays_away, works, says_nothing, answers = await asyncio.gather(
        took(29, run(never.start())),
        took(290, run(call(busy, "progress", pause=30))),
        took(59, run(call(silent, "hang"))),
        took(600, run(call(asking, "form"))),
        return_exceptions=True,
    )
    assert isinstance(stays_away, McpError) and "within 30 s" in str(stays_away)
    assert getattr(works, "text", works) == "done at last"
    assert getattr(says_nothing, "is_error", None) is True
    assert "Ann" in getattr(answers, "text", "")
