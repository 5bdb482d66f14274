"""Whatever a history holds, what is sent of it is fit for the model that it goes to."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tui.chat.attachment import attachment_of
from tui.chat.chunks import CallState, Native
from tui.chat.message import Message, Role
from tui.chat.parts import File, Image, Notice, Part, Reasoning, Source, Sources, Text, ToolCall, ToolResult
from tui.engine.request import build_request
from tui.providers import AI365VIP, Anthropic, Gemini, Ollama, OpenAIChat, OpenAIResponses
from tui.providers.base import Target
from tui.providers.formats import wire_format
from tui.providers.vendors import make_class, vendors
from tui.tools.tool import ToolSpec

TOOLS = [ToolSpec("", "fs__read", "Reads", {"type": "object", "properties": {}})]
PNG = attachment_of("dot.png", b"\x89PNG\r\n\x1a\n rest")
NOTE = attachment_of("note.txt", b"a note")


def vendor(name: str) -> Any:
    return make_class(wire_format(vendors()[name].type), vendors()[name], {})


PROVIDERS = {
    "openai_chat": OpenAIChat,
    "mistral": vendor("mistral"),
    "deepseek": vendor("deepseek"),
    "openai_responses": OpenAIResponses,
    "anthropic": Anthropic,
    "gemini": Gemini,
    "ollama": Ollama,
    "ai365vip": AI365VIP,
}
MODELS = ("lab/m", "lab/other", "foreign/m")


def blob(form: str, kind: str, mark: str) -> Any:
    """What a vendor's own form of a part holds."""
    if kind == "think":
        block = {"type": "thinking", "thinking": mark, "signature": f"sig-{mark}"}
        item = {"type": "reasoning", "id": mark, "summary": [], "encrypted_content": f"sig-{mark}"}
        return {"block": block} if form == "anthropic" else {"item": item}
    if kind == "say":
        return {"signature": f"sig-{mark}", "text": ""} if form == "gemini" else {"other": f"sig-{mark}"}
    return {"id": f"id{mark}", "signature": f"sig-{mark}"}


@some.composite
def parts(draw: Any, model: str, number: Any) -> tuple[Part, ...]:
    """Parts in any order, with results of any call and of none."""
    provider, _, name = model.partition("/")
    form = draw(some.sampled_from(["anthropic", "gemini", "openai", "openai-responses", "ollama"]))

    def native(kind: str, mark: str) -> Native | None:
        return draw(some.sampled_from([None, Native(form, provider, name, blob(form, kind, mark))]))

    found: list[Part] = []
    asked: list[str] = []
    for kind in draw(
        some.lists(some.sampled_from(["think", "say", "call", "result", "pic", "note", "file"]), max_size=9)
    ):
        mark = f"{kind}{next(number)}x"
        match kind:
            case "think":
                found.append(Reasoning(mark, native=native(kind, mark)))
            case "say":
                found.append(Text(draw(some.sampled_from([mark, mark, ""])), native(kind, mark)))
            case "call":
                raw = draw(some.sampled_from(["", "", "{broken"]))
                state = draw(some.sampled_from(list(CallState)))
                tool = draw(some.sampled_from(["read", "gone tool", "9"]))
                found.append(
                    ToolCall(mark, "fs", tool, {} if raw else {"q": mark}, raw, state, native(kind, mark))
                )
                asked.append(mark)
            case "result":
                call = draw(some.sampled_from([*asked, "none"]))
                files = draw(some.sampled_from([(), (PNG,), (NOTE, PNG)]))
                found.append(ToolResult(call, mark, draw(some.booleans()), files))
            case "pic":
                found.append(Image("https://a.test/x.png", mark))
            case "file":
                found.append(File(NOTE))
            case _:
                found += [Notice(mark), Sources((Source("https://a.test", mark),))]
    return tuple(found)


@some.composite
def histories(draw: Any) -> list[Message]:
    number = count()
    path: list[Message] = []
    for place in range(draw(some.integers(1, 4))):
        path.append(Message(2 * place + 1, 1, None, Role.USER, (Text(f"ask{place}x"),)))
        model = draw(some.sampled_from(MODELS))
        said = draw(parts(model, number))
        path.append(Message(2 * place + 2, 1, None, Role.ASSISTANT, said, model=model, prefix="x"))
    if draw(some.booleans()):
        path.append(Message(99, 1, None, Role.USER, (Text("last"),)))
    return path


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
        assert all(block["text"].strip() for block in blocks if block["type"] == "text")
    assert waiting == []


def gemini_is_fit(sent: list[Any]) -> None:
    waiting: list[str] = []
    for turn in sent:
        results = [part["functionResponse"]["name"] for part in turn["parts"] if "functionResponse" in part]
        assert results == waiting
        calls = [part for part in turn["parts"] if "functionCall" in part]
        assert not calls or "thoughtSignature" in calls[0]
        waiting = [part["functionCall"]["name"] for part in calls]
        assert turn["parts"]
    assert waiting == []


@pytest.mark.parametrize("name", PROVIDERS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), some.booleans())
def test_every_history_is_fit_and_nothing_of_it_is_lost(name, path, with_tools):
    provider = PROVIDERS[name]
    body = wire(provider, path, TOOLS if with_tools else [])
    check(name, body)
    sent = json.dumps(body, default=str)
    declared = with_tools and provider is not AI365VIP
    assert declared == ("tools" in body)
    for message in path:
        asked = [part for part in message.parts if isinstance(part, ToolCall)]
        for part in message.parts:
            if isinstance(part, Text) and part.text:
                assert part.text in sent
            if isinstance(part, ToolCall) and not part.raw:
                assert part.id in sent
            if isinstance(part, Reasoning) and not own(provider, message, part, with_tools):
                assert part.text not in sent
        firsts = {}
        for part in message.parts:
            if isinstance(part, ToolResult) and part.call in {call.id for call in asked}:
                firsts.setdefault(part.call, part.text)
        assert all(text in sent for text in firsts.values())
    signed = re.findall(r"sig-(\w+?x)", sent)
    for mark in signed:
        [(message, part)] = [
            (message, part)
            for message in path
            for part in message.parts
            if getattr(part, "native", None) and f"sig-{mark}" in json.dumps(part.native.blob)
        ]
        assert (message.model, part.native.format) == ("lab/m", provider.format)


def own(provider: Any, message: Message, part: Reasoning, with_tools: bool) -> bool:
    """Whether a thought may go back, in a field of its own."""
    plain = provider.thoughts == "plain" and with_tools
    return message.model == "lab/m" and (plain or part.native is not None)


@pytest.mark.parametrize("name", PROVIDERS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), some.integers(60, 400))
def test_what_is_left_out_to_fit_is_whole_rounds(name, path, context):
    check(name, wire(PROVIDERS[name], path, TOOLS, context=context))
    if path[-1].role is Role.ASSISTANT:
        check(name, wire(PROVIDERS[name], path[:-1], TOOLS, context=context, reply=path[-1]))


def test_a_reply_that_grew_long_loses_its_oldest_rounds_and_never_its_prompt():
    rounds: list[Part] = []
    for number in range(20):
        rounds += [ToolCall(f"c{number}", "fs", "read"), ToolResult(f"c{number}", "milk and bread " * 40)]
    prompt = Message(1, 1, None, Role.USER, (Text("the prompt"),))
    reply = Message(2, 1, 1, Role.ASSISTANT, tuple(rounds), model="lab/m")
    abilities = Target("lab/m", OpenAIChat, "m").abilities
    sent = build_request([prompt], reply=reply, abilities=abilities, tools=TOOLS, context=2000).messages
    assert sent[0]["content"] == "the prompt"
    assert [turn["role"] for turn in sent[1:]] == ["assistant", "tool"] * (len(sent[1:]) // 2)
    assert 2 <= len(sent[1:]) < 40


# -- one conversation through many models

THOUGHT = {"type": "thinking", "thinking": "Hm", "signature": "claudes"}


def claude_path() -> list[Message]:
    prompt = Message(1, 1, None, Role.USER, (Text("What is in a?"),))
    said = (
        Reasoning("Hm", native=Native("anthropic", "lab", "m", {"block": THOUGHT, "place": 0})),
        ToolCall("c", "fs", "read", native=Native("anthropic", "lab", "m", {"id": "toolu_1", "place": 1})),
        ToolResult("c", "milk"),
        Text("Milk."),
    )
    first = build_request([prompt], abilities=Target("lab/m", Anthropic, "m").abilities, tools=TOOLS)
    return [
        prompt,
        Message(2, 1, 1, Role.ASSISTANT, said, model="lab/m", prefix=first.prefix),
        Message(3, 1, 2, Role.USER, (Text("Sure?"),)),
    ]


def test_from_claude_to_gemini_to_mistral_to_none_to_claude_no_foreign_signature_goes_along():
    path = claude_path()
    for name in ("gemini", "mistral", "ai365vip"):
        target = Target("foreign/m", PROVIDERS[name], "m")
        request = build_request(path, abilities=target.abilities, tools=TOOLS)
        made = json.dumps(
            request.messages
            if name == "ai365vip"
            else PROVIDERS[name].request_body("m", request.messages, {"tools": TOOLS}),
            default=str,
        )
        assert "claudes" not in made and "toolu_1" not in made and "milk" in made
        signed = Native(PROVIDERS[name].format, "foreign", "m", {"id": "x", "signature": f"sig-{name}"})
        number = path[-1].id + 1
        reply = (ToolCall(name, "fs", "read", native=signed), ToolResult(name, "bread"), Text("Yes."))
        path += [
            Message(number, 1, None, Role.ASSISTANT, reply, model="foreign/m"),
            Message(number + 1, 1, None, Role.USER, (Text("Sure?"),)),
        ]
    again = wire(Anthropic, path, TOOLS)
    assert again["messages"][1]["content"][:2] == [
        THOUGHT,
        {"type": "tool_use", "id": "toolu_1", "name": "fs__read", "input": {}},
    ]
    assert "sig-" not in json.dumps(again)


@pytest.mark.parametrize("change", ["system", "tools", "earlier message"])
def test_behind_a_changed_prefix_no_thought_is_sent(change):
    path = claude_path()
    assert "claudes" in json.dumps(wire(Anthropic, path, TOOLS))
    if change == "system":
        sent = wire(Anthropic, path, TOOLS, system="Be brief.")
    elif change == "tools":
        sent = wire(Anthropic, path, [replace(TOOLS[0], description="Other")])
    else:
        path[0] = replace(path[0], parts=(Text("What is in b?"),))
        sent = wire(Anthropic, path, TOOLS)
    assert "claudes" not in json.dumps(sent)
    assert "toolu_1" in json.dumps(sent)


# -- against the vendors' own types


@pytest.mark.parametrize(
    "name", ["openai_chat", "mistral", "openai_responses", "anthropic", "gemini", "ollama"]
)
def test_bodies_fit_the_types_of_the_vendors_libraries(name):
    rounds: list[Part] = [
        Text("I look."),
        ToolCall("a", "fs", "read", {"path": "a"}),
        ToolCall("b", "fs", "gone tool", raw="{broken"),
        ToolResult("a", "milk", files=(PNG,)),
        ToolResult("b", "no such tool", is_error=True),
        Text("Milk."),
    ]
    path = claude_path()
    path[1] = replace(path[1], parts=(*path[1].parts, *rounds))
    body = wire(PROVIDERS[name], path, TOOLS)
    for kind, value in parts_of_library(name, body):
        kind(value)


def parts_of_library(name: str, body: Any) -> Any:
    from pydantic import TypeAdapter

    if name == "openai_responses":
        from openai.types.responses import ResponseInputParam, ToolParam

        return [
            (TypeAdapter(ResponseInputParam).validate_python, [i for i in body["input"] if "type" in i]),
            *((TypeAdapter(ToolParam).validate_python, tool) for tool in body["tools"]),
        ]
    if name == "anthropic":
        from anthropic.types import MessageParam
        from anthropic.types import ToolParam as AnthropicTool

        return [
            *((TypeAdapter(MessageParam).validate_python, turn) for turn in body["messages"]),
            *((TypeAdapter(AnthropicTool).validate_python, tool) for tool in body["tools"]),
        ]
    if name == "gemini":
        from google.genai.types import Content, Tool

        return [
            *((Content.model_validate, turn) for turn in body["contents"]),
            *((Tool.model_validate, tool) for tool in body["tools"]),
        ]
    if name == "ollama":
        from ollama import Message as OllamaMessage
        from ollama import Tool as OllamaTool

        return [
            *(
                (OllamaMessage.model_validate, {k: v for k, v in turn.items() if k != "images"})
                for turn in body["messages"]
            ),
            *((OllamaTool.model_validate, tool) for tool in body["tools"]),
        ]
    from openai.types.chat import ChatCompletionFunctionToolParam, ChatCompletionMessageParam

    return [
        *((TypeAdapter(ChatCompletionMessageParam).validate_python, turn) for turn in body["messages"]),
        *((TypeAdapter(ChatCompletionFunctionToolParam).validate_python, tool) for tool in body["tools"]),
    ]
