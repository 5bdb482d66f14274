"""A setting that can't be used is a mistake with its place, and the rest works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.config import load_config

REST = '\n[providers.other]\nurl = "http://127.0.0.1:1/v1"\n'
MISTAKES = {
    "no such home": '[local.models]\nmine = "~nouser/x.gguf"',
    "no path": '[local.models]\nmine = ""',
    "a path with a NUL": '[local.models]\nmine = "a\\u0000b"',
    "a parameter that is no number": '[parameters]\ntemperature = "hot"',
    "a parameter that is no whole number": "[parameters]\nmax_tokens = 1.5",
    "a parameter that is a switch": "[parameters]\nseed = true",
    "a header of two lines": '[providers.lab]\nheaders = { X-A = "a\\nb" }',
    "no name of a header": '[providers.lab]\nheaders = { "a b" = "c" }',
    "no variable": '[providers.lab]\nkey_env = ""',
    "no command": '[providers.lab]\nkey_command = " "',
    "no file": '[providers.lab]\nca_file = "\\u0000"',
}


@pytest.mark.parametrize("text", MISTAKES.values(), ids=MISTAKES)
def test_it_is_told_and_the_rest_is_in_force(tmp_path: Path, text):
    file = tmp_path / "config.toml"
    file.write_text(text + REST)
    config = load_config(file)
    [problem] = config.problems
    assert problem.message.startswith(f"{file}:2:1:")
    assert config.provider("other").url == "http://127.0.0.1:1/v1"


def test_words_to_stop_at_may_be_several(tmp_path: Path):
    file = tmp_path / "config.toml"
    file.write_text('[parameters]\nstop = ["a", "b"]\ntemperature = 1\n')
    config = load_config(file)
    assert (config.problems, config.parameters) == ((), {"stop": ["a", "b"], "temperature": 1})


@pytest.mark.skipif(os.name == "nt", reason="rights of POSIX")
@pytest.mark.parametrize("opened", ["the file", "its folder"])
def test_settings_that_everybody_may_change_are_told(tmp_path: Path, opened):
    folder = tmp_path / "config"
    folder.mkdir()
    file = folder / "config.toml"
    file.write_text('theme = "segue-light"\n')
    file.chmod(0o600)
    assert load_config(file).problems == ()
    (file if opened == "the file" else folder).chmod(0o777)
    [problem] = load_config(file).problems
    assert "everybody on this machine can change" in str(problem)
    assert load_config(file).theme == "segue-light"
