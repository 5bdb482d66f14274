"""Selecting over messages, and what is copied: always the source, wrapped lines joined."""

from tui.app.transcript.transcript import Transcript

LONG = "The quick brown fox jumps over the lazy dog and then rests for a while under the old oak tree."


async def drag(reader, start, end):
    """Select with the mouse from (column, row) to (column, row)."""
    await reader.pilot.mouse_down(Transcript, offset=start)
    await reader.pilot.hover(Transcript, offset=end)
    await reader.pilot.mouse_up(Transcript, offset=end)
    await reader.pilot.pause()


async def test_a_selection_over_wrapped_rows_is_joined(book, reading):
    book.prompt("Tell me.")
    book.reply(LONG)
    async with reading(book, size=(50, 24)) as reader:
        row = reader.row_of("The quick")
        await drag(reader, (3, row), (3 + len("rests for") - 1, row + 1))
        selected = reader.app.screen.get_selected_text()
        assert selected and LONG.startswith(selected[:-3])
        assert "\n" not in selected


async def test_a_selection_goes_over_messages_and_leaves_names_out(book, reading):
    book.prompt("First question?")
    book.reply("First *answer*.")
    book.prompt("Second question?")
    async with reading(book) as reader:
        start, end = reader.row_of("First question"), reader.row_of("Second question")
        await drag(reader, (9, start), (8, end))
        assert reader.app.screen.get_selected_text() == "question?\n\nFirst *answer*.\n\nSecond"


async def test_selected_cells_are_marked_and_a_click_clears_them(book, reading):
    book.prompt("One two three")
    async with reading(book) as reader:
        await drag(reader, (7, 0), (9, 0))
        marked = "".join(
            s.text
            for s in reader.transcript.render_line(0)
            if s.style.bgcolor and s.style.bgcolor.get_truecolor().hex == "#503920"
        )
        assert marked == "two"
        await reader.pilot.click(Transcript, offset=(20, 10))
        assert not reader.app.screen.get_selected_text()


async def test_a_selection_stays_at_its_words_while_the_view_scrolls(book, reading):
    book.turns(30)
    async with reading(book) as reader:
        row = reader.row_of("Question 30?")
        await drag(reader, (3, row), (10, row))
        reader.transcript.scroll_relative(y=-60)
        await reader.settle()
        assert reader.app.screen.get_selected_text() == "Question"


async def test_a_selection_of_code_is_exact(book, reading):
    book.prompt("Code?")
    book.reply("```python\nif x:\n    y = 1\n    z = 2\n```")
    async with reading(book) as reader:
        row = reader.row_of("if x:")
        await drag(reader, (3, row), (11, row + 1))
        assert reader.app.screen.get_selected_text() == "if x:\n    y = 1"


async def test_two_clicks_select_a_word_and_three_a_line(book, reading):
    book.prompt("One two-fold three")
    async with reading(book) as reader:
        await reader.click("two-fold", times=2)
        assert reader.app.screen.get_selected_text() == "two-fold"
        await reader.click("two-fold", times=3)
        assert reader.app.screen.get_selected_text() == "One two-fold three"


async def test_wide_characters_are_selected_whole(book, reading):
    book.prompt("世界 is the world")
    async with reading(book) as reader:
        await drag(reader, (3, 0), (5, 0))
        assert reader.app.screen.get_selected_text() == "世界"


async def test_lines_are_selected_with_the_keys(book, reading):
    book.prompt("Tell me.")
    book.reply("First line.\n\nSecond line.\n\nThird line.")
    async with reading(book) as reader:
        await reader.write()
        reader.transcript.walk(-1)
        await reader.press("v", "down", "down")
        assert reader.app.screen.get_selected_text() == "First line.\n\nSecond line."
        await reader.press("escape")
        assert not reader.app.screen.get_selected_text()
        assert reader.transcript.selected is not None


async def test_selected_lines_scroll_with_the_keys(book, reading):
    book.prompt("Count.")
    book.reply("\n\n".join(f"Line {number}." for number in range(40)))
    async with reading(book, size=(80, 12)) as reader:
        reader.transcript.walk(-1)
        await reader.press("home", "v")
        await reader.hold("down", 50)
        assert "Line 25." in reader.text
        text = reader.app.screen.get_selected_text()
        assert text.startswith("Line 0.") and "Line 25." in text


async def test_lines_are_selected_from_one_message_into_others(book, reading, copied):
    book.prompt("First question?")
    book.reply("First *answer*.")
    book.prompt("Second question?")
    book.reply("Second answer.\n\nIts end.")
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.press("v", "up", "up", "up")
        assert reader.app.screen.get_selected_text() == (
            "First question?\n\nFirst *answer*.\n\nSecond question?\n\nSecond answer."
        )
        await reader.press("up", "down")
        assert reader.app.screen.get_selected_text() == (
            "First *answer*.\n\nSecond question?\n\nSecond answer."
        )
        await reader.press(*["down"] * 9)
        assert reader.app.screen.get_selected_text() == "Second answer.\n\nIts end."
        await reader.press("up", "up", "up", "y")
        await reader.until(lambda: bool(copied))
        assert copied == ["Second question?\n\nSecond answer."]


async def test_lines_are_selected_through_messages_that_were_not_loaded(book, reading):
    book.turns(60)
    async with reading(book) as reader:
        reader.transcript.walk(-1)
        await reader.settle()
        await reader.press("v")
        for _ in range(10):
            await reader.hold("up", 20)
        text = reader.app.screen.get_selected_text()
        first = int(text.partition("Question ")[2].partition("?")[0])
        assert first < 35
        assert [f"Question {number}?" in text for number in range(first, 61)] == [True] * (61 - first)
