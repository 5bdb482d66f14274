"""What every history does with conversations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tui.chat.conversation import Bundle, Conversation, Node
from tui.chat.message import Message, Role, Status
from tui.chat.parts import Text, prompt_parts
from tui.errors import NotFoundError
from tui.history.bundles import bundle_of
from tui.history.store import Change, ListFilter, News


async def test_a_new_conversation_has_what_it_was_given(store):
    made = await store.create_conversation(model="lab/big", system="Be brief.", title="Plans")
    loaded = await store.load_conversation(made.id)
    assert (loaded.model, loaded.system, loaded.title) == ("lab/big", "Be brief.", "Plans")
    assert loaded.leaf is None and not loaded.nodes
    assert abs(loaded.created_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_every_field_can_be_changed_and_the_others_stay(store):
    made = await store.create_conversation(model="lab/big", system="Be brief.")
    changes = {
        "title": "Plans",
        "titled": True,
        "parameters": {"temperature": 0.5, "max_tokens": 10, "stop": "x"},
        "hues": {"lab/big": "teal"},
        "draft": "half a sent",
        "tags": ("work", "Übung"),
        "pins": (3, 1),
        "labels": {3: "the plan"},
        "tools": ("fs", "-web__fetch"),
        "begun_by": "ask",
        "pinned": True,
        "archived": True,
    }
    for name, value in changes.items():
        await store.update_conversation(made.id, **{name: value})
    loaded = await store.load_conversation(made.id)
    assert {name: getattr(loaded, name) for name in changes} == changes
    assert (loaded.model, loaded.system) == ("lab/big", "Be brief.")
    await store.update_conversation(made.id, model=None, system="")
    assert (await store.load_conversation(made.id)).model is None


async def test_what_does_not_exist_is_not_found(store):
    for attempt in (
        store.load_conversation(99),
        store.load_conversation(10**30),
        store.update_conversation(99, title="x"),
        store.delete_conversation(99),
        store.restore_conversation(99),
        store.copy_conversation(99),
        store.messages([99]),
        store.add_message(99, None, Role.USER, prompt_parts("x")),
        store.append(99, ["x"]),
        store.hide_messages([99]),
    ):
        with pytest.raises(NotFoundError):
            await attempt


async def test_the_list_is_newest_first_and_pinned_ones_before_all(store, converse):
    first, second, third = [await converse(store, text) for text in ("first", "second", "third")]
    assert [row.id for row in await store.list_conversations()] == [third.id, second.id, first.id]
    await store.update_conversation(first.id, pinned=True)
    await store.add_message(second.id, second.leaf, Role.USER, prompt_parts("more"))
    assert [row.id for row in await store.list_conversations()] == [first.id, second.id, third.id]


@pytest.mark.parametrize(
    "change", [{"title": "New"}, {"draft": "x"}, {"leaf": None}, {"tags": ("a",)}, {"model": "lab/small"}]
)
async def test_only_messages_make_a_conversation_newer(store, converse, change):
    old, new = await converse(store, "old"), await converse(store, "new")
    await store.update_conversation(old.id, **change)
    assert [row.id for row in await store.list_conversations()] == [new.id, old.id]


async def test_a_row_of_the_list_says_what_it_is_of(store, converse):
    made = await converse(store, "How far is the moon?", "Far.", title="The moon")
    await store.update_conversation(made.id, tags=("sky",))
    [row] = await store.list_conversations()
    assert (row.title, row.messages, row.model, row.tags) == ("The moon", 2, "lab/big", ("sky",))
    await store.hide_messages([made.leaf])
    [row] = await store.list_conversations()
    assert row.messages == 1


async def test_an_empty_conversation_is_not_listed_but_one_with_a_draft_is(store):
    made = await store.create_conversation(model="lab/big")
    assert await store.list_conversations() == []
    assert await store.count_conversations() == 0
    await store.update_conversation(made.id, draft="Dear model,\nplease")
    [row] = await store.list_conversations()
    assert (row.title, row.messages) == ("Dear model, please", 0)


async def test_a_conversation_whose_messages_are_all_hidden_stays(store, converse):
    made = await converse(store, "Hello", "Hi")
    await store.hide_messages(list(made.nodes))
    assert [row.id for row in await store.list_conversations()] == [made.id]


async def test_the_list_comes_in_pages(store, converse):
    made = [(await converse(store, f"number {n}")).id for n in range(7)]
    pages = [await store.list_conversations(limit=3, offset=start) for start in (0, 3, 6, 9)]
    assert [[row.id for row in page] for page in pages] == [made[:3:-1], made[3:0:-1], made[:1], []]
    assert await store.count_conversations() == 7


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cafe", ["Café in Zürich"]),
        ("ZÜR", ["Café in Zürich"]),
        ("zur caf", ["Café in Zürich"]),
        ("学习", ["机器学习 plan"]),
        ("100%", ["100%_sure"]),
        ("%", ["100%_sure"]),
        ("caf plan", []),
    ],
)
async def test_the_list_is_filtered_by_words_of_the_title(store, converse, words, found):
    for title in ("Café in Zürich", "机器学习 plan", "100%_sure"):
        await converse(store, "x", title=title)
    rows = await store.list_conversations(ListFilter(title=words))
    assert [row.title for row in rows] == found
    assert await store.count_conversations(ListFilter(title=words)) == len(found)


async def test_the_list_is_filtered_by_tag_model_and_time(store, converse):
    a = await converse(store, "a", model="openai/gpt-6")
    b = await converse(store, "b", model="lab/small")
    await store.update_conversation(a.id, tags=("Work", "home"))
    await store.update_conversation(b.id, tags=("workshop",))
    newer = (await store.load_conversation(b.id)).updated_at

    async def ids(**filters):
        return [row.id for row in await store.list_conversations(ListFilter(**filters))]

    assert await ids(tag="work") == [a.id]
    assert await ids(model="GPT-6") == [a.id]
    assert await ids(after=newer) == [b.id]
    assert await ids(before=newer) == [a.id]
    assert await ids(tag="workshop", model="lab", title="b") == [b.id]


async def test_archived_ones_have_a_list_of_their_own(store, converse):
    kept, archived = await converse(store, "kept"), await converse(store, "archived")
    await store.update_conversation(archived.id, archived=True)
    assert [row.id for row in await store.list_conversations()] == [kept.id]
    assert [row.id for row in await store.list_conversations(ListFilter(archived=True))] == [archived.id]


async def test_a_copy_is_another_conversation_with_the_same_tree(store, converse):
    made = await converse(store, "Question", "First answer", title="Plans")
    question = made.path()[0]
    second = await store.add_message(
        made.id, question, Role.ASSISTANT, prompt_parts("Second answer"), model="lab/small"
    )
    await store.hide_messages([made.leaf])
    await store.update_conversation(made.id, tags=("work",), parameters={"temperature": 1}, pinned=True)
    await store.update_conversation(made.id, pins=(question,), labels={question: "the plan"})
    copy = await store.copy_conversation(made.id)
    assert copy.id != made.id and not set(copy.nodes) & {*made.nodes, second.id}
    assert (copy.title, copy.tags, copy.parameters, copy.pinned) == (
        "Plans (2)",
        ("work",),
        {"temperature": 1},
        False,
    )
    texts = [message.text for message in await store.messages(sorted(copy.nodes))]
    assert texts == ["Question", "First answer", "Second answer"]
    assert copy.pins == (sorted(copy.nodes)[0],)
    assert copy.labels == {sorted(copy.nodes)[0]: "the plan"}
    assert [message.text for message in await store.messages(copy.path())] == ["Question", "Second answer"]
    assert [node.deleted for node in copy.nodes.values()] == [False, True, False]
    assert [row.id for row in await store.list_conversations()] == [made.id, copy.id]


async def test_a_branch_is_a_copy_of_one_path(store, converse):
    made = await converse(store, "one", "two", "three", "four")
    _, two, three, _ = made.path()
    await store.hide_messages([two])
    branch = await store.copy_conversation(made.id, leaf=three)
    assert [message.text for message in await store.messages(branch.path())] == ["one", "three"]
    assert len(branch.nodes) == 2
    assert [hit.conversation_id for hit in await store.search("three")] == [branch.id, made.id]


async def test_copies_and_branches_have_titles_of_their_own(store, converse):
    made = await converse(store, "one", "two", title="Plans")
    for number in (2, 3):
        assert (await store.copy_conversation(made.id, leaf=made.leaf)).title == f"Plans ({number})"
    copy = await store.copy_conversation(made.id)
    assert (await store.copy_conversation(copy.id)).title == "Plans (5)"
    unnamed = await converse(store, "x", title="(1)")
    assert (await store.copy_conversation(unnamed.id)).title == "(1) (2)"


async def test_a_copy_of_a_streaming_reply_is_cut_there(store, converse, begin_reply):
    made = await converse(store, "Tell me")
    reply = await begin_reply(store, made)
    await store.append(reply.id, ["Once upon"])
    copy = await store.copy_conversation(made.id)
    [message] = await store.messages([copy.leaf])
    assert (message.text, message.status) == ("Once upon", Status.INTERRUPTED)


async def test_listeners_hear_which_conversation_changed(store, converse):
    heard: list[News] = []
    made = await store.create_conversation()
    end = store.subscribe(heard.append)
    message = await store.add_message(made.id, None, Role.USER, prompt_parts("x"))
    await store.update_conversation(made.id, title="y")
    await store.hide_messages([message.id])
    await store.delete_conversation(made.id)
    assert [news for news in heard if isinstance(news, Change)] == [Change(made.id)] * 4
    end()
    before = len(heard)
    await store.restore_conversation(made.id)
    assert len(heard) == before


async def test_used_last_is_where_a_person_wrote_last_pinned_or_not(store, converse):
    assert await store.last_used() is None
    first, second = await converse(store, "first"), await converse(store, "second")
    await store.update_conversation(first.id, pinned=True)
    assert await store.last_used() == second.id
    await store.add_message(first.id, first.leaf, Role.USER, prompt_parts("more"))
    assert await store.last_used() == first.id
    await store.update_conversation(first.id, archived=True)
    assert await store.last_used() == second.id
    await store.delete_conversation(second.id)
    assert await store.last_used() is None
    await store.restore_conversation(second.id)
    branch = await store.copy_conversation(second.id, leaf=second.leaf)
    assert await store.last_used() == branch.id


async def test_a_conversation_that_is_here_takes_what_it_lacks(store, converse):
    made = await converse(store, "one", "two")
    bundle = await bundle_of(store, made.id)
    assert await store.add_missing(bundle) == 0
    more = await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("three"))
    whole = await bundle_of(store, made.id)
    await store.hide_messages([more.id])
    await store.empty_trash(datetime.now(UTC) + timedelta(seconds=1))
    assert len((await store.load_conversation(made.id)).nodes) == 2
    assert await store.add_missing(whole) == 1
    assert await bundle_of(store, made.id) == whole
    elsewhere = Bundle(replace(whole.conversation, origin="test:other"), whole.messages)
    assert await store.add_missing(elsewhere) == 0


def brought(origin: str, at: datetime) -> Bundle:
    conversation = Conversation(0, origin, at, at, origin=origin, leaf=1)
    conversation.add([Node(1, None, Role.USER)])
    return Bundle(conversation, [Message(1, 0, None, Role.USER, parts=(Text(origin),), created_at=at)])


async def test_what_comes_in_is_not_used_before_a_person_writes_in_it(store, converse):
    now = datetime.now(UTC)
    days = {
        "past": now - timedelta(9),
        "yesterday": now - timedelta(1),
        "future": datetime(9999, 1, 1, tzinfo=UTC),
    }
    ids = await store.add_conversations([brought(name, at) for name, at in days.items()])
    past, yesterday, future = ids
    assert await store.last_used() == yesterday, "where nothing was used, the newest that is not to come"
    mine = await converse(store, "mine")
    await store.delete_conversation(yesterday)
    assert await store.last_used() == mine.id
    await store.add_conversations([brought("again", now + timedelta(1))])
    assert await store.last_used() == mine.id
    await store.add_message(past, (await store.load_conversation(past)).leaf, Role.USER, prompt_parts("more"))
    assert await store.last_used() == past
    assert (await store.list_conversations())[0].id == future


async def test_a_draft_that_waits_alone_is_used_too(store, converse):
    await converse(store, "old")
    made = await store.create_conversation()
    assert await store.last_used() != made.id
    await store.update_conversation(made.id, draft="half a sent")
    assert await store.last_used() == made.id


async def test_the_list_is_filtered_by_what_began_it(store, converse):
    asked, mine = await converse(store, "hi"), await converse(store, "hello")
    await store.update_conversation(asked.id, begun_by="ask")

    async def ids(chosen: ListFilter) -> list[int]:
        rows = await store.list_conversations(chosen)
        assert await store.count_conversations(chosen) == len(rows)
        return [row.id for row in rows]

    assert await ids(ListFilter()) == [mine.id, asked.id]
    assert await ids(ListFilter(begun_by="ask")) == [asked.id]
    assert await ids(ListFilter(begun_by="")) == [mine.id]
    assert [hit.conversation_id for hit in await store.search("from:ask hi")] == [asked.id]
    assert await store.search("from:ask hello") == []
