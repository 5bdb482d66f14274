"""A server that goes wrong costs itself one call at most; no hang, no screen, no process left behind."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.tools.mcp.conftest import PATIENCE, SHORT, Faults, Teller, call, ignore, is_running
from tui.config import McpConfig
from tui.paths import Paths
from tui.tools.mcp.elicitation import Action, Answer, Kind, Visit
from tui.tools.mcp.failures import McpError
from tui.tools.mcp.server import State
from tui.tools.tool import Step, called_by

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the way of the SDK is used there")


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():  # noqa: ASYNC110 (a process, a file: nothing that tells)
            await asyncio.sleep(0.01)


# --- what comes over the wire ----------------------------------------------------------------------------


async def test_a_line_that_is_no_message_is_counted_and_harms_nothing(faults_of: Faults):
    server = faults_of("banner")
    assert (await call(server, "garbage")).text == "after garbage"
    assert server.status.garbage == 4
    assert server.status.last_garbage == "[1,2]"


async def test_bytes_that_are_no_text_do_not_hang_a_call(faults_of: Faults):
    assert (await call(faults_of(), "bad-utf8")).text == "a\ufffd\ufffdb"


async def test_half_a_character_does_not_hang_a_call(faults_of: Faults):
    server = faults_of()
    assert (await call(server, "lone-surrogate")).text == "a\ufffdb"
    assert json.loads((await call(server, "echo", words="a\ud83db")).text) == {"words": "a\ufffdb"}


@pytest.mark.parametrize("tool", ["huge", "huge-id-last"])
async def test_an_answer_without_end_fails_its_call_and_no_other(faults_of: Faults, tool: str):
    server = faults_of()
    outcome = await call(server, tool)
    assert outcome.is_error and "longer than 8 MB" in outcome.text
    assert (await call(server, "echo")).text == "{}"
    assert len(faults_of.pids) == 1


async def test_a_large_answer_comes_whole(faults_of: Faults):
    assert len((await call(faults_of(), "big")).text) == 3_000_000


async def test_output_without_a_line_end_does_not_fill_the_memory(faults_of: Faults):
    server = faults_of("no-newline", settings=McpConfig(start_timeout=1.0))
    with pytest.raises(McpError, match="was not ready within 1 s"):
        await server.start()


async def test_an_answer_too_deep_to_read_is_garbage(faults_of: Faults):
    server = faults_of()
    assert (await call(server, "deep")).text == "not so deep"
    assert server.status.garbage == 1


async def test_a_result_that_does_not_fit_its_own_schema_is_a_result(faults_of: Faults):
    server = faults_of()
    await server.tools()
    assert (await call(server, "schema")).text == "no number"


async def test_blocks_of_an_unknown_kind_are_named_in_their_place(faults_of: Faults):
    outcome = await call(faults_of(), "unknown-block")
    assert outcome.text.splitlines() == [
        "seen",
        "[hologram left out]",
        "[something left out]",
        "[image left out]",
    ]


async def test_a_result_of_no_shape_at_all_is_an_empty_one(faults_of: Faults):
    outcome = await call(faults_of(), "no-answer-shape")
    assert (outcome.text, outcome.is_error) == ("", True)


async def test_an_odd_tool_does_not_cost_the_list(faults_of: Faults):
    specs = {tool.spec.name: tool.spec for tool in await faults_of().tools()}
    assert specs["odd"].description == ""
    assert specs["no schema"].schema == {"type": "object"}
    assert specs["no arguments"].schema == {"type": "object", "properties": {}, "required": []}
    assert specs["odd arguments"].schema == {
        "type": "object",
        "properties": {"a": {"type": "string"}, "c": True},
        "required": ["a"],
    }
    assert "as-a-task" not in specs, "nobody here runs tasks"
    assert (specs["odd"].read_only, specs["odd"].destructive, specs["odd"].open_world) == (False, True, True)
    assert (specs["reads"].read_only, specs["reads"].destructive, specs["reads"].open_world) == (
        True,
        False,
        False,
    )


async def test_arguments_that_nobody_can_write_are_an_outcome(faults_of: Faults):
    deep: list[object] = []
    for _ in range(5_000):
        deep = [deep]
    server = faults_of()
    assert (await call(server, "echo", deep=deep)).is_error
    assert (await call(server, "echo")).text == "{}"


async def test_a_list_that_never_ends_is_cut(faults_of: Faults):
    assert [tool.spec.name for tool in await faults_of("endless").tools()] == ["same", "same"]
    assert len(await faults_of("many-pages", name="pages").tools()) == 1000


async def test_five_hundred_tools_are_listed_and_none_is_lost(faults_of: Faults):
    assert len({tool.spec.name for tool in await faults_of("500").tools()}) == 500


async def test_an_error_of_the_server_is_an_outcome_in_its_own_words(faults_of: Faults):
    server = faults_of()
    refused, failed = await call(server, "refuse"), await call(server, "error")
    assert refused.is_error and refused.text == "notes: not \u241b]0;like this"
    assert failed.is_error and "it went" in failed.text


# --- what a server gives back ----------------------------------------------------------------------------


async def test_pictures_and_files_become_attachments_and_links_stay_links(faults_of: Faults):
    server = faults_of()
    [picture] = (await call(server, "picture")).files
    assert (picture.media_type, picture.size) == ("image/png", 70)
    outcome = await call(server, "links")
    assert [file.name for file in outcome.files] == ["pic.png"]
    assert outcome.text.splitlines() == [
        "[link: a https://example.com/a.txt]",
        "[memo:///note.txt]",
        "a note",
        "[pic.png]",
        "[file left out: x.bin can't be attached: it is no image, PDF or text]",
    ]


async def test_what_no_model_can_take_is_said_to_be_left_out(faults_of: Faults):
    server = faults_of()
    assert (await call(server, "broken-picture")).text == "[picture left out: it is damaged]"
    assert "[audio of" in (await call(server, "audio")).text


async def test_values_without_a_text_are_the_text(faults_of: Faults):
    assert (await call(faults_of(), "structured")).text == '{"answer": 42}'


async def test_resources_are_listed_read_and_completed(faults_of: Faults):
    server = faults_of()
    [note] = await server.resources()
    assert (note.uri, note.name, note.media_type) == ("memo:///note.txt", "note\u241b[31m", "")
    [file] = await server.read(note.uri)
    assert (file.name, file.text) == ("note.txt", "a note")
    [template] = await server.templates()
    assert await server.complete(template, "name", "no") == ["nomore"]


async def test_a_resource_that_is_too_large_or_unreadable_is_refused_in_words(faults_of: Faults):
    server = faults_of()
    with pytest.raises(McpError, match=r"1\.0 MB|1000 kB"):
        await server.read("memo:///huge")
    with pytest.raises(McpError, match="no image, PDF or text"):
        await server.read("memo:///none")


async def test_a_prompt_is_filled_in_for_the_composer(faults_of: Faults):
    server = faults_of()
    [greet] = await server.prompts()
    assert [(argument.name, argument.required) for argument in greet.arguments] == [("who", True)]
    assert (await server.prompt("greet", {"who": "Ann"})).text == "Greet Ann.\n[smell left out]"


async def test_instructions_reach_the_model_only_where_the_settings_say_so(faults_of: Faults):
    silent, told = faults_of(), faults_of(name="told", settings=McpConfig(instructions=True))
    await silent.start()
    await told.start()
    assert silent.instructions == "" and silent.status.instructions.startswith("Use \u241b[31mme well.")
    assert len(told.instructions) == 2000


async def test_only_the_tools_of_the_settings_are_offered(faults_of: Faults):
    some = await faults_of(settings=McpConfig(tools=("echo", "env"))).tools()
    assert [tool.spec.name for tool in some] == ["echo", "env"]
    rest = await faults_of(name="rest", settings=McpConfig(without_tools=("echo",))).tools()
    assert "echo" not in [tool.spec.name for tool in rest] and len(rest) > 10


async def test_every_tool_asks_whatever_it_says_of_itself(faults_of: Faults):
    server = faults_of()
    assert {tool.scope({}) for tool in await server.tools()} == {""}
    assert {tool.origin for tool in await server.tools()} == {server.origin}


# --- standard error, the environment ---------------------------------------------------------------------


async def test_a_flood_of_errors_stops_nothing_and_paints_nothing(faults_of: Faults, capfd):
    server = faults_of()
    assert (await call(server, "flood")).text == "flooded"
    await until(lambda: server.status.stderr[-1:] == ("the last line",))
    assert len(server.status.stderr) == 200
    assert "\x1b" not in "".join(server.status.stderr)
    assert capfd.readouterr() == ("", "")


async def test_what_the_sdk_notes_goes_to_a_private_file(faults_of: Faults, paths: Paths, capfd):
    await faults_of().start()
    for name in ("mcp.client.stdio", "client", "httpx2"):
        logging.getLogger(name).error("a note of %s", name)
    file = paths.log / "mcp.log"
    assert file.read_text(encoding="utf-8").count("a note of") == 3
    assert file.stat().st_mode & 0o077 == 0
    assert capfd.readouterr() == ("", "")


async def test_a_server_sees_no_key_of_ours(faults_of: Faults, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you-123456")
    monkeypatch.setenv("NOTES_TOKEN", "for you")
    settings = McpConfig(
        env={"TOKEN": "${NOTES_TOKEN}", "ELSE": "${NOT_SET_AT_ALL:-else}", "KEPT": "${keyring:mcp.notes}"},
        env_command={"PRINTED": f'"{sys.executable}" -c "print(7)"'},
    )
    server = faults_of(settings=settings, keys={"mcp.notes": "a kept key"})
    env = json.loads((await call(server, "env")).text)
    assert env["TOKEN"] == "for you"
    assert (env["ELSE"], env["PRINTED"], env["KEPT"]) == ("else", "7", "a kept key")
    own = {"TOKEN", "ELSE", "PRINTED", "KEPT", "LC_CTYPE"}  # Python sets the last one by itself
    assert set(env) <= {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"} | own


async def test_a_variable_that_is_not_set_is_an_error_and_nothing_is_started(faults_of: Faults):
    server = faults_of(settings=McpConfig(env={"TOKEN": "${NOT_SET_AT_ALL}"}))
    with pytest.raises(McpError, match=r"mcp\.notes\.env\.TOKEN: the variable NOT_SET_AT_ALL is not set"):
        await server.start()
    assert not faults_of.pids


# --- beginning and end -----------------------------------------------------------------------------------


async def test_a_command_that_is_not_there_is_named(start):
    server = start(McpConfig(command="no-such-program-at-all"))
    with pytest.raises(McpError, match="there is no no-such-program-at-all"):
        await server.tools()
    assert server.status.state is State.GONE


async def test_without_the_part_that_speaks_to_servers_it_is_named(faults_of: Faults, monkeypatch):
    def missing(name: str) -> None:
        raise ImportError("No module named 'mcp'", name="mcp")

    monkeypatch.setattr("tui.tools.mcp.server.importlib.import_module", missing)
    with pytest.raises(McpError, match=r"is missing \(mcp\)") as caught:
        await faults_of().tools()
    assert "segue[mcp]" in caught.value.hint


async def test_a_server_that_is_not_ready_in_time_is_named_with_its_last_words(faults_of: Faults):
    server = faults_of("slow-start", settings=McpConfig(start_timeout=3.0))
    with pytest.raises(McpError, match="notes was not ready within 3 s") as caught:
        await server.tools()
    # On a machine at work it may not have come to its first word.
    assert all(line in caught.value.message for line in server.status.stderr)
    assert server.status.state is State.FAILED
    with pytest.raises(McpError, match="not ready"):  # at once: nobody waits for it again
        await server.tools()
    assert len(faults_of.pids) <= 1
    await until(lambda: not any(map(is_running, faults_of.pids)))


async def test_a_server_that_ends_at_once_is_told_with_its_last_words_and_given_up(faults_of: Faults):
    server = faults_of("exits")
    for _ in range(2):
        with pytest.raises(McpError, match="I need ␛\\[31ma token"):
            await server.start()
        assert server.status.state is State.GONE
    with pytest.raises(McpError, match="I need"):
        await server.start()
    assert server.status.state is State.FAILED
    begun = len(faults_of.pids)
    with pytest.raises(McpError, match="I need") as caught:
        await server.start()
    assert len(faults_of.pids) == begun and "restart" in caught.value.hint


async def test_a_server_that_is_given_up_is_tried_again_after_a_while(faults_of: Faults):
    server = faults_of("exits", durations=replace(SHORT, window=0.0))
    for _ in range(4):
        with pytest.raises(McpError):
            await server.start()
    assert len(faults_of.pids) == 8, "each time once in the newer and once in the older way"


@pytest.mark.parametrize("fault", ["crash", "close-stdout"])
async def test_a_server_that_ends_in_mid_call_is_told_and_started_by_the_next_call(
    faults_of: Faults, fault: str
):
    server = faults_of()
    outcome = await call(server, fault)
    assert outcome.is_error and "ended the connection" in outcome.text
    assert ("out of cheese" in outcome.text) == (fault == "crash")
    assert (await call(server, "echo")).text == "{}"
    assert len(set(faults_of.pids)) == 2


async def test_a_server_that_keeps_ending_is_given_up(faults_of: Faults):
    server = faults_of()
    for _ in range(3):
        assert "out of cheese" in (await call(server, "crash")).text
    await until(lambda: server.status.state is State.FAILED)
    assert "out of cheese" in (await call(server, "echo")).text
    await server.restart()
    assert (await call(server, "echo")).text == "{}"


async def test_a_server_that_ends_at_the_question_for_its_kind_is_asked_in_the_older_way(faults_of: Faults):
    server = faults_of("exits-on-discover")
    assert (await call(server, "echo")).text == "{}"
    await server.close()
    again = faults_of("exits-on-discover")
    assert (await call(again, "echo")).text == "{}"
    assert faults_of.lines.count("server/discover") == 1, "its kind is remembered"


async def test_a_server_that_ignores_the_question_for_its_kind_waits_ten_seconds_once(
    faults_of: Faults, monkeypatch
):
    import mcp.client.session as session

    monkeypatch.setattr(session, "DISCOVER_TIMEOUT_SECONDS", 0.2)
    for _ in range(2):
        server = faults_of("ignores-discover")
        assert (await call(server, "echo")).text == "{}"
        await server.close()
    assert faults_of.lines.count("server/discover") == 1


async def test_a_stubborn_server_and_its_children_are_ended_in_time(faults_of: Faults):
    server = faults_of("stubborn")
    child = int((await call(server, "child")).text)
    assert is_running(child)
    began = time.monotonic()
    await server.close()
    assert time.monotonic() - began < 6
    await until(lambda: not is_running(child) and not is_running(faults_of.pids[0]))


async def test_a_child_that_stays_is_ended_with_its_server(faults_of: Faults):
    server = faults_of()
    child = int((await call(server, "child")).text)
    await server.close()
    await until(lambda: not is_running(child))


async def test_a_server_is_ended_while_it_starts(faults_of: Faults):
    server = faults_of("slow-start")
    starting = asyncio.create_task(server.start())
    await until(lambda: bool(faults_of.pids))
    await server.close()
    with pytest.raises(McpError, match="was ended"):
        await starting
    await until(lambda: not is_running(faults_of.pids[0]))


async def test_who_waits_for_a_server_that_is_started_anew_waits_on(faults_of: Faults):
    server = faults_of("slow-start-once")
    using = asyncio.create_task(server.tools())
    await until(lambda: bool(faults_of.pids))
    await server.restart()
    assert await using
    assert server.status.state is State.READY
    assert len(faults_of.pids) == 2


async def test_a_server_that_was_never_started_is_started_by_that(faults_of: Faults):
    server = faults_of()
    await asyncio.gather(server.restart(), server.restart())
    assert server.status.state is State.READY


async def test_the_exit_code_of_a_server_that_we_ended_is_not_told_as_its_own(faults_of: Faults):
    server = faults_of("closes-stdout-and-stays")
    with pytest.raises(McpError) as told:
        await server.start()
    assert "exit code" not in str(told.value) and "ended" in str(told.value)


async def test_a_program_is_ended_even_where_who_ends_it_is_cut_short_twice(tmp_path: Path):
    from tests.tools.mcp.conftest import FAULTS
    from tui.tools.mcp.left_behind import Running
    from tui.tools.mcp.link import Program
    from tui.tools.mcp.stdio import stdio
    from tui.tools.mcp.watch import Watch

    log, watch, begun = tmp_path / "received.log", Watch(), asyncio.Event()
    program = Program(sys.executable, [str(FAULTS), str(log), "stubborn"], dict(os.environ))

    async def own() -> None:
        async with stdio(program, watch, Running(tmp_path / "running"), SHORT):
            begun.set()
            await asyncio.Event().wait()

    owner = asyncio.create_task(own())
    await begun.wait()
    await until(log.exists)  # it has begun to be stubborn, or is about to
    for _ in range(2):
        owner.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    await asyncio.wait({owner})
    await until(lambda: watch.code is not None and not list((tmp_path / "running").iterdir()))
    assert not is_running(watch.pid or 0)


async def test_two_uses_at_once_start_it_once(faults_of: Faults):
    server = faults_of()
    await asyncio.gather(server.tools(), server.tools(), call(server, "echo"))
    assert len(faults_of.pids) == 1


async def test_cutting_a_start_short_leaves_it_for_the_next_use(faults_of: Faults):
    server = faults_of()
    using = asyncio.create_task(server.tools())
    await until(lambda: server.status.state is State.STARTING)
    using.cancel()
    await asyncio.wait({using})
    assert (await call(server, "echo")).text == "{}"
    assert len(faults_of.pids) == 1


# --- time ------------------------------------------------------------------------------------------------


async def test_a_call_that_says_nothing_is_told_to_stop(faults_of: Faults):
    server = faults_of(settings=McpConfig(timeout=2.0))
    outcome = await call(server, "hang")
    assert outcome.is_error and "said nothing for 2 s" in outcome.text
    await until(lambda: "notifications/cancelled" in faults_of.lines)
    assert (await call(server, "echo")).text == "{}", "the session lives on"


async def test_progress_lets_a_call_take_longer(faults_of: Faults):
    steps: list[Step] = []
    server = faults_of(settings=McpConfig(timeout=2.0))
    await server.start()
    outcome = await server.call("progress", {"pause": 0.3}, steps.append)
    assert outcome.text == "done at last"
    assert steps[3] == Step("step 3\u241b", 3.0, 10.0)


async def test_progress_does_not_let_a_call_go_on_for_ever(faults_of: Faults):
    server = faults_of(durations=replace(SHORT, whole=0.4))
    outcome = await call(server, "progress")
    assert "was not done within 0.4 s" in outcome.text


async def test_a_call_that_is_cut_short_ends_at_once_and_is_told_to_stop(faults_of: Faults):
    server = faults_of()
    await server.start()
    calling = asyncio.create_task(call(server, "hang"))
    await until(lambda: "tools/call" in faults_of.lines)
    began = time.monotonic()
    calling.cancel()
    await asyncio.wait({calling})
    assert calling.cancelled() and time.monotonic() - began < 0.1 * 10  # a machine at work is no failure
    await until(lambda: "notifications/cancelled" in faults_of.lines)
    assert (await call(server, "echo")).text == "{}"
    assert len(faults_of.pids) == 1


# --- asking the person -----------------------------------------------------------------------------------


async def test_a_form_is_asked_of_the_person_with_the_server_named(faults_of: Faults):
    person = Teller(Answer(Action.ACCEPT, {"name": "Ann", "age": 7.0, "colour": "g", "sure": True}))
    server = faults_of(person=person)
    outcome = await call(server, "form")
    assert json.loads(outcome.text) == {
        "action": "accept",
        "content": {"name": "Ann", "age": 7, "colour": "g", "sure": True},
    }
    [form] = person.questions
    assert (form.server, form.message) == ("notes", "Who are \u241b[31myou?")
    assert [(entry.kind, entry.required) for entry in form.entries] == [
        (Kind.TEXT, True),
        (Kind.WHOLE, False),
        (Kind.ONE, False),
        (Kind.YES_NO, False),
    ]
    assert form.entries[2].read("green") == "g"
    with pytest.raises(ValueError, match="at least 2 characters"):
        form.entries[0].read("A")


@pytest.mark.parametrize("action", [Action.DECLINE, Action.CANCEL])
async def test_what_the_person_does_not_want_to_say_is_not_said(faults_of: Faults, action: Action):
    outcome = await call(faults_of(person=Teller(Answer(action, {"name": "Ann"}))), "form")
    assert json.loads(outcome.text) == {"action": action.value}


async def test_without_a_person_nobody_is_asked(faults_of: Faults):
    outcome = await call(faults_of(), "form")
    assert "not supported" in outcome.text


async def test_a_call_waits_for_the_answer_of_a_dialog(faults_of: Faults):
    answered = asyncio.Event()

    class Slow(Teller):
        async def fill(self, form):
            self.questions.append(form)
            await answered.wait()
            return Answer(Action.ACCEPT, {"name": "Ann"})

    person = Slow()
    server = faults_of(person=person)
    await server.start()
    calling = asyncio.create_task(call(server, "form"))
    await until(lambda: bool(person.questions))
    assert not calling.done()
    answered.set()
    assert "Ann" in (await calling).text


async def test_a_dialog_that_nobody_waits_for_is_closed(faults_of: Faults):
    closed = asyncio.Event()

    class Slow(Teller):
        async def fill(self, form):
            self.questions.append(form)
            try:
                await asyncio.Event().wait()
            finally:
                closed.set()
            return Answer(Action.CANCEL)

    person = Slow()
    server = faults_of(person=person)
    await server.start()
    calling = asyncio.create_task(call(server, "form"))
    await until(lambda: bool(person.questions))
    calling.cancel()
    async with asyncio.timeout(PATIENCE):
        await closed.wait()


async def test_an_address_is_shown_whole_and_opened_by_nobody_else(faults_of: Faults):
    person = Teller(Answer(Action.ACCEPT))
    server = faults_of(person=person)
    assert json.loads((await call(server, "visit")).text) == {"action": "accept"}
    assert person.questions == [Visit("notes", "Open this", "https://example.com/consent")]


async def test_a_question_says_in_which_conversations_calls_wait_for_the_server(faults_of: Faults):
    asked, answered = asyncio.Event(), asyncio.Event()

    class Slow(Teller):
        async def fill(self, form):
            self.questions.append(form)
            asked.set()
            await answered.wait()
            return Answer(Action.DECLINE)

    async def calling(place: int | None, tool: str) -> None:
        with called_by(place):
            await call(server, tool)

    server = faults_of(person=Slow())
    with called_by(3):
        await server.start()  # who started it has nothing to do with who calls it now
    first = asyncio.create_task(calling(7, "form"))
    await asyncio.wait_for(asked.wait(), PATIENCE)
    second = asyncio.create_task(calling(8, "form"))
    await until(lambda: len(server._with.person.questions) == 2)
    answered.set()
    await asyncio.gather(first, second)
    one, two = server._with.person.questions
    assert one.conversations == {7} and two.conversations == {7, 8}


async def test_a_server_that_was_asked_for_nothing_has_nothing_to_ask(faults_of: Faults):
    person = Teller(Answer(Action.ACCEPT))
    server = faults_of("asks-unasked", person=person)
    await server.start()
    await until(lambda: 'answered {"action": "decline"}' in faults_of.lines)
    assert not person.questions


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "https://bank.example@evil.test/"]
)
async def test_an_address_that_must_not_be_opened_is_not_even_shown(faults_of: Faults, url: str):
    person = Teller(Answer(Action.ACCEPT))
    outcome = await call(faults_of(person=person), "visit", url=url)
    assert json.loads(outcome.text) == {"action": "decline"}
    assert not person.questions


async def test_a_call_that_needs_an_address_opened_first_is_made_again_after_it(faults_of: Faults):
    person = Teller(Answer(Action.ACCEPT))
    assert (await call(faults_of(person=person), "visit-needed")).text == "welcome"
    assert [visit.url for visit in person.questions] == ["https://example.com/c"]
    declined = await call(faults_of(name="other", person=Teller(Answer(Action.DECLINE))), "visit-needed")
    assert declined.is_error and "open it first" in declined.text


# --- changes ---------------------------------------------------------------------------------------------


async def test_a_list_that_changes_in_mid_reply_is_another_one_in_the_next(faults_of: Faults):
    server = faults_of("changed")
    before = [tool.spec.name for tool in await server.tools()]
    await call(server, "echo")
    after = [tool.spec.name for tool in await server.tools()]
    assert "new" not in before and after == [*before, "new"]


async def test_two_thousand_changes_are_told_once_and_cost_one_list(faults_of: Faults):
    told: list[State] = []
    server = faults_of("changes", changed=lambda server: told.append(server.status.state))
    await server.tools()
    await call(server, "echo")
    await server.tools()
    await server.tools()
    assert faults_of.lines.count("tools/list") <= 2
    assert len(told) <= 6


# --- left behind -----------------------------------------------------------------------------------------


KILLED = """
import asyncio, os, signal, ssl, sys
from pathlib import Path
from tui.config import McpConfig
from tui.paths import Paths
from tui.tools.mcp.network import Network
from tui.tools.mcp.servers import McpServers

async def main():
    base = Path(sys.argv[1])
    paths = Paths(base / "config", base / "data", base / "cache", base / "log")
    network = Network(lambda url: None, ssl.create_default_context, lambda url: True)
    settings = {"notes": McpConfig(command=sys.executable, args=tuple(sys.argv[2:]))}
    server = McpServers(settings, paths, network, lambda name: None).servers["notes"]
    await server.start()
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_a_server_that_a_killed_program_left_is_ended_at_the_next_start(
    faults_of: Faults, paths: Paths
):
    from tests.tools.mcp.conftest import FAULTS

    arguments = [str(paths.config.parent), str(FAULTS), str(faults_of.log), "stubborn"]
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, *arguments)
    await killed.wait()
    [left] = faults_of.pids
    assert is_running(left)
    server = faults_of()
    await server.start()
    await until(lambda: not is_running(left))
    assert is_running(server.status.pid or 0)
    assert [file.stem for file in (paths.data / "mcp").iterdir()] == [str(server.status.pid)]


async def test_a_process_that_only_has_the_number_of_one_left_behind_is_left_alone(paths: Paths):
    from tui.tools.mcp.left_behind import Running

    running = Running(paths.data / "mcp")
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE, start_new_session=True
    )
    record = {"begun": "long ago", "owner": 1 << 22, "owner_begun": "longer ago", "program": "x"}
    paths.data.mkdir(parents=True)
    (paths.data / "mcp").mkdir()
    (paths.data / "mcp" / f"{other.pid}.json").write_text(json.dumps(record))
    assert running.end_orphans() == 0
    assert is_running(other.pid)
    assert not list((paths.data / "mcp").iterdir())
    await other.communicate(b"\n")


async def test_the_servers_of_a_program_that_runs_are_left_alone(faults_of: Faults, paths: Paths):
    from tui.tools.mcp.left_behind import Running

    server = faults_of()
    await server.start()
    assert Running(paths.data / "mcp").end_orphans() == 0
    assert (await server.call("echo", {}, ignore)).text == "{}"
    assert os.getpid() != server.status.pid
