"""The settings: ``config.toml`` as typed values. Each field is documented under itself.

A bad value never stops the program: it becomes one of ``Config.problems`` and the default stands. The file
is only read here; ``config_file`` writes it, and ``setting`` lists what there is.
"""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from tui.errors import ConfigError
from tui.paths import Stamp, stamp
from tui.secret import Secret, hold_secrets, is_harmless, redact, without_password
from tui.typed_toml import At, Document, Internal, near

_PROXY_SCHEMES = frozenset({"http", "https", "socks4", "socks4a", "socks5", "socks5h"})
_DIRECT = "direct"
NARROWEST, WIDEST = 40, 400
"""Cells of prose that a person may want in a row."""
SIDEBAR_WIDTHS = (16, 80)
"""Cells that the sidebar may have."""
_HEADER_NAME = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LONGEST_WAIT = 86_400.0
_FORMS: Mapping[type, str] = {str: "a text", int: "a whole number", float: "a number"}
_HOST = r"(\[[0-9a-fA-F:.]+\]|[0-9a-fA-F]*(:[0-9a-fA-F]*){2,}|[\w.-]+)(:\d{1,5})?"
_SERVER_NAME = r"[a-z0-9-]{1,24}"
_REFERENCE = r"\$\{[^}]*\}"
_PROXY_FORM = "must be a URL as in http://host:3128 or socks5://host:1080, or direct"


class Elsewhere(NamedTuple):
    """Where a setting comes from besides the file, and when it counts."""

    option: str = ""
    """The option of the command line that wins over the file."""
    variables: tuple[str, ...] = ()
    """Variables of the environment that count where the file says nothing."""
    at_start: bool = False
    """Whether it counts from the next start on, not at once."""


class Lines:
    """Of a text that may have several lines."""


WireFormat = Literal[
    "openai", "openai-responses", "openai-images", "anthropic", "gemini", "ollama", "ai365vip"
]


class ProviderConfig(Struct, frozen=True):
    """``[providers.NAME]``: a new endpoint, or changes to a built-in provider of that name."""

    type: WireFormat | None = None
    """The wire format; ``openai`` (chat completions) where a new provider does not say."""
    url: str | None = None
    """Base address, as in ``http://127.0.0.1:8000/v1``."""
    title: str | None = None
    """The name to show."""
    key_env: str | None = None
    """The environment variable that holds the key."""
    key_command: str | None = None
    """A command that prints the key, as in ``pass show lab``. Run without a shell, once, for 10 s at most."""
    key: Secret | None = None
    """The key itself; accepted only if nobody else can read the file (mode 0600)."""
    models: tuple[str, ...] = ()
    """The models to offer; empty means that the server is asked."""
    default_model: str | None = None
    """The model where only the provider is named; otherwise the first one."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers to send with every request, besides those of the wire format."""
    proxy: str | None = None
    """Proxy for this provider, instead of the general one."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Parameters for every request, as in ``{ temperature = 0.2 }``; they win over the general ones."""
    pictures: Mapping[str, Literal["never", "asked", "always", "only"]] = field(default_factory=dict)
    """When its models make pictures, as in ``{ "my-mix" = "only", "flux-writer" = "never" }``, where neither
    the server's list nor the name tells it rightly."""
    wait: float | None = None
    """Seconds to wait for the first word: 120 unless set, 300 in the person's own network, where a server may
    have to load the model first."""
    ca_file: str | None = None
    """A file of certificates (PEM) to trust for this provider besides the system's."""
    allow_http_key: bool = False
    """Let the key travel over plain http to a host that is neither this machine nor a private address."""
    refuses: tuple[str, ...] = ()
    """What the server refuses and is not sent, as in ``["stream_options", "temperature"]``; ``system`` puts
    the system prompt before the first message, ``OLD=NEW`` sends a field by another name. A refusal is also
    learnt by itself, at the first request, for a month; that nothing is at an address, for a day."""
    enabled: bool = True
    """False hides the provider."""


class LocalConfig(Struct, frozen=True):
    """``[local]``: the model that runs on this machine."""

    models: Mapping[str, str] = field(default_factory=dict)
    """GGUF files by name: ``[local.models]`` ``name = "/path/to/file.gguf"``."""


class ToolsConfig(Struct, frozen=True):
    """``[tools]``: what models may use, with what you allow."""

    use: tuple[str, ...] = ()
    """Tools that are on in a new conversation, by name, as in ``["web_fetch", "read_file"]``; ``/tools``
    turns them on and off in one that is open."""
    folders: tuple[str, ...] = ()
    """Folders that ``read_file`` and ``list_folder`` may read, with all that is in them but dot files."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts in your own network that ``web_fetch`` may reach, as ``wiki.home`` or ``127.0.0.1:8000``."""


class SidebarConfig(Struct, frozen=True):
    """``[sidebar]``: the conversations beside the page."""

    width: int = 30
    """Cells; its edge can also be dragged with the mouse."""


class BudgetConfig(Struct, frozen=True):
    """``[budget]``: what may be spent, in US dollars; what has no known price is not counted."""

    day: float | None = None
    """From midnight to midnight, on your clock, in this history."""
    month: float | None = None
    """From the first of the month on."""
    refuse: bool = False
    """True: once it is spent, only models that cost nothing are asked; else it is said before a request."""
    again: float = 0.1
    """Before another model, or the same once more, reads a long conversation from its beginning, it is said
    what that costs, where it is more than this."""


class NotifyConfig(Struct, frozen=True):
    """``[notify]``: what you are told when a reply has ended and you look elsewhere."""

    when: Literal["unfocused", "always", "never"] = "unfocused"
    """While the terminal does not have the focus, always, or never."""
    how: Literal["auto", "terminal", "system", "bell"] = "auto"
    """By a notice of the terminal where it has them, else of the system, else by a bell; or by just one."""
    after: float = 10.0
    """Seconds that a reply must have taken; one that failed is told at once."""
    text: bool = False
    """Show the first words of the reply, too."""
    title: Literal["conversation", "state", "off"] = "conversation"
    """The title of the window: that of the conversation, only whether a reply comes, or as it was."""
    progress: bool = True
    """Show at the window or its tab that a reply comes, where the terminal can."""
    status: Literal["auto", "off"] = "auto"
    """Tell terminals that ask for it what the program does: working, done, error, idle."""


class PicturesConfig(Struct, frozen=True):
    """``[pictures]``: pictures of replies and prompts, where they stand."""

    draw: Literal["auto", "kitty", "cells", "off"] = "auto"
    """By kitty's protocol where the terminal has it, else by coloured cells; by just one; or only names."""


class ServeConfig(Struct, frozen=True):
    """``[serve]``: the app in a browser."""

    xterm: str = ""
    """A folder with the files of xterm.js, or with its packages of npm; without one it is fetched, once."""


class McpConfig(Struct, frozen=True):
    """``[mcp.NAME]``: a server of the Model Context Protocol, a program or an address.

    In ``env``, ``args``, ``headers`` and ``url`` stands ``${VAR}`` for a variable of the environment,
    ``${VAR:-else}`` for one that may be missing, and ``${keyring:NAME}`` for a key that is kept.
    """

    command: str | None = None
    """The program, as in ``uvx``."""
    args: tuple[str, ...] = ()
    """Its arguments."""
    cwd: str | None = None
    """The folder it runs in."""
    env: Mapping[str, str] = field(default_factory=dict)
    """What its environment has besides HOME, LOGNAME, PATH, SHELL, TERM and USER."""
    env_command: Mapping[str, str] = field(default_factory=dict)
    """Variables whose values commands print, as in ``{ TOKEN = "pass show notes" }``."""
    url: str | None = None
    """The address of a server that runs elsewhere."""
    type: Literal["stdio", "http", "sse"] | None = None
    """How an address is spoken to; found out where it is not said."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers to send with every request to the address."""
    client_id: str | None = None
    """Who we are to a server that wants a sign-in and registers nobody by itself."""
    tools: tuple[str, ...] = ()
    """The tools to offer, by the names that the server gives them; empty means all."""
    without_tools: tuple[str, ...] = ()
    """Tools that are not offered."""
    timeout: float | None = None
    """Seconds that a call may say nothing: 60 unless set."""
    start_timeout: float | None = None
    """Seconds until the server must be ready: 30 unless set."""
    instructions: bool = False
    """Let the model read what the server says of its use."""
    enabled: bool = True
    """False leaves the server alone."""


class Config(Struct, frozen=True):
    """The whole of ``config.toml``."""

    model: Annotated[str | None, Elsewhere(option="--model")] = None
    """``PROVIDER/MODEL`` of a new conversation; the last one used where this is empty."""
    proxy: Annotated[
        str | None, Elsewhere(variables=("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"))
    ] = None
    """Proxy for all providers; otherwise HTTPS_PROXY and ALL_PROXY count. ``direct`` means none, whatever the
    environment says; this machine is always reached directly."""
    history: Secret | None = None
    """A PostgreSQL server that keeps the history: ``postgresql://USER@HOST/DATABASE?schema=NAME``, or
    ``service=NAME`` of a service file; without it a file of this machine. ``SEGUE_HISTORY`` wins."""
    history_password_command: str | None = None
    """A command that prints the password of that server; otherwise ``PGPASSWORD`` and ``.pgpass`` count."""
    theme: str = "auto"
    """Name of the theme; ``auto`` is dark or light as the terminal is, and changes with it."""
    width: Literal["auto"] | int = "auto"
    """Cells of prose in a row at most, where ``auto`` is 88; code and tables take the width there is."""
    bytes: Literal["thin", "plain"] = "thin"
    """What is sent to the terminal: ``thin``, what differs from what it shows; ``plain``, all that is drawn,
    for a terminal on which something is left behind."""
    bidi: Literal["auto", "on", "off"] = "auto"
    """Text that runs from right to left, as Hebrew and Arabic: ``auto`` puts it in order unless the terminal
    does so by itself; ``on`` always; ``off`` never."""
    plain: Annotated[bool, Elsewhere(option="--plain", variables=("ACCESSIBLE",), at_start=True)] = False
    """Lines of words instead of a screen, as with ``--plain``; ``--no-plain`` opens the app all the same."""
    vim: bool = False
    """Vim's keys where prompts are written."""
    system: Annotated[str, Lines] = ""
    """System prompt of a new conversation."""
    auto_title: bool | str = False
    """``PROVIDER/MODEL`` that names a new conversation after its first reply; ``true`` for the cheapest of
    the provider that answers there, ``false`` for its first words. Temporary ones are named by nobody."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of every request, as in ``temperature = 0.7``; sent only where the model takes them."""
    providers: Mapping[str, ProviderConfig] = field(default_factory=dict)
    """``[providers.NAME]``, by name."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """``[keys]``: action = key, or two in a row, or several of these with commas between them."""
    local: LocalConfig = LocalConfig()
    """``[local]``."""
    tools: ToolsConfig = ToolsConfig()
    """``[tools]``."""
    sidebar: SidebarConfig = SidebarConfig()
    """``[sidebar]``."""
    budget: BudgetConfig = BudgetConfig()
    """``[budget]``."""
    notify: NotifyConfig = NotifyConfig()
    """``[notify]``."""
    pictures: PicturesConfig = PicturesConfig()
    """``[pictures]``."""
    serve: ServeConfig = ServeConfig()
    """``[serve]``."""
    mcp: Mapping[str, McpConfig] = field(default_factory=dict)
    """``[mcp.NAME]``, by name."""
    path: Annotated[Path, Internal] = Path("config.toml")
    """Where it was read from."""
    problems: Annotated[tuple[ConfigError, ...], Internal] = ()
    """What could not be used: ``file:line:column: key: what``, and what to do."""
    lines: Annotated[Mapping[At, tuple[int, int]], Internal] = field(default_factory=dict)
    """Line and column of every setting."""
    written: Annotated[Stamp | None, Internal] = None
    """When the file was written that was read, see ``stamp``."""
    broken: Annotated[bool, Internal] = False
    """Nothing of the file could be read when it was read last."""

    @property
    def local_models(self) -> Mapping[str, str]:
        """GGUF files by name."""
        return self.local.models

    def provider(self, name: str) -> ProviderConfig:
        """The settings of one provider, in whatever case its name is written; the defaults without any."""
        return self.providers.get(alike(name, self.providers)) or ProviderConfig()

    def place(self, *at: str) -> str:
        """Where a setting is: ``file:line:column``, as far as it is known."""
        return ":".join(map(str, (self.path, *self.lines.get(at, ()))))

    def shown(self) -> dict[str, Any]:
        """The settings in force as plain values with every secret masked, for TOML or JSON."""
        values = asdict(self)
        for own in ("path", "problems", "lines", "written", "broken"):
            del values[own]
        servers = values["mcp"] = {name: asdict(server) for name, server in self.mcp.items()}
        for server in servers.values():
            server["env"] = {name: _without_values(value) for name, value in server["env"].items()}
            server["headers"] = {name: _without_values(value) for name, value in server["headers"].items()}
        shown: dict[str, Any] = _shown(values)
        return shown


def alike(name: str, known: Iterable[str]) -> str:
    """The one of ``known`` that is ``name``, as it is or in another case; ``name`` itself without one."""
    names = list(known)
    folded = (other for other in names if other.casefold() == name.casefold())
    return name if name in names else next(folded, name)


def _open_to_all(path: Path) -> list[ConfigError]:
    """That anybody may change the file, where that is so."""
    if not anyone_may_write(path):
        return []
    return [ConfigError(f"{path}: everybody on this machine can change your settings", f"chmod o-w {path}")]


def anyone_may_write(path: Path) -> bool:
    """Whether every user of this machine may change a file, or put another in its place."""
    if os.name == "nt":
        return False
    try:
        file, folder = path.stat().st_mode, path.parent.stat().st_mode
    except OSError:
        return False
    return bool(file & stat.S_IWOTH) or bool(folder & stat.S_IWOTH and not folder & stat.S_ISVTX)


def load_config(path: Path) -> Config:
    """Read the settings. Never raises: whatever is wrong is in ``Config.problems``."""
    written = stamp(path)
    try:
        source = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Config(path=path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = ConfigError(f"{path}: cannot be read: {reason}")
        return Config(path=path, problems=(problem,), written=written, broken=True)
    return replace(config_of(path, source), written=written)


def is_stale(config: Config) -> bool:
    """Whether somebody has written the file since it was read."""
    return stamp(config.path) not in (None, config.written)


def reread(config: Config) -> Config:
    """The settings as the file has them now, where somebody has written it since; else ``config`` itself.

    Where nothing of the file can be read, they stay as they are: what is wrong is among the problems.
    """
    if not is_stale(config):
        return config
    read = load_config(config.path)
    if not read.broken:
        return read
    hint = "The settings stay as they were until it is mended."
    problems = tuple(ConfigError(problem.message, hint) for problem in read.problems)
    return replace(config, problems=problems, written=read.written, broken=True)


def config_of(path: Path, source: str) -> Config:
    """The settings in the text of a file. Never raises: whatever is wrong is in ``Config.problems``."""
    document = Document(path, source)
    config = document.read(Config, document.values)
    providers = {name: _checked(document, name, settings) for name, settings in config.providers.items()}
    config = replace(config, local=replace(config.local, models=_own_models(document, config.local.models)))
    if config.proxy:
        hold_secrets(config.proxy)
    if isinstance(config.auto_title, str) and not all(config.auto_title.partition("/")):
        document.problem(("auto_title",), "must be true, false or PROVIDER/MODEL")
        config = replace(config, auto_title=False)
    if not _is_proxy(config.proxy):
        document.problem(("proxy",), _PROXY_FORM)
        config = replace(config, proxy=None)
    config = _with_history(document, config)
    config = _widths(document, config)
    parameters = _parameters(document, ("parameters",), config.parameters)
    tools = _tools(document, config.tools)
    budget = _budget(document, config.budget)
    notify = _notify(document, config.notify)
    servers = {name: kept for name, server in config.mcp.items() if (kept := _server(document, name, server))}
    read = replace(
        config,
        providers=providers,
        parameters=parameters,
        tools=tools,
        budget=budget,
        notify=notify,
        mcp=servers,
        path=path,
        lines=document.places,
        broken=document.broken,
    )
    return replace(read, problems=(*document.problems, *_open_to_all(path)))


def _with_history(document: Document, config: Config) -> Config:
    """``config`` without a place of the history that can't be used."""
    command = config.history_password_command
    if command is not None and (not command.strip() or "\x00" in command):
        document.problem(("history_password_command",), "must be a text with something in it")
        config = replace(config, history_password_command=None)
    if config.history is None:
        return config
    address = config.history.reveal()
    hold_secrets(address)
    if not names_server(address):
        document.problem(("history",), "must be as in postgresql://USER@HOST/DATABASE or service=NAME")
    elif has_password(address) and not only_mine(document.path):
        document.problem(
            ("history",),
            "a password in a file that others can read is not used",
            f"chmod 600 {document.path}, or use ~/.pgpass or history_password_command.",
        )
    else:
        return config
    return replace(config, history=None)


def names_server(written: str) -> bool:
    """Whether a place of the history is one of a server."""
    return written.startswith(("postgresql://", "postgres://", "service="))


def has_password(address: str) -> bool:
    """Whether the address of a server holds its password, before the host or behind the question mark."""
    try:
        parts = urlsplit(address)
        return bool(parts.password) or "password" in dict(parse_qsl(parts.query))
    except ValueError:
        return True


def _widths(document: Document, config: Config) -> Config:
    """``config`` without the widths in which nothing could be read."""
    if config.width != "auto" and not NARROWEST <= config.width <= WIDEST:
        document.problem(("width",), f'must be "auto" or {NARROWEST} to {WIDEST}')
        config = replace(config, width="auto")
    least, most = SIDEBAR_WIDTHS
    if not least <= config.sidebar.width <= most:
        document.problem(("sidebar", "width"), f"must be {least} to {most}")
        config = replace(config, sidebar=SidebarConfig())
    return config


def _own_models(document: Document, models: Mapping[str, str]) -> dict[str, str]:
    """Those whose path can be one."""
    usable = {}
    for name, path in models.items():
        if why := _no_path(path):
            document.problem(("local", "models", name), why, "It is the path of a GGUF file.")
        else:
            usable[name] = path
    return usable


def _no_path(path: str) -> str:
    """Why a text is no path; empty where it may be one."""
    if not path.strip() or "\x00" in path:
        return "must be the path of a file"
    try:
        Path(path).expanduser()
    except (RuntimeError, ValueError):
        return f"there is no home {Path(path).parts[0]}"
    return ""


def _parameters(document: Document, at: At, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Those that there are; what concerns the way to a server has settings of its own."""
    if not given:
        return given
    from tui.parameters import FREE, PARAMETERS, RANGES, known  # here, because few starts need it

    good = {}
    for name, value in given.items():
        if name not in PARAMETERS:
            document.problem((*at, name), f"no such parameter; {near(name, PARAMETERS)}")
        elif name == "stop" and isinstance(value, list) and all(isinstance(word, str) for word in value):
            good[name] = value
        elif isinstance(value, bool) or known(name, value) is None:
            document.problem((*at, name), f"must be {_FORMS[PARAMETERS[name]]}")
        elif not RANGES.get(name, FREE).holds(value):
            document.problem((*at, name), f"must be {RANGES[name].words(name)}")
        else:
            good[name] = value
    return good


def _budget(document: Document, settings: BudgetConfig) -> BudgetConfig:
    """``settings`` without the amounts that are none."""
    usual = BudgetConfig()
    for name in ("day", "month", "again"):
        value = getattr(settings, name)
        if value is not None and not 0 <= value < math.inf:
            document.problem(("budget", name), "must be US dollars from 0 on, as in 5.0")
            change: dict[str, Any] = {name: getattr(usual, name)}
            settings = replace(settings, **change)
    return settings


def _notify(document: Document, settings: NotifyConfig) -> NotifyConfig:
    """``settings`` with seconds that can be meant."""
    if 0 <= settings.after < math.inf:
        return settings
    document.problem(("notify", "after"), "must be a number of seconds, as in 10")
    return replace(settings, after=NotifyConfig().after)


def _tools(document: Document, settings: ToolsConfig) -> ToolsConfig:
    """``settings`` without the folders and hosts that can't be meant."""
    folders, hosts = [], []
    for folder in settings.folders:
        if why := _no_folder(folder):
            document.problem(("tools", "folders"), f"{folder} {why}")
        else:
            folders.append(folder)
    for host in settings.allow_hosts:
        if re.fullmatch(_HOST, host):
            hosts.append(host)
        else:
            document.problem(
                ("tools", "allow_hosts"), f"{host} is no host, as wiki.home, 10.0.0.5 or 127.0.0.1:8000"
            )
    return replace(settings, folders=tuple(folders), allow_hosts=tuple(hosts))


def _no_folder(written: str) -> str:
    """Why a path can't be one of a folder that is read; nothing where it can."""
    try:
        path = Path(written).expanduser()
    except RuntimeError:
        return "has no such home"
    if not path.is_absolute():
        return "must be a whole path, as ~/notes"
    return "" if path.is_dir() else "is no folder"


def _checked(document: Document, name: str, settings: ProviderConfig) -> ProviderConfig:
    """``settings`` without the values that have the right type but can't be used."""
    _hold(settings)
    at = ("providers", name)
    if "/" in name:
        document.problem(at, "a provider's name has no slash: it ends at the first one in PROVIDER/MODEL")
    parameters = _parameters(document, (*at, "parameters"), settings.parameters)
    settings = replace(settings, parameters=parameters)
    if settings.url is not None and not is_address(settings.url):
        document.problem((*at, "url"), "must be an address as in http://127.0.0.1:8000/v1")
        settings = replace(settings, url=None)
    if not _is_proxy(settings.proxy):
        document.problem((*at, "proxy"), _PROXY_FORM)
        settings = replace(settings, proxy=None)
    if settings.wait is not None and not 0 < settings.wait < _LONGEST_WAIT:
        document.problem((*at, "wait"), "must be a number of seconds, as in 300")
        settings = replace(settings, wait=None)
    settings = replace(settings, headers=_headers(document, at, settings.headers))
    for field_name in ("key_env", "ca_file", "key_command"):
        value = getattr(settings, field_name)
        if value is not None and (not value.strip() or "\x00" in value):
            document.problem((*at, field_name), "must be a text with something in it")
            blank: dict[str, Any] = {field_name: None}
            settings = replace(settings, **blank)
    if settings.key is not None and not only_mine(document.path):
        document.problem(
            (*at, "key"),
            "a key in a file that others can read is not used",
            f"chmod 600 {document.path}, or use key_env, key_command or `segue keys set {name}`.",
        )
        settings = replace(settings, key=None)
    return settings


def _hold(settings: ProviderConfig) -> None:
    """Know what is secret in the settings of a provider, so that no message and no log shows it."""
    for name, value in settings.headers.items():
        if not is_harmless(name):
            Secret(value)
    for address in filter(None, (settings.url, settings.proxy)):
        hold_secrets(address)


def _headers(document: Document, at: At, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Those that can be sent."""
    good = {}
    for name, value in headers.items():
        if not re.fullmatch(_HEADER_NAME, name):
            document.problem((*at, "headers", name), "is no name of a header")
        elif not value.isprintable():
            document.problem((*at, "headers", name), "a header's value is one line")
        else:
            good[name] = value
    return good


def _server(document: Document, name: str, server: McpConfig) -> McpConfig | None:
    """``server`` without the values that can't be used; None where nothing can be begun with it."""
    at = ("mcp", name)
    if not is_server_name(name):
        document.problem(at, "a server's name has small letters, digits and hyphens, at most 24")
        return None
    if (server.command is None) == (server.url is None):
        document.problem(at, "needs a command or a url, and not both")
        return None
    kinds = ("stdio",) if server.command is not None else ("http", "sse")
    if server.type is not None and server.type not in kinds:
        document.problem((*at, "type"), f"must be {' or '.join(kinds)} here")
        return None
    if server.url is not None and not is_address(re.sub(_REFERENCE, "x", server.url)):
        document.problem((*at, "url"), "must be an address as in https://example.com/mcp")
        return None
    return replace(
        server,
        timeout=_seconds(document, (*at, "timeout"), server.timeout),
        start_timeout=_seconds(document, (*at, "start_timeout"), server.start_timeout),
    )


def _seconds(document: Document, at: At, seconds: float | None) -> float | None:
    if seconds is None or 0 < seconds < _LONGEST_WAIT:
        return seconds
    document.problem(at, "must be a number of seconds, as in 60")
    return None


def is_server_name(name: str) -> bool:
    """Whether a server of the Model Context Protocol may be called so."""
    return re.fullmatch(_SERVER_NAME, name) is not None


def is_address(url: str) -> bool:
    """Whether ``url`` is the http or https address of a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def proxy_url(proxy: str) -> str:
    """The address of a proxy as a URL: its scheme named, and what is special in its password quoted."""
    scheme, slashes, rest = proxy.rpartition("://")
    if slashes and "/" in scheme:  # they stand in the password
        scheme, _, rest = proxy.partition("://")
    user, at, server = rest.rpartition("@")
    name, colon, password = user.partition(":")
    return f"{scheme or 'http'}://{quote(name, safe='%')}{colon}{quote(password, safe='%')}{at}{server}"


def _is_proxy(value: str | None) -> bool:
    if value in (None, _DIRECT):
        return True
    try:
        parts = urlsplit(proxy_url(value))
        return parts.scheme in _PROXY_SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def only_mine(path: Path) -> bool:
    """Whether nobody but this user can read the file, if there is one; ours are made so.

    Windows keeps user folders private by itself.
    """
    if os.name == "nt" or not path.exists():
        return True
    return not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)


def _without_values(text: str) -> str:
    """A value that may be a secret, with only its references to others left."""
    return "".join(re.findall(_REFERENCE, text)) or "•••"


def _shown(value: Any, name: str = "") -> Any:
    if isinstance(value, Struct):
        value = asdict(value)
    if isinstance(value, dict):
        hidden = name == "headers"
        return {
            key: "•••" if hidden and not is_harmless(key) else _shown(item, key)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list | tuple):
        return [_shown(item) for item in value]
    if name == "proxy":
        return without_password(str(value))
    if name == "history":
        return without_password(value.reveal())
    return redact(str(value)) if isinstance(value, str | Secret) else value
