"""The rooms keep apart: what one import brings, in a fresh process."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {
    "aiohttp",
    "pygments",
    "markdown_it",
    "textual",
    "rich",
    "sqlite3",
    "asyncio",
    "xllamacpp",
    "truststore",
    "asyncpg",
}


def loaded_by(*modules: str) -> list[str]:
    code = f"import sys, {', '.join(modules)}; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def brought_by(*modules: str) -> set[str]:
    return SLOW & set(loaded_by(*modules))


def test_the_package_itself_brings_nothing():
    assert brought_by("tui") == set()


def test_the_conversation_is_pure():
    assert not brought_by("tui.chat.conversation", "tui.chat.context", "tui.chat.message")


def test_the_engine_brings_no_textual_and_no_network():
    assert not brought_by("tui.engine.engine", "tui.engine.workspace") & {"textual", "aiohttp", "pygments"}


def test_a_session_brings_no_textual_no_network_and_no_database_before_it_is_used():
    assert not brought_by("tui.engine.session", "tui.engine.session_events") & (SLOW - {"asyncio"})


def test_a_run_without_tools_loads_nothing_that_has_or_carries_out_any():
    loaded = loaded_by("tui.cli.assemble", "tui.engine.session")
    of_tools = {name for name in loaded if name.startswith(("tui.tools", "tui.engine.rounds", "jsonschema"))}
    contract = {"tui.tools", "tui.tools.tool", "tui.tools.approval", "tui.tools.names"}
    assert of_tools <= contract


@pytest.mark.parametrize("module", ["tui.providers", "tui.providers.base", "tui.providers.registry"])
def test_knowing_the_providers_brings_no_network(module):
    assert not brought_by(module) & {"aiohttp", "textual", "xllamacpp"}


def test_the_app_brings_no_network_and_no_highlighting():
    assert not brought_by("tui.app.app") & {"aiohttp", "pygments", "markdown_it", "xllamacpp", "truststore"}


def test_the_first_paint_waits_for_no_other_room():
    rooms = (
        "tui.engine",
        "tui.history",
        "tui.providers",
        "tui.chat.conversation",
        "tui.checked",
        "json",
        "hashlib",
    )
    asked_to_begin_with = {"tui.engine", "tui.engine.start_options"}  # a handful of fields
    loaded = set(loaded_by("tui.app.app")) - asked_to_begin_with
    assert not [name for name in loaded if name.startswith(rooms)]


def test_a_command_begins_without_what_only_the_app_needs():
    assert not {"dataclasses", "inspect", "json", "asyncio", "textual"} & set(loaded_by("tui.cli"))


def test_the_history_brings_no_textual():
    assert not brought_by("tui.history.sqlite.history") & {"aiohttp", "textual"}


def test_a_history_in_a_file_brings_no_driver_of_a_server():
    assert "asyncpg" not in loaded_by("tui.history.opening", "tui.history.sqlite.history", "tui.cli.where")


def test_what_a_history_must_do_is_said_without_sqlite():
    assert not brought_by("tui.history.store")


def test_rendering_brings_no_app():
    done = subprocess.run(
        [sys.executable, "-c", "import sys, tui.rendering.document; print('textual.app' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"


def test_servers_that_are_configured_bring_nothing_of_their_protocol_before_one_is_used():
    loaded = loaded_by("tui.engine.mcp_servers", "tui.cli.mcp")
    slow = ("mcp", "mcp_types", "httpx2", "anyio", "pydantic", "aiohttp", "textual")
    assert not [name for name in loaded if name.split(".")[0] in slow]


def test_a_config_without_servers_brings_nothing_of_them():
    assert not [name for name in loaded_by("tui.config", "tui.cli") if name.startswith("tui.tools")]


@pytest.mark.parametrize(
    "module",
    [
        "tui.app.context",
        "tui.app.composer.slash_menu",
        "tui.app.messages.message_view",
        "tui.app.status.notice_line",
        "tui.app.status.which_key",
        "tui.app.transcript.find_bar",
        "tui.engine.exporting",
        "tui.engine.request",
        "tui.history.query",
        "tui.history.sqlite.migrations.m001_start",
        "tui.key_forms",
        "tui.providers.g4f",
        "tui.rendering.turned",
        "tui.rendering.wrap",
        "tui.system.clipboard",
    ],
)
def test_a_start_loads_nothing_that_it_does_not_show(module, of_a_start):
    assert module not in of_a_start


@pytest.fixture(scope="module")
def of_a_start() -> set[str]:
    """What all that a start in a new conversation imports brings; what it shows later is loaded then."""
    parts = ("tui.app.transcript.transcript", "tui.app.conversations.sidebar", "tui.history.sqlite.history")
    return set(loaded_by("tui.app.app", "tui.app.features", "tui.cli.assemble", *parts))
