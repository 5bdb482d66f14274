"""How fast the history is with 100,000 conversations and 1,000,000 messages.

Makes such a database (some minutes, about 2 GB), measures, and prints a table::

    python tests/benchmarks/history.py [--conversations 100000] [--messages 1000000] [--at FOLDER]

With ``--at`` the database is kept, and used again if it is there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from itertools import accumulate
from pathlib import Path
from statistics import median

from tui.chat.message import Role, Status
from tui.history.folding import key
from tui.history.indexing import rebuild_index
from tui.history.opening import create
from tui.history.rows import tag_key
from tui.history.sqlite import open_history
from tui.history.store import HistoryStore, ListFilter
from tui.paths import private_dir

YEARS = 3
END = 1_790_000_000_000  # milliseconds since 1970: the newest message
SYLLABLES = [
    "ka",
    "lo",
    "mi",
    "ren",
    "tas",
    "ul",
    "ver",
    "non",
    "qui",
    "pra",
    "sto",
    "bel",
    "dan",
    "fir",
    "gos",
]


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Words, and how often they are said, summed up: as in real texts, few are common and most are rare."""
    words = {"the", "python", "error", "function", "database", "search", "model", "Größe", "学习"}
    while len(words) < 40_000:
        words.add("".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))))
    ordered = sorted(words, key=lambda word: (len(word), word))
    chance.shuffle(ordered)
    return ordered, list(accumulate(1 / (rank + 3) for rank in range(len(ordered))))


def sentences(chance: random.Random) -> list[str]:
    words, sums = vocabulary(chance)
    return [" ".join(chance.choices(words, cum_weights=sums, k=chance.randint(6, 18))) for _ in range(50_000)]


def model_of(number: int) -> str:
    return "lab/rare" if number % 1003 == 0 else "lab/big"


def fill(connection: sqlite3.Connection, conversations: int, messages: int) -> None:
    """Write the conversations, spread evenly over three years."""
    chance = random.Random(42)
    said = sentences(chance)
    each = messages // conversations
    step = YEARS * 365 * 86_400_000 // messages

    def conversation_rows() -> Iterator[tuple[object, ...]]:
        for number in range(1, conversations + 1):
            title = chance.choice(said)[:48]
            begin = END - (messages - (number - 1) * each) * step
            end = begin + (each - 1) * step
            tags = ("work",) if number % 10 == 0 else ("rare",) if number % 1001 == 0 else ()
            model = model_of(number)
            times = begin * 1000, end * 1000, end
            yield number, f"segue:{number}", title, key(title), *times, model, json.dumps(tags), tag_key(tags)

    def message_rows() -> Iterator[tuple[object, ...]]:
        for number in range(1, conversations + 1):
            begin = END - (messages - (number - 1) * each) * step
            parent = None
            for turn in range(each):
                place = begin + turn * step
                role = Role.ASSISTANT if turn % 2 else Role.USER
                text = ". ".join(chance.choices(said, k=6 if turn % 2 else 2))
                model = model_of(number) if turn % 2 else None
                yield place, number, parent, role.value, "complete", model, place * 1000, text
                parent = place

    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO conversations (id, origin, title, title_key, created_at, updated_at, leaf, model, "
        "tags, tag_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        conversation_rows(),
    )
    connection.executemany(
        "INSERT INTO messages (id, conversation_id, parent, role, status, model, created_at, text) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        message_rows(),
    )
    rebuild_index(connection)
    connection.execute("COMMIT")


def report(what: str, seconds: list[float], note: str = "") -> None:
    ordered = sorted(seconds)
    worst = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(f"{what:<44} {median(ordered) * 1000:>9.1f} {worst * 1000:>9.1f}  {note}", flush=True)


async def timed(work: Callable[[], Awaitable[object]], times: int = 9) -> list[float]:
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        await work()
        seconds.append(time.perf_counter() - begin)
    return seconds


async def typing(store: HistoryStore, words: str) -> None:
    """Search after each key, as the screen does, and report the slowest key."""
    keys = [words[: end + 1] for end in range(len(words))]
    seconds = []
    for typed in keys:
        begin = time.perf_counter()
        hits = await store.search(typed, limit=50)
        seconds.append(time.perf_counter() - begin)
    slowest = keys[seconds.index(max(seconds))]
    report(
        f"search as typed: {words}",
        seconds,
        f"slowest {max(seconds) * 1000:.0f} at {slowest!r}, {len(hits)} hits",
    )


async def measure(path: Path) -> None:
    """Print the table."""
    print(f"\n{'':<44} {'median ms':>9} {'95 % ms':>9}")

    async def open_and_close() -> None:
        store = await open_history(path)
        await store.close()

    report("open and close", await timed(open_and_close, 5))
    begin = time.perf_counter()
    store = await open_history(path)
    opened = time.perf_counter()
    await store.list_conversations()
    report("open", [opened - begin])
    report("first page after opening", [time.perf_counter() - opened])
    report("page 1 of the list", await timed(lambda: store.list_conversations()))
    report("page 500 of the list", await timed(lambda: store.list_conversations(offset=50_000)))
    report("count of the list", await timed(lambda: store.count_conversations()))
    for words in ("ka", "python ren", "nothing like it"):
        chosen = ListFilter(title=words)
        report(f"list by title: {words}", await timed(lambda chosen=chosen: store.list_conversations(chosen)))
    for words in (
        "the",
        "python",
        "python error",
        "kalomi",
        '"the python',
        "学习",
        "größe model:big",
        "after:2026-01 database",
        "before:2024-01 database",
        "in:title python",
        "tag:none the",
        "tag:rare the",
        "tag:work python",
        "model:rare the",
        "zzzz",
        "a b c d e f",
    ):
        await typing(store, words)
    [row] = await store.list_conversations(limit=1)
    report("open a conversation", await timed(lambda: store.load_conversation(row.id)))
    conversation = await store.load_conversation(row.id)
    report("its messages", await timed(lambda: store.messages(conversation.path())))
    report(
        "store a prompt",
        await timed(lambda: store.add_message(row.id, conversation.leaf, Role.USER, "x" * 500), 50),
    )
    reply = await store.add_message(row.id, conversation.leaf, Role.ASSISTANT, status=Status.STREAMING)
    report("append a piece", await timed(lambda: store.append_text(reply.id, "word " * 100), 200))
    reply.text, reply.status = "word " * 20_000, Status.COMPLETE
    report("finish a reply of 100 kB", await timed(lambda: store.finish_message(reply), 5))
    await store.close()
    print(f"\nimporting tui.history.sqlite: {import_cost():.1f} ms of processor time")


def import_cost() -> float:
    """Milliseconds of processor time that importing the history costs a program with asyncio."""

    def run(module: str) -> float:
        times = []
        for _ in range(9):
            child = subprocess.Popen([sys.executable, "-c", f"import asyncio, {module}"])
            _, _, usage = os.wait4(child.pid, 0)
            child.returncode = 0
            times.append(usage.ru_utime + usage.ru_stime)
        return min(times)

    return (run("tui.history.sqlite") - run("tui.chat.conversation")) * 1000


def main() -> None:
    """Make the database if need be, and measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--at", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="segue-history-") as scratch:
        path = private_dir(args.at or Path(scratch)) / "history.db"
        if not path.exists():
            begin = time.perf_counter()
            create(path, lambda connection: fill(connection, args.conversations, args.messages))
            print(f"made in {time.perf_counter() - begin:.0f} s")
        size = path.stat().st_size / 1e6
        print(f"{args.conversations:,} conversations, {args.messages:,} messages, {size:,.0f} MB, {path}")
        asyncio.run(measure(path))


if __name__ == "__main__":
    main()
