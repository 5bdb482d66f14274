"""What comes interleaved stays so: in the reply, on the disk, and in what is sent again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from tests.engine.conftest import DONE
from tui.chat.chunks import Finish, FinishReason
from tui.chat.export import to_json
from tui.chat.message import Message, Role
from tui.chat.parts import Image, Native, Reasoning, Text, ToolCall, ToolResult
from tui.engine.events import PartAdded
from tui.engine.request import build_request, tokens_of
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history

CALL, RESULT = ToolCall("1", "fs", "read", {"path": "a"}), ToolResult("1", "```\nmilk")
PICTURE = Image("https://a.test/x.png", "milk")
CAME = (
    Reasoning("Where?"),
    "I ",
    "look.",
    CALL,
    RESULT,
    "It says ",
    PICTURE,
    "milk.",
    Reasoning("So."),
    "Done.",
)


async def test_parts_are_kept_in_the_order_in_which_they_came(world):
    world.script(*CAME, Finish(FinishReason.STOP))
    conversation = await world.store.create_conversation(model="lab/one")
    reply = await world.engine.send(conversation, "What is in a?")
    message = await reply.run(world.events.append)
    kinds = [type(part) for part in message.parts]
    assert kinds == [Reasoning, Text, ToolCall, ToolResult, Text, Image, Text, Reasoning, Text]
    assert [event.part for event in world.told(PartAdded)] == [CALL, RESULT, PICTURE]
    assert await world.store.messages([message.id]) == [message]
    assert all(part.seconds is not None for part in message.parts if isinstance(part, Reasoning))


def test_without_tools_a_call_and_its_result_are_text_in_their_turns():
    parts = (Text("I look."), CALL, RESULT, Text("Milk."), PICTURE)
    path = [Message(1, 1, None, Role.USER, (Text("What?"),)), Message(2, 1, 1, Role.ASSISTANT, parts)]
    path.append(Message(3, 1, 2, Role.USER, (Text("Sure?"),)))
    assert [(turn["role"], turn["content"]) for turn in build_request(path).messages] == [
        ("user", "What?"),
        ("assistant", 'I look.\n\n[Used fs__read {"path": "a"}]'),
        ("user", "[fs__read gave back]\n````\n```\nmilk\n````"),
        ("assistant", "Milk.\n\n[image: milk]"),
        ("user", "Sure?"),
    ]


said = some.text("abc ", min_size=1).map(lambda text: Text(f"<{text}>"))
others = some.sampled_from([Reasoning("thought-of"), CALL, RESULT, PICTURE])


@given(some.lists(some.lists(said | others, max_size=5), max_size=4))
def test_every_text_of_a_path_is_sent_in_order_and_no_thought(replies):
    path = []
    for number, parts in enumerate(replies):
        path.append(Message(2 * number + 1, 1, None, Role.USER, (Text(f"<prompt {number}>"),)))
        path.append(Message(2 * number + 2, 1, None, Role.ASSISTANT, tuple(parts)))
    sent = "\n".join(str(turn["content"]) for turn in build_request(path).messages)
    at = 0
    for message in path:
        for part in message.parts:
            if isinstance(part, Text):
                at = sent.index(part.text, at) + len(part.text)
    assert "thought-of" not in sent


async def test_a_reply_keeps_the_hash_of_what_was_sent_for_it(world):
    world.options = {"temperature": 1}
    conversation = await world.store.create_conversation(model="lab/one", system="Be short")
    first = await (await world.engine.send(conversation, "What?")).run(world.events.append)
    again = await (await world.engine.retry(conversation, first.id)).run(world.events.append)
    other = await (await world.engine.send(conversation, "And?")).run(world.events.append)
    conversation.system = "Be long"
    changed = await (await world.engine.retry(conversation, other.id)).run(world.events.append)
    stored = await world.store.messages([first.id, again.id, other.id, changed.id])
    prefixes = [message.prefix for message in stored]
    assert prefixes[0] == prefixes[1]
    assert len({*prefixes}) == 3
    assert all(prefixes)


async def test_a_vendors_own_form_and_the_prefix_come_back_from_history_export_and_import(world, tmp_path):
    blob = {"signature": "sig\u00e9", "nested": [1, None, {"a": 0.5}]}
    signed = Native("anthropic", "lab", "one", blob)
    world.script(
        Reasoning("Where?"),
        Reasoning("", native=signed),
        "I ",
        Text("look.", signed),
        replace(CALL, native=signed),
        replace(RESULT, native=signed),
        replace(PICTURE, native=signed),
        DONE,
    )
    conversation = await world.store.create_conversation(model="lab/one")
    reply = await (await world.engine.send(conversation, "What?")).run(world.events.append)
    assert [part.native for part in reply.parts] == [signed] * 5
    exported = to_json(await bundle_of(world.store, conversation.id))
    (tmp_path / "export.json").write_text(exported, encoding="utf-8")
    other = await open_history(None)
    [added] = (await import_file(other, tmp_path / "export.json")).added
    again = await bundle_of(other, added)
    assert (again.messages[1].parts, again.messages[1].prefix) == (reply.parts, reply.prefix)
    assert to_json(again) == exported
    await other.close()


def test_what_is_counted_of_a_message_is_what_is_sent_of_it():
    long = replace(RESULT, text="milk and bread " * 200)
    reply = Message(
        2, 1, 1, Role.ASSISTANT, (Reasoning("thought " * 900), Text("I look."), CALL, long, Text("Milk."))
    )
    prompt = Message(1, 1, None, Role.USER, (Text("What?"),))
    sent = build_request([prompt, reply])
    assert tokens_of(reply) > 400
    assert abs(sent.tokens - tokens_of(prompt) - tokens_of(reply)) < 30
