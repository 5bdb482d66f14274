"""What the README says is so."""

from __future__ import annotations

import argparse
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.readme_tables import written
from tui.cli.main import COMMANDS
from tui.config import load_config

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    [found] = [text for text in blocks if containing in text]
    return found


def test_the_provider_of_thirty_lines_runs(lab):
    folder = lab.config.parent / "providers"
    folder.mkdir()
    code = block("python", "class Echo")
    assert len(code.splitlines()) <= 30
    (folder / "echo.py").write_text(code, encoding="utf-8")
    assert lab.segue("ask", "-m", "echo/shout", "good morning").stdout.strip() == "GOOD MORNING"
    assert "echo/plain" in lab.segue("models", "echo").stdout


def test_the_settings_have_no_mistake(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(block("toml", "[providers.lab]"), encoding="utf-8")
    assert load_config(file).problems == ()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_there_and_told(name):
    assert f"segue {name}" in README
    parser = argparse.ArgumentParser()
    importlib.import_module(f"tui.cli.{name}").add_arguments(parser)


def test_every_picture_is_there_and_fetches_nothing():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert len(pictures) >= 7
    for picture in pictures:
        svg = (ROOT / picture).read_text(encoding="utf-8")
        assert "url(" not in svg.replace("url(#", "") and "<image" not in svg


def test_the_extras_are_those_that_the_text_names():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"local", "g4f", "dev"} <= set(extras)


def test_the_tables_of_keys_and_commands_say_what_is_so():
    assert written(README) == README, "python -m tests.readme_tables writes them anew"
