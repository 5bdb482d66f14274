"""Thinking that stands in the text of a reply, between marks: told apart, however the text is cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.chat.chunks import Reasoning
from tui.engine.thinking import Thinking, WasReasoning


def told(*parts: str, known: bool = False) -> tuple[str, str]:
    """Thought and answer, as they stand at the end."""
    thinking = Thinking(known=known)
    thought = answer = ""
    for pieces in (*map(thinking.feed, parts), thinking.close()):
        for piece in pieces:
            match piece:
                case str():
                    answer += piece
                case Reasoning(text):
                    thought += text
                case WasReasoning():
                    thought, answer = thought + answer, ""
    return thought, answer


PAIRS = [
    ("<think>", "</think>"),
    ("<THINK>", "</Think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reason>", "</reason>"),
    ("<reasoning>", "</reasoning>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
]


@pytest.mark.parametrize(("begin", "end"), PAIRS)
@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        ("BplanEanswer", "plan", "answer"),
        ("planEanswer", "plan", "answer"),
        ("plan\nE\n\nanswer", "plan\n", "answer"),
        ("\n B\nplan a < b\nE\n\nanswer", "\nplan a < b\n", "answer"),
        ("BoneEtwoBthreeEfour", "one\n\nthree", "twofour"),
        ("BoneE\n\ntwo\n\nBthreeE\n\nfour", "one\n\nthree", "two\n\nfour"),
        ("BEanswer", "", "answer"),
        ("E\n\nanswer", "", "answer"),
        ("Bplan", "plan", ""),
        ("BplanEE\nanswer", "plan", "answer"),
    ],
)
def test_every_kind_of_mark_is_known(begin, end, text, thought, answer):
    written = text.replace("B", begin).replace("E", end)
    for parts in ([written], list(written)):
        assert told(*parts) == (thought, answer)


@pytest.mark.parametrize(
    ("text", "thought", "answer"),
    [
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>",
            "a",
            "b",
        ),
        ("<|channel|>final<|message|>b<|end|>", "", "b"),
        ("<|start|>assistant<|channel|>analysis<|message|>a<|end|>\n<|channel|>final<|message|>b", "a", "b"),
        ("<think>a</think>\n<answer>b</answer>", "a", "b"),
        ("<think>a</think>\n<answer>b <think></answer>", "a", "b <think>"),
        ("<think>It asks about `</think>` here</think>b", "It asks about `</think>` here", "b"),
        ("<think>It asks about </think>, well\n</think>\n\nb", "It asks about , well\n", "b"),
        ("<think>`a`</think>`b`", "`a`", "`b`"),
        ("<think>a</think>b</think>", "a", "b"),
        ("<think>a</think> b <think>c</think> d", "a\n\nc", "b d"),
        ("Sure!<think>a</think>b", "a", "Sure!b"),
    ],
)
def test_dialects_of_models_are_understood(text, thought, answer):
    for parts in ([text], list(text)):
        assert told(*parts) == (thought, answer)


@pytest.mark.parametrize(
    "text",
    [
        "the `<think>` tag",
        "Close it with `</think>`, then answer.",
        "the <think> tag and the </think> tag",
        "No <think>tag</think> here",
        "Models write <think>, [THINK] or <reasoning>.",
        "使用<think>和</think>标签",
        "It says “</think>” at the end.",
        "```\n<think>\nplan\n</think>\n```\nDone.",
        "~~~xml\n</think>\n~~~~\nDone.",
        "- Like this:\n  ```\n  </think>\n  ```\n",
        "> ```\n> <think>\n> ```\n",
        "```\n``\n</think>\n",
        "Look:\n\n    <think>\n    </think>\n",
        "``a ` <think> ``",
        "<thinking is hard",
        "a < b, [THINK, <|end, ◁",
        "<answer>42</answer>",
        "Tokens such as <|end|> end a message",
        "</think> is what ends it",
        "  leading blanks\n\n",
        "",
        "\n\n",
    ],
)
def test_what_is_only_talked_about_stays_text(text):
    for parts in ([text], list(text)):
        assert told(*parts) == ("", text)


def test_a_fence_that_has_ended_hides_nothing():
    assert told("```\ncode\n```\n<think>a</think>b") == ("a", "```\ncode\n```\nb")


def test_the_end_mark_of_a_model_that_thought_beside_its_text_is_no_answer():
    assert told("\n</think>\n\nYes", known=True) == ("", "Yes")
    assert told("Yes</think>", known=True) == ("", "Yes")


def test_text_is_given_at_once():
    thinking = Thinking()
    assert list(thinking.feed("Hi")) == ["Hi"]
    assert list(thinking.feed(" there <")) == [" there "]
    assert list(thinking.feed("b")) == ["<b"]


def test_thinking_that_comes_with_its_end_in_one_piece_was_never_answer():
    assert list(Thinking().feed("plan</think>answer")) == [WasReasoning(), Reasoning("plan"), "answer"]


_FRAGMENTS = st.sampled_from(
    [mark for pair in PAIRS for mark in pair]
    + ["<answer>", "</answer>", "<|return|>", "```", "``", "`", "~~~", "\n", "\n\n", " ", "    ", "\t"]
    + ["word", "a.", "“", "”", "思考", "- ", "> ", "<", "<|", "[", "◁", "\0", "İ"]
)


@given(st.lists(_FRAGMENTS, max_size=14).map("".join), st.data())
def test_any_way_of_cutting_gives_the_same(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    parts = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    assert told(*parts) == told(text) == told(*text)


_OF_MARKS = frozenset("".join(mark for pair in PAIRS for mark in pair) + "<answer></answer><|return|>")


@given(st.lists(_FRAGMENTS, max_size=14).map("".join))
def test_nothing_vanishes_but_marks_and_blanks(text):
    def others(found: str) -> list[str]:
        return sorted(char for char in found if char not in _OF_MARKS and not char.isspace())

    assert others("".join(told(text))) == others(text)
