"""What is piped in: text in any form, nothing else, and no silence while it is waited for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tui.cli.piped import text_of
from tui.errors import UsageError

WORDS = "Grüße, мир 你好 🚀\n"


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode(),
        WORDS.encode("utf-8-sig"),
        WORDS.encode("utf-16"),
        b"\xfe\xff" + WORDS.encode("utf-16-be"),
        WORDS.encode("utf-32"),
    ],
)
def test_text_is_read_in_every_form_of_unicode(data):
    assert text_of(data) == WORDS


@pytest.mark.parametrize("form", ["utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_letter_need_not_say_so(form):
    assert text_of("Hello there\r\n".encode(form)) == "Hello there\r\n"


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"\0" * 100, b"\x7fELF\x02\x01\x01" + b"\0" * 9, b"a\0b", b"abc\0"],
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(UsageError, match="no text"):
        text_of(data)


def test_a_picture_is_not_sent_as_words(lab, model_server):
    done = subprocess.run(
        [sys.executable, "-m", "tui", "ask", "what is this"],
        input=b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        capture_output=True,
        env=lab.env,
        timeout=60,
    )
    assert done.returncode == 2 and b"-a FILE" in done.stderr
    assert model_server.requests == []


def test_a_silent_standard_input_is_waited_for_aloud(lab):
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "ask", "Hi"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=lab.env,
    ) as process:
        assert process.stderr is not None
        assert b"waiting for standard input" in process.stderr.readline()
        assert process.communicate(b" and more", timeout=60)[0]
        assert process.returncode == 0
