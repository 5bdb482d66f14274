"""``segue --plain`` with lines on standard input: a whole conversation as a script."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.pictures import png


def test_what_is_said_is_shown_in_words_and_stored(script, stored, model_server):
    model_server.reply = "I am **{model}**."
    shown = script("Who are you?", "And now?")
    assert shown.endswith("you: Who are you?\nbig: I am big.\nyou: And now?\nbig: I am big.\n")
    assert [(m["role"], m["text"]) for m in stored()] == [
        ("user", "Who are you?"),
        ("assistant", "I am **big**."),
        ("user", "And now?"),
        ("assistant", "I am **big**."),
    ]


def test_the_model_is_switched_in_mid_conversation(script, model_server, stored):
    model_server.reply = "I am {model}."
    shown = script("Who are you?", "/model small", "And you?")
    assert "small of lab answers\nyou: And you?\nsmall: I am small.\n" in shown
    assert [r["model"] for r in model_server.requests] == ["big", "small"]
    assert [m["content"] for m in model_server.requests[1]["messages"]] == [
        "Who are you?",
        "I am big.",
        "And you?",
    ]


def test_a_model_is_chosen_by_number_or_by_words(script, model_server):
    shown = script("/model", "")
    assert "1. big of lab, answers now\n" in shown
    row = next(line for line in shown.splitlines() if line.endswith("small of lab"))
    number = row.partition(".")[0]
    shown = script("/model", number, "Hi", "/model", "big", "Hi")
    assert f"number or words: {number}\nsmall of lab answers\n" in shown
    assert [r["model"] for r in model_server.requests] == ["small", "big"]


def test_an_empty_line_leaves_a_list_and_a_wrong_number_does_not(script, model_server):
    shown = script("/model", "7", "", "Hi")
    assert "There is no number 7" in shown
    assert "number or words: \nyou: Hi\nbig: " in shown


def test_a_failure_is_told_and_asked_again(script, stored, model_server):
    model_server.status = 401
    shown = script("Hi")
    assert "you: Hi\nfailed: " in shown and "The lab is closed" in shown and "/retry asks again" in shown
    model_server.status = 200
    shown = script("/retry", "/versions", "1", options=("--continue",))
    assert "you: /retry\nbig: Hello from the lab.\n" in shown
    assert (
        "1. big: no text\n2. big: Hello from the *lab*., the one that counts\nnumber or words: 1\n" in shown
    )
    assert "2. big:\nfailed: " in shown
    assert [(m["text"], m["status"]) for m in stored()[1:]] == [
        ("", "error"),
        ("Hello from the *lab*.", "complete"),
    ]


def test_the_newest_picture_is_saved_also_where_nothing_is_kept(script, model_server, tmp_path):
    model_server.pictures = [png()]
    target = tmp_path / "cat.png"
    shown = script("/save", "A red cat", f"/save {target}", f"/save {target}", options=("--temporary",))
    assert "There is no picture here to save" in shown and f"saved to {target}\n" in shown
    assert f"{target} is there already" in shown and target.read_bytes() == png()


def test_a_retry_by_another_model_keeps_the_model(script, model_server):
    script("Hi", "/retry small", "More")
    assert [r["model"] for r in model_server.requests] == ["big", "small", "big"]


def test_a_reply_goes_on(script, model_server):
    script("Hi", "/continue")
    assert [m["content"] for m in model_server.requests[1]["messages"]][:2] == ["Hi", "Hello from the *lab*."]


def test_several_lines_are_one_prompt(script, model_server):
    script("one \\", "two", '"""three', "", 'four"""', r"five\\")
    prompts = [r["messages"][-1]["content"] for r in model_server.requests]
    assert prompts == ["one \ntwo", "three\n\nfour", "five\\"]


def test_a_path_is_a_message(script, model_server):
    script("/etc/passwd", " /quit is a command")
    prompts = [r["messages"][-1]["content"] for r in model_server.requests]
    assert prompts == ["/etc/passwd", " /quit is a command"]


def test_the_conversation_is_read_again_with_numbers(script):
    assert "1. you: Hi\n2. big: Hello from the lab.\n3. you: Ho\n4. big: " in script("Hi", "Ho", "/history")
    shown = script("/history 1", options=("--continue",))
    assert "Hi, 4 messages. /history reads them" in shown
    assert "you: /history 1\n4. big: Hello" in shown and "3. you" not in shown


def test_a_conversation_is_opened_by_its_title_or_its_text(script):
    script("Bread and water")
    script("Wine")
    shown = script("/open bread", "1", "/open hello", "1", "/find LAB")
    assert "1. Bread and water, " in shown
    assert "number or words: 1\nBread and water, 2 messages" in shown
    assert "1. Wine: Hello" in shown or "2. Wine: Hello" in shown
    assert "2. big: Hello from the *lab*." in shown


def test_a_message_or_the_conversation_is_deleted_and_taken_back(script, stored, lab):
    shown = script("Hi", "/delete 2", "/history", "/undo", "/history")
    assert "taken back\n" in shown and shown.count("2. big: Hello") == 1
    shown = script("/delete", "/undo", "/history", options=("--continue",))
    assert "Hi is in the trash. /undo takes it back\nnew conversation" in shown
    assert "1. you: Hi\n2. big: Hello" in shown


def test_what_belongs_to_the_conversation_is_said_and_set(script, model_server):
    shown = script("/title Bread", "/system Be brief.", "/set temperature 0.2", "/set x 1", "Hi", "/title")
    assert "title: Bread\n" in shown and "system prompt: Be brief.\n" in shown
    assert "temperature = 0.2\n" in shown and "There is no parameter x" in shown
    assert model_server.requests[0]["temperature"] == 0.2
    assert model_server.requests[0]["messages"][0] == {"role": "system", "content": "Be brief."}
    assert shown.endswith("you: /title\ntitle: Bread\n")


def test_it_is_taken_out(script, tmp_path):
    target = tmp_path / "out.md"
    shown = script("/export", "Hi", f"/export {target}", "/copy")
    assert "There is nothing to export yet" in shown
    assert f"exported to {target}" in shown and "Hello from the *lab*." in target.read_text()
    saved = tmp_path / "cache" / "segue" / "copied.txt"
    assert "Copied with" in shown or saved.read_text() == "Hello from the *lab*."


@pytest.mark.skipif(sys.platform == "win32", reason="the editor of this test is a shell script")
def test_a_prompt_is_written_and_edited_in_the_editor(lab, script, model_server, tmp_path, monkeypatch):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\n[ -s "$1" ] && echo >> "$1"\necho Changed >> "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    shown = script("/editor", "/edit", "/edit 2", "/versions 1")
    assert "you: Changed\nbig: Hello" in shown and "you: Changed\nChanged\nbig: Hello" in shown
    assert "Only what you have said can be edited" in shown
    assert "1. you: Changed\n2. you: Changed Changed, the one that counts\n" in shown
    assert [r["messages"][-1]["content"] for r in model_server.requests] == ["Changed", "Changed\nChanged"]


@pytest.mark.skipif(sys.platform == "win32", reason="the editor of this test is a shell script")
def test_files_of_a_prompt_are_named_and_stay_when_it_is_edited(
    lab, script, model_server, tmp_path, monkeypatch
):
    notes, editor = tmp_path / "notes.txt", tmp_path / "editor"
    notes.write_text("the old mill")
    editor.write_text('#!/bin/sh\necho " Really?" >> "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    lab.segue("ask", "--attach", str(notes), "What is this?")
    shown = script("/history", "/edit", options=("--continue",))
    assert "1. you: What is this?\nfile: notes.txt, text, 12 bytes\n" in shown
    assert "the old mill" in json.dumps(model_server.requests[1]["messages"])


def test_a_file_goes_along_with_the_next_prompt_alone(script, model_server, tmp_path):
    notes = tmp_path / "my notes.txt"
    notes.write_text("the old mill")
    shown = script(
        "/attach /no/such", f'/attach "{notes}"', "What is this?", "And now?", "/attach", "/history"
    )
    assert "/no/such can't be attached" in shown
    assert "with the next prompt: my notes.txt, text, 12 bytes, ~3 tokens\n" in shown
    assert "you: /attach\nwith the next prompt: no file\n" in shown
    assert "1. you: What is this?\nfile: my notes.txt, text, 12 bytes\n2. big:" in shown
    sent = [json.dumps(request["messages"][-1]) for request in model_server.requests]
    assert ["the old mill" in each for each in sent] == [True, False]


@pytest.mark.skipif(sys.platform != "linux", reason="stands for a tool of Linux with a shell script")
def test_the_image_in_the_clipboard_goes_along(script, model_server, tmp_path, monkeypatch):
    (tmp_path / "clip.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    tool = tmp_path / "wl-paste"
    image = f'if [ "$1" = --list-types ]; then echo image/png; else cat "{tmp_path}/clip.png"; fi'
    tool.write_text(f"#!/bin/sh\n{image}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.delenv("WSL_DISTRO_NAME", raising=False)
    assert "with the next prompt: clipboard.png, image, 8 bytes, ~1,200 tokens\n" in script(
        "/paste", "What is it?"
    )
    assert "data:image/png;base64,iVBORw0KGgo=" in str(model_server.requests[0]["messages"])
    tool.write_text("#!/bin/sh\necho words\n")
    assert "There is text in the clipboard and no image" in script("/paste")


def test_files_of_the_command_line_wait_for_a_prompt_and_can_be_taken_away(script, model_server, tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("Buy milk")
    shown = script("/attach -", "Read", options=("-a", str(note)))
    assert "with the next prompt: note.txt, text, 8 bytes, ~2 tokens\n" in shown
    assert [request["messages"][-1]["content"] for request in model_server.requests] == ["Read"]
    script("Read", options=("-a", str(note)))
    assert "Buy milk" in str(model_server.requests[-1]["messages"])
    script(options=("-a", str(tmp_path / "none.txt")), code=2)


def test_every_command_of_the_help_is_there(script):
    from tui.app.commands import PLAIN_COMMANDS

    shown = script(
        *(f"/{command.name}" for command in PLAIN_COMMANDS if command.name not in ("quit", "editor"))
    )
    assert "There is no command" not in shown and "Traceback" not in shown
    assert all(f"/{command.name}" in shown for command in PLAIN_COMMANDS)


def test_a_command_that_is_not_there_is_told(script, model_server):
    shown = script("/nonsense", "/theme light", "/modle")
    assert "There is no command /modle here. Did you mean /model? A space before" in shown
    assert "There is no command /nonsense here. A space before" in shown
    assert "There is no command /theme here; it needs the app." in shown
    assert model_server.requests == []


def test_the_prompt_of_the_command_line_is_sent_first(script):
    shown = script("/quit", "never", options=("-m", "small", "Hi"))
    assert "small of lab answers\nyou: Hi\nsmall: Hello from the lab.\nyou: /quit\n" in shown
    assert "never" not in shown


def test_what_the_command_line_names_must_be_there(script, lab):
    script("Hi")
    assert "Hi, 2 messages" in script(options=("--open", "1"))
    assert "7" in lab.segue("--plain", "--open", "7", given="", code=1).stderr
    assert "nowhere" in lab.segue("--plain", "-m", "nowhere/x", given="", code=2).stderr


def test_here_opens_the_conversation_of_the_folder(script):
    assert "new conversation" in script("Hi", options=("--here",))
    assert "Hi, 2 messages" in script(options=("--here",))
    script("Something else")
    assert "Something else, 2 messages" in script(options=("--here",)), "whatever it was begun with"


def test_nothing_is_kept_of_a_temporary_conversation(script, lab):
    assert "temporary conversation" in script("Secret", options=("--temporary",))
    assert json.loads(lab.segue("history", "list", "--json").stdout) == []


def test_without_a_model_it_says_what_to_do_and_keeps_going(home):
    done = home.segue("--plain", "-m", "openai/gpt-6-sol", given="Hi\n/models\n")
    assert "failed: " in done.stdout and "OPENAI_API_KEY" in done.stdout


def test_the_config_wishes_it_and_the_command_line_has_the_last_word(lab):
    lab.configure("plain = true\n" + lab.config.read_text())
    assert "Segue, plain mode" in lab.segue(given="").stdout
    assert "segue --plain" in lab.segue("--no-plain", given="", code=2).stderr


def test_outside_text_never_steers_the_terminal(lab, script, model_server):
    model_server.reply = "a\x1b]52;c;eA==\x07b \x9b31m"
    shown = script("Hi \x1b[2J", "/title \x1b[31mred", "/history", "/open red", "")
    assert "\x1b" not in shown and "\x9b" not in shown and "\x07" not in shown
    assert "a␛]52;c;eA==␇b" in shown


def test_bytes_that_are_no_text_are_no_crash(lab, model_server):
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--plain"],
        input=b"caf\xe9\n",
        capture_output=True,
        env=lab.env,
        timeout=60,
    )
    assert done.returncode == 0 and b"Traceback" not in done.stderr
    assert model_server.requests[0]["messages"][0]["content"] == "caf\ufffd"


def test_a_reader_that_leaves_stops_the_reply_quietly(lab, model_server, stored):
    model_server.reply = "Many words are said here. " * 5000
    process = subprocess.Popen(
        f'echo Hi | "{sys.executable}" -m tui --plain | head -n 5',
        shell=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=lab.env,
    )
    _, errors = process.communicate(timeout=60)
    assert errors == ""


def test_it_brings_no_textual(lab):
    code = (
        "import sys; sys.argv = ['segue', '--plain']; from tui.cli import main; "
        "code = main(); assert code == 0; assert 'textual.app' not in sys.modules, 'Textual is loaded'"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input="Hi\n/history\n/copy\n",
        capture_output=True,
        text=True,
        env=lab.env,
    )
    assert done.returncode == 0, done.stderr


def test_a_parameter_outside_its_range_is_refused(script, model_server):
    said = script("/set temperature -1", "/set top_p 3", "Hi")
    assert "temperature must be a number from 0 on, not -1" in said
    assert "top_p must be 0 to 1, not 3" in said
    assert not {"temperature", "top_p"} & model_server.requests[0].keys()


def test_the_models_are_named_and_what_is_wrong_with_a_provider_that_is_set_up(lab, script, model_server):
    named = lab.config.read_text()
    lab.configure(f'[providers.lab]\nurl = "{model_server.url}"\n')
    model_server.list_status = 401
    shown = script("/models")
    assert "lab: " in shown and "401" in shown and "lmstudio" not in shown
    lab.configure(named)
    shown = script("/models", "/models sma")
    assert "lab: big, small\n" in shown and "lab: small\n" in shown


def test_a_prompt_kept_as_a_file_is_sent_by_its_name(script, lab, model_server):
    folder = lab.config.parent / "prompts"
    folder.mkdir()
    (folder / "to-french.md").write_text("Into French: {input}")
    said = script("/to-french Good morning", "/to-french", "/help")
    assert model_server.requests[0]["messages"][-1]["content"] == "Into French: Good morning"
    assert "/to-french needs words to work on" in said
    assert "/to-french, your own: Into French: {input}" in said


def test_thinking_that_only_its_end_tells_is_said_to_be_so(script, stored, model_server):
    model_server.reply = "I make a long plan first.\nThen I go on.\n</think>\n\nThe answer."
    shown = script("Hi")
    assert "big: I make a long plan first." in shown
    assert "that was thinking, the answer follows\nbig: The answer.\n" in shown
    assert "</think>" not in shown
    assert stored()[-1]["text"] == "The answer."


@pytest.mark.parametrize("command", ["/model small", "/retry small"])
def test_a_model_that_its_server_has_not_listed_yet_can_be_named(home, model_server, command):
    home.configure(f'model = "lab/big"\n[providers.lab]\ntype = "openai"\nurl = "{model_server.url}"\n')
    said = home.segue("--plain", given=f"Hi\n{command}\nAgain\n/quit\n").stdout
    assert "Looking for models" in said
    assert "small" in [request["model"] for request in model_server.requests]


def test_a_server_of_the_persons_answers_before_a_model_is_downloaded(home, model_server):
    home.configure(f'[providers.lab]\ntype = "openai"\nurl = "{model_server.url}"\n')
    shown = home.segue("--plain", given="/quit\n").stdout
    assert "looking for models\nnew conversation\nbig of lab answers\n" in shown
