"""A headless Chromium, spoken to by its DevTools protocol: as much as it takes to look and to type."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 20.0
# Each row of the terminal's own buffer, as a person sees it.
_ROWS = (
    "[...document.querySelectorAll('.xterm-rows > div')].map(row => row.textContent.trimEnd()).join('\\n')"
)
_PLACE = """(() => {
    const rows = [...document.querySelectorAll('.xterm-rows > div')];
    const row = rows.find(row => row.textContent.includes(WORD));
    let at = row.textContent.indexOf(WORD) + Math.floor(WORD.length / 2);
    const pieces = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (pieces.nextNode() && at >= pieces.currentNode.length) at -= pieces.currentNode.length;
    const letter = document.createRange();
    letter.setStart(pieces.currentNode, at);
    letter.setEnd(pieces.currentNode, at + 1);
    const box = letter.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
})()"""
_KEYS = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowUp": 38, "ArrowDown": 40, "Backspace": 8, "F1": 112}
_MODIFIERS = {"alt": 1, "ctrl": 2, "meta": 4, "shift": 8}


class Page:
    """A tab."""

    def __init__(self, browser: Browser, target: str, session: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session

    async def does(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._browser.does(method, parameters, self._session)

    async def value(self, script: str) -> Any:
        """What a script of the page comes to."""
        done = await self.does(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    async def open(self, address: str) -> None:
        await self.does("Page.navigate", url=address)

    async def before_all(self, script: str) -> None:
        """Run a script in each page before its own."""
        await self.does("Page.enable")
        await self.does("Page.addScriptToEvaluateOnNewDocument", source=script)

    async def size(self, width: int, height: int, *, phone: bool = False) -> None:
        await self.does(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        await self.does("Emulation.setTouchEmulationEnabled", enabled=phone, maxTouchPoints=1)

    async def text(self) -> str:
        return str(await self.value(_ROWS)).replace("\xa0", " ")

    async def sees(self, *words: str) -> str:
        """Wait until all words stand in the terminal."""
        text = ""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with suppress(AssertionError):  # the page is not there yet
                text = await self.text()
                if all(word in text for word in words):
                    return text
            await asyncio.sleep(0.05)
        raise AssertionError(f"not seen: {words}\n{text}")

    async def misses(self, word: str) -> None:
        """Wait until a word is gone."""
        deadline = time.monotonic() + PATIENCE
        while word in await self.text():
            assert time.monotonic() < deadline, f"still there: {word}"
            await asyncio.sleep(0.05)

    async def until(self, script: str) -> Any:
        """Wait until a script of the page comes to something."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if value := await self.value(script):
                    return value
                await asyncio.sleep(0.05)

    async def types(self, text: str) -> None:
        """As from a keyboard, a letter after the other."""
        for letter in text:
            await self.does("Input.dispatchKeyEvent", type="keyDown", key=letter, text=letter)
            await self.does("Input.dispatchKeyEvent", type="keyUp", key=letter)

    async def presses(self, *keys: str) -> None:
        """Keys as ``Enter`` and ``ctrl+p``."""
        for chord in keys:
            *held, key = chord.split("+")
            event: dict[str, Any] = {
                "key": key,
                "modifiers": sum(_MODIFIERS[name] for name in held),
                "windowsVirtualKeyCode": _KEYS.get(key, ord(key[0].upper())),
                "code": key if len(key) > 1 else f"Key{key.upper()}",
            }
            if key == "Enter" and not held:
                event["text"] = "\r"
            await self.does("Input.dispatchKeyEvent", type="keyDown", **event)
            await self.does("Input.dispatchKeyEvent", type="keyUp", **event)

    async def clicks(self, x: float, y: float, *, held: str = "") -> None:
        where = {
            "x": x,
            "y": y,
            "button": "left",
            "clickCount": 1,
            "modifiers": _MODIFIERS.get(held, 0),
        }
        await self.does("Input.dispatchMouseEvent", type="mouseMoved", **(where | {"button": "none"}))
        await self.does("Input.dispatchMouseEvent", type="mousePressed", **where)
        await self.does("Input.dispatchMouseEvent", type="mouseReleased", **where)

    async def drags(self, x: float, y: float, to_x: float, to_y: float) -> None:
        where = {"button": "left", "clickCount": 1}
        await self.does("Input.dispatchMouseEvent", type="mousePressed", x=x, y=y, **where)
        await self.does("Input.dispatchMouseEvent", type="mouseMoved", x=to_x, y=to_y, **where)
        await self.does("Input.dispatchMouseEvent", type="mouseReleased", x=to_x, y=to_y, **where)

    async def place_of(self, word: str) -> tuple[float, float]:
        """Where the middle of a word stands that is seen in the terminal."""
        x, y = await self.value(_PLACE.replace("WORD", json.dumps(word)))
        return x, y

    async def picture(self, file: Path) -> None:
        done = await self.does("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(done["data"]))

    async def close(self) -> None:
        await self._browser.does("Target.closeTarget", {"targetId": self._target})


class Browser:
    """One Chromium with a profile of its own."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def does(
        self, method: str, parameters: dict[str, Any], session: str | None = None
    ) -> dict[str, Any]:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        order = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(order | ({"sessionId": session} if session else {}))
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def page(self, address: str = "about:blank", *, width: int = 960, height: int = 640) -> Page:
        target = (await self.does("Target.createTarget", {"url": "about:blank", "newWindow": True}))[
            "targetId"
        ]
        session = await self.does("Target.attachToTarget", {"targetId": target, "flatten": True})
        page = Page(self, target, session["sessionId"])
        await page.size(width, height)
        if address != "about:blank":
            await page.open(address)
        return page

    async def _listen(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if (answer := self._answers.pop(said.get("id"), None)) and not answer.done():
                if "error" in said:
                    answer.set_exception(AssertionError(said["error"]))
                else:
                    answer.set_result(said["result"])

    async def close(self) -> None:
        self._listening.cancel()
        await asyncio.wait([self._listening])


@asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """A browser whose profile is in ``folder``."""
    assert CHROMIUM is not None
    profile = folder / "profile"
    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "about:blank",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "HOME": str(folder)},
        start_new_session=True,
    )
    try:
        address = await _address(profile / "DevToolsActivePort", process)
        async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
            browser = Browser(socket)
            try:
                yield browser
            finally:
                await browser.close()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _address(file: Path, process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(PATIENCE):
        while True:
            assert process.returncode is None, "Chromium has ended"
            lines = file.read_text().splitlines() if file.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.05)
