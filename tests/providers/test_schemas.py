"""The shape of an answer in each wire format, and as the vendors' own SDKs take it."""

from __future__ import annotations

import pytest

from tui.providers.formats.anthropic import Anthropic
from tui.providers.formats.gemini import Gemini
from tui.providers.formats.ollama import Ollama
from tui.providers.formats.openai_chat import OpenAIChat
from tui.providers.formats.openai_responses import OpenAIResponses

SCHEMA = {
    "type": "object",
    "properties": {
        "n": {"type": "integer", "minimum": 1},
        "to": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["n"],
}
MESSAGES = [{"role": "user", "content": "Hi"}]


def body(provider, **options):
    return provider.request_body("m", MESSAGES, options)


def test_each_wire_format_has_its_own_place_for_it():
    chat = body(OpenAIChat, schema=SCHEMA)["response_format"]
    assert chat == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": SCHEMA, "strict": False},
    }
    responses = body(OpenAIResponses, schema=SCHEMA)["text"]["format"]
    assert responses == {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": False}
    gemini = body(Gemini, schema=SCHEMA)["generationConfig"]
    assert (gemini["responseMimeType"], gemini["responseJsonSchema"]) == ("application/json", SCHEMA)
    assert body(Ollama, schema=SCHEMA)["format"] == SCHEMA


def test_one_takes_objects_without_other_properties_and_no_bounds():
    sent = body(Anthropic, schema=SCHEMA, reasoning_effort="low")["output_config"]
    assert sent["effort"] == "low"
    assert sent["format"] == {
        "type": "json_schema",
        "schema": {
            "type": "object",
            "properties": {"n": {"type": "integer"}, "to": {"type": "array", "items": {"type": "string"}}},
            "required": ["n"],
            "additionalProperties": False,
        },
    }


@pytest.mark.parametrize(
    "inner", [{}, {"type": "object"}, {"type": "array", "items": {}}, {"anyOf": [{"type": "null"}, {}]}]
)
def test_what_it_can_not_enforce_is_left_to_the_words(inner):
    assert "output_config" not in body(Anthropic, schema={"type": "object", "properties": {"a": inner}})


@pytest.mark.parametrize("provider", [Anthropic, Gemini, Ollama, OpenAIChat, OpenAIResponses])
def test_without_a_schema_nothing_is_said_of_one(provider):
    said = str(body(provider))
    assert provider.schemas
    assert not any(word in said for word in ("schema", "response_format", "output_config", "'format'"))
