"""What servers offer besides tools: resources after ``@server:``, prompts after ``/server:``."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path

import pytest

from tui.app.tools import question_sheet
from tui.app.tools.form_sheet import FormSheet
from tui.config import McpConfig
from tui.tools.mcp.durations import Durations
from tui.tools.mcp.network import Network
from tui.tools.mcp.servers import McpServers

FAULTS = Path(__file__).parents[1] / "tools" / "mcp" / "fault_server.py"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the way of the SDK is used there")


@pytest.fixture(autouse=True)
def hears_at_once(monkeypatch):
    monkeypatch.setattr(question_sheet, "DEAF", 0.0)


@pytest.fixture
def notes(run, tmp_path, monkeypatch):
    """The app in an empty folder, with a server that is really started."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    log = tmp_path / "received.log"

    class Notes:
        def __init__(self, *flags: str) -> None:
            args = (str(FAULTS), str(log), *flags)
            self.settings = {"notes": McpConfig(command=sys.executable, args=args)}
            self.running = run(mcp=self.settings)

        @property
        def started(self) -> int:
            return log.read_text().count("started ") if log.exists() else 0

        async def __aenter__(self):
            self.world = world = await self.running.__aenter__()
            network = Network(lambda url: None, ssl.create_default_context, lambda url: True)
            paths = world.session.workspace.paths
            durations = Durations(start=90.0, after_stdin=0.3, after_term=0.3)
            servers = McpServers(self.settings, paths, network, lambda name: None, durations=durations)
            world.session.tools._make = lambda: [*servers.servers.values()]
            return world

        async def __aexit__(self, *error):
            await self.world.session.tools.close()
            await self.running.__aexit__(*error)

    return Notes


def names(world) -> list[str]:
    return [file.name for file in world.composer.attachments]


async def test_a_server_is_offered_after_at_and_started_only_once_it_is_named(notes):
    server = notes()
    async with server as world:
        await world.type("Read @")
        await world.sees("notes:", "what a server has")
        await world.type("no")
        await world.sees("notes:")
        assert not server.started
        await world.pilot.press("tab")
        await world.sees("memo:///note.txt", "6 bytes", "memo:///{name}.txt")
        assert world.composer.draft == "Read @notes:"
        assert server.started
        await world.type("not")
        await world.pilot.press("enter")
        await world.sees("note.txt  text  6 bytes  ~2 tokens")
        assert world.composer.draft == "Read memo:///note.txt"
        await world.pilot.press("enter")
        await world.sees("I am big.")
        [prompt, _] = await world.path()
        assert [file.name for file in prompt.attachments] == ["note.txt"]
        assert "YSBub3Rl" in world.provider.requests[0][1][0], "a note"


async def test_an_address_of_a_family_is_completed_by_the_server(notes):
    async with notes() as world:
        await world.type("/attach @notes:memo:///mi")
        await world.sees("memo:///mimore.txt")
        await world.pilot.press("enter")
        await world.until(lambda: names(world) == ["mimore.txt"])


async def test_what_was_typed_and_sent_goes_along_too_and_what_fails_is_said(notes):
    told: list[str] = []
    async with notes() as world:
        world.features.notify = lambda words, warning=False: told.append(words)
        world.composer.put("Read @notes:memo:///other.txt, and @notes:memo:///huge")
        await world.pilot.press("escape", "enter")
        await world.sees("I am big.")
        assert told == [
            "reading notes:memo:///other.txt, notes:memo:///huge",
            "notes:memo:///other.txt goes along, ~2 tokens",
            "notes:memo:///huge was sent as words: memo:///huge has 1.0 MB. At most 1.0 MB are taken.",
        ]
        [prompt, _] = await world.path()
        assert [file.name for file in prompt.attachments] == ["other.txt"]


async def test_a_server_that_can_t_start_is_told_once_while_one_types(notes):
    server = notes("exits")
    async with server as world:
        await world.type("Read @notes:")
        await world.sees("I need")
        tries = server.started
        await world.type("memo:///x please")
        await world.until(lambda: world.composer.draft == "Read @notes:memo:///x please")
        assert server.started == tries


async def test_prompts_of_a_server_are_offered_after_its_name_and_become_the_draft(notes):
    server = notes("more-prompts")
    async with server as world:
        await world.type("/not")
        await world.sees("/notes:", "prompts of a server")
        assert not server.started
        await world.pilot.press("enter")
        await world.sees("/notes:greet", "[who]", "/notes:Draw It", "A picture␛[31m")
        await world.type("Dr")
        await world.sees_no("/notes:greet")
        await world.pilot.press("tab")
        await world.until(lambda: world.composer.draft == "/notes:Draw It ")
        await world.type("how=large a house")
        await world.pilot.press("enter")
        await world.until(lambda: names(world) != [])
        text = ' /quit {"how": "large", "what": "a house"}␛[31m\n[picture 1]\n[memo:///a.txt]\na note'
        assert world.composer.draft == text, "a space before it, so that it is no command"
        assert names(world) == ["picture 1"] and not world.provider.requests
        await world.pilot.press("enter")
        await world.sees("I am big.")
        [prompt, _] = await world.path()
        assert [file.name for file in prompt.attachments] == ["picture 1"]


async def test_an_argument_of_a_prompt_is_completed_by_the_server(notes):
    async with notes() as world:
        await world.type("/notes:greet An")
        await world.sees("/notes:greet Anmore", "who of a prompt")
        await world.pilot.press("tab")
        await world.until(lambda: world.composer.draft == "/notes:greet Anmore")
        await world.pilot.press("escape", "enter")
        await world.until(lambda: "Greet Anmore" in world.composer.draft)


async def test_enter_takes_what_was_typed_and_not_what_is_offered_for_it(notes):
    async with notes() as world:
        await world.type("/notes:greet An")
        await world.sees("/notes:greet Anmore")
        await world.pilot.press("enter")
        await world.until(lambda: "Greet An." in world.composer.draft)


async def test_what_a_prompt_needs_is_asked_in_a_form(notes):
    async with notes() as world:
        await world.type("/notes:greet")
        await world.sees("/notes:greet", "who")
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.screen, FormSheet) and world.app.screen.is_mounted)
        await world.sees("notes asks", "greet", "who (needed)")
        await world.pilot.press("enter")
        await world.sees("who, text")
        await world.pilot.press(*"Ann", "enter")
        await world.until(lambda: isinstance(world.app.screen, FormSheet))
        await world.pilot.press("s")
        await world.until(lambda: world.composer.draft == "Greet Ann.\n[smell left out]")
        assert not world.provider.requests


async def test_who_closes_the_form_has_what_was_typed_and_who_names_no_prompt_is_told(notes):
    async with notes() as world:
        await world.type("/notes:greet ")
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.screen, FormSheet) and world.app.screen.is_mounted)
        await world.pilot.press("escape")
        await world.until(lambda: world.composer.draft == "/notes:greet ")
        world.composer.put("/notes:greed Ann")
        await world.pilot.press("escape", "enter")
        await world.sees("notes has no prompt greed", "Did you mean greet?")
        assert world.composer.draft == "/notes:greed Ann"


async def test_what_only_looks_like_a_server_is_a_message(notes):
    async with notes() as world:
        await world.say("/nobody:greet Ann")
        await world.sees("I am big.")
        assert world.provider.requests == [("big", ["/nobody:greet Ann"])]
