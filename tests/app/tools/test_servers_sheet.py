"""``/mcp``: how it is with the servers, what is wrong, and what can be done."""

from __future__ import annotations

import sys
from pathlib import Path

from tui.app.tools.servers_sheet import ServersSheet
from tui.config import McpConfig
from tui.engine.mcp_servers import mcp_servers
from tui.text import clean

FAULTS = Path(__file__).parents[2] / "tools" / "mcp" / "fault_server.py"


async def configured(world):
    """Give the app that runs the servers of its config."""
    made = mcp_servers(
        world.config,
        world.session.workspace.paths,
        world.session.workspace.credentials,
        person=world.features.asking,
        changed=lambda server: world.session.tools.changed(),
    )
    world.session.tools._make = lambda: list(made.servers.values())
    return made


def faulty(folder: Path, *flags: str) -> McpConfig:
    return McpConfig(command=sys.executable, args=(str(FAULTS), str(folder / "received.log"), *flags))


async def shown(world) -> ServersSheet:
    world.screen.run_command("mcp")
    await world.until(lambda: isinstance(world.app.screen, ServersSheet) and world.app.screen.is_mounted)
    return world.app.screen


async def test_without_a_server_it_says_how_one_begins(run):
    async with run() as world:
        await shown(world)
        await world.sees("No server is configured.", "[mcp.NAME]", "segue mcp import", "esc close")


async def test_a_server_is_started_by_a_key_and_shows_what_it_has(run, tmp_path):
    async with run(mcp={"notes": faulty(tmp_path)}) as world:
        made = await configured(world)
        await shown(world)
        await world.sees("◦ notes", "not started", "r restart")
        await world.pilot.press("r")
        await world.sees("● notes", "ready", "tools", "faults", "process")
        assert world.text == clean(world.text)
        await made.close()


async def test_a_server_that_ends_says_why_and_with_what_last_words(run, tmp_path):
    bad, gone = faulty(tmp_path, "exits"), McpConfig(command="no-such-program")
    off = McpConfig(command="anything", enabled=False)
    async with run(size=(120, 40), mcp={"bad": bad, "gone": gone, "off": off}) as world:
        made = await configured(world)
        await shown(world)
        await world.sees("◦ off", "enabled = false")
        await world.pilot.press("r")
        await world.sees("× bad", "bad ended: I need", "Its last words on standard error")
        await world.pilot.press("down", "r")
        await world.sees("gone can't be started: there is no no-such-program")
        assert world.text == clean(world.text)
        await made.close()


async def test_only_a_server_at_an_address_is_signed_in_to(run, tmp_path):
    address = McpConfig(url="https://notes.example/mcp")
    async with run(mcp={"notes": faulty(tmp_path), "there": address}) as world:
        made = await configured(world)
        await shown(world)
        await world.sees("notes", "r restart")
        assert "s sign in" not in world.text
        await world.pilot.press("down")
        await world.sees("s sign in", "https://notes.example/mcp")
        await made.close()
