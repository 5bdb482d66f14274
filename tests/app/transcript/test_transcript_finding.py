"""Finding in a conversation, and going to what a search found."""

import pytest

from tui.app.messages.finder import needles
from tui.app.transcript.find_bar import FindBar, FindCount


def marked(reader, role="mark"):
    """The words in view that stand on this colour."""
    colour = getattr(reader.transcript.viewport.window.look.palette, role).lower()
    words = []
    for row in range(reader.transcript.size.height):
        for segment in reader.transcript.render_line(row):
            ground = segment.style.bgcolor if segment.style else None
            if ground and ground.get_truecolor().hex == colour:
                words.append(segment.text)
    return words


async def open_bar(reader):
    bar = FindBar(reader.transcript, reader.app.focused)
    await reader.app.mount(bar, after=reader.transcript)
    await reader.settle()
    return bar


async def test_typing_finds_marks_and_counts(book, reading):
    book.prompt("Where is the Needle?")
    book.reply("In the haystack: a needle, and another needle.")
    async with reading(book) as reader:
        await reader.write()
        await open_bar(reader)
        await reader.press(*"needle")
        await reader.until(lambda: reader.app.query_one(FindCount).words == "3 of 3")
        assert marked(reader) == ["Needle", "needle"]
        assert marked(reader, "accent") == ["needle"]
        await reader.press("enter")
        assert reader.app.query_one(FindCount).words == "1 of 3"
        await reader.press("up")
        assert reader.app.query_one(FindCount).words == "3 of 3"
        await reader.press("escape")
        assert marked(reader) == []
        assert not reader.app.query(FindBar)
        assert reader.app.focused is reader.app.query_one("#draft")


async def test_one_reads_on_above_and_below_while_the_bar_has_the_keys(book, reading):
    book.turns(30)
    async with reading(book) as reader:
        bar = await open_bar(reader)
        await reader.press("pageup")
        await reader.until(lambda: not reader.transcript.following)
        await reader.press("pagedown")
        await reader.until(lambda: reader.transcript.following)
        assert bar.field.has_focus


async def test_what_is_not_there_is_said(book, reading):
    book.turns(2)
    async with reading(book) as reader:
        bar = await open_bar(reader)
        bar.field.value = "nowhere"
        await reader.until(lambda: reader.app.query_one(FindCount).words == "nothing found")


async def test_hits_in_messages_that_are_not_loaded_are_found(book, reading):
    book.prompt("The needle stands here.")
    book.reply("Yes.")
    book.turns(300)
    async with reading(book) as reader:
        await reader.transcript.find("NEEDLE")
        await reader.settle()
        assert "The needle stands here." in reader.text
        assert [hit.message_id for hit in reader.transcript.hits] == [1]


async def test_n_goes_from_hit_to_hit(book, reading):
    book.turns(50)
    async with reading(book) as reader:
        await reader.transcript.find("Question 1")
        reader.transcript.focus()
        seen = []
        for _ in range(11):
            await reader.press("n")
            hit = reader.transcript.hits[reader.transcript.place - 1]
            seen.append(book.messages[hit.message_id].text)
        assert seen == [f"Question {n}?" for n in (1, *range(10, 20))]
        await reader.press("N")
        assert reader.transcript.place == 10


async def test_a_hit_in_view_moves_nothing(book, reading):
    book.turns(2)
    async with reading(book, size=(80, 40)) as reader:
        before = reader.rows
        await reader.transcript.find("Question")
        await reader.transcript.next_hit(1)
        assert reader.rows == before


async def test_a_search_lands_with_its_words_marked(book, reading):
    book.turns(50)
    found = book.prompt("A timeout during the clean-up.")
    book.turns(50)
    async with reading(book) as reader:
        await reader.transcript.jump(found.id, "clean-up timeout model:gpt")
        await reader.settle()
        assert "A timeout during the clean-up." in reader.text
        assert marked(reader) == ["clean-up"]
        assert marked(reader, "accent") == ["timeout"]


async def test_a_search_marks_what_it_found_whatever_the_accents(book, reading):
    book.turns(50)
    found = book.prompt("Where is the Café with the ze\u0301bre?")
    book.turns(50)
    async with reading(book) as reader:
        await reader.transcript.jump(found.id, "cafe zebre")
        await reader.settle()
        assert marked(reader, "accent") == ["Café"]
        assert marked(reader) == ["ze\u0301bre"]


async def test_a_message_of_another_path_moves_nothing(book, reading):
    book.turns(2)
    async with reading(book) as reader:
        before = reader.rows
        await reader.transcript.jump(99)
        assert reader.rows == before


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("clean up", "We clean up here", ("clean up",)),
        ("up clean", "We clean up here", ("up", "clean")),
        ('"clean up" tag:work', "We clean up here", ("clean up",)),
        ("clean-up", "We clean up here", ("clean",)),
        ("before:2026-01-01", "anything", ()),
        ("( [ *", "a ( b", ("(",)),
        ("cafe GROSSE", "Ein Café in großer Größe", ("cafe",)),
        ("grosse resume", "die Größe des re\u0301sume\u0301", ("resume",)),
        ("a plan b", "a plan and a better plan", ("plan",)),
        ("学习 model:gpt", "机器学习", ("学习",)),
    ],
)
def test_what_is_marked_of_a_query(query, text, expected):
    assert needles(query, text) == expected


async def test_another_conversation_begins_without_marks(book, reading):
    book.turns(3)
    other = type(book)()
    other.turns(3)
    async with reading(book) as reader:
        bar = await open_bar(reader)
        bar.field.value = "Question"
        await reader.until(lambda: len(reader.transcript.hits) == 3)
        await reader.open(other)
        assert marked(reader) == []
        await reader.press("enter")
        assert len(reader.transcript.hits) == 3


async def test_a_growing_reply_is_found_in(book, reading):
    book.prompt("Where?")
    reply = book.live("Here is")
    async with reading(book) as reader:
        await reader.transcript.find("needle")
        assert reader.transcript.hits == []
        reader.transcript.feed(reply.id, " the needle.")
        await reader.settle()
        await reader.transcript.find("needle")
        assert len(reader.transcript.hits) == 1
