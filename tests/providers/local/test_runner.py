"""The child process that serves a model, with the real engine and a random model."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from tui.errors import ErrorKind, ProviderError
from tui.providers.local import runner, server
from tui.providers.local.library import LocalModel, LocalModels
from tui.providers.local.runner import Runner

PARENT = """
import asyncio, sys
from pathlib import Path
from tui.providers.local.library import LocalModels
from tui.providers.local.runner import Runner

async def main():
    model = LocalModels(Path("unused"), {"tiny": sys.argv[1]}).find("tiny")
    async with Runner().serving(model) as child:
        print(await child.url(), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def model(tiny_model: Path) -> LocalModel:
    return LocalModels(Path("unused"), {"tiny": tiny_model}).find("tiny")


def ask(url: str, key: str, prompt: str = "hello") -> dict[str, object]:
    body = {"messages": [{"role": "user", "content": prompt}], "max_tokens": 4}
    request = Request(
        f"{url}/v1/chat/completions",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=30) as answer:
        return json.load(answer)


def listens(url: str) -> bool:
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname, place.port), timeout=5).close()
    except ConnectionError:
        return False
    return True


async def until(condition: Callable[[], bool]) -> None:
    def watch() -> None:
        end = time.monotonic() + 15
        while not condition():
            assert time.monotonic() < end
            time.sleep(0.01)

    await asyncio.to_thread(watch)


def start_parent(model: LocalModel, program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, str(model.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def test_a_child_answers_who_has_its_key(model: LocalModel) -> None:
    runner = Runner()
    async with runner.serving(model) as child:
        url = await child.url()
        answer = await asyncio.to_thread(ask, url, child.key)
        assert answer["object"] == "chat.completion"
        with pytest.raises(HTTPError) as refused:
            await asyncio.to_thread(ask, url, "another key")
        assert refused.value.code == 401
        refused.value.close()
    await runner.close()


def test_its_key_is_not_in_the_list_of_processes(model: LocalModel, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, dict[str, str]]] = []

    def spawn(command: list[str], **options: Any) -> None:
        started.append((" ".join(command), options["env"]))

    monkeypatch.setattr(runner, "spawn", spawn)
    runner._start(model, "a-key-of-this-run", None)
    [(command, environment)] = started
    assert "a-key-of-this-run" not in command
    assert environment[server.KEY_VARIABLE] == "a-key-of-this-run"


async def test_it_listens_on_this_machine_alone(model: LocalModel) -> None:
    runner = Runner()
    async with runner.serving(model) as child:
        assert urlsplit(await child.url()).hostname == "127.0.0.1"
    await runner.close()


async def test_it_is_reused_and_knows_when_it_is_loaded(model: LocalModel) -> None:
    runner = Runner()
    async with runner.serving(model) as first:
        assert not first.loaded
        await first.url()
        assert first.loaded
    async with runner.serving(model) as second:
        assert second is first
    await runner.close()
    assert not first.alive
    assert not first.loaded


async def test_who_stops_waiting_for_the_load_leaves_it_to_the_others(model: LocalModel) -> None:
    runner = Runner()
    async with runner.serving(model) as child:
        impatient = asyncio.create_task(child.url())
        await asyncio.sleep(0)
        impatient.cancel()
        assert listens(await child.url())
    await runner.close()


async def test_it_is_stopped_when_unused(model: LocalModel) -> None:
    runner = Runner(idle=0)
    async with runner.serving(model) as child:
        await child.url()
    await until(lambda: not child.alive)
    async with runner.serving(model) as another:
        assert another is not child
        assert listens(await another.url())
    await runner.close()


def test_it_serves_one_event_loop_after_the_other(model: LocalModel) -> None:
    runner = Runner()

    async def use() -> int:
        async with runner.serving(model) as child:
            assert listens(await child.url())
            return child.pid

    assert asyncio.run(use()) == asyncio.run(use())
    asyncio.run(runner.close())


async def test_it_ends_with_its_parent_however_that_ends(model: LocalModel) -> None:
    with start_parent(model, PARENT) as parent:
        assert parent.stdout is not None
        url = await asyncio.to_thread(parent.stdout.readline)
        assert listens(url.strip())
        parent.kill()
        start = time.monotonic()
        await until(lambda: not listens(url.strip()))
        assert time.monotonic() - start < 5


async def test_a_program_that_forgets_to_close_leaves_nothing(model: LocalModel) -> None:
    forgetful = PARENT.replace("await asyncio.Event().wait()", "pass")
    with start_parent(model, forgetful) as parent:
        url, errors = await asyncio.to_thread(parent.communicate)
    assert (parent.returncode, errors) == (0, "")
    await until(lambda: not listens(url.strip()))


async def test_a_file_that_the_engine_cant_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + bytes(100))
    runner = Runner(tmp_path / "log")
    with pytest.raises(ProviderError, match=r"broken\.gguf could not be loaded: ") as failed:
        async with runner.serving(LocalModels(tmp_path, {"mine": broken}).find("mine")) as child:
            await child.url()
    assert failed.value.kind is ErrorKind.UNAVAILABLE
    assert "local-mine.log" in failed.value.hint
    assert "please check the input params" not in failed.value.message
    await runner.close()


@pytest.mark.parametrize(
    ("engine", "message", "hint"),
    [
        ("raise ImportError('libgomp.so.1: cannot open shared object file')", "libgomp.so.1", "libgomp1"),
        ("import os; os.abort()", "signal 6", ""),
        ("import sys; sys.exit(3)", "exit code 3", ""),
    ],
)
async def test_an_engine_that_does_not_start(
    model: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str, message: str, hint: str
) -> None:
    (tmp_path / "xllamacpp.py").write_text(engine)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    runner = Runner()
    with pytest.raises(ProviderError, match=message) as failed:
        async with runner.serving(model) as child:
            await child.url()
    assert hint in failed.value.hint
    await runner.close()


async def test_a_child_that_can_only_be_killed(
    model: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine holds its interpreter while it loads, and hears nothing."""
    (tmp_path / "xllamacpp.py").write_text("import time\nwhile True: time.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("tui.providers.local.runner.STOP_LIMIT", 0.1)
    runner = Runner()
    async with runner.serving(model) as child:
        await runner.close()
    assert not child.alive


async def test_a_load_that_takes_for_ever(
    model: LocalModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xllamacpp.py").write_text("import time\ntime.sleep(60)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr("tui.providers.local.runner.STOP_LIMIT", 0.1)
    monkeypatch.setattr("tui.providers.local.runner.LOAD_LIMIT", 1.0)
    monkeypatch.setattr("tui.providers.local.runner.LOAD_STEP", 0.01)
    runner = Runner()
    async with runner.serving(model) as child:
        assert not await child.ready()
    with pytest.raises(ProviderError, match="did not load within") as failed:
        async with runner.serving(model) as child:
            await child.url()
    assert failed.value.kind is ErrorKind.TIMEOUT
    await runner.close()


async def test_a_crash_during_a_reply_is_told_from_other_errors(model: LocalModel) -> None:
    runner = Runner()
    lost = ProviderError("The connection broke", kind=ErrorKind.LOST)
    refused = ProviderError("Too long", kind=ErrorKind.CONTEXT)
    async with runner.serving(model) as child:
        await child.url()
        assert await child.explain(refused) is refused
        assert await child.explain(lost) is lost
        os.kill(child.pid, signal.SIGKILL)
        explained = await child.explain(lost)
    assert "stopped (signal 9)" in explained.message
    assert "Send again" in explained.hint
    async with runner.serving(model) as another:
        assert listens(await another.url())
    await runner.close()


async def test_the_log_is_private_and_holds_no_prompt(model: LocalModel, tmp_path: Path) -> None:
    runner = Runner(tmp_path / "log")
    async with runner.serving(model) as child:
        url = await child.url()
        await asyncio.to_thread(ask, url, child.key, "my secret")
    await runner.close()
    log = tmp_path / "log" / "local-tiny.log"
    assert "listening" in log.read_text()
    assert "my secret" not in log.read_text()
    assert child.key not in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
