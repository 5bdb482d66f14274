"""Keys as people have them are taken, and what was taken off them is said."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from tui.config import Config, ProviderConfig
from tui.credentials import Credentials, Secret
from tui.key_forms import key_in, key_printed
from tui.paths import Paths

KEY = "sk-0123456789abcdef_WXYZ"
FORMS = {
    f"{KEY}\n": "",
    f'"{KEY}"': "without its quotes",
    f"'{KEY}'": "without its quotes",
    f"“{KEY}”": "without its quotes",
    f'"{KEY}': "without its quotes",
    f'{KEY}"': "without its quotes",
    f"<{KEY}>": "without its quotes",
    f"Bearer {KEY}": "without “Bearer”",
    f"bearer   {KEY}": "without “Bearer”",
    f"Authorization: Bearer {KEY}": "without its name and “Bearer”",
    f"x-api-key: {KEY}": "without its name",
    f'"api_key": "{KEY}",': "without its name, the “,” behind it and its quotes",
    f"OPENAI_API_KEY={KEY}": "without its name",
    f'export OPENAI_API_KEY="{KEY}"': "without the command before it and its quotes",
    f"export OPENAI_API_KEY = '{KEY}';": "without the command before it, the “;” behind it and its quotes",
    f'$env:OPENAI_API_KEY = "{KEY}"': "without the command before it and its quotes",
    f"set MINE={KEY}": "without the command before it",
    f'setx OPENAI_API_KEY "{KEY}"': "without the command before it and its quotes",
    f"{KEY} # of the lab": "without the remark behind it",
    f"\ufeff{KEY}": "without invisible characters",
    f"\u200b{KEY}\u200b": "without invisible characters",
    f"\u00a0{KEY}\u00a0": "",
    f"\r\n{KEY}\r\n": "",
    f"{KEY[:12]}\n{KEY[12:]}": "without the line break in it",
    f"# keys\n\nOPENAI_API_KEY={KEY}\n": "without its name",
    f"NAME=me\nexport MY_KEY='{KEY}'\n": "without the other lines, the command before it and its quotes",
}


@pytest.mark.parametrize(("written", "said"), FORMS.items(), ids=map(repr, FORMS))
def test_a_key_is_found_in_what_people_paste(written, said):
    key = key_in(written)
    assert (key.value, key.said) == (KEY, said)


@pytest.mark.parametrize(
    "whole",
    [
        "user:pass",
        "3f2c1a9e-aaaa:0123456789abcdef",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3M=",
        "Zm9vYmFyOmJhcmZvbw==",
        "eyJhbGciOi.eyJzdWIi.c2ln",
        "a b c",
        "key#1",
        "",
    ],
)
def test_a_key_that_only_looks_odd_is_not_touched(whole):
    assert key_in(whole) == (whole, ())


@pytest.mark.parametrize(
    ("printed", "key"),
    [
        ("first\nlogin: me\nurl: https://x\n", "first"),
        ("\n\r\nfirst\r\nsecond\r\n", "first"),
        ('{"ServerURL":"https://h","Username":"me","Secret":"it"}\n', "it"),
        ('{"access_token": "it", "expires": 5}', "it"),
        ('"it"\n', "it"),
        ("\ufeffit\n", "it"),
        ("", ""),
    ],
)
def test_a_program_prints_the_key_first(printed, key):
    assert key_printed(printed).value == key


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "log")


def test_wherever_a_key_is_kept_it_is_tidied_and_said(paths: Paths, monkeypatch):
    monkeypatch.setenv("LAB_KEY", f'"{KEY}"')
    keys = Credentials(paths, Config())
    found = keys.find("lab", ["LAB_KEY"])
    assert found is not None and found.secret.reveal() == KEY
    assert keys.known("lab", ["LAB_KEY"]) == "LAB_KEY, without its quotes"
    monkeypatch.delenv("LAB_KEY")
    in_config = Credentials(paths, Config(providers={"lab": ProviderConfig(key=Secret(f"Bearer {KEY}"))}))
    assert in_config.known("lab") == "config.toml, without “Bearer”"
    keys.store("lab", Secret(f"'{KEY}'"))
    assert keys.known("lab") == "keys.json"


def test_a_variable_of_nothing_but_quotes_is_none(paths: Paths, monkeypatch):
    monkeypatch.setenv("LAB_KEY", '""')
    monkeypatch.setenv("OTHER_KEY", KEY)
    assert Credentials(paths, Config()).known("lab", ["LAB_KEY", "OTHER_KEY"]) == "OTHER_KEY"


@pytest.mark.skipif(os.name == "nt", reason="the shell of POSIX")
def test_what_a_program_leaves_running_is_not_waited_for(paths: Paths):
    line = f"sh -c 'sleep 8 & echo {KEY}; echo me'"
    began = time.monotonic()
    found = Credentials(paths, Config(providers={"lab": ProviderConfig(key_command=line)})).find("lab")
    assert found is not None and found.secret.reveal() == KEY
    assert time.monotonic() - began < 6


def test_much_that_a_program_prints_does_not_stop_it(paths: Paths):
    line = f"{sys.executable} -c \"print('{KEY}'); print('x' * 1_000_000)\""
    found = Credentials(paths, Config(providers={"lab": ProviderConfig(key_command=line)})).find("lab")
    assert found is not None and found.secret.reveal() == KEY
