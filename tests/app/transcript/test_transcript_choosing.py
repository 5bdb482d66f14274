"""Choosing a message, and what its keys and clicks do."""

import pytest

from tui.app.actions import Action
from tui.app.messages import link_sheet as links
from tui.chat.message import Failure, Status

TWO_BLOCKS = "First:\n\n```python\nx = 1\n```\n\nSecond:\n\n```sh\nls -l\n```\n"


async def test_walking_begins_at_the_last_message_and_esc_gives_the_focus_back(book, reading):
    book.turns(3)
    async with reading(book) as reader:
        draft = await reader.write()
        reader.transcript.walk(-1)
        await reader.settle()
        assert reader.transcript.selected == 6
        await reader.press("up", "alt+up")
        assert reader.transcript.selected == 4
        await reader.press("down")
        assert reader.transcript.selected == 5
        await reader.press("escape")
        assert reader.transcript.selected is None
        assert reader.app.focused is draft


def numbered(count):
    return "".join(f"Line {number}.\n\n" for number in range(1, count + 1))


@pytest.mark.parametrize("line", [None, 109])
async def test_walking_begins_in_view_and_esc_comes_back(book, reading, line):
    book.turns(3)
    book.prompt("Count.")
    reply = book.reply(numbered(300))
    book.turns(3)
    async with reading(book) as reader:
        if line:
            reader.transcript.viewport.go(reader.transcript.viewport.window.column.top(7) + 2 * line)
        await reader.write()
        before, following = reader.rows, reader.transcript.following
        reader.transcript.walk(-1)
        await reader.settle()
        assert reader.transcript.selected == (reply.id if line else 14)
        assert [row[3:] for row in reader.rows] == [row[3:] for row in before]
        await reader.press("alt+up", "alt+up", "alt+up", "escape")
        assert reader.rows == before
        assert reader.transcript.following == following


async def test_who_scrolls_while_a_message_is_chosen_stays_there(book, reading):
    book.turns(30)
    async with reading(book) as reader:
        await reader.write()
        reader.transcript.walk(-1)
        await reader.press("up", "pageup")
        there = reader.transcript.top
        await reader.press("escape")
        assert reader.transcript.top == there


async def test_walking_beyond_the_last_message_goes_back_to_writing(book, reading):
    book.turns(1)
    async with reading(book) as reader:
        await reader.write()
        reader.transcript.walk(-1)
        await reader.press("down")
        assert reader.transcript.selected is None


async def test_the_chosen_message_comes_into_view(book, reading):
    book.turns(30)
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press(*["up"] * 40)
        assert reader.transcript.selected == 20
        assert any(row.startswith(" ▎") and "gpt-6-sol" in row for row in reader.rows)


@pytest.mark.parametrize(
    ("key", "action"),
    [
        ("e", Action.MESSAGE_EDIT),
        ("r", Action.MESSAGE_RETRY),
        ("g", Action.MESSAGE_RESUME),
        ("m", Action.MESSAGE_MODEL),
        ("left", Action.VERSION_PREVIOUS),
        ("right", Action.VERSION_NEXT),
        ("b", Action.MESSAGE_BRANCH),
        ("d", Action.MESSAGE_DELETE),
        ("D", Action.MESSAGE_DELETE_BELOW),
    ],
)
async def test_keys_act_on_the_chosen_message_only(book, reading, key, action):
    book.turns(2)
    async with reading(book) as reader:
        reader.transcript.focus()
        await reader.press(key)
        assert reader.app.chosen == []
        reader.transcript.walk(-1)
        await reader.press(key)
        assert reader.app.chosen == [(action, 4)]


async def test_clicks_work_without_taking_the_focus(book, reading):
    book.prompt("Go.")
    first = book.reply("One.", status=Status.INTERRUPTED, failure=Failure("lost", "Connection closed"))
    book.reply("Two.", parent=first.parent)
    book.conversation.select(first.id)
    async with reading(book) as reader:
        draft = await reader.write()
        for words in ("r retry", "g go on", "other model", "‹ 1", "2 ›"):
            await reader.click(words, shift=len(words) - 1 if words == "2 ›" else 0)
        assert [action for action, _ in reader.app.chosen] == [
            Action.MESSAGE_RETRY,
            Action.MESSAGE_RESUME,
            Action.MESSAGE_MODEL,
            Action.VERSION_PREVIOUS,
            Action.VERSION_NEXT,
        ]
        assert {message for _, message in reader.app.chosen} == {first.id}
        assert reader.app.focused is draft
        assert reader.transcript.selected is None


async def test_y_copies_the_source_of_the_message(book, reading, copied):
    book.prompt("How?")
    book.reply("Like **this**:\n\n```python\nx = 1\n```")
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("y")
        await reader.until(lambda: bool(reader.app.told))
        assert copied == ["Like **this**:\n\n```python\nx = 1\n```"]
        assert reader.app.told == ["Copied with the test"]


async def test_c_copies_the_only_block_of_code(book, reading, copied):
    book.prompt("How?")
    book.reply("So:\n\n```python\nif x:\n    y = 1\n```\n")
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("c")
        await reader.until(lambda: bool(copied))
        assert copied == ["if x:\n    y = 1"]


async def test_of_several_blocks_a_number_chooses(book, reading, copied):
    book.prompt("How?")
    book.reply(TWO_BLOCKS)
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("c")
        assert "1  python" in reader.text and "2  sh" in reader.text
        await reader.press("2")
        await reader.until(lambda: bool(copied))
        assert copied == ["ls -l"]
        assert "1  python" not in reader.text


async def test_another_key_takes_the_numbers_away(book, reading, copied):
    book.prompt("How?")
    book.reply(TWO_BLOCKS)
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("c", "escape")
        assert reader.transcript.selected is not None
        await reader.press("2")
        assert copied == []


async def test_without_code_it_says_so(book, reading, copied):
    book.turns(1)
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("c")
        assert reader.app.told == ["There is no code in this message"]


async def test_a_click_on_the_language_copies_the_block(book, reading, copied):
    book.prompt("How?")
    book.reply(TWO_BLOCKS)
    async with reading(book) as reader:
        await reader.click("python")
        await reader.until(lambda: bool(copied))
        assert copied == ["x = 1"]


@pytest.mark.parametrize("key", ["enter", "space"])
async def test_enter_and_space_open_the_reasoning(book, reading, key):
    book.prompt("Why?")
    book.reply("Because.", reasoning="Let me see.")
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press(key)
        assert "▎ Let me see." in reader.text
        await reader.press(key)
        assert "Let me see." not in reader.text


async def test_reasoning_that_is_open_grows_in_view(book, reading):
    book.prompt("Why?")
    reply = book.live(reasoning="Begin.")
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("enter")
        for number in range(40):
            reader.transcript.feed(reply.id, reasoning=f"\nThought {number}.")
        await reader.settle()
        assert "Thought 39." in reader.text
        assert reader.transcript.following


async def test_a_link_is_shown_before_it_is_opened(book, reading, copied, monkeypatch):
    opened = []
    monkeypatch.setattr(links, "open_link", opened.append)
    monkeypatch.setattr(links, "trouble", lambda url, env, platform: "")
    book.prompt("Where?")
    book.reply("See [the page](https://one.example/a?b=c).")
    async with reading(book) as reader:
        await reader.click("the page")
        assert isinstance(reader.app.screen, links.LinkSheet)
        assert opened == []
        await reader.press("enter")
        await reader.until(lambda: bool(opened))
        assert opened == ["https://one.example/a?b=c"]


async def test_a_link_can_be_copied_instead(book, reading, copied):
    book.prompt("Where?")
    book.reply("See [the page](https://one.example/a).")
    async with reading(book) as reader:
        await reader.click("the page")
        await reader.press("y")
        await reader.until(lambda: bool(copied))
        assert copied == ["https://one.example/a"]


async def test_details_open_with_a_click(book, reading):
    book.prompt("More?")
    book.reply("<details><summary>The rest</summary>\n\nHidden words.\n\n</details>")
    async with reading(book) as reader:
        assert "Hidden words." not in reader.text
        await reader.click("The rest")
        assert "Hidden words." in reader.text


async def test_a_flipped_version_stays_chosen(book, reading):
    book.turns(2)
    prompt = book.prompt("Which?")
    first = book.reply("The first answer.")
    book.reply("The second answer.", parent=prompt.id)
    async with reading(book) as reader:
        await reader.write()
        reader.transcript.walk(-1)
        await reader.settle()
        book.conversation.select(first.id)
        await reader.open(book, at=first.id)
        assert reader.transcript.selected == first.id


async def test_the_keys_go_back_when_the_chosen_message_is_gone(book, reading):
    book.turns(2)
    async with reading(book) as reader:
        draft = await reader.write()
        reader.transcript.walk(-1)
        await reader.settle()
        book.conversation.hide([4])
        await reader.open(book)
        assert reader.transcript.selected is None
        assert reader.app.focused is draft


async def test_o_opens_the_only_link_and_numbers_several(book, reading):
    book.prompt("Where?")
    book.reply("See [one](https://one.example/).")
    book.prompt("And?")
    book.reply("[two](https://two.example/) and [three](https://three.example/).")
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("o")
        assert "1" in reader.text and "2" in reader.text
        await reader.press("2")
        assert isinstance(reader.app.screen, links.LinkSheet)
        assert reader.app.screen._url == "https://three.example/"
        await reader.press("escape")
        await reader.press("up", "up", "o")
        assert isinstance(reader.app.screen, links.LinkSheet)
        assert reader.app.screen._url == "https://one.example/"
