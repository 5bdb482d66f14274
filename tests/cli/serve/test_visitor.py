"""A terminal without a page: what flows, what waits, what ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tui.cli.serve.orders import Seen, Size, order_in
from tui.cli.serve.visitor import AHEAD, Visitor

PATIENCE = 30.0


async def visited(code: str) -> Visitor:
    """A visitor of another program."""
    ours, theirs = os.openpty()
    program = (sys.executable, "-c", f"import fcntl, os, sys, termios, time; {code}")
    process = await asyncio.create_subprocess_exec(
        *program, stdin=theirs, stdout=theirs, stderr=subprocess.DEVNULL, start_new_session=True
    )
    os.close(theirs)
    return Visitor(ours, process)


async def first(visitor: Visitor, pieces: int) -> list[bytes]:
    async with asyncio.timeout(PATIENCE):
        output = visitor.output()
        return [await anext(output) for _ in range(pieces)]


async def test_a_page_that_draws_nothing_makes_the_program_wait_and_goes_on_when_it_draws():
    visitor = await visited("[os.write(1, b'x' * 1000) for _ in range(10_000)]; time.sleep(60)")
    await first(visitor, AHEAD)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await anext(visitor.output())
    visitor.seen(AHEAD)
    await first(visitor, AHEAD)
    await visitor.leave()


async def test_keys_that_a_program_does_not_read_keep_nobody_waiting():
    visitor = await visited(
        "import tty; tty.setraw(0); os.write(1, b'r'); time.sleep(2); print(len(os.read(0, 9)))"
    )
    await first(visitor, 1)
    assert visitor.press(b"k" * 1_000_000)
    assert b"9" in (await first(visitor, 1))[0]
    await visitor.leave()


async def test_a_program_that_never_reads_is_given_up_at_last():
    visitor = await visited("import tty; tty.setraw(0); os.write(1, b'r'); time.sleep(60)")
    await first(visitor, 1)
    assert visitor.press(b"k" * 20_000_000)
    assert not visitor.press(b"k" * 20_000_000)
    await visitor.leave()
    assert not visitor.press(b"k")


async def test_its_output_comes_to_an_end_with_the_program():
    visitor = await visited("print('good bye')")
    async with asyncio.timeout(PATIENCE):
        said = b"".join([piece async for piece in visitor.output()])
    assert b"good bye" in said
    await visitor.leave()
    await visitor.leave()


async def test_who_leaves_a_program_that_does_not_end_ends_it(monkeypatch):
    monkeypatch.setattr("tui.cli.serve.visitor._END_LIMIT", 0.2)
    visitor = await visited(
        "import signal; signal.signal(1, lambda *_: None); print('deaf', flush=True); time.sleep(60)"
    )
    await first(visitor, 1)
    async with asyncio.timeout(PATIENCE):
        await visitor.leave()


async def test_the_size_is_that_of_the_terminal():
    visitor = await visited("sys.stdin.readline(); print(os.get_terminal_size())")
    visitor.resize(Size(133, 40))
    visitor.press(b"\n")
    async with asyncio.timeout(PATIENCE):
        said = b"".join([piece async for piece in visitor.output()])
    assert b"columns=133, lines=40" in said
    await visitor.leave()


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(str))
def test_whatever_a_page_says_is_an_order_or_none(text):
    assert order_in(text) is None or isinstance(order_in(text), Size | Seen)


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ('{"size": [80, 24]}', Size(80, 24)),
        ('{"size": [0, 9999]}', Size(2, 500)),
        ('{"seen": 8}', Seen(8)),
        ('{"seen": 1e9}', None),
        ('{"size": [true, 24]}', Size(2, 24)),
        ('{"size": [80.5, 24]}', None),
        ('{"else": 1}', None),
    ],
)
def test_orders(said, order):
    assert order_in(said) == order
