"""What servers refuse is known the next time, for a month; where nothing was, for a day."""

import json
import time

import pytest

from tui.errors import Refusal, Refuser
from tui.providers.address import CHAT, ELSEWHERE, NEW_PICTURES
from tui.providers.lessons import Lessons

URL = "http://127.0.0.1:8000/v1"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "refused.json"


def test_what_a_server_refuses_counts_for_all_its_models_and_outlives_the_program(file):
    lessons = Lessons(file)
    lessons.learn(URL, "small", Refusal(("stream_options",), Refuser.SERVER))
    lessons.learn(URL, "small", Refusal(("system",), Refuser.MODEL))
    for known in (lessons, Lessons(file)):
        assert known.of(URL, "small") == {"stream_options", "system"}
        assert known.of(URL, "big") == {"stream_options"}
        assert known.of("http://127.0.0.1:8001/v1", "small") == set()


def test_a_value_that_was_refused_is_no_lesson(file):
    Lessons(file).learn(URL, "small", Refusal(("top_p",)))
    assert Lessons(file).of(URL, "small") == set() and not file.exists()


def test_two_programs_learn_side_by_side(file):
    one, other = Lessons(file), Lessons(file)
    assert one.of(URL, "m") == other.of(URL, "m") == set()
    one.learn(URL, "m", Refusal(("a",), Refuser.SERVER))
    other.learn(URL, "m", Refusal(("b",), Refuser.SERVER))
    assert Lessons(file).of(URL, "m") == {"a", "b"}


def test_after_a_month_it_is_tried_again(file):
    Lessons(file).learn(URL, "m", Refusal(("a",), Refuser.SERVER))
    stored = json.loads(file.read_text())
    file.write_text(json.dumps({place: {"a": time.time() - 40 * 86_400} for place in stored}))
    assert Lessons(file).of(URL, "m") == set()


@pytest.mark.parametrize("lesson", [NEW_PICTURES, CHAT, f"{ELSEWHERE}/v1"])
def test_an_address_where_nothing_was_is_asked_again_after_a_day(file, lesson):
    Lessons(file).learn(URL, "m", Refusal((lesson, "top_p"), Refuser.SERVER))
    assert Lessons(file).of(URL, "m") == {lesson, "top_p"}
    [place] = json.loads(file.read_text())
    file.write_text(json.dumps({place: dict.fromkeys([lesson, "top_p"], time.time() - 25 * 3600)}))
    assert Lessons(file).of(URL, "m") == {"top_p"}


def test_what_another_program_learns_counts_here_too(file):
    here = Lessons(file)
    assert here.of(URL, "m") == set()
    Lessons(file).learn(URL, "m", Refusal(("a",), Refuser.SERVER))
    assert here.of(URL, "m") == {"a"}
    file.unlink()  # so a person makes all of them forget
    assert here.of(URL, "m") == set()


@pytest.mark.parametrize(
    "content", ["", "{", "[1]", '{"a": 1}', '{"http://127.0.0.1:8000/v1": {"a": "x"}}', "\0"]
)
def test_a_damaged_file_teaches_nothing(file, content):
    file.parent.mkdir()
    file.write_text(content)
    lessons = Lessons(file)
    assert lessons.of(URL, "m") == set()
    lessons.learn(URL, "m", Refusal(("a",), Refuser.SERVER))
    assert Lessons(file).of(URL, "m") == {"a"}


def test_a_folder_that_can_not_be_written_stops_nothing(tmp_path):
    (tmp_path / "cache").write_text("a file")
    lessons = Lessons(tmp_path / "cache" / "refused.json")
    lessons.learn(URL, "m", Refusal(("a",), Refuser.SERVER))
    assert lessons.of(URL, "m") == {"a"}


def test_no_password_of_an_address_is_kept(file):
    Lessons(file).learn("https://me:hush@lab.test/v1?key=hush", "m", Refusal(("a",), Refuser.SERVER))
    assert "hush" not in file.read_text()
    assert Lessons(file).of("https://me:other@lab.test/v1", "m") == {"a"}
