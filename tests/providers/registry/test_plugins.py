"""Providers from outside: files of the person, packages with an entry point; broken ones harm nothing."""

from __future__ import annotations

import sys

import pytest

from tui.chat.model import ModelInfo
from tui.errors import ErrorKind, ProviderError
from tui.providers.base import ProviderModelMixin
from tui.providers.health import State

ECHO = """
    from tui.providers.base import AsyncGeneratorProvider, ProviderModelMixin

    class Echo(AsyncGeneratorProvider, ProviderModelMixin):
        url = "https://echo.example"
        default_model = "loud"
        models = ["loud", "quiet"]
        model_aliases = {"big": "loud"}

        @classmethod
        async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
            yield f"{model}: {messages[-1]['content']}"
"""
MESSAGES = [{"role": "user", "content": "hello"}]


async def said(target) -> str:
    return "".join([chunk async for chunk in target.stream(MESSAGES, {})])


class TestDropIn:
    async def test_in_the_seeds_shape_is_a_provider(self, setup):
        setup.drop_in("echo", ECHO)
        registry = setup.registry()
        target = await registry.target("echo/big")
        assert target.model_id == "echo/loud"
        assert await said(target) == "loud: hello"
        entry = registry.entry("echo")
        assert (entry.kind, entry.host, entry.default_model) == ("drop-in", "echo.example", "loud")
        assert entry.note.endswith("echo.py")

    def test_is_known_by_name_and_runs_only_when_it_is_needed(self, setup, tmp_path):
        mark = tmp_path / "ran"
        setup.drop_in("noisy", f"open({str(mark)!r}, 'w')\n")
        registry = setup.registry()
        assert registry.entry("noisy").available
        assert not registry.loaded("noisy")
        assert not mark.exists()

    def test_files_with_an_underscore_are_helpers(self, setup):
        setup.drop_in("_shared", "1/0")
        setup.drop_in("echo", ECHO)
        assert [e.name for e in setup.registry().providers() if e.kind == "drop-in"] == ["echo"]

    async def test_without_the_mixin_gets_one(self, setup):
        setup.drop_in(
            "plain",
            """
            class Plain:
                url = "https://plain.example"

                @classmethod
                async def create_async_generator(cls, model, messages, proxy=None, **kwargs):
                    yield model
            """,
        )
        registry = setup.registry()
        assert issubclass(registry.load("plain"), ProviderModelMixin)
        assert await said(await registry.target("plain/anything")) == "anything"

    async def test_asks_for_its_key(self, setup, monkeypatch):
        monkeypatch.delenv("ECHO_KEY", raising=False)
        keyed = ECHO.replace(
            "url =", 'needs_auth = True\n        key_variables = ("ECHO_KEY",)\n        url ='
        )
        setup.drop_in("echo", keyed)
        registry = setup.registry()
        registry.load("echo")
        assert "set ECHO_KEY" in registry.entry("echo").reason
        monkeypatch.setenv("ECHO_KEY", "sk-echo-0123456789")
        assert (await registry.target("echo")).key.last4 == "6789"

    async def test_can_be_pointed_elsewhere_by_the_config(self, setup):
        setup.drop_in("echo", ECHO)
        setup.config('[providers.echo]\nurl = "http://127.0.0.1:9000"\nmodels = ["own"]')
        registry = setup.registry()
        assert registry.load("echo").url == "http://127.0.0.1:9000"
        assert (await registry.target("echo")).model == "own"

    def test_that_does_not_work_says_so(self, setup):
        setup.drop_in("echo", ECHO.replace("url =", 'working = False\n        note = "gone"\n        url ='))
        registry = setup.registry()
        registry.load("echo")
        assert (registry.entry("echo").available, registry.entry("echo").reason) == (False, "gone")

    def test_of_several_providers_the_one_named_like_the_file_counts(self, setup):
        setup.drop_in("echo", ECHO + ECHO.replace("class Echo", "class Other"))
        assert setup.registry().load("echo").__name__ == "Echo"

    def test_may_not_take_the_name_of_a_built_in_one(self, setup):
        """Otherwise it would be given that one's key."""
        file = setup.drop_in("openai", ECHO)
        registry = setup.registry()
        assert registry.entry("openai").kind == "built-in"
        [problem] = registry.problems
        assert str(problem) == f"{file}: there is already a provider openai. Give it another name."

    @pytest.mark.parametrize(("stem", "name"), [("My Bot", "my-bot"), ("a/b".replace("/", "\x1b"), "a-b")])
    def test_its_name_is_fit_for_a_model_id(self, setup, stem, name):
        setup.drop_in(stem, ECHO)
        assert setup.registry().entry(name).kind == "drop-in"


BROKEN = {
    "syntax": ("def (", "SyntaxError"),
    "import": (
        "import no_such_module_at_all",
        "ModuleNotFoundError: No module named 'no_such_module_at_all'",
    ),
    "exit": ("raise SystemExit('bye')", "SystemExit: bye"),
    "nothing in it": ("x = 1", "one class with create_async_generator is expected, and there is: none"),
    "hostile text": (
        "raise ValueError('\\x1b]52;c;aGk=\\x07 [/red] \\n two')",
        "ValueError: ␛]52;c;aGk=␇ [/red] two",
    ),
    "a key in the error": ("raise ValueError('Bearer abcdefgh12345678')", "ValueError: Bearer •••"),
    "bad attribute": (ECHO.replace('models = ["loud", "quiet"]', "models = 3"), "TypeError"),
}


@pytest.mark.parametrize(("code", "reason"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_file_is_reported_and_harms_nothing(setup, code, reason):
    setup.drop_in("broken", code)
    setup.drop_in("echo", ECHO)
    registry = setup.registry()
    catalogue = setup.catalogue(registry)
    await catalogue.refresh(["broken", "echo"])
    entry = registry.entry("broken")
    assert not entry.available
    assert reason in entry.reason
    assert "\x1b" not in entry.reason and "\n" not in entry.reason
    assert entry.health.state is State.NOT_WORKING
    assert "broken" in catalogue.problems
    assert [model.id for model in catalogue.models() if model.provider == "echo"] == [
        "echo/loud",
        "echo/quiet",
    ]
    with pytest.raises(ProviderError):
        await registry.target("broken/x")


@pytest.mark.parametrize("code", ["x = 1\ny = 1 / 0\n", "x = 1\ny = (\n"], ids=["at work", "syntax"])
def test_the_hint_names_file_and_line(setup, code):
    file = setup.drop_in("broken", code)
    with pytest.raises(ProviderError) as caught:
        setup.registry().load("broken")
    assert caught.value.kind is ErrorKind.INTERNAL
    assert caught.value.hint == f"It happened in {file}, line 2."


def test_a_folder_that_can_not_be_read_is_a_problem_and_no_more(setup):
    folder = setup.paths.config / "providers"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file in its place")
    registry = setup.registry()
    assert registry.entry("openai").kind == "built-in"
    [problem] = registry.problems
    assert str(problem).startswith(f"{folder}: cannot be read: ")


def test_a_broken_file_leaves_no_module_behind(setup):
    setup.drop_in("broken", "1 / 0")
    with pytest.raises(ProviderError):
        setup.registry().load("broken")
    assert "segue_drop_in_broken" not in sys.modules


async def test_one_that_breaks_later_is_noticed_in_the_next_run(setup):
    """A stored list does not hide it: providers from outside are loaded once in every run."""
    setup.drop_in("echo", ECHO)
    await setup.catalogue().refresh(["echo"])
    setup.drop_in("echo", "1 / 0")
    registry = setup.registry()
    catalogue = setup.catalogue(registry)
    assert "echo" in catalogue.stale()
    await catalogue.refresh(["echo"])
    assert "ZeroDivisionError" in registry.entry("echo").reason
    assert "echo" not in catalogue.stale()


async def test_a_list_of_models_that_fails_is_that_providers_problem(setup):
    failing = (
        ECHO
        + """
        @classmethod
        async def discover_models(cls, **kwargs):
            raise KeyError("data")
    """
    )
    setup.drop_in("echo", failing)
    catalogue = setup.catalogue()
    await catalogue.refresh(["echo"])
    assert "KeyError: 'data'" in str(catalogue.problems["echo"])


class TestPackage:
    async def test_with_an_entry_point_is_a_provider(self, setup, install):
        install("segue_echo", "echo = segue_echo:Echo", ECHO)
        registry = setup.registry()
        entry = registry.entry("echo")
        assert (entry.kind, entry.note) == ("plugin", "from the package segue_echo")
        assert "segue_echo" not in sys.modules
        assert await said(await registry.target("echo/quiet")) == "quiet: hello"

    @pytest.mark.parametrize(
        ("point", "reason"),
        [
            ("gone = segue_gone:Missing", "AttributeError"),
            ("gone = segue_nowhere:Echo", "ModuleNotFoundError"),
            ("gone = segue_gone:NOT_A_CLASS", "it is not a class with create_async_generator"),
        ],
    )
    def test_that_is_broken_is_reported(self, setup, install, point, reason):
        install("segue_gone", point, "NOT_A_CLASS = 1")
        registry = setup.registry()
        with pytest.raises(ProviderError, match="the package segue_gone is broken"):
            registry.load("gone")
        assert reason in registry.entry("gone").reason


async def test_models_of_any_kind_that_it_lists_do_no_harm(setup):
    setup.drop_in(
        "odd",
        """
        from tui.chat.model import ModelInfo

        class Odd:
            default_model, models, label, note = 5, ["a", 7, None], ["x"], {}

            @classmethod
            async def discover_models(cls, **kwargs):
                return [None, 5, "bare", {"id": "row", "context": 9}, ModelInfo(7),
                        ModelInfo("own", context="200k", input_price=float("nan"), vision="yes")]

            @classmethod
            async def create_async_generator(cls, model, messages, **kwargs):
                yield "Hi"
        """,
    )
    registry = setup.registry()
    assert await registry.discover("odd") == [ModelInfo("bare"), ModelInfo("row", 9), ModelInfo("own")]
    catalogue = setup.catalogue(registry)
    await catalogue.refresh(["odd"])
    assert [model.id for model in catalogue.models() if model.provider == "odd"] == [
        "odd/bare",
        "odd/row",
        "odd/own",
    ]
