"""What is repeated a thousandfold takes a thousand times as long, not a million times."""

import time

import pytest

from tui.rendering.document import Document
from tui.rendering.inline import parse_inline
from tui.rendering.palette import DARK

REPEATED = (
    *("://", "http://", "www.", "www.a", "http://a.b/(", "http://a.b)", "@", "a@", "a@b.c ", "mailto:a"),
    *("[", "]", "[[", "[a", "[^a", "[^a] ", "![", "![a", "[a](", "[a](b", "[a](<b", '[a](b "', "![a](b.c"),
    *("[a]", "[a][b", "[a](http://b) ", "*", "*a", "*a ", "**a", "**a** ", "*a*b", "_a", "__a", "__a__"),
    *("*a_b ", "*_", "~", "~~a", "~~a~~", "`", "`a", "``a`", "`a`", "\\(a", "\\[", "\\(x\\)", "\\*a", "C:\\"),
    *("$", "$a", "$$a", "$x$ ", "<", "<a", "<a ", "<a b='", "<!--", "<?", "<![CDATA[", "<http:", "<b>"),
    *(
        "&",
        "&a",
        "&#",
        "&amp;",
        "**/",
        "/*",
        "*/",
        "x**2 ",
        "a\n",
        "\\\n",
        "[a\n",
        "漢*",
        "a<br>",
        "a:",
        "|a",
    ),
)
SLOW = 3.0
"""CPU seconds that no step may take: ten times as long as the screen may stand still."""


def seconds(act):
    begun = time.process_time()
    act()
    return time.process_time() - begun


@pytest.mark.parametrize("part", REPEATED)
def test_reading_words_is_linear(part):
    env = {"references": {"B": {"href": "http://x", "title": ""}}}

    def least(n):
        """Of two: a look for garbage in all that the tests have made may fall into one."""
        return min(seconds(lambda: parse_inline((part * n)[:n], dict(env))) for _ in range(2))

    assert least(24_000) < 30 * least(3_000) + 0.3


@pytest.mark.parametrize("part", REPEATED)
def test_a_hundred_thousand_characters_are_shown_at_once(part):
    assert seconds(lambda: Document((part * 100_000)[:100_000], 80, DARK)) < SLOW


@pytest.mark.parametrize("part", REPEATED)
def test_no_piece_of_a_stream_stops_the_screen(part):
    source = (part * 100_000)[:100_000]
    document = Document("", 80, DARK, live=True)
    for at in range(0, 100_000, 4_000):
        assert seconds(lambda at=at: document.feed(source[at : at + 4_000])) < SLOW
    assert seconds(document.close) < SLOW


@pytest.mark.parametrize("part", ("[a", "*a ", "\\(a", "`a", "://"))
def test_small_pieces_cost_no_more_the_longer_the_paragraph_is(part):
    document = Document((part * 6_000)[:6_000], 80, DARK, live=True)
    for _ in range(20):
        assert seconds(lambda: document.feed(part)) < SLOW / 3
