"""The real engine of this machine's models, its server and a server of tools: a model calls, and answers."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.engine.ask_a_repository import ask, model_and_git
from tests.providers.local.calling_model import write_calling_model
from tui.chat.message import Status
from tui.chat.parts import CallState, ToolCall, ToolResult, of_kind
from tui.providers.local.availability import why_not

MODEL = os.environ.get("SEGUE_TOOL_MODEL", "")
pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason="no model can run on this machine"),
    pytest.mark.skipif(shutil.which("git") is None, reason="there is no git"),
]


async def test_a_model_calls_git_and_answers_with_what_it_gave(tmp_path: Path):
    model = tmp_path / "caller.gguf"
    write_calling_model(
        model, "git__git_log", {"repo_path": str(tmp_path / "recipes")}, "A recipe for rye bread."
    )
    async with model_and_git(model, tmp_path) as world:
        answered = await ask(world, tmp_path)
        message = answered.reply
        assert (message.status, message.text) == (Status.COMPLETE, "A recipe for rye bread.")
        [call], [result] = of_kind(message.parts, ToolCall), of_kind(message.parts, ToolResult)
        assert (call.server, call.name, call.state) == ("git", "git_log", CallState.DONE)
        assert "Add a recipe for rye bread" in result.text and not result.is_error
        assert await world.store.messages([message.id]) == [message]


async def test_a_call_that_does_not_fit_is_told_to_the_model_and_the_reply_goes_on(tmp_path: Path):
    model = tmp_path / "caller.gguf"
    write_calling_model(model, "git__git_log", {"repo_path": str(tmp_path / "nowhere")}, "Then not.")
    async with model_and_git(model, tmp_path) as world:
        message = (await ask(world, tmp_path)).reply
        [call], [result] = of_kind(message.parts, ToolCall), of_kind(message.parts, ToolResult)
        assert call.state is CallState.FAILED and result.is_error and message.text == "Then not."


@pytest.mark.skipif(not MODEL, reason="SEGUE_TOOL_MODEL names no file of a model that can call tools")
async def test_a_trained_model_looks_into_the_repository(tmp_path: Path):
    async with model_and_git(Path(MODEL), tmp_path) as world:
        answered = await ask(world, tmp_path)
        assert answered.reply.status is Status.COMPLETE and answered.reply.text.strip()
        assert answered.called or answered.reply.notices, (
            "it called, or wrote a call as text and that is told"
        )
