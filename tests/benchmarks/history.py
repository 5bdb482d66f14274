"""How fast the history is with 100,000 conversations and 1,000,000 messages.

Makes such a database (some minutes, about 2 GB), measures, and prints a table::

    python -m tests.benchmarks.history [--conversations 100000] [--messages 1000000] [--at FOLDER]

With ``--at`` the database is kept, and used again if it is there.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
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
from typing import NamedTuple

from tests.benchmarks import table as comparison
from tests.benchmarks.start import KEY, started
from tui.chat.message import Role, Status
from tui.history.query import spaced
from tui.history.rows import tag_key
from tui.history.sqlite.creation import create
from tui.history.sqlite.history import open_history
from tui.history.sqlite.indexing import rebuild_index
from tui.history.store import HistoryStore, ListFilter
from tui.paths import private_dir
from tui.text import comparable

YEARS = 3
END = 1_790_000_000_000  # milliseconds since 1970: the newest message
SYLLABLES = (
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
)


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
            yield (
                number,
                f"segue:{number}",
                title,
                comparable(title),
                *times,
                model,
                json.dumps(tags),
                tag_key(tags),
            )

    def message_rows() -> Iterator[tuple[object, ...]]:
        for number in range(1, conversations + 1):
            begin = END - (messages - (number - 1) * each) * step
            parent = None
            for turn in range(each):
                place = begin + turn * step
                role = Role.ASSISTANT if turn % 2 else Role.USER
                text = ". ".join(chance.choices(said, k=6 if turn % 2 else 2))
                model = model_of(number) if turn % 2 else None
                times = place, number, parent, role.value, "complete", model, place * 1000
                yield *times, text, spaced(text)
                parent = place

    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO conversations (id, origin, title, title_key, created_at, updated_at, leaf, model, "
        "tags, tag_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        conversation_rows(),
    )
    connection.executemany(
        "INSERT INTO messages (id, conversation_id, parent, role, status, model, created_at, text, spaced) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        message_rows(),
    )
    rebuild_index(connection)
    connection.execute("COMMIT")


class Table:
    """Prints one line a measurement: median and worst, by the clock and by the processor, and × the floor."""

    def __init__(self, floor: float) -> None:
        self._floor = floor
        print(f"\n{'milliseconds':<46} {'median':>8} {'worst':>8} {'cpu':>8} {'x floor':>8}")

    def add(self, what: str, spent: list[Spent], note: str = "") -> None:
        clock = [one.clock for one in spent]
        middle, worst, cpu = median(clock), max(clock), max(one.cpu for one in spent)
        ratio = worst / self._floor
        print(f"{what:<46} {middle:>8.1f} {worst:>8.1f} {cpu:>8.1f} {ratio:>8.1f}  {note}", flush=True)


class Spent(NamedTuple):
    """Milliseconds."""

    clock: float
    cpu: float


async def spent_on(work: Callable[[], Awaitable[object]]) -> Spent:
    clock, cpu = time.perf_counter(), time.process_time()
    await work()
    return Spent((time.perf_counter() - clock) * 1000, (time.process_time() - cpu) * 1000)


async def repeated(work: Callable[[], Awaitable[object]], times: int = 9) -> list[Spent]:
    return [await spent_on(work) for _ in range(times)]


def floor_of(path: Path) -> float:
    """Milliseconds in which SQLite alone looks through all titles, as it must for a part of a word."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        times = []
        for _ in range(21):
            begin = time.perf_counter()
            connection.execute(
                "SELECT id FROM conversations WHERE deleted_at IS NULL AND instr(title_key, 'zzzz') "
                "ORDER BY updated_at DESC LIMIT 60"
            ).fetchall()
            times.append((time.perf_counter() - begin) * 1000)
    return median(times)


async def typing(store: HistoryStore, table: Table, words: str) -> list[Spent]:
    """Search after each key, as the screen does."""
    spent = []
    for end in range(1, len(words) + 1):
        spent.append(await spent_on(lambda end=end: store.search(words[:end], limit=60)))
    slowest = max(range(len(spent)), key=lambda key: spent[key].clock)
    hits = len(await store.search(words, limit=60))
    table.add(f"each key of: {words}", spent, f"worst at {words[: slowest + 1]!r}, {hits} hits")
    return spent


def queries() -> list[str]:
    """Words that are rare and words that stand in most messages, alone, together, in phrases, filtered."""
    common, _ = vocabulary(random.Random(42))
    most, much, many, more = common[:4]
    return [
        *("the", "python", "python error", "kalomi", '"the python', "学习", "größe model:big", "zzzz"),
        *("after:2026-01 database", "before:2024-01 database", "in:title python", "a b c d e f"),
        *("tag:none the", "tag:rare the", "tag:work python", "model:rare the"),
        *(
            f"{most} {much}",
            f'"{most} {much}"',
            f"{most[:-1]}x",
            f"{most} zzzz",
            f"{common[30]} {common[31]}",
        ),
        *(f"before:2024-03 {most}", f"tag:work {most}", f"tag:rare {most}", f"model:rare {most}"),
        f'"{most} {much} {many} {more}',
    ]


async def measure(path: Path) -> None:
    """Print the table."""
    floor = floor_of(path)
    print(f"floor, SQLite alone looks through all titles: {floor:.1f} ms")
    table = Table(floor)

    async def open_and_close() -> None:
        store = await open_history(path)
        await store.close()

    table.add("open and close", await repeated(open_and_close, 5))
    store = await open_history(path)
    table.add("first page after opening", [await spent_on(store.list_conversations)])
    table.add("page 1 of the list", await repeated(store.list_conversations))
    table.add("page 500 of the list", await repeated(lambda: store.list_conversations(offset=50_000)))
    table.add("count of the list", await repeated(store.count_conversations))
    for words in ("ka", "python ren", "nothing like it"):
        chosen = ListFilter(title=words)
        table.add(
            f"list by title: {words}", await repeated(lambda chosen=chosen: store.list_conversations(chosen))
        )
    keys: list[Spent] = []
    for words in queries():
        keys += await typing(store, table, words)
    table.add("EVERY KEY ABOVE", keys)
    [row] = await store.list_conversations(limit=1)
    table.add("open a conversation", await repeated(lambda: store.load_conversation(row.id)))
    conversation = await store.load_conversation(row.id)
    table.add("its messages", await repeated(lambda: store.messages(conversation.path())))
    prompt = store.add_message
    table.add(
        "store a prompt", await repeated(lambda: prompt(row.id, conversation.leaf, Role.USER, "x" * 500), 50)
    )
    reply = await store.add_message(row.id, conversation.leaf, Role.ASSISTANT, status=Status.STREAMING)
    table.add("append a piece", await repeated(lambda: store.append(reply.id, ["word " * 100]), 200))
    reply.text, reply.status = "word " * 20_000, Status.COMPLETE
    table.add("finish a reply of 100 kB", await repeated(lambda: store.finish_message(reply), 5))
    await store.close()
    print(f"\nimporting tui.history.sqlite.history: {import_cost():.1f} ms of processor time")


def compare_starts(home: Path, rounds: int = 9) -> None:
    """Print what the start costs with this history, and with none."""
    none, full = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as empty:
            none.append(started(Path(empty), "tui", KEY, KEY))
        full.append(started(home, "tui", KEY, KEY))
    comparison.heading("start to an echoed key", "empty", "full", "ratio")
    for what, index in (("CPU s", 0), ("wall s", 1)):
        first, second = (median(times[index] for times in found) for found in (none, full))
        comparison.ratio(f"start: {what}", first, second, 1.1)


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

    return (run("tui.history.sqlite.history") - run("tui.chat.conversation")) * 1000


def run(_rounds: int) -> None:
    """Print the table of the whole size."""
    make_and_measure(100_000, 1_000_000)


def make_and_measure(conversations: int, messages: int, at: Path | None = None) -> None:
    """Make the database if need be, and measure."""
    with tempfile.TemporaryDirectory(prefix="segue-history-") as scratch:
        home = at or Path(scratch)
        path = private_dir(home / "DATA" / "segue") / "history.db"
        if not path.exists():
            begin = time.perf_counter()
            create(path, lambda connection: fill(connection, conversations, messages))
            print(f"made in {time.perf_counter() - begin:.0f} s")
        size = path.stat().st_size / 1e6
        print(f"{conversations:,} conversations, {messages:,} messages, {size:,.0f} MB, {path}")
        asyncio.run(measure(path))
        compare_starts(home)


def main() -> None:
    """Measure a database of the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--at", type=Path)
    args = parser.parse_args()
    make_and_measure(args.conversations, args.messages, args.at)


if __name__ == "__main__":
    main()
