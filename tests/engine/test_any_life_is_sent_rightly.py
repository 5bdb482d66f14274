"""However a conversation came about, each request of it is one that its model's wire format takes.

A conversation is led at random: prompts, calls that are declined, stopped or cut, other models, versions,
summaries, deleted messages, branches, an export and an import, a program that was killed. Each model is of
another wire format, and looks at every request before it answers at random too.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tests.engine.conftest import FakeSource, FakeTool, World
from tests.engine.fitting import PROVIDERS, check, check_types
from tests.engine.test_any_history_is_sent_rightly import NOTE, PNG, blob
from tui.chat.chunks import Chunk, Finish, FinishReason
from tui.chat.conversation import Conversation
from tui.chat.export import to_json
from tui.chat.message import Role, Status
from tui.chat.model import Pictures
from tui.chat.parts import CallState, Native, Reasoning, Text, ToolCall, of_kind
from tui.engine.limits import Limits
from tui.engine.reply import Reply
from tui.engine.tools import Tools
from tui.errors import ErrorKind, ProviderError, UsageError
from tui.history.bundles import bundle_of
from tui.history.importers import import_file
from tui.history.sqlite.history import open_history
from tui.providers.base import Target
from tui.tools.approval import Decision
from tui.tools.tool import Outcome, ToolSpec

MODELS = [f"{name}/m" for name in PROVIDERS]
ENDS = (FinishReason.STOP, FinishReason.TOOL, FinishReason.TOOL, FinishReason.LENGTH, FinishReason.FILTER)
CALLED = ("fs__read", "fs__write", "fs__gone", "fs__stop", "odd name", "")


class Fit:
    """A model of a wire format: looks at the request, and answers at random."""

    def __init__(self, name: str, life: Life) -> None:
        self._name = name
        self._real = PROVIDERS[name]
        self._life = life
        self.tools = self._real.tools
        self.format = self._real.format
        self.thoughts = self._real.thoughts

    async def create_async_generator(
        self, model: str, messages: Any, proxy: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Chunk]:
        try:
            self._look(model, messages, kwargs)
        except Exception as raised:
            self._life.refused.append(raised)
            raise
        self._life.requests += 1
        chance = self._life.chance
        if chance.random() < 0.1:
            raise ProviderError("no", kind=ErrorKind.AUTH)
        for _ in range(chance.randrange(4)):
            yield self._piece(model)
        if chance.random() < 0.1:
            raise ProviderError("lost", kind=ErrorKind.LOST)
        if chance.random() < 0.6:
            for _ in range(chance.randint(1, 3)):
                yield self._call(model)
        yield Finish(chance.choice(ENDS))

    def _look(self, model: str, messages: Any, options: Any) -> None:
        if self._name == "ai365vip":
            assert not options.get("tools")
            assert all(message["role"] in ("system", "user", "assistant") for message in messages)
            return
        body = self._real.request_body(model, messages, options)
        check(self._name, body)
        check_types(self._name, body)
        foreign = {f"sig-{other}-" for other in PROVIDERS} - {f"sig-{self._name}-"}
        assert not any(mark in str(body) for mark in foreign), "a form of another provider is sent"

    def _native(self, model: str, kind: str) -> Native | None:
        if not self.format or self._life.chance.random() < 0.4:
            return None
        return Native(
            self.format, "", model, blob(self.format, kind, f"{self._name}-{next(self._life.number)}")
        )

    def _piece(self, model: str) -> Chunk:
        word = f"word{next(self._life.number)} "
        chance = self._life.chance
        match chance.randrange(4):
            case 0:
                return Reasoning(word, native=self._native(model, "think"))
            case 1:
                return Text(word if chance.random() < 0.7 else "", self._native(model, "say"))
            case _:
                return word

    def _call(self, model: str) -> ToolCall:
        chance = self._life.chance
        raw = "{broken" if chance.random() < 0.1 else ""
        arguments = {} if raw else {"q": next(self._life.number)}
        return ToolCall("", "", chance.choice(CALLED), arguments, raw, native=self._native(model, "call"))


class Life(World):
    """A conversation that is led at random."""

    def __init__(self, store: Any, chance: Random, folder: Path) -> None:
        super().__init__(store, Limits(checkpoint=0.001, rounds=3, attempts=1, call_end=0.01))
        self.chance = chance
        self.folder = folder
        self.number = count()
        self.requests = 0
        self.refused: list[Exception] = []
        self.conversation = Conversation(0)
        self._models = {name: Fit(name, self) for name in PROVIDERS}
        self._stop = asyncio.Event()
        names = ("read", "write", "stop")
        source = FakeSource(
            "fs", [FakeTool(ToolSpec("fs", name), self._do, self._scope(name)) for name in names]
        )
        self.engine.tools = Tools(lambda: [source], use=["fs"])
        self.engine.tools.asker = self

    @staticmethod
    def _scope(name: str) -> str | None:
        return "" if name == "write" else None

    async def ask(self, question: Any) -> Decision:
        """The person decides at random."""
        return self.chance.choice(list(Decision))

    async def _do(self, arguments: Any, progress: Any) -> Outcome:
        if self.chance.random() < 0.1:
            self._stop.set()
            await asyncio.sleep(0.001)
        files = self.chance.choice(((), (PNG,), (NOTE, PNG)))
        return Outcome(f"gave {arguments}", self.chance.random() < 0.2, files)

    async def target(self, model_id: str) -> Target:
        name, _, model = model_id.partition("/")
        return Target(model_id, self._models[name], model)

    async def pictures(self, model_id: str) -> Pictures:
        return (await self.target(model_id)).pictures

    # -- what a person does
    async def run(self, making: Awaitable[Reply]) -> None:
        """Let a reply come, and perhaps stop it in the middle of a call."""
        with suppress(UsageError):
            reply = await making
            self._stop.clear()
            coming = asyncio.create_task(reply.run(lambda event: None))
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait([coming, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if self._stop.is_set():
                coming.cancel()
            with suppress(asyncio.CancelledError):
                ended = await coming
                assert ended.failure is None or self.refused or ended.failure.message in ("no", "lost")
            if self.refused:
                raise self.refused[0]

    def model(self) -> str:
        return self.chance.choice(MODELS)

    def any_of(self, *roles: Role) -> int | None:
        known = [
            node.id for node in self.conversation.nodes.values() if node.role in roles and not node.deleted
        ]
        return self.chance.choice(known) if known else None

    async def send(self) -> None:
        files = self.chance.choice(((), (), (NOTE,)))
        await self.run(self.engine.send(self.conversation, "prompt", self.model(), files))

    async def edit(self) -> None:
        if prompt := self.any_of(Role.USER):
            await self.run(self.engine.edit(self.conversation, prompt, "other prompt", model=self.model()))

    async def retry(self) -> None:
        if reply := self.any_of(Role.ASSISTANT, Role.SYSTEM):
            await self.run(self.engine.retry(self.conversation, reply, self.model()))

    async def resume(self) -> None:
        if reply := self.any_of(Role.ASSISTANT):
            await self.run(self.engine.resume(self.conversation, reply))

    async def compact(self) -> None:
        self.conversation.model = self.model()
        await self.run(self.engine.compact(self.conversation))

    async def delete(self) -> None:
        if message := self.any_of(*Role):
            await self.store.hide_messages([message])
            self.conversation.leaf = self.conversation.hide([message], hidden=True)

    async def undelete(self) -> None:
        hidden = [node.id for node in self.conversation.nodes.values() if node.deleted]
        await self.store.hide_messages(hidden, hidden=False)
        self.conversation.leaf = self.conversation.hide(hidden, hidden=False)

    async def show(self) -> None:
        if message := self.any_of(*Role):
            self.conversation.leaf = message

    async def pin(self) -> None:
        if message := self.any_of(*Role):
            self.conversation.pins = (message,)

    async def branch(self) -> None:
        if message := self.any_of(*Role):
            self.conversation = await self.store.copy_conversation(self.conversation.id, leaf=message)

    async def instruct(self) -> None:
        self.conversation.system = self.chance.choice(("", "Be brief.", "Be long."))

    async def turn(self) -> None:
        self.conversation.tools = self.chance.choice(
            ((), ("-fs",), ("-fs__read",), ("-fs__write", "-fs__stop"))
        )

    async def export_and_import(self) -> None:
        bundle = await bundle_of(self.store, self.conversation.id)
        file = self.folder / "export.json"
        file.write_text(to_json(bundle), encoding="utf-8")
        report = await import_file(self.store, file)
        for added in report.added:
            self.conversation = await self.store.load_conversation(added)

    async def killed(self) -> None:
        """The last reply is as a killed program leaves it: cut somewhere, its calls in any state."""
        if not (place := self.any_of(Role.ASSISTANT)):
            return
        [message] = await self.store.messages([place])
        parts = message.parts[: self.chance.randint(0, len(message.parts))]
        states = [
            replace(call, state=self.chance.choice(list(CallState))) for call in of_kind(parts, ToolCall)
        ]
        known = {call.id: call for call in states}
        cut = tuple(known.get(part.id, part) if isinstance(part, ToolCall) else part for part in parts)
        await self.store.finish_message(replace(message, parts=cut, status=Status.INTERRUPTED))


DOES: dict[str, Callable[[Life], Awaitable[None]]] = {
    "send": Life.send,
    "edit": Life.edit,
    "retry": Life.retry,
    "resume": Life.resume,
    "compact": Life.compact,
    "delete": Life.delete,
    "undelete": Life.undelete,
    "show": Life.show,
    "pin": Life.pin,
    "branch": Life.branch,
    "instruct": Life.instruct,
    "turn": Life.turn,
    "export and import": Life.export_and_import,
    "killed": Life.killed,
}


async def led(what: list[str], chance: Random, folder: Path) -> Life:
    store = await open_history(None)
    try:
        life = Life(store, chance, folder)
        life.conversation = await store.create_conversation(model="openai_chat/m")
        await life.send()
        for name in what:
            await DOES[name](life)
        for model in MODELS:
            await life.run(life.engine.send(life.conversation, "And?", model))
        return life
    finally:
        await store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    some.lists(some.sampled_from([*DOES, "send", "resume", "retry"]), max_size=10), some.integers(0, 2**32)
)
def test_each_request_of_any_conversation_is_one_that_its_wire_format_takes(what, seed):
    with tempfile.TemporaryDirectory() as folder:
        life = asyncio.run(led(what, Random(seed), Path(folder)))
    assert life.requests >= len(MODELS)
