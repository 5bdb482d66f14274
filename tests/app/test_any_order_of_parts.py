"""Whatever comes of a reply, in whatever pieces, is in its order wherever it is shown, kept or sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tests.app.transcript.test_message_view import look
from tests.engine.conftest import DONE, World
from tui.app.messages.message_view import MessageView, Standing
from tui.app.transcript.shown_replies import ShownReplies
from tui.chat.attachment import attachment_of
from tui.chat.conversation import Bundle
from tui.chat.export import to_json, to_markdown
from tui.chat.message import Message
from tui.chat.page import to_html
from tui.chat.parts import (
    File,
    Gathered,
    Image,
    Notice,
    Part,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    below,
    body,
    calls_ended,
)
from tui.chat.parts import (
    to_json as part_json,
)
from tui.cli.plain.page import Page
from tui.cli.plain.printer import Printer, read_out
from tui.cli.plain.spoken import InWords, Spoken
from tui.engine.events import Event, Finished, PartAdded, ReasoningAdded, TextAdded, TextWasReasoning
from tui.engine.limits import Limits
from tui.engine.reply import Reply
from tui.engine.request import build_request
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history
from tui.markdown.parser import build

MARK = re.compile(r"(?:say|think|call|res|pic|src|note|file)\d+x")
OPEN = (
    "",
    "",
    "\n```\n",
    "\n~~~py\n",
    "\n\n<!-- ",
    "\n<details>\n\n",
    "\n\n$$\n",
    "\n- a\n  1. ",
    "\n| a |\n|---|\n| ",
)
KINDS = ("think", "say", "call", "res", "pic", "src", "note", "file")


def part_of(kind: str, mark: str, opened: str, last_call: str) -> Part:
    made: dict[str, Part] = {
        "think": Reasoning(f"{mark} {opened}"),
        "say": Text(f"{mark}. {opened}"),
        "call": ToolCall(mark, "fs", mark, {"path": "a"}),
        "res": ToolResult(last_call, f"```\n{mark}"),
        "pic": Image(f"https://a.test/{mark}.png", mark),
        "src": Sources((Source(f"https://s.test/{mark}", mark),)),
        "note": Notice(f"{mark} was left out"),
        "file": File(attachment_of(f"{mark}.txt", mark.encode())),
    }
    return made[kind]


@some.composite
def replies(draw: Any) -> list[Part]:
    parts: list[Part] = []
    last_call = "none"
    for number, kind in enumerate(draw(some.lists(some.sampled_from(KINDS), min_size=1, max_size=9))):
        mark = f"{kind}{number}x"
        parts.append(part_of(kind, mark, draw(some.sampled_from(OPEN)), last_call))
        last_call = mark if kind == "call" else last_call
    return parts


def in_pieces(parts: Sequence[Part], size: int) -> Iterator[str | Part]:
    for part in parts:
        if not isinstance(part, Text) and not isinstance(part, Reasoning):
            yield part
            continue
        for start in range(0, len(part.text), size):
            piece = part.text[start : start + size]
            yield piece if isinstance(part, Text) else Reasoning(piece)


def timeless(parts: Sequence[Part]) -> list[Part]:
    return [replace(part, seconds=None) if isinstance(part, Reasoning) else part for part in parts]


def marks_in(text: str) -> list[str]:
    return list(dict.fromkeys(MARK.findall(text)))


def marks_of(*parts: Part) -> list[str]:
    return marks_in(json.dumps([{**part_json(part), "id": ""} for part in parts]))


def without(marks: Sequence[str], *kinds: str) -> list[str]:
    return [mark for mark in marks if not mark.startswith(kinds)]


class Drawn:
    """The reply as the transcript draws it while it comes."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self.view = MessageView(reply.message, look(), Standing(first=True))

    def take(self, event: Event) -> None:
        match event:
            case TextAdded(_, text):
                self.view.feed(text, "")
            case ReasoningAdded(_, text):
                self.view.feed("", text)
            case TextWasReasoning() | PartAdded():
                self.view.replace(self._reply.so_far(), Standing(first=True))
            case Finished(message):
                self.view.replace(message, Standing(first=True))
            case _:
                pass


def drawn(view: MessageView) -> str:
    """All rows of a message, with all that folds open."""
    view.fold()
    row = 0
    while row < view.height:
        view.toggle(row)
        row += 1
    return "\n".join(view.line(row).text for row in range(view.height))


class Lines(Page):
    """What is said, in a text."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""

    def _write(self, text: str, *, raw: bool = False) -> None:
        self.said += text


async def came(world: World, pieces: Sequence[str | Part]) -> tuple[Reply, Drawn, str]:
    """A reply of these pieces, as it was drawn and said while it came."""
    world.script(*pieces, DONE)
    conversation = await world.store.create_conversation(model="lab/one")
    reply = await world.engine.send(conversation, "What?")
    drawing, page = Drawn(reply), Lines()
    printer = Printer(page, reply.message, Spoken(page, reply.message))

    def emit(event: Event) -> None:
        drawing.take(event)
        printer.take(event)

    await reply.run(emit)
    printer.end()
    return reply, drawing, page.said


def check_screen(message: Message, live: MessageView) -> None:
    fresh = MessageView(message, look(), Standing(first=True))
    expected = marks_of(*body(message.parts), *below(message.parts))
    assert marks_in(drawn(fresh)) == expected
    assert marks_in(drawn(live)) == expected


def check_said(message: Message, live: str) -> None:
    page = Lines()
    read_out(page, InWords(), message, 2)
    below_it = marks_of(*below(message.parts))
    assert marks_in(page.said) == without(marks_of(*body(message.parts)), "think") + below_it
    said = without(marks_of(*message.parts), "think", "src", "note")
    assert without(marks_in(live), "src", "note") == said
    assert {*marks_in(live)} == {*without(marks_of(*message.parts), "think")}


def check_exports(bundle: Bundle) -> None:
    message = bundle.messages[-1]
    expected = marks_of(*body(message.parts), *below(message.parts))
    markdown = to_markdown(bundle)
    assert marks_in(markdown) == expected
    assert marks_in(to_html(bundle)) == expected
    shown = [token.content for token in build(html=True).parse(markdown) if token.type == "inline"]
    beside = [mark for mark in expected if mark.startswith(("call", "pic", "src", "note", "file"))]
    assert [mark for mark in marks_in("\n".join(shown)) if mark in beside] == beside


def check_sent(message: Message) -> None:
    path = [Message(1, 1, None, message.role.USER, (Text("What?"),)), message]
    path.append(Message(3, 1, 2, message.role.USER, (Text("And?"),)))
    sent = "\n".join(str(turn["content"]) for turn in build_request(path).messages)
    assert "think" not in sent
    calls = [part.id for part in message.parts if isinstance(part, ToolCall)]
    answered = {part.call: part for part in reversed(message.parts) if isinstance(part, ToolResult)}
    results = [mark for call in calls if call in answered for mark in marks_in(answered[call].text)]
    others = [
        part for part in message.parts if not isinstance(part, ToolResult | Reasoning | Sources | Notice)
    ]
    assert without(marks_in(sent), "res") == marks_of(*others)
    assert [mark for mark in marks_in(sent) if mark.startswith("res")] == results


@given(replies(), some.integers(1, 9))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_any_order_of_parts_is_kept_everywhere(
    tmp_path_factory: Any, parts: list[Part], size: int
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    world = World(await open_history(folder / "history.db"), Limits(checkpoint=0.001))
    reply, drawing, said = await came(world, list(in_pieces(parts, size)))
    whole, *_ = await came(world, list(in_pieces(parts, 1000)))
    assert timeless(whole.message.parts) == timeless(reply.message.parts)
    assert timeless(reply.message.parts) == timeless(calls_ended(Gathered(in_pieces(parts, 1000)).parts))
    await world.store.close()

    store, other = await open_history(folder / "history.db"), await open_history(None)
    try:
        bundle = await bundle_of(store, reply.message.conversation_id)
        message = bundle.messages[-1]
        assert message == reply.message
        check_screen(message, drawing.view)
        check_said(message, said)
        check_exports(bundle)
        check_sent(message)
        (folder / "export.json").write_text(to_json(bundle), encoding="utf-8")
        report = await import_file(other, folder / "export.json")
        again = await bundle_of(other, report.added[0])
        assert again.messages[-1].parts == message.parts
        assert to_json(again) == to_json(bundle)
    finally:
        await store.close()
        await other.close()


def test_a_part_is_shown_when_it_comes_not_at_the_end() -> None:
    shown: list[object] = []
    conversation = object()
    context: Any = SimpleNamespace(
        session=SimpleNamespace(current=SimpleNamespace(conversation=conversation)),
        transcript=SimpleNamespace(replace=shown.append),
    )
    live: Any = SimpleNamespace(conversation=conversation, snapshot=lambda: "all so far")
    ShownReplies(context).went_on(live, PartAdded(1, Image("https://a.test/x.png")), turned=False)
    assert shown == ["all so far"]
