"""What a text begins and does not end takes in nothing that stands after it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tui.markdown.closing import closed
from tui.markdown.parser import build
from tui.rendering.blocks import parse_blocks

OPEN = [
    "```python\nprint()",
    "~~~~\n```\n",
    "1. one\n\n```\nx",
    "<!-- a remark",
    "<?php echo 1",
    "<!DOCTYPE html",
    "<![CDATA[ x",
    "<script>\nlet x\n\ny",
    "<pre>\n\nx",
    "<style>\n\na",
    "<textarea>\n\nb",
    "<details>\n<summary>More</summary>\n\ntext",
    "a <details> b",
    "$$\nx = 1\n\ny",
    "```\n<!-- x",
    "- a\n  - b\n    ```\n    c",
    "> ```\n> quoted",
    "[a]: https://a.test\n'title",
    "| a | b |\n|---|---|\n| c",
]


def stands_alone(text: str) -> bool:
    tokens = build(html=True).parse(f"{text}\n\nAFTER")
    last = [token.type for token in tokens[-3:]]
    return last == ["paragraph_open", "inline", "paragraph_close"] and tokens[-3].level == 0


@pytest.mark.parametrize("text", OPEN)
def test_what_is_open_is_closed(text: str) -> None:
    whole = closed(text)
    assert whole.startswith(text)
    assert stands_alone(whole)
    assert closed(whole) == whole
    leaf = parse_blocks(f"{whole}\n\nAFTER", {})[-1]
    assert (leaf.kind, leaf.content, leaf.path) == ("paragraph", "AFTER", ())
    assert whole.count("<details>") == whole.count("</details>")


@pytest.mark.parametrize(
    "text", ["", "plain", "```\nx\n```", "a <b> c", "List<String>", "<!-- x -->", "`<details>`", "$$\nx\n$$"]
)
def test_what_is_closed_stays_as_it_is(text: str) -> None:
    assert closed(text) == text


@given(some.lists(some.sampled_from([*OPEN, "\n", " ", "```", "-->", "word", "</details>", "    "])))
def test_whatever_comes_before_what_comes_after_stands_alone(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    assert closed(text).startswith(text)
    assert stands_alone(closed(text))
