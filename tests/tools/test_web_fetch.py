"""Pages of the web, from a server on this machine that was allowed."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import zlib
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from tui.tools.builtin import web as web_module
from tui.tools.builtin.fetching import FetchError, fetch
from tui.tools.builtin.guard import Guard, RefusedError
from tui.tools.builtin.web import WebFetch
from tui.tools.child import ChildError, Limits, run_child

PARAGRAPH = "The ferry leaves at nine every morning, except on Sundays, when the captain sleeps. " * 6
ARTICLE = f"""<!doctype html><html><head><title>Ferries | Island</title><script>evil()</script></head><body>
<nav><a href="/home">Home</a><a href="/about">About</a></nav>
<article><h1>Ferries</h1><p>{PARAGRAPH}</p><p>{PARAGRAPH} <a href="/times">The times</a>.</p>
<pre>code  here</pre></article>
<footer>Copyright</footer></body></html>"""
PDF = b"%PDF-1.4\n1 0 obj\n<</Type /Page>>\nendobj\n"


def nothing(step):
    pass


def answer(body, content_type="text/html", **headers):
    async def handle(request):
        data = body.encode() if isinstance(body, str) else body
        return web.Response(body=data, headers={"Content-Type": content_type, **headers})

    return handle


def leads_to(where):
    async def handle(request):
        raise web.HTTPFound(where.format(port=request.url.port))

    return handle


@asynccontextmanager
async def serving(**paths):
    """A server on this machine; gives its address."""
    app = web.Application()
    for name, handler in paths.items():
        app.router.add_get(f"/{name}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def tool(*allowed, **options):
    return WebFetch(Guard(allowed or ["127.0.0.1"]), lambda url: None, **options)


async def called(url, *allowed, **arguments):
    return await tool(*allowed).call({"url": url, **arguments}, nothing)


async def test_of_a_page_its_article_is_given_as_markdown():
    async with serving(page=answer(ARTICLE)) as at:
        outcome = await called(f"{at}/page")
    assert not outcome.is_error
    assert PARAGRAPH.strip() in outcome.text
    assert f"[The times]({at}/times)" in outcome.text
    assert "```\ncode  here\n```" in outcome.text
    assert "evil" not in outcome.text
    assert "Copyright" not in outcome.text


async def test_a_page_in_another_encoding_is_read():
    page = ARTICLE.replace("captain", "capitän").encode("latin-1")
    async with serving(page=answer(page, "text/html; charset=iso-8859-1")) as at:
        assert "capitän" in (await called(f"{at}/page")).text


async def test_a_page_without_an_article_is_given_whole():
    async with serving(page=answer("<p>Closed today.</p><ul><li>one</li><li>two</li></ul>")) as at:
        assert "Closed today.\n\n- one\n- two" in (await called(f"{at}/page")).text


async def test_text_and_json_are_given_as_they_are():
    async with serving(
        a=answer("plain  text\n", "text/plain"), b=answer('{"a": [1]}', "application/vnd.api+json")
    ) as at:
        assert (await called(f"{at}/a")).text.endswith("plain  text\n")
        assert (await called(f"{at}/b")).text.endswith('{"a": [1]}')


async def test_a_pdf_is_given_as_a_file():
    async with serving(**{"paper.pdf": answer(PDF, "application/pdf")}) as at:
        outcome = await called(f"{at}/paper.pdf")
    assert [(file.name, file.media_type, file.data) for file in outcome.files] == [
        ("paper.pdf", "application/pdf", PDF)
    ]


async def test_what_is_no_text_is_told():
    async with serving(a=answer(b"\x00\x01\x02", "application/zip")) as at:
        outcome = await called(f"{at}/a")
    assert outcome.is_error
    assert "application/zip, which can't be read as text" in outcome.text


async def test_a_status_of_failure_is_an_error_that_is_told():
    async with serving() as at:
        outcome = await called(f"{at}/none")
    assert outcome.is_error
    assert "status 404" in outcome.text


async def test_a_long_page_comes_in_pieces():
    async with serving(a=answer("x" * 100_000 + "tail", "text/plain")) as at:
        first = await called(f"{at}/a")
        second = await called(f"{at}/a", from_character=100_000)
    assert "[characters 0 to 100000 of 100004]" in first.text
    assert "tail\n\n[characters 100000 to 100004 of 100004]" in second.text


async def test_neither_cookies_nor_keys_are_sent(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    seen = []

    async def handle(request):
        seen.append(dict(request.headers))
        return web.Response(text="ok", headers={"Set-Cookie": "a=b"})

    async with serving(a=handle) as at:
        await called(f"{at}/a")
        await called(f"{at}/a")
    assert len(seen) == 2
    assert all(not {"Cookie", "Authorization"} & set(headers) for headers in seen)
    assert "sk-secret" not in str(seen)


# -- where it may lead
async def test_this_machine_is_refused_without_being_reached():
    reached = []

    async def handle(request):
        reached.append(request)

    async with serving(a=handle) as at:
        outcome = await called(f"{at}/a", "wiki.home")
    assert outcome.is_error
    assert "not in the public network" in outcome.text
    assert reached == []


@pytest.mark.parametrize("stay", [True, False])
async def test_a_redirect_to_where_a_cloud_keeps_its_keys_is_refused(stay):
    async with serving(a=leads_to("http://169.254.169.254/latest/meta-data/")) as at:
        with pytest.raises((RefusedError, FetchError)) as caught:
            await fetch(f"{at}/a", Guard(["127.0.0.1"]), stay=stay)
    assert "169.254.169.254" in str(caught.value)
    assert not stay or "moved" in str(caught.value)


@pytest.mark.parametrize(
    "where",
    ["http://[::1]:{port}/b", "http://user@127.0.0.1:{port}/b", "file:///etc/passwd", "http://127.1/"],
)
async def test_each_step_of_a_redirect_is_looked_at(where):
    async with serving(a=leads_to(where), b=answer("inner", "text/plain")) as at:
        with pytest.raises(RefusedError):
            await fetch(f"{at}/a", Guard(["127.0.0.1"]))


@pytest.mark.parametrize("where", ["http://[x]@", "http://[::1", "http://a]b/", "//[@/", "http://a:b/"])
async def test_a_redirect_to_no_address_is_told(where):
    async def handle(request):
        return web.Response(status=302, headers={"Location": where})

    async with serving(a=handle) as at:
        with pytest.raises((RefusedError, FetchError)):
            await fetch(f"{at}/a", Guard(["127.0.0.1"]))


async def test_a_redirect_on_the_same_host_is_followed():
    async with serving(a=leads_to("/b"), b=answer("there", "text/plain")) as at:
        assert "there" in (await called(f"{at}/a")).text


async def test_a_redirect_to_another_host_is_a_call_of_its_own():
    async with serving(a=leads_to("http://localhost:{port}/b"), b=answer("there", "text/plain")) as at:
        outcome = await called(f"{at}/a", "127.0.0.1", "localhost")
        assert "moved to another host: http://localhost" in outcome.text
        assert not outcome.text.endswith("there")
        assert (await fetch(f"{at}/a", Guard(["127.0.0.1", "localhost"]))).data == b"there"


async def test_five_redirects_are_followed_and_no_sixth():
    paths = {f"s{n}": leads_to(f"/s{n + 1}") for n in range(6)}
    async with serving(**paths, s6=answer("end", "text/plain")) as at:
        assert "end" in (await called(f"{at}/s1")).text
        outcome = await called(f"{at}/s0")
    assert outcome.is_error
    assert "more than 5 times" in outcome.text


async def test_a_name_is_looked_at_when_it_is_connected_to_as_well():
    """It may stand for another address by then."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    async def turning(host, port):
        return next(answers)

    with pytest.raises(RefusedError, match="not in the public network"):
        await fetch("http://turning.example/", Guard(resolve=turning))


async def test_behind_a_proxy_a_private_name_is_refused_before_the_proxy_hears_of_it():
    async with serving(a=answer("x")) as proxy:
        with pytest.raises(RefusedError, match="not in the public network"):
            await fetch("http://localhost/a", Guard(), proxy_for=lambda url: proxy)


def test_what_is_asked_for_is_the_host():
    assert tool().scope({"url": "https://example.com/a"}) == "example.com"
    assert tool().scope({"url": "http://user@example.com/"}) is None
    assert tool().scope({}) is None


# -- what is too much
@pytest.mark.parametrize("packed", [gzip.compress, zlib.compress])
async def test_a_small_body_that_unpacks_to_much_is_stopped(packed):
    bomb = packed(b"a" * 60_000_000)
    name = "gzip" if packed is gzip.compress else "deflate"
    async with serving(a=answer(bomb, "text/plain", **{"Content-Encoding": name})) as at:
        fetched = await fetch(f"{at}/a", Guard(["127.0.0.1"]))
        assert (len(fetched.data), fetched.whole) == (5_000_000, False)
        outcome = await called(f"{at}/a", from_character=4_950_000)
        assert "[the first 5.0 MB]" in outcome.text


async def test_a_body_without_end_is_stopped():
    async def handle(request):
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        while True:
            await response.write(b"x" * 100_000)

    async with serving(a=handle) as at:
        assert len((await fetch(f"{at}/a", Guard(["127.0.0.1"]))).data) == 5_000_000


async def test_packed_pieces_are_put_together():
    data = gzip.compress(b"one ") + gzip.compress(b"two")
    async with serving(a=answer(data, "text/plain", **{"Content-Encoding": "gzip"})) as at:
        assert (await fetch(f"{at}/a", Guard(["127.0.0.1"]))).data == b"one two"


async def test_what_is_not_what_it_says_is_told():
    async with serving(
        a=answer(b"no gzip", "text/plain", **{"Content-Encoding": "gzip"}),
        b=answer(b"x", "text/plain", **{"Content-Encoding": "br"}),
    ) as at:
        with pytest.raises(FetchError, match="can't be unpacked"):
            await fetch(f"{at}/a", Guard(["127.0.0.1"]))
        with pytest.raises(FetchError, match="nobody asked for"):
            await fetch(f"{at}/b", Guard(["127.0.0.1"]))


async def test_a_server_that_is_silent_is_left():
    async def handle(request):
        await asyncio.Event().wait()

    async with serving(a=handle) as at:
        with pytest.raises(FetchError, match="took more than"):
            await fetch(f"{at}/a", Guard(["127.0.0.1"]), seconds=0.2)


async def test_sixty_kilobytes_of_open_tags_hold_nobody_up():
    turns = 0

    async def turn():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    turning = asyncio.create_task(turn())
    async with serving(a=answer("<a " * 20_000)) as at:
        outcome = await called(f"{at}/a")
    turning.cancel()
    assert outcome.text
    assert turns > 10


@pytest.mark.skipif(os.name == "nt", reason="signals")
async def test_a_child_that_does_not_end_is_killed(tmp_path):
    script = tmp_path / "stuck.py"
    script.write_text(
        "import os, sys, time\nopen(sys.argv[2], 'w').write(str(os.getpid()))\nwhile True: time.sleep(1)"
    )
    with pytest.raises(ChildError, match="more than 2 s"):
        await run_child(script, [str(tmp_path / "pid")], b"x" * 5_000_000, Limits(seconds=2))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIG_DFL)


@pytest.mark.skipif(os.name == "nt", reason="no limits of memory")
async def test_a_child_that_takes_too_much_memory_fails_alone(tmp_path):
    script = tmp_path / "greedy.py"
    page = (web_module.SCRIPTS / "page.py").read_text().rpartition("if __name__")[0]
    script.write_text(f"{page}\nlimit_memory(int(sys.argv[1]))\nb'x' * 1_000_000_000\n")
    with pytest.raises(ChildError, match="MemoryError"):
        await run_child(script, [], b"", Limits())


async def test_a_child_sees_none_of_our_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    script = tmp_path / "env.py"
    script.write_text("import os\nprint(os.environ)")
    assert b"sk-secret" not in await run_child(script, [], b"", Limits())


async def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(web_module, "find_spec", lambda name: None)
    async with serving(a=answer(ARTICLE)) as at:
        outcome = await called(f"{at}/a")
    assert outcome.is_error
    assert "segue[web]" in outcome.text
