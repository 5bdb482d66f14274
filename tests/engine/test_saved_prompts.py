"""Prompts kept as files."""

from __future__ import annotations

import pytest

from tui.engine.saved_prompts import LARGEST, SavedPrompts
from tui.errors import UsageError


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "prompts"
    place.mkdir()
    (place / "review.md").write_text("# Review this change\n\nSay what is wrong.\n")
    (place / "to-french.md").write_text("Translate into French: {input}")
    return place


def test_a_file_is_a_prompt_and_its_first_line_says_what_it_is_for(folder):
    prompts = SavedPrompts(folder).all()
    assert [(p.name, p.about) for p in prompts] == [
        ("review", "Review this change"),
        ("to-french", "Translate into French: {input}"),
    ]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/to-french Good morning", "Translate into French: Good morning"),
        ("/review", "# Review this change\n\nSay what is wrong."),
        ("/review a = 1\nb = 2", "# Review this change\n\nSay what is wrong.\n\na = 1\nb = 2"),
        ("/reviews", "/reviews"),
        ("/etc/passwd is a file", "/etc/passwd is a file"),
        ("no command", "no command"),
    ],
)
def test_what_is_typed_becomes_the_prompt(folder, typed, sent):
    assert SavedPrompts(folder).expand(typed) == sent


def test_a_prompt_with_a_place_for_words_needs_some(folder):
    with pytest.raises(UsageError, match="needs words"):
        SavedPrompts(folder).expand("/to-french")


def test_an_edited_file_counts_at_once(folder):
    prompts = SavedPrompts(folder)
    assert prompts.expand("/review").startswith("# Review")
    (folder / "review.md").write_text("Shorter.")
    assert prompts.expand("/review") == "Shorter."


def test_a_folder_that_is_not_there_holds_none(tmp_path):
    prompts = SavedPrompts(tmp_path / "none")
    assert (prompts.all(), prompts.problems()) == ([], [])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("Bad name.md", b"x", "small letters"),
        ("latin.md", b"caf\xe9", "not UTF-8"),
        ("huge.md", b"x" * (LARGEST + 1), "100 kB"),
        ("empty.md", b" \n", "is empty"),
    ],
)
def test_what_can_not_be_used_is_told_and_harms_nothing(folder, name, content, words):
    (folder / name).write_bytes(content)
    prompts = SavedPrompts(folder)
    assert words in str(prompts.problems()[0])
    assert [p.name for p in prompts.all()] == ["review", "to-french"]


def test_text_of_a_file_steers_no_terminal(folder):
    (folder / "evil.md").write_text("a\x1b]52;c;eA==\x07b")
    assert "\x1b" not in SavedPrompts(folder).expand("/evil")


def test_a_name_that_is_a_command_is_told(folder):
    problems = SavedPrompts(folder).problems(commands=["review"])
    assert [str(p) for p in problems] == ["prompts/review.md: /review is a command already. Rename the file."]


@pytest.mark.parametrize(
    "matter",
    [
        "---\ndescription: What it is for\n---",
        '---\r\ndescription: "What it is for"\r\n---',
        "\ufeff---\n# by me\ndescription: 'What it is for'\nmodel: a/b\ntags:\n  - x\n- y\n...",
        '+++\ndescription = "What it is for"\n[extra]\na = 1\n+++',
        "---\nargument-hint: [file]\ndescription: What it is for\n---\n\n",
    ],
)
def test_front_matter_is_never_sent_and_says_what_the_prompt_is_for(tmp_path, matter):
    (tmp_path / "review.md").write_text(f"{matter}\nSay what is wrong.\n", encoding="utf-8")
    prompts = SavedPrompts(tmp_path)
    assert prompts.expand("/review") == "Say what is wrong."
    assert prompts.all()[0].about == "What it is for"


@pytest.mark.parametrize(
    "text",
    ["---\nA rule above, and one below.\n---\nText", "---\nname: not closed", "Text\n---\na: b\n---\nmore"],
)
def test_a_rule_in_a_prompt_is_part_of_it(tmp_path, text):
    (tmp_path / "review.md").write_text(text)
    assert SavedPrompts(tmp_path).expand("/review") == text


def test_a_file_of_nothing_but_front_matter_is_told_as_empty(tmp_path):
    (tmp_path / "review.md").write_text("---\nname: review\n---\n")
    [problem] = SavedPrompts(tmp_path).problems()
    assert "is empty" in str(problem)


# -- variables
TRANSLATE = """---
description: Translates
variables:
  language:
    description: into which
    choices: [German, French]
  tone: friendly
  to-whom:
---
Into {language}, {tone}, for {to-whom}; {other} and {{tone}} and {} stay: {input}
"""


@pytest.fixture
def translate(tmp_path):
    (tmp_path / "translate.md").write_text(TRANSLATE)
    return SavedPrompts(tmp_path)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        (
            "/translate language=French to-whom=all Good day",
            "Into French, friendly, for all; {other} and {friendly} and {} stay: Good day",
        ),
        (
            "/translate tone=\"very {input}\" language=german to-whom='my aunt' a=b c",
            "Into German, very {input}, for my aunt; {other} and {very {input}} and {} stay: a=b c",
        ),
        (
            "/translate to-whom=x language=French tone= {tone}",
            "Into French, , for x; {other} and {} and {} stay: {tone}",
        ),
        (
            "/translate to-whom=x language=French two\nlines language=German",
            "Into French, friendly, for x; {other} and {friendly} and {} stay: two\nlines language=German",
        ),
    ],
)
def test_only_declared_variables_and_the_input_are_replaced_and_each_once(translate, typed, sent):
    assert translate.expand(typed) == sent


def test_what_is_missing_is_told_with_what_it_can_be(translate):
    with pytest.raises(UsageError) as told:
        translate.expand("/translate Hello")
    assert str(told.value) == (
        "/translate needs language, to-whom. "
        "As in /translate language=… to-whom=… WORDS. language is German or French."
    )


def test_a_value_that_is_none_of_the_choices_is_told(translate):
    with pytest.raises(UsageError, match=r"language can't be Latin\. It is German or French\."):
        translate.expand("/translate language=Latin Hello")


def test_a_form_asks_for_every_variable_and_has_what_is_typed_already(translate):
    typed = translate.typed("/translate tone=stern Hello")
    entries = {entry.name: (entry.default, entry.required) for entry in typed.form().entries}
    assert entries == {
        "language": (None, True),
        "tone": ("stern", False),
        "to-whom": (None, True),
        "input": ("Hello", True),
    }
    answer = {"language": "German", "tone": "stern", "to-whom": "all", "input": "Hello"}
    assert typed.filled(answer).text().startswith("Into German, stern, for all")


@pytest.mark.parametrize(
    ("declared", "typed", "sent"),
    [
        ("variables: [a, b]", "/p a=1 b=2", "1 2 {c}"),
        ("variables:\n  - name: a\n    default: no\n  - b", "/p b=2", "no 2 {c}"),
        ("variables:\n  a: 1.0\n  b: [x, y]", "/p b=x more", "1.0 x {c}\n\nmore"),
        ("variables:\n  a: ''\n  b: ~", "/p b=2", " 2 {c}"),
        ("variables:", "/p a=1", "{a} {b} {c}\n\na=1"),
    ],
)
def test_variables_are_declared_in_several_ways(tmp_path, declared, typed, sent):
    (tmp_path / "p.md").write_text(f"---\n{declared}\n---\n{{a}} {{b}} {{c}}")
    assert SavedPrompts(tmp_path).expand(typed) == sent


def test_a_declared_input_can_have_a_default(tmp_path):
    (tmp_path / "p.md").write_text("---\nvariables:\n  input: nothing\n---\nSay {input}.")
    prompts = SavedPrompts(tmp_path)
    assert (prompts.expand("/p"), prompts.expand("/p more")) == ("Say nothing.", "Say more.")


@pytest.mark.parametrize(
    ("matter", "said"),
    [
        ("variables:\n  a:\n    defualt: x", "4:5: defualt means nothing here. Did you mean default?"),
        ("variables:\n  a:\n    default: z\n    choices: [x, y]", "4:14: z is none of the choices"),
        ("variables: tone", "2:12: must be a table"),
        ("variables:\n  a b: x", "3:3: a b is no name"),
        ("variables: [a, a]", "2:16: a stands here twice"),
        ("variables:\n  - default: x", "3:5: has no name"),
        ("variables:\n  a: {choices: [[x]]}", "3:17: must be a text"),
        ("variables:\n\ta: x", "3:1: found character"),
        ("parameters:\n  seed: 1.5", "3:9: seed must be a whole number, not 1.5"),
        ("persona: {a: b}", "2:10: must be a text"),
    ],
)
def test_a_mistake_in_front_matter_is_told_with_its_place(folder, matter, said):
    (folder / "bad.md").write_text(f"---\n{matter}\n---\nText")
    prompts = SavedPrompts(folder)
    [problem] = prompts.problems()
    assert str(problem).startswith(f"prompts/bad.md:{said}")
    assert [p.name for p in prompts.all()] == ["review", "to-french"]


def test_what_another_program_wrote_works_though_it_is_no_yaml(tmp_path):
    (tmp_path / "fix.md").write_text("---\ndescription: Fix: the thing\n---\nMend it.")
    prompts = SavedPrompts(tmp_path)
    assert (prompts.expand("/fix"), prompts.problems()) == ("Mend it.", [])
    assert prompts.all()[0].about == "Fix: the thing"


# -- Agent Skills
def test_skills_are_prompts_and_ones_own_come_before_those_that_programs_share(tmp_path):
    for place, name, text in (
        ("own", "pdf", "---\nname: pdf\ndescription: Reads PDF.\nlicense: MIT\n---\n# PDF\n"),
        ("shared", "pdf", "Not this one."),
        ("shared", "commit", "---\nname: commit\ndescription: >\n  Writes\n  messages.\n---\nWrite one."),
        ("shared", "Odd Name", "Words"),
    ):
        (tmp_path / place / name).mkdir(parents=True)
        (tmp_path / place / name / "SKILL.md").write_text(text)
    (tmp_path / "own" / "notes.txt").write_text("no skill")
    (tmp_path / "own" / "empty").mkdir()
    prompts = SavedPrompts(
        tmp_path / "prompts", {"skills": tmp_path / "own", "~/.agents/skills": tmp_path / "shared"}
    )
    assert [(p.name, p.about) for p in prompts.all()] == [
        ("commit", "Writes messages."),
        ("pdf", "Reads PDF."),
    ]
    assert prompts.expand("/pdf Which pages?") == "# PDF\n\nWhich pages?"
    assert [str(p) for p in prompts.problems(commands=["commit"])] == [
        "~/.agents/skills/Odd Name/SKILL.md: the name of a prompt is small letters, digits and hyphens",
        "~/.agents/skills/commit/SKILL.md: /commit is a command already. Rename the folder.",
    ]
