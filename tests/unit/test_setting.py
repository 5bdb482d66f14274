"""What can be set: one table, made of the config's own types and docstrings."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from tui.config import (
    BudgetConfig,
    Config,
    LocalConfig,
    McpConfig,
    ProviderConfig,
    ServeConfig,
    ToolsConfig,
    config_of,
)
from tui.errors import UsageError
from tui.setting import Kind, Setting, described, dotted, in_force, place_of, read, settings, shown, written
from tui.typed_toml import Internal, notes

LAB = (("providers", "lab"), ("mcp", "notes"))


def rows(text: str = "", tmp="config.toml") -> dict[str, Setting]:
    from pathlib import Path

    return {row.name: row for row in settings(config_of(Path(tmp), text), LAB)}


def names(kind: type) -> set[str]:
    """Of the settings that a file may have."""
    hints = get_type_hints(kind, include_extras=True)
    return {name for name in kind.__struct_fields__ if Internal not in notes(hints[name])}


def config(text: str):
    from pathlib import Path

    return config_of(Path("config.toml"), text)


@pytest.mark.parametrize(
    "kind", [Config, ProviderConfig, LocalConfig, ToolsConfig, ServeConfig, McpConfig, BudgetConfig]
)
def test_every_field_of_the_config_says_what_it_does(kind):
    assert names(kind) <= {name for name, words in described(kind).items() if words}


def test_every_field_of_the_config_is_a_row_with_its_type():
    found = rows()
    first = {name.partition(".")[0] for name in found} | {"keys"}
    assert first == names(Config)
    of_a_provider = {row.at[2] for row in found.values() if row.at[0] == "providers"}
    assert of_a_provider == names(ProviderConfig)
    assert {row.at[2] for row in found.values() if row.at[0] == "mcp"} == names(McpConfig)
    kinds = {name: row.kind for name, row in found.items()}
    assert kinds["vim"] is Kind.SWITCH and kinds["providers.lab.wait"] is Kind.NUMBER
    assert kinds["providers.lab.type"] is Kind.CHOICE and "gemini" in found["providers.lab.type"].choices
    assert kinds["providers.lab.key"] is Kind.SECRET and kinds["system"] is Kind.LINES
    assert kinds["providers.lab.models"] is Kind.LIST and kinds["local.models"] is Kind.TABLE
    assert kinds["parameters.seed"] is Kind.WHOLE


def test_where_a_value_comes_from(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "ACCESSIBLE"):
        monkeypatch.delenv(name, raising=False)
    found, empty, full = rows(), config(""), config('model = "a/b"\nproxy = "direct"\nvim = false\n')
    assert in_force(found["model"], empty)[1] == "default"
    assert in_force(found["model"], full)[:2] == ("a/b", "file")
    assert in_force(found["vim"], full)[:2] == (False, "file"), "what stands there comes from there"
    assert in_force(found["model"], full, {"--model": "c/d"}) == ("c/d", "command line", "--model")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@host:1")
    assert in_force(found["proxy"], empty) == ("http://me:•••@host:1", "environment", "HTTPS_PROXY")
    assert in_force(found["proxy"], full)[:2] == ("direct", "file")
    monkeypatch.setenv("ACCESSIBLE", "1")
    assert in_force(found["plain"], empty)[:2] == (True, "environment")


def test_no_secret_is_in_what_is_shown():
    text = (
        '[providers.lab]\nurl = "http://me:hunter2hunter2@h/v1?key=abcdefabcdef"\n'
        'key = "sk-0123456789abcdef"\n'
        'headers = { Authorization = "Bearer zzzzzzzzzzzzzzzz" }\nproxy = "http://u:pass-word-1@p:1"\n'
    )
    now = config(text)
    seen = " ".join(shown(in_force(row, now).value) for row in settings(now))
    for secret in ("hunter2", "abcdefabcdef", "0123456789ab", "zzzzzzzz", "pass-word-1"):
        assert secret not in seen


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("vim", "on", True),
        ("vim", "No", False),
        ("providers.lab.wait", "300", 300),
        ("parameters.temperature", "0.7", 0.7),
        ("parameters.seed", "-3", -3),
        ("providers.lab.type", "gemini", "gemini"),
        ("providers.lab.models", "a\n\n b\n", ["a", "b"]),
        ("providers.lab.models", '["a", "b"]', ["a", "b"]),
        ("local.models", 'a = "/x"\n"b c" = "/y"', {"a": "/x", "b c": "/y"}),
        ("system", " two\nlines ", " two\nlines "),
        ("theme", " segue-light ", "segue-light"),
    ],
)
def test_what_a_person_writes_is_read_by_the_type_and_written_back_alike(name, text, value):
    row = rows()[name]
    assert read(row, text) == value
    assert read(row, written(row, value)) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vim", "perhaps"),
        ("vim", ""),
        ("parameters.seed", "1.5"),
        ("parameters.temperature", "warm"),
        ("parameters.temperature", "true"),
        ("providers.lab.type", "opanai"),
        ("providers.lab.models", '["a"'),
        ("local.models", "a = "),
        ("providers.lab.key", "sk-123"),
    ],
)
def test_what_can_not_be_the_value_is_refused_in_words(name, text):
    with pytest.raises(UsageError, match=name.rpartition(".")[2]):
        read(rows()[name], text)


@pytest.mark.parametrize("at", [("model",), ("providers", "my lab", "url"), ("keys", "a.b"), ("local", 'q"')])
def test_a_name_leads_back_to_its_place(at):
    assert place_of(dotted(at)) == at


@pytest.mark.parametrize("name", ["", "a b", "a =", "[x]", "a..b", "# x", "a\nb"])
def test_what_is_no_name_is_told(name):
    with pytest.raises(UsageError, match="no name"):
        place_of(name)


@pytest.mark.parametrize("text", ["nan", "+nan", "inf", "-inf", "1e400"])
@pytest.mark.parametrize("name", ["budget.day", "parameters.temperature", "providers.lab.wait"])
def test_what_is_no_number_to_count_with_is_none(name, text):
    with pytest.raises(UsageError, match="must be a number, not"):
        read(rows()[name], text)
