"""xterm.js: from npm, from pip, from a folder; only the files that are meant, whoever brings them."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import tarfile
import zipfile
from contextlib import aclosing
from pathlib import Path

import pytest

from tui.cli.serve.emulator import FILES, WHEEL_FOLDER, Emulator, File
from tui.errors import ConfigError, SegueError

CONTENT = {file.name: f"// the text of {file.name}\r\nλ\n".encode() for file in FILES}
MEANT = tuple(
    File(file.name, file.package, file.version, file.place, hashlib.sha256(CONTENT[file.name]).hexdigest())
    for file in FILES
)
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is served on Windows")


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """One that nobody has fetched, where there is neither npm nor an index."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin") + os.pathsep + "/usr/bin" + os.pathsep + "/bin")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    (tmp_path / "index").mkdir()
    with_npm(tmp_path, {}, "npm error code E404\nnpm error 404 Not Found")
    return Emulator(tmp_path / "cache", files=MEANT, system=tmp_path / "system")


def with_npm(folder: Path, content: dict[str, bytes], says: str = "") -> None:
    """A client of this name that packs what it is asked for, as the real one does."""
    archives = folder / "archives"
    archives.mkdir(exist_ok=True)
    for file in MEANT if content else ():
        with tarfile.open(archives / file.archive, "a") as archive:
            member = tarfile.TarInfo(f"package/{file.place}")
            member.size = len(content[file.name])
            archive.addfile(member, io.BytesIO(content[file.name]))
    npm = folder / "bin" / "npm"
    npm.parent.mkdir(exist_ok=True)
    npm.write_text(
        "#!/bin/sh\n"
        f'echo "$@" > {folder}/asked\n'
        'while [ "$1" != --pack-destination ]; do shift; done\n'
        + (f'cat >&2 <<"END"\n{says}\nEND\nexit 1\n' if says else f'cp {archives}/* "$2"\n')
    )
    npm.chmod(0o700)


def with_wheel(folder: Path, content: dict[str, bytes]) -> None:
    about = "tinyterminal-0.1.0.dist-info"
    with zipfile.ZipFile(folder / "index" / "tinyterminal-0.1.0-py3-none-any.whl", "w") as wheel:
        for name, text in content.items():
            wheel.writestr(f"{WHEEL_FOLDER}/{name}", text)
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tinyterminal\nVersion: 0.1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


async def fetched(emulator: Emulator) -> list[str]:
    async with aclosing(emulator.fetch(None)) as steps:
        return list(dict.fromkeys([step.text async for step in steps]))


async def test_npm_brings_it_once_and_for_this_user_alone(emulator, tmp_path):
    with_npm(tmp_path, CONTENT)
    assert emulator.files() == {}
    [text] = await fetched(emulator)
    assert "xterm.js 6.0.0" in text and "npm" in text
    assert emulator.files() == CONTENT
    asked = (tmp_path / "asked").read_text()
    assert "@xterm/xterm@6.0.0" in asked and "--ignore-scripts" in asked
    kept = list((tmp_path / "cache" / "xterm").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    assert {file.name for file in kept} == set(CONTENT)


async def test_where_npm_has_nothing_pip_does(emulator, tmp_path):
    with_wheel(tmp_path, CONTENT)
    assert len(await fetched(emulator)) == 2
    assert emulator.files() == CONTENT


@pytest.mark.parametrize("name", sorted(CONTENT))
async def test_one_file_that_is_another_is_refused_and_all_of_its_source_with_it(emulator, tmp_path, name):
    with_npm(tmp_path, CONTENT | {name: b"alert(1)"})
    with_wheel(tmp_path, CONTENT | {name: b"alert(2)"})
    with pytest.raises(SegueError) as failed:
        await fetched(emulator)
    assert failed.value.hint.count(f"{name} is another file") == 2
    assert emulator.files() == {}


async def test_who_can_bring_nothing_says_why_and_a_folder_is_named_as_the_way_out(emulator):
    with pytest.raises(SegueError, match="could not be fetched") as failed:
        await fetched(emulator)
    assert "404 Not Found" in failed.value.hint and "No matching distribution" in failed.value.hint
    assert "[serve] xterm" in failed.value.hint


async def test_archives_that_are_none(emulator, tmp_path):
    with_npm(tmp_path, CONTENT)
    for file in (tmp_path / "archives").iterdir():
        file.write_bytes(b"\x1f\x8bno archive")
    with pytest.raises(SegueError, match="could not be fetched"):
        await fetched(emulator)


async def test_a_file_that_was_changed_in_the_cache_is_fetched_anew(emulator, tmp_path):
    with_npm(tmp_path, CONTENT)
    await fetched(emulator)
    (tmp_path / "cache" / "xterm" / "xterm.js").write_text("alert(1)")
    assert emulator.files() == {}
    await fetched(emulator)
    assert emulator.files() == CONTENT


async def test_a_cache_that_may_not_be_written(emulator, tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(SegueError, match="can't be kept"):
        await fetched(emulator)


def test_the_systems_packages_are_taken_where_all_are_there(emulator, tmp_path):
    for file in MEANT:
        assert emulator.files() == {}
        path = tmp_path / "system" / file.package / file.place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(CONTENT[file.name])
    assert emulator.files() == CONTENT


@pytest.mark.parametrize("layout", ["{name}", "{package}/{place}", "node_modules/{package}/{place}"])
def test_a_folder_of_the_persons_own_wins(tmp_path, layout):
    folder = tmp_path / "own"
    for file in MEANT:
        path = folder / layout.format(name=file.name, package=file.package, place=file.place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"of another version")
    assert set(Emulator(tmp_path, str(folder)).files().values()) == {b"of another version"}


@pytest.mark.parametrize("breaks", ["missing", "empty", "large", "open"])
def test_a_folder_that_can_not_be_used_is_told(tmp_path, breaks):
    for name, text in CONTENT.items():
        (tmp_path / name).write_bytes(text)
    file = tmp_path / "xterm.css"
    match breaks:
        case "missing":
            file.unlink()
        case "empty":
            file.write_bytes(b"")
        case "large":
            os.truncate(file, 1 << 23)
        case "open":
            file.chmod(0o666)
    with pytest.raises(ConfigError, match=r"xterm\.css"):
        Emulator(tmp_path, str(tmp_path)).files()
