"""What servers have goes along on the command line and in lines; so do pages and folders that are named."""

from __future__ import annotations

import http.server
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

FAULTS = Path(__file__).parents[1] / "tools" / "mcp" / "fault_server.py"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the way of the SDK is used there")


@pytest.fixture
def log(lab, tmp_path: Path) -> Path:
    """What the servers ``notes`` and ``bad`` have received; the one works, the other ends at once."""
    log = tmp_path / "received.log"

    def table(name: str, *flags: str) -> str:
        args = json.dumps([str(FAULTS), str(log), *flags])
        return f"[mcp.{name}]\ncommand = {json.dumps(sys.executable)}\nargs = {args}\n"

    lab.configure(lab.config.read_text() + table("notes", "more-prompts") + table("bad", "exits"))
    return log


def sent(model_server, place: int = -1) -> str:
    return json.dumps(model_server.requests[place]["messages"])


@pytest.mark.parametrize("target", ["@notes:memo:///note.txt", "notes:memo:///note.txt"])
def test_a_resource_goes_along_by_its_option(lab, log, model_server, target):
    lab.segue("ask", "-a", target, "What does it say?")
    assert "a note" in sent(model_server)


def test_a_resource_that_can_t_be_read_is_told_before_anything_is_asked(lab, log, model_server):
    done = lab.segue("ask", "-a", "@notes:memo:///huge", "What does it say?", code=2)
    assert "memo:///huge has 1.0 MB" in done.stderr
    done = lab.segue("ask", "-a", "@bad:memo:///note.txt", "What does it say?", code=2)
    assert "bad ended: I need ␛[31ma token" in done.stderr
    assert not model_server.requests


def test_a_resource_that_is_named_in_the_prompt_goes_along_and_its_tokens_are_said(lab, log, model_server):
    done = lab.segue("ask", "Sum up @notes:memo:///note.txt, please, and @bad:x")
    assert "notes:memo:///note.txt goes along, ~2 tokens" in done.stderr
    assert "bad:x was sent as words: bad ended: I need ␛[31ma token" in done.stderr
    assert "a note" in sent(model_server) and done.stdout == "Hello from the *lab*.\n"


def test_no_server_is_started_that_nobody_named(lab, log, model_server):
    lab.segue("ask", "Mail me @home: notes, bad/ideas @ /notes and no:thing")
    assert not log.exists() and len(model_server.requests) == 1


def test_in_lines_a_resource_is_attached_by_its_name_or_its_number(script, log, model_server):
    shown = script("/attach @notes:memo:///note.txt", "Read it", "/attach @notes:", "1", "And this")
    assert "with the next prompt: note.txt, text, 6 bytes, ~2 tokens\n" in shown
    assert (
        "1. memo:///note.txt, note␛[31m\n" in shown and "/attach @notes:memo:///{name}.txt, memo\n" in shown
    )
    assert ["a note" in sent(model_server, place) for place in (0, 1)] == [True, True]


def test_in_lines_a_prompt_is_said_and_sent_only_then(script, log, model_server):
    shown = script("/notes:Draw It house how=large", "", "/notes:Draw It", "1")
    assert '/quit {"how": "large", "what": "house"}␛[31m\n[picture 1]\n[memo:///a.txt]\na note\n' in shown
    assert "with the next prompt: picture 1, image" in shown
    assert "1. send it\n2. write on in your editor\n" in shown
    assert len(model_server.requests) == 1 and "data:image/png;base64" in sent(model_server)


def test_in_lines_the_prompts_of_a_server_are_listed_and_a_wrong_one_is_told(script, log, model_server):
    shown = script("/notes:", "", "/notes:greed Ann", "/nobody:greet Ann", "/help")
    assert "1. /notes:greet\n2. /notes:Draw It, A picture␛[31m\n" in shown
    assert "notes has no prompt greed" in shown and "Did you mean greet?" in shown
    assert [one["content"] for one in model_server.requests[0]["messages"]] == ["/nobody:greet Ann"]
    assert "/notes: its prompts; /attach @notes: what of it can go along\n" in shown


@pytest.fixture
def page() -> Iterator[str]:
    """The address of a page of text on this machine."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(b"forty-two, says the page")

        def log_message(self, *words: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/a"
    server.shutdown()
    server.server_close()


def test_a_page_a_folder_and_a_pattern_in_a_prompt_go_along(lab, script, model_server, page, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("first = 1")
    (tmp_path / "src" / "b.txt").write_text("second")
    done = lab.segue("ask", f"Compare @{page}, @{tmp_path}/src/ and @{tmp_path}/src/*.py!")
    told = [line.rpartition("~")[0] for line in done.stderr.splitlines()]
    assert told[:2] == [
        f"segue: {page} goes along, ",
        f"segue: {tmp_path}/src/ goes along, 2 files, ",
    ]
    assert len(told) == 3 and told[2].endswith(" goes along, ")
    assert all(words in sent(model_server) for words in ("forty-two", "first = 1", "second"))
    shown = script(f"Compare @{page} and @{tmp_path}/src/")
    assert f"reading {page}\n" in shown and "/src/ goes along, 2 files, ~" in shown
    assert all(words in sent(model_server) for words in ("forty-two", "first = 1", "second"))


def test_a_page_that_can_t_be_read_is_sent_as_words_and_why_is_said(lab, model_server):
    done = lab.segue("ask", "Read @https://127.0.0.1:9/none")
    assert "https://127.0.0.1:9/none was sent as words: " in done.stderr
    assert "https://127.0.0.1:9/none" in sent(model_server)
