"""``segue ask``: the real program in a process of its own, against a real server."""

from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import sys

import pytest

from tests.pictures import png


def test_the_answer_and_only_the_answer_is_on_standard_output(lab):
    assert lab.segue("ask", "Hi").stdout == "Hello from the *lab*.\n"


def test_standard_input_is_added_to_the_prompt(lab, model_server):
    lab.segue("ask", "Explain:", given="some code\n")
    assert model_server.requests[0]["messages"] == [{"role": "user", "content": "Explain:\n\nsome code\n"}]


def test_json_has_what_scripts_rely_on(lab):
    document = json.loads(lab.segue("ask", "--json", "Hi").stdout)
    assert document["text"] == "Hello from the *lab*."
    assert document["model"] == "lab/big"
    assert (document["status"], document["error"], document["reasoning"]) == ("complete", None, "")
    assert document["usage"] == {"input_tokens": 9, "output_tokens": 4}
    shown = json.loads(lab.segue("history", "show", str(document["conversation"]), "--json").stdout)
    assert shown["leaf"] == document["message"] == shown["messages"][-1]["id"]


def test_the_conversation_goes_on_with_another_model(lab, model_server):
    lab.segue("ask", "First")
    lab.segue("ask", "-c", "-m", "lab/small", "Second")
    assert [r["model"] for r in model_server.requests] == ["big", "small"]
    assert [m["content"] for m in model_server.requests[1]["messages"]] == [
        "First",
        "Hello from the *lab*.",
        "Second",
    ]
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    assert (row["title"], row["messages"], row["model"]) == ("First", 4, "lab/small")


def test_nothing_is_sent_behind_a_reply_that_another_program_still_writes(lab, model_server):
    model_server.reply, model_server.hold_after = "One two", 1
    first = subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "First"], env=lab.env, stdin=subprocess.DEVNULL, text=True
    )
    assert model_server.reached.wait(30)
    lab.wait_for_stored("One")
    done = lab.segue("ask", "-c", "Second", code=2)
    assert "Another program is still writing the reply here" in done.stderr
    model_server.release.set()
    assert first.wait(30) == 0
    lab.segue("ask", "-c", "Second")
    assert [m["content"] for m in model_server.requests[-1]["messages"]] == ["First", "One two", "Second"]


def test_what_it_begins_is_known_as_its_own(lab):
    lab.segue("ask", "First")
    assert len(json.loads(lab.segue("history", "search", "from:ask First", "--json").stdout)) == 1
    assert json.loads(lab.segue("history", "search", "from:ask Second", "--json").stdout) == []


def test_a_provider_is_found_whatever_the_case_of_its_name(lab):
    assert json.loads(lab.segue("ask", "--json", "-m", "LAB/small", "Hi").stdout)["model"] == "lab/small"
    lab.configure(lab.config.read_text().replace('"lab/big"', '"Lab/big"'))
    assert "no mistakes" in lab.segue("config", "check").stderr
    assert json.loads(lab.segue("ask", "--json", "Hi").stdout)["model"] == "lab/big"


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_a_providers_file_that_everybody_may_change_is_told(lab):
    file = lab.config.parent / "providers" / "echo.py"
    file.parent.mkdir()
    file.write_text("")
    file.chmod(0o666)
    assert f"{file}: everybody on this machine can change it" in lab.segue("ask", "Hi").stderr


def test_a_system_prompt_is_sent_first(lab, model_server):
    lab.segue("ask", "-s", "Be brief.", "Hi")
    assert model_server.requests[0]["messages"][0] == {"role": "system", "content": "Be brief."}


def test_nothing_is_kept_where_nothing_should_be(lab):
    lab.segue("ask", "--no-save", "Secret")
    assert not lab.history.exists()
    assert json.loads(lab.segue("history", "list", "--json").stdout) == []


def test_control_characters_of_a_reply_never_reach_the_terminal(lab, model_server):
    model_server.reply = "a\x1b]52;c;eA==\x07b"
    assert lab.segue("ask", "Hi").stdout == "a␛]52;c;eA==␇b\n"
    assert lab.segue("ask", "--raw", "Hi").stdout == "a\x1b]52;c;eA==\x07b\n"


def test_a_failure_is_on_standard_error_and_the_prompt_is_kept(lab, model_server):
    model_server.status = 401
    done = lab.segue("ask", "Hi", code=1)
    assert done.stdout == "" and "The lab is closed" in done.stderr
    document = json.loads(lab.segue("ask", "--json", "Hi", code=1).stdout)
    assert document["status"] == "error" and document["error"]["status_code"] == 401
    rows = json.loads(lab.segue("history", "list", "--json").stdout)
    assert [row["title"] for row in rows] == ["Hi", "Hi"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "needs a terminal"),
        (("ask",), "nothing to ask"),
        (("ask", "-c", "--no-save", "x"), "--no-save"),
    ],
)
def test_wrong_use_is_told_what_to_do(lab, arguments, words):
    done = lab.segue(*arguments, code=2)
    assert words in done.stderr and done.stdout == ""


@pytest.mark.parametrize(
    ("typed", "meant"), [("modles", "segue models"), ("histroy", "segue history"), ("help", "segue --help")]
)
def test_a_mistyped_command_is_no_prompt(lab, model_server, typed, meant):
    done = lab.segue("--plain", typed, code=2)
    assert f"Did you mean {meant}?" in done.stderr
    assert model_server.requests == []


def test_other_words_are_a_prompt(lab, model_server):
    lab.segue("--plain", "help me with my keys")
    lab.segue("--plain", "modles?")
    assert [r["messages"][0]["content"] for r in model_server.requests] == ["help me with my keys", "modles?"]


def test_an_unknown_provider_or_model_is_named(lab):
    assert "nowhere" in lab.segue("ask", "-m", "nowhere/x", "Hi", code=2).stderr
    assert "big, small" in lab.segue("ask", "-m", "lab/none", "Hi", code=1).stderr


def test_no_model_at_all_says_what_to_do(home):
    done = home.segue("ask", "-m", "openai/gpt-6-sol", "Hi", code=1)
    assert "OPENAI_API_KEY" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_ends_it_and_the_text_so_far_is_kept(lab, model_server, number, code):
    model_server.hold_after = 2
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "Hi"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=lab.env,
    )
    assert process.stdout and process.stdout.read(10) == "Hello from"
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == code and "Traceback" not in errors
    assert model_server.left.wait(10), "the server never saw the connection close"
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    reply = json.loads(lab.segue("history", "show", str(row["id"]), "--json").stdout)["messages"][-1]
    assert (reply["text"], reply["status"]) == ("Hello from", "stopped")


def test_files_go_along(lab, model_server, tmp_path):
    picture, note = tmp_path / "a b.png", tmp_path / "note.txt"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    note.write_text("Buy milk")
    asked = lab.segue("ask", "-a", str(picture), "What is it?", "--attach", str(note), "--json")
    assert model_server.requests[0]["messages"][-1]["content"] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        {"type": "text", "text": "note.txt:\n```\nBuy milk\n```"},
        {"type": "text", "text": "What is it?"},
    ]
    number = str(json.loads(asked.stdout)["conversation"])
    picture.unlink()
    lab.segue("ask", "-c", "And now?")
    assert model_server.requests[1]["messages"][0] == model_server.requests[0]["messages"][0]
    shown = json.loads(lab.segue("history", "show", number, "--json").stdout)["messages"]
    assert shown[0]["attachments"] == [
        {"name": "a b.png", "media_type": "image/png", "size": 8},
        {"name": "note.txt", "media_type": "text/plain", "size": 8},
    ]
    assert shown[1]["attachments"] == []
    assert "▸ a b.png  image, 8 bytes\n▸ note.txt" in lab.segue("history", "show", number).stdout


def test_a_file_alone_is_a_prompt(lab, model_server, tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    lab.segue("ask", "-a", str(tmp_path / "a.png"))
    [part] = model_server.requests[0]["messages"][0]["content"]
    assert part["type"] == "image_url"
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    assert row["title"] == "a.png"


def test_a_file_that_can_not_go_along_is_wrong_use_and_nothing_is_asked(lab, model_server, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    (tmp_path / "empty").mkdir()
    for path, words in [
        ("a.bin", "no image, PDF or text"),
        ("none.txt", "No such file"),
        ("empty", "nothing in"),
    ]:
        done = lab.segue("ask", "Hi", "-a", str(tmp_path / path), code=2)
        assert words in done.stderr and done.stdout == ""
    assert model_server.requests == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_a_kill_loses_nothing_that_was_shown(lab, model_server):
    model_server.hold_after = 3
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "Hi"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=lab.env,
    )
    assert process.stdout and process.stdout.read(14) == "Hello from the"
    lab.wait_for_stored("Hello from the")
    process.kill()
    process.wait(10)
    process.stdout.close()
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    prompt, reply = json.loads(lab.segue("history", "show", str(row["id"]), "--json").stdout)["messages"]
    assert prompt["text"] == "Hi"
    assert (reply["text"], reply["status"]) == ("Hello from the", "interrupted")


def test_a_reader_that_leaves_is_no_error(lab):
    process = subprocess.Popen(
        f'"{sys.executable}" -m tui history list | true',
        shell=True,
        stderr=subprocess.PIPE,
        text=True,
        env=lab.env,
    )
    _, errors = process.communicate(timeout=30)
    assert errors == ""


def test_a_reader_that_leaves_in_the_middle_stops_the_reply_quietly(lab, model_server):
    model_server.reply = "many words " * 20_000
    process = subprocess.Popen(
        f'"{sys.executable}" -m tui ask Hi | head -c 10',
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=lab.env,
    )
    answer, errors = process.communicate(timeout=60)
    assert (answer, errors) == ("many words", "")
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    reply = json.loads(lab.segue("history", "show", str(row["id"]), "--json").stdout)["messages"][-1]
    assert reply["status"] == "stopped" and reply["text"].startswith("many words")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a shell that closes streams")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_crash(lab, model_server, closed):
    done = subprocess.run(
        f'"{sys.executable}" -m tui ask Hi {closed}',
        shell=True,
        capture_output=True,
        text=True,
        env=lab.env,
        timeout=60,
    )
    assert done.returncode == 0 and done.stderr == ""
    assert len(model_server.requests) == 1


def test_lines_that_end_in_a_carriage_return_stay_lines(lab, model_server):
    model_server.reply = "10 %\r50 %\r\n100 %"
    assert lab.segue("ask", "Hi").stdout == "10 %\n50 %\n100 %\n"
    whole = json.loads(lab.segue("ask", "--json", "Hi").stdout)
    assert whole["text"] == model_server.reply, "it is kept as it was sent"


def test_a_model_is_found_by_its_name_alone(lab, model_server):
    lab.segue("ask", "-m", "small", "Hi")
    lab.segue("ask", "-m", "lab", "Hi")
    assert [r["model"] for r in model_server.requests] == ["small", "big"]
    done = lab.segue("ask", "-m", "smal1", "Hi", code=2)
    assert "lab/small" in done.stderr


def test_only_a_model_that_is_named_alike_is_suggested(home, model_server):
    home.configure(f'[providers.lab]\nurl = "{model_server.url}"\nmodels = ["hermes-3", "small"]\n')
    said = home.segue("ask", "-m", "nowhere/x", "Hi", code=2).stderr
    assert "There is no model nowhere/x" in said and "lab/" not in said
    for mistyped in ("lob/small", "smalll", "lab.small"):
        assert "Did you mean lab/small?" in home.segue("ask", "-m", mistyped, "Hi", code=2).stderr


@pytest.fixture
def unlisted(home, model_server):
    """A home whose server has never been asked for its models."""
    home.configure(f'[providers.lab]\ntype = "openai"\nurl = "{model_server.url}"\n')
    return home


def test_a_model_that_its_server_has_not_listed_yet_is_found_by_its_name_alone(unlisted, model_server):
    first = unlisted.segue("ask", "-m", "small", "Hi")
    assert first.stderr == "segue: Looking for models\n"
    assert unlisted.segue("ask", "-m", "small", "Hi").stderr == "", "it is known by now"
    assert [request["model"] for request in model_server.requests] == ["small", "small"]


def test_two_names_that_nobody_has_wait_for_a_silent_server_once(unlisted):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        unlisted.configure(
            f'[providers.lab]\ntype = "openai"\nurl = "http://127.0.0.1:{silent.getsockname()[1]}/v1"\n'
        )
        said = unlisted.segue("ask", "-m", "one", "-m", "two", "Hi", code=2).stderr
    assert said.count("Looking for models") == 1 and "There is no model one" in said


def test_the_model_of_a_persona_is_found_like_one_of_the_command_line(unlisted, model_server):
    persona = unlisted.config.parent / "personas" / "terse.md"
    persona.parent.mkdir()
    persona.write_text("---\nmodel: small\n---\nBe brief.", encoding="utf-8")
    unlisted.segue("ask", "-p", "terse", "Hi")
    assert [request["model"] for request in model_server.requests] == ["small"]


def test_a_model_that_no_server_lists_is_told_with_those_that_have_not_answered(home):
    home.configure('[providers.lab]\ntype = "openai"\nurl = "http://127.0.0.1:9/v1"\n')
    said = home.segue("ask", "-m", "small", "Hi", code=2).stderr
    assert "There is no model small" in said
    assert "Not listed by lab" in said and "a model there is named lab/MODEL." in said


VENDOR = """
from tui.providers.formats.openai_chat import OpenAIChat

class Vendor(OpenAIChat):
    url = "https://vendor.example/v1"
    needs_auth = False
    models = ["big"]
"""


@pytest.mark.parametrize("place", ["parameters", "providers.vendor.parameters"])
def test_a_parameter_of_the_config_outside_the_models_range_is_told_and_nothing_is_sent(lab, place):
    file = lab.config.parent / "providers" / "vendor.py"
    file.parent.mkdir()
    file.write_text(VENDOR, encoding="utf-8")
    lab.configure(f"[{place}]\ntemperature = 5\n")
    said = lab.segue("ask", "-m", "vendor/big", "Hi", code=1).stderr
    assert "temperature is 0 to 2 here, not 5" in said and "config.toml" in said


def test_a_server_of_ones_own_takes_what_it_takes(lab, model_server):
    lab.configure(f"{lab.config.read_text()}[parameters]\ntemperature = 5\nmax_tokens = -1\n")
    lab.segue("ask", "Hi")
    assert (model_server.requests[0]["temperature"], model_server.requests[0]["max_tokens"]) == (5, -1)


@pytest.mark.parametrize(("name", "value", "range_"), [("top_p", 3, "0 to 1"), ("temperature", -5, "0 on")])
def test_a_parameter_of_the_config_that_no_model_takes_is_told_and_left_out(
    lab, model_server, name, value, range_
):
    lab.configure(f"{lab.config.read_text()}[parameters]\n{name} = {value}\n")
    said = lab.segue("ask", "Hi").stderr
    assert f"parameters.{name}: must be" in said and range_ in said
    assert name not in model_server.requests[0]


@pytest.mark.parametrize("kind", ["prompts", "personas"])
@pytest.mark.parametrize(("given", "words"), [("temperature: -5", "0 on"), ("top_p: 3", "0 to 1")])
def test_a_parameter_of_a_kept_file_outside_its_range_is_told_and_nothing_is_sent(
    lab, model_server, kind, given, words
):
    kept = lab.config.parent / kind / "wild.md"
    kept.parent.mkdir()
    kept.write_text(f"---\nparameters:\n  {given}\n---\nBe wild.", encoding="utf-8")
    asked = ("/wild",) if kind == "prompts" else ("-p", "wild", "Hi")
    said = lab.segue("ask", *asked, code=1).stderr
    assert words in said and "not" in said
    assert model_server.requests == []


def test_a_saved_prompt_is_sent_by_its_name_with_what_is_piped_in(lab, model_server):
    saved = lab.config.parent / "prompts" / "review.md"
    saved.parent.mkdir()
    saved.write_text("Review this: {input}", encoding="utf-8")
    lab.segue("ask", "/review", given="a = 1\n")
    assert model_server.requests[0]["messages"] == [{"role": "user", "content": "Review this: a = 1"}]
    assert "needs words" in lab.segue("ask", "/review", code=2).stderr


# -- several models
BOTH = ("-m", "big", "-m", "lab/small")


def test_several_models_answer_one_below_the_other_and_are_stored_as_versions(lab, model_server):
    model_server.reply = "I am {model}."
    asked = lab.segue("ask", *BOTH, "-m", "big", "Who?")
    assert asked.stdout == "# lab/big\n\nI am big.\n\n# lab/small\n\nI am small.\n"
    [row] = json.loads(lab.segue("history", "list", "--json").stdout)
    assert row["model"] == "lab/big"
    shown = json.loads(lab.segue("history", "show", str(row["id"]), "--json").stdout)
    prompt, big, small = shown["messages"]
    assert (big["text"], small["text"]) == ("I am big.", "I am small.")
    assert big["parent"] == small["parent"] == prompt["id"] and shown["leaf"] == big["id"]
    lab.segue("ask", "-c", "And now?")
    assert model_server.requests[-1]["messages"][1]["content"] == "I am big."


def test_several_models_come_at_the_same_time(lab, model_server):
    model_server.reply, model_server.hold_after = "{model} says so", 2
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", *BOTH, "Hi"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=lab.env,
    )
    begun = "# lab/big\n\nbig says"
    assert process.stdout and process.stdout.read(len(begun)) == begun
    lab.wait_for_stored("small says")
    model_server.release.set()
    rest, _ = process.communicate(timeout=30)
    assert rest == " so\n\n# lab/small\n\nsmall says so\n"


def test_several_models_are_a_list_in_json(lab):
    documents = json.loads(lab.segue("ask", *BOTH, "--json", "Hi").stdout)
    assert [document["model"] for document in documents] == ["lab/big", "lab/small"]
    assert len({document["conversation"] for document in documents}) == 1
    assert len({document["message"] for document in documents}) == 2


def test_of_several_models_one_that_fails_is_named_and_the_others_answer(lab):
    done = lab.segue("ask", "-m", "lab/none", "-m", "lab/small", "Hi", code=1)
    assert done.stdout == "# lab/none\n\n\n# lab/small\n\nHello from the *lab*.\n"
    assert "segue: lab/none: " in done.stderr


def test_thinking_in_the_text_is_not_the_answer(lab, model_server):
    model_server.reply = "<think>The plan.</think>\n\nThe answer."
    assert lab.segue("ask", "Hi").stdout == "The answer.\n"


def test_thinking_that_only_its_end_tells_is_parted_from_the_answer(lab, model_server):
    model_server.reply = "The plan\n</think>\n\nThe answer."
    done = lab.segue("ask", "Hi")
    assert done.stdout.startswith("The") and done.stdout.endswith("\n\nThe answer.\n")
    assert "What came so far is the model's thinking; its answer follows" in done.stderr
    document = json.loads(lab.segue("ask", "--json", "Hi").stdout)
    assert (document["reasoning"], document["text"]) == ("The plan\n", "The answer.")


def test_a_field_that_is_refused_is_said_once_and_not_sent_again(lab, model_server):
    model_server.refuses = "stream_options"
    first, second = lab.segue("ask", "Hi"), lab.segue("ask", "Hi")
    assert first.stdout == second.stdout == "Hello from the *lab*.\n"
    assert "lab/big does not take stream_options; sent without it" in first.stderr and second.stderr == ""
    assert ["stream_options" in request for request in model_server.requests] == [True, False, False]


def test_the_config_can_say_beforehand_what_is_refused(lab, model_server):
    model_server.refuses = "stream_options"
    lab.configure(lab.config.read_text() + 'refuses = ["stream_options", "system"]\n')
    assert lab.segue("ask", "-s", "Be brief.", "Hi").stderr == ""
    assert [request["messages"] for request in model_server.requests] == [
        [{"role": "user", "content": "Be brief.\n\nHi"}]
    ]


def test_a_server_of_the_persons_answers_before_a_model_is_downloaded(home, model_server):
    home.configure(f'[providers.lab]\ntype = "openai"\nurl = "{model_server.url}"\n')
    assert json.loads(home.segue("ask", "--json", "Hi").stdout)["model"] == "lab/big"


def test_a_model_that_makes_nothing_but_pictures_is_asked_for_one(home, model_server, tmp_path):
    home.configure(f'[providers.lab]\nurl = "{model_server.url}"\n')
    model_server.pictures, model_server.reply = [png()], "A red cat on a mat"
    done = home.segue("ask", "-m", "lab/gpt-image-1", "A red cat")
    assert model_server.requests == [{"model": "gpt-image-1", "prompt": "A red cat"}]
    assert done.stdout.strip() == "A red cat on a mat"
    assert "file: picture.png, image" in done.stderr
    page = tmp_path / "page.html"
    home.segue("history", "export", "1", "-o", str(page))
    assert base64.b64encode(png()).decode() in page.read_text(encoding="utf-8")
