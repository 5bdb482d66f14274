"""A draft belongs to the program that writes it: two that have one conversation open write two drafts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tui.chat.conversation import Conversation
from tui.chat.draft import Draft
from tui.engine.drafts import Drafts
from tui.history.sqlite.history import open_history


class Program:
    """The drafts of one program."""

    def __init__(self, store) -> None:
        self.store = store
        self.drafts = Drafts(
            lambda conversation: store, lambda act: None, self._tell, lambda: None, lambda conversation: ()
        )

    def _tell(self, error: Exception) -> None:
        raise error

    async def open(self, conversation_id: int) -> str:
        """What stands in the composer."""
        blank = Conversation(0)
        self.conversation = await self.store.load_conversation(conversation_id) if conversation_id else blank
        return (await self.drafts.load(self.conversation)).text

    async def write(self, text: str) -> None:
        self.drafts.note(self.conversation, Draft(text))
        await self.drafts.flush()


@asynccontextmanager
async def program(path: Path) -> AsyncIterator[Program]:
    store = await open_history(path)
    try:
        yield Program(store)
    finally:
        await store.close()


@pytest.fixture
async def conversation_id(tmp_path) -> int:
    store = await open_history(tmp_path / "history.db")
    made = await store.create_conversation()
    await store.update_conversation(made.id, title="One")
    from tui.chat.message import Role
    from tui.chat.parts import Text

    await store.add_message(made.id, None, Role.USER, [Text("Hi")])
    await store.close()
    return made.id


@pytest.mark.parametrize("stored", [True, False])
async def test_what_one_writes_is_not_the_others(tmp_path, conversation_id, stored) -> None:
    here = conversation_id if stored else 0
    async with program(tmp_path / "history.db") as a, program(tmp_path / "history.db") as b:
        assert await a.open(here) == ""
        await a.write("written in A")
        assert await b.open(here) == ""
        assert await b.drafts.left_in() is None
        await b.write("written in B")
        await a.write("written in A, more")
        assert await a.open(here) == "written in A, more"


@pytest.mark.parametrize("stored", [True, False])
async def test_when_it_is_sent_the_next_one_has_it(tmp_path, conversation_id, stored) -> None:
    here = conversation_id if stored else 0
    async with program(tmp_path / "history.db") as a, program(tmp_path / "history.db") as b:
        await a.open(here)
        await a.write("written in A")
        await a.write("")
        await b.open(here)
        await b.write("written in B")
        assert await a.open(here) == ""


async def test_who_leaves_it_or_ends_leaves_the_draft(tmp_path, conversation_id) -> None:
    async with program(tmp_path / "history.db") as b:
        async with program(tmp_path / "history.db") as a:
            await a.open(conversation_id)
            await a.write("left")
            assert await b.open(conversation_id) == ""
            await a.open(0)
            assert await b.open(conversation_id) == "left"
            await b.open(0)
            await a.open(conversation_id)
            await a.write("left again")
        assert await b.open(conversation_id) == "left again"


async def test_nothing_is_lost_of_what_both_had_written(tmp_path, conversation_id) -> None:
    async with program(tmp_path / "history.db") as a:
        await a.open(conversation_id)
        await a.write("written in A")
        async with program(tmp_path / "history.db") as b:
            await b.open(conversation_id)
            await b.write("written in B")
        await asyncio.sleep(0)
    async with program(tmp_path / "history.db") as c:
        assert await c.open(conversation_id) == "written in A\n\nwritten in B"
        assert await c.open(conversation_id) == "written in A\n\nwritten in B"


async def test_what_is_written_beside_goes_along_to_another_page(tmp_path):
    async with program(tmp_path / "history.db") as a, program(tmp_path / "history.db") as b:
        await a.open(0)
        await a.write("theirs")
        await b.open(0)
        await b.write("a secret")
        page = Conversation(0, temporary=True)
        forgotten = await open_history(None)
        drafts_of = b.drafts._store_of
        b.drafts._store_of = lambda each: forgotten if each.temporary else drafts_of(each)
        await b.drafts.move(b.conversation, page)
        assert await b.drafts.load(page) == Draft("a secret")
        assert await a.store.new_draft() == Draft("theirs")
        await forgotten.close()
    async with program(tmp_path / "history.db") as later:
        assert await later.open(0) == "theirs"
