"""Answers that servers in the wild send and no document describes: text first, then what it means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.providers.formats.errors import ERRORS
from tests.providers.formats.replay import READERS, ending, framed, lines, piece, replay, sse
from tui.chat.chunks import FinishReason, Image, Source, Usage

STOP, LENGTH, FILTER, TOOL = FinishReason.STOP, FinishReason.LENGTH, FinishReason.FILTER, FinishReason.TOOL
each_dialect = pytest.mark.parametrize("dialect", READERS)


def chat(content: Any = None, finish: Any = None, **beside: Any) -> dict[str, Any]:
    delta = {} if content is None else {"content": content}
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **beside}


def message(content: Any, finish: Any = None, **beside: Any) -> dict[str, Any]:
    fields = {"role": "assistant", "content": content, **beside}
    return {"choices": [{"index": 0, "message": fields, "finish_reason": finish}]}


HEL, LO, END, DONE = chat("Hel"), chat("lo"), chat(finish="stop"), "[DONE]"


def block(text: str, kind: str = "text") -> dict[str, Any]:
    return {"type": "content_block_start", "index": 0, "content_block": {"type": kind, kind: text}}


def thinking(text: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": text}}


def response(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", **fields}


def item(text: str) -> dict[str, Any]:
    return {"type": "message", "content": [{"type": "output_text", "text": text}]}


def completed(*items: Any) -> dict[str, Any]:
    return response("completed", response={"status": "completed", "output": list(items)})


class TestBesideTheText:
    """A side field costs at most itself."""

    @pytest.mark.parametrize(
        "odd",
        ["n/a", 5, 2.5, True, [1], [[]], ["x"], [{}], {"x": 1}, {"cost": "?"}, [None], "", float("nan")],
    )
    @pytest.mark.parametrize(
        "name", ["usage", "citations", "timings", "search_results", "x_groq", "prompt_progress", "created"]
    )
    def test_an_odd_field_of_an_event(self, name: str, odd: Any):
        came = replay("openai_chat", sse(chat("Hel", **{name: odd}), LO, END, DONE))
        assert (came.text, came.finish, came.error, came.notices) == ("Hello", STOP, None, [])

    @pytest.mark.parametrize("odd", ["n/a", 5, True, [1], ["x"], {"x": 1}, [{"image_url": 5}], [None]])
    @pytest.mark.parametrize("name", ["images", "annotations", "tool_calls", "reasoning_details", "role"])
    def test_an_odd_field_of_a_delta(self, name: str, odd: Any):
        event = {"choices": [{"index": 0, "delta": {"content": "Hel", name: odd}}]}
        came = replay("openai_chat", sse(event, LO, END, DONE))
        assert (came.text, came.finish, came.error, came.notices) == ("Hello", STOP, None, [])

    @each_dialect
    @pytest.mark.parametrize(
        "odd", ['"' + "9" * 5000 + '"', "9" * 5000, "-" + "9" * 5000, "1e999", "NaN", "[" * 9000 + "]" * 9000]
    )
    def test_a_value_that_is_hard_to_read(self, dialect: str, odd: str):
        event = json.dumps({**piece(dialect, "Hello"), "odd": "PLACE"}).replace('"PLACE"', odd)
        came = replay(dialect, framed(dialect, event, *ending(dialect)))
        assert (came.text, came.finish, came.error) == ("Hello", STOP, None)

    @pytest.mark.parametrize(
        ("picture", "url"),
        [
            ({"image_url": "https://x/y"}, "https://x/y"),
            ({"image_url": {"url": "https://x/y"}}, "https://x/y"),
            ({"url": "https://x/y"}, "https://x/y"),
            ("https://x/y", "https://x/y"),
        ],
    )
    def test_pictures_of_any_shape(self, picture: Any, url: str):
        event = {"choices": [{"delta": {"content": "Hello", "images": [5, picture]}}]}
        assert replay("openai_chat", sse(event, END, DONE)).images == [Image(url)]

    def test_pages_of_any_shape(self):
        pages = [5, None, {"url": 7}, {"url": "https://a/", "title": 5}, "https://b/"]
        came = replay("openai_chat", sse(chat("Hello", citations=pages), END, DONE))
        assert came.sources == [Source("https://a/"), Source("https://b/")]


COUNTS = {
    "openai_chat": lambda n, m: chat(finish="stop", usage={"prompt_tokens": n, "completion_tokens": m}),
    "openai_responses": lambda n, m: response(
        "completed", response={"status": "completed", "usage": {"input_tokens": n, "output_tokens": m}}
    ),
    "anthropic": lambda n, m: {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn"},
        "usage": {"input_tokens": n, "output_tokens": m},
    },
    "gemini": lambda n, m: {
        "candidates": [{"finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": n, "candidatesTokenCount": m},
    },
    "ollama": lambda n, m: {"done": True, "prompt_eval_count": n, "eval_count": m, "eval_duration": n},
}


class TestCounts:
    """What is counted is a count, or unknown."""

    @each_dialect
    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            (7, 7),
            (7.0, 7),
            ("7", 7),
            (" 7 ", 7),
            (0, 0),
            *[(odd, None) for odd in (7.5, "7k", "", "-7", -7, True, None, [7, 7], {"n": 7})],
            *[(odd, None) for odd in (2**64 - 1, 2**63, 1e300, "9" * 40, float("nan"), float("inf"))],
        ],
    )
    def test_tokens(self, dialect: str, sent: Any, read: int | None):
        came = replay(dialect, framed(dialect, piece(dialect, "Hello"), COUNTS[dialect](sent, sent)))
        usage = came.usage or Usage()
        assert (came.text, came.finish) == ("Hello", STOP)
        assert (usage.input_tokens, usage.output_tokens) == (read, read)

    @pytest.mark.parametrize(
        ("sent", "read"),
        [
            (0.006, 0.006),
            ("0.006", 0.006),
            ("6e-3", 0.006),
            ({"total_cost": 0.006, "currency": "USD"}, 0.006),
            ({"total_cost": "0.006"}, 0.006),
            *[(odd, None) for odd in ("$1", -1, True, [1], {}, {"total_cost": [1]}, float("inf"), 10**400)],
        ],
    )
    def test_dollars(self, sent: Any, read: float | None):
        counts = {"prompt_tokens": 7, "completion_tokens": 9, "cost": sent}
        came = replay("openai_chat", sse(HEL, LO, chat(finish="stop", usage=counts), DONE))
        assert came.usage == Usage(7, 9, cost=read)

    def test_a_later_odd_count_leaves_the_earlier_one(self):
        good, odd = (
            {"prompt_tokens": 7, "completion_tokens": 1},
            {"prompt_tokens": None, "completion_tokens": 2},
        )
        came = replay("openai_chat", sse(chat("Hello", usage=good), chat(finish="stop", usage=odd), DONE))
        assert came.usage == Usage(7, 2)


class TestFinish:
    """Text counts until the stream ends, whatever is said of its end before."""

    @pytest.mark.parametrize(
        ("named", "finish"),
        [
            *[(word, STOP) for word in ("stop", "STOP", "eos", "", "null", "None", None, False, 0, True, 5)],
            *[(word, LENGTH) for word in ("length", "MAX_TOKENS", "max-tokens", {"type": "length"})],
            *[(word, FILTER) for word in ("content_filter", "SAFETY", "sensitive")],
            *[(word, TOOL) for word in ("tool_calls", "function_call", "tool_use")],
            *[(odd, STOP) for odd in ([], ["stop"], {}, {"x": 1}, "whatever")],
        ],
    )
    def test_reasons_of_any_kind(self, named: Any, finish: FinishReason):
        came = replay("openai_chat", sse(HEL, LO, chat(finish=named), DONE))
        assert (came.text, came.finish, came.error) == ("Hello", finish, None)

    @each_dialect
    def test_an_end_mark_after_every_piece(self, dialect: str):
        events = [piece(dialect, "Hel"), *ending(dialect), piece(dialect, "lo"), *ending(dialect)]
        came = replay(dialect, framed(dialect, *events))
        assert (came.text, came.finish, came.error, came.notices) == ("Hello", STOP, None, [])

    def test_a_reason_in_the_same_event_as_each_piece(self):
        for reason in ("stop", "null", ""):
            came = replay("openai_chat", sse(chat("Hel", reason), chat("lo", reason), END, DONE))
            assert (came.text, came.finish, came.error) == ("Hello", STOP, None)

    def test_a_reason_that_is_null_is_no_end(self):
        came = replay("openai_chat", sse(chat("Hel", "null"), chat("lo", "null")))
        assert came.text == "Hello"
        assert came.error and "may be cut" in came.error.message

    @each_dialect
    def test_an_error_after_an_early_end_mark(self, dialect: str):
        early = ending(dialect)[:1]
        if dialect == "openai_responses":
            pytest.skip("its end mark is the end of the stream")
        events = [piece(dialect, "Hel"), *early, {"error": {"message": "the model fell over"}}]
        came = replay(dialect, framed(dialect, *events))
        assert came.text == "Hel"
        assert came.error and "the model fell over" in came.error.message

    def test_an_error_after_the_whole_reply_is_told_beside_it(self):
        came = replay("openai_chat", sse(HEL, LO, END, DONE, {"error": {"message": "too late"}}))
        assert (came.text, came.error, came.notices) == ("Hello", None, ["host also said: too late"])


ONCE = {
    "chat, at the end": ("openai_chat", sse(HEL, LO, message("Hello", "stop"), DONE)),
    "chat, at the end beside an empty delta": (
        "openai_chat",
        sse(
            HEL,
            LO,
            {"choices": [{"delta": {}, "message": {"content": "Hello"}, "finish_reason": "stop"}]},
            DONE,
        ),
    ),
    "chat, after the end mark": ("openai_chat", sse(HEL, LO, END, message("Hello"), DONE)),
    "chat, white space taken off": ("openai_chat", sse(chat("\n"), HEL, LO, message("Hello", "stop"), DONE)),
    "chat, as a last delta": ("openai_chat", sse(HEL, LO, chat("Hello", "stop"), DONE)),
    "chat, of which the end was not streamed": ("openai_chat", sse(HEL, message("Hello", "stop"), DONE)),
    "chat, pieces by that name": (
        "openai_chat",
        sse(message("Hel"), message("lo"), message("", "stop"), DONE),
    ),
    "chat, all there is so far": (
        "openai_chat",
        sse(message("Hel"), message("Hello"), message("Hello", "stop")),
    ),
    "chat, alone": ("openai_chat", json.dumps(message("Hello", "stop"))),
    "chat, alone and without a reason": ("openai_chat", json.dumps(message("Hello"))),
    "Anthropic, in the block's start": (
        "anthropic",
        sse(block("Hello"), piece("anthropic", "Hello"), *ending("anthropic")),
    ),
    "Anthropic, in the block's start, then in pieces": (
        "anthropic",
        sse(block("Hello"), piece("anthropic", "Hel"), piece("anthropic", "lo"), *ending("anthropic")),
    ),
    "Anthropic, begun in the block's start": (
        "anthropic",
        sse(block("Hel"), piece("anthropic", "lo"), *ending("anthropic")),
    ),
    "Anthropic, only in the block's start": ("anthropic", sse(block("Hello"), *ending("anthropic"))),
    "Anthropic, in the message's start": (
        "anthropic",
        sse(
            {"type": "message_start", "message": {"content": [{"type": "text", "text": "Hello"}]}},
            block("Hello"),
            piece("anthropic", "Hello"),
            *ending("anthropic"),
        ),
    ),
    "Anthropic, the whole message at the end": (
        "anthropic",
        sse(
            piece("anthropic", "Hel"),
            piece("anthropic", "lo"),
            {"type": "message", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "end_turn"},
        ),
    ),
    "Responses, whenever a part is whole": (
        "openai_responses",
        sse(
            piece("openai_responses", "Hel"),
            piece("openai_responses", "lo"),
            response("output_text.done", text="Hello"),
            response("content_part.done", part={"type": "output_text", "text": "Hello"}),
            response("output_item.done", item=item("Hello")),
            completed(item("Hello")),
        ),
    ),
    "Responses, only when a part is whole": (
        "openai_responses",
        sse(response("output_text.done", text="Hello"), completed()),
    ),
    "Responses, only in the finished item": (
        "openai_responses",
        sse(response("output_item.done", item=item("Hello")), completed()),
    ),
    "Responses, of which the end was not streamed": (
        "openai_responses",
        sse(piece("openai_responses", "Hel"), completed(item("Hello"))),
    ),
    "Responses, two items": (
        "openai_responses",
        sse(
            piece("openai_responses", "Hel"),
            response("output_item.done", item=item("Hel")),
            piece("openai_responses", "lo"),
            response("output_item.done", item=item("lo")),
            completed(item("Hel"), item("lo")),
        ),
    ),
    "Gemini, in the last piece": (
        "gemini",
        sse(
            piece("gemini", "Hel"),
            piece("gemini", "lo"),
            {"candidates": [{"content": {"parts": [{"text": "Hello"}]}, "finishReason": "STOP"}]},
        ),
    ),
    "Ollama, in the last line": (
        "ollama",
        lines(piece("ollama", "Hel"), piece("ollama", "lo"), {"message": {"content": "Hello"}, "done": True}),
    ),
}


class TestOnce:
    """A message that comes once more as a whole is told once."""

    @pytest.mark.parametrize("where", ONCE)
    def test_the_text(self, where: str):
        dialect, body = ONCE[where]
        came = replay(dialect, body)
        assert (came.text.strip(), came.finish, came.error) == ("Hello", STOP, None)

    def test_the_thinking(self):
        thought = {"choices": [{"delta": {"reasoning_content": "Hm"}}]}
        whole = message("Hello", "stop", reasoning_content="Hm")
        came = replay("openai_chat", sse(thought, HEL, LO, whole, DONE))
        assert (came.reasoning, came.text) == ("Hm", "Hello")
        again = sse(block("Hm", "thinking"), thinking("Hm"), *ending("anthropic"))
        assert replay("anthropic", again).reasoning == "Hm"

    @each_dialect
    def test_words_that_are_really_said_twice(self, dialect: str):
        body = framed(
            dialect, piece(dialect, "no "), piece(dialect, "no "), piece(dialect, "no "), *ending(dialect)
        )
        assert replay(dialect, body).text == "no no no "

    def test_a_block_that_goes_on_with_its_own_beginning(self):
        body = sse(block("aa"), piece("anthropic", "a"), *ending("anthropic"))
        assert replay("anthropic", body).text == "aaa"


class TestErrorsByAnyName:
    """An error is one whatever its shape, with the server's words."""

    @each_dialect
    @pytest.mark.parametrize("error", ERRORS, ids=str)
    def test_first(self, dialect: str, error: Any):
        for body in (framed(dialect, error), framed(dialect, error, "[DONE]")):
            came = replay(dialect, body)
            assert (came.text, came.reasoning) == ("", "")
            assert came.error and "boom" in came.error.message

    @each_dialect
    @pytest.mark.parametrize("error", ERRORS, ids=str)
    def test_after_words(self, dialect: str, error: Any):
        for rest in ([error], [error, "[DONE]"]):
            came = replay(dialect, framed(dialect, piece(dialect, "Hello"), *rest))
            assert came.text == "Hello"
            assert came.error and "boom" in came.error.message

    @each_dialect
    @pytest.mark.parametrize("error", [e for e in ERRORS if isinstance(e, dict)], ids=str)
    def test_as_a_document(self, dialect: str, error: Any):
        for indent in (None, 2):
            came = replay(dialect, json.dumps(error, indent=indent))
            assert came.text == ""
            assert came.error and "boom" in came.error.message

    @each_dialect
    @pytest.mark.parametrize(
        "nothing",
        [
            {"error": None},
            {"error": ""},
            {"error": {}},
            {"error": []},
            {"error": False},
            {"error": "null"},
            {"error": {"code": None, "message": ""}},
            {"errors": []},
            {"success": True, "msg": "success"},
            {"code": 0, "msg": "ok"},
            {"code": 200, "msg": "OK"},
            {"base_resp": {"status_code": 0, "status_msg": "success"}},
            {"status": "ok"},
        ],
        ids=str,
    )
    def test_what_only_looks_like_one(self, dialect: str, nothing: dict[str, Any]):
        """Beside text, and by itself."""
        beside = {**piece(dialect, "Hel"), **nothing}
        came = replay(dialect, framed(dialect, beside, nothing, piece(dialect, "lo"), *ending(dialect)))
        assert (came.text, came.finish, came.error, came.notices) == ("Hello", STOP, None, [])

    @each_dialect
    def test_text_in_the_same_event_comes_first(self, dialect: str):
        event = {**piece(dialect, "Hello"), "error": {"message": "boom"}}
        came = replay(dialect, framed(dialect, event, *ending(dialect)))
        assert came.text == "Hello"
        assert came.error and "boom" in came.error.message

    def test_a_reason_that_says_so(self):
        events = [
            chat(finish="error", message="boom"),
            chat(finish="error", error={"message": "boom"}),
            {"choices": [{"delta": {}, "finish_reason": "error", "error_message": "boom"}]},
            {"choices": [{"delta": {"error": "boom"}, "finish_reason": None}]},
        ]
        for event in events:
            came = replay("openai_chat", sse(HEL, event, DONE))
            assert came.text == "Hel"
            assert came.error and "boom" in came.error.message

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            ("insufficient_system_resource", "insufficient system resource"),
            ("network_error", "network error"),
            ("Timeout", "timeout"),
            ("abort", "abort"),
            ("cancelled", "cancelled"),
            ("failed", "the model failed"),
        ],
    )
    def test_a_reason_that_is_one(self, reason: str, words: str):
        came = replay("openai_chat", sse(HEL, chat(finish=reason), DONE))
        assert came.text == "Hel" and came.finish is None
        assert came.error and words in came.error.message

    @each_dialect
    def test_an_event_of_that_name_without_a_word(self, dialect: str):
        came = replay(dialect, framed(dialect, piece(dialect, "Hello")) + "\nevent: error\ndata:\n\n")
        assert came.text == "Hello" and came.error

    @each_dialect
    def test_words_by_a_name_that_nobody_knows(self, dialect: str):
        """They may be none of an error: they are told beside what is known of the end."""
        odd = {"warning": "boom is near"}
        came = replay(dialect, framed(dialect, piece(dialect, "Hello"), odd))
        assert came.text == "Hello" and came.error
        assert came.notices == ["host also said: boom is near"]
        came = replay(dialect, framed(dialect, piece(dialect, "Hello"), odd, *ending(dialect)))
        assert (came.text, came.error, came.notices) == ("Hello", None, [])

    def test_a_stray_line_that_says_so_before_the_end_mark(self):
        came = replay("openai_chat", "error: boom\n\ndata: [DONE]\n\n")
        assert came.error and "boom" in came.error.message

    @pytest.mark.parametrize("dialect", ["anthropic", "openai_responses", "gemini"])
    def test_a_reply_of_another_dialect_is_not_taken_for_an_empty_one(self, dialect: str):
        came = replay(dialect, sse(HEL, LO, END, DONE))
        assert came.finish is None and came.error and "something else" in came.error.message

    def test_words_of_something_on_the_way(self):
        came = replay("openai_chat", sse(HEL) + "upstream connect error or disconnect\n\n")
        assert came.error and "upstream connect error" in came.error.message

    def test_a_json_error_without_a_frame_in_a_stream(self):
        came = replay("openai_chat", sse(HEL) + '{"error": {"message": "boom"}}')
        assert came.error and "boom" in came.error.message

    def test_what_a_server_tells_on_the_way_is_kept_as_a_remark(self):
        came = replay("openai_chat", sse({"type": "status", "message": "Searching"}, HEL, LO, END, DONE))
        assert (came.text, came.error, came.notices) == ("Hello", None, ["host also said: Searching"])


SHAPES = {
    "delta: null": sse({"choices": [{"delta": None, "finish_reason": None}]}, HEL, LO, END, DONE),
    "choices: [] and null": sse(HEL, {"choices": []}, {"choices": None}, LO, END, DONE),
    "choices as an object": sse({"choices": {"delta": {"content": "Hello"}}}, END, DONE),
    "choices inside data": sse(
        {"code": 0, "data": HEL}, {"code": 0, "message": "ok", "data": chat("lo", "stop")}
    ),
    "role events": sse({"choices": [{"delta": {"role": "assistant"}}]}, HEL, LO, END, DONE),
    "content as parts": sse(chat([{"type": "text", "text": "Hel"}, "lo", 5]), END, DONE),
    "content as one part": sse(chat({"type": "text", "text": "Hello"}), END, DONE),
    "text with a value": sse(chat([{"type": "text", "text": {"value": "Hello"}}]), END, DONE),
    "content that is none": sse(chat(True), chat([]), chat({}), HEL, LO, END, DONE),
    "delta as a text": sse({"choices": [{"delta": "Hello"}]}, END, DONE),
    "text, as completions had it": sse(
        {"choices": [{"text": "Hel"}]}, {"choices": [{"text": "lo"}]}, END, DONE
    ),
    "message as a text": sse({"choices": [{"message": "Hello"}]}, END, DONE),
    "content without a delta": sse({"choices": [{"content": "Hello"}]}, END, DONE),
    "both, in each piece": sse(
        {"choices": [{"delta": {"content": "Hel"}, "message": {"content": "Hel"}}]},
        {"choices": [{"delta": {"content": "lo"}, "message": {"content": "Hello"}}]},
        END,
        DONE,
    ),
    "index from 1": sse(
        {"choices": [{"index": 1, "delta": {"content": "Hello"}, "finish_reason": "stop"}]}, DONE
    ),
    "index as a text": sse({"choices": [{"index": "0", "delta": {"content": "Hello"}}]}, END, DONE),
    "index as an object": sse(HEL, {"choices": [{"index": {}, "delta": {"content": "lo"}}]}, END, DONE),
    "tool_calls: null": sse({"choices": [{"delta": {"content": "Hello", "tool_calls": None}}]}, END, DONE),
    "lines in place of events": lines(HEL, LO, END),
    "lines with [DONE]": lines(HEL, LO, END, DONE),
    "data twice": "data: " + sse(HEL) + sse(LO, END, DONE),
    "no space": sse(HEL, LO, END, DONE).replace("data: ", "data:"),
    "no blank lines": sse(HEL, LO, END, DONE).replace("\n\n", "\n"),
    "two in one event": f"data: {json.dumps(HEL)}{json.dumps(LO)}\n\n" + sse(END, DONE),
    "two lines of data": f"data: {json.dumps(HEL)}\ndata: {json.dumps(LO)}\n\n" + sse(END, DONE),
    "commas too many": 'data: {"choices":[{"delta":{"content":"Hello",},},],}\n\n' + sse(END, DONE),
    "[done]": sse(HEL, LO, "[done]"),
    '"[DONE]"': sse(HEL, LO, '"[DONE]"'),
    "a document": json.dumps({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}]}),
    "a document over many lines": json.dumps({"choices": [{"message": {"content": "Hello"}}]}, indent=2),
    "a list of events": json.dumps([HEL, LO, END], indent=2),
    "an unframed event among framed ones": sse(HEL) + lines(LO) + sse(END, DONE),
    "events packed twice": sse(*(json.dumps(event) for event in (HEL, LO, END)), DONE),
    "a document packed twice": json.dumps(json.dumps(message("Hello", "stop"))),
    "no list of choices, as Cloudflare": sse({"response": "Hel"}, {"response": "lo"}, {"response": ""}, DONE),
    "that in a document": json.dumps({"success": True, "errors": [], "result": {"response": "Hello"}}),
    "no list of choices, as llama.cpp": sse(
        {"content": "Hel", "stop": False}, {"content": "lo", "stop": True}
    ),
    "no list of choices, as KoboldCpp": sse({"token": "Hel"}, {"token": "lo", "finish_reason": "stop"}),
    "no list of choices, as TGI": sse(
        {"token": {"id": 1, "text": "Hel"}, "generated_text": None},
        {"token": {"id": 2, "text": "lo"}, "generated_text": "Hello"},
    ),
    "no list of choices, as DashScope": sse(
        {"output": {"text": "Hel", "finish_reason": "null"}},
        {"output": {"text": "Hello", "finish_reason": "stop"}},
    ),
    "no list of choices, but a delta": sse({"delta": {"content": "Hel"}}, {"delta": "lo"}, DONE),
}


@pytest.mark.parametrize("cut", [0, 1, 7])
@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_of_chat_completions(shape: str, cut: int):
    came = replay("openai_chat", SHAPES[shape], cut)
    assert (came.text, came.finish, came.error, came.notices) == ("Hello", STOP, None, [])


@pytest.mark.parametrize(
    "part", [{"text": "Hm", "thought": "true"}, {"text": "Hm", "thought": 1}, {"thought": "Hm"}]
)
def test_thoughts_of_gemini_however_they_are_marked(part: dict[str, Any]):
    event = {"candidates": [{"content": {"parts": [part, {"text": "Hello"}]}}]}
    came = replay("gemini", sse(event, *ending("gemini")))
    assert (came.reasoning, came.text) == ("Hm", "Hello")


@pytest.mark.parametrize("digits", [5, 12, 0])
def test_a_piece_that_is_a_number_is_its_digits(digits: int):
    assert replay("openai_chat", sse(chat("a"), chat(digits), END, DONE)).text == f"a{digits}"


def test_control_characters_as_they_are():
    came = replay("openai_chat", 'data: {"choices":[{"delta":{"content":"a\tb"}}]}\n\n' + sse(END, DONE))
    assert came.text == "a\tb"


def test_thinking_by_any_name():
    names: list[dict[str, Any]] = [
        {"reasoning_content": "a"},
        {"reasoning": "b"},
        {"reasoning": {"content": "c"}},
        {"reasoning": {"text": "d"}},
        {"reasoning_details": [{"text": "e"}, 5, {"summary": "f"}]},
        {"reasoning_text": "g"},
        {"thinking": "h"},
        {"thinking": {"content": "1"}},
        {"thinking_blocks": [{"type": "thinking", "thinking": "2"}]},
        {"content": [{"type": "thinking", "thinking": "i"}, {"type": "reasoning", "text": "j"}]},
        {"reasoning_content": 5, "reasoning": ["k"]},
    ]
    came = replay(
        "openai_chat", sse(*({"choices": [{"delta": delta}]} for delta in names), HEL, LO, END, DONE)
    )
    assert (came.reasoning, came.text) == ("abcdefgh12ijk", "Hello")


OTHER_SHAPES = {
    "Ollama, events in place of lines": ("ollama", sse(piece("ollama", "Hello"), *ending("ollama"))),
    "Ollama, of its older address": (
        "ollama",
        lines({"response": "Hel", "done": False}, {"response": "lo", "done": True}),
    ),
    "Ollama, done as a text": ("ollama", lines(piece("ollama", "Hello"), {"done": "true"})),
    "Gemini, wrapped": ("gemini", sse({"response": piece("gemini", "Hello")}, *ending("gemini"))),
    "Gemini, a list": ("gemini", json.dumps([piece("gemini", "Hello"), *ending("gemini")], indent=2)),
    "Gemini, a list by lines": (
        "gemini",
        f"[{json.dumps(piece('gemini', 'Hello'))}\n,{json.dumps(ending('gemini')[0])}\n]",
    ),
    "Gemini, content as a text": (
        "gemini",
        sse({"candidates": [{"content": "Hello"}]}, *ending("gemini")),
    ),
    "Anthropic, a delta that is a text": (
        "anthropic",
        sse({"type": "content_block_delta", "delta": "Hello"}, *ending("anthropic")),
    ),
    "Anthropic, a message without its type": (
        "anthropic",
        json.dumps({"role": "assistant", "content": [{"type": "text", "text": "Hello"}], "stop_reason": "x"}),
    ),
    "Responses, a message whose content is a text": (
        "openai_responses",
        json.dumps({"object": "response", "output": [{"type": "message", "content": "Hello"}]}),
    ),
    "Responses, without its name": (
        "openai_responses",
        json.dumps({"status": "completed", "output": [item("Hello")]}),
    ),
    "Ollama, done as a number": (
        "ollama",
        lines({**piece("ollama", "Hello"), "done": 0}, {"message": {"content": ""}, "done": 1}),
    ),
    "Ollama, a message that is a text": (
        "ollama",
        lines({"message": "Hel", "done": False}, {"message": "lo", "done": True}),
    ),
    "Ollama, calls that are none": (
        "ollama",
        lines({"message": {"content": "Hello", "tool_calls": ["x"]}, "done": False}, *ending("ollama")),
    ),
    "Gemini, an odd thought": (
        "gemini",
        sse(
            {"candidates": [{"content": {"parts": [{"text": "Hello", "thought": "no"}]}}]}, *ending("gemini")
        ),
    ),
    "Anthropic, types only in the frame": (
        "anthropic",
        "event: content_block_delta\n"
        + sse({"delta": {"type": "text_delta", "text": "Hello"}})
        + "event: message_stop\n"
        + sse({}),
    ),
    "Anthropic, events that are all called message": (
        "anthropic",
        "event: message\n" + sse({"delta": {"text": "Hello"}}) + sse(*ending("anthropic")),
    ),
    "Anthropic, no type of the delta": (
        "anthropic",
        sse({"type": "content_block_delta", "delta": {"text": "Hello"}}, *ending("anthropic")),
    ),
    "Anthropic, content as a text": (
        "anthropic",
        json.dumps({"type": "message", "content": "Hello", "stop_reason": "end_turn"}),
    ),
    "Ollama, content as parts": (
        "ollama",
        lines(
            {"message": {"content": [{"type": "text", "text": "Hello"}]}, "done": False}, *ending("ollama")
        ),
    ),
    "Gemini, parts as texts": (
        "gemini",
        sse({"candidates": [{"content": {"parts": ["Hel", "lo"]}}]}, *ending("gemini")),
    ),
    "Anthropic, as older models had it": (
        "anthropic",
        sse(
            {"type": "completion", "completion": "Hel", "stop_reason": None},
            {"type": "completion", "completion": "lo", "stop_reason": "stop_sequence"},
        ),
    ),
    "Responses, a delta as an object": (
        "openai_responses",
        sse({"type": "response.output_text.delta", "delta": {"text": "Hello"}}, completed()),
    ),
    "Responses, only its text": (
        "openai_responses",
        json.dumps({"object": "response", "status": "completed", "output_text": "Hello"}),
    ),
}


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_shapes_of_other_dialects(shape: str):
    dialect, body = OTHER_SHAPES[shape]
    came = replay(dialect, body)
    assert (came.text, came.finish, came.error, came.notices) == ("Hello", STOP, None, [])


@each_dialect
def test_events_that_nobody_knows_are_no_empty_reply(dialect: str):
    for body in (framed(dialect, {"foo": "bar"}), framed(dialect, {"foo": "bar"}, "[DONE]")):
        came = replay(dialect, body)
        assert came.error and "something else than a reply" in came.error.message
        assert '"foo": "bar"' in came.error.message


def test_a_list_that_is_cut_gives_what_came():
    body = json.dumps([piece("gemini", "Hel"), piece("gemini", "lo")], indent=2)
    came = replay("gemini", body[:-120])
    assert came.text == "Hel"
    assert came.error and "may be cut" in came.error.message


def test_a_failed_response_without_a_reason():
    came = replay("openai_responses", sse(piece("openai_responses", "Hel"), response("failed", response={})))
    assert came.text == "Hel"
    assert came.error and "failed" in came.error.message
