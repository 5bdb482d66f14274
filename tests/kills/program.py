"""A program that is to be killed: it writes as fast as it may, and says what was acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import sys
from pathlib import Path

from msgspec.structs import replace

from tui.chat.conversation import Conversation
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Text, prompt_parts
from tui.errors import HistoryError, HistoryUnreachableError
from tui.history.opening import open_history
from tui.history.place import Server
from tui.history.store import HistoryStore
from tui.secret import Secret


def acknowledged(what: str, store: HistoryStore, **facts: object) -> None:
    """Say what the history has taken, and whether the server was there."""
    offline = store.line.offline_since is not None
    print(json.dumps({"what": what, "offline": offline, **facts}), flush=True)


async def ask(store: HistoryStore, talk: Conversation, text: str) -> None:
    """A prompt."""
    message = await store.add_message(talk.id, talk.leaf, Role.USER, prompt_parts(text))
    talk.append(message)
    acknowledged("said", store, id=message.id, text=text)


async def answer(store: HistoryStore, talk: Conversation, name: str, chance: random.Random) -> None:
    """A reply that comes piece by piece."""
    reply: Message = await store.add_message(
        talk.id, talk.leaf, Role.ASSISTANT, model="lab/big", status=Status.STREAMING
    )
    talk.append(reply)
    acknowledged("began", store, id=reply.id)
    text = ""
    for number in range(chance.randrange(1, 8)):
        piece = f"{name}.{number} "
        await store.append(reply.id, [piece])
        text += piece
        acknowledged("piece", store, id=reply.id, text=piece)
    await store.finish_message(replace(reply, parts=(Text(text),), status=Status.COMPLETE))
    acknowledged("ended", store, id=reply.id, text=text)


async def main(address: str, folder: Path, common: int, name: str) -> None:
    """Write until the end comes."""
    chance = random.Random(name)
    store = await open_history(Server(Secret(address), folder.name, folder / "history.db"))
    talks: list[Conversation] = []
    with contextlib.suppress(HistoryError):  # what all write in may not be here yet
        talks.append(await store.load_conversation(common))
    for number in range(100_000):
        if not talks or chance.random() < 0.1:
            talks.append(await store.create_conversation(title=f"{name}.{number}"))
        talk = chance.choice(talks)
        try:
            await ask(store, talk, f"{name}.{number}")
            if chance.random() < 0.5:
                await answer(store, talk, f"{name}.{number}", chance)
        except HistoryUnreachableError:  # it is not here yet: nothing is acknowledged
            talks.remove(talk)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
