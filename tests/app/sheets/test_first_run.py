"""The first screen: what was found, what one can begin with, and what to do when nothing was."""

from __future__ import annotations

import pytest

from tui.app.models.first_run import INSTALL, FirstRun, LocalOffer
from tui.chat.model import ModelInfo
from tui.errors import SegueError

SIZES = [(80, 24), (120, 40)]
OFFER = LocalOffer(
    "local/qwen", "Qwen2.5 Coder 0.5B", "Apache-2.0", 491_400_064, "a demo: weak on facts", 11_200_000_000
)


def chosen(app):
    return app.screen.rows.chosen.key


@pytest.mark.parametrize("size", SIZES)
async def test_found_things_come_first_then_the_choices(host, registry, catalogue, text_of, size) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "openai       " in shown and "key in OPENAI_API_KEY" in shown and "4 models" in shown
        assert "answers at 127.0.0.1:11434" in shown
        assert "anthropic" in shown and "ANTHROPIC_API_KEY is not set" in shown
        assert shown.index("Found on this machine") < shown.index("Begin with")
        assert shown.index("Begin with") < shown.index("openai/gpt-6-sol") < shown.index("Connect a provider")
        assert "enter begin" in shown


@pytest.mark.parametrize("size", SIZES)
async def test_only_the_chosen_one_explains_itself(host, registry, catalogue, text_of, size) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "What you write goes to api.openai.com" in text_of(app)
        assert "Apache-2.0" not in text_of(app)
        await pilot.press("down", "down", "down")
        shown = text_of(app)
        assert "What you write" not in shown
        assert "Qwen2.5 Coder 0.5B, Apache-2.0. A demo: weak on facts." in shown
        assert "491 MB" in shown and "11.2 GB are free" in shown
        assert "enter begin" in shown


async def test_enter_begins_with_the_chosen_model(host, registry, catalogue) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test() as pilot:
        await pilot.press("down", "enter")
        await pilot.press("ctrl+l", "escape")
        assert app.results == ["ollama/qwen3:8b", None]


async def test_an_enter_for_what_was_written_while_it_came_chooses_no_model(
    host, registry, catalogue
) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER, send=lambda: True))
    async with app.run_test() as pilot:
        await pilot.press("enter")
        assert app.results == [None]


@pytest.mark.parametrize("size", [(44, 12), (60, 18), (80, 24), (120, 40)])
async def test_what_is_promised_is_whole_at_any_width(host, registry, catalogue, text_of, size) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "Nothing is sent before you press enter." in text_of(app)


async def test_with_nothing_found_one_enter_begins_with_the_model_on_this_machine(
    host, make_registry, make_catalogue, entry, text_of
) -> None:
    registry = make_registry([entry("openai", False, "no key", key_variables=("OPENAI_API_KEY",))])
    app = host(lambda: FirstRun(registry, make_catalogue([]), OFFER))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "No keys and no servers were found" in text_of(app)
        await pilot.press("enter")
        assert app.results == ["local/qwen"]


@pytest.mark.parametrize("size", SIZES)
async def test_without_the_extra_the_line_that_installs_it(
    host, make_registry, make_catalogue, text_of, size
) -> None:
    app = host(lambda: FirstRun(make_registry([]), make_catalogue([]), None))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert INSTALL in text_of(app)
        assert "Connect a provider" in text_of(app)
        await pilot.press("enter")
        assert app.results == [None]


async def test_where_no_model_can_run_it_says_why(host, make_registry, make_catalogue, text_of) -> None:
    why = "There is no engine for this platform yet."
    app = host(lambda: FirstRun(make_registry([]), make_catalogue([]), None, why_no_local=why))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert why in text_of(app) and INSTALL not in text_of(app)


async def test_too_little_room_is_said_and_enter_does_not_begin(
    host, make_registry, make_catalogue, text_of
) -> None:
    offer = LocalOffer("local/qwen", "Qwen", "Apache-2.0", 491_000_000, "a demo", 100_000_000)
    app = host(lambda: FirstRun(make_registry([]), make_catalogue([]), offer))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "Too little room: only 0.1 GB are free." in text_of(app)
        await pilot.press("enter")
        assert app.results == []


async def test_a_model_that_is_already_here_is_not_downloaded(
    host, make_registry, make_catalogue, text_of
) -> None:
    offer = LocalOffer("local/qwen", "Qwen", "Apache-2.0", 0, "a demo", 100)
    app = host(lambda: FirstRun(make_registry([]), make_catalogue([]), offer))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "already here" in text_of(app) and "download" not in text_of(app)
        await pilot.press("enter")
        assert app.results == ["local/qwen"]


async def test_a_server_that_answers_late_appears_and_the_choice_stays(
    host, registry, make_catalogue, text_of
) -> None:
    catalogue = make_catalogue([])
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("down")
        assert chosen(app) == "connect"
        catalogue.learn(ModelInfo("ollama/qwen3:8b", 1, None, 0, 0))
        await pilot.pause()
        assert "ollama/qwen3:8b" in text_of(app)
        assert chosen(app) == "connect"
    assert catalogue.listeners == []


async def test_a_server_that_answers_late_is_chosen_as_long_as_the_person_has_not_chosen(
    host, registry, make_catalogue, text_of
) -> None:
    catalogue = make_catalogue([])
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert chosen(app) == "local" and "asking 127.0.0.1:11434 …" in text_of(app)
        catalogue.learn(ModelInfo("ollama/qwen3:8b", 1, None, 0, 0))
        await pilot.pause()
        assert chosen(app) == "ollama/qwen3:8b" and "answers at 127.0.0.1:11434" in text_of(app)
        catalogue.learn(ModelInfo("openai/gpt-6-sol"))
        await pilot.pause()
        assert chosen(app) == "openai/gpt-6-sol"
        await pilot.press("enter")
        assert app.results == ["openai/gpt-6-sol"]


async def test_what_does_not_answer_is_not_said_to(host, registry, make_catalogue, text_of) -> None:
    catalogue = make_catalogue([])
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=(80, 24)) as pilot:
        catalogue.learn(ollama=SegueError("Nothing listens at 127.0.0.1:11434"))
        await pilot.pause()
        assert "◦  ollama        Nothing listens at 127.0.0.1:11434" in text_of(app)


async def test_all_models_can_be_chosen_from(host, registry, catalogue, quiet) -> None:
    async def pick() -> str | None:
        return picked.pop()

    picked = ["openai/o5", None]
    app = host(lambda: FirstRun(registry, catalogue, OFFER, pick=pick))
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.action_pick()
        await quiet(pilot)
        assert app.results == []
        app.screen.action_pick()
        await quiet(pilot)
        assert app.results == ["openai/o5"]


async def test_what_is_wrong_with_the_settings_stands_first(host, registry, catalogue, text_of) -> None:
    notices = ("config.toml:1:1: modle: no such setting", "two [/x]", "three")
    app = host(lambda: FirstRun(registry, catalogue, OFFER, notices=notices))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "!  config.toml:1:1: modle" in shown and "!  two [/x]" in shown
        assert "and 1 more; esc shows all" in shown and chosen(app) == "openai/gpt-6-sol"


async def test_connecting_chooses_what_was_connected(host, registry, catalogue, quiet) -> None:
    async def connect() -> str:
        registry.entries[3].available = True
        return "anthropic"

    app = host(lambda: FirstRun(registry, catalogue, OFFER, connect=connect))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end", "enter")
        await quiet(pilot)
        assert chosen(app) == "anthropic/claude-opus-5"


async def test_a_click_begins(host, registry, catalogue) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        rows = app.screen.rows
        await pilot.click(rows, offset=(4, rows.place_of("ollama/qwen3:8b").y))
        assert app.results == ["ollama/qwen3:8b"]


async def test_hostile_names_stay_text(host, registry, make_catalogue, entry, text_of) -> None:
    name = "evil[/x]\x1b[2J"
    registry.entries.insert(0, entry(name, host="h\u202e[/y]", default_model="m"))
    app = host(lambda: FirstRun(registry, make_catalogue([ModelInfo(f"{name}/m")]), OFFER))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "evil[/x]␛[2J" in shown
        assert "\x1b" not in shown and "\u202e" not in shown


@pytest.mark.parametrize("size", [(40, 10), (60, 14), (200, 60)])
async def test_any_size_keeps_the_choice_and_the_keys_in_sight(
    host, registry, catalogue, text_of, size
) -> None:
    app = host(lambda: FirstRun(registry, catalogue, OFFER))
    async with app.run_test(size=size) as pilot:
        await pilot.press("end")
        await pilot.pause()
        shown = text_of(app)
        assert "Connect a provider" in shown and "ctrl+q quit" in shown


@pytest.mark.parametrize("size", SIZES)
async def test_titles_by_a_model_are_offered_and_turned_on_and_off(
    host, registry, catalogue, text_of, size
) -> None:
    asked: list[bool] = []

    async def name(wanted: bool) -> None:
        asked.append(wanted)

    app = host(lambda: FirstRun(registry, catalogue, OFFER, name=name))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "Titles by a small model" in text_of(app) or size == (80, 24)
        await pilot.press("end")
        assert chosen(app) == "titles"
        assert "never in a temporary" in text_of(app) and "enter turn on" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert asked == [True] and "enter turn off" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert asked == [True, False] and app.results == []


async def test_settings_that_can_not_be_written_are_told_and_nothing_is_turned_on(
    host, registry, catalogue, text_of
) -> None:
    async def name(wanted: bool) -> None:
        raise SegueError("config.toml can't be written")

    app = host(lambda: FirstRun(registry, catalogue, OFFER, name=name))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end", "enter")
        await pilot.pause()
        assert "enter turn on" in text_of(app)
