"""Whatever a history holds, what is sent of it is fit for the model that it goes to."""

from __future__ import annotations

import json
import re
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tests.engine.fitting import PROVIDERS, TOOLS, check, check_types, wire
from tui.chat.attachment import attachment_of
from tui.chat.chunks import CallState, Native
from tui.chat.message import Message, Role
from tui.chat.parts import File, Image, Notice, Part, Reasoning, Source, Sources, Text, ToolCall, ToolResult
from tui.engine.request import build_request
from tui.providers import AI365VIP, Anthropic, OpenAIChat
from tui.providers.base import Target

PNG = attachment_of("dot.png", b"\x89PNG\r\n\x1a\n rest")
NOTE = attachment_of("note.txt", b"a note")
WITH_TYPES = [name for name in PROVIDERS if name != "ai365vip"]
MODELS = ("lab/m", "lab/other", "foreign/m")


def blob(form: str, kind: str, mark: str) -> Any:
    """What a vendor's own form of a part holds."""
    signature = f"sig-{mark}".ljust(20, "-")  # base64, as some vendors have it
    if kind == "think":
        block = {"type": "thinking", "thinking": mark, "signature": signature}
        item = {"type": "reasoning", "id": mark, "summary": [], "encrypted_content": signature}
        return {"block": block} if form == "anthropic" else {"item": item}
    if kind == "say":
        return {"signature": signature, "text": ""} if form == "gemini" else {"other": signature}
    return {"id": f"id{mark}", "signature": signature}


ODD: tuple[Any, ...] = (
    5,
    "x",
    [{}],
    {"block": 5, "item": "x", "id": 7, "signature": 5, "place": "x", "text": 3},
    {"block": {"type": "tool_use", "id": "odd"}, "item": {"type": "message"}, "place": True},
    {"block": {"type": "thinking"}, "reasoning_details": 3, "extra_content": 4, "signature": "no base64!"},
    {"block": {"type": "text", "text": ""}, "item": {"type": 3}, "id": "a b\n", "reasoning_details": [3]},
    {"ran": 5},
    {"ran": [3]},
    {"ran": [{"type": "server_tool_use", "id": "odd"}]},
)
"""Forms of a history that somebody else wrote."""


@some.composite
def parts(draw: Any, model: str, number: Any) -> tuple[Part, ...]:
    """Parts in any order, with results of any call and of none."""
    provider, _, name = model.partition("/")
    form = draw(some.sampled_from(["anthropic", "gemini", "openai", "openai-responses", "ollama"]))

    def native(kind: str, mark: str) -> Native | None:
        form_of = draw(some.sampled_from([blob(form, kind, mark), blob(form, kind, mark), *ODD]))
        return draw(some.sampled_from([None, Native(form, provider, name, form_of)]))

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
            if isinstance(part, ToolCall) and not part.raw and not ran(part):
                assert part.id in sent
            if isinstance(part, Reasoning) and not own(provider, message, part, with_tools):
                assert part.text not in sent
        asked = [call for call in asked if not ran(call)]
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


def ran(call: ToolCall) -> bool:
    """Whether it seems to be one that a vendor ran."""
    return call.native is not None and isinstance(call.native.blob, dict) and "ran" in call.native.blob


def own(provider: Any, message: Message, part: Reasoning, with_tools: bool) -> bool:
    """Whether a thought may go back, in a field of its own."""
    plain = provider.thoughts == "plain" and with_tools
    return message.model == "lab/m" and (plain or part.native is not None)


@pytest.mark.parametrize("name", PROVIDERS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), some.integers(60, 400), some.frozensets(some.integers(1, 8)))
def test_what_is_left_out_to_fit_is_whole_rounds(name, path, context, pins):
    check(name, wire(PROVIDERS[name], path, TOOLS, context=context, pins=pins))
    if path[-1].role is Role.ASSISTANT:
        check(name, wire(PROVIDERS[name], path[:-1], TOOLS, context=context, reply=path[-1], pins=pins))


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


@pytest.mark.parametrize("name", WITH_TYPES)
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
    check_types(name, wire(PROVIDERS[name], path, TOOLS))


@pytest.mark.parametrize("name", WITH_TYPES)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories(), some.booleans(), some.booleans(), some.booleans(), some.booleans())
def test_every_history_fits_the_types_of_the_vendors_libraries(
    name, path, with_tools, goes_on, search, summed_up
):
    reply = path.pop() if goes_on and path[-1].role is Role.ASSISTANT else None
    if summed_up:
        path[1:1] = [Message(50, 1, None, Role.SYSTEM, (Text("in short"),), model="lab/m")]
    body = wire(PROVIDERS[name], path, TOOLS if with_tools else [], reply=reply, search=search)
    check(name, body)
    check_types(name, body)
