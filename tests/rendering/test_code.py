"""Code: label, colours, tabs, long lines."""

import gc
import re
import time

import pytest
from pygments.lexers import get_all_lexers
from pygments.token import Keyword

from tests import lexers
from tui.rendering import highlight, patience
from tui.rendering.document import Document
from tui.rendering.palette import DARK, LIGHT

PYTHON = "```python\nclass Reply(Message):  # why\n    def run(self): return 'x' + 12\n```"


def test_a_label_the_lines_and_a_row_of_rest(rows):
    assert rows("```sh\nls\n```", 12) == ["          sh", "ls", ""]
    assert rows("```sh\nls\n```", 12, code_pad=0) == ["          sh", "ls"]


def test_the_tint_goes_from_rail_to_edge():
    document = Document("```\nx\n```", 12, DARK)
    backgrounds = {segment.style.bgcolor.name for row in range(3) for segment in document.line(row)}
    assert backgrounds == {DARK.deep}


@pytest.mark.parametrize(
    ("text", "role"),
    (
        ("class", "violet"),
        ("Reply", "sky"),
        ("Message", "ink"),
        ("# why", "dim"),
        ("run", "sky"),
        ("'x'", "leaf"),
        ("+", "dim"),
        ("12", "sky"),
    ),
)
@pytest.mark.parametrize("palette", (DARK, LIGHT), ids=("dark", "light"))
def test_colours_come_from_the_palette(text, role, palette, styles):
    assert styles(PYTHON, text, palette).color.name == getattr(palette, role)


def test_nothing_in_code_is_bold_and_only_comments_are_italic(styles):
    assert styles(PYTHON, "# why").italic
    assert not styles(PYTHON, "class").bold


def test_long_lines_hang_by_two_cells(rows):
    assert rows("```\nabcdefghijklmno\n```", 8)[1:-1] == ["abcdefgh", "  ijklmn", "  o"]


def test_tabs_are_stops_of_four(rows):
    assert rows("```\na\tb\n\tc\n```")[1:-1] == ["a   b", "    c"]


@pytest.mark.parametrize("info", ("", "nope", "python {.numberLines}", "{.python}", "Python3"))
def test_labels(info, rows):
    assert rows(f"```{info}\nx\n```")[0].strip() == {
        "python {.numberLines}": "python",
        "{.python}": "python",
    }.get(info, info)


def test_indented_code_and_open_fences(rows):
    assert rows("    a\n\n    b") == ["", "a", "", "b", ""]
    assert rows("~~~py\nnever closed")[1:] == ["never closed", ""]


def test_a_long_string_keeps_its_colour_while_it_streams():
    document = Document('```python\ntext = """\n', 40, DARK, live=True)
    for number in range(60):
        document.feed(f"def in_a_string_{number}(): pass\n")
        for row in range(document.height):
            document.line(row)
    segments = list(document.line(document.height - 2))
    assert {segment.style.color.name for segment in segments if segment.text.strip()} == {DARK.leaf}


@pytest.mark.parametrize("live", (False, True))
def test_the_end_of_long_code_does_not_wait_for_what_is_above(live, look):
    def colours(row):
        return {segment.style.color.name for segment in document.line(row)}

    source = "```python\n" + "x = 'text'\n" * 5_000 + "```"
    document = Document(source, 40, DARK, live=live)
    middle, last = document.height // 2, document.height - 2
    assert DARK.leaf in colours(last)
    assert colours(middle) == {DARK.ink}  # nobody has looked at it yet
    document.close()
    assert document.refine() <= middle
    assert not document.guessed
    assert DARK.leaf in colours(middle)
    assert look(document) == look(Document(source, 40, DARK))


# -- lexers that don't come to an end
class Endless:
    """A lexer with an expression that takes for ever, as some of Pygments' have."""

    def get_tokens_unprocessed(self, text):
        yield 0, Keyword, "first\n"
        re.match("(a|a)*b", "a" * 60)


class Slow:
    """A lexer that comes to its end, but takes a while for each line."""

    def get_tokens_unprocessed(self, text):
        for line in text.splitlines(keepends=True):
            begun = time.thread_time()
            while time.thread_time() - begun < 0.02:
                pass
            yield 0, Keyword, line


class Broken:
    """A lexer that fails."""

    def get_tokens_unprocessed(self, text):
        yield 0, Keyword, "first\n"
        raise RecursionError("too deep")


@pytest.fixture
def lexed_by(monkeypatch):
    """Have all code read by a lexer."""
    highlight.Delay.forget()
    yield lambda lexer: monkeypatch.setattr(highlight, "lexer_for", lambda language: lexer())
    highlight.Delay.forget()


CODE = "```x\nfirst\n" + "the rest\n" * 60 + "```"


@pytest.mark.parametrize("lexer", (Endless, Slow, Broken))
@pytest.mark.parametrize("live", (False, True))
def test_a_lexer_that_fails_or_takes_too_long_leaves_the_rest_plain(lexer, live, lexed_by, rows, faults):
    lexed_by(lexer)
    begun = time.process_time()
    document = Document(CODE, 40, DARK, live=live)
    assert rows(document)[1:-1] == ["first", *["the rest"] * 60]
    assert time.process_time() - begun < 0.5
    last = document.line(document.height - 2)
    assert {segment.style.color.name for segment in last} == {DARK.ink}
    document.close()
    assert not document.guessed
    assert len(faults) == (lexer is Broken)
    faults.clear()


def test_a_reply_full_of_such_code_does_not_add_up(lexed_by, rows):
    lexed_by(Endless)
    begun = time.process_time()
    rows("\n\n".join([CODE] * 12))
    assert time.process_time() - begun < 1.0


def test_where_nothing_can_be_stopped_what_repeats_itself_has_no_colours(monkeypatch):
    monkeypatch.setattr(patience, "can_stop", lambda: False)
    usual, same = "```python\nclass Reply: pass\n```", "```systemd\n" + " " * 2_000 + "x\n```"
    assert DARK.violet in {segment.style.color.name for segment in Document(usual, 40, DARK).line(1)}
    document = Document(same, 40, DARK)
    colours = {s.style.color.name for row in range(1, document.height) for s in document.line(row)}
    assert colours == {DARK.ink}


def test_every_name_that_pygments_knows_has_a_lexer():
    for _, aliases, *_ in get_all_lexers(plugins=False):
        for alias in aliases:
            assert alias.lower() in highlight._names()


BAD = (
    ("systemd", " ", 2_000),
    ("systemd", "\t", 100_000),
    ("c", "\n", 100_000),
    ("cpp", "x \n", 20_000),
    ("autohotkey", "\n", 20_000),
    ("autoit", " ", 20_000),
    ("cpp-objdump", " ", 9_000),
    ("aspectj", "\n", 20_000),
    ("androidbp", "_", 9_000),
    ("desktop", "-", 9_000),
    ("basemake", "(", 9_000),
    ("json", "[", 100_000),
    ("text", "\\", 100_000),
    ("nobody-knows", "<!--", 100_000),
    ("", '"', 100_000),
)


@pytest.mark.parametrize(("language", "piece", "size"), BAD)
def test_no_code_stops_the_keys(language, piece, size):
    stop = lexers.stop(lexers.fence(language, piece, size))
    assert stop < 4 * lexers.LONGEST, "also where other programs have the processor's memory"


@pytest.mark.parametrize("language", lexers.languages()[7::60])
def test_no_lexer_drowns(language):
    for seconds, what in lexers.stops([language], lexers.PIECES[::6], [20_000]):
        assert seconds < 4 * lexers.LONGEST, what


def test_the_worst_code_goes_on_streaming():
    document = Document("```systemd\n", 88, DARK, live=True)
    longest = 0.0
    for _ in range(200):
        begun = time.process_time()
        document.feed(" " * 40)
        document.line(document.height - 2)
        longest = max(longest, time.process_time() - begun)
    assert longest < 4 * lexers.LONGEST


def test_what_stops_the_work_never_meets_the_collection_of_garbage():
    met: list[str] = []

    def note(phase: str, info: object) -> None:
        met.append(phase)

    def littering() -> bool:
        return bool([[[] for _ in range(1000)] for _ in range(100)]) and not met

    gc.callbacks.append(note)
    try:
        gc.collect()
        met.clear()
        assert patience.work(littering, lambda: False)
        assert gc.isenabled()
        gc.collect()
        assert met
    finally:
        gc.callbacks.remove(note)
