"""Finding a conversation again: by title, by what was said, by day; and arranging them."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from tui.app.conversations.conversations import Conversations, OpenConversation
from tui.app.conversations.title_field import TitleField
from tui.app.lists.ask_line import AskLine
from tui.app.lists.field import Field
from tui.errors import HistoryError

SIZES = [(80, 24), (120, 40)]


@pytest.fixture
def app(host, store):
    return host(lambda: Conversations(store))


async def settle(pilot) -> None:
    """Until the list shows what was asked for."""
    await pilot.pause()
    while isinstance(pilot.app.screen, Conversations) and not pilot.app.screen.listing.settled:
        await pilot.pause()
    await pilot.pause()


async def press(pilot, *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def titles(app) -> list[str]:
    return [row.title for row in app.screen.listing.rows if row.key is not None]


def chosen(app) -> str:
    return app.screen.listing.chosen.title


@pytest.mark.parametrize("size", SIZES)
async def test_newest_first_with_title_model_and_time(app, say, text_of, size) -> None:
    await say("Older", "q", "a", model="ollama/qwen3:8b")
    await say("Newer", "q", "a")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert titles(app) == ["Newer", "Older"]
        shown = text_of(app)
        assert "Today" in shown and "gpt-6-sol" in shown and "qwen3:8b" in shown


async def test_typing_filters_titles_without_case_or_accents(app, say) -> None:
    await say("Crème brûlée", "q")
    await say("Bread", "q")
    async with app.run_test() as pilot:
        await press(pilot, *"creme")
        assert titles(app) == ["Crème brûlée"]
        await press(pilot, *"xyz")
        assert titles(app) == []


async def test_filters_by_tag_and_model(app, say, store) -> None:
    tagged = await say("Tagged", "q")
    await store.update_conversation(tagged.id, tags=("work",))
    await say("Local", "q", "a", model="ollama/qwen3:8b")
    async with app.run_test() as pilot:
        await press(pilot, *"tag:work")
        assert titles(app) == ["Tagged"]
        await press(pilot, "ctrl+u", *"model:qwen")
        assert titles(app) == ["Local"]


async def test_enter_opens_and_escape_does_not(app, say) -> None:
    one = await say("One", "q")
    two = await say("Two", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "down", "enter")
        await pilot.press("ctrl+l")
        await settle(pilot)
        await press(pilot, "enter")
        await pilot.press("ctrl+l", "escape")
        assert app.results == [OpenConversation(one.id), OpenConversation(two.id), None]


async def test_a_filter_and_enter_in_one_burst_open_what_was_meant(host, store, say) -> None:
    """The list comes from the database after the keys: Enter waits for the list that the filter means."""
    wanted = await say("Bread needs salt", "q")
    await say("Newest of all", "q")
    app = host(lambda: Conversations(store), opened=False)
    async with app.run_test() as pilot:
        for key in ["ctrl+l", *"bread", "enter"]:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        while not app.results:
            await pilot.pause()
        assert app.results == [OpenConversation(wanted.id)]


async def test_the_current_conversation_is_chosen_at_first(host, store, say) -> None:
    current = await say("Current", "q")
    await say("Newer", "q")
    app = host(lambda: Conversations(store, current=current.id))
    async with app.run_test() as pilot:
        await settle(pilot)
        assert chosen(app) == "Current"


@pytest.mark.parametrize("size", SIZES)
async def test_full_text_search_lands_on_the_message(app, say, text_of, size) -> None:
    found = await say("Timeouts", "How long?", "Two seconds.", "And then?", "The clean-up gets a limit.")
    await say("Other", "clean-up?", "no")
    async with app.run_test(size=size) as pilot:
        await press(pilot, "tab", *"clean-up limit")
        assert titles(app) == ["Timeouts"]
        assert "1 message in 1 of 2" in text_of(app)
        await press(pilot, "enter")
        assert app.results == [OpenConversation(found.id, found.leaf, "clean-up limit")]


async def test_the_hits_of_one_conversation_stand_together(app, say, text_of) -> None:
    await say("One", "a timeout", "x", "the timeout again", "x")
    await say("Two", "timeout", "x")
    async with app.run_test() as pilot:
        await press(pilot, "tab", *"timeout")
        assert titles(app) == ["Two", "One", "One"]
        assert "3 messages in 2 of 2" in text_of(app)
        await press(pilot, "down", "down")
        assert app.screen.listing.chosen.hit.snippet.startswith("a timeout")


async def test_the_hit_is_shown_beside_the_list_where_there_is_room(app, say, text_of, quiet) -> None:
    await say("Timeouts", "How long?", "The body says **much more** than the snippet. " * 9)
    async with app.run_test(size=(120, 40)) as pilot:
        await press(pilot, "tab", *"snippet")
        await quiet(pilot)
        right = "\n".join(line[58:] for line in text_of(app).splitlines())
        assert "Timeouts" in right and "How long?" in right and "much more" in right


async def test_tab_keeps_the_words(app, say) -> None:
    await say("Bread", "flour", "salt")
    async with app.run_test() as pilot:
        await press(pilot, *"salt")
        assert titles(app) == []
        await press(pilot, "tab")
        assert titles(app) == ["Bread"]
        await press(pilot, "tab")
        assert titles(app) == []


async def test_an_older_search_never_overwrites_a_newer_one(app, say, store, monkeypatch) -> None:
    await say("Slow", "slow words")
    await say("Quick", "quick words")
    real, gate, asked = store.search, asyncio.Event(), []

    async def search(query, *, limit=50, offset=0):
        asked.append(query)
        if query == "s":
            await gate.wait()
        return await real(query, limit=limit, offset=offset)

    monkeypatch.setattr(store, "search", search)
    async with app.run_test() as pilot:
        await pilot.press("tab", "s")
        while "s" not in asked:
            await pilot.pause()
        await pilot.press("backspace", *"quick")
        gate.set()
        await settle(pilot)
        assert titles(app) == ["Quick"]
        assert asked == ["s", "quick"], "what was wanted in between is not asked at all"


async def test_rename_where_it_stands(app, say, store, text_of) -> None:
    renamed = await say("Old name", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await pilot.press("f2")
        assert isinstance(app.focused, TitleField)
        row = app.screen.listing.place_of(renamed.id)
        assert app.focused.region.y == app.screen.listing.region.y + row.y
        await pilot.pause()
        assert "enter keep   esc back" in text_of(app)
        await press(pilot, "ctrl+u", *"New [/name]", "enter")
        assert titles(app) == ["New [/name]"]
        assert isinstance(app.focused, Field) and "enter open" in text_of(app)
        kept = await store.load_conversation(renamed.id)
        assert (kept.title, kept.titled) == ("New [/name]", True)


async def test_escape_leaves_the_title_and_the_list(app, say, store) -> None:
    kept = await say("Old name", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "f2", *"x", "escape")
        assert isinstance(app.screen, Conversations)
        assert (await store.load_conversation(kept.id)).title == "Old name"
        await press(pilot, "f2", "ctrl+u", "enter")
        assert (await store.load_conversation(kept.id)).title == "Old name"


async def test_delete_chooses_the_next_and_undo_brings_it_back(app, say) -> None:
    for title in ("Third", "Second", "First"):
        await say(title, "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "down", "ctrl+d")
        assert titles(app) == ["First", "Third"]
        assert chosen(app) == "Third"
        await press(pilot, "delete")
        assert titles(app) == ["First"]
        await press(pilot, "ctrl+z")
        await settle(pilot)
        assert titles(app) == ["First", "Third"]
        await press(pilot, "ctrl+z")
        await settle(pilot)
        assert titles(app) == ["First", "Second", "Third"]
        assert chosen(app) == "Second"


async def test_pin_tags_and_archive(app, say, store, text_of) -> None:
    await say("Older", "q")
    await say("Newer", "q")
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        await press(pilot, "down", "f3")
        assert titles(app) == ["Older", "Newer"]
        assert chosen(app) == "Older" and "Pinned" in text_of(app)
        await pilot.press("f4")
        while not isinstance(app.screen, AskLine):
            await pilot.pause()
        await press(pilot, *"work #idea", "enter")
        await settle(pilot)
        assert "#work  #idea" in text_of(app)
        await press(pilot, "f5")
        assert titles(app) == ["Newer"]
        await press(pilot, "f6")
        assert titles(app) == ["Older"] and "Archive" in text_of(app)
        await press(pilot, "f5", "f6")
        await press(pilot, "f6")
        assert titles(app) == ["Older", "Newer"]


async def test_the_trash_gives_back(app, say, text_of) -> None:
    await say("Lost", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "ctrl+d", "f6", "f6")
        assert "Trash" in text_of(app) and titles(app) == ["Lost"]
        await press(pilot, "enter")
        await settle(pilot)
        assert titles(app) == [] and isinstance(app.screen, Conversations)
        await press(pilot, "f6")
        assert titles(app) == ["Lost"]


async def test_what_changes_elsewhere_is_seen_and_the_choice_stays(app, say) -> None:
    await say("One", "q")
    await say("Two", "q")
    async with app.run_test() as pilot:
        await settle(pilot)
        await press(pilot, "down")
        await say("Three", "q")
        await settle(pilot)
        assert titles(app) == ["Three", "Two", "One"]
        assert chosen(app) == "One"


async def test_live_and_unread_conversations_are_marked(host, store, say, text_of) -> None:
    live = await say("Live", "q")
    unread = await say("Unread", "q")
    app = host(lambda: Conversations(store, {live.id: "violet"}, unread=frozenset({unread.id})))
    async with app.run_test() as pilot:
        await settle(pilot)
        lines = text_of(app).splitlines()
        assert "●" in next(line for line in lines if "Live" in line)
        assert "•" in next(line for line in lines if "Unread" in line)


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_stays_text(app, say, text_of, size) -> None:
    await say("[/red]\x1b]52;c;aGk=\x07 \u202etitle\n" + "y" * 400, "find me [/x]\x1b[2J \u202e", "b")
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        assert "[/red]␛]52" in text_of(app)
        await press(pilot, "tab", *"find")
        shown = text_of(app)
        assert "find me [/x]␛[2J" in shown
        assert "\x1b" not in shown and "\u202e" not in shown


@pytest.mark.parametrize("typed", ['"', "(", "*", "tag:", "before:x", "a AND", "-", "\\", "'; DROP", "漢字"])
async def test_any_typed_text_is_safe(app, say, typed) -> None:
    await say("One", "q")
    async with app.run_test() as pilot:
        app.screen.field.value = typed
        await press(pilot, "tab")
        await press(pilot, "tab")
        assert isinstance(app.screen, Conversations)


async def test_a_hundred_thousand_conversations_are_asked_for_a_page_at_a_time(
    host, long_store, today, text_of
) -> None:
    store = long_store(100_000)
    app = host(lambda: Conversations(store, today=today))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        assert "100,000" in text_of(app)
        assert store.asked == [(0, 100)]
        await press(pilot, "end")
        assert chosen(app) == "Conversation 99"
        assert store.asked == [(0, 100), (100, 100)]
        await press(pilot, "down")
        assert chosen(app) == "Conversation 100"
        headings = [row.words for row in app.screen.listing.rows if row.key is None]
        assert len(headings) == len(set(headings)), "a day that goes on over a page has one heading"


async def test_the_end_of_the_list_is_the_end_of_the_asking(host, long_store, today) -> None:
    store = long_store(150)
    app = host(lambda: Conversations(store, today=today))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)
        for _ in range(4):
            await press(pilot, "end")
        assert chosen(app) == "Conversation 149"
        assert store.asked == [(0, 100), (100, 100)]


async def test_a_history_that_fails_says_why(host, long_store, text_of) -> None:
    store = long_store(3)

    async def broken(*args, **options):
        raise HistoryError("The disk is gone", "Plug it in.")

    store.list_conversations = broken
    app = host(lambda: Conversations(store))
    async with app.run_test() as pilot:
        await settle(pilot)
        assert "The disk is gone. Plug it in." in text_of(app)
        await press(pilot, "enter", "f2", "ctrl+d")
        assert app.results == []


async def test_no_listener_is_left_behind(host, long_store) -> None:
    store = long_store(3)
    app = host(lambda: Conversations(store))
    async with app.run_test() as pilot:
        await settle(pilot)
        assert len(store.listeners) == 1
        await pilot.press("escape")
        await pilot.pause()
        assert store.listeners == []


@pytest.mark.parametrize("width", [40, 58, 99, 100, 200])
async def test_any_width(app, say, width) -> None:
    await say("A title of more words than the narrowest list could ever show", "words", "more words")
    async with app.run_test(size=(width, 12)) as pilot:
        await settle(pilot)
        await press(pilot, "tab", *"words", "tab")
        await pilot.resize_terminal(220 - width, 30)
        await press(pilot, "enter")
        assert app.results
