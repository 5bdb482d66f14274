"""What scripts read of a message: each field stays, under its name."""

from __future__ import annotations

import json

import pytest

from tests.said import ONE_OF_EACH
from tui.chat.conversation import Bundle, Conversation
from tui.chat.export import to_json
from tui.chat.message import Message, Role
from tui.chat.model import Usage
from tui.cli.ask import _document
from tui.cli.output import message_json

REPLY = Message(7, 3, None, Role.ASSISTANT, ONE_OF_EACH, "lab/big", usage=Usage(9, 4), prefix="abc")
PARTS = {
    "text": {"text"},
    "reasoning": {"text", "seconds", "native"},
    "tool_call": {"id", "server", "name", "arguments", "raw", "state"},
    "tool_result": {"id", "is_error", "text", "files"},
    "image": {"url", "alt"},
    "sources": {"sources"},
    "notice": {"text"},
}
FILE = {"type", "name", "mime", "size", "sha256", "tokens"}


def exported() -> dict[str, object]:
    conversation = Conversation(3)
    conversation.append(REPLY)
    [message] = json.loads(to_json(Bundle(conversation, [REPLY])))["messages"]
    return dict(message)


def test_ask_has_all_its_fields() -> None:
    assert _document(REPLY, None).keys() == {
        *("text", "reasoning", "model", "status", "usage", "conversation", "message", "error", "sources"),
        *("notices", "parts", "tool_calls", "rounds", "cost"),
    }


def test_history_show_has_all_its_fields() -> None:
    assert message_json(REPLY).keys() == {
        *("id", "parent", "role", "text", "reasoning", "model", "status", "usage", "error", "attachments"),
        *("parts", "created_at"),
    }


def test_an_export_has_all_its_fields() -> None:
    assert exported().keys() == {
        *(
            "id",
            "parent",
            "role",
            "text",
            "reasoning",
            "model",
            "status",
            "usage",
            "created_at",
            "first_at",
            "finished_at",
        ),
        *("reasoning_seconds", "failure", "sources", "images", "notices", "attachments", "parts", "prefix"),
        "hidden",
    }


@pytest.mark.parametrize("document", [_document(REPLY, None), message_json(REPLY), exported()])
def test_each_kind_of_part_has_its_fields_and_the_earlier_fields_tell_the_same(document) -> None:
    parts = json.loads(json.dumps(document["parts"]))
    *others, sources, notice = parts
    [file] = [part for part in others if "sha256" in part]
    assert file.keys() == FILE
    for part in parts:
        if part is not file:
            assert part.keys() == {"type", *PARTS[part["type"]]}
    assert document["text"] == "I look."
    assert document["reasoning"] == "Where?"
    assert document.get("sources", sources["sources"]) == sources["sources"]
    assert document.get("notices", [notice["text"]]) == [notice["text"]]
