"""Opening a conversation of 10,000 messages, read from the history, against one of 10."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks import table
from tests.benchmarks.replies import reply
from tests.benchmarks.server import configure
from tests.benchmarks.terminal import figures
from tui.chat.chunks import Usage
from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Text
from tui.history.sqlite.history import open_history
from tui.paths import private_dir

COUNTS = (10, 10, 10_000)
"""Messages of the conversations 1, 2 and 3."""


def run(rounds: int) -> None:
    """Print how CPU and memory compare."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        configure(home)
        asyncio.run(_fill(private_dir(home / "DATA" / "segue") / "history.db"))
        found = [(_opened(home, 2), _opened(home, 3)) for _ in range(rounds)]
    table.heading("opened from the history", "10", "10,000", "ratio")
    for what, key, scale, budget in (("CPU ms", "cpu", 1000, 1.5), ("memory MB", "memory", 1, 1.3)):
        short, long = (median(pair[i][key] for pair in found) * scale for i in (0, 1))
        table.ratio(what, short, long, budget)
    short, long = (median(pair[i]["wall"] for pair in found) * 1000 for i in (0, 1))
    table.limit("until it is painted", short, long, 300, "ms")


def _opened(home: Path, conversation: int) -> dict[str, float]:
    return figures("tests.benchmarks.subject_app", "opening", conversation, home=home)


async def _fill(path: Path) -> None:
    store = await open_history(path)
    await store.add_conversations([_bundle(number, count) for number, count in enumerate(COUNTS, 1)])
    await store.close()


def _bundle(conversation: int, count: int) -> Bundle:
    text = f"Of conversation {conversation}.\n\n" + reply("mixed", 300)  # none is on the screen already
    messages = [
        Message(number, 0, number - 1 or None, Role.USER, parts=(Text(f"Question {number}?"),))
        if number % 2
        else Message(
            number,
            0,
            number - 1,
            Role.ASSISTANT,
            parts=(Text(text),),
            model="lab/x",
            status=Status.COMPLETE,
            usage=Usage(9, 300),
        )
        for number in range(1, count + 1)
    ]
    made = Conversation(0, f"{count} messages", leaf=count, model="lab/x", titled=True)
    made.add(Node.of(message) for message in messages)
    return Bundle(made, messages)
