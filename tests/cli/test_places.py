"""Where the history is: a file, or a server that several machines use."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Home
from tests.history.servers import cluster, place, pooler
from tui.cli.where import history_place, machine_of
from tui.config import Config, load_config
from tui.errors import HistoryRefusedError, UsageError
from tui.history import opening
from tui.history.place import File, Server
from tui.paths import Paths
from tui.secret import Secret

__all__ = ["cluster", "place", "pooler"]


@pytest.fixture
def paths(tmp_path) -> Paths:
    return Paths(tmp_path / "c", tmp_path / "d", tmp_path / "h", tmp_path / "l")


def test_it_is_a_file_unless_the_config_or_the_environment_says_otherwise(paths):
    assert history_place(paths, Config(), {}) == File(paths.history_file)
    paths.config.mkdir()
    paths.config_file.write_text('history = "service=home"\n')
    config = load_config(paths.config_file)
    assert not config.problems
    by_config = history_place(paths, config, {})
    assert isinstance(by_config, Server) and by_config.address.reveal() == "service=home"
    by_environment = history_place(paths, config, {"SEGUE_HISTORY": "/elsewhere/history.db"})
    assert by_environment == File(paths.data.joinpath("/elsewhere/history.db"))
    for wrong in ("mysql://x/y", " ", "a\0b"):
        with pytest.raises(UsageError):
            history_place(paths, config, {"SEGUE_HISTORY": wrong})


@pytest.mark.parametrize(
    "address", ["postgresql://me:correct-horse@h/x", "postgresql://me@h/x?password=correct-horse"]
)
def test_a_password_in_the_config_is_used_only_if_nobody_else_can_read_it(paths, address):
    paths.config.mkdir()
    paths.config_file.write_text(f'history = "{address}"\n')
    paths.config_file.chmod(0o644)
    config = load_config(paths.config_file)
    assert config.history is None and "chmod 600" in str(config.problems[0])
    paths.config_file.chmod(0o600)
    config = load_config(paths.config_file)
    assert config.history is not None and not config.problems
    for shown in (repr(config), json.dumps(config.shown()), str(config.problems)):
        assert "correct-horse" not in shown


def test_a_place_that_is_none_is_told_with_its_line(paths):
    paths.config.mkdir()
    paths.config_file.write_text('history = "nowhere"\nhistory_password_command = " "\n')
    problems = [str(problem) for problem in load_config(paths.config_file).problems]
    assert len(problems) == 2
    assert "1:1: history: must be as in postgresql://" in problems[1] + problems[0]


async def test_without_the_driver_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(HistoryRefusedError, match="asyncpg"):
        await opening.open_history(Server(Secret("service=home"), "here"))


def test_a_machine_keeps_its_name(paths):
    assert machine_of(paths.data) == machine_of(paths.data) != ""


def test_a_password_command_is_asked_at_each_connection(paths, tmp_path):
    file = tmp_path / "password"
    config = Config(history_password_command=f"cat {file}")
    place = history_place(paths, config, {"SEGUE_HISTORY": "service=home"})
    assert isinstance(place, Server) and place.password is not None
    for password in ("one-long-password", "another-long-password"):
        file.write_text(f"{password}\n")
        assert place.password() == password


def test_two_machines_have_one_history(lab, place, tmp_path):
    address = place.address.reveal()
    lap = Home(tmp_path / "lap", {"SEGUE_HISTORY": address})
    lab.variables["SEGUE_HISTORY"] = address
    lab.segue("ask", "What is up?")
    [row] = json.loads(lap.segue("history", "list", "--json").stdout)
    assert (row["title"], row["messages"]) == ("What is up?", 2)
    [hit] = json.loads(lap.segue("history", "search", "hello", "--json").stdout)
    assert hit["conversation"] == row["id"]
    where = lap.segue("history", "place").stdout
    assert "PostgreSQL" in where and "1 conversation," in where and "person" in where
    findings = json.loads(lap.segue("doctor", "--json").stdout)
    assert {found["name"] for found in findings if found["area"] == "history"} >= {
        "server",
        "place",
        "readers",
    }


def test_a_history_moves_to_a_server_and_back_again_and_again(lab, place, tmp_path):
    address = place.address.reveal()
    lab.segue("ask", "What is up?")
    assert "1 conversation copied, 0 were there" in lab.segue("history", "copy", "--to", address).stderr
    lab.segue("ask", "-c", "And now?")
    again = lab.segue("history", "copy", "--to", address).stderr
    assert "0 conversations copied, 1 were there already; 2 messages added" in again
    back = tmp_path / "back.db"
    lab.segue("history", "copy", "--from", address, "--to", str(back))
    lab.variables["SEGUE_HISTORY"] = str(back)
    assert "And now?" in lab.segue("history", "show", "1").stdout
    lab.segue("history", "copy", "--to", str(back), code=2)


def test_a_server_that_is_not_there_is_told_in_words(home):
    home.variables["SEGUE_HISTORY"] = "postgresql://me:correct-horse@127.0.0.1:9/x"
    said = home.segue("history", "list").stderr
    assert (
        "server of the history can't be reached" in said and "offline" in said and "correct-horse" not in said
    )
    assert "known of it on this machine" in home.segue("usage").stderr
    shown = home.segue("doctor", code=1).stdout
    assert "wrong" in shown and "correct-horse" not in shown
