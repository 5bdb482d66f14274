"""Where a key comes from: ``key_command``, the environment, the keyring (extra), the own keys file.

Never the command line, never the database, never a project's ``.env``: a cloned repository must not be able
to choose a key or where it goes.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from importlib.util import find_spec
from typing import IO

from msgspec import Struct

from tui.config import Config, ProviderConfig, only_mine
from tui.errors import ConfigError
from tui.paths import Paths, write_whole
from tui.secret import Secret, redact
from tui.text import one_line

__all__ = ["Credentials", "Found", "Secret", "redact"]

COMMAND_SECONDS = 10.0
_LEFT_IN_PIPE = 0.5
"""Seconds in which what a program wrote before it ended has come through."""
SERVICE = "segue"
"""The name under which keys are in the keyring."""


class Found(Struct, frozen=True):
    """A key and where it came from."""

    secret: Secret
    source: str
    """For the person: ``OPENAI_API_KEY``, ``key_command``, ``keyring``, ``keys.json``."""
    without: str = ""
    """What was taken off what stands there, in words; empty where it is the key alone."""

    @property
    def said(self) -> str:
        """The source, and what was taken off what stands there."""
        return f"{self.source}, {self.without}" if self.without else self.source


def found_in(written: str, source: str) -> Found | None:
    """The key in what stands at ``source``; None where that is nothing."""
    if not written:
        return None
    from tui.key_forms import key_in  # here, since mostly there is none

    key = key_in(written)
    return Found(Secret(key.value), source, key.said) if key.value else None


class Credentials:
    """The keys of this user, looked up in a fixed order.

    A key belongs to an account: a provider's name, or ``NAME@HOST`` where its address was changed, so that
    none goes to another host. ``known`` is quick: it neither runs a command nor asks the keyring, but
    remembers what ``find`` learnt.
    """

    def __init__(self, paths: Paths, config: Config) -> None:
        self._config = config
        self.file = paths.config / "keys.json"
        """The own file."""
        self._slow: dict[str, Found | None] = {}
        self._keyring_problem: ConfigError | None = None

    def use(self, config: Config) -> None:
        """Look keys up as these settings say, from now on."""
        self._config = config
        self._slow.clear()

    @property
    def problems(self) -> Sequence[ConfigError]:
        """The keyring did not answer, or the keys file is damaged or can be read by others."""
        found = [self._keyring_problem] if self._keyring_problem else []
        if os.path.exists(self.file) and not only_mine(self.file):
            found.append(ConfigError(f"{self.file}: others can read your keys", f"chmod 600 {self.file}"))
        try:
            self._read()
        except ConfigError as error:
            found.append(error)
        return found

    def known(self, account: str, variables: Sequence[str] = ()) -> str | None:
        """Where the key would come from, as far as can be told at once; None where there is none."""
        settings = self._settings(account)
        if settings.key_command:
            return "key_command"
        found = _from_environment(variables, settings) or self._slow.get(account)
        try:
            found = found or self._written(account, settings)
        except ConfigError:  # it is among the problems, and find raises it
            found = None
        return found.said if found else None

    def find(self, account: str, variables: Sequence[str] = ()) -> Found | None:
        """The key of an account; may block for seconds where a command or the keyring is asked.

        Args:
            account: A provider's name, or ``NAME@HOST`` where its address was changed.
            variables: The environment variables that may hold the key, the first one set wins.

        Raises:
            ConfigError: The key command failed, or the keys file is damaged.
        """
        settings = self._settings(account)
        if command := settings.key_command:
            where = f"providers.{account.partition('@')[0]}.key_command"
            return self._remembered(account, lambda: printed_by(where, command))
        if found := _from_environment(variables, settings):
            return found
        if found := self._remembered(account, lambda: self._from_keyring(account)):
            return found
        return self._written(account, settings)

    def kept(self, account: str) -> Secret | None:
        """The key in the own file, whatever comes before it.

        Raises:
            ConfigError: The file is damaged.
        """
        stored = self._read().get(account)
        return Secret(stored) if stored else None

    def store(self, account: str, secret: Secret) -> None:
        """Keep a key in the own file, readable by this user alone; without what is no part of it.

        Raises:
            ConfigError: The file is damaged.
            OSError: The file can't be written.
        """
        from tui.key_forms import key_in

        self._write({**self._read(), account: key_in(secret.reveal()).value})

    def forget(self, account: str) -> bool:
        """Remove a key from the own file; whether there was one.

        Raises:
            ConfigError: The file is damaged.
            OSError: The file can't be written.
        """
        keys = dict(self._read())
        if account not in keys:
            return False
        del keys[account]
        self._write(keys)
        return True

    def list(self, variables: Mapping[str, Sequence[str]]) -> dict[str, Found | ConfigError]:
        """The key of each account of ``variables`` (account: its variables) that has one; may block.

        Where a source failed, the failure stands in place of the key.
        """
        found: dict[str, Found | ConfigError] = {}
        for account, names in variables.items():
            try:
                if key := self.find(account, names):
                    found[account] = key
            except ConfigError as error:
                found[account] = error
        return found

    def unused(self, accounts: Container[str]) -> dict[str, Found]:
        """What the own file keeps for other accounts than these: another address, or a provider that is gone.

        Raises:
            ConfigError: The file is damaged.
        """
        return {
            account: Found(Secret(key), self.file.name)
            for account, key in self._read().items()
            if account not in accounts
        }

    def _settings(self, account: str) -> ProviderConfig:
        return self._config.provider(account.partition("@")[0])

    def _written(self, account: str, settings: ProviderConfig) -> Found | None:
        if settings.key:
            return found_in(settings.key.reveal(), "config.toml")
        kept = self.kept(account)
        return found_in(kept.reveal(), self.file.name) if kept else None

    def _from_keyring(self, account: str) -> Found | None:
        if find_spec("keyring") is None:
            return None
        import keyring

        try:
            value = keyring.get_password(SERVICE, account)
        except Exception as error:  # each of its backends has errors of its own; the keys file is still there
            reason = one_line(redact(str(error)), 200)
            self._keyring_problem = ConfigError(f"The keyring could not be asked: {reason}")
            return None
        return found_in(value, "keyring") if value else None

    def _remembered(self, account: str, ask: Callable[[], Found | None]) -> Found | None:
        if account not in self._slow:
            self._slow[account] = ask()
        return self._slow[account]

    def _read(self) -> dict[str, str]:
        try:
            keys = json.loads(self.file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is damaged"
            raise ConfigError(f"{self.file}: cannot be read: {reason}") from None
        if not isinstance(keys, dict) or not all(isinstance(v, str) for v in keys.values()):
            raise ConfigError(f"{self.file}: must be one JSON object of provider: key")
        return keys

    def _write(self, keys: Mapping[str, str]) -> None:
        write_whole(self.file, json.dumps(keys, indent=1))


def _from_environment(variables: Sequence[str], settings: ProviderConfig) -> Found | None:
    names = (settings.key_env,) if settings.key_env else variables
    for name in names:
        if found := found_in(os.environ.get(name, ""), name):
            return found
    return None


def printed_by(where: str, command: str) -> Found:
    """What the ``command`` that a setting names prints, without a shell.

    Raises:
        ConfigError: It can't be run, fails, takes too long or prints nothing.
    """
    import shlex

    try:
        words = command if os.name == "nt" else shlex.split(command)  # Windows splits it by itself
        code, printed, complaint = _printed(words)
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{where} gave no key within {COMMAND_SECONDS:.0f} s") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where} could not be run: {one_line(str(error), 200)}") from None
    if code:
        raise ConfigError(f"{where} failed with code {code}", one_line(redact(complaint), 200))
    from tui.key_forms import key_printed

    key = key_printed(printed)
    if not key.value:
        raise ConfigError(f"{where} printed no key")
    return Found(Secret(key.value), "key_command", key.said)


def _printed(command: str | Sequence[str]) -> tuple[int, str, str]:
    """The exit code of a program and what it wrote.

    What it leaves behind may hold its pipes open: only the program itself is waited for.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,  # what is typed is for the app, what is piped in for the model
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    readers = [_Reading(pipe) for pipe in (process.stdout, process.stderr) if pipe]
    try:
        code = process.wait(COMMAND_SECONDS)
    except BaseException:
        process.kill()
        process.wait()
        raise
    printed, complaint = (reader.text() for reader in readers)
    return code, printed, complaint


class _Reading:
    """Reads a pipe in a thread of its own, and forgets it when nobody writes to it any more."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pieces: list[bytes] = []
        self._thread = threading.Thread(target=self._read, args=(pipe,), name="key command", daemon=True)
        self._thread.start()

    def text(self) -> str:
        """What came, once the program has ended."""
        self._thread.join(_LEFT_IN_PIPE)
        return b"".join(self._pieces).decode("utf-8", "replace")

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            while piece := os.read(pipe.fileno(), 65_536):
                self._pieces.append(piece)
