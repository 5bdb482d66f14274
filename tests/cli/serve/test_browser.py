"""The page in a real browser: keys, mouse, clipboard, links, size, and a phone's screen."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tests.cli.serve.browser import CHROMIUM, Browser, Page, chromium

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
NOTICE = "document.getElementById('notice').hidden ? '' : document.getElementById('notice').innerText"


@pytest.fixture
def served(lab, xterm, serve):
    """A server with the real xterm.js."""
    lab.configure(
        lab.config.read_text().partition("[serve]")[0] + f"[serve]\nxterm = {json.dumps(str(xterm))}\n"
    )
    return serve()


@pytest.fixture
async def browser(tmp_path) -> AsyncIterator[Browser]:
    async with chromium(tmp_path) as browser:
        yield browser


@pytest.fixture
async def page(served, browser) -> Page:
    page = await browser.page(served.address)
    await page.sees("Ask", "big")
    return page


@pytest.fixture
def says(page, model_server) -> Callable[[str], Awaitable[None]]:
    """Let the model say something."""

    async def says(reply: str) -> None:
        model_server.reply = reply
        await page.types("Hello")
        await page.presses("Enter")
        await page.sees("Hello", reply.split()[-1].strip("`*"), "ready")

    return says


async def test_it_can_be_typed_at_once_and_the_key_is_gone_from_the_line_of_addresses(page, says):
    await says("I am **very** big.")
    assert "?" not in await page.value("location.href")
    assert await page.value("document.cookie") == ""


async def test_keys_that_the_browser_has_as_well_are_those_of_the_app(page):
    await page.presses("ctrl+p")
    await page.sees("Type to find a command")
    await page.presses("Escape")
    await page.misses("Type to find")
    await page.presses("F1")
    await page.sees("Type to find a key")
    await page.presses("Escape")
    await page.misses("Type to find")
    await page.presses("ctrl+l")
    await page.sees("small")


async def test_a_new_line_has_its_key(page):
    await page.types("one")
    await page.presses("shift+Enter")
    await page.types("two")
    text = await page.sees("one", "two")
    assert [line.strip(" ▎") for line in text.splitlines() if "one" in line or "two" in line] == [
        "one",
        "two",
    ]


async def test_what_is_pasted_arrives_with_its_lines(page):
    event = "new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})"
    await page.value(
        "(() => { const data = new DataTransfer(); data.setData('text/plain', 'first λ\\nsecond');"
        f" document.activeElement.dispatchEvent({event}); }})()"
    )
    text = await page.sees("first λ", "second")
    assert "first λ second" not in text


async def test_what_is_copied_is_in_the_browsers_clipboard(page, browser, served, says):
    await browser.does(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": served.base},
    )
    await says("The *source*, äöü 文字.")
    await page.presses("alt+ArrowUp")
    await page.sees("y copy")
    await page.presses("y")
    assert await page.until("navigator.clipboard.readText()") == "The *source*, äöü 文字."


async def test_where_a_browser_lets_nobody_copy_it_asks_for_a_click(page, says):
    await page.value(
        "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false; 0"
    )
    await says("The source.")
    await page.presses("alt+ArrowUp")
    await page.sees("y copy")
    await page.presses("y")
    assert "Copy" in await page.until(NOTICE)
    await page.value(
        "window.copied = ''; document.execCommand = () => {"
        " window.copied = document.activeElement.value; return true; };"
        " document.getElementById('act').click()"
    )
    assert await page.until("window.copied") == "The source."
    assert not await page.value(NOTICE)


async def test_a_program_can_not_read_the_clipboard_nor_have_the_page_answer(served, browser):
    page = await browser.page()
    await page.before_all(
        "window.read = 0; window.sent = 0;"
        "navigator.clipboard.readText = () => { read += 1; return Promise.resolve('secret'); };"
        "window.WebSocket = class extends WebSocket {"
        "  constructor(address) { super(address); window.visit = this; }"
        "  send(data) { if (typeof data !== 'string') sent += 1; super.send(data); } };"
    )
    await page.open(served.address)
    await page.sees("Ask")
    sent = await page.value("sent")
    asks = "\\x1b[9;40H\\x1b]52;c;?\\x07\\x1b]52;p;?\\x1b\\\\seen"
    await page.until(  # what the app draws in the meantime may cover it
        f"(visit.onmessage({{data: new TextEncoder().encode('{asks}').buffer}}),"
        " document.querySelector('.xterm-rows').textContent.includes('seen'))"
    )
    assert await page.value("[read, sent]") == [0, sent]


async def test_the_mouse_is_the_apps(page, says):
    await says("I am big.")
    x, y = await page.place_of("lab/big")
    await page.clicks(x, y)
    await page.sees("small")


async def test_a_link_is_shown_in_full_before_it_is_opened(page, says):
    await says("See https://example.com/a?b=c there.")
    x, y = await page.place_of("https://example.com/a?b=c")
    await page.clicks(x, y, held="ctrl")
    assert "https://example.com/a?b=c" in await page.until(NOTICE)
    link = "document.getElementById('link')"
    assert await page.value(f"[{link}.href, {link}.rel, {link}.target]") == [
        "https://example.com/a?b=c",
        "noopener noreferrer",
        "_blank",
    ]


async def test_another_size_is_the_apps_at_once(page):
    await page.size(390, 700)
    await page.sees("enter send   f1 keys")
    assert await page.value("document.querySelector('.xterm-screen').getBoundingClientRect().width") <= 390
    await page.size(1400, 900)
    await page.sees("ctrl+n new", "Ask")


async def test_a_tab_that_is_closed_in_mid_reply_has_its_reply_stored_as_stopped(
    page, browser, served, lab, model_server
):
    other = await browser.page(served.address)
    await other.sees("Ask")
    model_server.reply = "one two three four five"
    model_server.hold_after = 3
    await page.types("Count")
    await page.presses("Enter")
    await page.sees("one two three")
    await page.close()
    await asyncio.to_thread(lab.wait_for_stored, "stopped", "status", "messages")
    model_server.release.set()
    await other.types("Hello")
    await other.presses("Enter")
    await other.sees("one two three four five")


async def test_an_app_that_has_ended_can_be_begun_again(page):
    await page.presses("ctrl+q")
    assert "has ended" in await page.until(NOTICE)
    await page.value("document.getElementById('act').click()")
    await page.sees("Ask")


async def test_a_server_that_is_gone_is_told(page, served):
    await asyncio.to_thread(served.end)
    assert "connection is lost" in await page.until(NOTICE)


async def test_a_phone_has_the_keys_that_it_lacks_and_scrolls_nowhere(served, browser):
    page = await browser.page()
    await page.size(390, 700, phone=True)
    await page.open(served.address)
    text = await page.sees("Ask")
    assert max(map(len, text.splitlines())) <= 48
    assert await page.value(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    ) == [390, 700]
    boxes = await page.value(
        "[...document.querySelectorAll('#keys button')].map(b => [b.innerText, b.getBoundingClientRect()])"
        ".map(([name, box]) =>"
        " [name, box.left >= 0 && box.right <= 390 && box.bottom <= 700 && box.height >= 44])"
    )
    assert boxes == [[name, True] for name in ("Esc", "Tab", "Ctrl", "↑", "↓")]
    await page.value("document.getElementById('ctrl').click()")
    assert await page.value("document.getElementById('ctrl').getAttribute('aria-pressed')") == "true"
    await page.types("p")
    await page.sees("Type to find a command")
    await page.value("document.querySelector('[data-keys=escape]').click()")
    await page.sees("Ask")
    await page.misses("Type to find")
    await page.types("/hel")
    await page.sees("/help", "all…")
    await page.value("document.querySelector('[data-keys=tab]').click()")
    await page.misses("/hel\n")
    await page.sees("/help")


async def test_a_finger_scrolls_the_conversation(served, browser, model_server):
    model_server.reply = "\n\n".join(f"Paragraph {number}." for number in range(60))
    page = await browser.page()
    await page.size(390, 700, phone=True)
    await page.open(served.address)
    await page.sees("Ask")
    await page.types("Hello")
    await page.presses("Enter")
    await page.sees("Paragraph 59.")
    await page.does("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": 200, "y": 200}])
    for y in range(200, 500, 20):
        await page.does("Input.dispatchTouchEvent", type="touchMove", touchPoints=[{"x": 200, "y": y}])
    await page.does("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    await page.misses("Paragraph 59.")


async def test_the_page_is_loaded_without_a_complaint_and_from_here_alone(served, browser):
    page = await browser.page()
    await page.before_all(
        "window.complaints = []; addEventListener('error', event => complaints.push(event.message));"
        "addEventListener('securitypolicyviolation', event => complaints.push(event.blockedURI));"
    )
    await page.open(served.address)
    await page.sees("Ask")
    assert await page.value("complaints") == []
    names = await page.value(
        "performance.getEntriesByType('resource').map(entry => new URL(entry.name).host)"
    )
    assert set(names) <= {served.host, ""} and names


async def test_wide_letters_and_pictures_take_the_cells_that_the_app_gives_them(page, says):
    await says("文字文字Q1\n\n👍🎉🚀⭐Q2\n\nabcdefghQ3")
    assert len({round((await page.place_of(word))[0]) for word in ("Q1", "Q2", "Q3")}) == 1
