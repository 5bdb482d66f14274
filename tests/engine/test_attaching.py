"""From a path to an attachment: what is no plain file of a fitting size is never read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tui.chat.attachment import LARGEST, LARGEST_TEXT
from tui.engine.attaching import read_attachment
from tui.errors import UsageError

PNG = b"\x89PNG\r\n\x1a\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


def sparse(path: Path, head: bytes, size: int) -> Path:
    """A file of ``size`` bytes that takes no room."""
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as refused:
        read_attachment(path)
    return str(refused.value)


def test_a_file_is_read_whole(tmp_path):
    path = tmp_path / "my notes ü.txt"
    path.write_text("Grüße", encoding="utf-8")
    file = read_attachment(path)
    assert (file.name, file.text, file.size) == ("my notes ü.txt", "Grüße", 7)


def test_a_path_may_begin_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.txt").write_text("a")
    assert read_attachment(Path("~/a.txt")).text == "a"


def test_what_is_not_there_is_said(tmp_path):
    assert "No such file" in refusal(tmp_path / "none.txt")
    assert "null" in refusal(tmp_path / "a\x00b")


def test_a_folder_is_no_file(tmp_path):
    assert refusal(tmp_path).endswith("is a folder. Attach the files in it.")


@pytest.mark.parametrize(
    ("head", "size"), [(b"text", LARGEST_TEXT + 1), (PNG, LARGEST + 1), (b"%PDF-", 10**12)]
)
def test_a_file_that_is_too_large_is_not_read(tmp_path, head, size, monkeypatch):
    path = sparse(tmp_path / "large", head, size)
    monkeypatch.setattr("tui.engine.attaching.attachment_of", lambda name, data: pytest.fail("it was read"))
    assert "is too large" in refusal(path)


@posix
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "no regular file" in refusal(tmp_path / "pipe")


@posix
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
def test_a_device_is_refused(device):
    assert "can't be attached" in refusal(Path(device))


def test_a_link_is_not_followed(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = tmp_path / "readme.md"
    try:
        link.symlink_to(secret)
    except OSError:
        pytest.skip("links need a right here")
    assert refusal(link) == f"{link} is a link to {secret}. Attach that file itself."


@pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", int)() == 0, reason="root may read everything"
)
def test_a_file_that_may_not_be_read_says_so(tmp_path):
    path = tmp_path / "private"
    path.write_text("x")
    path.chmod(0)
    assert "Permission denied" in refusal(path)


@posix
def test_an_odd_name_is_safe_to_show(tmp_path):
    path = tmp_path / "a\x1b]52;c;x\nb\udcff.bin"
    path.write_bytes(b"\x00")
    assert "a␛]52;c;x b� can't" in refusal(path).replace(".bin", "")
