"""Our own tools as a source, and the history that one of them searches."""

from __future__ import annotations

from tui.chat.message import Role
from tui.chat.parts import Text
from tui.history.sqlite.history import open_history
from tui.tools.builtin.own import OwnTools
from tui.tools.builtin.past import SearchHistory
from tui.tools.toolbox import Toolbox


def nothing(step):
    pass


async def said(store, title, text):
    conversation = await store.create_conversation(title=title)
    await store.add_message(conversation.id, None, Role.USER, [Text(text)])


async def test_there_is_what_can_be_used(tmp_path):
    assert [tool.spec.name for tool in await OwnTools().tools()] == ["web_fetch"]
    store = await open_history(None)
    source = OwnTools(folders=[tmp_path], history=store)
    box = Toolbox(await source.tools())
    assert [spec.name for spec in box.specs] == ["web_fetch", "read_file", "list_folder", "search_history"]
    assert all(spec.read_only and not spec.destructive and not spec.server for spec in box.specs)
    assert box.tokens < 1000
    await source.close()
    await store.close()


async def test_what_was_said_is_found_with_its_title():
    store = await open_history(None)
    await said(store, "Bread", "How long does sourdough rise?")
    await said(store, "Cars", "Which oil?")
    outcome = await SearchHistory(store).call({"query": "sourdough"}, nothing)
    assert outcome.text.startswith("Bread (")
    assert "How long does sourdough rise?" in outcome.text
    assert "Cars" not in outcome.text
    assert (await SearchHistory(store).call({"query": "nowhere"}, nothing)).text == "Nothing was found"
    assert (await SearchHistory(store).call({}, nothing)).is_error
    await store.close()


async def test_what_a_temporary_conversation_said_is_not_found(tmp_path):
    """It is in a history of its own, which ends with it."""
    kept, temporary = await open_history(tmp_path / "history.db"), await open_history(None)
    await said(temporary, "Secret", "sourdough")
    assert (await SearchHistory(kept).call({"query": "sourdough"}, nothing)).text == "Nothing was found"
    await kept.close()
    await temporary.close()


async def test_of_many_hits_a_page_is_given():
    store = await open_history(None)
    for number in range(25):
        await said(store, f"Talk {number}", "sourdough")
    first = (await SearchHistory(store).call({"query": "sourdough"}, nothing)).text
    rest = (await SearchHistory(store).call({"query": "sourdough", "skip": 20}, nothing)).text
    assert first.endswith("[there are more: skip 20]")
    assert first.count("Talk") == 20
    assert rest.count("Talk") == 5
    await store.close()
