"""What only a history on a server does: several machines at once, leases, forms, faults in words."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest
from msgspec.structs import replace

from tests.history.between import Between
from tests.history.servers import schema_of
from tui.chat.attachment import attachment_of
from tui.chat.export import all_to_json
from tui.chat.message import Role, Status
from tui.chat.parts import Text, prompt_parts
from tui.errors import (
    ConfigError,
    HistoryError,
    HistoryRefusedError,
    HistoryTooNewError,
    HistoryUnreachableError,
    NotFoundError,
)
from tui.history import rows
from tui.history.bundles import bundle_of
from tui.history.copying import copy_all
from tui.history.opening import open_history, restore
from tui.history.place import File, Server
from tui.history.postgres import migrations, news, schema, server, sessions
from tui.history.postgres.server import way_to
from tui.history.rows import to_stamp
from tui.history.store import Change, HistoryStore, ListFilter, Scope
from tui.secret import Secret

TLS = Path(__file__).parent.parent / "providers" / "tls"
SOON = timedelta(seconds=1)
Opened = contextlib.AbstractAsyncContextManager[HistoryStore]


@contextlib.asynccontextmanager
async def at(place: Server, machine: str = "here") -> AsyncIterator[HistoryStore]:
    """The history at a place, as another machine has it."""
    store = await open_history(replace(place, machine=machine))
    try:
        yield store
    finally:
        await store.close()


def name_of(place: Server) -> str:
    return place.address.reveal().partition("schema=")[2]


@contextlib.asynccontextmanager
async def behind(place: Server) -> AsyncIterator[asyncpg.Connection]:
    """A connection of an administrator, whose tables are those of the place."""
    address = place.address.reveal().partition("?")[0].replace("person@", "postgres@")
    connection = await asyncpg.connect(address, server_settings={"search_path": name_of(place)})
    try:
        yield connection
    finally:
        await connection.close()


async def heard(listen: asyncio.Queue[Change]) -> Change:
    async with asyncio.timeout(20):
        return await listen.get()


def listening(store: HistoryStore) -> asyncio.Queue[Change]:
    changes: asyncio.Queue[Change] = asyncio.Queue()
    store.subscribe(changes.put_nowait)
    return changes


# -- several at once
async def test_five_programs_that_start_at_once_on_nothing_share_one_history(place):
    stores = await asyncio.gather(*(open_history(replace(place, machine=f"m{n}")) for n in range(5)))
    made = await asyncio.gather(
        *(store.create_conversation(title=f"of {n}") for n, store in enumerate(stores))
    )
    assert len({one.id for one in made}) == 5
    for one in made:
        assert (await stores[0].load_conversation(one.id)).title == one.title
    async with behind(place) as tables:
        assert await tables.fetchval("SELECT count(*) FROM history") == 1
    for store in stores:
        await store.close()


async def test_another_machines_change_is_heard_with_its_conversation(place, converse):
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        changes = listening(lap)
        made = await converse(desk, "Hello from the desk")
        assert await heard(changes) == Change(made.id, elsewhere=True)
        assert [row.id for row in await lap.list_conversations()] == [made.id]


async def test_a_change_of_ones_own_is_no_news(place, converse):
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        changes = listening(desk)
        made = await converse(desk, "mine")
        own = [changes.get_nowait() for _ in range(changes.qsize())]
        assert set(own) == {Change(made.id)}
        theirs = await converse(lap, "theirs")
        assert await heard(changes) == Change(theirs.id, elsewhere=True)


async def test_two_machines_write_in_one_conversation_and_both_see_all(place, converse):
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        made = await converse(desk, "root")
        say = [
            store.add_message(made.id, made.leaf, Role.USER, prompt_parts(f"{name} {n}"))
            for n in range(20)
            for name, store in (("desk", desk), ("lap", lap))
        ]
        await asyncio.gather(*say)
        for store in (desk, lap):
            loaded = await store.load_conversation(made.id)
            assert len(loaded.nodes) == 41
            texts = {message.text for message in await store.messages(list(loaded.nodes))}
            assert texts == {"root", *(f"{name} {n}" for name in ("desk", "lap") for n in range(20))}


async def test_what_belongs_to_a_machine_stays_there_and_the_persons_goes_along(place):
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        await desk.set_state("theme", "dim")
        await desk.set_state("draft_of", "7", scope=Scope.MACHINE)
        assert await lap.get_state("theme") == "dim"
        assert await lap.get_state("draft_of", scope=Scope.MACHINE) == ""
        long = "here:/" + "long/" * 2000
        await desk.set_state(long, "8", scope=Scope.MACHINE)
        assert await desk.get_state(long, scope=Scope.MACHINE) == "8"


async def test_a_draft_is_of_one_program_of_a_machine_until_its_lease_has_run_out(place, converse):
    async with at(place) as one, at(place) as other:
        made = await converse(one, "x")
        assert await one.claim_draft(made.id) == ""
        assert await other.claim_draft(made.id) is None
        await one.set_draft_beside(made.id, "half a sent")
        async with behind(place) as tables:
            await tables.execute("UPDATE sessions SET seen_at = seen_at - interval '61 seconds'")
        assert await other.claim_draft(made.id, found=True) == "half a sent"


async def test_two_programs_empty_the_trash_and_what_is_named_stays(place, converse):
    shared = attachment_of("note.txt", b"in both")
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        gone, kept = [await converse(desk, name) for name in ("gone", "kept")]
        for made in (gone, kept):
            await desk.add_message(made.id, made.leaf, Role.USER, prompt_parts("Look", (shared,)))
        await desk.delete_conversation(gone.id)
        later = datetime.now(UTC) + SOON
        emptied = await asyncio.gather(desk.empty_trash(later), lap.empty_trash(later))
        assert sorted(emptied) == [0, 1]
        [file] = await lap.with_contents([replace(shared, data=None)])
        assert file.data == b"in both"


# -- leases
async def test_a_reply_is_interrupted_when_the_lease_of_its_program_has_run_out_and_not_before(
    place, converse, begin_reply
):
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        made = await converse(desk, "Tell me")
        reply = await begin_reply(desk, made)
        await desk.append(reply.id, ["Once upon"])
        assert await lap.interrupt_abandoned() == 0
        async with behind(place) as tables:
            await tables.execute(
                "UPDATE sessions SET seen_at = seen_at - interval '61 seconds' WHERE machine = 'desk'"
            )
        assert await lap.interrupt_abandoned() == 1
        [stored] = await lap.messages([reply.id])
        assert (stored.text, stored.status) == ("Once upon", Status.INTERRUPTED)
        assert stored.failure and "Segue ended" in stored.failure.message
        assert [hit.message_id for hit in await lap.search("upon")] == [reply.id]
        await desk.append(reply.id, [" a time"])
        [stored] = await lap.messages([reply.id])
        assert (stored.text, stored.status) == ("Once upon a time", Status.STREAMING), (
            "it was not gone after all"
        )
        assert await lap.search("upon") == []
        await desk.finish_message(replace(reply, parts=(Text("Once upon a time."),), status=Status.COMPLETE))
        [stored] = await lap.messages([reply.id])
        assert (stored.text, stored.status, stored.failure) == ("Once upon a time.", Status.COMPLETE, None)


async def test_nobody_else_goes_on_with_a_reply_that_was_interrupted(place, converse, begin_reply):
    async with at(place, "desk") as desk, at(place, "lap") as lap:
        reply = await begin_reply(desk, await converse(desk, "Tell me"))
        async with behind(place) as tables:
            await tables.execute(
                "UPDATE sessions SET seen_at = seen_at - interval '61 seconds' WHERE machine = 'desk'"
            )
        assert await lap.interrupt_abandoned() == 1
        with pytest.raises(NotFoundError):
            await lap.append(reply.id, ["not mine"])


async def test_a_program_that_ends_lets_go_of_its_lease(place):
    async with at(place) as store:
        await store.create_conversation()
        async with behind(place) as tables:
            assert await tables.fetchval("SELECT count(*) FROM sessions") == 1
    async with behind(place) as tables:
        assert await tables.fetchval("SELECT count(*) FROM sessions") == 0


# -- forms
async def test_a_migration_that_is_cut_short_at_any_statement_leaves_the_old_form_whole(
    place, converse, monkeypatch
):
    async with at(place) as store:
        made = await converse(store, "kept")
    newest = migrations.newest()
    statements = tuple(f"CREATE TABLE here.new_{n} (n integer)" for n in range(3))
    for broken in range(3):
        step = (*statements[:broken], "SELECT 1 / 0", *statements[broken:])
        with monkeypatch.context() as newer:
            newer.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
            with pytest.raises(HistoryError):
                await open_history(place)
        async with behind(place) as tables:
            assert await tables.fetchval("SELECT form FROM history") == newest
            assert await tables.fetchval("SELECT to_regclass('new_0')") is None
        async with at(place) as store:
            assert len(await store.messages([made.leaf])) == 1
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, statements))
    async with at(place) as store, behind(place) as tables:
        assert len(await store.messages([made.leaf])) == 1
        assert await tables.fetchval("SELECT form FROM history") == newest + 1
        assert await tables.fetchval("SELECT count(*) FROM new_2") == 0


async def test_an_older_program_reads_a_newer_form_and_writes_nothing(place, converse):
    async with at(place) as store:
        made = await converse(store, "kept")
    async with behind(place) as tables:
        await tables.execute("UPDATE history SET form = 9, writes_from = 9")
    async with at(place) as store:
        assert "newer Segue (form 9" in store.notice
        assert [row.id for row in await store.list_conversations()] == [made.id]
        assert len(await store.search("kept")) == 1
        with pytest.raises(HistoryTooNewError):
            await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("x"))
        await store.look_for_changes()
    async with behind(place) as tables:
        await tables.execute("UPDATE history SET writes_from = 1")
    async with at(place) as store:
        assert store.notice == "", "forms only add: an older program writes until it is told that it may not"
        await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("x"))


async def test_a_migration_waits_for_a_long_reader_in_short_steps(place, converse, monkeypatch):
    async with at(place) as store:
        await converse(store, "kept")
        monkeypatch.setattr(schema, "_LOCK_SECONDS", 1)
        step = ("ALTER TABLE here.conversations ADD COLUMN star integer",)
        monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
        async with behind(place) as reader:
            reading = reader.transaction()
            await reading.start()
            await reader.fetch("SELECT * FROM conversations")
            opening = asyncio.create_task(open_history(place))
            for _ in range(3):
                await store.list_conversations()
            assert not opening.done()
            await reading.rollback()
        await (await opening).close()


# -- faults
async def test_a_connection_that_was_ended_while_idle_is_made_anew(place, converse):
    async with at(place) as store:
        made = await converse(store, "before")
        async with behind(place) as tables:
            await tables.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'person'"
            )
        assert [row.id for row in await store.list_conversations()] == [made.id]
        await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("after"))
        assert len((await store.load_conversation(made.id)).nodes) == 2


async def test_a_server_that_is_gone_is_told_in_words_and_is_there_again_by_itself(cluster, place, converse):
    async with Between(cluster.port) as way:
        there = Server(Secret(place.address.reveal().replace(f":{cluster.port}/", f":{way.port}/")), "here")
        store = await open_history(there)
        made = await converse(store, "before")
        way.refuses = True
        way.cut()
        with pytest.raises(HistoryUnreachableError, match="server of the history"):
            await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("lost?"))
        with pytest.raises(HistoryUnreachableError):
            await store.list_conversations()
        way.refuses = False
        await store.add_message(made.id, made.leaf, Role.USER, prompt_parts("after"))
        assert len((await store.load_conversation(made.id)).nodes) == 2
        await store.close()


async def test_where_no_notice_comes_through_changes_are_looked_for(cluster, place, converse, monkeypatch):
    monkeypatch.setattr(server, "HEARD", 0.1)
    monkeypatch.setattr(news, "_POOLED_PAUSE", 0.1)
    async with Between(cluster.port) as way:
        way.deaf = True
        there = Server(Secret(place.address.reveal().replace(f":{cluster.port}/", f":{way.port}/")), "lap")
        lap = await open_history(there)
        changes = listening(lap)
        async with at(place, "desk") as desk:
            made = await converse(desk, "Hello")
            assert await heard(changes) == Change(made.id, elsewhere=True)
        await lap.close()


async def test_a_notice_that_was_lost_costs_time_and_nothing_else(cluster, place, converse, monkeypatch):
    monkeypatch.setattr(sessions, "RENEWED", 0.2)
    async with Between(cluster.port) as way:
        there = Server(Secret(place.address.reveal().replace(f":{cluster.port}/", f":{way.port}/")), "lap")
        lap = await open_history(there)
        way.deaf = True
        changes = listening(lap)
        async with at(place, "desk") as desk:
            made = await converse(desk, "Hello")
            assert await heard(changes) == Change(made.id, elsewhere=True)
        await lap.close()


async def test_a_page_and_a_words_key_wait_for_the_server_twice_at_the_most(cluster, place, converse):
    """Where it is 40 ms there and back; what is asked together is waited for once."""
    async with Between(cluster.port) as way:
        there = Server(Secret(place.address.reveal().replace(f":{cluster.port}/", f":{way.port}/")), "lap")
        async with at(there, "lap") as store:
            await converse(store, "the quick brown fox")
            way.delay = 0.02

            async def waits(act: Callable[[], Awaitable[object]]) -> int:
                await act()  # the first time the server is told what will be asked
                way.waits.forget()
                await act()
                return way.waits.longest

            assert await waits(store.list_conversations) <= 2
            assert await waits(lambda: store.search("in:title fox")) <= 2
            assert await waits(lambda: store.search("quick")) <= 2
            assert await waits(lambda: store.search("quic")) <= 2
            assert await waits(store.count_conversations) <= 2


async def test_no_connection_is_free_and_the_words_say_so(cluster, place):
    cluster.do("CREATE ROLE alone LOGIN CONNECTION LIMIT 0", "GRANT CREATE ON DATABASE postgres TO alone")
    with pytest.raises(HistoryUnreachableError, match="no connection free"):
        await open_history(schema_of(cluster.address("alone")))


@pytest.mark.parametrize("hours", [1, -1])
async def test_a_clock_that_goes_wrong_here_changes_no_date_there(place, converse, monkeypatch, hours):
    wrong = lambda: to_stamp(datetime.now(UTC) + timedelta(hours=hours))  # noqa: E731
    async with at(place, "lap") as lap, at(place, "desk") as desk:
        first = await converse(lap, "of the lap")
        monkeypatch.setattr(rows, "now_stamp", wrong)
        made = await converse(desk, "of the desk")
        [message] = await lap.messages([made.leaf])
        loaded = await lap.load_conversation(made.id)
        for moment in (message.created_at, loaded.created_at, loaded.updated_at):
            assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)
        assert [row.id for row in await lap.list_conversations()] == [made.id, first.id]
        assert [hit.conversation_id for hit in await lap.search("of")] == [made.id, first.id]


@pytest.mark.filterwarnings("ignore:password file")
async def test_a_password_that_was_changed_is_told_and_the_new_one_is_found_without_a_new_start(
    cluster, tmp_path, monkeypatch, converse
):
    access = cluster.folder / "data" / "pg_hba.conf"
    access.write_text(f"host all locked 127.0.0.1/32 scram-sha-256\n{access.read_text()}")
    cluster.do(
        "CREATE ROLE locked LOGIN PASSWORD 'first-of-all'", "GRANT CREATE ON DATABASE postgres TO locked"
    )
    cluster.do("SELECT pg_reload_conf()")
    passwords = tmp_path / "pgpass"
    monkeypatch.setenv("PGPASSFILE", str(passwords))

    def keep(password: str, mode: int = 0o600) -> None:
        passwords.write_text(f"127.0.0.1:{cluster.port}:*:locked:{password}\n")
        passwords.chmod(mode)

    place = schema_of(cluster.address("locked"))
    keep("first-of-all", 0o644)
    with pytest.raises(HistoryRefusedError, match="password"):
        await open_history(place)
    keep("first-of-all")
    store = await open_history(place)
    made = await converse(store, "before")
    cluster.do(
        "ALTER ROLE locked PASSWORD 'second-of-all'",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'locked'",
    )
    with pytest.raises(HistoryRefusedError, match="does not take the password"):
        await store.list_conversations()
    keep("second-of-all")
    assert [row.id for row in await store.list_conversations()] == [made.id]
    await store.close()


async def test_a_program_that_tells_the_password_keeps_nothing_waiting(place):
    asked, answer = threading.Event(), threading.Event()

    def password() -> str:
        asked.set()
        assert answer.wait(30), "nobody could let it go on"
        return "any"

    opening = asyncio.create_task(open_history(replace(place, password=password)))
    await asyncio.to_thread(asked.wait, 30)
    answer.set()
    await (await opening).close()


async def test_a_program_that_tells_no_password_is_named(place):
    def password() -> str:
        raise ConfigError("history_password_command failed with code 1", "The vault is closed.")

    with pytest.raises(HistoryRefusedError, match="history_password_command failed with code 1"):
        await open_history(replace(place, password=password))


# -- who may
async def test_a_role_without_rights_sees_nothing_and_a_member_sees_all_with_authors(
    cluster, place, converse
):
    cluster.do("CREATE ROLE stranger LOGIN", "CREATE ROLE member LOGIN")
    stranger, member = [
        Server(Secret(place.address.reveal().replace("person@", f"{role}@")), "there")
        for role in ("stranger", "member")
    ]
    async with at(place) as store:
        made = await converse(store, "of person")
        with pytest.raises(HistoryRefusedError, match="may not use"):
            await open_history(stranger)
        schema = name_of(place)
        cluster.do(
            f"GRANT USAGE ON SCHEMA {schema} TO member",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO member",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO member",
        )
        async with at(member) as theirs:
            await theirs.add_message(made.id, made.leaf, Role.USER, prompt_parts("of member"))
            await theirs.remember_prompt("mine alone")
        assert await store.prompts() == []
        assert len((await store.load_conversation(made.id)).nodes) == 2
        async with behind(place) as tables:
            rows = await tables.fetch("SELECT text, author FROM messages ORDER BY id")
        assert [tuple(row) for row in rows] == [("of person", "person"), ("of member", "member")]


# -- whole histories
async def test_a_copy_of_a_server_is_a_file_with_everything_and_goes_back_anywhere(
    place, cluster, converse, tmp_path
):
    async with at(place) as store:
        kept, archived, deleted = [await converse(store, name, "answer") for name in ("a", "b", "c")]
        await store.update_conversation(archived.id, archived=True, tags=("work",))
        await store.hide_messages([kept.leaf])
        await store.delete_conversation(deleted.id)
        await store.remember_prompt("again")
        await store.backup(tmp_path / "copy.db")
        bundles = [await bundle_of(store, one.id) for one in (kept, archived)]
    other = schema_of(cluster.address())
    for target in (File(tmp_path / "history.db"), other):
        await restore(tmp_path / "copy.db", target)
        back = await open_history(target)
        assert [await bundle_of(back, one.id) for one in (kept, archived)] == bundles
        assert [row.id for row in await back.list_conversations(ListFilter(deleted=True))] == [deleted.id]
        assert await back.prompts() == ["again"]
        await back.close()


async def test_a_copy_made_again_adds_only_what_is_missing(place, history_file, converse):
    file = await open_history(File(history_file))
    first = await converse(file, "first", "answer")
    async with at(place) as store:
        assert (await copy_all(file, store)).added == 1
        await converse(file, "second")
        told = []
        copied = await copy_all(file, store, told.append)
        assert (copied.added, copied.done, copied.total) == (1, 2, 2) and len(told) == 2
        assert (await copy_all(store, file)).added == 0
        assert await bundle_of(store, first.id) == await bundle_of(file, first.id)
        await store.add_message(first.id, first.leaf, Role.USER, prompt_parts("of the server"))
        await file.add_message(first.id, first.leaf, Role.USER, prompt_parts("of the file"))
        assert (await copy_all(file, store)).grown == 1
        assert (await copy_all(store, file)).grown == 1
        assert (await copy_all(file, store)).grown == (await copy_all(store, file)).grown == 0
        for both in (file, store):
            loaded = await both.load_conversation(first.id)
            texts = {message.text for message in await both.messages(list(loaded.nodes))}
            assert texts == {"first", "answer", "of the server", "of the file"}
            assert len(loaded.versions(loaded.leaf)) == 2
            assert len(await both.search('"of the"')) == 2
    await file.close()


@pytest.mark.parametrize("back", [False, True], ids=["to a server", "from a server"])
async def test_a_copy_that_was_ended_goes_on_and_all_of_it_is_equal_then(place, history_file, converse, back):
    class Ended(Exception):
        pass

    def end(copied):
        if copied.done == 3:
            raise Ended

    async with at(place) as store:
        file = await open_history(File(history_file))
        source, target = (store, file) if back else (file, store)
        made = [await converse(source, f"number {number}", "answer") for number in range(5)]
        with pytest.raises(Ended):
            await copy_all(source, target, end)
        assert await target.count_conversations() == 3
        assert (await copy_all(source, target)).added == 2
        both = [all_to_json([await bundle_of(one, each.id) for each in made]) for one in (source, target)]
        assert both[0] == both[1]
        tomorrow, yesterday = (datetime.now(UTC) + timedelta(days) for days in (1, -1))
        assert len(await target.search(f"number before:{tomorrow:%Y-%m-%d}")) == 5
        assert await target.search(f"number before:{yesterday:%Y-%m-%d}") == []
        await file.close()


# -- addresses
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://person@[/x",
        "postgresql://h/db?schema=" + "x" * 70,
        "postgresql://h/db?schema=%22",
        "service=",
    ],
)
async def test_an_address_that_makes_no_sense_is_refused_in_words(address):
    with pytest.raises((HistoryRefusedError, HistoryUnreachableError)):
        await open_history(Server(Secret(address), "here"))


async def test_what_only_libpq_knows_may_stand_in_an_address(place):
    more = "&connect_timeout=7&keepalives=1&keepalives_idle=5&channel_binding=prefer&gssencmode=disable"
    longer = Server(Secret(place.address.reveal() + more), "here")
    assert way_to(longer).seconds == 7
    async with at(longer) as store:
        assert await store.count_conversations() == 0


async def test_a_service_file_names_the_server(cluster, place, tmp_path, monkeypatch):
    file = tmp_path / "services"
    file.write_text(f"[home]\nhost=127.0.0.1\nport={cluster.port}\ndbname=postgres\nuser=person\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    async with at(Server(Secret(f"service=home?schema={name_of(place)}"), "here")) as store:
        assert await store.count_conversations() == 0
    monkeypatch.setenv("PGSERVICE", "home")
    async with at(Server(Secret(f"postgresql:///?schema={name_of(place)}"), "here")) as store:
        assert await store.count_conversations() == 0


@pytest.mark.parametrize(
    ("address", "proves"),
    [
        ("postgresql://db.example.org/x", True),
        ("postgresql://db.example.org/x?sslmode=disable", False),
        ("postgresql://db.example.org/x?sslmode=require", False),
        ("postgresql://db.example.org/x?sslmode=verify-full", True),
        ("postgresql://db.example.org/x?sslmode=verify-full&sslrootcert=/etc/ca.pem", False),
        ("postgresql://127.0.0.1/x", False),
        ("postgresql://localhost/x", False),
        ("postgresql://[::1]/x", False),
        ("postgresql:///x?host=/run/postgresql", False),
        ("postgresql:///x?host=db.example.org", True),
    ],
)
def test_another_machine_must_prove_who_it_is_unless_the_address_says_otherwise(address, proves):
    assert (way_to(Server(Secret(address), "here"), {}).tls is not None) is proves


async def test_a_server_that_can_not_prove_who_it_is_is_told_nothing():
    said, ended = bytearray(), asyncio.Event()

    async def without_tls(reader, writer):
        said.extend(await reader.readexactly(8))
        writer.write(b"N")
        said.extend(await reader.read())
        writer.transport.abort()
        ended.set()

    async with await asyncio.start_server(without_tls, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        address = f"postgresql://me:correct-horse-battery@127.0.0.1:{port}/x?sslmode=verify-full"
        with pytest.raises(HistoryError):
            await open_history(Server(Secret(address), "here"))
        async with asyncio.timeout(20):
            await ended.wait()
    assert len(said) == 8, "what asks for TLS, and no more"


@pytest.mark.parametrize(
    ("host", "trusted"), [("127.0.0.1", False), ("127.0.0.1", True)], ids=["self-signed", "another's name"]
)
async def test_a_server_whose_certificate_is_not_its_own_is_told_nothing(monkeypatch, host, trusted):
    said = bytearray()

    async def with_tls(reader, writer):
        await reader.readexactly(8)
        writer.write(b"S")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "certificate.pem", TLS / "key.pem")
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await writer.start_tls(context)
            said.extend(await reader.read())
        writer.transport.abort()

    root = f"&sslrootcert={TLS / 'certificate.pem'}" if trusted else ""
    async with await asyncio.start_server(with_tls, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        address = f"postgresql://me:correct-horse-battery@{host}:{port}/x?sslmode=verify-full{root}"
        with pytest.raises(HistoryRefusedError, match="could not prove who it is") as refused:
            await open_history(Server(Secret(address), "here"))
    assert not said
    assert "correct-horse" not in str(refused.value)


def test_no_password_shows_in_what_is_known_of_a_server():
    server = Server(Secret("postgresql://me:correct-horse-battery@db.example.org/x"), "here")
    for shown in (repr(server), str(server), repr(way_to(server)), f"{server}"):
        assert "correct-horse" not in shown


async def test_a_history_at_rest_asks_once_when_its_lease_is_due(cluster, place, monkeypatch):
    monkeypatch.setattr(sessions, "RENEWED", 0.2)
    renewed: list[int] = []
    renew = sessions.renew

    async def counted(db, name, machine):
        renewed.append(way.turns)
        return await renew(db, name, machine)

    async with Between(cluster.port) as way:
        there = Server(Secret(place.address.reveal().replace(f":{cluster.port}/", f":{way.port}/")), "lap")
        monkeypatch.setattr(sessions, "renew", counted)
        async with at(there, "lap"), asyncio.timeout(60):
            while len(renewed) < 8:  # noqa: ASYNC110 - of what no one tells
                await asyncio.sleep(0.02)
    assert renewed[-1] - renewed[-2] <= 3, "one transaction: its begin, what it asks, its end"


async def test_a_history_at_rest_has_one_connection(place):
    asked = "SELECT pid FROM pg_stat_activity WHERE application_name = 'segue'"
    async with behind(place) as tables:
        before = {row["pid"] for row in await tables.fetch(asked)}
        async with at(place), asyncio.timeout(20):
            # It listens; the one that reads comes with the first reader, and the first of all has gone.
            while len({row["pid"] for row in await tables.fetch(asked)} - before) != 1:
                await tables.fetchval("SELECT pg_sleep(0.05)")
