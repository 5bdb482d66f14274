"""What a server's program is given of our environment: little, and what its settings name.

``${VAR}`` in a setting is a variable of the environment, ``${VAR:-else}`` one that may be missing,
``${keyring:NAME}`` a key that is kept. One that is not there is an error: a server with half a setting fails
in ways that nobody understands.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping

from tui.config import McpConfig
from tui.credentials import printed_by
from tui.errors import ConfigError
from tui.secret import Secret

_REFERENCE = re.compile(r"\$\{(keyring:)?([^}:]+)(:-([^}]*))?\}")
_INHERITED = (
    (
        "APPDATA",
        "HOMEDRIVE",
        "HOMEPATH",
        "LOCALAPPDATA",
        "PATH",
        "PATHEXT",
        "PROCESSOR_ARCHITECTURE",
        "SYSTEMDRIVE",
        "SYSTEMROOT",
        "TEMP",
        "USERNAME",
        "USERPROFILE",
    )
    if sys.platform == "win32"
    else ("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER")
)

Keys = Callable[[str], Secret | None]
"""Gives the key that is kept under a name."""


def inherited() -> dict[str, str]:
    """What every server gets; shell functions, which some systems keep in variables, are none of it."""
    found = {name: os.environ.get(name) for name in _INHERITED}
    return {name: value for name, value in found.items() if value is not None and not value.startswith("()")}


def child_environment(name: str, settings: McpConfig, keys: Keys) -> dict[str, str]:
    """The whole environment of a server's program. Runs the commands that its settings name: may block.

    Raises:
        ConfigError: A variable is not set, or a command gave nothing.
    """
    env = inherited() | filled_table(f"mcp.{name}.env", settings.env, keys)
    for variable, command in settings.env_command.items():
        env[variable] = printed_by(f"mcp.{name}.env_command.{variable}", command).secret.reveal()
    return env


def filled_table(where: str, table: Mapping[str, str], keys: Keys) -> dict[str, str]:
    """A table of settings with its references followed; what came of one is a secret from then on.

    Raises:
        ConfigError: One leads nowhere.
    """
    return {name: filled(f"{where}.{name}", value, keys) for name, value in table.items()}


def filled(where: str, text: str, keys: Keys) -> str:
    """A setting with its references followed.

    Raises:
        ConfigError: One leads nowhere; says which, and where it stands.
    """

    def follow(match: re.Match[str]) -> str:
        kept, name, has_default, default = match.groups()
        if kept:
            secret = keys(name)
            if secret is None:
                raise ConfigError(f"{where}: no key {name} is kept", f"Keep it: segue mcp key {name}")
            return secret.reveal()
        value = os.environ.get(name)
        if value is None and has_default is None:
            raise ConfigError(
                f"{where}: the variable {name} is not set", f"Set it before Segue starts: {name}"
            )
        return default if value is None else Secret(value).reveal()

    return _REFERENCE.sub(follow, text)
