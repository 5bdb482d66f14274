"""The local provider: fetches, starts, asks; the wire format that does the talking is the real one."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Any

import pytest

from tui.chat.chunks import Chunk, Finish, FinishReason, Progress, Usage
from tui.errors import ErrorKind, ModelNotSupportedError, ProviderError
from tui.providers.base import AsyncGeneratorProvider
from tui.providers.formats.openai_chat import OpenAIChat
from tui.providers.local.library import LocalModels
from tui.providers.local.provider import LocalProvider
from tui.providers.local.runner import Runner

PROMPT = [{"role": "user", "content": "hello"}]


@pytest.fixture
async def local(tiny_model: Path, tmp_path: Path) -> AsyncIterator[type[LocalProvider]]:
    runner = Runner(tmp_path / "log")
    library = LocalModels(tmp_path, {"tiny": tiny_model, "gone": "~/no such file.gguf", "text": __file__})
    yield type("Local", (LocalProvider, OpenAIChat), {"library": library, "runner": runner})
    await runner.close()


async def ask(
    local: type[AsyncGeneratorProvider], prompt: Any = PROMPT, model: str = "tiny", **options: Any
) -> list[Chunk]:
    return [chunk async for chunk in local.create_async_generator(model, prompt, max_tokens=8, **options)]


async def test_a_reply_begins_with_what_is_done_and_ends_with_its_reason(local: type[LocalProvider]) -> None:
    chunks = await ask(local)
    steps = [chunk.text for chunk in chunks if isinstance(chunk, Progress)]
    assert list(dict.fromkeys(steps)) == ["Loading tiny.gguf", "Reading the conversation"]
    assert "".join(chunk for chunk in chunks if isinstance(chunk, str))
    usage = [chunk for chunk in chunks if isinstance(chunk, Usage)][-1]
    assert usage.output_tokens == 8
    assert usage.tokens_per_second
    assert chunks[-1] == Finish(FinishReason.LENGTH)


async def test_the_second_reply_needs_no_loading(local: type[LocalProvider]) -> None:
    await ask(local)
    assert Progress("Loading tiny.gguf") not in await ask(local)


async def test_replies_follow_each_other_at_once(local: type[LocalProvider]) -> None:
    """The server closes each connection without saying so; none of them may be used again."""
    from tui.providers.http import shared_session

    async with shared_session():
        for _ in range(20):
            assert (await ask(local))[-1] == Finish(FinishReason.LENGTH)


async def test_two_replies_at_the_same_time_share_one_process(local: type[LocalProvider]) -> None:
    first, second = await asyncio.gather(ask(local), ask(local))
    assert first[-1] == second[-1] == Finish(FinishReason.LENGTH)


async def test_reading_a_long_conversation_is_seen_in_steps(local: type[LocalProvider]) -> None:
    chunks = await ask(local, [{"role": "user", "content": "word " * 200}])
    reading = [c for c in chunks if isinstance(c, Progress) and c.total]
    assert len(reading) > 3
    assert [step.done for step in reading] == sorted(step.done for step in reading)
    assert reading[-1].done == reading[-1].total


async def test_a_conversation_that_is_too_long(local: type[LocalProvider]) -> None:
    with pytest.raises(ProviderError, match=r"8,192") as failed:
        await ask(local, [{"role": "user", "content": "x " * 9000}])
    assert failed.value.kind is ErrorKind.CONTEXT


async def test_a_crash_keeps_the_text_says_so_and_the_next_reply_starts_it_anew(
    local: type[LocalProvider], tmp_path: Path
) -> None:
    async def crash() -> None:
        async with (
            local.runner.serving(local.library.find("tiny")) as child,
            aclosing(local.create_async_generator("tiny", PROMPT)) as chunks,
        ):
            async for chunk in chunks:
                if isinstance(chunk, str):
                    with suppress(ProcessLookupError):  # words that came before its end come after it
                        os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(ProviderError, match=r"stopped \(signal 9\)") as failed:
        await crash()
    assert failed.value.kind is ErrorKind.LOST
    assert "Send again" in failed.value.hint
    assert str(tmp_path / "log") in failed.value.hint
    assert (await ask(local))[-1] == Finish(FinishReason.LENGTH)


async def test_a_stop_ends_the_work_of_the_engine(local: type[LocalProvider]) -> None:
    async with aclosing(local.create_async_generator("tiny", PROMPT)) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, str):
                break
    assert (await ask(local))[-1] == Finish(FinishReason.LENGTH)


async def test_a_file_of_ones_own_that_is_gone(local: type[LocalProvider]) -> None:
    with pytest.raises(ProviderError, match=r"no such file\.gguf can't be read: No such file") as failed:
        await ask(local, model="gone")
    assert "[local.models]" in failed.value.hint


async def test_a_file_that_is_no_model(local: type[LocalProvider]) -> None:
    with pytest.raises(ProviderError, match="is not a GGUF file"):
        await ask(local, model="text")


async def test_an_unknown_model_is_answered_with_those_there_are(local: type[LocalProvider]) -> None:
    with pytest.raises(ModelNotSupportedError, match=r"no local model nothing.*tiny"):
        await ask(local, model="nothing")


async def test_without_an_engine_the_way_to_get_one_is_said(
    local: type[LocalProvider], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.providers.local.availability.find_spec", lambda name: None)
    with pytest.raises(ProviderError, match="xllamacpp") as failed:
        await ask(local)
    assert failed.value.kind is ErrorKind.UNAVAILABLE


async def test_its_models_are_known_without_a_server(local: type[LocalProvider]) -> None:
    assert local.get_model() == "qwen2.5-coder-0.5b"
    assert local.get_models() == ["qwen2.5-coder-0.5b", "smollm2-135m", "tiny", "gone", "text"]
    first = (await local.discover_models())[0]
    assert (first.id, first.context, first.input_price, first.output_price) == (
        "qwen2.5-coder-0.5b", 8192, 0.0, 0.0,
    )  # fmt: skip
