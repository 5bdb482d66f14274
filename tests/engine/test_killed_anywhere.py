"""The program is killed at any moment while it calls tools of a real server, and started again, and killed.

``SEGUE_KILLS=60 pytest -n 0 -s tests/engine/test_killed_anywhere.py``: sixty times, and tells what it saw.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from tests.tools.mcp.conftest import is_running
from tui.chat.message import Message, Role, Status
from tui.chat.parts import CallState, ToolCall, ToolResult, of_kind
from tui.history.sqlite.history import open_history
from tui.tools.mcp.left_behind import Running

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SEGUE_KILLS", "4"))
EARLY = 6
"""Each so many-th kill comes while the program still starts."""
STEPS = 80
"""Two replies or so."""
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")


def kill(folder: Path, number: int) -> None:
    """Start the program, and kill it at some moment."""
    with (folder / "errors").open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.engine.killed_anywhere", str(folder), str(number)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    assert process.stdout is not None
    early = number % EARLY == EARLY - 1
    for _ in range(0 if early else random.randint(1, STEPS)):
        assert process.stdout.readline(), (folder / "errors").read_text()
    with suppress(subprocess.TimeoutExpired):
        process.wait(random.uniform(0.0, 2.0 if early else 0.02))
    process.kill()
    assert process.wait() == -9, (folder / "errors").read_text()
    process.stdout.close()


async def messages_in(folder: Path, *, interrupt: bool = False) -> list[Message]:
    """Every message of the history, which opens and is sound."""
    file = folder / "history.db"
    if not file.exists():
        return []
    store = await open_history(file)
    try:
        assert not store.notice
        if interrupt:
            await store.interrupt_abandoned()
        found: list[Message] = []
        for row in await store.list_conversations():
            conversation = await store.load_conversation(row.id)
            found += await store.messages(list(conversation.nodes))
    finally:
        await store.close()
    with sqlite3.connect(file) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
    return found


def lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def check(messages: Sequence[Message], carried_out: Sequence[str], diary: Sequence[str]) -> Counter[str]:
    """All that was done and said is told as what it is. Returns how often what was seen."""
    seen: Counter[str] = Counter()
    states: dict[str, set[CallState]] = {}
    for message in messages:
        results = {result.call: result for result in of_kind(message.parts, ToolResult)}
        for call in of_kind(message.parts, ToolCall):
            name = str(call.arguments["name"])
            states.setdefault(name, set()).add(call.state)
            if call.state is CallState.DONE:
                assert name in carried_out and results[call.id].text == f"gave {name}"
            else:
                assert call.state is CallState.STOPPED and results[call.id].is_error
                assert name not in carried_out or "may or may not" in results[call.id].text
    assert len({*carried_out}) == len(carried_out), "nothing is carried out twice"
    assert states.keys() >= {*carried_out}, "what was carried out is in the history"
    assert all(len(each) == 1 for each in states.values()), "a call is the same in every version"
    told = {line.removeprefix("gave ") for line in diary if line.startswith("gave ")}
    assert all(states[name] == {CallState.DONE} for name in told), "what the model was told is kept"
    prompts = {message.text for message in messages if message.role is Role.USER}
    assert {line for line in diary if line.startswith("prompt ")} <= prompts
    answered = sum(line.startswith("answered ") for line in diary)
    replies = Counter(message.status for message in messages if message.role is Role.ASSISTANT)
    assert replies[Status.COMPLETE] >= answered
    assert not replies[Status.STREAMING]
    seen.update(state.value for each in states.values() for state in each)
    seen.update({f"replies {status.value}": count for status, count in replies.items()})
    unknown = [name for name, each in states.items() if each == {CallState.STOPPED}]
    seen["stopped, and yet carried out"] = len({*unknown} & {*carried_out})
    seen["carried out"] = len(carried_out)
    return seen


async def test_whenever_it_is_killed_nothing_is_done_twice_or_lost_and_the_history_opens(tmp_path):
    for number in range(KILLS):
        kill(tmp_path, number)
        await messages_in(tmp_path)
    left = tmp_path / "data" / "mcp"
    pids = [int(file.stem.split("-")[0]) for file in left.glob("*")] if left.exists() else []
    Running(left).end_orphans()
    assert not any(map(is_running, pids))
    messages = await messages_in(tmp_path, interrupt=True)
    seen = check(messages, lines(tmp_path / "ledger"), lines(tmp_path / "diary"))
    assert seen["carried out"]
    print(f"{KILLS} kills: {dict(seen)}")
