"""Notices of the system: argument lists in which nothing is a command, and none over SSH."""

from __future__ import annotations

import os
import sys

import pytest

from tui.system import desktop
from tui.system.desktop import command_of

HERE = {"DISPLAY": ":0"}


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY"])
def test_over_ssh_nobody_sits_before_the_system(platform, variable):
    assert command_of("done", {**HERE, variable: "1"}, platform) == ()


def test_a_linux_without_a_desktop_has_none():
    assert command_of("done", {}, "linux") == ()


def test_words_are_an_argument_of_their_own():
    words = '--icon=x "$(rm)" <b>'
    assert command_of(words, HERE, "linux")[-3:] == ("--", "Segue", '--icon=x "$(rm)" &lt;b&gt;')
    assert command_of("-e quit", {}, "darwin")[-1] == "e quit"
    assert words not in " ".join(command_of(words, {}, "win32"))


@pytest.mark.skipif(sys.platform == "win32", reason="its program is a script")
async def test_the_program_of_the_system_is_given_the_words(tmp_path, monkeypatch):
    program, said = tmp_path / "notify-send", tmp_path / "said"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {said}\n')
    program.chmod(0o700)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin:/usr/bin")
    monkeypatch.setenv("DISPLAY", ":0")
    for name in ("SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    assert await desktop.notify("big answered")
    assert said.read_text().splitlines() == ["--app-name=Segue", "--", "Segue", "big answered"]
    program.write_text("#!/bin/sh\nexit 1\n")
    assert not await desktop.notify("big answered")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert not await desktop.notify("big answered")
