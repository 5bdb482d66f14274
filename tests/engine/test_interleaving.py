"""What comes interleaved stays so: in the reply, on the disk, and in what is sent again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from tui.chat.chunks import Finish, FinishReason
from tui.chat.message import Message, Role
from tui.chat.parts import Image, Reasoning, Text, ToolCall, ToolResult
from tui.engine.events import PartAdded
from tui.engine.request import build_request

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
