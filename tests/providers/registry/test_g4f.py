"""The bridge to gpt4free, against a package of the same shape: no network, and nothing of the real one."""

from __future__ import annotations

import importlib.machinery
import logging
import sys
import textwrap
import threading
from contextlib import aclosing
from pathlib import Path

import pytest

from tui.chat.chunks import Finish, FinishReason, Image, Notice, Reasoning, Source, Sources, Usage
from tui.errors import ErrorKind, ProviderError
from tui.providers import g4f

MESSAGES = [{"role": "user", "content": "hello"}]

PACKAGE = """
class ProviderLoader:
    names = [
        "Plain",
        "Relayed",
        "G4FSpace",
        "PollinationsImage",
        "Stopped",
    ]
    extra = [
        "Extra",
        "NeverWritten",
    ]

    @classmethod
    def from_name(cls, name):
        from . import classes
        if name not in vars(classes):
            raise ImportError(f"Provider not found: {name}")
        return getattr(classes, name)

raise_on_touch = property(lambda self: 1 / 0)
"""

CLASSES = """
import threading, time

class ResponseType: pass
class HiddenResponse(ResponseType): pass
class Reasoning(ResponseType):
    def __init__(self, token=None, status=None): self.token, self.status = token, status
class FinishReason(HiddenResponse):
    def __init__(self, reason): self.reason = reason
class Usage(HiddenResponse):
    def __init__(self, **counts): self.__dict__ = counts
class Sources(ResponseType):
    def __init__(self, list): self.list = list
class MediaResponse(ResponseType):
    def __init__(self, urls, alt): self.urls, self.alt = urls, alt
    def get_list(self): return [self.urls] if isinstance(self.urls, str) else self.urls
class ImageResponse(MediaResponse): pass
class ImagePreview(HiddenResponse, ImageResponse): pass
class JsonResponse(ResponseType): pass
class RateLimitError(Exception): pass

class OpenaiTemplate:
    needs_auth = False

asked = []
closed = threading.Event()

class Plain:
    url = "https://plain.example"
    api_endpoint = "https://api.plain.example/chat"
    working = True
    default_model = "small"
    models = {"small": {}, "big": {}}
    model_aliases = {"s": "small", "any": ["small", "big"]}
    script = ["Hel", "lo"]

    @classmethod
    async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
        print("a line that belongs nowhere")
        thread = threading.current_thread()
        asked.append(dict(kwargs, model=model, messages=messages, proxy=proxy, thread=thread))
        try:
            for item in cls.script:
                if isinstance(item, BaseException):
                    raise item
                yield item
        finally:
            closed.set()

class Endless(Plain):
    sent = 0

    @classmethod
    async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
        try:
            while True:
                cls.sent += 1
                yield "x"
        finally:
            closed.set()

class Blocking(Plain):
    release = threading.Event()

    @classmethod
    async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
        cls.release.wait(10)
        yield "late"

class Relayed(OpenaiTemplate, Plain):
    api_endpoint = None
    base_url = "https://api.vendor.example/v1"
    backup_url = "https://g4f.space/api/vendor"
    models = []
    default_model = ""

class Stopped(Plain):
    working = False

class Extra(Plain):
    needs_auth = True
    label = "Extra \\x1b[31m"
"""


@pytest.fixture
def classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The module with the classes of the package; importing it is the test's own doing."""
    site = tmp_path / "fake"
    provider = site / "g4f" / "Provider"
    provider.mkdir(parents=True)
    (site / "g4f" / "__init__.py").write_text("")
    (provider / "__init__.py").write_text(PACKAGE)
    (provider / "classes.py").write_text(textwrap.dedent(CLASSES))
    (provider / "Extra.py").write_text("")
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "g4f"}
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(g4f, "_named", set())

    def load():
        import importlib

        return importlib.import_module("g4f.Provider.classes")

    yield load
    for name in [name for name in sys.modules if name.split(".")[0] == "g4f"]:
        del sys.modules[name]
    sys.modules.update(kept)


def bridge(name: str):
    return g4f.Bridged(name).load()


async def chunks(provider, model: str = "small", **kwargs):
    return [chunk async for chunk in provider.create_async_generator(model, MESSAGES, **kwargs)]


class TestNames:
    def test_are_read_without_importing_anything(self, classes):
        names = [source.name for source in g4f.bridged()]
        assert names == ["g4f-plain", "g4f-relayed", "g4f-stopped", "g4f-extra"]
        assert not [name for name in sys.modules if name.split(".")[0] == "g4f"]

    def test_without_the_extra_there_are_none(self, monkeypatch):
        monkeypatch.setattr(g4f, "find_spec", lambda name: None)
        assert list(g4f.bridged()) == []

    def test_of_another_shape_are_none(self, tmp_path, monkeypatch):
        (tmp_path / "Provider").mkdir()
        (tmp_path / "Provider" / "__init__.py").write_text("class SomethingElse: ...")
        spec = importlib.machinery.ModuleSpec("g4f", None, is_package=True)
        spec.submodule_search_locations.append(str(tmp_path))
        monkeypatch.setattr(g4f, "find_spec", lambda name: spec)
        assert list(g4f.bridged()) == []

    def test_are_entries_of_the_registry(self, classes, setup):
        entry = setup.registry().entry("g4f-plain")
        assert (entry.kind, entry.available, entry.host) == ("g4f", True, "")


class TestWhoSees:
    async def test_the_host_is_named_before_the_first_use_and_once(self, classes):
        provider = bridge("Plain")
        assert (await chunks(provider))[0] == Notice("gpt4free sends the conversation to api.plain.example")
        assert "Notice" not in str(await chunks(provider))

    async def test_a_relay_is_named_as_such(self, classes):
        provider = bridge("Relayed")
        assert provider.note == (
            "gpt4free sends the conversation to the relay g4f.space, a third party, "
            "and not to api.vendor.example"
        )
        assert provider.url == "https://g4f.space/api/vendor"

    async def test_with_a_key_of_ones_own_there_is_no_relay(self, classes):
        classes().Relayed.script = ["x", classes().FinishReason("stop")]
        notice, *_ = await chunks(bridge("Relayed"), api_key="sk-0123456789ab")
        assert notice == Notice("gpt4free sends the conversation to api.vendor.example")

    async def test_the_entry_says_it_once_it_is_loaded(self, classes, setup):
        registry = setup.registry()
        registry.load("g4f-relayed")
        entry = registry.entry("g4f-relayed")
        assert entry.host == "g4f.space"
        assert "a third party" in entry.note

    def test_one_that_does_not_work_says_so(self, classes, setup):
        registry = setup.registry()
        registry.load("g4f-stopped")
        assert registry.entry("g4f-stopped").reason == "gpt4free marks it as not working"

    def test_one_that_needs_a_key_says_so_and_its_label_is_harmless(self, classes, setup):
        registry = setup.registry()
        registry.load("g4f-extra")
        entry = registry.entry("g4f-extra")
        assert entry.reason == "no key: run `segue keys set g4f-extra`"
        assert entry.title == "Extra ␛[31m"


class TestModels:
    async def test_are_those_of_the_class(self, classes, setup):
        catalogue = setup.catalogue()
        await catalogue.refresh(["g4f-plain", "g4f-relayed"])
        ids = [m.id for m in catalogue.models() if m.provider.startswith("g4f-")]
        assert ids == ["g4f-plain/small", "g4f-plain/big", "g4f-relayed/default"]

    async def test_an_alias_is_resolved_unless_it_is_left_to_chance(self, classes):
        provider = bridge("Plain")
        assert provider.get_model("s") == "small"
        with pytest.raises(ProviderError):
            provider.get_model("any")

    async def test_where_none_is_known_the_provider_chooses(self, classes):
        classes().Relayed.script = ["x", classes().FinishReason("stop")]
        provider = bridge("Relayed")
        await chunks(provider, provider.get_model(""))
        assert classes().asked[-1]["model"] == ""


class TestStream:
    async def test_text_comes_through_from_another_thread(self, classes):
        assert (await chunks(bridge("Plain"), proxy="http://proxy:1", temperature=0.5))[1:] == ["Hel", "lo"]
        [asked] = classes().asked
        assert asked["thread"] is not threading.current_thread()
        assert (asked["model"], asked["messages"], asked["proxy"]) == ("small", MESSAGES, "http://proxy:1")
        assert (asked["stream"], asked["temperature"]) == (True, 0.5)

    async def test_files_that_are_text_go_as_text_and_the_others_are_named(self, classes):
        note = {"filename": "a.txt", "file_data": "data:text/plain;base64,aGk="}
        content = [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
            {"type": "file", "file": note},
            {"type": "text", "text": "Look"},
        ]
        messages = [{"role": "user", "content": content}]
        stream = bridge("Plain").create_async_generator("small", messages)
        _, notice, *texts = [chunk async for chunk in stream]
        assert notice == Notice("gpt4free gets only text from here; left out: an image")
        assert texts == ["Hel", "lo"]
        [asked] = classes().asked
        assert asked["messages"] == [{"role": "user", "content": "a.txt:\n```\nhi\n```\nLook"}]

    async def test_odd_values_of_theirs_cost_only_themselves(self, classes):
        theirs = classes()
        theirs.Plain.script = [
            "Hel",
            theirs.Reasoning(5),
            theirs.Sources([5, {"title": "A"}, {"url": "https://b", "title": 5}]),
            theirs.Usage(prompt_tokens="3", completion_tokens={}, total_tokens=5),
            "lo",
            theirs.FinishReason(["length"]),
        ]
        assert (await chunks(bridge("Plain")))[1:] == [
            "Hel",
            Sources((Source("https://b"),)),
            Usage(3),
            "lo",
            Finish(FinishReason.STOP),
        ]

    async def test_every_chunk_of_ours_and_none_of_theirs(self, classes):
        theirs = classes()
        theirs.Plain.script = [
            theirs.JsonResponse(),
            theirs.Reasoning("hm"),
            theirs.Reasoning(status="thinking"),
            "text",
            theirs.Sources([{"url": "https://a", "title": "A"}, {"url": "https://b", "name": "B"}]),
            theirs.ImageResponse(["https://i/1", "https://i/2"], "two"),
            theirs.ImagePreview("https://i/3", "preview"),
            theirs.FinishReason("length"),
            theirs.Usage(prompt_tokens=3, completion_tokens=2, total_tokens=5),
        ]
        assert (await chunks(bridge("Plain")))[1:] == [
            Reasoning("hm"),
            "text",
            Sources((Source("https://a", "A"), Source("https://b", "B"))),
            Image("https://i/1", "two"),
            Image("https://i/2", "two"),
            Finish(FinishReason.LENGTH),
            Usage(3, 2),
        ]

    async def test_one_with_an_end_mark_that_ends_without_it_was_cut(self, classes):
        classes().Relayed.script = ["half"]
        with pytest.raises(ProviderError, match="without its end mark") as caught:
            await chunks(bridge("Relayed"))
        assert caught.value.kind is ErrorKind.LOST

    async def test_its_own_errors_are_ours(self, classes):
        classes().Plain.script = ["some", classes().RateLimitError("slow \x1b down, Bearer abcdefgh12345678")]
        with pytest.raises(ProviderError) as caught:
            await chunks(bridge("Plain"))
        assert caught.value.kind is ErrorKind.RATE_LIMIT
        assert caught.value.message == "gpt4free: slow ␛ down, Bearer •••"

    async def test_any_other_error_stays_what_it_is(self, classes):
        classes().Plain.script = [ConnectionResetError("gone")]
        with pytest.raises(ConnectionResetError):
            await chunks(bridge("Plain"))

    async def test_one_that_wants_to_exit_ends_only_itself(self, classes):
        classes().Plain.script = [SystemExit("bye")]
        with pytest.raises(RuntimeError, match="it wanted to exit: bye"):
            await chunks(bridge("Plain"))

    async def test_stopping_ends_it_there(self, classes):
        async with aclosing(bridge("Endless").create_async_generator("small", MESSAGES)) as stream:
            async for chunk in stream:
                if chunk == "x":
                    break
        assert classes().closed.wait(10)

    async def test_it_never_runs_far_ahead_of_the_reader(self, classes):
        async with aclosing(bridge("Endless").create_async_generator("small", MESSAGES)) as stream:
            await anext(stream)
            await anext(stream)
            for _ in range(500):
                await anext(stream)
            assert classes().Endless.sent <= 501 + 64 + 2

    async def test_one_that_blocks_its_loop_blocks_nobody_here(self, classes):
        import asyncio

        blocking = classes().Blocking
        task = asyncio.create_task(chunks(bridge("Blocking")))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        blocking.release.set()

    async def test_what_it_prints_and_logs_stays_off_the_screen(self, classes, capfd):
        logging.getLogger("g4f").addHandler(logging.StreamHandler())
        await chunks(bridge("Plain"))
        logging.getLogger("g4f").error("loud")
        assert capfd.readouterr() == ("", "")


def test_one_that_is_not_there_is_reported(classes, setup):
    classes()
    with pytest.raises(
        ProviderError, match="gpt4free's Gone is broken: ImportError: Provider not found: Gone"
    ):
        bridge("Gone")
