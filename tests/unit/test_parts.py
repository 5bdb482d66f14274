"""What a message is made of: pieces become parts, parts become JSON and come back."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tui.chat.attachment import Attachment, attachment_of
from tui.chat.parts import (
    CallState,
    File,
    Gathered,
    Image,
    Native,
    Notice,
    Part,
    Reasoning,
    Source,
    Sources,
    Text,
    ToolCall,
    ToolResult,
    calls_ended,
    from_json,
    reasoning_of,
    sources_of,
    text_of,
    to_json,
)

PICTURE = attachment_of("dot.png", b"\x89PNG\r\n\x1a\n rest")
WITHOUT_CONTENT = Attachment(PICTURE.name, PICTURE.media_type, PICTURE.size, PICTURE.sha256, PICTURE.tokens)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
words = st.text(max_size=8)
natives = st.none() | st.builds(Native, st.just("anthropic"), words, words, st.dictionaries(words, words))
parts = st.one_of(
    st.builds(Text, words, natives),
    st.builds(Reasoning, words, st.none() | st.floats(0, 1000), natives),
    st.builds(Image, words, words, natives),
    st.builds(File, st.just(WITHOUT_CONTENT), natives),
    st.builds(
        ToolCall,
        words,
        words,
        words,
        st.dictionaries(words, words),
        words,
        st.sampled_from(CallState),
        natives,
    ),
    st.builds(ToolResult, words, words, st.booleans(), st.just((WITHOUT_CONTENT,)), natives),
    st.builds(Sources, st.lists(st.builds(Source, words, words), max_size=3).map(tuple)),
    st.builds(Notice, words),
)


class TestGathered:
    def test_pieces_of_text_become_one_text(self) -> None:
        gathered = Gathered()
        for piece in ("Hel", "lo, ", "world"):
            gathered.add(piece)
        assert gathered.parts == (Text("Hello, world"),)

    def test_the_order_in_which_things_came_is_kept(self) -> None:
        call, result = ToolCall("1", "", "clock"), ToolResult("1", "noon")
        came = [
            Reasoning("hm"),
            "I look. ",
            call,
            result,
            "It is ",
            "noon. ",
            Image("https://a.test/x.png"),
            "So.",
        ]
        gathered = Gathered()
        for piece in came:
            gathered.add(piece)
        assert gathered.parts == (
            Reasoning("hm"),
            Text("I look. "),
            call,
            result,
            Text("It is noon. "),
            Image("https://a.test/x.png"),
            Text("So."),
        )

    def test_sources_and_notices_end_no_sentence(self) -> None:
        gathered = Gathered()
        for piece in ("One ", Sources((Source("https://a.test"),)), "sen", Notice("beside"), "tence"):
            gathered.add(piece)
        assert gathered.parts == (
            Text("One sentence"),
            Sources((Source("https://a.test"),)),
            Notice("beside"),
        )

    def test_a_page_is_cited_once_and_keeps_its_number(self) -> None:
        first, second = Source("https://a.test"), Source("https://b.test")
        gathered = Gathered([Sources((first,)), Text("x"), Sources((second, first))])
        assert sources_of(gathered.parts) == (first, second)

    def test_a_signature_belongs_to_the_thought_before_it_and_ends_it(self) -> None:
        signed = Native("anthropic", "anthropic", "claude", {"signature": "s"})
        gathered = Gathered()
        for piece in (Reasoning("a"), Reasoning("b"), Reasoning("", native=signed), Reasoning("c")):
            gathered.add(piece)
        assert gathered.parts == (Reasoning("ab", native=signed), Reasoning("c"))

    def test_a_redacted_thought_has_no_text_and_is_kept(self) -> None:
        hidden = Native("anthropic", "anthropic", "claude", {"data": "x"})
        assert Gathered([Reasoning("", native=hidden)]).parts == (Reasoning("", native=hidden),)

    def test_a_thought_knows_how_long_it_took(self) -> None:
        gathered = Gathered()
        gathered.add(Reasoning("hm"))
        gathered.thought_for(2.5)
        gathered.add("yes")
        assert gathered.parts == (Reasoning("hm", 2.5), Text("yes"))

    @given(st.lists(st.tuples(st.booleans(), st.text(max_size=20))), st.integers(1, 5))
    def test_however_it_is_cut_it_is_the_same(self, came: list[tuple[bool, str]], size: int) -> None:
        whole, cut = Gathered(), Gathered()
        for thought, text in came:
            whole.add(Reasoning(text) if thought else text)
            for start in range(0, len(text), size):
                piece = text[start : start + size]
                cut.add(Reasoning(piece) if thought else piece)
        assert cut.parts == whole.parts
        assert text_of(whole.parts).replace("\n\n", "") == "".join(
            t for thought, t in came if not thought
        ).replace("\n\n", "")

    @given(st.lists(parts))
    def test_what_was_gathered_once_is_gathered_as_it_is(self, came: list[Part]) -> None:
        once = Gathered(came).parts
        assert Gathered(once).parts == once


class TestJson:
    @given(parts)
    def test_every_part_comes_back_equal(self, part: Part) -> None:
        assert from_json(json.loads(json.dumps(to_json(part)))) == part

    @given(any_json)
    def test_no_json_is_an_error(self, value: Any) -> None:
        from_json(value)

    @given(parts, st.data())
    def test_an_odd_field_costs_no_text(self, part: Part, data: st.DataObject) -> None:
        value = to_json(part)
        fields = [name for name in value if name not in ("type", "text", "mime")]
        if fields:
            value[data.draw(st.sampled_from(fields))] = data.draw(any_json)
        back = from_json(value)
        if isinstance(part, Text | Reasoning | Notice | ToolResult):
            assert type(back) is type(part)
            assert back.text == part.text  # type: ignore[union-attr]

    def test_the_kinds_have_the_names_that_scripts_rely_on(self) -> None:
        shown = [
            Text("a"),
            Reasoning("b"),
            Image("https://a.test"),
            File(WITHOUT_CONTENT),
            ToolCall("1", "", "x"),
            ToolResult("1", "y"),
            Sources(()),
            Notice("n"),
        ]
        names = [to_json(part)["type"] for part in shown]
        assert names == [
            "text",
            "reasoning",
            "image",
            "image",
            "tool_call",
            "tool_result",
            "sources",
            "notice",
        ]


def test_texts_and_thoughts_are_read_apart() -> None:
    said: tuple[Part, ...] = (Reasoning("a"), Text("b"), Reasoning("c"), Text("d"))
    assert (text_of(said), reasoning_of(said)) == ("b\n\nd", "a\n\nc")


def test_a_call_that_was_cut_has_a_result_that_says_what_is_known_of_it():
    one, two = ToolCall("1", "fs", "a"), ToolCall("2", "fs", "b", state=CallState.RUNNING)
    done = ToolCall("3", "fs", "c", state=CallState.DONE)
    parts = calls_ended((one, two, done, ToolResult("3", "milk"), Text("So.")))
    assert [getattr(part, "state", None) for part in parts[:3]] == [
        CallState.STOPPED,
        CallState.STOPPED,
        CallState.DONE,
    ]
    kept, not_begun, begun = parts[3:6]
    assert kept == ToolResult("3", "milk")
    assert (not_begun.call, begun.call) == ("1", "2")
    assert "not carried out" in not_begun.text and "may or may not" in begun.text
    assert parts[6] == Text("So.") and calls_ended(parts) == parts


def test_a_call_in_another_state_takes_its_own_place():
    one, two = ToolCall("1", "fs", "a"), ToolCall("2", "fs", "a")
    running = ToolCall("1", "fs", "a", state=CallState.RUNNING)
    assert Gathered([one, two, "text", running]).parts == (running, two, Text("text"))
