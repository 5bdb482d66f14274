"""``segue config keys``: what can be set under ``[keys]``."""

from __future__ import annotations

from tui.app.actions import Action


def test_every_action_is_listed_with_the_keys_it_has_now(lab):
    lab.config.write_text(lab.config.read_text() + '\n[keys]\nmodel = "f4,ctrl+up"\nmodle = "f5"\n')
    told = lab.segue("config", "keys")
    assert [line.split()[0] for line in told.stdout.splitlines()] == list(Action)
    [line] = [line for line in told.stdout.splitlines() if line.startswith("model ")]
    assert line.split(maxsplit=2)[1:] == ["f4,ctrl+up", "Choose a model"]
    assert "there is no modle" in told.stderr
