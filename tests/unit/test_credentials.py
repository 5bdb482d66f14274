"""Where a key comes from: in order key_command, environment, keyring, own file; and how that file is kept."""

from __future__ import annotations

import json
import os
import stat
import sys
import types
from pathlib import Path

import pytest

from tui.config import Config, ProviderConfig
from tui.credentials import Credentials, Secret
from tui.errors import ConfigError
from tui.paths import Paths

VARIABLES = ("LAB_KEY", "LAB_OTHER_KEY")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch):
    for name in (*VARIABLES, "MY_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring of the test's own, also where the real one is installed."""
    kept: dict[str, str] = {}
    module = types.ModuleType("keyring")
    module.get_password = lambda service, name: kept.get(name)  # type: ignore[attr-defined]
    module.__spec__ = types.SimpleNamespace(name="keyring")  # type: ignore[assignment]
    monkeypatch.setitem(sys.modules, "keyring", module)
    return kept


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")


def command(code: str) -> str:
    """A key command that runs a line of Python."""
    return f'"{sys.executable}" -c "{code}"'


def lookup(paths: Paths, settings: ProviderConfig | None = None) -> tuple[str, str] | None:
    config = Config(providers={"lab": settings} if settings else {})
    found = Credentials(paths, config).find("lab", VARIABLES)
    return (found.secret.reveal(), found.source) if found else None


def test_the_order(paths: Paths, keyring, monkeypatch):
    """Each source is put under the ones before it, and wins as soon as it is there."""
    settings = ProviderConfig(key=Secret("from config"))
    assert lookup(paths) is None
    Credentials(paths, Config()).store("lab", Secret("from file"))
    assert lookup(paths) == ("from file", "keys.json")
    assert lookup(paths, settings) == ("from config", "config.toml")
    keyring["lab"] = "from keyring"
    assert lookup(paths, settings) == ("from keyring", "keyring")
    monkeypatch.setenv("LAB_OTHER_KEY", "from second variable")
    assert lookup(paths, settings) == ("from second variable", "LAB_OTHER_KEY")
    monkeypatch.setenv("LAB_KEY", " from variable\n")
    assert lookup(paths, settings) == ("from variable", "LAB_KEY")
    by_command = ProviderConfig(key_command=command("print('from command')"))
    assert lookup(paths, by_command) == ("from command", "key_command")


def test_a_variable_named_in_the_config_replaces_the_usual_ones(paths: Paths, monkeypatch):
    settings = ProviderConfig(key_env="MY_KEY")
    monkeypatch.setenv("LAB_KEY", "usual")
    assert lookup(paths, settings) is None
    monkeypatch.setenv("MY_KEY", "mine")
    assert lookup(paths, settings) == ("mine", "MY_KEY")


def test_a_dotenv_of_the_project_is_never_read(paths: Paths, tmp_path: Path, monkeypatch):
    (tmp_path / ".env").write_text("LAB_KEY=planted\n")
    monkeypatch.chdir(tmp_path)
    assert lookup(paths) is None


def test_known_tells_the_source_at_once_without_running_or_asking_anything(paths: Paths, keyring, tmp_path):
    keyring["lab"] = "from keyring"
    mark = tmp_path / "ran"
    settings = ProviderConfig(key_command=command(f"open(r'{mark}', 'w')"))
    credentials = Credentials(paths, Config(providers={"lab": settings}))
    assert credentials.known("lab") == "key_command"
    assert not mark.exists()
    assert credentials.known("other") is None
    keyring["other"] = "a key"
    assert credentials.known("other") is None, "the keyring may take seconds"
    credentials.find("other")
    assert credentials.known("other") == "keyring", "but what it said is remembered"


def test_a_locked_keyring_is_reported_and_the_next_source_asked(paths: Paths, monkeypatch):
    def locked(service: str, name: str) -> str:
        raise RuntimeError("locked")

    monkeypatch.setattr(sys.modules["keyring"], "get_password", locked)
    credentials = Credentials(paths, Config())
    credentials.store("lab", Secret("from file"))
    assert credentials.find("lab").source == "keys.json"
    assert [str(problem) for problem in credentials.problems] == ["The keyring could not be asked: locked"]


class TestKeyCommand:
    def run(self, paths: Paths, line: str):
        return lookup(paths, ProviderConfig(key_command=line))

    def test_runs_without_a_shell(self, paths: Paths):
        line = command("import sys; print(sys.argv[1])") + " $HOME;ls"
        assert self.run(paths, line) == ("$HOME;ls", "key_command")

    def test_runs_once_in_the_life_of_the_program(self, paths: Paths, tmp_path: Path):
        log = tmp_path / "log.txt"
        line = command(f"open(r'{log}', 'a').write('x'); print('key')")
        credentials = Credentials(paths, Config(providers={"lab": ProviderConfig(key_command=line)}))
        assert credentials.find("lab") == credentials.find("lab")
        assert log.read_text() == "x"

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            (command("import sys; sys.exit('gpg: no card')"), "failed with code 1. gpg: no card"),
            (command("pass"), "printed no key"),
            ("/no/such/program", "could not be run: [Errno 2] No such file or directory: '/no/such/program'"),
            ("pass 'show", "could not be run: No closing quotation"),
        ],
    )
    def test_its_failure_is_said_in_words(self, paths: Paths, line: str, message: str):
        with pytest.raises(ConfigError) as caught:
            self.run(paths, line)
        assert str(caught.value) == f"providers.lab.key_command {message}"

    def test_hears_nothing_of_what_is_typed_or_piped_in(self, paths: Paths):
        """What is typed is for the app, what is piped in for the model."""
        reading, writing = os.pipe()
        os.write(writing, b"a prompt")
        os.close(writing)
        before = os.dup(0)
        os.dup2(reading, 0)
        try:
            found = self.run(paths, command("import sys; print('key' + sys.stdin.read())"))
        finally:
            os.dup2(before, 0)
            os.close(before)
            os.close(reading)
        assert found == ("key", "key_command")

    def test_it_may_not_take_long(self, paths: Paths, monkeypatch):
        monkeypatch.setattr("tui.credentials.COMMAND_SECONDS", 0.2)
        with pytest.raises(ConfigError, match="gave no key within"):
            self.run(paths, command("import time; time.sleep(60)"))

    def test_what_it_says_on_failure_is_redacted_and_harmless(self, paths: Paths):
        line = command("import sys; sys.exit('\\x1b[2J Bearer abcdefghijklmnop')")
        with pytest.raises(ConfigError) as caught:
            self.run(paths, line)
        assert "\x1b" not in str(caught.value)
        assert "abcdefghijklmnop" not in str(caught.value)


class TestKeysFile:
    def test_is_private_whatever_the_umask(self, paths: Paths):
        before = os.umask(0)
        try:
            Credentials(paths, Config()).store("lab", Secret("k"))
        finally:
            os.umask(before)
        file = paths.config / "keys.json"
        if os.name != "nt":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
            assert stat.S_IMODE(paths.config.stat().st_mode) == 0o700
        assert json.loads(file.read_text()) == {"lab": "k"}

    def test_keeps_the_other_keys(self, paths: Paths):
        credentials = Credentials(paths, Config())
        credentials.store("a", Secret("1"))
        credentials.store("b", Secret("2"))
        assert credentials.forget("a") is True
        assert credentials.forget("a") is False
        assert credentials.find("a") is None
        assert credentials.find("b").secret == Secret("2")

    def test_a_write_that_fails_leaves_the_old_file_and_no_other(self, paths: Paths, monkeypatch):
        credentials = Credentials(paths, Config())
        credentials.store("a", Secret("1"))

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space left"):
            credentials.store("a", Secret("2"))
        assert [file.name for file in paths.config.iterdir()] == ["keys.json"]
        assert credentials.find("a").secret == Secret("1")

    @pytest.mark.skipif(os.name == "nt", reason="no modes")
    def test_that_others_can_read_is_reported(self, paths: Paths):
        credentials = Credentials(paths, Config())
        credentials.store("a", Secret("1"))
        assert credentials.problems == []
        (paths.config / "keys.json").chmod(0o644)
        [problem] = credentials.problems
        assert "others can read your keys" in str(problem)
        assert "chmod 600" in str(problem)

    @pytest.mark.parametrize("content", ["{", "[]", '{"a": 1}', "\ud800".encode("utf-8", "surrogatepass")])
    def test_that_is_damaged_is_reported_and_never_overwritten(self, paths: Paths, content):
        paths.config.mkdir()
        file = paths.config / "keys.json"
        raw = content if isinstance(content, bytes) else content.encode()
        file.write_bytes(raw)
        file.chmod(0o600)
        credentials = Credentials(paths, Config())
        assert len(credentials.problems) == 1
        assert credentials.known("a") is None
        with pytest.raises(ConfigError):
            credentials.store("a", Secret("1"))
        assert file.read_bytes() == raw


def test_list_shows_source_and_last_four(paths: Paths, monkeypatch):
    monkeypatch.setenv("LAB_KEY", "sk-0123456789abcd")
    credentials = Credentials(paths, Config())
    credentials.store("other", Secret("sk-0123456789wxyz"))
    found = credentials.list({"lab": VARIABLES, "other": (), "none": ()})
    assert {name: (key.source, key.secret.last4) for name, key in found.items()} == {
        "lab": ("LAB_KEY", "abcd"),
        "other": ("keys.json", "wxyz"),
    }


def test_list_goes_on_where_one_source_fails(paths: Paths, monkeypatch):
    monkeypatch.setenv("LAB_KEY", "sk-0123456789abcd")
    config = Config(providers={"other": ProviderConfig(key_command="/no/such/program")})
    found = Credentials(paths, config).list({"other": (), "lab": VARIABLES})
    assert isinstance(found["other"], ConfigError)
    assert found["lab"].source == "LAB_KEY"


def test_the_source_that_is_known_is_the_one_that_is_sent(paths: Paths, keyring):
    keyring["lab"] = "from keyring"
    credentials = Credentials(paths, Config())
    credentials.store("lab", Secret("from file"))
    found = credentials.find("lab")
    assert found is not None and found.secret.reveal() == "from keyring"
    assert credentials.known("lab") == found.source == "keyring"
