"""What a file is to a model: told by its bytes, whatever its name says."""

from __future__ import annotations

import pytest

from tui.chat.attachment import (
    LARGEST,
    LARGEST_TEXT,
    LARGEST_TOGETHER,
    Kind,
    attachment_of,
    check_together,
    size_words,
)
from tui.chat.draft import Draft, joined
from tui.errors import UsageError

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


@pytest.mark.parametrize(
    ("data", "media_type", "kind"),
    [
        (PNG, "image/png", Kind.IMAGE),
        (b"\xff\xd8\xff\xe0" + bytes(9), "image/jpeg", Kind.IMAGE),
        (b"GIF89a" + bytes(9), "image/gif", Kind.IMAGE),
        (b"RIFF\x00\n\x00\x00WEBPVP8 ", "image/webp", Kind.IMAGE),
        (b"%PDF-1.7\n\x00\xff", "application/pdf", Kind.PDF),
        ("def größe(): …".encode(), "text/plain", Kind.TEXT),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/plain", Kind.TEXT),
        (b"\xef\xbb\xbfwith a mark", "text/plain", Kind.TEXT),
    ],
    ids=["png", "jpeg", "gif", "webp", "pdf", "text", "svg", "mark"],
)
def test_a_kind_is_told_by_the_first_bytes(data, media_type, kind):
    file = attachment_of("picture.png", data)
    assert (file.media_type, file.kind, file.size, file.data) == (media_type, kind, len(data), data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "picture.png is empty"),
        (b"MZ\x00\x01", "no image, PDF or text"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "no image, PDF or text"),
        ("grüße".encode("latin-1"), "text in UTF-8"),
        ("utf-16".encode("utf-16"), "text in UTF-8"),
        (b"x" * (LARGEST_TEXT + 1), "too large: 1.0 MB. A text may have 1.0 MB"),
        (PNG + bytes(LARGEST), "too large: 20.0 MB"),
    ],
    ids=["empty", "program", "sound", "latin-1", "utf-16", "large text", "large image"],
)
def test_what_a_model_can_not_read_is_refused(data, words):
    with pytest.raises(UsageError, match=words):
        attachment_of("picture.png", data)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b]52;c;aGk=\x07.png", "␛]52;c;aGk=␇.png"),
        ("in\nvoice\u202egnp.exe", "in voice<U+202E>gnp.exe"),
        ("\udcff.txt", "�.txt"),
        ("   ", "file"),
    ],
)
def test_a_name_is_safe_to_show(name, shown):
    assert attachment_of(name, PNG).name == shown


def test_a_long_name_is_cut():
    assert len(attachment_of("a" * 500 + ".png", PNG).name) <= 120


def test_tokens_are_those_of_the_text_and_sensible_for_the_rest():
    assert 90 <= attachment_of("a", b"word " * 100).tokens <= 110
    assert 500 <= attachment_of("a", PNG).tokens <= 2000
    page = attachment_of("a", b"%PDF-1.7 << /Type /Page >>").tokens
    assert attachment_of("a", b"%PDF-1.7 << /Type /Pages >>" + b"<</Type/Page>>" * 3).tokens == 3 * page


def test_files_that_are_too_large_together_are_refused():
    half = attachment_of("a.png", PNG + bytes(LARGEST - 100))
    check_together([half] * (LARGEST_TOGETHER // LARGEST))
    with pytest.raises(UsageError, match=r"These files have 60\.0 MB together"):
        check_together([half] * 3)


@pytest.mark.parametrize(
    ("size", "words"),
    [(7, "7 bytes"), (999, "999 bytes"), (84_321, "84 kB"), (999_499, "999 kB"), (999_500, "1.0 MB")],
)
def test_sizes_are_said_in_words(size, words):
    assert size_words(size) == words


def test_drafts_are_joined_with_their_files():
    one, two = attachment_of("one.png", PNG), attachment_of("two.txt", b"two")
    whole = joined([Draft("First", (one,)), Draft(), Draft("", (two,)), Draft("Second")])
    assert whole == Draft("First\n\nSecond", (one, two))
    assert not Draft(" \n") and Draft("", (one,))
    assert (Draft("", (one, two)).words, Draft("Look", (one,)).words) == ("one.png, two.txt", "Look")
