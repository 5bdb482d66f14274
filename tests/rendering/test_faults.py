"""Whatever fails where text becomes lines: the text is shown, the rest is drawn, the fault is noted once."""

import pytest

from tui.faults import LOGGER
from tui.rendering import block_renderers as drawings
from tui.rendering import blocks, code, highlight, incremental_parse, layout, maths, prose, selection, table
from tui.rendering.document import Document
from tui.rendering.palette import DARK
from tui.secret import Secret
from tui.system.crash_reports import Reports, keep_faults

REPLY = """\
# Heading

A paragraph with $x^2$ in it.

| a | b |
|---|---|
| one | two |

```python
answer = 42
```

$$
\\frac{a}{b}
$$

* the last item
"""
WORDS = ("Heading", "A paragraph with", "one", "answer = 42", "the last item")
PLACES = (
    (blocks, "_parse"),
    (blocks, "Flattener"),
    (incremental_parse, "parse_blocks"),
    (incremental_parse, "set_spacing"),
    (layout, "draw"),
    (layout, "draw_streaming"),
    (layout, "_prefixes"),
    (drawings.Rule, "resize"),
    (prose.Prose, "_parse"),
    (prose.Prose, "_redraw"),
    (prose.Prose, "line"),
    (prose.Formula, "_parse"),
    (maths, "to_unicode"),
    (table.Table, "__init__"),
    (table.Table, "_take"),
    (table.Table, "line"),
    (code, "highlighter"),
    (code.Code, "line"),
    (code.Code, "_spans"),
    (highlight.Highlighter, "_lex"),
)
RAISED = (RecursionError("too deep"), ValueError("broken"), KeyError(3))


def named(value):
    return value[1] if isinstance(value, tuple) else type(value).__name__


@pytest.fixture
def broken(monkeypatch):
    """Have a function raise from here on."""

    def break_it(place, error):
        def fail(*arguments, **options):
            raise error

        monkeypatch.setattr(*place, fail)

    return break_it


def shown(document):
    document.height  # noqa: B018 - asked for as a widget does
    for _ in range(2):  # what fails only when it is drawn has its rows the next time
        text = "\n".join(document.line(row).text for row in range(document.height))
        document.refine()
    return text


@pytest.mark.parametrize("error", RAISED, ids=named)
@pytest.mark.parametrize("place", PLACES, ids=named)
@pytest.mark.parametrize("live", (False, True), ids=("whole", "streamed"))
def test_the_text_is_shown(place, error, live, broken, faults):
    broken(place, error)
    document = Document("" if live else REPLY, 40, DARK, live=live)
    if live:
        for start in range(0, len(REPLY), 7):
            document.feed(REPLY[start : start + 7])
            document.line(document.height - 1)
            document.locate(len(document.source))
        document.close()
    text = shown(document)
    for word in WORDS:
        assert word in text
    assert document.source == REPLY
    document.resize(30, DARK)
    assert "the last item" in shown(document)
    assert len(faults) <= 1
    faults.clear()


def test_what_begins_to_fail_in_mid_stream_is_shown_too(broken, faults):
    document = Document("", 40, DARK, live=True)
    for start in range(0, len(REPLY), 7):
        if start > len(REPLY) // 2:
            broken((incremental_parse.IncrementalParse, "_last_settled"), ValueError("broken"))
        document.feed(REPLY[start : start + 7])
    document.close()
    text = shown(document)
    assert all(word in text for word in WORDS)
    assert len(faults) == 1
    faults.clear()


def test_only_the_block_that_fails_is_plain(broken, faults, rows):
    broken((table.Table, "__init__"), ValueError("broken"))
    drawn = rows(REPLY)
    assert "| one | two |" in drawn
    assert "A paragraph with x² in it." in drawn
    faults.clear()


def test_a_table_that_fails_as_it_is_drawn_gets_the_rows_that_its_text_takes(broken, faults):
    wide = "| a | b |\n|---|---|\n| " + "one " * 30 + "| two |\n"
    document = Document(wide + "\nbelow", 40, DARK)
    before = document.height
    broken((table.Table, "line"), ValueError("broken"))
    document.line(0)
    assert document.height == before  # as it was laid out, until that is looked at again
    assert document.guessed
    assert document.refine() == 0
    assert not document.guessed
    text = "\n".join(document.line(row).text for row in range(document.height))
    assert text.count("one") == 30
    assert "below" in text
    faults.clear()


@pytest.mark.parametrize("what", ("copy", "locate", "offset", "find"))
def test_keys_find_something_to_do_all_the_same(what, broken, faults):
    document = Document(REPLY, 40, DARK)
    broken((selection, what), ValueError("broken"))
    assert document.copy((0, 0), (3, 0))
    assert document.locate(20) in ((0, 0), (2, 9))
    assert document.offset(2) in (0, 11)
    assert document.find("last") in ([], [(document.height - 1, 6, 10)])
    assert len(faults) == 1
    faults.clear()


def test_a_report_of_it_is_kept_once_and_without_secrets(broken, faults, tmp_path):
    key = Secret("sk-very-secret-1234567890").reveal()
    broken((prose.Prose, "_parse"), ValueError(f"broken {key}"))
    keep_faults(tmp_path)
    try:
        for _ in range(3):
            shown(Document(REPLY, 40, DARK))
    finally:
        for handler in [each for each in LOGGER.handlers if isinstance(each, Reports)]:
            LOGGER.removeHandler(handler)
    [report] = tmp_path.iterdir()
    assert report.name.startswith("fault-")
    assert report.stat().st_mode & 0o077 == 0
    assert "broken" in report.read_text()
    assert key not in report.read_text()
    faults.clear()
