"""``segue config``: settings listed, read and changed by scripts."""

from __future__ import annotations

import json
import tomllib

import pytest

from tui.app.actions import Action


@pytest.fixture
def mine(home):
    home.configure('# mine\nmodel = "lab/big" # usual\n\n[providers.lab]\nurl = "http://me:pw-123456@h/v1"\n')
    return home


def test_every_setting_is_listed_with_its_value_and_where_that_comes_from(mine):
    lines = mine.segue("config", "list").stdout.splitlines()
    assert any(line.split() == ["model", "lab/big", "(file)"] for line in lines)
    assert any(line.split() == ["theme", "auto", "(default)"] for line in lines)
    assert sum(line.startswith("keys.") for line in lines) == len(Action)
    assert "pw-123456" not in "".join(lines)


def test_the_list_for_scripts_says_all_of_each(mine):
    rows = {row["key"]: row for row in json.loads(mine.segue("config", "list", "--json").stdout)}
    assert rows["model"] == {
        "key": "model",
        "value": "lab/big",
        "source": "file",
        "from": None,
        "type": "a text",
        "choices": [],
        "default": None,
        "group": "General",
        "description": "`PROVIDER/MODEL` of a new conversation; the last one used where this is empty.",
        "at_once": True,
    }
    assert "ollama" in rows["providers.lab.type"]["choices"]
    assert rows["keys.model"]["value"] == "ctrl+l"


def test_a_filter_finds_words_of_names_and_descriptions(mine):
    listed = mine.segue("config", "list", "new conversation").stdout
    assert "model " in listed and "system " in listed and "theme" not in listed


def test_one_is_read(mine):
    assert mine.segue("config", "get", "model").stdout == "lab/big\n"
    assert mine.segue("config", "get", "vim").stdout == "false\n"
    assert mine.segue("config", "get", "proxy").stdout == ""
    assert json.loads(mine.segue("config", "get", "vim", "--json").stdout)["value"] is False


def test_the_environment_is_told_where_it_counts(mine):
    mine.variables["ACCESSIBLE"] = "1"
    got = json.loads(mine.segue("config", "get", "plain", "--json").stdout)
    assert (got["value"], got["source"], got["from"]) == (True, "environment", "ACCESSIBLE")


@pytest.mark.parametrize(
    ("arguments", "at", "value"),
    [
        (("vim", "on"), ("vim",), True),
        (("system", "Answer", "briefly."), ("system",), "Answer briefly."),
        (("parameters.temperature", "0.3"), ("parameters", "temperature"), 0.3),
        (("parameters.seed", "-1"), ("parameters", "seed"), -1),
        (("providers.lab.models", "a", "b"), ("providers", "lab", "models"), ["a", "b"]),
        (("providers.LAB.wait", "300"), ("providers", "lab", "wait"), 300),
        (("providers.lab.headers.X-Team", "red"), ("providers", "lab", "headers", "X-Team"), "red"),
        (("providers.openai.proxy", "direct"), ("providers", "openai", "proxy"), "direct"),
        (("local.models.mine", "/x.gguf"), ("local", "models", "mine"), "/x.gguf"),
        (("keys.model", "f4"), ("keys", "model"), "f4"),
        (
            ("history", "postgresql://me@db.example.org/segue"),
            ("history",),
            "postgresql://me@db.example.org/segue",
        ),
        (("history", "service=home"), ("history",), "service=home"),
    ],
)
def test_a_setting_is_changed_and_the_rest_stays(mine, arguments, at, value):
    before = mine.config.read_text()
    done = mine.segue("config", "set", *arguments)
    assert done.stdout == "" and str(mine.config) in done.stderr
    found = tomllib.loads(mine.config.read_text())
    for step in at:
        found = found[step]
    assert found == value
    lines = iter(mine.config.read_text().splitlines())
    assert all(line in lines for line in before.splitlines()), "every line is there, in its order"
    mine.segue("config", "unset", arguments[0])
    assert mine.config.read_text().startswith(before.rstrip())
    mine.segue("config", "check")


def test_what_is_not_set_can_not_be_taken_out_and_that_is_said(mine):
    before = mine.config.read_text()
    done = mine.segue("config", "unset", "budget.day", code=1)
    assert f"budget.day was not set in {mine.config}" in done.stderr
    assert "Did you mean vim?" in mine.segue("config", "unset", "vin", code=2).stderr
    assert mine.config.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("vim", "perhaps"), 2, "true or false"),
        (("modle", "a/b"), 2, "Did you mean model?"),
        (("history", "postgresql://me:correct-horse@db.example.org/segue"), 2, "~/.pgpass"),
        (("history", "postgresql://me@db.example.org/segue?password=correct-horse"), 2, "~/.pgpass"),
        (("history", "somewhere"), 2, "postgresql://"),
        (("providers.lab.key", "sk-0123456789"), 2, "segue keys set"),
        (("providers.lab.url", "nowhere"), 1, "must be an address"),
        (("theme", "segue-lite"), 1, "there is no segue-lite"),
        (("keys.model", "ctrl+n"), 1, "ctrl+n is set for model and for new"),
        (("keys.model", "ctrl+nonsense"), 1, "there is no key"),
        (("keys.modle", "f4"), 2, "Did you mean keys.model?"),
    ],
)
def test_what_can_not_be_is_refused_and_nothing_written(mine, arguments, code, words):
    before = mine.config.read_text()
    assert words in mine.segue("config", "set", *arguments, code=code).stderr
    assert mine.config.read_text() == before


def test_a_broken_file_is_not_written(mine):
    mine.config.write_text("vim = [\n")
    assert "config.toml:2:1: not valid TOML" in mine.segue("config", "set", "vim", "true", code=1).stderr
    assert mine.config.read_text() == "vim = [\n"


def test_the_first_setting_makes_the_file(home):
    home.segue("config", "set", "theme", "segue-light")
    assert home.config.read_text() == 'theme = "segue-light"\n'


def test_the_keys_for_scripts(mine):
    rows = {row["name"]: row for row in json.loads(mine.segue("config", "keys", "--json").stdout)}
    assert rows["model"]["keys"] == ["ctrl+l"] and rows["model"]["scope"] == "Writing"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("model", "nope/x", "model: there is no provider nope"),
        ("model", "antropic/claude", "Did you mean anthropic?"),
        ("theme", "segue-drak", "there is no segue-drak"),
    ],
)
def test_what_names_nothing_is_refused(mine, key, value, words):
    before = mine.config.read_text()
    assert words in mine.segue("config", "set", key, value, code=1).stderr
    assert mine.config.read_text() == before


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["web_fecth"], "no tool or server web_fecth is known here. Did you mean web_fetch?"),
        (["web_fetch", "lab__x"], "no tool or server lab__x is known here"),
    ],
)
def test_a_tool_that_nobody_is_known_to_have_is_kept_and_said(mine, value, words):
    assert words in mine.segue("config", "set", "tools.use", *value).stderr
    assert tomllib.loads(mine.config.read_text())["tools"]["use"] == value


def test_a_model_that_its_provider_does_not_name_is_kept_and_said(mine):
    mine.segue("config", "set", "providers.lab.models", "big", "small")
    done = mine.segue("config", "set", "model", "lab/bigg")
    assert "lab is not said to have bigg. Did you mean big?" in done.stderr
    assert "is not said" not in mine.segue("config", "set", "model", "lab/big").stderr


def test_a_check_tells_of_a_provider_that_there_is_not(home):
    home.configure('model = "nope/x"\n')
    assert "config.toml:1:1: model: there is no provider nope" in home.segue("config", "check", code=1).stderr


def test_the_tools_of_ours_that_can_be_named_are_those_that_there_are():
    from tui.cli.named import _OWN
    from tui.tools.builtin.folders import LIST_FOLDER, READ_FILE
    from tui.tools.builtin.past import SEARCH_HISTORY
    from tui.tools.builtin.web import SPEC

    assert set(_OWN) == {spec.name for spec in (LIST_FOLDER, READ_FILE, SEARCH_HISTORY, SPEC)}
