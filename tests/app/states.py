"""Every state in which the app can be looked at: how it is reached, and what there has keys."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from textual import events
from textual.app import App
from textual.message_pump import MessagePump

from tests.app.conftest import Entry, World
from tests.engine.conftest import FakeSource, FakeTool
from tests.pictures import BLUE, RED, png
from tui.app.background import in_background
from tui.app.compare.compare import Compare
from tui.app.compare.differences import Differences
from tui.app.composer.composer import Composer
from tui.app.composer.fill_prompt import FillPrompt
from tui.app.conversations import sidebar
from tui.app.conversations.conversations import Conversations
from tui.app.conversations.move_sheet import MoveSheet
from tui.app.conversations.timeline import Timeline
from tui.app.conversations.title_field import TitleField
from tui.app.conversations.tree import Tree
from tui.app.help.help_screen import HelpScreen
from tui.app.help.palette import Palette
from tui.app.lists.ask_line import AskLine
from tui.app.lists.ask_text import AskText, TextField
from tui.app.lists.field import Field, LoneField
from tui.app.lists.values import ChooseValue, WriteValue
from tui.app.main_screen import MainScreen
from tui.app.messages.gallery import HALF
from tui.app.messages.link_sheet import LinkSheet
from tui.app.messages.message_list import MessageList
from tui.app.messages.picture_files import PictureFile
from tui.app.messages.picture_link_sheet import PictureLinkSheet
from tui.app.messages.picture_screen import PictureScreen
from tui.app.messages.save_sheet import SavePicture, SaveSheet
from tui.app.models.connect import Connect, ConnectProvider
from tui.app.models.connect_server import ConnectServer
from tui.app.models.first_run import FirstRun
from tui.app.models.picker import ComparePicker, ModelPicker
from tui.app.options.options_sheet import OptionsSheet
from tui.app.settings.key_sheet import KeySheet
from tui.app.settings.settings_screen import SettingsScreen
from tui.app.settings.theme_chooser import ThemeChooser
from tui.app.tools.approval_sheet import ApprovalSheet
from tui.app.tools.form_sheet import FormSheet, Options
from tui.app.tools.project_sheet import ProjectSheet
from tui.app.tools.servers_sheet import ServersSheet
from tui.app.tools.tools_sheet import ToolsSheet
from tui.app.tools.visit_sheet import VisitSheet
from tui.app.transcript import pipe_sheet
from tui.app.transcript.find_bar import FindBar
from tui.app.transcript.pipe_sheet import Command as PipedCommand
from tui.app.transcript.pipe_sheet import PipeSheet
from tui.app.transcript.transcript import Transcript
from tui.chat.attachment import Attachment, attachment_of
from tui.chat.draft import Draft
from tui.chat.message import Role, Status
from tui.chat.model import ModelInfo
from tui.chat.parts import Text, prompt_parts
from tui.config import Config, McpConfig
from tui.engine.mcp_servers import mcp_servers
from tui.engine.project import Project, ProjectSettings
from tui.engine.saved_prompts import SavedPrompt, TypedPrompt, Variable
from tui.errors import SegueError
from tui.tools.approval import Question
from tui.tools.mcp.elicitation import Entry as FormEntry
from tui.tools.mcp.elicitation import Form, Kind, Option, Visit
from tui.tools.tool import ToolSpec

Reach = Callable[[World], Awaitable[None]]
REPLY = (
    "See [one](https://example.org/1) and [two](https://example.org/2).\n\n"
    "```python\nprint(1)\n```\n\n```sh\nls\n```\n\n" + "Words of the reply. " * 12
)


@dataclass(frozen=True)
class State:
    """A state of the app."""

    name: str
    reach: Reach
    """Leads there from a conversation with messages in which nothing is open."""
    has: tuple[type, ...]
    """What there has keys; all of it must be there."""
    size: tuple[int, int] = (60, 18)
    vim: bool = False
    model: str | None = "lab/big"
    edits: bool = False
    """The keys that a text field has by itself are pressed too: they need not be everywhere."""


STATES: dict[str, State] = {}


def state(*has: type, **options: Any) -> Callable[[Reach], Reach]:
    """Names a state after the function that leads there."""

    def known(reach: Reach) -> Reach:
        name = reach.__name__.strip("_").replace("_", " ")
        STATES[name] = State(name, reach, has, **options)
        return reach

    return known


def furnish(world: World) -> None:
    """Models and providers of every kind."""
    world.entries.append(
        Entry("far", available=False, reason="no key", needs_key=True, key_variables=("FAR",))
    )
    world.catalogue.known += [
        ModelInfo("far/one", available=False),
        *(ModelInfo(f"lab/m{number}") for number in range(40)),
    ]


# -- where all begins
async def home(world: World) -> None:
    """A conversation with messages, in which nothing is open, written or coming."""
    app, features = world.app, world.features
    while len(app.screen_stack) > 1:
        app.screen.dismiss(None)
        await settled(world)
    features.writing.leave()
    world.screen.remove_class("-overlay", "-page-only")
    await world.screen.query(FindBar).remove()
    world.transcript.end_find()
    world.screen.back_to_writing()
    await settled(world)


async def begin(world: World) -> None:
    """A new one of the kind, with the looks of the beginning."""
    await home(world)
    world.current.queue.clear()
    await world.session.live.stop_all()
    await settled(world)
    world.provider.scripts.clear()
    world.app.use_theme("segue-dark")
    await world.open(await _conversation(world))
    await settled(world)


def ground(world: World) -> tuple[object, ...]:
    """What has to be as it was for a state to be reached without beginning anew."""
    service = world.current
    conversation = service.conversation
    return conversation.id, conversation.path(), service.busy, len(service.queue), world.app.theme


async def _conversation(world: World) -> int:
    store = world.store
    conversation = await store.create_conversation(model="lab/big", title="Conversation")
    parent = None
    for number in range(2):
        prompt = await store.add_message(
            conversation.id, parent, Role.USER, prompt_parts(f"Question {number}?")
        )
        reply = await store.add_message(
            conversation.id, prompt.id, Role.ASSISTANT, model="lab/big", status=Status.STREAMING
        )
        await store.finish_message(replace(reply, parts=(Text(REPLY),), status=Status.COMPLETE))
        parent = reply.id
    return conversation.id


async def settled(world: World) -> None:
    """Let all that was asked for be done, as far as it does not wait for the person or the network."""
    app = world.app
    for _ in range(2):
        for pump in (app, app.screen, app.screen.focused):
            if pump is not None:
                await answered(app, pump)
        await asyncio.sleep(0)


async def answered(app: App[None], pump: MessagePump) -> None:
    """Wait until a part of the app has done what it was asked for; it may end meanwhile."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        while not done.is_set() and pump.is_running and app._exception is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), 0.01)


async def press(world: World, *keys: str) -> None:
    """Press keys, one after the other."""
    for key in keys:
        world.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await settled(world)


async def _seen(world: World, kind: type, *keys: str) -> Any:
    """Press keys that open a screen. Returns it."""
    await press(world, *keys)
    await world.until(lambda: type(world.app.screen) is kind and world.app.screen.is_mounted)
    await settled(world)
    return world.app.screen


async def _ran(world: World, kind: type, command: str, argument: str = "") -> Any:
    world.screen.run_command(command, argument)
    return await _seen(world, kind)


async def _write(world: World, text: str) -> None:
    world.composer.put(text)
    await settled(world)


# -- the conversation
@state(MainScreen, Composer, edits=True)
async def _conversation_with_messages(world: World) -> None:
    return None


@state(MainScreen, Composer)
async def _conversation_without_messages(world: World) -> None:
    await world.open_new()


@state(MainScreen, Transcript)
async def _empty_transcript_with_the_focus(world: World) -> None:
    await world.open_new()
    world.screen.set_focus(world.transcript)


@state(MainScreen, Transcript)
async def _transcript_with_the_focus_and_nothing_chosen(world: World) -> None:
    world.screen.set_focus(world.transcript)


@state(MainScreen, Composer)
async def _nothing_has_the_focus(world: World) -> None:
    world.screen.set_focus(None)


@state(MainScreen, Composer)
async def _reply_that_comes(world: World) -> None:
    world.script("It comes ", asyncio.Event())
    world.features.writing.submit(Draft("Go on"))
    await world.until(lambda: world.current.live)


@state(MainScreen, Composer)
async def _prompt_that_waits_for_the_reply(world: World) -> None:
    await _reply_that_comes(world)
    world.features.writing.submit(Draft("And then?"))
    await world.until(lambda: world.current.queue)


@state(MainScreen, Transcript)
async def _failed_reply_that_is_chosen(world: World) -> None:
    world.script(RuntimeError("no"))
    world.features.writing.submit(Draft("Go on"))
    await world.until(lambda: world.status.reply.word == "failed")
    await press(world, "alt+up")


@state(MainScreen, Transcript)
async def _reply_that_is_chosen(world: World) -> None:
    await press(world, "alt+up")


@state(MainScreen, Transcript)
async def _prompt_that_is_chosen(world: World) -> None:
    await press(world, "alt+up", "alt+up")


@state(MainScreen, Transcript)
async def _lines_that_are_selected(world: World) -> None:
    await press(world, "alt+up", "v", "down")


@state(MainScreen, Transcript)
async def _numbers_to_choose_from(world: World) -> None:
    await press(world, "alt+up", "c")


@state(MainScreen, Composer)
async def _prompt_that_is_edited(world: World) -> None:
    await press(world, "alt+up", "e")
    await world.until(lambda: world.features.writing.editing is not None)


@state(MainScreen, FindBar, Field)
async def _find_bar(world: World) -> None:
    await press(world, "ctrl+f")
    await world.until(lambda: world.screen.query("FindBar Field:focus"))


@state(MainScreen, FindBar, Field)
async def _find_bar_with_hits(world: World) -> None:
    await _find_bar(world)
    await press(world, "r", "e", "p")
    await world.until(lambda: world.transcript.hits)


@state(MainScreen, sidebar.SidebarList, size=(60, 18))
async def _sidebar_over_the_page(world: World) -> None:
    await press(world, "ctrl+b")
    await world.until(lambda: world.screen.query_one(sidebar.SidebarList).has_focus)


@state(MainScreen, Composer, size=(110, 24))
async def _wide_screen(world: World) -> None:
    return None


@state(MainScreen, Composer, size=(20, 5))
async def _terminal_that_is_too_small(world: World) -> None:
    return None


# -- writing
@state(MainScreen, Composer, edits=True)
async def _draft_of_two_lines(world: World) -> None:
    await _write(world, "one two\nthree")


@state(MainScreen, Composer, edits=True)
async def _draft_with_a_selection(world: World) -> None:
    await _write(world, "one two\nthree")
    world.composer.select_all()


@state(MainScreen, Composer)
async def _draft_with_a_file(world: World) -> None:
    world.composer.attach([attachment_of("a.txt", b"text")])


@state(MainScreen, Composer)
async def _menu_of_commands(world: World) -> None:
    await press(world, "/")
    await world.until(lambda: world.composer.open_menu)


@state(MainScreen, Composer)
async def _menu_of_paths(world: World) -> None:
    await press(world, "@", ".", "/")


@state(MainScreen, Composer)
async def _menu_of_models(world: World) -> None:
    await _write(world, "/model la")


@state(MainScreen, Composer)
async def _earlier_prompt_that_is_recalled(world: World) -> None:
    world.composer.recall.remember(Draft("an earlier one"))
    await press(world, "up")


@state(MainScreen, Composer, vim=True)
async def _vim_that_inserts(world: World) -> None:
    await _write(world, "one two\nthree")


@state(MainScreen, Composer, vim=True, edits=True)
async def _vim_in_normal_mode(world: World) -> None:
    await _write(world, "one two\nthree")
    await press(world, "escape")


@state(MainScreen, Composer, vim=True)
async def _vim_with_an_operator(world: World) -> None:
    await _vim_in_normal_mode(world)
    await press(world, "2", "d")


@state(MainScreen, Composer, vim=True)
async def _vim_that_selects(world: World) -> None:
    await _vim_in_normal_mode(world)
    await press(world, "v", "h")


@state(MainScreen, Composer, vim=True)
async def _vim_without_a_text(world: World) -> None:
    await press(world, "escape")


# -- models
@state(ModelPicker, Field, edits=True)
async def _picker(world: World) -> None:
    await _seen(world, ModelPicker, "ctrl+l")


@state(ModelPicker, Field)
async def _picker_in_which_nothing_fits(world: World) -> None:
    await _picker(world)
    await press(world, "z", "z", "z", "q")


@state(ModelPicker, Field)
async def _picker_with_marked_models(world: World) -> None:
    await _picker(world)
    await press(world, "tab", "down", "tab")


@state(ModelPicker, Field)
async def _picker_on_a_provider_that_misses_its_key(world: World) -> None:
    await _picker(world)
    await press(world, *"far")


@state(ComparePicker, Field)
async def _picker_of_models_to_compare(world: World) -> None:
    await _ran(world, ComparePicker, "compare")


@state(Connect, LoneField)
async def _provider_that_wants_a_key(world: World) -> None:
    await _picker_on_a_provider_that_misses_its_key(world)
    await _seen(world, Connect, "enter")


@state(FirstRun, model=None)
async def _first_run(world: World) -> None:
    await world.open_new()
    await world.store.set_state("recent_models", "")
    for summary in await world.store.list_conversations():
        await world.store.delete_conversation(summary.id)
    in_background(world.screen, "test", world.features.first_model.help_to_begin, ())
    await _seen(world, FirstRun)


@state(ConnectProvider, Field, model=None)
async def _all_providers(world: World) -> None:
    await _first_run(world)
    await _seen(world, ConnectProvider, "end", "up", "enter")


@state(ConnectServer, LoneField, model=None)
async def _server_of_ones_own(world: World) -> None:
    await _all_providers(world)
    await _seen(world, ConnectServer, "home", "enter")


@state(Compare)
async def _comparison_that_has_ended(world: World) -> None:
    screen = await _ran(world, Compare, "compare", "small")
    await world.until(lambda: len(screen.columns) == 2 and not any(c.message.live for c in screen.columns))


@state(Compare)
async def _comparison_that_goes_on(world: World) -> None:
    world.script_of("small", "It comes ", asyncio.Event())
    screen = await _ran(world, Compare, "compare", "small")
    await world.until(lambda: len(screen.columns) == 2)


@state(Compare)
async def _comparison_without_a_reply(world: World) -> None:
    [prompt] = await world.current.messages(world.conversation.path()[:1])
    await world.app.push_screen(Compare(world.current, prompt, world.features.comparing))


# -- conversations
@state(Conversations, Field, MessageList, size=(110, 24))
async def _all_conversations(world: World) -> None:
    await _conversation(world)  # a key may have deleted all there were
    screen = await _seen(world, Conversations, "ctrl+r")
    await world.until(lambda: screen.listing.chosen)


@state(Conversations, Field)
async def _all_conversations_without_a_preview(world: World) -> None:
    await _all_conversations(world)


@state(Conversations, Field)
async def _conversations_of_which_none_fits(world: World) -> None:
    screen = await _seen(world, Conversations, "ctrl+r", "z", "z", "q")
    await world.until(lambda: screen.listing.settled)


@state(Conversations, Field)
async def _full_text_without_words(world: World) -> None:
    await _seen(world, Conversations, "ctrl+r")
    await press(world, "tab")


@state(Conversations, Field)
async def _full_text_with_hits(world: World) -> None:
    await _conversation(world)
    screen = await _seen(world, Conversations, "ctrl+r")
    await press(world, "tab", *"words")
    await world.until(lambda: screen.listing.settled and screen.listing.chosen)


@state(Conversations, TitleField)
async def _title_that_is_changed(world: World) -> None:
    await _all_conversations(world)
    await press(world, "f2")
    await world.until(lambda: isinstance(world.app.screen.focused, TitleField))


@state(Conversations, Field)
async def _archive(world: World) -> None:
    await _all_conversations(world)
    await press(world, "f6")


@state(Conversations, Field)
async def _trash(world: World) -> None:
    screen = await _seen(world, Conversations, "ctrl+r")
    await press(world, "f6", "f6")
    await world.until(lambda: screen.listing.settled)


@state(AskLine, LoneField)
async def _tags_of_a_conversation_in_the_list(world: World) -> None:
    await _all_conversations(world)
    await _seen(world, AskLine, "f4")


# -- small sheets
@state(AskLine, LoneField)
async def _tags(world: World) -> None:
    await _ran(world, AskLine, "tag")


@state(AskLine, LoneField, edits=True)
async def _title(world: World) -> None:
    await _ran(world, AskLine, "title")


@state(AskText, TextField, edits=True)
async def _system_prompt(world: World) -> None:
    await _ran(world, AskText, "system")


@state(SaveSheet, LoneField)
async def _code_that_is_saved(world: World) -> None:
    await world.app.push_screen(SaveSheet("print(1)", "python"))


@state(PipeSheet, LoneField)
async def _code_for_a_command(world: World) -> None:
    await world.app.push_screen(PipeSheet("print(1)", "python"))


@state(PipeSheet)
async def _command_that_would_run(world: World) -> None:
    await world.app.push_screen(PipeSheet("print(1)", "python", PipedCommand("cat", "/")))
    await press(world, "enter")


@state(PipeSheet)
async def _command_that_has_run(world: World) -> None:
    await _command_that_would_run(world)
    await asyncio.sleep(pipe_sheet._DEAF)
    await press(world, "y")
    await world.until(lambda: "Ended" in world.text)


def _picture() -> PictureFile:
    async def contents(files: Sequence[Attachment]) -> Sequence[Attachment]:
        return files

    return PictureFile(attachment_of("dusk.png", png(640, 400, RED, BLUE)), contents)


@state(SavePicture, LoneField)
async def _picture_that_is_saved(world: World) -> None:
    await world.app.push_screen(SavePicture(png(), "dusk.png"))


@state(PictureScreen)
async def _picture_alone(world: World) -> None:
    await world.app.push_screen(PictureScreen(_picture()))
    await world.until(lambda: HALF in world.text)


@state(LinkSheet)
async def _link(world: World) -> None:
    await world.app.push_screen(LinkSheet("https://example.org"))


@state(PictureLinkSheet)
async def _picture_elsewhere(world: World) -> None:
    async def never(address: str) -> Attachment:
        raise SegueError(f"{address} can't be reached")

    await world.app.push_screen(PictureLinkSheet("https://pictures.example/cat.png", never))


@state(MoveSheet)
async def _history_that_is_on_a_server_now(world: World) -> None:
    await world.app.push_screen(MoveSheet(312))


@state(HelpScreen, Field)
async def _help(world: World) -> None:
    await _seen(world, HelpScreen, "f1")


@state(HelpScreen, Field)
async def _help_in_which_nothing_fits(world: World) -> None:
    await _help(world)
    await press(world, *"zzq")


@state(HelpScreen, Field)
async def _help_over_a_picker(world: World) -> None:
    await _picker(world)
    await _seen(world, HelpScreen, "f1")


@state(Palette, Field)
async def _palette(world: World) -> None:
    await _seen(world, Palette, "ctrl+p")


@state(Palette, Field)
async def _palette_in_which_nothing_fits(world: World) -> None:
    await _palette(world)
    await press(world, *"zzq")


@state(ThemeChooser, Field)
async def _themes(world: World) -> None:
    await _ran(world, ThemeChooser, "theme")


async def _settings_as_at_first(world: World, words: str = "") -> Any:
    """The keys that are pressed there change settings and keys."""
    file = world.app.config.path
    file.unlink(missing_ok=True)
    world.app.use_config(Config(path=file, model="lab/big"))
    return await _ran(world, SettingsScreen, "settings", words)


@state(SettingsScreen, Field)
async def _settings(world: World) -> None:
    await _settings_as_at_first(world)


@state(SettingsScreen, Field)
async def _settings_of_which_none_fits(world: World) -> None:
    await _settings_as_at_first(world, "zzqzzq")


@state(WriteValue, LoneField)
async def _value_of_a_setting_that_is_written(world: World) -> None:
    await _settings_as_at_first(world, "temperature")
    await _seen(world, WriteValue, "enter")


@state(ChooseValue, Field)
async def _value_of_a_setting_that_is_chosen(world: World) -> None:
    screen = await _settings_as_at_first(world)
    while screen.rows.chosen.key != "another provider":
        await press(world, "down")
    await _seen(world, ChooseValue, "enter")


@state(KeySheet)
async def _key_that_is_waited_for(world: World) -> None:
    await _settings_as_at_first(world, "keys.sidebar")
    await _seen(world, KeySheet, "enter")


@state(KeySheet)
async def _key_that_was_pressed(world: World) -> None:
    await _key_that_is_waited_for(world)
    await press(world, "f8")


@state(OptionsSheet)
async def _sheet_of_a_conversation(world: World) -> None:
    screen = await _seen(world, OptionsSheet, "ctrl+o")
    await world.until(lambda: screen._facts[0].words)


@state(ChooseValue, Field)
async def _personas(world: World) -> None:
    await _sheet_of_a_conversation(world)
    await press(world, "down")
    await _seen(world, ChooseValue, "enter")


@state(FillPrompt, LoneField, edits=True)
async def _prompt_with_variables(world: World) -> None:
    blanks = (
        Variable("language", "into which", choices=("German", "French")),
        Variable("tone", default="kind"),
    )
    prompt = SavedPrompt("translate", "Into {language}, {tone}: {input}", "Translates", variables=blanks)
    await world.app.push_screen(FillPrompt(TypedPrompt(prompt)))


@state(Timeline, Field)
async def _prompts(world: World) -> None:
    screen = await _seen(world, Timeline, "ctrl+t")
    await world.until(lambda: screen.listing.settled)


@state(Timeline, Field)
async def _prompts_of_which_none_fits(world: World) -> None:
    await _prompts(world)
    await press(world, *"zzq")


@state(Timeline, Field)
async def _prompts_where_there_is_none(world: World) -> None:
    await world.open_new()
    await _seen(world, Timeline, "ctrl+t")


@state(Differences)
async def _differences(world: World) -> None:
    screen = await _ran(world, Compare, "compare", "small")
    await world.until(lambda: len(screen.columns) == 2)
    await _seen(world, Differences, "d")


@state(Tree, Field)
async def _tree(world: World) -> None:
    await press(world, *"/tree")
    await _seen(world, Tree, "enter")
    await press(world, "up", "tab")


@state(Tree, Field)
async def _tree_in_which_nothing_fits(world: World) -> None:
    await _tree(world)
    await press(world, *"zzq")


# -- tools
_ASKING: set[asyncio.Task[Any]] = set()
ENTRIES = (
    FormEntry("name", "Your name", required=True),
    FormEntry("news", "Letters", Kind.YES_NO),
    FormEntry("size", "Size", Kind.ONE, options=(Option("s", "Small"), Option("l", "Large"))),
)


async def _asked(world: World, kind: type, asked: Coroutine[Any, Any, Any]) -> Any:
    """Let something be asked that hears keys at once."""
    task = asyncio.create_task(asked)
    _ASKING.add(task)
    task.add_done_callback(_ASKING.discard)
    sheet = await _seen(world, kind)
    sheet._hears_from = 0.0
    return sheet


@state(ProjectSheet)
async def _project_that_is_found(world: World) -> None:
    project = Project(Path("/home/me/bread"), "1", ProjectSettings("lab/small", system="Bread. " * 200))
    await _asked(world, ProjectSheet, world.features.asking.join(project, "A project was found in"))


@state(ApprovalSheet)
async def _tool_that_asks(world: World) -> None:
    arguments = {"path": "notes/todo.md", "text": "milk\n" * 1000}
    spec = ToolSpec("fs", "write_file", "Writes a file.")
    question = Question(spec, "uvx mcp-server-fs", "", arguments, True, world.current.key)
    await _asked(world, ApprovalSheet, world.features.asking.ask(question))


@state(FormSheet)
async def _form_of_a_server(world: World) -> None:
    await _asked(world, FormSheet, world.features.asking.fill(Form("notes", "Who are you?", ENTRIES)))


@state(FormSheet)
async def _form_without_a_field(world: World) -> None:
    await _asked(world, FormSheet, world.features.asking.fill(Form("notes", "Shall I?", ())))


@state(Options, Field)
async def _answers_to_choose_from(world: World) -> None:
    await _form_of_a_server(world)
    await press(world, "end")
    await _seen(world, Options, "enter")


@state(VisitSheet)
async def _address_that_a_server_wants_to_be_opened(world: World) -> None:
    visit = Visit("notes", "Sign here", "https://notes.example/sign")
    await _asked(world, VisitSheet, world.features.asking.visit(visit))


@state(ToolsSheet, Field)
async def _tools(world: World) -> None:
    world.session.tools._make = lambda: [
        FakeSource("fs", [FakeTool(ToolSpec("fs", "write_file", "Writes a file."))])
    ]
    world.session.tools._sources = None
    await world.session.tools.turn(world.current, "fs", True)
    await _ran(world, ToolsSheet, "tools")
    await world.until(lambda: "write_file" in world.text)


@state(ServersSheet)
async def _servers(world: World) -> None:
    server = McpConfig(url="https://127.0.0.1:9/mcp")
    settings = world.session.workspace
    settings.config = replace(settings.config, mcp={"notes": server})
    made = mcp_servers(settings.config, settings.paths, settings.credentials)
    world.session.tools._make = lambda: list(made.servers.values())
    world.session.tools._sources = None
    await _ran(world, ServersSheet, "mcp")


@state(ServersSheet)
async def _servers_where_there_is_none(world: World) -> None:
    world.session.tools._sources = ()
    await _ran(world, ServersSheet, "mcp")
