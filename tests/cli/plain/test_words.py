"""What a screen reader is given: whole sentences and lines, without the marks of Markdown."""

from __future__ import annotations

import pytest

from tui.cli.plain import words
from tui.cli.plain.words import LONGEST, Words

REPLY = """\
## What to do ##

Put `asyncio.timeout()` round the call. It is **in the. library**, see [the docs](https://docs.test/a).

```python
async def fetch(s):

    return "`*`"  # | as it is |
```

* everything inside
1. catch it *outside*

> Simple is better.
> Than complex.

---

|  | nests | since |
|:--|---|---|
| timeout | yes | `3.11` |
| wait_for |  | 3.4 |

So $\\alpha^2$ is it, 2 * 3 too, and snake_case; [ ] costs $5.
"""
SAID = """\
What to do

Put asyncio.timeout() round the call. It is in the. library, see the docs (https://docs.test/a).

code, python:
async def fetch(s):

    return "`*`"  # | as it is |
end of code

- everything inside
1. catch it outside

quote: Simple is better.
Than complex.

table: nests; since
timeout; nests: yes; since: 3.11
wait_for; since: 3.4

So α² is it, 2 * 3 too, and snake_case; [ ] costs $5.
"""


def said(text: str, size: int) -> list[str]:
    words = Words()
    parts = [words.add(text[place : place + size]) for place in range(0, len(text), size)]
    return [part for part in (*parts, words.end()) if part]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50, 10_000])
def test_marks_are_not_said_and_code_is_as_it_is_however_the_pieces_come(size):
    assert "".join(said(REPLY, size)) == SAID


def test_whole_sentences_and_lines_come_and_never_half_a_word():
    parts = said(REPLY, 1)
    assert "Put asyncio.timeout() round the call. " in parts
    assert '    return "`*`"  # | as it is |\n' in parts
    assert all(part[-1] in " \n" for part in parts)


def test_a_number_that_begins_a_line_is_no_sentence():
    assert said("1. One thing that is long enough. Two", 1) == ["1. One thing that is long enough. ", "Two"]


def test_languages_without_spaces_have_sentences():
    assert (
        said("これは長い文章で、読み上げるのに十分です。次の文。", 1)[0]
        == "これは長い文章で、読み上げるのに十分です。"
    )


def test_a_sentence_without_end_comes_in_parts_of_whole_words():
    parts = said("word " * LONGEST, 3)
    assert len(parts) > 3 and all(part.endswith("word ") for part in parts)


def test_what_is_held_can_be_had_up_to_a_whole_word():
    words = Words()
    assert words.add("A slow model says lit") == ""
    assert words.so_far() == "A slow model says "
    assert words.so_far() == ""
    assert words.add("tle. ") == "" and words.end() == "little. "


@pytest.mark.parametrize("begin", ["```py", "| a | b", "# He", "$$\nx +", "**bold ", "[a link](http"])
def test_what_is_understood_only_as_a_whole_is_held(begin):
    words = Words()
    assert words.add(begin) == ""


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_fences_in_a_text_of_markdown_end_what_they_began(size):
    source = "```markdown\n# T\n```sh\nls\n```\nmore\n```\n**After.**\n```md\nx\n```\nend"
    inside = "# T\n```sh\nls\n```\nmore"
    want = f"code, markdown:\n{inside}\nend of code\nAfter.\ncode, md:\nx\nend of code\nend"
    assert "".join(said(source, size)) == want


def test_code_that_is_cut_ends_all_the_same():
    assert "".join(said("~~~\nlast line", 4)) == "code:\nlast line\nend of code\n"


def test_a_bar_alone_makes_no_table():
    assert "".join(said("| or || is a pipe\nnext\n", 4)) == "| or || is a pipe\nnext\n"


def test_nothing_steers_the_terminal():
    assert "".join(said("a\x1b[31m b\x9b1m\n```x\n\x1b]0;t\x07\n```\n", 2)) == (
        "a␛[31m b�1m\ncode, x:\n␛]0;t␇\nend of code\n"
    )


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("name", ["inline", "_balanced", "_cells"])
@pytest.mark.parametrize("error", [RecursionError("too deep"), ValueError("broken")])
def test_what_can_not_be_turned_into_words_is_said_as_it_stands(size, name, error, monkeypatch, faults):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(words, name, fail)
    heard = "".join(said(REPLY, size))
    for word in (
        "What to do",
        "round the call",
        "async def fetch(s)",
        "Simple is better",
        "wait_for",
        "costs $5",
    ):
        assert word in heard
    assert len(faults) <= 1  # lines that come whole are not looked at for their balance
    faults.clear()


def test_when_nothing_works_not_a_character_is_lost(monkeypatch, faults):
    def fail(*arguments):
        raise KeyError(3)

    monkeypatch.setattr(Words, "_end_of_part", fail)
    assert "".join(said(REPLY, 9)) == REPLY
    faults.clear()


def test_a_formula_without_end_is_said_as_it_stands():
    assert "".join(said("It is $x" + "^" * 340 + "$ then.\n", 50)) == "It is x" + "^" * 340 + " then.\n"


def test_a_line_of_signs_that_underlines_nothing_is_said():
    assert "".join(said("===\nTitle\n===\n", 4)) == "===\nTitle\n\n"


def test_every_cell_of_a_row_of_too_many_is_said():
    table = "| a | b |\n|---|---|\n| `ls | wc` | 1 |\n| 1 | 2 | 3 |\n"
    assert "".join(said(table, 4)) == "table: a; b\na: ls | wc; b: 1\na: 1; b: 2 | 3\n"
