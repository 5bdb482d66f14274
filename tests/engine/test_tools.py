"""Which tools a conversation has, what is asked for them, and the search of vendors."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.engine.conftest import DONE, FakeSource, FakeTool, Scripted, WithTools
from tui.config import Config, McpConfig, ToolsConfig
from tui.credentials import Credentials
from tui.engine.tool_sources import sources, use_tools, used
from tui.engine.tools import SEARCH, Tools, turned
from tui.errors import SegueError, UsageError
from tui.history.sqlite.history import open_history
from tui.paths import Paths
from tui.providers.base import Search
from tui.tools.approval import Approvals, Decision, Question
from tui.tools.tool import ToolSpec


class Searching(Scripted):
    """A vendor that searches."""

    @staticmethod
    def search(model: str) -> Search:
        return Search(10.0)


class Waits:
    """Answers once a test lets it, conversation by conversation."""

    def __init__(self) -> None:
        self.asked: list[Question] = []
        self.may: dict[int, asyncio.Event] = {}
        self.both = asyncio.Event()

    async def ask(self, question: Question) -> Decision:
        self.asked.append(question)
        if len(self.asked) == 2:
            self.both.set()
        await self.may.setdefault(question.conversation, asyncio.Event()).wait()
        return Decision.ALWAYS


async def said(world: Any, conversation: Any) -> Any:
    reply = await world.engine.send(conversation, "What is new?")
    return await reply.run(world.events.append)


async def test_a_question_that_waits_in_one_conversation_keeps_no_other_waiting() -> None:
    store = await open_history(None)
    approvals, asker = Approvals(store), Waits()
    tools = [FakeTool(ToolSpec("fs", name)) for name in ("read", "write")]

    async def decide(tool: FakeTool, conversation: int) -> Decision:
        return await approvals.decide(tool, {}, conversation=conversation, asker=asker)

    first, second = (asyncio.create_task(decide(tool, place)) for place, tool in enumerate(tools, 1))
    await asyncio.wait_for(asker.both.wait(), 30)
    assert [one.conversation for one in asker.asked] == [1, 2]
    asker.may[2].set()
    assert await second is Decision.ALWAYS and not first.done()
    asker.may[1].set()
    assert await first is Decision.ALWAYS
    assert {one.name for one in await approvals.kept()} == {"read", "write"}
    await store.close()


async def test_a_vendor_searches_where_the_conversation_says_so(make_world: Any) -> None:
    world = await make_world()
    world.provider = Searching()
    conversation = await world.store.create_conversation(model="lab/one")
    await said(world, conversation)
    conversation.tools = turned(conversation.tools, SEARCH, True)
    await said(world, conversation)
    assert ["search" in kwargs for *_, kwargs in world.provider.requests] == [False, True]


async def test_search_turns_no_tool_on_and_who_can_t_search_answers_without(make_world: Any) -> None:
    world = await make_world()
    world.provider = WithTools()
    world.engine.tools = Tools(lambda: [FakeSource("fs", [FakeTool(ToolSpec("fs", "read"))])])
    conversation = await world.store.create_conversation(model="lab/one")
    conversation.tools = turned((), SEARCH, True)
    world.script("Known.", DONE)
    message = await said(world, conversation)
    [(*_, kwargs)] = world.provider.requests
    assert "search" not in kwargs and "tools" not in kwargs
    assert message.notices == ("lab/one has no search of the web: it answers without",)
    assert world.engine.tools.on(conversation) == frozenset()


@pytest.mark.parametrize(
    ("tools", "allowed", "words"),
    [
        (["fs", "fs__read"], ["fs__write"], ""),
        (["fs__reed"], [], "There is no tool fs__reed. Did you mean fs__read?"),
        ([], ["fs"], "fs is a server, and tools are allowed one by one. It has fs__read, fs__write."),
        (["bad", "bad__anything"], ["bad__other"], ""),
    ],
)
async def test_a_name_that_no_tool_has_is_told(tools: list[str], allowed: list[str], words: str) -> None:
    fs = FakeSource("fs", [FakeTool(ToolSpec("fs", "read")), FakeTool(ToolSpec("fs", "write"))])
    here = Tools(lambda: [fs, FakeSource("bad", [], SegueError("It does not start"))])
    try:
        await here.check_names(tools, allowed)
    except UsageError as error:
        assert str(error) == words
    else:
        assert not words


async def test_a_server_that_is_configured_is_a_source_and_on_and_one_that_is_off_is_neither(
    tmp_path: Any,
) -> None:
    config = Config(mcp={"notes": McpConfig(command="none"), "off": McpConfig(command="none", enabled=False)})
    paths = Paths(*(tmp_path / name for name in ("config", "data", "cache", "log")))
    store = await open_history(None)
    credentials = Credentials(paths, config)
    tools = Tools(lambda: sources(config, paths, store, credentials, tools), store, used(config))
    assert [server.name for server in tools.servers] == ["notes"] and used(config) == ("notes",)
    conversation = await store.create_conversation()
    assert tools.on(conversation) == {"notes"}
    await tools.close()
    await store.close()


async def test_other_settings_bring_their_tools_and_a_server_that_stays_goes_on(tmp_path: Any) -> None:
    stays, far = McpConfig(command="none"), McpConfig(url="https://notes.example")
    before = Config(mcp={"stays": stays, "goes": stays, "other": stays, "far": far})
    paths = Paths(*(tmp_path / name for name in ("config", "data", "cache", "log")))
    store = await open_history(None)
    credentials = Credentials(paths, before)
    tools = Tools(lambda: sources(before, paths, store, credentials, tools), store, used(before))
    was = {server.name: server for server in tools.servers}
    config = Config(
        mcp={"stays": stays, "new": stays, "other": McpConfig(command="else"), "far": far},
        tools=ToolsConfig(use=("web_fetch",)),
        proxy="http://127.0.0.1:3128",
    )
    use_tools(tools, before, config, paths, store, credentials)
    now = {server.name: server for server in tools.servers}
    assert list(now) == ["stays", "new", "other", "far"]
    assert [name for name in now if now[name] is was.get(name)] == ["stays"]
    conversation = await store.create_conversation()
    assert tools.on(conversation) == {"web_fetch", *now}
    await tools.close()
    await store.close()


async def test_a_source_that_is_not_there_any_more_is_ended() -> None:
    goes, stays = FakeSource("goes", [], SegueError("It does not start")), FakeSource("stays", [])
    tools = Tools(lambda: [goes, stays])
    assert await tools.all() == [] and len(tools.problems) == 1
    tools.use(lambda there: [*there[1:], FakeSource("comes", [])])
    await tools.close()
    assert goes.closed and not tools.problems
    assert [source.name for source in tools.sources] == ["stays", "comes"]


async def test_before_their_first_use_other_sources_are_not_made_either() -> None:
    tools = Tools(lambda: [FakeSource("old", [])])
    made: list[str] = []

    def make(there: Any) -> list[FakeSource]:
        made.append("new")
        return [FakeSource("new", [])]

    tools.use(make)
    assert not made
    assert [source.name for source in tools.sources] == ["new"]


class CountingSource(FakeSource):
    """Says how often it was asked for its tools."""

    looks = 0

    async def tools(self) -> list[FakeTool]:
        self.looks += 1
        return await super().tools()


async def with_a_source_that_fails(make_world: Any) -> tuple[Any, CountingSource]:
    world = await make_world()
    world.provider = WithTools()
    source = CountingSource("bad", [], SegueError("bad ended: no token"))
    world.engine.tools = Tools(lambda: [source], use=("bad",))
    return world, source


async def test_a_server_that_can_t_start_is_told_once_in_a_conversation_and_not_tried_by_each_reply(
    make_world: Any,
) -> None:
    world, source = await with_a_source_that_fails(make_world)
    first, second = [await world.store.create_conversation(model="lab/one") for _ in range(2)]
    assert [(await said(world, first)).notices for _ in range(3)] == [("bad ended: no token",), (), ()]
    assert (await said(world, second)).notices == ("bad ended: no token",)
    assert source.looks == 1


async def test_it_is_tried_again_after_a_while_and_told_only_where_it_is_for_another_reason(
    make_world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.tools.LEFT_ALONE", 0.0)
    world, source = await with_a_source_that_fails(make_world)
    conversation = await world.store.create_conversation(model="lab/one")
    assert (await said(world, conversation)).notices and not (await said(world, conversation)).notices
    source.error = SegueError("bad needs a sign-in")
    assert (await said(world, conversation)).notices == ("bad needs a sign-in",)
    assert source.looks == 3


async def test_once_the_person_has_mended_it_it_is_used_at_once_and_a_new_failure_is_told(
    make_world: Any,
) -> None:
    world, source = await with_a_source_that_fails(make_world)
    conversation = await world.store.create_conversation(model="lab/one")
    await said(world, conversation)
    source.error, source.has = None, [FakeTool(ToolSpec("bad", "read"))]
    await world.engine.tools.tools_of(source)
    assert (await said(world, conversation)).notices == ()
    assert "tools" in world.provider.requests[-1][2]
    source.error = SegueError("bad ended: no token")
    assert (await said(world, conversation)).notices == ("bad ended: no token",)
