"""``segue history``, ``backup`` and ``restore`` on a real history."""

from __future__ import annotations

import contextlib
import json
import sqlite3

import pytest


@pytest.fixture
def told(lab, model_server):
    """Two conversations: about bread, then about boats."""
    model_server.reply = "An answer from {model}."
    lab.segue("ask", "Why does bread need salt?")
    lab.segue("ask", "Names for a small boat?")
    return lab


def rows(home):
    return json.loads(home.segue("history", "list", "--json").stdout)


def test_the_newest_is_first(told):
    assert [row["title"] for row in rows(told)] == ["Names for a small boat?", "Why does bread need salt?"]
    assert set(rows(told)[0]) >= {"id", "title", "created_at", "updated_at", "messages", "model"}
    assert "Names for a small boat?" in told.segue("history", "list").stdout


def test_a_conversation_is_shown_with_who_answered(told):
    shown = told.segue("history", "show", str(rows(told)[1]["id"])).stdout
    assert "you:\nWhy does bread need salt?" in shown and "lab/big:\nAn answer from big." in shown


def test_search_finds_the_message(told):
    [hit] = json.loads(told.segue("history", "search", "bread", "--json").stdout)
    assert hit["title"] == "Why does bread need salt?" and "bread" in hit["snippet"]
    assert "bread" in told.segue("history", "search", "bre").stdout
    for odd in ('"', "(", "AND", "a:b", "-", "*"):
        told.segue("history", "search", odd, "--json")


def test_rename_delete_and_take_back(told):
    boat = str(rows(told)[0]["id"])
    told.segue("history", "rename", boat, "Boats")
    told.segue("history", "delete", boat)
    assert [row["title"] for row in rows(told)] == ["Why does bread need salt?"]
    told.segue("history", "undelete", boat)
    assert {row["title"] for row in rows(told)} == {"Boats", "Why does bread need salt?"}


def test_every_command_answers_scripts(told):
    boat = rows(told)[0]["id"]

    def answer(*arguments):
        return json.loads(told.segue("history", *arguments, "--json").stdout)

    assert answer("show", str(boat))["id"] == answer("export", str(boat))["id"] == boat
    assert answer("rename", str(boat), "Boats") == {"id": boat, "title": "Boats", "deleted": False}
    assert answer("delete", str(boat)) == {"id": boat, "title": "Boats", "deleted": True}
    assert answer("undelete", str(boat)) == {"id": boat, "title": "Boats", "deleted": False}


@pytest.mark.parametrize("command", [("show", "99"), ("rename", "99", "x"), ("delete", "99")])
def test_what_is_not_there_is_told(told, command):
    assert "99" in told.segue("history", *command, code=1).stderr


def test_a_backup_restores_what_was_there(told, tmp_path):
    copy = tmp_path / "copy.db"
    told.segue("backup", str(copy))
    before = rows(told)
    told.segue("history", "delete", str(before[0]["id"]))
    assert "before" in told.segue("restore", str(copy)).stderr
    assert rows(told) == before


def test_what_is_no_backup_is_refused_and_changes_nothing(told, tmp_path):
    wrong = tmp_path / "wrong.db"
    wrong.write_text("not a database at all, but long enough to be looked at" * 10)
    before = rows(told)
    told.segue("restore", str(wrong), code=1)
    told.segue("restore", str(tmp_path / "none.db"), code=1)
    assert rows(told) == before


def test_an_export_imports_back_equal_and_only_once(told, tmp_path):
    everything = tmp_path / "all.json"
    assert "2 conversations" in told.segue("history", "export", "-o", str(everything)).stderr
    before = rows(told)
    assert "2 were here already" in told.segue("history", "import", str(everything)).stderr
    for row in before:
        told.segue("history", "delete", str(row["id"]))
    other = type(told)(tmp_path / "elsewhere")
    report = json.loads(other.segue("history", "import", str(everything), "--json").stdout)
    assert (report["kind"], report["messages"]) == ("Segue", 4)
    assert [(r["title"], r["messages"], r["model"]) for r in rows(other)] == [
        (r["title"], r["messages"], r["model"]) for r in before
    ]


def test_one_conversation_in_each_format(told, tmp_path):
    bread = str(rows(told)[1]["id"])
    assert "An answer from big." in told.segue("history", "export", bread).stdout
    assert json.loads(told.segue("history", "export", bread, "--format", "json").stdout)["messages"]
    page = tmp_path / "bread.html"
    told.segue("history", "export", bread, "-o", str(page))
    assert page.read_text().startswith("<!doctype html>")
    assert "there already" in told.segue("history", "export", bread, "-o", str(page), code=2).stderr
    told.segue("history", "export", bread, "-o", str(tmp_path))
    assert (tmp_path / "why-does-bread-need-salt.md").exists()


def test_a_bad_import_says_where_and_adds_nothing(told, tmp_path):
    bad = tmp_path / "bad.json"
    bad.write_text('{"segue": 1, "conversations": [{"id": 1, "leaf": 7}]}')
    assert "bad.json: conversations[0].leaf" in told.segue("history", "import", str(bad), code=1).stderr
    told.segue("history", "import", str(tmp_path / "none.json"), code=1)
    told.segue("history", "export", code=2)
    assert len(rows(told)) == 2


def test_where_no_home_can_be_the_history_is_in_memory_and_that_is_said(told, tmp_path):
    (tmp_path / "file").write_text("no folder")
    nowhere = type(told)(tmp_path / "file" / "home")
    assert "in memory only" in nowhere.segue("history", "list").stderr


def test_a_history_of_a_newer_program_is_read_and_never_changed(lab):
    lab.segue("ask", "Hi")
    with contextlib.closing(sqlite3.connect(lab.history)) as database:
        (form,) = database.execute("PRAGMA user_version").fetchone()
        database.execute(f"PRAGMA user_version = {form + 1}")
    before = lab.history.read_bytes()
    listed = lab.segue("history", "list")
    assert "read-only: it was written by a newer Segue" in listed.stderr
    assert "Hi" in listed.stdout
    assert "Hello from the" in lab.segue("history", "show", "1").stdout
    assert "Hello from the" in lab.segue("history", "export", "1").stdout
    assert "Use the newer Segue" in lab.segue("ask", "Hi", code=1).stderr
    assert lab.segue("ask", "--no-save", "Hi").stdout == "Hello from the *lab*.\n"
    assert lab.history.read_bytes() == before


def claude_of(path, *times):
    entries = [
        {
            "uuid": f"u{number}",
            "name": f"Of {time!r}",
            "created_at": time,
            "chat_messages": [{"uuid": "m", "sender": "human", "text": "Hi", "created_at": time}],
        }
        for number, time in enumerate(times)
    ]
    path.write_text(json.dumps(entries))
    return str(path)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Pacific/Kiritimati"])
def test_any_date_of_any_file_is_listed_and_exported_in_any_zone(lab, tmp_path, zone):
    lab.variables["TZ"] = zone
    times = [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        -1e18,
        1e300,
        float("nan"),
        "soon",
        1_700_000_000_000,
    ]
    said = lab.segue("history", "import", claude_of(tmp_path / "claude.json", *times)).stderr
    assert "7 conversations, 7 messages" in said
    assert "entry 4: created_at: expected a time, found a number" in said
    listed = lab.segue("history", "list").stdout
    assert len(listed.splitlines()) == 7
    shown = {row["title"]: row["updated_at"] for row in rows(lab)}
    assert shown["Of '0001-01-01T00:00:00Z'"] == "0001-01-01T00:00:00Z"
    assert shown["Of '9999-12-31T23:59:59Z'"] == "9999-12-31T23:59:59Z"
    assert shown["Of 1700000000000"] == "2023-11-14T22:13:20Z"
    for form in ("md", "html", "json"):
        lab.segue("history", "export", "--format", form, "-o", str(tmp_path / f"all-{form}"))
    text = (tmp_path / "all-json").read_text()
    assert '"created_at": "0001-01-01T00:00:00+00:00"' in text and "NaN" not in text
    again = type(lab)(tmp_path / "again", {"TZ": zone})
    assert (
        "7 conversations, 7 messages" in again.segue("history", "import", str(tmp_path / "all-json")).stderr
    )
    assert [row["updated_at"] for row in rows(again)] == [row["updated_at"] for row in rows(lab)]


def test_going_on_is_where_a_person_wrote_last(told, tmp_path):
    boat, bread = rows(told)
    told.segue("history", "import", claude_of(tmp_path / "claude.json", "9999-12-31T23:59:59Z"))
    with contextlib.closing(sqlite3.connect(told.history)) as database, database:
        database.execute("UPDATE conversations SET pinned = 1 WHERE id = ?", (bread["id"],))
    told.segue("ask", "-c", "And a large one?")
    assert json.loads(told.segue("history", "show", str(boat["id"]), "--json").stdout)["messages"][2][
        "text"
    ] == ("And a large one?")
