"""Documents as text, and documents out of thin air."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import strategies as st

from tui.rendering.document import Document
from tui.rendering.palette import DARK

INLINE = (
    "plain words",
    "*emphasis*",
    "**strong _both_**",
    "`code span`",
    "``a ` tick``",
    "[link](https://example.com/a)",
    "[example.org](https://evil.test)",
    "<https://auto.link>",
    "www.bare.org",
    "me@mail.test",
    "![alt](https://pic.test/x.png)",
    "~~gone~~",
    "[ref][one]",
    "[one]",
    "note[^1]",
    "$x^2$",
    "\\(a+b\\)",
    "$5 and $6",
    "&amp; &#x202e;",
    "\\*escaped\\*",
    "<kbd>k</kbd>",
    "a<br>b",
    "日本語の文章",
    "👩‍👩‍👧 é ⚠️",
    "עברית",
    "open *star",
    "open `tick",
    "open [bracket",
    "snake_case_word",
    "line  \nbreak",
    "soft\nbreak",
    "https://example.com/a_b?c=*d",
)
BLOCKS = (
    "# {}",
    "{}",
    "{}",
    "{} {}. {}",
    "Setext {}\n===",
    "- {}\n- {}\n  - {}\n- {}",
    "1. {}\n2. {}\n\n   {}",
    "- [ ] {}\n- [x] {}",
    "* {}\n\n* {}\n\n  ```py\n  x = 1\n  ```",
    "> {}\n> {}",
    "> - {}\n>   - {}\n>\n> {}",
    "> [!NOTE]\n> {}",
    "```python\ndef f(x):\n\treturn '{}'\n```",
    "~~~\n{}\n\n  {}\n~~~",
    "```\nnever closed {}",
    '```csv\na,b\n{},"{}"\n"x ""y""\nz",2\n```',
    "````tsv\na\tb\n{}\t{}\n````",
    "> ```ansi\n> \x1b[31m{}\x1b[0m \\e[1m{}\n> ```",
    "- ```json\n" + "  {}\n" * 42 + "  ```",
    "```mermaid\ngraph TD\n A[{}] --> B\n```",
    "```diff\n- {}\n+ {}\n```",
    "    indented {}\n\n    code",
    "| a | b |\n|---|--:|\n| {} | 12 |\n| {} | 3.5 |",
    "| {} |\n|:-:|\n| a \\| b |",
    "***",
    "$$\n\\frac{{a}}{{b}}\n$$",
    "<div>\n{}\n</div>",
    "<details>\n<summary>{}</summary>\n\n{}\n\n</details>",
    "[one]: https://one.test 'title'",
    "[^1]: The note {}\n\n    more of it",
    "<!-- {} -->",
    "Text\n- at once {}\n> quote\n1. list\n# head",
    "a | b\n---|---\n{} | {}",
    "-\n  {}",
    "10) {}\n11) {}",
    "- a\n\n\n- {}\n***",
    "\t{}\n \t- {}",
)


@st.composite
def _block(draw):
    form = draw(st.sampled_from(BLOCKS))
    return form.format(*(draw(st.sampled_from(INLINE)) for _ in range(form.count("{}"))))


_GAPS = ("\n\n", "\n\n", "\n", "\n\n\n", "\n \n", "\n> \n")
_DOCUMENTS = st.lists(st.tuples(_block(), st.sampled_from(_GAPS)), min_size=1, max_size=7).map(
    lambda parts: "".join(block + gap for block, gap in parts)
)
_NOISE = st.text(st.sampled_from("ab1 \n\n\t*_`~[]()<>!#|-:.\\$&;^'\"=+xé漢👩‍"), max_size=120)
_SEQUENCES = ("\x1b[2J", "\x1b]52;c;aGk=\x07", "\x9b31m", "\u202e", "\u200d", "\ufe0f", "\u0301" * 9, "\x00")
_PIECES = ("`", "```\n", "|", "- ", "> ", "a", "漢", "👩", "\u2028", "\ue000", "\t", "\r\n")
_ENTITIES = ("&#x202e;", "&#27;", "&zwj;", "<http://a.b/%E2%80%AE>")
_HOSTILE = st.text(max_size=200) | st.lists(
    st.sampled_from(_SEQUENCES + _PIECES + _ENTITIES), max_size=40
).map("".join)


@pytest.fixture(scope="session")
def sources():
    """A strategy for Markdown: sound, broken, and both."""
    return _DOCUMENTS | _NOISE | st.tuples(_DOCUMENTS, _NOISE).map("".join)


@pytest.fixture(scope="session")
def hostile(sources):
    """A strategy for what a model may send to take over a terminal."""
    return _HOSTILE | sources


@pytest.fixture(scope="session")
def rows():
    """The text of each row, without the cells round it."""

    def rows_of(source, width=40, **options):
        document = source if isinstance(source, Document) else Document(source, width, DARK, **options)
        return [document.line(row).text[2:].rstrip() for row in range(document.height)]

    return rows_of


@pytest.fixture(scope="session")
def look():
    """Every row with its styles, as one list that can be compared: in however many pieces it is drawn."""

    def row_of(line):
        alike = groupby(line, lambda segment: str(segment.style))
        return [("".join(segment.text for segment in pieces), style) for style, pieces in alike]

    def look_of(document):
        return [row_of(document.line(row)) for row in range(document.height)]

    return look_of


@pytest.fixture(scope="session")
def styles():
    """The style of the first segment that holds a text."""

    def style_of(source, text, palette=DARK, width=60):
        document = Document(source, width, palette)
        segments = [segment for row in range(document.height) for segment in document.line(row)]
        return next(segment.style for segment in segments if text in segment.text)

    return style_of
