"""How other programs have their servers configured, in our words.

Known are the files of Claude Desktop (and ``.mcp.json``, which many read), VS Code, opencode and crush. What
can't be said in ours is told and left out; a key that stands there in plain text is kept apart.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from tui.checked import Fields, amount
from tui.config import is_server_name
from tui.errors import ImportFileError
from tui.text import normalise, one_line
from tui.typed_toml import At

_LARGEST = 1_000_000
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_SECRET_NAME = re.compile(r"(?i)(key|token|secret|password|passwd|auth|credential)")
_NO_SECRET = re.compile(r"(?i)(true|false|[0-9.]{0,8}|https?://[^@]*|[./~].*|)")
_BEARER = re.compile(r"(?i)(bearer|basic|token)\s+(?=\S)")


class Found(Struct, frozen=True):
    """A server as another program has it."""

    name: str
    """A name that it can have here."""
    settings: Mapping[str, Any]
    """What stands in ``[mcp.NAME]``."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Keys that stood in plain text, by the names under which they are to be kept."""


class Imported(Struct, frozen=True):
    """What a file had."""

    servers: tuple[Found, ...]
    left_out: tuple[str, ...]
    """What could not be taken over, and why; safe to show."""


def read_servers(file: Path) -> Imported:
    """The servers that a file of another program configures.

    Raises:
        ImportFileError: It can't be read, or has none.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST + 1)
    except OSError as error:
        raise ImportFileError(f"{file}: cannot be read: {(error.strerror or '').lower()}") from None
    if len(raw) > _LARGEST:
        raise ImportFileError(f"{file}: is larger than a configuration")
    reader = _Reader(file, _document(file, raw))
    return reader.read()


def usual_files(home: Path) -> Iterator[Path]:
    """The files of the person's own settings that are there; of no project, which anybody can write."""
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    if sys.platform == "darwin":
        config = home / "Library" / "Application Support"
    elif sys.platform == "win32":
        config = Path(os.environ.get("APPDATA") or home)
    known = (
        config / "Claude" / "claude_desktop_config.json",
        home / ".claude.json",
        config / "Code" / "User" / "mcp.json",
        home / ".config" / "opencode" / "opencode.json",
        home / ".config" / "opencode" / "opencode.jsonc",
        home / ".config" / "crush" / "crush.json",
    )
    return (file for file in known if file.is_file())


def changes_of(server: Found) -> dict[At, Any]:
    """What is written into the config for a server, by the places there."""
    return {("mcp", server.name, key): value for key, value in server.settings.items()}


class _Reader:
    """Reads one file; which program's it is tells its first name that is known."""

    def __init__(self, file: Path, document: Mapping[str, Any]) -> None:
        self._file = file
        self._fields = Fields(document)
        self._left_out: list[str] = []
        self._names: set[str] = set()
        self._secrets: dict[str, str] = {}
        self._expands = False
        """Whether ``$VAR`` is a variable, as in a shell."""

    def read(self) -> Imported:
        """All servers of it."""
        shapes = (("mcpServers", self._claude), ("servers", self._code), ("mcp", self._mcp))
        for key, shape in shapes:
            if entries := self._fields.mapping(key):
                entries = Fields(entries).mapping("servers") or entries if key == "mcp" else entries
                found = [self._one(name, Fields(raw), shape) for name, raw in entries.items()]
                return Imported(tuple(each for each in found if each), tuple(self._left_out))
        raise ImportFileError(
            f"{self._file}: has no servers of the Model Context Protocol",
            "Known are Claude Desktop, .mcp.json, VS Code, opencode and crush.",
        )

    def _one(self, name: str, fields: Fields, shape: Any) -> Found | None:
        own = self._name(name)
        self._secrets = {}
        try:
            settings = self._keep_secrets(own, shape(own, fields))
        except ImportFileError as error:
            self._left_out.append(f"{one_line(name, 60)}: {error.message}")
            return None
        if not settings.get("command") and not settings.get("url"):
            self._left_out.append(f"{one_line(name, 60)}: has neither a command nor an address")
            return None
        kept = {key: value for key, value in settings.items() if value not in (None, "", [], {})}
        return Found(own, kept, dict(self._secrets))

    def _claude(self, name: str, fields: Fields) -> dict[str, Any]:
        """Claude Desktop, Claude Code, Cursor and others."""
        return self._common(fields, fields.mapping("env"))

    def _code(self, name: str, fields: Fields) -> dict[str, Any]:
        """VS Code."""
        env = dict(fields.mapping("env"))
        if file := fields.text("envFile"):
            self._left_out.append(f"{name}: the variables of {one_line(file, 100)}")
        return self._common(fields, env)

    def _mcp(self, name: str, fields: Fields) -> dict[str, Any]:
        """The programs whose key is ``mcp``: opencode has the command as a list, crush as a text."""
        wait = amount(fields.raw("timeout"))
        if fields.text("type") not in ("local", "remote"):
            self._expands = True
            return self._common(fields, fields.mapping("env")) | {
                "timeout": wait,
                "without_tools": list(fields.texts("disabled_tools")),
            }
        words = [self._said(each) for each in fields.plain("command") if isinstance(each, str)]
        return self._common(fields, fields.mapping("environment")) | {
            "command": words[0] if words else "",
            "args": words[1:],
            "start_timeout": wait / 1000 if wait else None,
        }

    def _common(self, fields: Fields, env: Mapping[str, Any]) -> dict[str, Any]:
        kind = fields.text("type")
        url = self._said(fields.text("url") or fields.text("serverUrl"))
        off = fields.flag("disabled") or ("enabled" in fields and not fields.flag("enabled"))
        return {
            "command": "" if url else self._said(fields.text("command")),
            "args": [] if url else [self._said(each) for each in fields.texts("args")],
            "cwd": "" if url else self._said(fields.text("cwd")),
            "url": url,
            "type": kind if url and kind in ("http", "sse") else "",
            "headers": self._table(fields.mapping("headers")),
            "env": self._table(env),
            "enabled": False if off else None,
        }

    def _table(self, table: Mapping[str, Any]) -> dict[str, str]:
        return {
            normalise(name): self._said(value if isinstance(value, str) else json.dumps(value))
            for name, value in table.items()
        }

    def _said(self, text: str) -> str:
        """A value with the references of other programs as ours."""
        if re.search(r"\$\([^)]*\)", text):
            raise ImportFileError("it runs commands of a shell inside its settings; use env_command for that")
        if "${workspaceFolder" in text:
            raise ImportFileError("it belongs to the folder of a project")
        text = re.sub(r"\$\{input:([^}]+)\}", lambda found: "${" + _variable(found[1]) + "}", text)
        text = re.sub(r"\$\{env:([^}]+)\}", r"${\1}", text)
        text = re.sub(r"\{env:([^}]+)\}", r"${\1}", text)
        text = text.replace("${userHome}", "${HOME}")
        if self._expands:
            text = re.sub(r"\$([A-Za-z_][A-Za-z0-9_]*)", r"${\1}", text)
        return normalise(text)

    def _keep_secrets(self, name: str, settings: dict[str, Any]) -> dict[str, Any]:
        """The settings with each key that stands there in plain text replaced by where it is kept."""
        for key in ("env", "headers"):
            for variable, value in list(settings.get(key, {}).items()):
                settings[key][variable] = self._kept_apart(name, variable, value)
        return settings

    def _kept_apart(self, name: str, variable: str, value: str) -> str:
        if not _SECRET_NAME.search(variable) or "${" in value or _NO_SECRET.fullmatch(value):
            return value
        scheme = _BEARER.match(value)
        before = scheme[0] if scheme else ""
        account = f"mcp.{name}.{variable}"
        self._secrets[account] = value[len(before) :]
        return f"{before}${{keyring:{account}}}"

    def _name(self, name: str) -> str:
        own = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24].strip("-") or "server"
        number = 2
        while own in self._names:
            own = f"{own[:21].rstrip('-0123456789')}-{number}"
            number += 1
        assert is_server_name(own)
        self._names.add(own)
        return own


def _variable(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_") or "INPUT"


def _document(file: Path, raw: bytes) -> Mapping[str, Any]:
    """JSON, also with the comments and commas at the end that some of these programs allow."""
    text = raw.decode("utf-8-sig", "replace")
    for each in (text, _TRAILING.sub(_strings, _COMMENT.sub(_strings, text))):
        try:
            found = json.loads(each)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise ImportFileError(f"{file}: is no JSON object")


def _strings(match: re.Match[str]) -> str:
    return match[1] or ""
