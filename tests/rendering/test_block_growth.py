"""Each kind of block over and over, whole and streamed: nothing stops the keys, and nothing is lost."""

import time

import pytest

from tui.rendering.document import Document
from tui.rendering.palette import DARK

SIZE = 100_000
STOP = 2.0
"""CPU seconds that a step may take here: ten times what is measured on a quiet machine."""

REPEATED = {
    "headings": "# h\n",
    "headings with lines": "a\n===\n",
    "rules": "---\n",
    "rules apart": "***\n\n",
    "lines": "a\n",
    "lines with breaks": "a  \n",
    "paragraphs": "a\n\n",
    "blank lines": "\n",
    "lines of blanks": " \n",
    "lines of tabs": "\t\n",
    "quotes": "> a\n",
    "quotes apart": "> a\n\n",
    "lazy quotes": "> a\nb\n",
    "quotes in quotes": "> ",
    "alerts": "> [!NOTE]\n> x\n\n",
    "items": "- a\n",
    "loose items": "- a\n\n",
    "numbers": "1. a\n",
    "empty items": "-\n",
    "empty numbers": "1.\n",
    "lists apart": "+ a\n* a\n- a\n",
    "lazy items": "- a\nb\n",
    "tasks": "- [ ] a\n",
    "lists in lists": "- ",
    "numbers in numbers": "1. ",
    "quotes in lists": "> - ",
    "code in lists": "- a\n\n      code\n",
    "fences in lists": "- ```\n  x\n  ```\n",
    "tables in lists": "- |a|b|\n  |-|-|\n  |1|2|\n",
    "fences in quotes": "> ```\n> x\n> ```\n",
    "rows": "|1|2|\n",
    "tables": "|a|b|\n|-|-|\n|1|2|\n\n",
    "a head without an end": "|a",
    "a rule without an end": "|-",
    "fences": "```\nx\n```\n",
    "fences of a language": "```python\nx = 1\n```\n",
    "ends of fences": "```\n",
    "tildes": "~~~\n",
    "indented code": "    a\n",
    "html": "<div>\n\n",
    "lines of html": "<div>\nx\n",
    "comments": "<!--\n",
    "instructions": "<?\n",
    "character data": "<![CDATA[\n",
    "open details": "<details>\n",
    "open details with a summary": "<details><summary>a</summary>\n\n",
    "details": "<details><summary>a</summary>\n\nx\n\n</details>\n\n",
    "ends of details": "</details>\n",
    "half summaries": "<details>\n<summary>a\n",
    "references": "[a]: b\n",
    "references with half a title": "[a]: 'b\n",
    "footnotes": "[^1]: x\n\n",
    "footnotes at once": "[^1]: x\n",
    "long footnotes": "[^1]: x\n\n    y\n\n",
    "formulas": "$$\nx\n$$\n",
    "formulas apart": "$$\nx\n$$\n\n",
    "dollars": "$$\n",
    "brackets of formulas": "\\[ x\n",
    "dashes": "-",
    "equals": "=",
    "hashes": "#",
    "digits": "1",
    "pipes": "|",
}
HEADED = {
    "one table": ("|a|b|\n|-|-|\n", "|1|2|\n"),
    "one table of marks": ("|a|b|\n|-|-|\n", "|*x*|`y`|\n"),
    "one table of formulas": ("|a|\n|-|\n", "|$x^2$|\n"),
    "one table of long cells": ("|a|b|\n|-|-|\n", "|" + "w " * 300 + "|" + "*x* " * 60 + "|\n"),
    "one long cell": ("|a|b|\n|-|-|\n|", "*x* "),
    "one fence": ("```\n", "words\n"),
    "one fence of a language": ("```python\n", "def f(x):\n    return 'a' + 1  # c\n"),
    "one text in a fence": ("```python\nx = '''\n", "words of a text that goes on\n"),
    "one line of code": ("```json\n", '{"a": 1}, '),
    "blank code": ("```c\n", "\n"),
    "one block of html": ("<div>\n", "x\n"),
    "one formula": ("$$\n", "x "),
    "fractions": ("$$\n", "\\frac{a}{b} "),
    "rows of a matrix": ("$$\n\\begin{matrix}\n", "a & b \\\\\n"),
    "powers": ("$$\n", "x^{"),
    "environments": ("$$\n", "\\begin{a}"),
}
CASES = {name: ("", piece) for name, piece in REPEATED.items()} | HEADED


def source_of(name, size=SIZE):
    head, piece = CASES[name]
    return head + piece * (size // len(piece))


def cost(act):
    begun = time.process_time()
    act()
    return time.process_time() - begun


def draw(document):
    for row in range(max(document.height - 40, 0), document.height):
        document.line(row)


@pytest.mark.parametrize("name", CASES)
def test_it_is_opened_at_once_and_nothing_of_it_is_lost(name):
    source = source_of(name)
    documents = []

    def opened():
        documents.append(Document(source, 88, DARK))
        draw(documents[0])

    assert cost(opened) < STOP
    [document] = documents
    assert document.source == source

    def resized():
        document.resize(60, DARK)
        draw(document)

    assert cost(resized) < STOP


@pytest.mark.parametrize("name", CASES)
def test_it_streams_without_a_stop(name):
    source = source_of(name, SIZE // 4)
    document = Document("", 88, DARK, live=True)
    document.feed(source[: -20 * 200])
    longest = 0.0
    for start in range(max(len(source) - 20 * 200, 0), len(source), 200):

        def more(text=source[start : start + 200]):
            document.feed(text)
            draw(document)

        longest = max(longest, cost(more))
    assert longest < STOP / 4
    assert cost(document.close) < STOP
    assert document.source == source


def test_more_blocks_than_are_looked_for_at_once_are_shown_and_can_be_read(rows):
    source = "# Title\n\n" + "* item\n" * 8_000 + "\n*end*\n"
    document = Document(source, 40, DARK)
    assert document.limited
    drawn = rows(document)
    assert (drawn[0], drawn[-1]) == ("Title", "*end*")
    assert sum(row.endswith("item") for row in drawn) == 8_000
    document.show_all()
    assert not document.limited
    assert rows(document)[-1] == "end"


@pytest.mark.parametrize(
    ("piece", "first", "last"),
    (
        ("# Heading\n\n", "Heading", "# Heading"),
        ("* item\n", "• item", "* item"),
        ("- [ ] task\n", "☐ task", "- [ ] task"),
        ("7. item\n\n   more\n\n", "7. item", "more"),
        ("> * item\n", "│ • item", "> * item"),
        ("*\n", "•", "*"),
        ("[^1]: note\n", "[1] note", "[^1]: note"),
        ("```\ncode\n```\n", "", "```"),
    ),
)
def test_what_comes_before_the_limit_is_read_and_what_comes_after_it_as_it_stands(piece, first, last, rows):
    source = (piece * 8_000).rstrip()
    document = Document(source, 40, DARK)
    drawn = rows(document)
    assert (drawn[0], drawn[-1].strip()) == (first, last)
    assert document.copy((0, 0), (document.height, 40)) == source


def test_a_long_list_that_comes_in_one_go_is_read_as_it_goes_on(rows):
    document = Document("* item\n" * 6_000, 40, DARK, live=True)
    for _ in range(6):
        document.feed("* item\n")
    document.close()
    assert set(rows(document)) == {"• item"}


def test_a_reply_of_many_blocks_is_read_while_it_streams_and_stays_so():
    document = Document("", 40, DARK, live=True)
    for _ in range(60):
        document.feed("# Heading\n\n" * 100)
    document.close()
    assert not document.limited


def test_details_in_details_without_end_can_be_folded():
    document = Document("<details><summary>a</summary>\n\n" * 3_000 + "x", 40, DARK)
    assert document.toggle(0)
    assert max(len(placed.block.folds) for placed in document._layout.placed) <= 100
