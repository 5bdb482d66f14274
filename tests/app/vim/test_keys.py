"""What Vim's keys do to a text: the caret is ``|``, what is selected stands in ``[]``."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.vim.conftest import Hands
from tui.app.composer.vim import Mode

MOTIONS = [
    ("|one two", "w", "one |two"),
    ("|one(two)", "w", "one|(two)"),
    ("|one(two) three", "W", "one(two) |three"),
    ("|one\n\ntwo", "w", "one\n|\ntwo"),
    ("|one two three", "2w", "one two |three"),
    ("one |two", "w", "one tw|o"),
    ("one two |three", "2b", "|one two three"),
    ("one.two| three", "B", "|one.two three"),
    ("|one two", "e", "on|e two"),
    ("on|e two", "e", "one tw|o"),
    ("one |two", "0", "|one two"),
    ("  one |two", "^", "  |one two"),
    ("|one two", "$", "one tw|o"),
    ("|one\ntwo\nthree", "2$", "one\ntw|o\nthree"),
    ("on|e", "l", "on|e"),
    ("|one", "h", "|one"),
    ("one\n|two", "h", "one\n|two"),
    ("on|e\ntwo", "j", "one\ntw|o"),
    ("one\ntwo\nth|ree", "2k", "on|e\ntwo\nthree"),
    ("thre|e\n\ntwo", "j", "three\n|\ntwo"),
    ("one\n  two\n|three", "gg", "|one\n  two\nthree"),
    ("|one\ntwo\n  three", "G", "one\ntwo\n  |three"),
    ("|one\ntwo\nthree", "2G", "one\n|two\nthree"),
    ("|one, two, three", "f,", "one|, two, three"),
    ("|one, two, three", "2f,", "one, two|, three"),
    ("|one, two, three", "t,", "on|e, two, three"),
    ("|one, two, three", "f,;", "one, two|, three"),
    ("|one, two, three", "2f,,", "one|, two, three"),
    ("one, two|", "F,", "one|, two"),
    ("one, two|", "T,", "one,| two"),
    ("|one", "fx", "|one"),
    ("|a\nb\n\nc", "}", "a\nb\n|\nc"),
    ("a\n\nb\n|c", "{", "a\n|\nb\nc"),
]
CHANGES = [
    ("|one two", "x", "|ne two"),
    ("|one two", "3x", "| two"),
    ("on|e", "x", "o|n"),
    ("o|ne", "X", "|ne"),
    ("|one two three", "dw", "|two three"),
    ("|one two three", "2dw", "|three"),
    ("|one two three", "d2w", "|three"),
    ("one |two\nthree", "dw", "one| \nthree"),
    ("one |two", "db", "|two"),
    ("|one two", "de", "| two"),
    ("one |two three", "D", "one| "),
    ("one |two", "d0", "|two"),
    ("|one, two", "df,", "| two"),
    ("|one, two", "dt,", "|, two"),
    ("one\n|two\nthree", "dd", "one\n|three"),
    ("one\ntwo\n|three", "dd", "one\n|two"),
    ("|one\ntwo\nthree", "2dd", "|three"),
    ("|only", "dd", "|"),
    ("|one\ntwo\nthree", "dj", "|three"),
    ("one\n|two\nthree", "dG", "|one"),
    ("one\ntwo\n|three", "dgg", "|"),
    ("|one two", "cwsix<esc>", "si|x two"),
    ("|a two", "cwsix<esc>", "si|x two"),
    ("one |two", "Cend<esc>", "one en|d"),
    ("one\n|two\nthree", "cc2<esc>", "one\n|2\nthree"),
    ("o|ne", "sxy<esc>", "ox|ye"),
    ("one t|wo three", "diw", "one | three"),
    ("one t|wo three", "daw", "one |three"),
    ("one t|wo", "daw", "on|e"),
    ('say "he|llo you" now', 'ci"bye<esc>', 'say "by|e" now'),
    ('say "he|llo" now', 'da"', "say | now"),
    ("|say 'hello'", "di'", "say '|'"),
    ("f(a, (b|), c)", "di(", "f(a, (|), c)"),
    ("f(|a, (b), c)", "dib", "f(|)"),
    ("f((a)|)", "di(", "f(|)"),
    ("x = {1: |[2]}", "da{", "x =| "),
    ("|none", "di(", "|none"),
    ("|one", "~", "O|ne"),
    ("|one", "3~", "ON|E"),
    ("|one", "rx", "|xne"),
    ("|one", "2rx", "x|xe"),
    ("on|e", "2rx", "on|e"),
    ("|one\n  two", "J", "one| two"),
    ("|one\ntwo\nthree", "3J", "one two| three"),
    ("|one\ntwo", ">>", "    |one\ntwo"),
    ("|one\ntwo", ">j", "    |one\n    two"),
    ("      |one", "<<", "  |one"),
    ("o|ne", "ix<esc>", "o|xne"),
    ("o|ne", "ax<esc>", "on|xe"),
    ("  o|ne", "Ix<esc>", "  |xone"),
    ("|one\ntwo", "Ax<esc>", "one|x\ntwo"),
    ("|one\ntwo", "ox<esc>", "one\n|x\ntwo"),
    ("one\n|two", "Ox<esc>", "one\n|x\ntwo"),
    ("|one two", "yiwwP", "one on|etwo"),
    ("|one two", "dwep", "twoone| "),
    ("|one\ntwo", "ddp", "two\n|one"),
    ("one\n|two", "ddP", "|two\none"),
    ("|one\ntwo", "yyjp", "one\ntwo\n|one"),
    ("|x", "yl3p", "xxx|x"),
    ("|one two", "dwu", "|one two"),
    ("|one two", "dwuU", "|two"),
    ("|one two", "cwsix<esc>u", "|one two"),
    ("|one two", "xxuu", "|one two"),
    ("|one two", "xxuuUU", "|e two"),
    ("|one two", "xuxU", "|ne two"),
    ("|one two three", "dw.", "|three"),
    ("|one two", "cwsix<esc>w.", "six si|x"),
    ("|one\ntwo", "A;<esc>j.", "one;\ntwo|;"),
    ("|one two three", "dwj..", "|"),
]
FOLDED = [
    ("a ‹2| lines› b", "x", "a | b"),
    ("a ‹2| lines› b", "cwsix<esc>", "a si|x b"),
    ("a ‹2| lines› b", "dw", "a | b"),
    ("|a ‹2 lines› b", "wlye$p", "a ‹2 lines› b‹2 lines|›"),
    ("|a ‹2 lines› b", "f D", "|a"),
    ("a ‹2| lines› b", "~", "a ‹2 lines›| b"),
    ("|a ‹2 lines› b", "v$~", "|A ‹2 lines› B"),
    ("|a ‹2 lines› b", "v$rx", "xx‹2 lines›x|x"),
    ("a ‹2| lines› b", "v", "a [‹2 lines›] b"),
    ("a ‹2| lines› b", "vyP", "a ‹2 lines|›‹2 lines› b"),
    ("a ‹2| lines› b", "ix<esc>", "a ‹2 lines›|x b"),
    ("a ‹2| lines›\nb", "J", "a ‹2 lines›| b"),
    ("a ‹2| lines› b", ">>", "    |a ‹2 lines› b"),
]
"""A folded paste is one thing: it stays, or goes as a whole."""
VISUAL = [
    ("|one two", "vw", "[one t]wo"),
    ("one |two", "vb", "[one t]wo"),
    ("one t|wo three", "viw", "one [two] three"),
    ("f(|a, b)", "vi(", "f([a, b])"),
    ("|one\ntwo\nthree", "Vj", "[one\ntwo]\nthree"),
    ("|one two", "vwd", "|wo"),
    ("|one two", "vecsix<esc>", "si|x two"),
    ("|one\ntwo\nthree", "Vjd", "|three"),
    ("|one\ntwo", "Vj>", "    |one\n    two"),
    ("|one two", "v$y", "|one two"),
    ("|one two", "ve~", "|ONE two"),
    ("|one two", "vex", "| two"),
    ("|one\ntwo", "VjJ", "one| two"),
    ("|one two", "ywwvep", "one one| "),
    ("o|ne two", "vo", "o[n]e two"),
    ("|one two", "vlly<esc>", "|one two"),
    ("|one two", "ve<esc>", "on|e two"),
    ("|one two", "vlv", "o|ne two"),
    ("|one\ntwo", "vjV", "[one\ntwo]"),
]


@pytest.mark.parametrize(("before", "keys", "after"), MOTIONS)
def test_a_motion_leads_somewhere(hands, before, keys, after):
    assert hands(before).press(keys) == after


@pytest.mark.parametrize(("before", "keys", "after"), CHANGES)
def test_a_command_changes_the_text(hands, before, keys, after):
    assert hands(before).press(keys) == after


@pytest.mark.parametrize(("before", "keys", "after"), FOLDED)
def test_a_folded_paste_stays_whole(hands, before, keys, after):
    assert hands(before).press(keys) == after


@pytest.mark.parametrize(("before", "keys", "after"), VISUAL)
def test_what_is_selected_is_seen_and_worked_on(hands, before, keys, after):
    assert hands(before).press(keys) == after


def test_what_is_yanked_goes_to_the_clipboard(hands):
    writer = hands("|one\ntwo")
    writer.press("yyjyiw")
    assert writer.buffer.copied == ["one", "two"]


def test_escape_is_taken_once_and_then_for_others(hands):
    writer = hands("one|")
    writer.vim.insert()
    assert writer.vim.press("escape", None) and writer.vim.mode is Mode.NORMAL
    assert not writer.vim.press("escape", None)
    writer.press("2d")
    assert writer.vim.pending == "2d"
    assert writer.vim.press("escape", None) and writer.vim.pending == ""


def test_keys_that_write_nothing_are_for_others(hands):
    writer = hands("one|")
    assert not writer.vim.press("enter", "\r")
    assert not writer.vim.press("f5", None)
    assert not writer.vim.press("ctrl+l", "\x0c")


@pytest.mark.parametrize("keys", ["d", "y", "~", "J", "p", "l", "iw", "V", "o", "<esc>"])
def test_a_selection_survives_a_text_that_others_made_shorter(hands, keys):
    writer = hands("one two thr|ee")
    writer.press("yiwvh")
    writer.buffer.replace(0, len(writer.buffer.text), "x")
    writer.press(keys)
    writer.press("<esc><esc>")
    assert writer.buffer.caret <= len(writer.buffer.text)


def test_nonsense_is_forgotten(hands):
    writer = hands("|one two")
    assert writer.press("dqzx") == "|ne two"
    assert writer.press("diqx") == "|e two"


KEYS = st.text("hjklwWbBeE0^$gG{}fFtT;,dcy<>iaIAoOvVpPJ~uU.xXsSDCYr\"'`()[]123 é", max_size=12)
TEXTS = st.lists(st.text("ab .\n(\"')é", max_size=8) | st.just("‹2 lines›"), max_size=6).map("".join)


@settings(max_examples=500)
@given(TEXTS, st.integers(0, 30), st.lists(st.one_of(KEYS, st.just("<esc>")), max_size=6))
def test_no_row_of_keys_leaves_the_text(text, at, rows):
    place = min(at, len(text))
    writer = Hands(f"{text[:place]}|{text[place:]}")
    for row in rows:
        writer.press(row)
    writer.press("<esc><esc>")
    assert writer.vim.mode is Mode.NORMAL
    assert 0 <= writer.buffer.caret <= len(writer.buffer.text)
    assert set(re.findall("‹[^›]*›?|›", writer.buffer.text)) <= {"‹2 lines›"}
