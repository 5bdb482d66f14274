"""What would freeze the screen is shown unread, whole, and can be read on demand."""

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK

MARKED = "Some *words* of `a` reply. "


@pytest.mark.parametrize(
    "source",
    (
        "\n\n".join([MARKED * 40] * 200),
        "word **w** " * 100_000,
        "[" * 20_000,
        "*a " * 20_000,
        "| a | b |\n|---|---|\n" + f"| {MARKED} | {MARKED} |\n" * 5_000,
        ">" * 3_000 + " x",
        "\n".join("  " * depth + "- x" for depth in range(300)),
        f"# Two megabytes\n\n\t{MARKED}\n" + f"{MARKED * 3}\n\n" * 25_000,
    ),
    ids=("long", "one long paragraph", "brackets", "stars", "table", "quotes", "lists", "huge"),
)
def test_nothing_of_it_is_lost(source):
    document = Document(source, 60, DARK)
    assert document.copy((0, 0), (document.height, 60)) == source
    assert document.line(document.height - 1).text.strip()


def test_a_long_reply_is_read_as_far_as_the_budget_goes(rows):
    source = "\n\n".join([MARKED * 40] * 200)
    document = Document(source, 60, DARK)
    assert document.limited
    assert document.line(0).text.startswith("  Some words of a reply.")
    assert "*words*" in document.line(document.height - 1).text
    document.show_all()
    assert not document.limited
    assert "*" not in document.line(document.height - 1).text


@pytest.mark.parametrize(
    "source",
    (
        "plain words without marks\n\n" * 2_000,
        "```python\n" + "x = 1\n" * 20_000 + "```",
        "| a | b |\n|---|---|\n" + "| text | 1 |\n" * 5_000,
        "word " * 100_000,
    ),
    ids=("prose", "code", "table", "one line"),
)
def test_what_is_cheap_has_no_limit_but_a_line_of_a_megabyte(source):
    document = Document(source, 60, DARK)
    assert document.limited == source.startswith("word ")


def test_a_reply_that_streams_is_read_however_long_it_gets():
    document = Document("", 60, DARK, live=True)
    for _ in range(300):
        document.feed(MARKED * 20 + "\n\n")
    assert not document.limited
    document.close()
    assert not document.limited


def test_what_is_huge_is_a_plain_window_until_it_is_asked_for(rows):
    document = Document(f"# Title\n\n{MARKED * 3}\n\n" * 6_000, 60, DARK)
    assert document.limited
    assert rows(document)[:4] == [
        "# Title",
        "",
        "Some *words* of `a` reply. Some *words* of `a` reply. Some",
        "*words* of `a` reply.",
    ]
    document.show_all()
    assert not document.limited
    assert document.line(0).text.strip() == "Title"


def test_what_got_huge_while_it_streamed_stays_as_it_is(rows):
    document = Document("", 60, DARK, live=True)
    for _ in range(12):
        document.feed("plain words " * 4_000 + "\n\n")
    document.feed("The *end\n-")
    document.close()
    assert rows(document)[-2:] == ["", "The *end"]


def test_one_paragraph_that_grows_too_long_is_only_wrapped_from_then_on(look):
    document = Document("", 60, DARK, live=True)
    for _ in range(60):
        document.feed(MARKED * 40)
    assert document.limited
    document.close()
    assert look(document) == look(Document(document.source, 60, DARK))


def test_code_beyond_the_limit_has_no_colours():
    document = Document("```python\n" + "x = 'text'\n" * 20_000 + "```", 60, DARK)
    assert {segment.style.color.name for segment in document.line(5)} == {DARK.ink}
