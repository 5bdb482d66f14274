"""The sheet of a conversation: what is seen and changed there; the keys for the next model and effort."""

from __future__ import annotations

import pytest

from tests.app.conftest import World
from tui.app.lists.ask_text import AskText
from tui.app.lists.values import ChooseValue, WriteValue
from tui.app.models.picker import ModelPicker
from tui.app.options.options_sheet import OptionsSheet
from tui.app.tools.tools_sheet import ToolsSheet
from tui.chat.model import ModelInfo


@pytest.fixture
def personas(tmp_path):
    place = tmp_path / "config" / "personas"
    place.mkdir(parents=True)
    (place / "poet.md").write_text("---\nmodel: small\nparameters: {temperature: 1.5}\n---\nIn verse.\n")
    return place


async def on(world: World, kind: type) -> None:
    await world.until(lambda: isinstance(world.app.screen, kind) and world.app.screen.is_mounted)
    await world.pilot.pause()


async def opened(world: World) -> None:
    await world.pilot.press("ctrl+o")
    await on(world, OptionsSheet)
    await world.sees("about")


async def choose(world: World, key: str) -> None:
    rows = world.app.screen.rows
    while rows.chosen.key != key:
        await world.pilot.press("down")


# -- what is seen
@pytest.mark.parametrize("size", [(80, 24), (120, 40), (160, 50)])
async def test_all_of_it_is_seen_at_once(run, size):
    async with run(size=size) as world:
        await world.say("Hello")
        await world.sees("I am big.", "ready")
        await opened(world)
        await world.sees(
            "model", "lab/big", "persona", "system prompt", "reasoning effort", "tools", "none is on"
        )
        await world.sees("temperature", "0 to 2", "top_p", "0 to 1", "max_tokens", "seed", "stop")
        await world.sees(
            "context", "of 1k tokens", "so far", "1 reply", "Who answers from now on", "esc close"
        )
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)


async def test_a_command_opens_it_too(run):
    async with run() as world:
        await world.say("/options")
        await on(world, OptionsSheet)


# -- what is changed
async def test_a_new_persona_and_a_parameter_are_a_few_keys(run, tmp_path):
    async with run(size=(80, 24)) as world:
        await opened(world)
        await world.pilot.press("down", "enter")
        await on(world, ChooseValue)
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.pilot.press(*"pirate", "enter")
        await on(world, AskText)
        await world.type("You are a pirate.")
        await world.pilot.press("enter")
        await on(world, OptionsSheet)
        await world.sees("Persona pirate; kept as personas/pirate.md", "You are a pirate.")
        await choose(world, "temperature")
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.pilot.press(*"0.7", "enter")
        await world.sees("temperature = 0.7")
        await world.pilot.press("escape")
        await world.say("Hello")
        await world.sees("I am big.", "system, parameters")
        assert world.conversation.system == "You are a pirate."
        assert world.conversation.parameters == {"temperature": 0.7}
    assert (tmp_path / "config" / "personas" / "pirate.md").read_text() == "You are a pirate.\n"


async def test_a_persona_that_cannot_be_written_stays_on_its_sheet_with_what_to_do(run, tmp_path):
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "personas").write_text("a file where the folder should be")
    async with run(size=(80, 24)) as world:
        await opened(world)
        await world.pilot.press("down", "enter")
        await on(world, ChooseValue)
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.pilot.press(*"pirate", "enter")
        await on(world, AskText)
        await world.type("You are a pirate.")
        await world.pilot.press("enter")
        await world.sees("You are a pirate.", "cannot be written", "move it away, then try again")
        (tmp_path / "config" / "personas").unlink()
        await world.pilot.press("enter")
        await world.sees("Persona pirate; kept as personas/pirate.md")
    assert (tmp_path / "config" / "personas" / "pirate.md").read_text() == "You are a pirate.\n"


async def test_the_system_prompt_that_there_is_can_be_kept_as_a_persona_with_its_parameters(run, personas):
    async with run(size=(80, 24)) as world:
        await world.say("/system --- Be brief.")
        await world.say("/set seed 7")
        await world.until(lambda: world.conversation.parameters)
        await opened(world)
        await world.pilot.press("down", "enter")
        await on(world, ChooseValue)
        await world.sees("keep this system prompt under a name", "poet", "none")
        await world.type("a new")
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.pilot.press(*"poet", "enter")
        await world.sees("× There is a persona poet already")
        await world.pilot.press("ctrl+u", *"brief", "enter")
        await world.sees("Persona brief, seed = 7; kept as personas/brief.md")
        world.conversation.system = ""
        await world.pilot.press("escape")
        await world.say("/persona brief")
        await world.until(lambda: world.conversation.system == "--- Be brief.")


async def test_a_persona_brings_its_model_and_parameters_and_is_taken_off_and_undone_there(run, personas):
    async with run(size=(80, 24)) as world:
        await opened(world)
        await choose(world, "persona")
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"poet", "enter")
        await world.sees("Persona poet, lab/small, temperature = 1.5")
        conversation = world.conversation
        assert (conversation.model, conversation.system) == ("lab/small", "In verse.")
        await world.pilot.press("ctrl+z")
        await world.sees("The persona is as before")
        assert (conversation.model, conversation.system, conversation.parameters) == ("lab/big", "", {})
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"poet", "enter")
        await world.sees("Persona poet")
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"none", "enter")
        await world.sees("No persona, and no system prompt")
        assert (conversation.system, conversation.parameters) == ("", {})


async def test_a_value_out_of_range_is_refused_where_it_is_written_and_nothing_takes_it_away(run):
    async with run(size=(80, 24)) as world:
        await opened(world)
        await choose(world, "temperature")
        await world.pilot.press("enter")
        await on(world, WriteValue)
        await world.pilot.press("3", "enter")
        await world.sees("× temperature is 0 to 2 here, not 3")
        await world.pilot.press("backspace", *"warm", "enter")
        await world.sees("× temperature must be a number, not warm")
        await world.pilot.press("ctrl+u", *"1", "enter")
        await world.sees("temperature = 1.0")
        await world.pilot.press("ctrl+d")
        await world.sees("temperature is as the model likes")
        assert world.conversation.parameters == {}
        await world.pilot.press("ctrl+z")
        await world.sees("temperature is as before")
        assert world.conversation.parameters == {"temperature": 1.0}


async def test_what_the_model_does_not_take_is_said_and_not_asked_for(run):
    async with run(size=(80, 24)) as world:
        world.catalogue.known[0] = ModelInfo("lab/big", context=1000, max_output=500, reasoning=False)
        await opened(world)
        await world.sees("the model does not reason", "1 to 500")
        await choose(world, "reasoning_effort")
        await world.pilot.press("enter")
        await world.sees("× The model does not reason, so reasoning_effort would not be sent")
        await world.pilot.press("escape", "alt+e")
        await world.sees("big does not reason")


async def test_a_click_changes_a_row_and_the_mouse_reaches_all(run):
    async with run(size=(80, 24)) as world:
        await opened(world)
        rows = world.app.screen.rows
        place = [row.key for row in rows.rows].index("system")
        await world.pilot.click(rows, offset=(10, place))
        await on(world, AskText)
        await world.type("Be brief.")
        await world.pilot.press("enter")
        await world.sees("System prompt set")
        assert world.conversation.system == "Be brief."


async def test_model_and_tools_are_chosen_in_their_own_lists(run):
    async with run(size=(80, 24)) as world:
        await opened(world)
        await world.pilot.press("enter")
        await on(world, ModelPicker)
        await world.pilot.press(*"small", "enter")
        await on(world, OptionsSheet)
        await world.sees("lab/small")
        await choose(world, "tools")
        await world.pilot.press("enter")
        await on(world, ToolsSheet)
        await world.pilot.press("escape")
        await on(world, OptionsSheet)


async def test_an_effort_is_one_of_some_words(run):
    async with run(size=(80, 24)) as world:
        await opened(world)
        await choose(world, "reasoning_effort")
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"xhigh", "enter")
        await world.sees("reasoning_effort = xhigh")
        await world.pilot.press("enter")
        await on(world, ChooseValue)
        await world.pilot.press(*"take", "enter")
        await world.sees("reasoning_effort is as the model likes")


# -- keys
async def test_a_key_goes_through_the_efforts_and_the_status_line_shows_each(run):
    async with run(size=(80, 24)) as world:
        for effort in ("low", "medium", "high"):
            await world.pilot.press("alt+e")
            await world.sees(f"{effort} effort")
        await world.pilot.press("alt+e")
        await world.sees_no("effort")
        await world.pilot.press("ctrl+z")
        await world.sees("high effort")


async def test_a_key_goes_through_the_models_used_lately_in_their_order(run):
    async with run(size=(80, 24)) as world:
        await world.sees("big")
        await world.pilot.press("alt+m")
        await world.sees("No other model was used yet. Choose one: ctrl+l.")
        await world.store.set_state("recent_models", "lab/big\nlab/small\nfar/gone\nlab/third")
        for model in ("lab/small", "lab/third", "lab/big", "lab/small"):
            await world.pilot.press("alt+m")
            await world.until(lambda model=model: world.conversation.model == model)
            await world.sees(model.partition("/")[2])


# -- the command
async def test_a_persona_is_put_on_by_its_name_and_a_wrong_name_is_told(run, personas):
    async with run(size=(120, 40)) as world:
        await world.say("/persona poet")
        await world.sees("Persona poet, lab/small, temperature = 1.5")
        await world.say("/persona pot")
        await world.sees("There is no persona pot. Did you mean poet?")
        await world.pilot.press("ctrl+u")
        await world.say("/persona -")
        await world.sees("No persona, and no system prompt")
        await world.say("/persona")
        await on(world, ChooseValue)


@pytest.mark.parametrize(
    ("size", "marks"),
    [
        ((160, 50), "medium effort, system, parameters, tools"),
        ((80, 24), "medium system set tools"),
        ((64, 24), "medium system …"),
    ],
)
async def test_the_marks_are_shorter_and_then_fewer_where_there_is_no_room(run, size, marks):
    async with run(size=size) as world:
        conversation = world.conversation
        conversation.parameters = {"reasoning_effort": "medium", "seed": 1}
        conversation.system, conversation.tools = "Be brief.", ("web_fetch",)
        world.features.refresh()
        await world.sees(f"   {marks}")
