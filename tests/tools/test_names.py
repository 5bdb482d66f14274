"""Names of tools on the wire: what every vendor takes, and no two tools with one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.tools.names import nearest_names, wire_name

TAKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
SERVER = st.from_regex(r"[a-z0-9-]{1,24}", fullmatch=True) | st.just("")


def test_a_tool_is_called_by_its_server_and_its_name():
    assert wire_name("fs", "read_file") == "fs__read_file"
    assert wire_name("", "web_fetch") == "web_fetch"


@given(SERVER, st.text())
def test_every_name_is_one_that_all_vendors_take(server, name):
    assert TAKEN.fullmatch(wire_name(server, name))


@given(SERVER, st.text(), SERVER, st.text())
def test_two_tools_never_share_a_name(server, name, other_server, other):
    same = (server, name) == (other_server, other)
    assert (wire_name(server, name) == wire_name(other_server, other)) is same


@pytest.mark.parametrize("name", ["päth", "a b", "x.y", "z" * 100, "9lives", "a\ud83d", "\x1b[31m", "\u202e"])
def test_a_name_that_had_to_be_changed_ends_in_a_digest_of_what_it_was(name):
    server = "" if name == "9lives" else "fs"
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,56}_[0-9a-f]{6}", wire_name(server, name))


def test_one_of_our_own_that_looks_like_a_servers_is_another():
    assert wire_name("", "fs__read_file") != wire_name("fs", "read_file")


def test_one_tool_name_on_two_servers_gives_two_names():
    assert wire_name("a", "search") != wire_name("b", "search")


def test_the_nearest_names_are_found_with_the_server_or_without():
    known = ["fs__read_file", "fs__write_file", "a-long-name-of-a-server__read_file", "web_fetch"]
    assert nearest_names("fs__readfile", known)[0] == "fs__read_file"
    assert set(nearest_names("read_file", known)) >= {"fs__read_file", "a-long-name-of-a-server__read_file"}
    assert nearest_names("webfetch", known) == ["web_fetch"]
    assert nearest_names("quite another", known) == []
