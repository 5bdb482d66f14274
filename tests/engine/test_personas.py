"""Personas kept as files."""

from __future__ import annotations

import pytest

from tui.chat.conversation import Conversation
from tui.engine.personas import Personas
from tui.errors import ConfigError, UsageError

REVIEWER = """---
description: Finds what is wrong
model: lab/big
parameters:
  temperature: 0.2
  stop: "###"
---

You review code. {braces} stay.
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "reviewer.md").write_text(REVIEWER)
    (tmp_path / "poet.md").write_text("You answer in verse.\n\nAlways.\n")
    return tmp_path


def test_the_body_is_the_system_prompt_and_front_matter_says_the_rest(folder):
    reviewer = Personas(folder).find("reviewer")
    assert reviewer.system == "You review code. {braces} stay."
    assert (reviewer.about, reviewer.model) == ("Finds what is wrong", "lab/big")
    assert reviewer.parameters == {"temperature": 0.2, "stop": "###"}


def test_a_file_without_front_matter_is_a_persona_too(folder):
    poet = Personas(folder).find("poet")
    assert (poet.system, poet.about) == ("You answer in verse.\n\nAlways.", "You answer in verse.")


def test_another_persona_takes_the_place_of_the_one_before_and_leaves_what_the_person_set(folder):
    personas = Personas(folder)
    conversation = Conversation(0, parameters={"seed": 7})
    for name, parameters in (
        ("reviewer", {"seed": 7, "temperature": 0.2, "stop": "###"}),
        ("poet", {"seed": 7}),
    ):
        changes = personas.changes(conversation, personas.find(name))
        conversation.system, conversation.parameters = changes["system"], changes["parameters"]
        worn = personas.worn(conversation)
        assert (worn and worn.name, conversation.parameters) == (name, parameters)
    assert personas.changes(conversation, None) == {"system": "", "parameters": {"seed": 7}}


def test_a_system_prompt_that_was_changed_is_no_persona_any_more(folder):
    personas = Personas(folder)
    assert personas.worn(Conversation(0, system="You answer in verse. Seldom.")) is None


def test_one_that_there_is_not_is_told_with_the_nearest(folder):
    with pytest.raises(UsageError, match=r"There is no persona reviewr\. Did you mean reviewer\?"):
        Personas(folder).find("reviewr")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("---\nmodel: [a, b]\n---\nHello", "personas/bad.md:2:8: must be a text"),
        ("---\nparameters:\n  warmth: 1\n---\nHello", "personas/bad.md:3:3: There is no parameter warmth"),
        (
            "\n\n---\nparameters:\n  temperature: hot\n---\nHello",
            "personas/bad.md:5:16: temperature must be a number, not hot",
        ),
        ("---\nparameters: 0.2\n---\nHello", "personas/bad.md:2:13: must be a table"),
        ("---\nmodel: a\nmodel: b\n---\nHello", "personas/bad.md:3:1: model stands here twice"),
        ("---\ndescription: x: y\n---\nHello", "personas/bad.md:2:15: mapping values are not allowed here"),
        ("---\nmodel: &a [*a]\n---\nHello", "personas/bad.md:2:8: must be a text"),
        pytest.param(
            f"---\nmodel: {'[' * 5_000}\n---\nHello", "personas/bad.md:2:1: lists or tables", id="deep"
        ),
        ("---\nmodel: !!python/object/apply:os.getcwd []\n---\nHello", "personas/bad.md:2:8: must be a text"),
        ("", "personas/bad.md: is empty"),
        ("---\ndescription: nothing more\n---\n", "personas/bad.md: is empty"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_harms_no_other(folder, text, said):
    (folder / "bad.md").write_text(text)
    personas = Personas(folder)
    [problem] = personas.problems()
    assert str(problem).startswith(said)
    assert [persona.name for persona in personas.all()] == ["poet", "reviewer"]
    with pytest.raises(ConfigError, match=r"personas/bad.md"):
        personas.find("bad")


def test_a_name_that_is_nearly_one_of_ours_is_told_and_the_persona_works(folder):
    (folder / "near.md").write_text("---\nparameter:\n  seed: 1\nlicense: MIT\n---\nHello")
    personas = Personas(folder)
    [problem] = personas.problems()
    assert str(problem) == "personas/near.md:2:1: parameter means nothing here. Did you mean parameters?"
    assert personas.find("near").system == "Hello"


def test_what_is_written_is_read_as_it_stands_and_steers_no_terminal(folder):
    (folder / "odd.md").write_text("---\nmodel: no\n---\nA\x1b]52;c;eA==\x07b")
    odd = Personas(folder).find("odd")
    assert odd.model == "no"
    assert "\x1b" not in odd.system
