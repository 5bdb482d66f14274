"""``segue ask --schema``: answers that are JSON of a given shape, or a failure that says why not."""

from __future__ import annotations

import json

import pytest

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city", "days"],
}
GOOD = '{"city": "Oslo", "days": 3}'


@pytest.fixture
def schema(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(SCHEMA))
    return str(path)


def test_the_answer_is_the_json_alone(lab, model_server, schema):
    model_server.reply = f"```json\n{GOOD}\n```"
    assert lab.segue("ask", "--schema", schema, "Where?").stdout == f"{GOOD}\n"
    (request,) = model_server.requests
    assert request["response_format"]["json_schema"]["schema"] == SCHEMA
    assert request["messages"][-1]["content"].startswith("Where?\n\nAnswer with JSON alone")
    assert '"required": ["city", "days"]' in request["messages"][-1]["content"]


def test_what_is_kept_is_what_was_asked_and_answered(lab, model_server, schema):
    model_server.reply = GOOD
    document = json.loads(lab.segue("ask", "--schema", schema, "--json", "Where?").stdout)
    assert (document["value"], document["schema_errors"]) == ({"city": "Oslo", "days": 3}, [])
    shown = json.loads(lab.segue("history", "show", str(document["conversation"]), "--json").stdout)
    assert [message["text"] for message in shown["messages"]] == ["Where?", GOOD]


def test_an_answer_that_does_not_fit_is_asked_for_once_more_with_what_is_wrong(lab, model_server, schema):
    model_server.reply, model_server.later = '{"city": "Oslo", "days": 0}', [GOOD]
    done = lab.segue("ask", "--schema", schema, "Where?")
    assert done.stdout == f"{GOOD}\n"
    assert "asking once more" in done.stderr
    again = model_server.requests[1]["messages"]
    assert [message["role"] for message in again] == ["user", "assistant", "user"]
    assert "- days: 0 is less than the minimum of 1" in again[-1]["content"]


def test_one_that_never_fits_fails_and_its_text_is_kept(lab, model_server, schema):
    model_server.reply = "I would rather go to Oslo."
    done = lab.segue("ask", "--schema", schema, "Where?", code=1)
    assert done.stdout == "I would rather go to Oslo.\n"
    assert "does not fit the schema: It is no JSON" in done.stderr
    assert len(model_server.requests) == 2
    document = json.loads(lab.segue("ask", "--schema", schema, "--json", "Where?", code=1).stdout)
    assert (document["value"], document["text"]) == (None, "I would rather go to Oslo.")
    assert "no JSON" in document["schema_errors"][0]


def test_a_server_that_takes_no_schema_is_asked_in_words(lab, model_server, schema):
    model_server.reply, model_server.refuses = GOOD, "response_format"
    assert lab.segue("ask", "--schema", schema, "Where?").stdout == f"{GOOD}\n"
    assert "response_format" not in model_server.requests[-1]
    assert "JSON alone" in model_server.requests[-1]["messages"][-1]["content"]


def test_a_failure_of_the_server_is_told_and_not_asked_again(lab, model_server, schema):
    model_server.status = 401
    done = lab.segue("ask", "--schema", schema, "Where?", code=1)
    assert "The lab is closed" in done.stderr
    assert "does not fit" not in done.stderr
    assert len(model_server.requests) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no JSON"),
        ('{"type": "objekt"}', "no JSON schema"),
        ("[]", "a schema is a JSON object"),
        ('{"$ref": "https://example.com/s.json"}', "refers to https://example.com/s.json"),
        (None, "can't be read"),
    ],
)
def test_a_file_that_is_no_schema_is_told_before_anything_is_sent(
    lab, model_server, tmp_path, content, words
):
    path = tmp_path / "schema.json"
    if content is not None:
        path.write_text(content)
    done = lab.segue("ask", "--schema", str(path), "Where?", code=2)
    assert words.lower() in done.stderr.lower()
    assert model_server.requests == []


def test_several_models_are_not_asked_for_one_answer(lab, schema):
    done = lab.segue("ask", "--schema", schema, "-m", "lab/big", "-m", "lab/small", "Where?", code=2)
    assert "--schema asks one model" in done.stderr


def test_a_folder_and_a_pattern_go_along_and_what_is_left_out_is_said(lab, model_server, tmp_path):
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("first")
    (tmp_path / "notes" / "b.bin").write_bytes(b"\x00\xff")
    done = lab.segue("ask", "-a", str(tmp_path / "notes"), "-a", str(tmp_path / "notes" / "*.txt"), "Read")
    sent = json.dumps(model_server.requests[0]["messages"])
    assert "notes/a.txt" in sent
    assert "first" in sent
    assert "Left out: notes/b.bin (no image, PDF or text)" in done.stderr
