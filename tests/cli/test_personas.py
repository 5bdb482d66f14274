"""Personas and prompts kept as files, on the command line and in lines."""

from __future__ import annotations

import pytest

TRANSLATE = """---
description: Translates
persona: poet
parameters: {seed: 7}
variables:
  language: {choices: [German, French]}
  tone: kind
---
Into {language}, {tone}; {other} stays: {input}
"""


@pytest.fixture
def kept(lab):
    """A home with a persona, a prompt, a skill, and a file of each kind that is wrong."""
    for name, text in (
        ("personas/poet.md", "---\nmodel: small\nparameters:\n  temperature: 1.5\n---\nIn verse.\n"),
        ("personas/bad.md", "---\nparameters:\n  warmth: 1\n---\nHello"),
        ("prompts/translate.md", TRANSLATE),
        ("prompts/bad.md", "---\nvariables: tone\n---\nHello"),
        ("skills/commit/SKILL.md", "---\nname: commit\ndescription: Writes one\n---\nWrite a message."),
    ):
        path = lab.config.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return lab


def first(model_server) -> dict:
    return model_server.requests[0]


# -- ask
def test_a_persona_is_system_prompt_model_and_parameters(kept, model_server):
    kept.segue("ask", "-p", "poet", "Hi")
    sent = first(model_server)
    assert sent["messages"][0] == {"role": "system", "content": "In verse."}
    assert (sent["model"], sent["temperature"]) == ("small", 1.5)


def test_what_the_command_line_says_itself_wins(kept, model_server):
    kept.segue("ask", "--persona", "poet", "-m", "lab/big", "-s", "Be brief.", "Hi")
    sent = first(model_server)
    assert sent["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (sent["model"], sent["temperature"]) == ("big", 1.5)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("poets", "There is no persona poets Did you mean poet?"),
        ("bad", "personas/bad.md:3:3: There is no parameter warmth"),
    ],
)
@pytest.mark.parametrize("way", [("ask",), ("--plain",)])
def test_a_persona_that_can_not_be_used_is_told_and_nothing_is_sent(kept, model_server, way, name, said):
    done = kept.segue(*way, "-p", name, "Hi", given="", code=2 if name == "poets" else 1)
    assert said in " ".join(done.stderr.split())
    assert not model_server.requests


def test_variables_are_given_behind_the_name_or_as_words_of_the_command_line(kept, model_server):
    kept.segue("ask", "/translate language=French Good day")
    kept.segue("ask", "/translate", "language=german", "tone=very kind", given="Good day\n")
    kept.segue("ask", "/translate", "language=French", "a=b", "is", "it")
    sent = [request["messages"][-1]["content"] for request in model_server.requests]
    assert sent == [
        "Into French, kind; {other} stays: Good day",
        "Into German, very kind; {other} stays: Good day",
        "Into French, kind; {other} stays: a=b is it",
    ]
    assert first(model_server)["messages"][0]["content"] == "In verse."
    assert (first(model_server)["model"], first(model_server)["seed"]) == ("small", 7)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("/translate Hello",),
            "/translate needs language As in /translate language=… WORDS. language is German or",
        ),
        (("/translate", "language=Latin"), "language can't be Latin It is German or French."),
        (("Hello", "world"), "There is more than one prompt: world"),
        (("Hello", "a=b"), "There is more than one prompt: a=b"),
        (("/nothing", "a", "b"), "There is more than one prompt: a"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_is_sent(kept, model_server, words, said):
    assert said in " ".join(kept.segue("ask", *words, code=2).stderr.split())
    assert not model_server.requests


def test_a_prompt_whose_file_is_wrong_is_told_and_not_sent_as_it_was_typed(kept, model_server):
    for way in (("ask", "/bad Hi"), ("ask", "/bad", "Hi")):
        assert "prompts/bad.md:2:12: must be a table" in kept.segue(*way, code=1).stderr
    assert not model_server.requests


def test_a_mistake_in_a_prompt_that_is_sent_all_the_same_is_told(kept, model_server):
    (kept.config.parent / "prompts" / "doubtful.md").write_text("---\nmodel: [1,\n---\nHello")
    assert "prompts/doubtful.md:" in kept.segue("ask", "/doubtful").stderr
    assert first(model_server)["messages"][-1]["content"] == "Hello"


def test_a_skill_is_a_prompt(kept, model_server):
    kept.segue("ask", "/commit", given="a diff")
    assert first(model_server)["messages"][-1]["content"] == "Write a message.\n\na diff"


# -- plain mode
def test_plain_mode_begins_as_a_persona_and_tells_what_is_wrong_in_files(kept, model_server):
    said = kept.segue("--plain", "-p", "poet", given="Hello\n/options\n/quit\n").stdout
    assert "personas/bad.md:3:3: There is no parameter warmth" in said
    assert "prompts/bad.md:2:12: must be a table" in said
    assert "persona: poet" in said
    assert "temperature: 1.5, a number from 0 on" in said
    sent = first(model_server)
    assert (sent["model"], sent["messages"][0]["content"]) == ("small", "In verse.")


def test_a_persona_is_put_on_and_taken_off_in_lines(kept, model_server):
    said = kept.segue("--plain", given="/persona\n1\nOne\n/persona -\nTwo\n/quit\n").stdout
    assert "1. poet, In verse." in said
    assert "no persona, and no system prompt" in said
    assert [request["messages"][0]["role"] for request in model_server.requests] == ["system", "user"]


def test_where_nobody_can_be_asked_what_a_prompt_misses_is_told(kept, model_server):
    said = kept.segue("--plain", given="/translate Good day\n/quit\n").stdout
    assert "/translate needs language" in said
    assert not model_server.requests
