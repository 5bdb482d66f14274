"""What every history does with the files of prompts and drafts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tui.chat.attachment import Attachment, attachment_of
from tui.chat.draft import Draft
from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.history.bundles import bundle_of

PNG = attachment_of("chart.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50)
NOTE = attachment_of("note.txt", "Milch für 学习 😀".encode())
SOON = timedelta(seconds=1)


async def ask(store, *files: Attachment):
    """A conversation with one prompt that has files."""
    conversation = await store.create_conversation()
    prompt = await store.add_message(conversation.id, None, Role.USER, prompt_parts("Look", files))
    conversation.append(prompt)
    return conversation, prompt


async def contents(store, *files: Attachment) -> list[bytes | None]:
    """What the history has of these files."""
    bare = [Attachment(f.name, f.media_type, f.size, f.sha256, f.tokens) for f in files]
    return [file.data for file in await store.with_contents(bare)]


async def purge(store, conversation_id: int) -> None:
    await store.delete_conversation(conversation_id)
    await store.empty_trash(datetime.now(UTC) + SOON)


async def test_a_prompt_keeps_its_files_and_their_contents(store):
    _, prompt = await ask(store, PNG, NOTE)
    [stored] = await store.messages([prompt.id])
    assert stored.attachments == prompt.attachments == (PNG, NOTE)
    assert [file.data for file in stored.attachments] == [None, None]
    assert await contents(store, *stored.attachments) == [PNG.data, NOTE.data]


async def test_the_same_content_under_two_names_is_two_files(store):
    twin = attachment_of("copy.png", PNG.data)
    first, _ = await ask(store, PNG)
    _, prompt = await ask(store, twin)
    await purge(store, first.id)
    [stored] = await store.messages([prompt.id])
    assert [file.name for file in stored.attachments] == ["copy.png"]
    assert await contents(store, twin) == [PNG.data]


async def test_a_version_of_a_prompt_can_have_its_files_without_their_contents_at_hand(store):
    conversation, prompt = await ask(store, PNG)
    again = await store.add_message(
        conversation.id, None, Role.USER, prompt_parts("Look again", prompt.attachments)
    )
    [stored] = await store.messages([again.id])
    assert await contents(store, *stored.attachments) == [PNG.data]


async def test_a_purge_takes_what_nothing_else_names(store):
    conversation, _ = await ask(store, PNG, NOTE)
    await ask(store, NOTE)
    await purge(store, conversation.id)
    assert await contents(store, PNG, NOTE) == [None, NOTE.data]


@pytest.mark.parametrize("leaf", [False, True], ids=["copy", "branch"])
async def test_a_copy_has_the_files_when_the_original_is_gone(store, leaf):
    conversation, prompt = await ask(store, PNG)
    copy = await store.copy_conversation(conversation.id, leaf=prompt.id if leaf else None)
    await purge(store, conversation.id)
    [message] = await store.messages(copy.path())
    assert message.attachments == (PNG,)
    assert await contents(store, PNG) == [PNG.data]


async def test_a_draft_keeps_its_files(store):
    conversation, _ = await ask(store)
    await store.update_conversation(conversation.id, draft="See", attachments=(PNG,))
    loaded = await store.load_conversation(conversation.id)
    assert (loaded.draft, loaded.attachments) == ("See", (PNG,))
    await store.empty_trash(datetime.now(UTC))
    assert await contents(store, PNG) == [PNG.data]
    await store.update_conversation(conversation.id, title="Other")
    assert (await store.load_conversation(conversation.id)).attachments == (PNG,)
    await store.update_conversation(conversation.id, attachments=())
    await store.empty_trash(datetime.now(UTC))
    assert await contents(store, PNG) == [None]


async def test_the_draft_of_a_new_conversation_keeps_its_files(store):
    assert await store.new_draft() == Draft()
    await store.set_new_draft(Draft("See", (PNG, NOTE)))
    await store.empty_trash(datetime.now(UTC))
    assert await store.new_draft() == Draft("See", (PNG, NOTE))
    assert await contents(store, PNG, NOTE) == [PNG.data, NOTE.data]
    await store.set_new_draft(Draft())
    await store.empty_trash(datetime.now(UTC))
    assert await store.new_draft() == Draft()
    assert await contents(store, PNG, NOTE) == [None, None]


async def test_an_import_brings_the_contents(store, history_file, open_at):
    async with open_at(history_file.with_name("other.db")) as other:
        conversation, _ = await ask(other, PNG)
        await other.update_conversation(conversation.id, draft="See", attachments=(NOTE,))
        bundle = await bundle_of(other, conversation.id)
    [made] = await store.add_conversations([bundle])
    loaded = await store.load_conversation(made)
    [message] = await store.messages(loaded.path())
    assert (message.attachments, loaded.attachments) == ((PNG,), (NOTE,))
    assert await contents(store, PNG, NOTE) == [PNG.data, NOTE.data]


async def test_a_hidden_message_keeps_its_files_as_long_as_its_text(store):
    _, prompt = await ask(store, PNG)
    await store.hide_messages([prompt.id])
    await store.empty_trash(datetime.now(UTC) - timedelta(days=30))
    assert await contents(store, PNG) == [PNG.data]
    await store.empty_trash(datetime.now(UTC) + SOON)
    assert await contents(store, PNG) == [None]
