"""Opening, following, letting go: the reader's place is never lost."""

import itertools
import re
import threading
import time

import pytest
from rich.style import Style
from textual.widgets import Static

from tui.chat.message import Status
from tui.rendering.document import Document


async def test_a_conversation_opens_at_its_end(book, reading):
    book.turns(40)
    async with reading(book) as reader:
        assert "Answer 40." in reader.text
        assert reader.transcript.following
        assert len(book.loads[0]) < 40


async def test_a_short_conversation_stands_at_the_top(book, reading):
    book.prompt("How are you?")
    book.reply("Well.")
    async with reading(book) as reader:
        assert reader.rows[:4] == [" ▎ How are you?", "", "   gpt-6-sol", "   Well."]


async def test_an_empty_conversation_is_an_empty_page(book, reading):
    async with reading(book) as reader:
        assert set(reader.rows) == {""}


async def test_prompt_and_reply_appear_and_the_reply_grows(book, reading):
    async with reading(book) as reader:
        reader.transcript.add(book.prompt("Tell me."))
        reply = book.live()
        reader.transcript.add(reply)
        await reader.settle()
        assert reader.rows[:4] == [" ▎ Tell me.", "", "   gpt-6-sol   waiting", "   ▍"]
        reader.transcript.feed(reply.id, "Once upon")
        reader.transcript.feed(reply.id, " a time")
        await reader.settle()
        assert reader.rows[2:4] == ["   gpt-6-sol", "   Once upon a time▍"]
        reader.transcript.replace(book.end(reply, text="Once upon a time."))
        await reader.settle()
        assert reader.rows[2:4] == ["   gpt-6-sol", "   Once upon a time."]


async def test_many_pieces_are_drawn_in_few_frames(book, reading):
    book.prompt("Count.")
    reply = book.live()
    async with reading(book) as reader:
        fed = []
        view = reader.transcript.viewport.window.views[reply.id]
        feed = view.feed
        view.feed = lambda text, reasoning: fed.append(text) or feed(text, reasoning)
        for number in range(500):
            reader.transcript.feed(reply.id, f"{number} ")
        await reader.settle()
        assert "499" in reader.text
        assert len(fed) == 1


async def test_only_lines_that_changed_are_painted_while_a_reply_grows(book, reading):
    book.turns(5)
    book.prompt("Go on")
    message = book.live("Words ")
    async with reading(book) as reader:
        painted = reader.watch_painting()
        reader.transcript.feed(message.id, "that come")
        await reader.settle()
        assert painted == ["   Words that come▍"]


async def test_a_piece_that_waits_for_its_frame_stands_there_once_when_the_whole_message_comes(book, reading):
    book.prompt("Go on")
    message = book.live("Words ")
    async with reading(book) as reader:
        reader.transcript.feed(message.id, "that come")
        reader.transcript.add(book.end(message, text="Words that come", status=Status.STREAMING))
        await reader.settle()
        assert "Words that come▍" in reader.text


async def test_the_end_is_followed_while_the_reader_is_there(book, reading):
    book.turns(5)
    book.prompt("Go on.")
    reply = book.live()
    async with reading(book) as reader:
        for number in range(60):
            reader.transcript.feed(reply.id, f"Line {number}.\n\n")
            await reader.settle()
            assert f"Line {number}." in reader.text


async def test_a_piece_is_drawn_however_little_is_left_of_the_frame(book, reading, monkeypatch):
    book.prompt("Go on.")
    reply = book.live()
    async with reading(book) as reader:
        # A machine that is slower than the wait: when a timer looks, its moment has gone by.
        monkeypatch.setattr("textual.timer._time.get_time", itertools.count(1.0).__next__)
        reader.transcript.stream.drawn = time.monotonic()
        reader.transcript.feed(reply.id, "A word.")
        await reader.settle()
        assert "A word." in reader.text


async def test_a_page_that_was_dropped_before_it_began_is_not_waited_for(book, reading):
    book.turns(300)
    async with reading(book) as reader:
        reader.transcript.action_scroll_home()
        assert reader.transcript.busy
        reader.app.workers.cancel_group(reader.transcript, "pages")
        await reader.settle()
        assert not reader.transcript.busy


async def test_scrolling_up_lets_go_at_once_and_nothing_moves(book, reading):
    book.turns(5)
    book.prompt("Go on.")
    reply = book.live("Begin. ")
    async with reading(book) as reader:
        reader.transcript.focus()
        await reader.press("up")
        assert not reader.transcript.following
        before = reader.rows
        for number in range(30):
            reader.transcript.feed(reply.id, f"Line {number}.\n\n")
            await reader.settle()
            assert reader.rows[:-2] == before[:-2]


async def test_a_marker_tells_of_new_text_below_and_leads_there(book, reading):
    book.turns(5)
    book.prompt("Go on.")
    reply = book.live("Begin. ")
    async with reading(book) as reader:
        reader.transcript.focus()
        await reader.press("pageup")
        assert "more below" not in reader.text
        reader.transcript.feed(reply.id, "More words. " * 50)
        await reader.settle()
        assert reader.rows[-1].endswith("↓ more below   end")
        await reader.click("more below")
        assert reader.transcript.following
        assert "more below" not in reader.text


async def test_a_message_that_begins_leaves_the_reader_where_he_is(book, reading):
    book.turns(10)
    async with reading(book) as reader:
        reader.transcript.focus()
        await reader.press("pageup")
        before = reader.rows
        reader.transcript.add(book.prompt("What was queued."))
        reader.transcript.add(book.live("Begin."))
        await reader.settle()
        assert reader.rows[:-1] == before[:-1]
        assert "more below" in reader.rows[-1]


async def test_end_takes_the_end_back(book, reading):
    book.turns(5)
    book.prompt("Go on.")
    reply = book.live("Begin. ")
    async with reading(book) as reader:
        reader.transcript.focus()
        await reader.press("home")
        assert "Question 1?" in reader.rows[0]
        await reader.press("end")
        assert reader.transcript.following
        reader.transcript.feed(reply.id, "More.\n\n" * 40)
        reader.transcript.feed(reply.id, "The last.")
        await reader.settle()
        assert "The last.▍" in reader.text


async def test_scrolling_down_to_the_end_follows_again(book, reading):
    book.turns(10)
    async with reading(book) as reader:
        reader.transcript.focus()
        await reader.press("pageup", "pagedown", "pagedown")
        assert reader.transcript.following


async def test_the_wheel_scrolls_and_lets_go(book, reading):
    book.turns(10)
    async with reading(book) as reader:
        before = reader.rows
        reader.transcript._on_mouse_scroll_up(_wheel(reader))
        await reader.settle()
        assert not reader.transcript.following
        assert reader.rows != before


def _wheel(reader):
    from textual.events import MouseScrollUp

    return MouseScrollUp(reader.transcript, 1, 1, 0, 0, 0, False, False, False)


async def test_scrolling_up_shows_every_row_once(book, reading):
    book.turns(60)
    async with reading(book) as reader:
        seen = reader.rows
        while "Question 1?" not in reader.rows[0]:
            before = reader.rows
            reader.transcript.scroll_relative(y=-7)
            await reader.settle()
            step = 7 if reader.transcript.top else next(n for n in range(8) if reader.rows[n] == before[0])
            assert reader.rows[step:] == before[: len(before) - step]
            seen = reader.rows[:step] + seen
        assert [row for row in seen if "Question" in row] == [f" ▎ Question {n}?" for n in range(1, 61)]


async def test_the_line_at_the_top_stays_when_the_width_changes(book, reading):
    book.turns(8)
    book.prompt("And?")
    book.reply(" ".join(f"word{number}" for number in range(2000)))
    book.turns(2)
    async with reading(book, size=(80, 24)) as reader:
        await reader.transcript.jump(18, "word1000")
        await reader.settle()
        first = reader.rows[0].split()[0]
        for width in (60, 120, 47, 90, 80):
            await reader.pilot.resize_terminal(width, 24)
            await reader.settle()
            assert first in reader.rows[0].split()


async def test_a_growing_window_at_the_end_still_follows(book, reading):
    book.turns(20)
    async with reading(book, size=(80, 12)) as reader:
        await reader.pilot.resize_terminal(80, 40)
        await reader.settle()
        assert reader.transcript.following
        assert "Answer 20." in reader.text


async def test_the_end_stays_in_view_where_textual_tells_of_no_new_size(book, reading):
    book.turns(20)
    async with reading(book) as reader:
        screen, bar = reader.transcript.screen, Static("\n\n\n")
        screen.mount(bar, before=reader.transcript)
        layout = screen._compositor
        layout._full_map_invalidated = True  # as after the drawing of a part that is hidden
        assert bar not in layout.full_map  # it takes its rows, but isn't there yet
        await reader.settle()
        assert reader.transcript.size.height < 24
        assert reader.transcript.following
        assert reader.transcript.top == reader.transcript.viewport.total - reader.transcript.size.height


async def test_folding_what_was_thought_moves_nothing_above(book, reading):
    book.turns(5)
    book.prompt("Why?")
    book.reply("Because.", reasoning="Let me think.\n" * 5, reasoning_seconds=3)
    book.turns(5)
    async with reading(book) as reader:
        await reader.transcript.jump(12)
        await reader.settle()
        row = reader.row_of("▸ thought")
        above = reader.rows[:row]
        await reader.click("▸ thought")
        assert reader.rows[:row] == above
        assert reader.rows[row].startswith("   gpt-6-sol   ▾ thought for 3 s")
        assert reader.rows[row + 1 : row + 8] == ["   Let me think."] * 5 + ["", "   Because."]
        await reader.click("▾ thought")
        assert reader.rows[:row] == above
        assert reader.rows[row + 1] == "   Because."


async def test_ten_thousand_messages_open_like_ten(book, reading):
    book.turns(5000)
    async with reading(book) as reader:
        assert "Answer 5000." in reader.text
        assert sum(map(len, book.loads)) < 60
        reader.transcript.focus()
        await reader.press("home")
        assert "Question 1?" in reader.rows[0]
        assert sum(map(len, book.loads)) < 200
        await reader.transcript.jump(5000)
        await reader.settle()
        assert "Answer 2500." in reader.text


async def test_far_messages_are_let_go(book, reading):
    book.turns(200)
    async with reading(book, size=(80, 24)) as reader:
        for _ in range(60):
            reader.transcript.scroll_relative(y=-20)
            await reader.settle()
        assert len(reader.transcript.viewport.window.views) < 120


async def test_a_new_version_stands_where_the_old_one_stood(book, reading):
    book.turns(10)
    prompt = book.prompt("Which?")
    first = book.reply("The first answer.")
    second = book.reply("The second answer.", parent=prompt.id)
    async with reading(book) as reader:
        row = reader.row_of("‹ 2/2 ›")
        book.conversation.select(first.id)
        await reader.open(book, at=first.id)
        assert reader.row_of("‹ 1/2 ›") == row
        assert reader.rows[row + 1] == "   The first answer."
        book.conversation.select(second.id)
        await reader.open(book, at=second.id)
        assert reader.rows[row + 1] == "   The second answer."


async def test_a_reply_that_is_opened_half_way_goes_on(book, reading):
    book.prompt("Tell me.")
    reply = book.live("Once upon")
    async with reading(book) as reader:
        reader.transcript.feed(reply.id, " a time")
        await reader.settle()
        assert "Once upon a time▍" in reader.text


async def test_pieces_for_another_conversation_are_not_drawn(book, reading):
    book.turns(1)
    async with reading(book) as reader:
        before = reader.rows
        reader.transcript.feed(99, "not here")
        await reader.settle()
        assert reader.rows == before


async def test_a_history_that_can_not_be_read_is_told(book, reading):
    from tui.errors import HistoryError

    book.turns(300)
    async with reading(book) as reader:

        async def broken(ids):
            raise HistoryError("The history could not be read", "Look at the disk.")

        reader.transcript.pager.load = broken
        reader.transcript.focus()
        await reader.press("home")
        assert reader.app.told == ["The history could not be read. Look at the disk."]


@pytest.mark.parametrize("theme", ["segue-light", "segue-ansi", "nord", "ansi-dark"])
async def test_another_theme_draws_everything_anew(book, reading, theme):
    book.turns(3)
    async with reading(book) as reader:
        before = reader.rows
        reader.app.theme = theme
        await reader.settle()
        palette = reader.transcript.viewport.window.look.palette
        assert reader.rows == before
        row = reader.transcript.render_line(reader.row_of("Answer 3."))
        ink = [s.style.color for s in row if s.text.strip()]
        assert ink[0] == Style(color=palette.ink).color


async def test_what_a_reply_waits_for_is_said_on_its_name_line(book, reading):
    book.prompt("Go.")
    reply = book.live()
    async with reading(book) as reader:
        reader.transcript.note(reply.id, "loading the model 40 %")
        await reader.settle()
        assert "gpt-6-sol   loading the model 40 %" in reader.text


async def test_nothing_runs_while_nothing_happens(book, reading):
    book.turns(3)
    book.live("Half a")
    async with reading(book) as reader:
        assert not list(reader.transcript._timers)


async def test_long_code_that_is_opened_at_its_end_gets_its_colours_soon(book, reading):
    book.prompt("Code?")
    book.reply("```python\n" + "x = 'text'\n" * 5_000 + "```")
    async with reading(book) as reader:
        string = reader.row_of("x = 'text'")
        await reader.until(lambda: len({s.style.color for s in reader.transcript.render_line(string)}) > 2)


async def test_all_of_a_very_long_reply_is_read_while_the_keys_go_on(book, reading, monkeypatch):
    book.prompt("Much?")
    book.reply("\n\n".join(f"Word {number} of **weight**. " * 20 for number in range(250)))
    gate, read = threading.Event(), Document.read_whole
    monkeypatch.setattr(Document, "read_whole", lambda self: gate.wait(20) and read(self))
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("enter", "enter")  # the second one changes nothing
        await reader.until(lambda: "Reading all of it …" in reader.app.told)
        await reader.press("end", "pageup")
        top = re.findall(r"\d+", reader.rows[0])[0]
        assert "**weight**" in reader.text
        gate.set()
        await reader.until(lambda: "**weight**" not in reader.text)
        assert top in reader.rows[0]
        await reader.press("end")
        assert "Word 249 of weight." in reader.text
        assert "show all" not in reader.text
