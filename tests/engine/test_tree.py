"""Whatever a person does to a conversation, in whatever order, nothing that was written is lost.

A machine does deeds through the real engine to a real SQLite file, beside a model that only remembers what
was written and what is deleted. After each deed the conversation is read back from the disk and compared.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tui.chat.chunks import Chunk, Finish, FinishReason
from tui.chat.conversation import Conversation
from tui.chat.message import Role
from tui.chat.model import Pictures
from tui.engine.conversation_service import ConversationService, Storage, Undo
from tui.engine.engine import Engine
from tui.engine.live import LiveReplies
from tui.engine.reply import Reply
from tui.errors import NotFoundError, UsageError
from tui.history.bundles import bundle_of
from tui.history.sqlite.history import open_history
from tui.history.store import HistoryStore
from tui.providers.base import Messages, Target


class Provider:
    """Gives each reply a word of its own; resolves and knows models, too."""

    def __init__(self) -> None:
        self.words = 0

    def word(self) -> str:
        self.words += 1
        return f"word{self.words}"

    async def create_async_generator(
        self, model: str, messages: Messages, proxy: str | None = None, **kwargs: Any
    ) -> AsyncIterator[Chunk]:
        yield f"{self.word()} "
        yield Finish(FinishReason.STOP)

    async def target(self, model_id: str) -> Target:
        return Target(model_id, self, model_id.partition("/")[2], told="never")

    async def pictures(self, model_id: str) -> Pictures:
        return "never"

    def info(self, model_id: str) -> None:
        return None

    def note_outcome(self, provider: str, error: Exception | None) -> None:
        return None


def reached_by_flipping(conversation: Conversation) -> set[int]:
    """Every message that some number of flips brings onto the path."""
    seen: set[int] = set()
    waiting = conversation.path()
    while waiting:
        message_id = waiting.pop()
        if message_id not in seen:
            seen.add(message_id)
            conversation.select(message_id)
            waiting += [v for i in conversation.path() for v in conversation.versions(i)]
    return seen


def shape(conversation: Conversation) -> dict[int, list[int]]:
    """What can be seen of the tree: the versions of each visible message."""
    return {i: conversation.versions(i) for i, node in conversation.nodes.items() if not node.deleted}


class Person(RuleBasedStateMachine):
    """Works on one conversation."""

    @initialize()
    def begin(self) -> None:
        self.loop = asyncio.Runner()
        self.run = self.loop.run
        self.folder = Path(tempfile.mkdtemp(prefix="segue-tree-"))
        self.provider = Provider()
        self.written: dict[int, str] = {}
        self.deleted: set[int] = set()
        self.deletions: list[tuple[Undo, list[int]]] = []
        self._open(Conversation(0, model="lab/big"))
        for _ in range(3):
            self.ask()
        self.answer_again(1, None)
        self.ask()

    def teardown(self) -> None:
        self.run(self.store.close())
        self.loop.close()
        shutil.rmtree(self.folder)

    def _open(self, conversation: Conversation) -> None:
        self.store: HistoryStore = self.run(open_history(self.folder / "history.db"))
        self.service = self._service(self.store, conversation)

    def _service(self, store: HistoryStore, conversation: Conversation) -> ConversationService:
        storage = Storage(store, Engine(store, self.provider, self.provider))
        live = LiveReplies(lambda *told: None, lambda error: None)
        return ConversationService(storage, conversation, live)

    # -- parts
    @property
    def conversation(self) -> Conversation:
        return self.service.conversation

    @property
    def path(self) -> list[int]:
        return self.conversation.path()

    @property
    def visible(self) -> list[int]:
        return sorted(self.written.keys() - self.deleted)

    def _on_path(self, number: int, role: Role | None = None) -> int | None:
        nodes = self.conversation.nodes
        places = [i for i in self.path if role in (None, nodes[i].role)]
        return places[number % len(places)] if places else None

    def _reply_on_path(self, number: int, *, prompt_there: bool = True) -> int | None:
        nodes, path = self.conversation.nodes, self.path
        replies = [i for i in path if nodes[i].role is Role.ASSISTANT]
        places = [i for i in replies if (nodes[i].parent in path) is prompt_there]
        return places[number % len(places)] if places else None

    def _answer(self, reply: Reply) -> None:
        self.run(reply.run(lambda event: None))
        self._note()

    def _note(self) -> None:
        """Remember the last prompt and its reply."""
        self.written |= {m.id: m.text for m in self.run(self.store.messages(self.path[-2:]))}

    # -- deeds
    @rule()
    def ask(self) -> None:
        self._answer(self.run(self.service.send(self.provider.word())))

    @rule(number=some.integers(0, 20))
    def edit(self, number: int) -> None:
        if prompt := self._on_path(number, Role.USER):
            self._answer(self.run(self.service.edit(prompt, self.provider.word())))

    @rule(number=some.integers(0, 20), model=some.sampled_from([None, "lab/small"]))
    def answer_again(self, number: int, model: str | None) -> None:
        if reply := self._reply_on_path(number):
            self._answer(self.run(self.service.retry(reply, model)))

    @rule(number=some.integers(0, 20))
    def go_on(self, number: int) -> None:
        if reply := self._reply_on_path(number):
            before = self.written[reply]
            self._answer(self.run(self.service.resume(reply)))
            assert self.written[self.path[-1]].startswith(before)

    @rule(number=some.integers(0, 20))
    def answer_a_prompt_that_is_gone(self, number: int) -> None:
        if reply := self._reply_on_path(number, prompt_there=False):
            with pytest.raises(UsageError, match="prompt of this reply"):
                self.run(self.service.retry(reply))

    @rule(number=some.integers(0, 20), again=some.booleans())
    def see_what_another_program_did(self, number: int, again: bool) -> None:
        if reply := self._reply_on_path(number):
            store = self.run(open_history(self.folder / "history.db"))
            there = self._service(store, self.run(store.load_conversation(self.conversation.id)))
            deed = there.retry(reply) if again else there.send(self.provider.word())
            self.run(self.run(deed).run(lambda event: None))
            self.run(store.close())
            self.conversation.take_in(self.run(self.store.load_conversation(self.conversation.id)))
            self.run(self.service.show(there.last or 0))
            self._note()

    @rule(number=some.integers(0, 20), step=some.sampled_from([1, -1]))
    def flip(self, number: int, step: int) -> None:
        if place := self._on_path(number):
            versions = self.conversation.versions(place)
            wanted = versions.index(place) + step
            shown = self.run(self.service.flip(place, step))
            assert shown == (versions[wanted] if 0 <= wanted < len(versions) else None)
            assert shown is None or shown in self.path

    @rule(number=some.integers(0, 20))
    def jump(self, number: int) -> None:
        if self.visible:
            wanted = self.visible[number % len(self.visible)]
            self.run(self.service.show(wanted))
            assert wanted in self.path

    @rule(number=some.integers(0, 20), whole=some.booleans())
    def delete(self, number: int, whole: bool) -> None:
        if place := self._on_path(number):
            ids = self.conversation.shown_below(place) if whole else [place]
            self.deletions.append((self.run(self.service.delete(ids)), ids))
            self.deleted |= set(ids)

    @precondition(lambda self: self.deletions)
    @rule()
    def take_back(self) -> None:
        undo, ids = self.deletions.pop()
        self.run(undo())
        self.deleted -= set(ids)

    @rule(number=some.integers(0, 20), whole=some.booleans())
    def delete_and_take_back(self, number: int, whole: bool) -> None:
        if place := self._on_path(number):
            ids, before = self.conversation.shown_below(place) if whole else [place], self.path
            self.run(self.run(self.service.delete(ids))())
            assert self.path == before, "the page is as it was"

    @rule()
    def bring_everything_back(self) -> None:
        if self.conversation.id:
            assert self.run(self.service.undelete()) == len(self.deleted)
            self.deleted.clear()
            self.deletions.clear()

    @rule()
    def a_month_goes_by(self) -> None:
        """What was deleted goes for good; of what is there, nothing changes."""
        before = shape(self.conversation), self.path
        self.run(self.store.empty_trash(datetime.now(UTC) + timedelta(seconds=1)))
        for message_id in self.deleted:
            del self.written[message_id]
        self.deleted.clear()
        self.deletions.clear()
        self._come_back()
        assert (shape(self.conversation), self.path) == before

    @rule()
    def come_back_later(self) -> None:
        for _ in range(2):  # the first start sweeps up in the background
            self.run(self.store.close())
            self._open(self.conversation)
        self.deletions.clear()
        self._come_back()

    def _come_back(self) -> None:
        try:
            if self.conversation.id:
                self.service.conversation = self.run(self.store.load_conversation(self.conversation.id))
        except NotFoundError:  # it went with the last of its messages
            assert not self.written
            self.service.conversation = Conversation(0, model="lab/big")

    @rule(number=some.integers(0, 20))
    def branch(self, number: int) -> None:
        if place := self._on_path(number):
            path = self.path[: self.path.index(place) + 1]
            made = self.run(self.service.branch(place))
            copied = self.run(self.store.messages(made.path()))
            assert [message.text for message in copied] == [self.written[i] for i in path]
            assert len(made.nodes) == len(path)

    @rule()
    def duplicate(self) -> None:
        if self.path:
            made = self.run(self.store.copy_conversation(self.conversation.id))
            copied = self.run(bundle_of(self.store, made.id)).path()
            assert [message.text for message in copied] == [self.written[i] for i in self.path]
            assert sorted(map(len, shape(made).values())) == sorted(
                map(len, shape(self.conversation).values())
            )

    # -- what always holds
    @invariant()
    def everything_that_was_written_is_there(self) -> None:
        if not self.conversation.id:
            return
        stored = self.run(self.store.load_conversation(self.conversation.id))
        assert stored.path() == self.path
        assert shape(stored) == shape(self.conversation)
        texts = {m.id: m.text for m in self.run(self.store.messages(sorted(self.written)))}
        assert texts == self.written
        assert bool(self.path) == bool(self.visible), "the page is empty only if nothing is visible"
        assert reached_by_flipping(stored) == set(self.visible)

    @invariant()
    def each_place_shows_one_version(self) -> None:
        path = self.path
        for message_id in path:
            versions = self.conversation.versions(message_id)
            assert versions == sorted(set(versions))
            assert [i for i in path if i in versions] == [message_id]

    @invariant()
    def search_finds_what_is_visible_and_nothing_else(self) -> None:
        for message_id in (self.visible or [0])[-1:] + sorted(self.deleted)[-1:]:
            for word in self.written.get(message_id, "").split():
                found = {hit.message_id for hit in self.run(self.store.search(f'"{word}"', limit=1000))}
                own = found & self.conversation.nodes.keys()
                assert own == {i for i in self.visible if word in self.written[i].split()}


TestTree = Person.TestCase
TestTree.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
