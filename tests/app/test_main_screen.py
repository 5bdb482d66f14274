"""The main screen: start, size, keys, notices, the end."""

from __future__ import annotations

import asyncio
import threading
from random import Random

import pytest
from textual.css.stylesheet import Stylesheet

from tui.app.actions import BEHIND, Action
from tui.app.keymap import Keys, problems
from tui.app.messages.reply_status import clock
from tui.app.theme.grid import Grid
from tui.chat.chunks import Finish, FinishReason
from tui.chat.context import shorten
from tui.chat.message import Status
from tui.config import Config, load_config
from tui.engine.start_options import StartOptions
from tui.errors import ConfigError, HistoryDamagedError

DONE = Finish(FinishReason.STOP)


# -- the start
async def test_one_can_write_and_send_before_the_history_is_open(run, tmp_path):
    async with run(ready=False, prepare=hold_the_door) as world:
        await world.say("Already here")
        await world.type("next")
        assert world.screen.features is None
        world.gate.set()
        await world.sees("Already here", "I am big.")
        assert world.composer.draft == "next"


async def test_the_styles_are_read_once(run, monkeypatch):
    read_anew = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda styles: read_anew.append(styles))
    async with run() as world:
        await world.until(lambda: world.screen.features is not None)
        assert not read_anew


async def hold_the_door(world):
    world.gate = asyncio.Event()


async def test_a_key_that_needs_the_history_waits_for_it(run):
    async with run(ready=False, prepare=hold_the_door) as world:
        await world.pilot.press("ctrl+r")
        world.gate.set()
        await world.sees("Type to filter by title")


async def test_a_history_that_cannot_be_opened_is_said_and_stays_said(run, monkeypatch):
    async with run(ready=False, prepare=hold_the_door) as world:

        async def broken():
            raise HistoryDamagedError("history.db is not a database", "It was moved aside.")

        world.app.open_workspace = broken
        await world.sees("history.db is not a database", "esc dismiss")
        await world.say("Hello")
        await world.pilot.press("ctrl+q")


async def test_the_first_run_helps_to_begin(run):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "FirstRun")
        await world.sees("One conversation, every model.", "lab/big")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.until(lambda: world.status.model == "lab/big")
        await world.say("Hi")
        await world.sees("I am big.")


async def test_what_is_typed_at_the_first_run_is_seen_in_the_composer_and_sent_to_the_model_that_is_chosen(
    run,
):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "FirstRun")
        await world.sees("lab/big")
        await world.pilot.press(*"just")
        await world.sees("▎ just", "enter send")
        await world.pilot.press("enter")
        await world.sees("Your message waits", "enter begin and send")
        assert not world.provider.requests
        await world.pilot.press("enter")
        await world.sees("I am big.")
        assert world.provider.requests == [("big", ["just"])]


@pytest.mark.parametrize(("words", "screen"), [("/settings", "SettingsScreen"), ("/help", "HelpScreen")])
async def test_a_command_typed_at_the_first_run_is_done_and_no_model_chosen_by_it(run, words, screen):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "FirstRun")
        await world.type(words)
        await world.pilot.press("enter")
        await world.until(lambda: type(world.app.screen).__name__ == screen)
        assert await world.session.workspace.preferences.recent_models() == []
        assert world.composer.draft == ""


async def test_who_has_begun_to_write_while_it_was_prepared_is_let(run, monkeypatch):
    looked, go_on = threading.Event(), threading.Event()

    def slowly(workspace):
        looked.set()
        go_on.wait(30)
        return None, ""

    monkeypatch.setattr("tui.app.models.first_model._local_offer", slowly)
    async with run(model=None, ready=False) as world:
        await world.until(looked.is_set)
        await world.type("/help")
        await world.sees("▎ /help")
        go_on.set()
        await world.pilot.press("enter")
        await world.until(lambda: type(world.app.screen).__name__ == "HelpScreen")
        assert world.features.first_model.needed


async def test_a_message_comes_back_where_the_history_cannot_say_whether_a_model_was_chosen(run, monkeypatch):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "FirstRun")
        await world.type("just")

        async def broken():
            raise HistoryDamagedError("history.db is not a database", "It was moved aside.")

        monkeypatch.setattr(world.features.first_model, "find_out", broken)
        await world.pilot.press("enter")
        await world.sees("history.db is not a database")
        assert world.composer.draft == "just"


async def test_who_chooses_a_model_by_name_at_the_first_run_has_chosen(run):
    async with run(model=None, ready=False) as world:
        await world.until(lambda: type(world.app.screen).__name__ == "FirstRun")
        await world.type("/model small")
        await world.pilot.press("enter")
        await world.until(lambda: world.status.model == "lab/small")
        await world.say("Hi")
        await world.until(lambda: world.provider.requests == [("small", ["Hi"])])


async def test_later_runs_begin_with_the_model_used_last(run):
    async def earlier(world):
        await world.store.set_state("last_model", "lab/small")
        await world.store.set_state("recent_models", "lab/small")

    async with run(model=None, prepare=earlier) as world:
        await world.sees("small")
        assert world.app.screen is world.screen


# -- size
@pytest.mark.parametrize("size", [(39, 24), (80, 9), (1, 1), (20, 5)])
async def test_a_tiny_terminal_gets_one_clear_line(run, size):
    async with run(size=size, ready=False) as world:
        await world.until(lambda: world.screen.features is not None)
        assert world.screen.query_one("#small").display
        if size[0] >= 35:
            await world.sees(f"Segue needs 40×10; this is {size[0]}×{size[1]}")


async def test_a_storm_of_sizes_leaves_the_screen_as_it_was(run):
    async with run() as world:
        world.script("word " * 200, DONE)
        await world.say("Go")
        await world.sees("ready")
        for width, height in [
            (120, 40),
            (30, 8),
            (200, 60),
            (41, 11),
            (100, 32),
            (99, 31),
            (1, 1),
            (80, 24),
        ] * 3:
            await world.pilot.resize_terminal(width, height)
        await world.sees("word word", "Ask, or / for commands")
        assert world.composer.has_focus


JUMPS = [((200, 50), (80, 24)), ((150, 40), (60, 40)), ((200, 50), (3, 30)), ((41, 40), (200, 12))]


@pytest.mark.parametrize(("before", "after"), JUMPS)
async def test_a_jump_of_the_width_is_laid_out_at_once(run, before, after):
    async with run(size=before) as world:
        await world.pilot.resize_terminal(*after)
        await world.pilot.resize_terminal(*before)
        await world.sees("Ask, or / for commands")


@pytest.mark.parametrize("seed", range(4))
async def test_jumps_between_any_sizes_end_as_if_opened_there(run, seed):
    random = Random(seed)
    end = (random.randrange(40, 200), random.randrange(12, 60))
    async with run(size=end) as world:
        await world.until(lambda: world.screen.query_one("#transcript").size)  # all is laid out
        opened = frame_lines(world)
        for _ in range(25):
            await world.pilot.resize_terminal(random.randrange(1, 220), random.randrange(1, 70))
        await world.pilot.resize_terminal(*end)
        await world.until(lambda: frame_lines(world) == opened)


def frame_lines(world):
    """Where the text of each part of the page stands."""
    return {part.id: part.content_region for part in world.screen.query("#main > *, #draft")}


@pytest.mark.parametrize("width", [80, 99, 100, 120, 160, 200])
async def test_title_composer_and_status_share_the_left_edge(run, width):
    async with run(size=(width, 40)) as world:
        await world.say("Edge")
        await world.sees("I am big.", "ready")
        await world.type("Edge")
        await world.pilot.press("escape")
        lines = world.text.splitlines()
        page = width - (30 if width >= 100 else 0)
        edges = {line.index("Edge", width - page) for line in lines if "Edge" in line[width - page :]}
        edges |= {line.index(word) for word in ("I am big.", "enter send") for line in lines if word in line}
        assert len(edges) == 1


def test_the_column_is_centred_on_wide_pages():
    assert Grid(wide=True).gutters(90) == (3, 3)
    assert Grid(wide=False).gutters(80) == (1, 2)
    left, right = Grid(wide=True).text_edges(170)
    assert 170 - left - right == 88


def test_what_is_no_prose_takes_all_from_the_edge_of_the_text_to_the_margin():
    assert Grid(wide=True).room(170) == 170 - Grid(wide=True).text_edges(170)[0] - 4
    assert Grid(wide=False).room(80) == 74
    assert Grid(wide=True, measure=60).text_edges(90) == (15, 15)


# -- status
def test_counts_and_clocks_fit_their_fields():
    assert [shorten(n) for n in (950, 1000, 1500, 18_400, 200_000, 1_000_000, 1_500_000)] == [
        "950", "1k", "1.5k", "18k", "200k", "1M", "1.5M",
    ]  # fmt: skip
    assert [clock(s) for s in (7, 754, 3900)] == ["0:07", "12:34", "1h05"]


async def test_nothing_ticks_while_nothing_runs(run):
    async with run() as world:
        ticker = world.features.status._ticker
        assert not ticker._active.is_set()
        more = asyncio.Event()
        world.script("a", more, DONE)
        await world.say("Go")
        await world.sees("answering")
        assert ticker._active.is_set()
        more.set()
        await world.sees("ready")
        assert not ticker._active.is_set()


# -- ctrl+c
async def test_ctrl_c_stops_then_clears_then_quits(run):
    async with run() as world:
        world.script("Half", asyncio.Event(), DONE)
        await world.say("Go")
        await world.sees("Half")
        await world.type("draft")
        await world.pilot.press("ctrl+c")
        await world.sees("stopped")
        assert world.composer.draft == "draft"
        await world.pilot.press("ctrl+c")
        await world.sees("Draft cleared")
        assert world.composer.draft == ""
        await world.pilot.press("ctrl+c")
        await world.until(lambda: world.app._exit)
        assert world.app.return_code == 0


async def test_a_cleared_draft_comes_back_with_up(run):
    async with run() as world:
        await world.type("draft")
        await world.pilot.press("ctrl+c", "up")
        assert world.composer.draft == "draft"


async def test_ctrl_c_copies_what_is_selected_in_the_composer(run):
    async with run() as world:
        await world.type("word")
        await world.pilot.press("f7", "ctrl+c")
        await world.until(lambda: world.app.clipboard == "word")
        assert world.composer.draft == "word"


# -- the end
async def test_quitting_stores_what_came(run):
    async with run() as world:
        world.script("Half", asyncio.Event(), DONE)
        await world.say("Go")
        await world.sees("Half")
        await world.type("left over")
        await world.screen.finish()
        _, reply = await world.path()
        assert (reply.text, reply.status) == ("Half", Status.STOPPED)
        conversation = await world.store.load_conversation(world.conversation.id)
        assert conversation.draft == "left over"


async def test_a_fault_of_ours_leaves_a_private_report_and_no_secret(run, tmp_path, capsys):
    from tui.secret import Secret

    key = Secret("sk-very-secret-1234567890")
    with pytest.raises(ValueError, match="boom"):
        async with run() as world:

            def fault():
                headers = {"Authorization": key.reveal()}
                raise ValueError(f"boom {headers['Authorization']}")

            world.screen.call_later(fault)
            await world.until(lambda: False)
    [report] = (tmp_path / "log").glob("crash-*.txt")
    assert report.stat().st_mode & 0o077 == 0
    words = report.read_text() + capsys.readouterr().err
    assert "boom" in words
    assert key.reveal() not in words


# -- keys
async def test_keys_can_be_remapped_and_are_shown_so(run):
    async with run(keys={"model": "f9", "send": "ctrl+s", "newline": "enter"}) as world:
        await world.sees("ctrl+s send", "f9 model")
        await world.pilot.press("a", "enter", "b", "ctrl+s")
        await world.sees("I am big.")
        assert world.provider.requests[0][1] == ["a\nb"]
        await world.pilot.press("f9")
        await world.until(lambda: type(world.app.screen).__name__ == "ModelPicker")


async def test_a_key_of_the_text_field_can_be_given_to_something_else(run):
    async with run(keys={"new": "ctrl+k"}) as world:
        await world.say("Go")
        await world.sees("I am big.", "ready")
        await world.pilot.press("ctrl+k")
        await world.sees("New conversation")


async def test_wrong_keys_in_the_config_are_said(run):
    async with run(keys={"modle": "f9", "new": "ctrl+l", "stop": "ctl+x"}) as world:
        await world.sees("there is no modle", "Did you mean model?", "ctrl+l is set for", "no key ctl+x")


def test_wrong_keys_are_told_with_their_place(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text('[keys]\nnew = "ctrl+l"\nmodle = "f9"\n')
    told = [str(problem) for problem in problems(load_config(path))]
    assert f"{path}:3:1: keys: there is no modle. Did you mean model?" in told
    assert any(words.startswith(f"{path}:2:1: keys: ctrl+l is set for") for words in told)


def test_the_default_keys_collide_nowhere():
    offered = {Action.MENU_UP, Action.MENU_DOWN, Action.MENU_CLOSE}  # only while something is offered
    keys = [key for a in Action if a.scope in BEHIND and a not in offered for key in Keys().of(a)]
    assert len(keys) == len(set(keys))


def test_a_key_that_is_shared_by_default_may_be_named():
    assert problems(Config(keys={"stop": "escape"})) == []


# -- notices
async def test_problems_of_the_config_stay_until_they_are_dismissed(run):
    problem = ConfigError("config.toml:3:1: modle: unknown key", "Did you mean model?")
    async with run(problems=(problem,)) as world:
        await world.sees("config.toml:3:1", "esc dismiss")
        await world.pilot.press("escape")
        await world.sees_no("esc dismiss")


async def test_what_is_noted_before_there_is_a_transcript_is_not_lost(run):
    async with run(ready=False) as world:
        assert not world.screen.query("#transcript")
        world.screen.note("Something one should know")
        await world.until(lambda: world.screen.features is not None)
        await world.sees("Something one should know", "esc dismiss")
        parts = [part.id for part in world.screen.query_one("#main").children]
        assert parts[:4] == ["title", "notice", "transcript", "composer"]


async def test_the_lines_of_a_notice_stand_under_each_other(run):
    problem = ConfigError("config.toml:3:1: " + "word " * 20 + "end", "")
    async with run(problems=(problem,)) as world:
        await world.sees("end", "esc dismiss")
        first, second, last = (
            line for line in world.text.splitlines() if "word" in line or "dismiss" in line
        )
        assert first.index("config") == second.index("word") == last.index("esc")


async def test_a_notice_is_never_markup(run):
    async with run() as world:
        world.app.notify("x [/nope] y [b")
        await world.sees("x [/nope] y [b")


async def test_palette_help_and_find_open(run):
    async with run() as world:
        await world.say("Needle in a haystack")
        await world.sees("I am big.", "ready")
        await world.pilot.press("ctrl+p")
        await world.sees("Choose a model", "who answers from now on")
        await world.pilot.press("ctrl+p")
        await world.until(lambda: world.app.screen is world.screen)
        await world.pilot.press("ctrl+p", *"sidebar", "enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.until(lambda: world.screen.has_class("-overlay"))
        await world.pilot.press("escape", "f1")
        await world.sees("Everywhere")
        await world.type("/model")
        await world.sees("/model", "who answers from now on")
        await world.pilot.press("escape", "ctrl+f", *"needle")
        await world.sees("1 of 1", "enter next hit")
        await world.pilot.press("tab")
        await world.until(lambda: world.composer.has_focus)
        await world.pilot.press("escape")
        await world.sees_no("1 of 1")


async def test_the_key_line_names_the_keys_of_what_is_chosen(run):
    async with run(size=(120, 40)) as world:
        await world.say("Question")
        await world.sees("I am big.", "ready")
        await world.pilot.press("alt+up")
        await world.sees("c copy code")
        await world.pilot.press("up")
        await world.sees("e edit")


@pytest.mark.parametrize("theme", ["segue-dark", "segue-light", "segue-ansi", "nord", "ansi-light"])
async def test_every_theme_draws_the_screen(run, theme):
    async with run(theme=theme, size=(120, 40)) as world:
        world.script("Some `code`\n\n```python\nx = 1\n```\n", DONE)
        await world.say("Go")
        await world.sees("x = 1", "ready")
        await world.pilot.press("ctrl+l")
        await world.sees("lab")


async def test_every_theme_of_the_list_can_be_looked_at(run):
    async with run() as world:
        await world.say("/theme")
        await world.sees("Type to find a theme")
        for name in ("dracula", "textual-light", "ansi-dark"):
            await world.pilot.press("ctrl+u", *name)
            await world.until(lambda name=name: world.app.theme == name)
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        assert world.app.theme == "ansi-dark"


async def test_a_theme_that_does_not_exist_is_told_and_ours_need_no_first_name(run):
    async with run(theme="light") as world:
        assert world.app.theme == "segue-light"
    async with run(theme="nosuch") as world:
        await world.sees("theme: there is no nosuch. /theme lists them.")


async def test_a_toast_takes_the_place_of_the_one_before(run):
    async with run() as world:
        for words in ("One", "Two", "Two"):
            world.app.notify(words)
        await world.sees("Two")
        await world.sees_no("One")
        assert [note.message for note in world.app._notifications] == ["Two"]


async def test_a_toast_stays_for_as_long_as_its_words_take_to_be_read(run, monkeypatch):
    async with run() as world:
        monkeypatch.setattr("tui.app.app.TOLD", 3.0)
        seconds = []
        for words in ("Copied.", "word " * 60, "汉字" * 60):
            world.app.notify(words)
            await world.until(lambda words=words: [n.message for n in world.app._notifications] == [words])
            seconds += [note.timeout for note in world.app._notifications]
        assert seconds[0] == 3.0
        assert seconds[1] > 15 and seconds[2] > 12


async def test_what_stays_as_a_notice_is_not_told_twice(run):
    problem = ConfigError("config.toml:3:1: modle: unknown key", "Did you mean model?")
    async with run(problems=(problem,), start=StartOptions(open_id=999)) as world:
        await world.sees("config.toml:3:1", "999", "esc dismiss")
        assert not list(world.app._notifications)


async def test_an_id_with_a_key_that_does_not_exist_keeps_its_own(run):
    async with run(keys={"model": "f99x"}) as world:
        await world.sees("no key f99x")
        await world.pilot.press("escape")
        await world.sees("ctrl+l model")
        await world.pilot.press("ctrl+l")
        await world.until(lambda: type(world.app.screen).__name__ == "ModelPicker")


async def test_typing_between_two_ctrl_c_means_that_the_program_goes_on(run):
    async with run() as world:
        await world.pilot.press("ctrl+c")
        await world.sees("ctrl+c again quits")
        await world.pilot.press("a", "backspace", "ctrl+c")
        await world.pilot.pause()
        assert not world.app._exit


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_local_model_that_is_not_here_is_not_called_ready(run, size):
    async with run(size=size, model="local/qwen2.5-coder-0.5b") as world:
        await world.sees("qwen2.5-coder-0.5b   491 MB to download", "◦ not here")
        await world.say("Hi")
        await world.sees("I am qwen2.5-coder-0.5b.", "ready")
