"""Folders that may not be written, disks that are full: the program starts, and says what is not saved."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.chat.message import Role
from tui.chat.parts import prompt_parts
from tui.errors import HistoryFullError
from tui.history.sqlite import files
from tui.history.sqlite.history import open_history

pytestmark = pytest.mark.skipif(os.name != "posix", reason="permissions and limits of POSIX")

AS_NOBODY = "os.getuid() or os.setuid(65534)"  # root may write everywhere


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that another user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="segue-test-"))
    folder.chmod(0o755)
    yield folder
    for part in (folder, *folder.rglob("*")):
        part.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
async def foreign_history(shared_folder, converse, open_at) -> Path:
    """A closed history with one conversation, in a folder that only its owner may write."""
    path = shared_folder / "segue" / "history.db"
    async with open_at(path) as store:
        await converse(store, "Hello", "Hi there")
    for part in (path.parent, *path.parent.rglob("*")):
        part.chmod(0o555 if part.is_dir() else 0o444)
    return path


LOOK = (
    AS_NOBODY
    + """
before = path.read_bytes()
store = await open_history(path)
say(store.notice)
[row] = await store.list_conversations()
say([hit.snippet for hit in await store.search("hello")])
loaded = await store.load_conversation(row.id)
say([message.text for message in await store.messages(loaded.path())])
for attempt in (
    store.create_conversation(),
    store.add_message(row.id, loaded.leaf, Role.USER, prompt_parts("x")),
    store.update_conversation(row.id, title="x"),
    store.interrupt_abandoned(),
    store.set_state("theme", "dark"),
):
    try:
        await attempt
        say("written?")
    except HistoryReadOnlyError as error:
        say(str(error))
await store.look_for_changes()
await store.close()
say(path.read_bytes() == before)
"""
)


def expect_read_only(program) -> None:
    assert "read-only" in program.says()
    assert program.says() == ["Hello"]
    assert program.says() == ["Hello", "Hi there"]
    for _ in range(5):
        assert "can't be changed" in program.says()
    assert program.says() is True
    program.end()


async def test_a_folder_that_may_not_be_written_is_read(foreign_history, child):
    expect_read_only(child(LOOK, foreign_history))


async def test_a_file_that_may_not_be_written_is_read(foreign_history, child):
    foreign_history.parent.chmod(0o777)
    expect_read_only(child(LOOK, foreign_history))


async def test_the_newest_messages_are_read_also_from_a_journal_that_was_left(shared_folder, child):
    path = shared_folder / "segue" / "history.db"
    writer = child(
        """
        store = await open_history(path)
        made = await store.create_conversation()
        first = await store.add_message(made.id, None, Role.USER, prompt_parts("Hello"))
        await store.add_message(made.id, first.id, Role.ASSISTANT, prompt_parts("Hi there"))
        say("done")
        await listen()
        """,
        path,
    )
    writer.says()
    writer.kill()
    assert path.with_name("history.db-wal").stat().st_size > 0
    for part in (path.parent, *path.parent.rglob("*")):
        part.chmod(0o555 if part.is_dir() else 0o444)
    expect_read_only(child(LOOK, path))


async def test_where_nothing_can_be_written_the_history_is_in_memory(shared_folder, child):
    program = child(
        AS_NOBODY
        + """
store = await open_history(path)
say(store.notice)
made = await store.create_conversation()
await store.add_message(made.id, None, Role.USER, prompt_parts("Hello"))
say(len(await store.list_conversations()))
await store.close()
""",
        shared_folder / "closed" / "history.db",
    )
    notice = program.says()
    assert "Permission denied" in notice and "in memory only" in notice
    assert program.says() == 1


async def test_a_place_that_is_no_file_is_not_used(tmp_path):
    folder = tmp_path / "history.db"
    folder.mkdir()
    for path in (folder, Path("/dev/null/history.db")):
        store = await open_history(path)
        assert "in memory only" in store.notice
        await store.close()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    store = await open_history(fifo)
    assert "not a file" in store.notice
    await store.close()


async def test_files_are_private_whatever_the_umask(history_file, open_at, converse):
    umask = os.umask(0)
    try:
        async with open_at(history_file) as store:
            await converse(store, "secret")
            await store.backup(history_file.parent / "copy.db")
            found = {path.name: path for path in (history_file.parent, *history_file.parent.rglob("*"))}
            assert {"history.db", "history.db-wal", "history.db-shm", "copy.db"} <= set(found)
            for path in found.values():
                assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    finally:
        os.umask(umask)


async def test_a_history_that_others_could_read_is_closed_to_them(history_file, open_at):
    async with open_at(history_file):
        pass
    history_file.chmod(0o644)
    async with open_at(history_file):
        assert stat.S_IMODE(history_file.stat().st_mode) == 0o600


FILL = """
store = await open_history(path)
made = await store.create_conversation()
prompt = await store.add_message(made.id, None, Role.USER, prompt_parts("Hello"))
reply = await store.add_message(made.id, prompt.id, Role.ASSISTANT, status=Status.STREAMING)
stored = 0
{limit}
try:
    for _ in range(10_000):
        await store.append(reply.id, ["x" * 4000])
        stored += 1
except HistoryFullError as error:
    say([stored, str(error)])
[held] = await store.messages([reply.id])
say(len(held.text))
reply.parts, reply.status = prompt_parts("x" * 4000 * stored + " and the end"), Status.COMPLETE
try:
    await store.finish_message(reply)
    say("finished?")
except HistoryFullError:
    say("not finished")
{free}
await store.finish_message(reply)
await store.close()
say("finished")
"""


async def check_full(program, history_file, open_at) -> None:
    stored, words = program.says()
    assert stored and "disk is full" in words
    assert program.says() == 4000 * stored, "what was acknowledged is there, and no half piece"
    assert program.says() == "not finished"
    assert program.says() == "finished"
    program.end()
    async with open_at(history_file) as store:
        assert store.notice == ""
        [row] = await store.list_conversations()
        loaded = await store.load_conversation(row.id)
        _, reply = await store.messages(loaded.path())
        assert reply.text == "x" * 4000 * stored + " and the end"


async def test_a_file_size_limit_is_a_full_disk(history_file, child, open_at):
    program = child(
        FILL.format(
            limit="resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, -1))",
            free="resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))",
        )
    )
    await check_full(program, history_file, open_at)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of one megabyte, where we may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True)
    if done.returncode:
        pytest.skip("no right to mount; the limit of file sizes is tested instead")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


async def test_a_full_disk_loses_nothing_and_is_written_when_there_is_room(small_disk, child, open_at):
    path = small_disk / "segue" / "history.db"
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 500_000)
    program = child(FILL.format(limit="", free=f"os.unlink({str(ballast)!r})"), path)
    await check_full(program, path, open_at)


async def test_a_new_history_on_a_full_disk_is_in_memory(small_disk):
    with pytest.raises(OSError, match="space"):
        (small_disk / "ballast").write_bytes(b"x" * 2_000_000)
    store = await open_history(small_disk / "history.db")
    assert "disk is full" in store.notice or "No space left" in store.notice
    await store.close()


async def test_a_backup_that_does_not_fit_leaves_no_half_file(small_disk, history_file, open_at, converse):
    async with open_at(history_file) as store:
        await converse(store, "x" * 2_000_000)
        with pytest.raises(HistoryFullError):
            await store.backup(small_disk / "copy.db")
    assert list(small_disk.iterdir()) == []


async def test_a_network_disk_gets_the_slower_and_safe_journal(
    tmp_path, history_file, open_at, converse, monkeypatch
):
    table = tmp_path / "mounts"
    table.write_text(f"/dev/vda / ext4 rw 0 0\nserver:/home {tmp_path} nfs4 rw 0 0\n")
    monkeypatch.setattr(files.on_network, "__defaults__", (table,))
    async with open_at(history_file) as store, open_at(history_file) as other:
        assert "network disk" in store.notice
        conversation = await converse(store, "Hello")
        assert not history_file.with_name("history.db-wal").exists()
        await other.add_message(conversation.id, conversation.leaf, Role.USER, prompt_parts("again"))
        assert len(await store.search("again")) == 1


@pytest.mark.parametrize(
    ("kind", "remote"),
    [("nfs", True), ("cifs", True), ("fuse.sshfs", True), ("ext4", False), ("fuse.ntfs-3g", False)],
)
def test_network_disks_are_known_by_their_kind(tmp_path, kind, remote):
    table = tmp_path / "mounts"
    table.write_text(f"/dev/vda / ext4 rw 0 0\nx {tmp_path}/my\\040disk {kind} rw 0 0\n")
    assert files.on_network(tmp_path / "my disk" / "segue" / "history.db", table) is remote
    assert not files.on_network(tmp_path / "history.db", table)
