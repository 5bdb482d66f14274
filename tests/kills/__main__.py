"""Whether a history on a server loses anything: ``python -m tests.kills --kills 200 --crashes 20 --cuts 70``.

Four programs on two machines write all the while. Each is killed again and again; the server crashes, and
loses by that what it had not put to the disk; the way to it breaks, swallows what it answers, is refused,
or carries nothing. In the end all that was acknowledged is counted.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.history.between import Between
from tests.history.servers import Cluster, running, schema_of
from tui.chat.message import Message, Role, Status
from tui.chat.parts import prompt_parts
from tui.history.opening import open_history
from tui.history.place import Server
from tui.history.store import Line, ListFilter

MACHINES = ("lap", "desk")
PROGRAMS = 2
"""Of each machine."""
PATIENCE = 600
"""Seconds in which all must be on the server in the end."""


@dataclass
class Acts:
    """What was acknowledged."""

    said: dict[int, str] = field(default_factory=dict)
    pieces: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    ended: dict[int, str] = field(default_factory=dict)
    count: int = 0
    offline: int = 0

    def note(self, act: dict[str, Any]) -> None:
        self.count += 1
        self.offline += act["offline"]
        match act["what"]:
            case "said":
                self.said[act["id"]] = act["text"]
            case "piece":
                self.pieces[act["id"]] += act["text"]
            case "ended":
                self.ended[act["id"]] = act["text"]


@dataclass
class Done:
    """What was done to them."""

    kills: int = 0
    crashes: int = 0
    cuts: int = 0


class Matrix:
    """Programs, a way to the server, and what befalls both."""

    def __init__(self, cluster: Cluster, way: Between, folder: Path, wanted: Done, seed: int) -> None:
        self.place = schema_of(cluster.address())
        self._cluster = cluster
        self._way = way
        self._folder = folder
        self._wanted = wanted
        self._chance = random.Random(seed)
        self.acts, self.done = Acts(), Done()
        self._up = asyncio.Lock()

    async def run(self) -> None:
        judge = await open_history(self.place)
        made = await judge.create_conversation(title="of all")
        await judge.add_message(made.id, None, Role.USER, prompt_parts("begin"))
        await judge.close()
        programs = [
            self._kill_again_and_again(machine, f"{machine}{number}", made.id)
            for machine in MACHINES
            for number in range(PROGRAMS)
        ]
        await asyncio.gather(*programs, self._cut_again_and_again(), self._crash_again_and_again())

    @property
    def _enough(self) -> bool:
        done, wanted = self.done, self._wanted
        return done.kills >= wanted.kills and done.crashes >= wanted.crashes and done.cuts >= wanted.cuts

    async def _kill_again_and_again(self, machine: str, name: str, common: int) -> None:
        address = self.place.address.reveal().replace(f":{self._cluster.port}/", f":{self._way.port}/")
        turn = 0
        while not self._enough:
            turn += 1
            program = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.kills.program", address),
                *(str(self._folder / machine), str(common), f"{name}.{turn}"),
                stdout=asyncio.subprocess.PIPE,
            )
            assert program.stdout is not None
            lasts = self._chance.expovariate(1 / 40)
            while lasts > 0 and (line := await program.stdout.readline()):
                self.acts.note(json.loads(line))
                lasts -= 1
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            rest, _ = await program.communicate()
            for line in rest.splitlines(keepends=True):
                if line.endswith(b"\n"):  # said before it was killed
                    self.acts.note(json.loads(line))
            assert program.returncode == -9, "a program ended by itself"
            self.done.kills += 1

    async def _cut_again_and_again(self) -> None:
        way, chance = self._way, self._chance
        while not self._enough:
            await asyncio.sleep(chance.expovariate(1 / 2))
            what = chance.choice(("cut", "swallow", "refuse", "nothing comes"))
            way.swallows, way.refuses = what == "swallow", what == "refuse"
            if what == "nothing comes":
                way.open.clear()
            else:
                way.cut()
            await asyncio.sleep(chance.expovariate(1 / 2))
            way.swallows = way.refuses = False
            way.open.set()
            way.cut()
            self.done.cuts += 1

    async def _crash_again_and_again(self) -> None:
        while not self._enough:
            await asyncio.sleep(self._chance.expovariate(1 / 8))
            await asyncio.to_thread(self._cluster.stop, "immediate")
            await asyncio.to_thread(self._cluster.start)
            self.done.crashes += 1

    async def settle(self) -> None:
        """Every machine comes to its end with the server."""
        for machine in MACHINES:
            own = replace(self.place, machine=machine, journal=self._folder / machine / "history.db")
            store = await open_history(own)
            async with asyncio.timeout(PATIENCE):
                await store.look_for_changes()
                await store.interrupt_abandoned()
                while store.line != Line():  # noqa: ASYNC110 - of what no one tells
                    await asyncio.sleep(0.1)
            print(f"{machine}: {store.notice or 'nothing to tell'}")
            await store.close()


async def found(place: Server) -> dict[int, Message]:
    """All messages that are there in the end."""
    store = await open_history(place)
    messages: dict[int, Message] = {}
    for chosen in (ListFilter(), ListFilter(deleted=True), ListFilter(archived=True)):
        for row in await store.list_conversations(chosen, limit=1_000_000):
            talk = await store.load_conversation(row.id)
            messages |= {message.id: message for message in await store.messages(sorted(talk.nodes))}
    await store.close()
    return messages


def count(acts: Acts, messages: dict[int, Message]) -> tuple[int, int, int]:
    """How much is lost, there twice, or other than it was acknowledged."""
    by_text = Counter(message.text for message in messages.values() if message.text)
    lost = [text for text in acts.said.values() if not by_text[text]]
    texts = {message.text for message in messages.values()}
    for message_id, text in acts.pieces.items():
        kept = messages.get(message_id)
        if (kept is None or not kept.text.startswith(text)) and not any(
            one.startswith(text) for one in texts
        ):
            lost.append(text)
    doubled = [text for text, times in by_text.items() if times > 1]
    doubled += [
        message.text
        for message in messages.values()
        if message.role is Role.ASSISTANT and len(set(message.text.split())) != len(message.text.split())
    ]
    wrong = []
    for message_id, text in acts.ended.items():
        kept = messages.get(message_id)
        if kept is not None and (kept.text, kept.status) != (text, Status.COMPLETE):
            wrong.append(text)
    wrong += [message.text for message in messages.values() if message.status is Status.STREAMING]
    for what, which in (("lost", lost), ("doubled", doubled), ("wrong", wrong)):
        for text in which[:5]:
            print(f"{what}: {text}")
    return len(lost), len(doubled), len(wrong)


async def run(wanted: Done, seed: int) -> int:
    begun = time.monotonic()
    with running() as cluster, tempfile.TemporaryDirectory() as folder:
        async with Between(cluster.port) as way:
            matrix = Matrix(cluster, way, Path(folder), wanted, seed)
            await matrix.run()
        await matrix.settle()
        lost, doubled, wrong = count(matrix.acts, await found(matrix.place))
    acts, done = matrix.acts, matrix.done
    print(f"{done.kills} kills, {done.crashes} crashes, {done.cuts} cuts in {time.monotonic() - begun:.0f} s")
    print(f"{acts.count:,} acts acknowledged, {acts.offline:,} of them without the server")
    print(f"lost {lost}, doubled {doubled}, wrong {wrong}")
    return int(bool(lost or doubled or wrong))


def main() -> int:
    """Print what was done and what became of it; the exit code is 1 if anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--crashes", type=int, default=20)
    parser.add_argument("--cuts", type=int, default=70)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    return asyncio.run(run(Done(options.kills, options.crashes, options.cuts), options.seed))


if __name__ == "__main__":
    sys.exit(main())
