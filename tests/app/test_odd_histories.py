"""The app over a history that holds what it should not: it opens, lists and shows it all the same."""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

import pytest

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role
from tui.chat.parts import Text, prompt_parts
from tui.engine.start_options import StartOptions

ZONES = ["America/Los_Angeles", "UTC", "Pacific/Kiritimati"]


@pytest.fixture(params=ZONES)
def zone(request, monkeypatch):
    if sys.platform == "win32":
        pytest.skip("Windows keeps its zone")
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


async def ends_of_time(world):
    bundles = []
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        words = f"Apples of {moment.year}"
        conversation = Conversation(0, words, moment, moment, origin=words, leaf=2, model="lab/big")
        conversation.add([Node(1, None, Role.USER), Node(2, 1, Role.ASSISTANT, "lab/big")])
        said = [
            Message(1, 0, None, Role.USER, parts=(Text(words),), created_at=moment),
            Message(
                2,
                0,
                1,
                Role.ASSISTANT,
                parts=(Text("Yes."),),
                model="lab/big",
                created_at=moment,
                finished_at=moment,
            ),
        ]
        bundles.append(Bundle(conversation, said))
    await world.store.add_conversations(bundles)


async def test_any_date_is_shown_on_any_clock(run, zone):
    async with run(prepare=ends_of_time, start=StartOptions(open_id=1), size=(120, 40)) as world:
        await world.sees("Apples of 1", "Yes.")
        await world.pilot.press("ctrl+t")
        await world.sees("Type to find a prompt", "Apples of 1")
        await world.pilot.press("escape")
        await world.pilot.press("ctrl+r")
        await world.sees("Apples of 9999", "9999")
        await world.pilot.press("tab", *"apples")
        await world.sees("2 messages in 2 of 2", "Dec 9999")


async def odd(world):
    made = await world.store.create_conversation(model="lab/big", title="Odd")
    prompt = await world.store.add_message(made.id, None, Role.USER, prompt_parts("A question"))
    reply = await world.store.add_message(
        made.id, prompt.id, Role.ASSISTANT, prompt_parts("An answer"), model="lab/big"
    )
    columns = {
        "usage": {"input_tokens": "7", "output_tokens": 9.5, "cost": {"total_cost": 0.006}},
        "sources": [5, {"url": [], "title": 5}],
        "images": [{"image_url": "x"}],
        "notices": [5, {}],
        "failure": "broken",
    }
    fields = {
        "hues": {"lab/big": "no such hue"},
        "pins": ["x", {}],
        "tags": [5],
        "parameters": {"ca_file": "x"},
    }

    def put(connection):
        for name, value in columns.items():
            connection.execute(f"UPDATE messages SET {name} = ? WHERE id = ?", (json.dumps(value), reply.id))
        for name, value in fields.items():
            connection.execute(f"UPDATE conversations SET {name} = ?", (json.dumps(value),))
        connection.execute(
            "UPDATE messages SET reasoning_seconds = 'long', reasoning = 'Hm' WHERE id = ?", (reply.id,)
        )
        connection.execute("INSERT INTO state (key, value) VALUES ('draft_of', 'no number')")

    await world.store._database.write(put, lambda _: None)


async def test_side_facts_of_any_shape_cost_no_text(run):
    async with run(prepare=odd, start=StartOptions(open_id=1), size=(120, 40)) as world:
        await world.sees("A question", "An answer", "thought")
        await world.say("More")
        await world.sees("I am big.", "ready")
    async with run(prepare=odd) as world:
        await world.sees("New conversation", "ready")
