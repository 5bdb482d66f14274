"""Where a key comes from: ``key_command``, the environment, the keyring (extra), the own keys file.

Never the command line, never the database, never a project's ``.env``: a cloned repository must not be able
to choose a key or where it goes.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tui.config import Config, ProviderConfig, only_mine
from tui.errors import ConfigError
from tui.paths import PRIVATE_FILE, Paths, private_dir
from tui.secret import Secret, redact
from tui.text import one_line

__all__ = ["Credentials", "Found", "Secret", "redact"]

COMMAND_SECONDS = 10.0
SERVICE = "segue"
"""The name under which keys are in the keyring."""


@dataclass(frozen=True, slots=True)
class Found:
    """A key and where it came from."""

    secret: Secret
    source: str
    """For the person: ``OPENAI_API_KEY``, ``key_command``, ``keyring``, ``keys.json``."""


class Credentials:
    """The keys of this user, looked up in a fixed order.

    A key belongs to an account: a provider's name, or ``NAME@HOST`` where its address was changed, so that
    none goes to another host. ``known`` is quick: it neither runs a command nor asks the keyring, but
    remembers what ``find`` learnt.
    """

    def __init__(self, paths: Paths, config: Config) -> None:
        self._config = config
        self._file = paths.config / "keys.json"
        self._slow: dict[str, Found | None] = {}
        self._keyring_problem: ConfigError | None = None

    @property
    def problems(self) -> Sequence[ConfigError]:
        """The keyring did not answer, or the keys file is damaged or can be read by others."""
        found = [self._keyring_problem] if self._keyring_problem else []
        if os.path.exists(self._file) and not only_mine(self._file):
            found.append(ConfigError(f"{self._file}: others can read your keys", f"chmod 600 {self._file}"))
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
        try:
            found = self._quick(account, variables, settings)
        except ConfigError:  # it is among the problems, and find raises it
            found = None
        found = found or self._slow.get(account)
        return found.source if found else None

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
            return self._remembered(account, lambda: Found(printed_by(where, command), "key_command"))
        if found := _from_environment(variables, settings):
            return found
        if found := self._remembered(account, lambda: self._from_keyring(account)):
            return found
        return self._quick(account, variables, settings)

    def kept(self, account: str) -> Secret | None:
        """The key in the own file, whatever comes before it.

        Raises:
            ConfigError: The file is damaged.
        """
        stored = self._read().get(account)
        return Secret(stored) if stored else None

    def store(self, account: str, secret: Secret) -> None:
        """Keep a key in the own file, readable by this user alone.

        Raises:
            ConfigError: The file is damaged.
            OSError: The file can't be written.
        """
        self._write({**self._read(), account: secret.reveal()})

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
            account: Found(Secret(key), self._file.name)
            for account, key in self._read().items()
            if account not in accounts
        }

    def _settings(self, account: str) -> ProviderConfig:
        return self._config.provider(account.partition("@")[0])

    def _quick(self, account: str, variables: Sequence[str], settings: ProviderConfig) -> Found | None:
        if found := _from_environment(variables, settings):
            return found
        if settings.key:
            return Found(settings.key, "config.toml")
        kept = self.kept(account)
        return Found(kept, self._file.name) if kept else None

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
        return Found(Secret(value), "keyring") if value else None

    def _remembered(self, account: str, ask: Callable[[], Found | None]) -> Found | None:
        if account not in self._slow:
            self._slow[account] = ask()
        return self._slow[account]

    def _read(self) -> dict[str, str]:
        try:
            keys = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is damaged"
            raise ConfigError(f"{self._file}: cannot be read: {reason}") from None
        if not isinstance(keys, dict) or not all(isinstance(v, str) for v in keys.values()):
            raise ConfigError(f"{self._file}: must be one JSON object of provider: key")
        return keys

    def _write(self, keys: Mapping[str, str]) -> None:
        private_dir(self._file.parent)
        descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=".keys-")  # O_EXCL, 0600
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(keys, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, PRIVATE_FILE)
            os.replace(name, self._file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _from_environment(variables: Sequence[str], settings: ProviderConfig) -> Found | None:
    names = (settings.key_env,) if settings.key_env else variables
    for name in names:
        if value := os.environ.get(name, "").strip():
            return Found(Secret(value), name)
    return None


def printed_by(where: str, command: str) -> Secret:
    """What the ``command`` that a setting names prints, without a shell.

    Raises:
        ConfigError: It can't be run, fails, takes too long or prints nothing.
    """
    try:
        words = command if os.name == "nt" else shlex.split(command)  # Windows splits it by itself
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,  # what is typed is for the app, what is piped in for the model
            capture_output=True,
            timeout=COMMAND_SECONDS,
            check=False,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"{where} gave no key within {COMMAND_SECONDS:.0f} s") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{where} could not be run: {one_line(str(error), 200)}") from None
    if done.returncode:
        raise ConfigError(f"{where} failed with code {done.returncode}", one_line(redact(done.stderr), 200))
    if not (value := done.stdout.strip()):
        raise ConfigError(f"{where} printed no key")
    return Secret(value)
