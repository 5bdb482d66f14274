"""Documents as text, and documents out of thin air."""

from __future__ import annotations

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


documents = st.builds(
    lambda blocks, gaps, end: "".join(block + gap for block, gap in zip(blocks, gaps, strict=False)) + end,
    st.lists(_block(), min_size=1, max_size=7),
    st.lists(st.sampled_from(("\n\n", "\n\n", "\n", "\n\n\n", "\n \n", "\n> \n")), min_size=7, max_size=7),
    st.sampled_from(("", "\n", "\n\n", " ")),
)
noise = st.text(st.sampled_from("ab1 \n\n\t*_`~[]()<>!#|-:.\\$&;^'\"=+xé漢👩‍"), max_size=120)
_SEQUENCES = ("\x1b[2J", "\x1b]52;c;aGk=\x07", "\x9b31m", "\u202e", "\u200d", "\ufe0f", "\u0301" * 9, "\x00")
_PIECES = ("`", "```\n", "|", "- ", "> ", "a", "漢", "👩", "\u2028", "\ue000", "\t", "\r\n")
_ENTITIES = ("&#x202e;", "&#27;", "&zwj;", "<http://a.b/%E2%80%AE>")
hostile = st.text(max_size=200) | st.lists(
    st.sampled_from(_SEQUENCES + _PIECES + _ENTITIES), max_size=40
).map("".join)


def look_of_rows(document):
    """Every row with its styles, as one list that can be compared."""
    return [[(s.text, str(s.style)) for s in document.line(row)] for row in range(document.height)]


@pytest.fixture
def rows():
    """The text of each row, without the cells round it."""

    def rows_of(source, width=40):
        document = source if isinstance(source, Document) else Document(source, width, DARK)
        return [document.line(row).text[2:].rstrip() for row in range(document.height)]

    return rows_of
