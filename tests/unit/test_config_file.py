"""Changes of ``config.toml``: just what was asked for is different, and what a person wrote stays."""

from __future__ import annotations

import os
import stat
import threading
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tui import config_file
from tui.config import load_config
from tui.config_file import change, changed_text
from tui.errors import ConfigError
from tui.typed_toml import GONE

FILE = Path("config.toml")
MINE = """\
# My settings
model = "a/b"   # the usual one

# The lab
[providers.lab]
url = "http://h/v1" # down the hall
models = [
  "one", # slow
  "two",
]

# Keys
[keys]
# none yet

[local]
models = { a = "/a.gguf" } # inline
"""


def lines_of(text: str, **changes: object) -> tuple[list[str], list[str]]:
    """The lines that have gone, and those that have come."""
    new = changed_text(FILE, text, {tuple(name.split("__")): value for name, value in changes.items()})
    before, after = text.splitlines(), new.splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


# -- the text
def test_a_value_changes_in_its_place_and_keeps_its_remark():
    assert lines_of(MINE, model="x/y") == (
        ['model = "a/b"   # the usual one'],
        ['model = "x/y"   # the usual one'],
    )


@pytest.mark.parametrize(
    ("changes", "above", "line"),
    [
        ({"theme": "segue-light"}, 'model = "a/b"   # the usual one', 'theme = "segue-light"'),
        ({"providers__lab__wait": 3.5}, "]", "wait = 3.5"),
        ({"providers__LAB__title": "L"}, "]", 'title = "L"'),
        ({"keys__model": "f4"}, "[keys]", 'model = "f4"'),
        ({"parameters__seed": 7}, "[parameters]", "seed = 7"),
    ],
)
def test_a_new_line_stands_below_those_of_its_table_and_above_the_remarks_of_the_next(changes, above, line):
    new = changed_text(FILE, MINE, {tuple(name.split("__")): value for name, value in changes.items()})
    written = new.splitlines()
    assert written[written.index(line) - 1] == above
    kept = iter(written)
    assert all(each in kept for each in MINE.splitlines()), "every line is there, in its order"


def test_items_of_a_list_keep_their_remarks():
    assert lines_of(MINE, providers__lab__models=["one", "three"]) == (['  "two",'], ['  "three",'])


def test_a_table_that_is_taken_out_leaves_the_remarks_of_the_next():
    new = changed_text(FILE, MINE, {("providers", "lab"): GONE})
    assert "[providers.lab]" not in new and "# Keys\n[keys]" in new


def test_what_is_set_and_taken_out_again_leaves_nothing_behind():
    at = ("providers", "other", "url")
    assert changed_text(FILE, changed_text(FILE, MINE, {at: "http://o"}), {at: GONE}) == MINE
    first = "[providers.other]\nurl = 'http://o'\n\n[keys]\nmodel = 'f4'\n"
    assert changed_text(FILE, first, {at: GONE}) == "[keys]\nmodel = 'f4'\n"


@pytest.mark.parametrize(
    "text", ["# mine\n[local]\nz = 1\n", "[local] # mine\nz = 1\n", "[local]\nz = 1\n# mine\n"]
)
def test_an_empty_table_stays_where_a_remark_is_about_it(text):
    assert changed_text(FILE, text, {("local", "z"): GONE}) == text.replace("z = 1\n", "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", 'theme = "x"\n'),
        ("# alone", '# alone\ntheme = "x"\n'),
        ("# keys\n[keys]\n", 'theme = "x"\n\n# keys\n[keys]\n'),
        ("# head\n\n# keys\n[keys]\n", '# head\n\ntheme = "x"\n\n# keys\n[keys]\n'),
        ("vim = true", 'vim = true\ntheme = "x"\n'),
        ("vim = true\r\n[keys]\r\n", 'vim = true\r\ntheme = "x"\r\n\r\n[keys]\r\n'),
    ],
)
def test_where_the_first_line_of_no_table_goes(text, wanted):
    new = changed_text(FILE, text, {("theme",): "x"})
    assert new.replace("\r\n\r\n[", "\r\n[") == wanted.replace("\r\n\r\n[", "\r\n[")


@pytest.mark.parametrize(
    "text",
    [
        "providers.lab.url = 'http://h'\nvim = true\n",
        "[providers]\nlab.url = 'http://h'\n# the end\n",
        "providers = { lab = { url = 'http://h' } } # inline\n",
        "[providers.lab]\nurl = 'http://h'\n[keys]\nmodel = 'f4'\n[providers.other]\nurl = 'http://o'\n",
        'system = """\n[providers.lab]\n"""\n[providers.lab]\nurl = "http://h"\n',
        "[providers.other.headers]\nX-A = 'b'\n",
        'providers."lab".url = "http://h"\n',
    ],
)
@pytest.mark.parametrize("value", ["A", "a\nb", 'a"b\\', "#", 3, 2.5, True, ["x", "y"], GONE], ids=repr)
def test_however_a_table_is_written_just_this_value_changes(text, value):
    at = ("providers", "lab", "title")
    new = tomllib.loads(changed_text(FILE, text, {at: value}))
    title = new["providers"].get("lab", {}).pop("title", GONE)
    old = tomllib.loads(text)
    old["providers"].setdefault("lab", {})
    new["providers"].setdefault("lab", {})
    assert (title, new) == (value, old)


NAMES = some.sampled_from(["model", "theme", "vim", "x y", "ä", "#"])
VALUES = some.one_of(
    some.booleans(),
    some.integers(-9, 9),
    some.text(max_size=8),
    some.lists(some.text(max_size=3), max_size=3),
)
REMARKS = some.sampled_from(["", " # remark", "\n# above the next", "\n\n"])


@given(
    rows=some.lists(some.tuples(NAMES, VALUES, REMARKS), max_size=5, unique_by=lambda row: row[0]),
    tables=some.lists(some.sampled_from(["keys", "providers.lab", "local"]), unique=True, max_size=3),
    at=some.tuples(NAMES) | some.tuples(some.just("keys"), NAMES) | some.tuples(some.just("new"), NAMES),
    value=VALUES | some.just(GONE),
)
def test_of_any_file_one_value_changes_and_no_remark_is_lost(rows, tables, at, value):
    text = "".join(f"{config_file._line(name, each)[:-1]}{remark}\n" for name, each, remark in rows)
    text += "".join(f"\n# of {name}\n[{name}]\nz = 1 # last\n" for name in tables)
    before = tomllib.loads(text)
    new = changed_text(FILE, text, {at: value})
    after = tomllib.loads(new)
    assert config_file._pruned(after) == config_file._pruned(config_file._expected(before, at, value))
    own = 1 if value is GONE else 0
    assert new.count("# ") >= text.count("# ") - own - str(before.get(at[0], "")).count("# ")
    if value is not GONE:
        assert config_file._pruned(tomllib.loads(changed_text(FILE, new, {at: GONE}))) == config_file._pruned(
            config_file._expected(before, at, GONE)
        )


# -- the file
def test_a_file_that_is_broken_is_told_with_its_place_and_stays_as_it_is(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('model = "a/b"\nvim = [\n')
    with pytest.raises(ConfigError, match=r"config.toml:3:1: not valid TOML"):
        change(file, {("vim",): True})
    assert file.read_text() == 'model = "a/b"\nvim = [\n'


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"# \xff\n")
    with pytest.raises(ConfigError, match="not UTF-8"):
        change(file, {("vim",): True})
    assert file.read_bytes() == b"# \xff\n"


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (("vim",), "yes", "vim: must be true or false"),
        (("modle",), "a/b", "did you mean model"),
        (("providers", "lab", "url"), "nowhere", "must be an address"),
        (("providers", "lab", "wait"), -1, "number of seconds"),
        (("providers", "lab", "type"), "opanai", "not possible"),
        (("parameters", "temperature"), "hot", "must be a number"),
        (("local", "models", "mine"), "", "must be the path"),
    ],
)
def test_what_a_start_would_complain_about_is_not_written(tmp_path, at, value, words):
    file = tmp_path / "config.toml"
    file.write_text(MINE)
    with pytest.raises(ConfigError, match=words):
        change(file, {at: value})
    assert file.read_text() == MINE


def test_what_was_wrong_before_stops_no_change(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text("# first\nthme = 1\n")
    assert change(file, {("vim",): True}).vim
    assert file.read_text() == "# first\nthme = 1\nvim = true\n"


def test_a_mistake_is_mended_by_a_change(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('vim = "yes" # once\n')
    assert change(file, {("vim",): True}).problems == ()
    assert file.read_text() == "vim = true # once\n"


def test_several_changes_are_written_together_or_not_at_all(tmp_path):
    file = tmp_path / "config.toml"
    with pytest.raises(ConfigError):
        change(file, {("vim",): True, ("theme",): 3})
    assert not file.exists()
    change(file, {("vim",): True, ("theme",): "segue-light"})
    assert (load_config(file).vim, load_config(file).theme) == (True, "segue-light")


@pytest.mark.skipif(os.name == "nt", reason="rights and links of POSIX")
def test_a_new_file_is_private_and_an_old_one_keeps_its_rights(tmp_path):
    new, old = tmp_path / "made" / "config.toml", tmp_path / "config.toml"
    change(new, {("vim",): True})
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    old.write_text("")
    old.chmod(0o640)
    change(old, {("vim",): True})
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="rights and links of POSIX")
def test_a_link_stays_a_link(tmp_path):
    real = tmp_path / "dotfiles" / "segue.toml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    change(link, {("vim",): True})
    assert link.is_symlink() and real.read_text() == "# mine\nvim = true\n"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights of POSIX, which root has not")
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="cannot be written"):
        change(tmp_path / "config.toml", {("vim",): True})


def test_a_byte_order_mark_stays(tmp_path):
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbf# mine\r\nmodel = 'a/b'\r\n")
    change(file, {("vim",): True})
    assert file.read_bytes() == b"\xef\xbb\xbf# mine\r\nmodel = 'a/b'\r\nvim = true\r\n"


def test_what_an_editor_wrote_at_the_same_time_is_not_lost(tmp_path, monkeypatch):
    file = tmp_path / "config.toml"
    file.write_text("# mine\n")
    usual, edits = config_file.write_whole, ["# mine\ntheme = 'segue-light' # by hand\n"]

    def late(path, text, *, mode, still):
        if edits:
            file.write_text(edits.pop())
        return usual(path, text, mode=mode, still=still)

    monkeypatch.setattr(config_file, "write_whole", late)
    change(file, {("vim",): True})
    assert file.read_text() == "# mine\ntheme = 'segue-light' # by hand\nvim = true\n"


def test_programs_that_write_at_the_same_time_wait_for_each_other(tmp_path):
    file = tmp_path / "config.toml"
    names = [f"p{number}" for number in range(8)]
    threads = [
        threading.Thread(target=change, args=(file, {("providers", name, "url"): "http://h"}))
        for name in names
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(load_config(file).providers) == names
