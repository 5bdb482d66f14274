"""``segue models``: what can answer, and why some can not."""

from __future__ import annotations

import json


def test_models_are_listed_and_filtered(lab):
    listed = [line.split()[0] for line in lab.segue("models", "lab/").stdout.splitlines()]
    assert listed == ["lab/big", "lab/small"]
    [model] = json.loads(lab.segue("models", "--json", "lab/big").stdout)
    assert (model["id"], model["provider"], model["available"]) == ("lab/big", "lab", True)
    assert "No model's id contains 'xyzzy'" in lab.segue("models", "xyzzy").stderr


def test_a_provider_of_ones_own_that_does_not_answer_is_told(lab, model_server):
    model_server.list_status = 401
    done = lab.segue("models", "--refresh")
    assert "lab: " in done.stderr and "Not you" in done.stderr
    assert "ollama: Nothing listens at 127.0.0.1:9" in done.stderr, "the environment names one"
    assert "vllm" not in done.stderr, "nobody said that there is one"
    assert "ollama" not in lab.segue("models", "--refresh", "lab").stderr


def test_names_from_a_server_are_harmless(home, model_server):
    home.configure(f'[providers.lab]\nurl = "{model_server.url}"\n')
    model_server.models = ("bi\x1b[31mg",)
    assert "lab/bi␛[31mg" in home.segue("models", "lab/").stdout


def test_a_broken_provider_of_ones_own_says_where(lab):
    file = lab.config.parent / "providers" / "broken.py"
    file.parent.mkdir()
    file.write_text("def (")
    done = lab.segue("models", "broken")
    assert f"broken: {file} is broken: SyntaxError" in done.stderr
    assert f"It happened in {file}, line 1." in done.stderr


def test_a_model_that_makes_nothing_but_pictures_says_so_and_stands_last(home, model_server):
    home.configure(f'[providers.lab]\nurl = "{model_server.url}"\n')
    model_server.models = ("flux.2-dev", "big")
    big, flux = [line.split() for line in home.segue("models", "lab/").stdout.splitlines()]
    assert big[:2] == ["lab/big", "–"] and flux[:2] == ["lab/flux.2-dev", "pictures"]
    found = json.loads(home.segue("models", "--json", "lab/").stdout)
    assert [model["pictures"] for model in found] == [None, "only"]
