"""What each dialect makes of a prompt with an image, a PDF and a text: from the engine to the wire."""

from __future__ import annotations

import json

import pytest

from tui.chat.attachment import attachment_of
from tui.chat.message import Message, Role
from tui.chat.parts import File, Text
from tui.engine.request import build_request
from tui.providers import Ollama

PNG, PDF = b"\x89PNG\r\n\x1a\n", b"%PDF-1.7"
PNG64, PDF64 = "iVBORw0KGgo=", "JVBERi0xLjc="
TEXT = "Use ``` here"
SPELLED = "note.txt:\n````\nUse ``` here\n````"

FILES = (
    attachment_of("chart.png", PNG),
    attachment_of("report.pdf", PDF),
    attachment_of("note.txt", TEXT.encode()),
)
MESSAGES = build_request(
    [Message(1, 1, None, Role.USER, parts=(Text("Compare"), *map(File, FILES)))]
).messages

_CHAT_FILE = {"filename": "report.pdf", "file_data": f"data:application/pdf;base64,{PDF64}"}
WIRE = {
    "openai_chat": lambda body: (
        body["messages"][0]["content"],
        [
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG64}"}},
            {"type": "file", "file": _CHAT_FILE},
            {"type": "text", "text": SPELLED},
            {"type": "text", "text": "Compare"},
        ],
    ),
    "openai_responses": lambda body: (
        body["input"][0]["content"],
        [
            {"type": "input_image", "image_url": f"data:image/png;base64,{PNG64}", "detail": "auto"},
            {"type": "input_file", **_CHAT_FILE},
            {"type": "input_text", "text": SPELLED},
            {"type": "input_text", "text": "Compare"},
        ],
    ),
    "anthropic": lambda body: (
        body["messages"][0]["content"],
        [
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG64}},
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": PDF64},
                "title": "report.pdf",
            },
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": TEXT},
                "title": "note.txt",
            },
            {"type": "text", "text": "Compare"},
        ],
    ),
    "gemini": lambda body: (
        body["contents"][0]["parts"],
        [
            {"inlineData": {"mimeType": "image/png", "data": PNG64}},
            {"inlineData": {"mimeType": "application/pdf", "data": PDF64}},
            {"inlineData": {"mimeType": "text/plain", "data": "VXNlIGBgYCBoZXJl"}},
            {"text": "Compare"},
        ],
    ),
    "ollama": lambda body: (
        body["messages"][0],
        {"role": "user", "content": f"{SPELLED}\nCompare", "images": [PNG64]},
    ),
    "ai365vip": lambda body: (
        body["messages"],
        [{"role": "user", "content": f"{SPELLED}\nCompare"}],
    ),
}

LEFT_OUT = {
    "ollama": ["Ollama takes no such file; left out: report.pdf"],
    "ai365vip": ["AI365VIP takes only text; left out: an image, report.pdf"],
}


async def test_files_go_as_the_dialect_takes_them(server, ask, dialect, monkeypatch):
    server.answer = dialect.streams("Hello")
    outcome = await ask(dialect.at(server.url), messages=MESSAGES)
    assert outcome.text == "Hello"
    [body] = [json.loads(request.body) for request in server.requests if b"Compare" in request.body]
    found, expected = WIRE[dialect.name](body)
    if dialect.provider is Ollama:
        expected = found | expected
    assert found == expected
    assert outcome.notices == LEFT_OUT.get(dialect.name, [])


@pytest.mark.parametrize("text", ["plain", "```", "a ```` b"])
async def test_no_fence_in_a_text_ends_it(server, ask, dialects, text):
    server.answer = dialects["openai_chat"].streams("Hello")
    note = attachment_of("note.md", text.encode())
    messages = build_request([Message(1, 1, None, Role.USER, parts=(File(note),))]).messages
    await ask(dialects["openai_chat"].at(server.url), messages=messages)
    [part] = server.requests[0].json["messages"][0]["content"]
    head, fence, *lines, last = part["text"].split("\n")
    assert head == "note.md:" and fence == last and set(fence) == {"`"} and lines == [text]
    assert fence not in text
