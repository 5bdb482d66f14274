"""Whatever a server sends: no error but our own, no key, no control character, in any dialect."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.formats.dialects import DIALECTS
from tests.providers.formats.replay import READERS as TALKING
from tui.chat.chunks import Reasoning
from tui.errors import ErrorKind, ProviderError
from tui.providers.decode import Inflater, ServerSentEvents, utf8
from tui.providers.error_parsing import (
    describe,
    describe_page,
    hide,
    parse_body,
    read_complaint,
    retry_after,
    should_retry,
)
from tui.providers.formats.openai_images import ImagesReader
from tui.providers.listing import models_in
from tui.providers.proxy import bypassed, proxy_for
from tui.providers.response import Response
from tui.providers.stream import Reply
from tui.secret import Secret, redact
from tui.text import clean

READERS = {**TALKING, "openai_images": (ServerSentEvents, ImagesReader)}
KEY = Secret("sk-test-0123456789abcdefWXYZ")
WORDS = """
choices delta content message error type code index text thinking reasoning usage finish_reason candidates
parts done done_reason response output status reason detail loc param limit tokens n_ctx n_prompt_tokens
message_start message_delta content_block content_block_delta text_delta response.completed item data id
context_length pricing prompt completion capabilities architecture meta metadata raw retryDelay annotations
url_citation citations search_results images image_url url x_groq timings predicted_per_second
b64_json revised_prompt
"""

words = st.sampled_from(WORDS.split())
keys = words | st.text(max_size=8)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=40)
    | words
    | st.just(KEY.reveal())
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=30,
)


@given(documents, st.none() | st.integers(100, 599))
def test_any_error_is_explained_in_safe_words(payload: Any, status: int | None):
    told = describe("host", status, read_complaint(payload), KEY)
    assert isinstance(told.kind, ErrorKind)
    assert KEY.reveal() not in told.message
    assert told.message == clean(told.message) and "\n" not in told.message


@given(st.text(max_size=300), st.none() | st.integers(100, 599))
def test_any_text_in_place_of_json(body: str, status: int | None):
    describe("host", status, read_complaint(parse_body(body)), KEY)
    told = describe_page("host", body, status)
    assert told.message == clean(told.message)


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "x-should-retry"]), st.text()))
def test_any_header(headers: dict[str, str]):
    wait = retry_after(headers, datetime(2026, 11, 22, tzinfo=UTC))
    assert wait is None or wait >= 0
    assert should_retry(headers) in (None, True, False)


@given(st.text(), st.text())
def test_a_key_is_never_left_in_a_text(before: str, after: str):
    for form in (
        KEY.reveal(),
        f"Bearer {KEY.reveal()}",
        f"https://me:{KEY.reveal()}@host/?api_key={KEY.reveal()}",
    ):
        assert KEY.reveal() not in redact(before + form + after)
        assert KEY.reveal() not in hide(before + form + after, KEY)


@given(documents)
def test_any_list_of_models(payload: Any):
    assert all(isinstance(model.id, str) for model in models_in(payload))


@pytest.mark.parametrize("name", READERS)
@given(events=st.lists(documents, max_size=6), cut=st.integers(1, 50))
def test_any_event_is_read_or_refused_in_our_own_words(name: str, events: list[Any], cut: int):
    _read(name, b"".join(_framed(name, event) for event in events), cut)


@pytest.mark.parametrize("name", READERS)
@given(body=st.binary(max_size=200), cut=st.integers(1, 50))
def test_any_bytes_are_read_or_refused_in_our_own_words(name: str, body: bytes, cut: int):
    _read(name, body, cut)


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if d.framed], ids=lambda d: d.name)
@given(data=st.data())
def test_a_good_stream_in_which_bytes_were_changed(dialect: Any, data: st.DataObject):
    body = bytearray(b"".join(dialect.reply("Hello ", "world")))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    _read(dialect.name, bytes(body), data.draw(st.integers(1, 50)))


@given(st.sampled_from(["gzip", "deflate"]), st.binary(max_size=200))
def test_any_packed_bytes(encoding: str, data: bytes):
    with contextlib.suppress(ProviderError):
        list(Inflater(encoding).feed(data))


@given(st.text(max_size=40))
def test_any_no_proxy(entry: str):
    assert bypassed("https://api.example:8443/v1", {"no": entry}) in (True, False)
    assert proxy_for("http://127.0.0.1:5/", entry) is None


def _framed(name: str, event: Any) -> bytes:
    data = json.dumps(event).encode()
    return data + b"\n" if name == "ollama" else b"data: " + data + b"\n\n"


def _read(name: str, body: bytes, cut: int) -> None:
    framing, reader = READERS[name]
    answer = Response(Mock(status=200, headers={}), "http://host/", KEY, Mock())
    reply, decoder = Reply(answer, framing(), reader()), utf8()
    pieces = [body[start : start + cut] for start in range(0, len(body), cut)]
    chunks: list[Any] = []
    try:
        for piece in pieces:
            chunks += reply.feed(decoder.decode(piece))
        chunks += reply.rest()
    except ProviderError as error:
        assert KEY.reveal() not in str(error)
        assert str(error) == clean(str(error))
    chunks += reply.close()
    for chunk in chunks:
        text = chunk.text if isinstance(chunk, Reasoning) else chunk
        if isinstance(text, str):
            assert isinstance(text, str) and text.encode()  # no lone surrogate is left
