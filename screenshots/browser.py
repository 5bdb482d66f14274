"""Make the pictures of ``segue serve``: ``python screenshots/browser.py``; takes Chromium, and npm or pip."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from make import QUESTION, Server, settings  # noqa: E402

from tests.cli.serve.browser import Browser, chromium  # noqa: E402


async def shoot(browser: Browser, address: str, name: str, width: int, height: int) -> None:
    page = await browser.page()
    await page.size(width, height, phone=width < 600)
    await page.open(address)
    await page.sees("Ask", "ready")
    await page.types(QUESTION)
    await page.presses("Enter")
    await page.sees("request", "ready", "175 tok")
    await page.picture(HERE / f"{name}.png")
    await page.close()
    print(f"screenshots/{name}.png")


async def main() -> None:
    server = Server()
    with tempfile.TemporaryDirectory() as home:
        async with server.serving(), chromium(Path(home)) as browser:
            folders = {
                f"XDG_{part}_HOME": f"{home}/{part.lower()}" for part in ("CONFIG", "DATA", "CACHE", "STATE")
            }
            config = Path(home, "config", "segue", "config.toml")
            config.parent.mkdir(parents=True)
            config.write_text(settings(server, "segue-dark", "browser"), encoding="utf-8")
            serving = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tui", "serve", "--port", "0"),
                cwd=HERE.parent,
                env={**os.environ, **folders, "HOME": home},
                stdout=asyncio.subprocess.PIPE,
            )
            assert serving.stdout is not None
            address = (await serving.stdout.readline()).decode().strip()
            await shoot(browser, address, "browser", 1100, 720)
            await shoot(browser, address, "browser-phone", 390, 700)
            serving.terminate()
            await serving.wait()


if __name__ == "__main__":
    asyncio.run(main())
