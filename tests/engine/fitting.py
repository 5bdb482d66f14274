"""What each wire format takes: its own rules, and the types of the vendors' own libraries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from tui.chat.message import Message
from tui.engine.request import build_request
from tui.providers import AI365VIP, Anthropic, Gemini, Ollama, OpenAIChat, OpenAIResponses
from tui.providers.base import Target
from tui.providers.formats import wire_format
from tui.providers.vendors import make_class, vendors
from tui.tools.tool import ToolSpec

TOOLS = [ToolSpec("", "fs__read", "Reads", {"type": "object", "properties": {}})]


def vendor(name: str) -> Any:
    return make_class(wire_format(vendors()[name].type), vendors()[name], {})


PROVIDERS = {
    "openai_chat": OpenAIChat,
    "mistral": vendor("mistral"),
    "deepseek": vendor("deepseek"),
    "moonshot": vendor("moonshot"),
    "xai": vendor("xai"),
    "openrouter": vendor("openrouter"),
    "openai_responses": OpenAIResponses,
    "anthropic": Anthropic,
    "gemini": Gemini,
    "ollama": Ollama,
    "ai365vip": AI365VIP,
}


def wire(provider: Any, path: list[Message], tools: list[ToolSpec], **fitting: Any) -> Any:
    target = Target("lab/m", provider, "m")
    request = build_request(path, abilities=target.abilities, tools=tools, **fitting)
    if provider is AI365VIP:
        return {"messages": request.messages}
    return provider.request_body("m", request.messages, {"tools": tools} if tools else {})


def turns(body: Any) -> list[Any]:
    return next(body[name] for name in ("messages", "input", "contents") if name in body)


def check(name: str, body: Any) -> None:
    """The rules of a wire format."""
    checks = {
        "openai_responses": responses_is_fit,
        "anthropic": anthropic_is_fit,
        "gemini": gemini_is_fit,
        "ai365vip": lambda sent: None,
    }
    checks.get(name, chat_is_fit)(turns(body))


def chat_is_fit(sent: list[Any]) -> None:
    assert next((turn["role"] for turn in sent if turn["role"] != "system"), "user") == "user"
    waiting: list[str] = []
    for turn in sent:
        if turn["role"] == "tool":
            assert turn["tool_call_id"] == waiting.pop(0)
            assert isinstance(turn["content"], str)
            continue
        assert waiting == []
        calls = turn.get("tool_calls", ())
        waiting = [call["id"] for call in calls]
        assert len(set(waiting)) == len(waiting)
        for call in calls:
            given = call["function"]["arguments"]
            assert isinstance(json.loads(given) if isinstance(given, str) else given, dict)
            assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,63}", call["function"]["name"])
    assert waiting == []


def responses_is_fit(sent: list[Any]) -> None:
    asked = [item["call_id"] for item in sent if item.get("type") == "function_call"]
    given = [item["call_id"] for item in sent if item.get("type") == "function_call_output"]
    assert asked == given
    kinds = "".join(
        {"function_call": "c", "function_call_output": "o"}.get(item.get("type"), "-") for item in sent
    )
    for row in re.findall(r"c+o*", kinds):
        assert row.count("c") == row.count("o")
    for item in sent:
        if item.get("type") == "function_call":
            assert isinstance(json.loads(item["arguments"]), dict)


def anthropic_is_fit(sent: list[Any]) -> None:
    assert [turn["role"] for turn in sent] == [("user", "assistant")[place % 2] for place in range(len(sent))]
    waiting: list[str] = []
    for turn in sent:
        blocks = turn["content"] if isinstance(turn["content"], list) else []
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        assert results == waiting
        assert [block["type"] for block in blocks[: len(results)]] == ["tool_result"] * len(results)
        waiting = [block["id"] for block in blocks if block["type"] == "tool_use"]
        assert all(isinstance(block["input"], dict) for block in blocks if block["type"] == "tool_use")
        assert all(re.fullmatch(r"[A-Za-z0-9_-]+", one) for one in waiting)
        assert blocks or turn["content"]
        assert all(block["text"].strip() for block in blocks if block["type"] == "text"), blocks
    assert waiting == []


def gemini_is_fit(sent: list[Any]) -> None:
    assert [turn["role"] for turn in sent] == [("user", "model")[place % 2] for place in range(len(sent))]
    waiting: list[str] = []
    for turn in sent:
        results = [part["functionResponse"]["name"] for part in turn["parts"] if "functionResponse" in part]
        assert results == waiting
        calls = [part for part in turn["parts"] if "functionCall" in part]
        assert not calls or "thoughtSignature" in calls[0]
        waiting = [part["functionCall"]["name"] for part in calls]
        assert turn["parts"]
    assert waiting == []


# --- the vendors' own types


def check_types(name: str, body: Any) -> None:
    """The messages and tools of a request are what the vendor's own library would send."""
    for turn in turns(body):
        if name != "openai_responses" or "type" in turn:
            _validated(_message_type(name), _as_known(name, turn))
    for tool in body.get("tools", ()):
        _validated(_tool_type(name), tool)


def _as_known(name: str, turn: Mapping[str, Any]) -> Mapping[str, Any]:
    """A message without what only the server knows, and not the library whose types these are."""
    if name == "ollama":  # its library reads pictures from files
        return {key: value for key, value in turn.items() if key != "images"}
    if name == "mistral" and isinstance(turn.get("content"), list):
        return {**turn, "content": [part for part in turn["content"] if part["type"] != "thinking"]}
    return turn


def _validated(kind: TypeAdapter[Any], value: Any) -> None:
    for _ in _whole(kind.validate_python(value)):
        pass


def _whole(value: Any) -> Iterator[Any]:
    """All that is in a value: what may be iterated over is looked at only then."""
    yield value
    if isinstance(value, Mapping):
        value = value.values()
    if not isinstance(value, str | bytes | int | float | BaseModel | None):
        for one in value:
            yield from _whole(one)


@cache
def _message_type(name: str) -> TypeAdapter[Any]:
    match name:
        case "openai_responses":
            from openai.types.responses.response_input_item_param import ResponseInputItemParam

            return TypeAdapter(ResponseInputItemParam)
        case "anthropic":
            from anthropic.types import MessageParam

            return TypeAdapter(MessageParam)
        case "gemini":
            from google.genai.types import Content

            return TypeAdapter(Content)
        case "ollama":
            from ollama import Message as OllamaMessage

            return TypeAdapter(OllamaMessage)
        case _:
            from openai.types.chat import ChatCompletionMessageParam

            return TypeAdapter(ChatCompletionMessageParam)


@cache
def _tool_type(name: str) -> TypeAdapter[Any]:
    match name:
        case "openai_responses":
            from openai.types.responses import ToolParam

            return TypeAdapter(ToolParam)
        case "anthropic":
            from anthropic.types import ToolParam as AnthropicTool

            return TypeAdapter(AnthropicTool)
        case "gemini":
            from google.genai.types import Tool

            return TypeAdapter(Tool)
        case "ollama":
            from ollama import Tool as OllamaTool

            return TypeAdapter(OllamaTool)
        case _:
            from openai.types.chat import ChatCompletionFunctionToolParam

            return TypeAdapter(ChatCompletionFunctionToolParam)
