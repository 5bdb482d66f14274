"""What foreign code does on the side harms nobody: it prints, it exits, it blocks, it starts threads."""

from __future__ import annotations

import asyncio
import textwrap

import pytest

from tui.chat.message import Status
from tui.engine.engine import Engine
from tui.engine.limits import Limits
from tui.errors import ProviderError
from tui.history.sqlite.history import open_history


def provider(body: str, *, above: str = "", models: str = "return []") -> str:
    return f"""
import signal, sys, threading, time
{above}
class Odd:
    url = "https://odd.example"
    default_model = "m"

    @classmethod
    async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
{textwrap.indent(textwrap.dedent(body), "        ")}

    @classmethod
    async def discover_models(cls, *, proxy=None, **kwargs):
{textwrap.indent(textwrap.dedent(models), "        ")}
"""


async def reply_of(setup):
    store = await open_history(None)
    try:
        engine = Engine(store, setup.registry(), setup.catalogue(), Limits(checkpoint=0.01))
        conversation = await store.create_conversation(model="odd/m")
        return await (await engine.send(conversation, "Hi")).run(lambda event: None)
    finally:
        await store.close()


async def test_nothing_in_place_of_a_chunk_ends_no_reply(setup):
    setup.drop_in("odd", provider('yield None\nyield "Hel"\nyield None\nyield ""\nyield "lo"\nyield None'))
    reply = await reply_of(setup)
    assert (reply.text, reply.status, reply.notices) == ("Hello", Status.COMPLETE, ())


async def test_what_it_prints_is_kept_off_standard_output(setup, capsys):
    body = """
        print("while it answers")
        threading.Thread(target=print, args=("in a thread",)).start()
        thread = threading.Thread(target=told)
        thread.start()
        thread.join()
        yield "Hello"
    """
    above = 'def told():\n    print("in a thread of its own", flush=True)\n\nprint("while it is loaded")\n'
    setup.drop_in("odd", provider(body.replace("threading.Thread(target=print", "#"), above=above))
    assert (await reply_of(setup)).text == "Hello"
    print("ours")
    assert capsys.readouterr().out == "ours\n"


@pytest.mark.parametrize("act", ["sys.exit(3)", "raise SystemExit", "raise KeyboardInterrupt", "exit()"])
async def test_that_it_wants_to_exit_is_an_error_of_its_own(setup, act):
    setup.drop_in("odd", provider(f'yield "Hel"\n{act}'))
    reply = await reply_of(setup)
    assert (reply.text, reply.status) == ("Hel", Status.INTERRUPTED)
    assert reply.failure is not None and "wanted to exit" in reply.failure.message


async def test_so_it_is_while_it_is_loaded_or_lists_its_models(setup):
    setup.drop_in("odd", provider('yield "x"', models="sys.exit(4)"))
    with pytest.raises(ProviderError, match="is broken: SystemExit: 4"):
        await setup.registry().discover("odd")
    setup.drop_in("odd", provider('yield "x"', above="sys.exit(5)"))
    with pytest.raises(ProviderError, match="is broken: SystemExit: 5"):
        await setup.registry().discover("odd")


async def test_that_it_blocks_holds_up_nobody(setup):
    setup.drop_in("odd", provider('time.sleep(1.5)\nyield "Hello"'))
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.05)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert (await reply_of(setup)).text == "Hello"
    ticking.cancel()
    assert ticks > 5


async def test_it_can_not_take_the_signals_of_the_program(setup):
    setup.drop_in("odd", provider('signal.signal(signal.SIGINT, signal.SIG_IGN)\nyield "x"'))
    reply = await reply_of(setup)
    assert reply.status is Status.ERROR
    assert reply.failure is not None and "main thread" in reply.failure.message
