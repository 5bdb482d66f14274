"""A folder that says how conversations begun in it are answered: offered once, seen whole, and marked."""

from __future__ import annotations

import pytest

from tui.app.conversations.conversations import Conversations
from tui.app.tools import question_sheet
from tui.app.tools.project_sheet import ProjectSheet
from tui.engine.start_options import StartOptions
from tui.history.store import ListFilter

WHOLE = """
model = "lab/small"
system = "Speak of bread.\\nAnd of salt."
files = ["README.md"]
tools = ["read_file"]
[keys]
send = "f5"
"""

HOSTILE = r"""
"\u001b[2J" = 1
model = "lab/\u001b[31msmall"
system = "\u001b]0;x\u0007"
files = ["\u001b[m.md"]
"""


@pytest.fixture(autouse=True)
def hears_at_once(monkeypatch):
    for name, seconds in {"DEAF": 0.0, "ALONE": 0.0, "WRITING": 0.001}.items():
        monkeypatch.setattr(question_sheet, name, seconds)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a project, which is the folder of work."""
    work = tmp_path / "bread"
    (work / ".segue").mkdir(parents=True)
    (work / ".segue" / "project.toml").write_text(WHOLE)
    (work / "README.md").write_text("How to bake.")
    monkeypatch.chdir(work)
    return work


async def asked(world):
    await world.until(lambda: isinstance(world.app.screen, ProjectSheet) and world.app.screen.is_mounted)
    await world.pilot.pause()


async def accepted(world):
    await asked(world)
    await world.pilot.press("y")
    await world.sees("you begin here")
    await world.until(lambda: world.session.projects.used)


# -- offered
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_all_that_it_would_do_is_seen_before_it_does_anything(run, folder, size):
    async with run(size=size, ready=False) as world:
        await asked(world)
        await world.sees("A project was found in", "model: lab/small", "read_file", "README.md")
        await world.sees(
            "system prompt, 2 lines:", "  Speak of bread.", "  And of salt.", "keys: no such setting"
        )
        await world.sees("It changes no key, no address", "y use it", "n don't use it")
        assert (world.conversation.model, world.conversation.project) == ("lab/big", "")
        await world.pilot.press("n")
        await world.sees("is not used")
        assert (world.conversation.model, world.conversation.project) == ("lab/big", "")


async def test_accepted_it_counts_at_once_and_is_offered_no_more(run, folder):
    async with run(size=(120, 40), ready=False) as world:
        await accepted(world)
        await world.sees("small", "system", "project bread", "keys: no such setting")
        await world.say("Hello")
        await world.sees("I am small.", "README.md", "ready")
        assert [file.name for file in (await world.path())[0].attachments] == ["README.md"]
        store = world.store
        assert await store.count_conversations(ListFilter(project=str(folder))) == 1
        await world.pilot.press("ctrl+n")
        await world.until(lambda: not world.conversation.id)
        assert world.conversation.project == str(folder)
    async with run() as world:
        await world.sees("small")
        assert world.session.projects.used is not None
        assert world.app.screen is world.screen


@pytest.mark.parametrize("answer", ["y", "n"])
async def test_it_is_asked_again_when_its_file_says_something_else(run, folder, answer):
    async with run(ready=False) as world:
        await asked(world)
        await world.pilot.press(answer)
        await world.ready()
    (folder / ".segue" / "project.toml").write_text("model = 'lab/other'")
    async with run(ready=False) as world:
        await asked(world)
        await world.sees("Changed since you answered", "model: lab/other")


async def test_closed_it_is_asked_again_the_next_time_and_by_its_command(run, folder):
    async with run(ready=False) as world:
        await asked(world)
        await world.pilot.press("escape")
        await world.ready()
        await world.say("/project")
        await accepted(world)
        await world.say("/project")
        await world.sees("You use the project in")
        await world.pilot.press("n")
        await world.until(lambda: world.session.projects.found and not world.session.projects.used)
        assert world.session.projects.used is None
        assert (world.conversation.project, world.conversation.model) == ("", "lab/big")


async def test_a_prompt_of_the_command_line_waits_for_the_answer_and_nothing_else_is_sent(run, folder):
    async with run(start=StartOptions(prompt="How do I bake?"), ready=False) as world:
        await asked(world)
        assert world.provider.requests == []
        await world.pilot.press("y")
        await world.sees("I am small.", "How do I bake?")
        assert world.composer.draft == ""


async def test_what_is_typed_while_it_is_asked_answers_nothing(run, folder, monkeypatch):
    monkeypatch.setattr(question_sheet, "ALONE", 60.0)
    async with run(ready=False) as world:
        await asked(world)
        await world.type("yes no")
        await world.until(lambda: world.composer.draft == "yes no")
        assert world.session.projects.unasked is not None


async def test_without_a_project_there_is_nothing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with run() as world:
        await world.say("/project")
        await world.sees("There is no project here", ".segue")
        await world.pilot.press("ctrl+r", "f6")
        await world.sees("Archive")


async def test_a_file_that_makes_no_sense_is_told_and_not_offered(run, folder):
    (folder / ".segue" / "project.toml").write_text('"\\u001b[31mx" = \nmodel = "lab/small"')
    async with run(size=(120, 40)) as world:
        await world.sees("toml:1:17: not valid TOML")
        assert world.app.screen is world.screen and world.conversation.model == "lab/big"


async def test_no_name_in_it_steers_the_terminal(run, folder):
    (folder / ".segue" / "project.toml").write_text(HOSTILE)
    async with run(size=(120, 40), ready=False) as world:
        await asked(world)
        await world.sees("[31msmall")
        await world.pilot.press("y")
        await world.ready()
        await world.say("Hello")
        await world.sees("Left out")


# -- seen
async def test_the_list_has_a_view_of_its_conversations(run, folder):
    async with run(size=(120, 40), ready=False) as world:
        await accepted(world)
        await world.say("Hello")
        await world.sees("I am small.", "ready")
        made = await world.store.create_conversation(title="Elsewhere", model="lab/big")
        await world.store.update_conversation(made.id, draft="x")
        await world.pilot.press("ctrl+r")
        await world.until(lambda: isinstance(world.app.screen, Conversations))
        await world.sees("Elsewhere", "Hello", "f6 here")
        await world.pilot.press("f6")
        await world.sees("Project bread", "Hello")
        await world.sees_no("Elsewhere")
        await world.pilot.press("f6")
        await world.sees("Archive")


async def test_the_sheet_of_a_conversation_says_to_which_it_belongs(run, folder):
    async with run(size=(120, 40), ready=False) as world:
        await accepted(world)
        await world.pilot.press("ctrl+o")
        await world.sees("project ", str(folder)[:40])


async def test_a_temporary_run_keeps_no_answer(run, folder, tmp_path):
    async with run(start=StartOptions(temporary=True), ready=False) as world:
        await accepted(world)
        assert world.conversation.project == str(folder)
    assert not (tmp_path / "data" / "projects").exists()
