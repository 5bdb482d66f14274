"""The reader's place, without a widget."""

from tests.app.transcript.test_message_view import look
from tui.app.messages.viewport import Viewport
from tui.app.messages.window import Window


def opened(book, height=10):
    viewport = Viewport(lambda: height, lambda: None)
    viewport.window = Window(book.conversation, book.conversation.path(), look())
    viewport.window.put(book.messages.values())
    viewport.follow()
    return viewport


def first_row(viewport):
    _, view, row = viewport.window.at(viewport.top)
    return view.line(row).text.strip()


def test_without_a_place_the_end_is_in_view(book):
    viewport = opened(book.turns(20))
    assert viewport.following and viewport.at_end
    assert viewport.bottom == viewport.total == viewport.window.column.total


def test_what_is_shorter_than_the_view_begins_at_its_top(book):
    viewport = opened(book.turns(1), height=50)
    assert viewport.top == 0 and viewport.at_end


def test_a_line_stays_at_the_top_while_text_comes_below(book):
    book.turns(20)
    live = book.live("Begin. ")
    viewport = opened(book)
    viewport.scrolled(viewport.top - 9)
    before, top = first_row(viewport), viewport.top
    view = viewport.view(live.id)
    view.feed("Another line.\n\n" * 9, "")
    viewport.window.column[viewport.window.index[live.id]] = view.height
    assert viewport.grow(), "that there is more below is news"
    assert (first_row(viewport), viewport.top) == (before, top)
    assert viewport.more
    assert not viewport.grow()


def test_a_line_stays_at_the_top_when_messages_above_turn_out_higher_than_was_guessed(book):
    for _ in range(40):
        book.prompt("Line.\n" * 30)
    viewport = opened(book)
    seen = {first_row(viewport)}
    for _ in range(200):
        viewport.scrolled(max(0, viewport.top - 5))
        seen.add(first_row(viewport))
    assert seen <= {"", "▎ Line."} and not viewport.following


def test_the_place_is_kept_for_another_width(book):
    book.prompt("Why?")
    book.reply(" ".join(f"word{number}" for number in range(900)))
    viewport = opened(book)
    viewport.go(30)
    word = first_row(viewport).split()[0]
    for width in (40, 90, 33, 74):
        viewport.relook(look(width))
        assert word in first_row(viewport).split()


def test_a_message_is_brought_into_view_whole_where_it_goes_in(book):
    viewport = opened(book.turns(20))
    viewport.show_message(9)
    first, end = viewport.span(9)
    assert viewport.top <= first and end <= viewport.bottom
    assert viewport.begins_in_view(9) and not viewport.following


def test_what_is_selected_stays_laid_out(book):
    book.turns(200)
    kept = range(0)
    viewport = Viewport(lambda: 10, lambda: None, lambda: kept)
    viewport.window = Window(book.conversation, book.conversation.path(), look())
    viewport.window.put(book.messages.values())
    viewport.window.lay(0)
    kept = range(1)
    for index in range(399, 0, -1):
        viewport.go(viewport.window.column.top(index))
    viewport.follow()
    assert viewport.view(book.conversation.path()[0]) is not None
