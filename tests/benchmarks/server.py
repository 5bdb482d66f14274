"""A model on loopback that writes a reply of one kind and length at a rate, as OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.replies import pieces, reply
from tests.benchmarks.terminal import ROOT


@contextmanager
def serving(home: Path, kind: str, tokens: int, rate: float, more: str = "") -> Iterator[None]:
    """Run the server beside the program that is measured, and write a config that names it and says more."""
    command = [sys.executable, "-m", __name__, kind, str(tokens), str(rate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout
        configure(home, f"http://127.0.0.1:{int(child.stdout.readline())}/v1", more)
        try:
            yield
        finally:
            child.kill()


def configure(home: Path, url: str = "http://127.0.0.1:9/v1", more: str = "") -> None:
    """Write a config with one provider and one model."""
    settings = home / "CONFIG" / "segue" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(
        f'{more}model = "lab/x"\n[providers.lab]\nurl = "{url}"\nmodels = ["x"]\n', encoding="utf-8"
    )


async def _serve(text: str, rate: float) -> None:
    from aiohttp import web

    async def chat(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        begun = time.perf_counter()
        for number, piece in enumerate(pieces(text)):
            await event(response, {"delta": {"content": piece}})
            await asyncio.sleep(max(begun + number / rate - time.perf_counter(), 0))
        await event(response, {"delta": {}, "finish_reason": "stop"})
        return response

    async def event(response: web.StreamResponse, choice: dict[str, object]) -> None:
        await response.write(b"data: " + json.dumps({"choices": [choice]}).encode() + b"\n\n")

    app = web.Application()
    app.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(reply(sys.argv[1], int(sys.argv[2])), float(sys.argv[3])))
