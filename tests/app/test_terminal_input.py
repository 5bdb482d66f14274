"""What comes on the terminal's line: any bytes, in any pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tui.app.terminal import parser
from tui.app.terminal.parser import InputParser
from tui.app.terminal.replies import (
    Attributes,
    Background,
    Mode,
    Named,
    Replied,
    Reply,
    Scheme,
    ShowsStatus,
)

REPORTS = [
    "\x1b[5;10R",
    "\x1b[?62;1;4c",
    "\x1b[>1;4000;29c",
    "\x1b[?2026;2$y",
    "\x1b[?2048;0$y",
    "\x1b[?997;1n",
    "\x1b[0n",
    "\x1b[?29u",
    "\x1b[4;600;800t",
    "\x1b[48;24;80;480;640t",
    "\x1b[48;24;80;0;0t",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x07",
    "\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1bP>|tmux 3.4\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b[6;20;10t",
    "\x1b[?2031;2$y",
    "\x1b]4;1;rgb:ffff/0000/0000\x1b\\",
    "\x1b]10;rgba:ff/ff/ff/ff\x07",
    "\x1b]99;i=segue1:p=?;o=always,unfocused:a=focus\x1b\\",
    "\x1b]7501;v=0.4\x1b\\",
    "\x1bP0+r524742\x1b\\",
    "\x1b[I",
    "\x1b[O",
]
MOUSE = ["\x1b[<35;10;20M", "\x1b[<0;10;20m", "\x1b[<64;1;1M", "\x1b[<0;-5;3M", "\x1b[32;10;20M", "\x1b[M !!"]
KEYS = [
    "\x1b[97u",
    "\x1b[97:65;2;65u",
    "\x1b[1089::99;5u",
    "\x1b[97;1:2;97u",
    "\x1b[57441;2:1u",
    "\x1b[0;;12354:8205u",
    "\x1b[27;2;13~",
    "\x1b[1;5A",
    "\x1b[1;1:3D",
    "\x1b[15~",
    "\x1b[3$",
    "\x1b[[A",
    "\x1bOP",
    "\x1bOp",
    "\x1bx",
    "\x1b\r",
    "\x1b\x1b",
]
PASTES = ["\x1b[200~one\ntwo\x1b[3~\x1b[201~", "\x1b[200~never ended", "\x1b[201~"]


def messages(*pieces: str) -> list[Message]:
    """What pieces become, and what is left when nothing more comes."""
    reader = InputParser()
    found = [message for piece in pieces for message in reader.feed(piece)]
    return found + list(reader.feed(""))


def pressed(*pieces: str) -> list[str]:
    return [event.key for event in messages(*pieces) if isinstance(event, events.Key)]


def written(*pieces: str) -> str:
    keys = (event for event in messages(*pieces) if isinstance(event, events.Key))
    return "".join(event.character or "" for event in keys if event.is_printable)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A real sequence, cut, with other characters in it, or with a huge number."""
    sequence = draw(st.sampled_from([*REPORTS, *MOUSE, *KEYS, *PASTES]))
    place = draw(st.integers(0, len(sequence)))
    inner = draw(
        st.sampled_from(["", ":", ";", "::", "9" * 30, "9" * 5000, "-", "\x1b", "\x07", "\x00", "$", "é"])
    )
    return sequence[:place] + inner + sequence[place + draw(st.integers(0, 3)) :]


lines = st.lists(
    st.one_of(st.text(), mutated(), st.binary().map(lambda data: data.decode("utf-8", "replace")))
)


@given(lines, st.lists(st.integers(0, 60)))
@example(["\x1b[1089::99;5u"], [])
@example(["\x1b[48;24;80;0;0t\x1b[<0;5;5M"], [])
@example(["\x1b[48;99999999;99999999;1;1t"], [])
@example(["\x1b[<0;" + "9" * 400 + ";1M"], [])
def test_no_bytes_end_the_parser_and_what_is_typed_after_them_is_read(pieces, cuts):
    line, reader = "".join(pieces), InputParser()
    for start, end in pairwise([0, *sorted(cuts), len(line)]):
        list(reader.feed(line[start:end]))
    list(reader.feed(""))  # a pause
    keys = [event for event in reader.feed("typed") if isinstance(event, events.Key)]
    assert [event.character for event in keys] == list("typed")


@given(st.sampled_from([*REPORTS, *MOUSE]), st.integers(0, 40), st.integers(0, 40))
def test_what_a_terminal_reports_is_never_typed_in_whatever_pieces_it_comes(report, one, other):
    first, last = sorted((one, other))
    assert pressed(*filter(None, [report[:first], report[first:last], report[last:], "x"])) == ["x"]


typed_and_pasted = st.lists(
    st.one_of(
        st.text("abcxyz ä日", min_size=1, max_size=3).map(lambda text: (text, text)),
        st.sampled_from(REPORTS).map(lambda reply: (reply, "")),
        st.one_of(st.sampled_from(REPORTS), st.text("ab\n", max_size=5)).map(
            lambda text: (f"\x1b[200~{text}\x1b[201~", f"<{_as_pasted(text)}>")
        ),
    ),
    max_size=12,
)


def _as_pasted(text: str) -> str:
    return next(e.text for e in messages(f"\x1b[200~{text}\x1b[201~") if isinstance(e, events.Paste))


@given(typed_and_pasted, st.lists(st.integers(0, 200), max_size=20))
@example([("a", "a"), *((reply, "") for reply in REPORTS), ("b", "b")], list(range(2000)))
def test_among_keys_and_pastes_replies_are_no_text_however_all_is_cut(mix, cuts):
    line = "".join(sent for sent, _ in mix)
    places = [0, *sorted(cut for cut in set(cuts) if 0 < cut < len(line)), len(line)]
    found = messages(*(line[start:end] for start, end in pairwise(places) if start < end))
    text = ""
    for event in found:
        match event:
            case events.Paste():
                text += f"<{event.text}>"
            case events.Key():
                text += event.character or f"?{event.key}?"
    assert text == "".join(expected for _, expected in mix)


@given(st.sampled_from([r for r in REPORTS if len(r) > 4]), st.integers(1, 60), st.text("abc", max_size=3))
def test_a_reply_whose_rest_comes_after_it_was_given_up_types_nothing(reply, place, after):
    place = min(place, len(reply) - 2)
    assert written(reply[:place], "", reply[place:] + after) == after


@pytest.mark.parametrize("begun", ["\x1b]11;rgb:ff", "\x1b[?62;", "\x1b[<35;10"])
def test_what_is_typed_after_a_reply_that_never_ended_is_text(begun):
    assert written(begun, "", "mcR", "u") == "mcRu"


@pytest.mark.parametrize(
    ("sequence", "reply"),
    [
        ("\x1b]11;rgb:ffff/8000/0000\x1b\\", Background(1, 0x8000 / 0xFFFF, 0)),
        ("\x1b]11;rgb:f/f/f\x07", Background(1, 1, 1)),
        ("\x1b]11;rgba:ff/ff/ff/80\x07", Background(1, 1, 1)),
        ("\x1b]11;#000000\x07", Background(0, 0, 0)),
        ("\x1b[?997;1n", Scheme(dark=True)),
        ("\x1b[?997;2n", Scheme(dark=False)),
        ("\x1b[?2031;2$y", Mode(2031, known=True)),
        ("\x1b[?2031;0$y", Mode(2031, known=False)),
        ("\x1bP>|kitty(0.36.4)\x1b\\", Named("kitty(0.36.4)")),
        ("\x1b]7501;v=0.4\x1b\\", ShowsStatus()),
        ("\x1b[?62;4c", Attributes(frozenset({62, 4}))),
    ],
)
def test_a_whole_reply_is_one_message(sequence: str, reply: Reply):
    [message] = messages(*sequence)
    assert isinstance(message, Replied)
    assert message.reply == reply


@pytest.mark.parametrize("words", ["", "?", "red", "rgb:gg/00/00", "rgb:00000/0/0", "#12345", "rgb:1/2"])
def test_a_colour_that_is_none_says_nothing(words):
    assert messages(f"\x1b]11;{words}\x07") == []


def test_a_reply_within_a_paste_is_text():
    [paste] = messages("\x1b[200~\x1b]11;rgb:ff/ff/ff\x07\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert "]11;rgb:ff/ff/ff" in paste.text


@pytest.mark.parametrize("sequence", [*REPORTS, *MOUSE, *KEYS])
def test_a_sequence_that_was_cut_is_dropped_and_types_nothing(sequence):
    for place in range(3, len(sequence)):
        assert written(sequence[:place]) == ""


@pytest.mark.parametrize("cut", ["\x1b[<35;10", "\x1b[1089::99", "\x1b[?62;", "\x1b[<", "\x1b]11;rgb:ff "])
def test_words_that_follow_a_cut_sequence_at_once_are_whole(cut):
    assert written(f"{cut}there").endswith("there")


def test_a_sequence_waits_for_its_rest_but_not_for_ever(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(parser, "get_time", lambda: now[0])
    reader = InputParser()
    assert not list(reader.feed("\x1b[<35;1"))
    now[0] += parser.PATIENCE / 2
    assert not list(reader.tick())
    [move] = reader.feed("0;20M")
    assert isinstance(move, events.MouseMove)
    list(reader.feed("\x1b]11;rgb"))
    now[0] += parser.PATIENCE
    assert not list(reader.tick())
    assert not reader.waits


def test_a_paste_whose_end_never_comes_is_inserted_and_keys_work_again(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(parser, "get_time", lambda: now[0])
    reader = InputParser()
    assert not list(reader.feed("\x1b[200~one\r"))
    now[0] += parser.PASTE_PATIENCE - 0.1
    assert not list(reader.feed("two"))
    now[0] += parser.PASTE_PATIENCE
    [paste] = reader.tick()
    assert isinstance(paste, events.Paste)
    assert paste.text == "one\ntwo"
    assert [event.key for event in reader.feed("\r")] == ["enter"]  # type: ignore[attr-defined]


def test_escape_alone_is_a_key_after_a_moment(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(parser, "get_time", lambda: now[0])
    reader = InputParser()
    assert not list(reader.feed("\x1b"))
    now[0] += 0.2
    assert [event.key for event in reader.tick()] == ["escape"]  # type: ignore[attr-defined]


# -- texts
TEXTS = "\u3000\xa0\u202f\u2009\u200b\u200c\u200d\u200e\u200f\u2060\xad\ufeff\ufe0f\u0301\U000e0101é語a "


@pytest.mark.parametrize("character", TEXTS, ids=lambda character: f"U+{ord(character):04X}")
@pytest.mark.parametrize("form", ["{0}", "\x1b[{1}u", "\x1b[97;;{1}u", "\x1b[0;;97:{1}u"])
def test_all_that_is_not_a_control_character_is_text(form, character):
    assert written(form.format(character, ord(character))).endswith(character)


def test_several_characters_at_once_are_all_typed():
    assert written("日本\u3000語\u200d\u200f") == "日本\u3000語\u200d\u200f"


@pytest.mark.parametrize("point", [0, 7, 27, 127, 0x9B, 0xD800, 0xE000, 57441, 0x110000, 10**30])
def test_what_is_no_character_types_nothing(point):
    assert written(f"\x1b[{point}u", f"\x1b[97;;{point}u").strip("a") == ""


def test_a_terminal_that_reports_no_texts_types_capitals():
    assert written("\x1b[97;2u", "\x1b[97;65u", "\x1b[49:33;2u", "\x1b[44u") == "AA!,"


# -- keys
@pytest.mark.parametrize(
    ("sequence", "key"),
    [
        ("\x1b[1075::117;5u", "ctrl+u"),
        ("\x1b[1075;5u", "ctrl+u"),
        ("\x1b[1089::99;5u", "ctrl+c"),
        ("\x1b[955;5u", "ctrl+l"),
        ("\x1b[1500;5u", "ctrl+k"),
        ("\x1b[1092::97;3u", "alt+a"),
        ("\x1b[12613::113;5u", "ctrl+q"),
        ("\x1bг", "alt+u"),
        ("\x1b[122::119;5u", "ctrl+z"),  # a Latin layout says itself which letter is meant
    ],
)
def test_a_key_with_ctrl_or_alt_is_the_one_at_its_place(monkeypatch, sequence, key):
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert pressed(sequence) == [key]


def test_a_cyrillic_layout_with_other_places_presses_no_wrong_key(monkeypatch):
    monkeypatch.setenv("LC_ALL", "sr_RS.UTF-8")
    assert pressed("\x1b[1089;5u") == ["ctrl+с"]
    assert pressed("\x1b[1089::115;5u") == ["ctrl+s"]


def test_releases_and_modifiers_alone_are_no_keys():
    assert pressed("\x1b[97;1:3u", "\x1b[1;1:3A", "\x1b[57441;2u", "\x1b[57358u", "\x1b[57442;5:3u") == []


def test_a_key_that_is_held_down_repeats():
    assert pressed("\x1b[97;1:2;97u") == ["a"]


@pytest.mark.parametrize(
    ("sequence", "key"),
    [
        ("\x1b[91;5u", "escape"),
        ("\x1b[27;2;13~", "shift+enter"),
        ("\x1bOM", "shift+enter"),
        ("\x1b[127;2u", "shift+backspace"),
        ("\x1b[1;3D", "alt+left"),
        ("\x1bb", "ctrl+left"),
        ("\x1b\x7f", "ctrl+w"),
        ("\x1b.", "alt+full_stop"),
        ("\x1bX", "alt+shift+x"),
        ("\x1bO", "alt+shift+o"),
        ("\x1b[", "alt+left_square_bracket"),
        ("\x1b[3$", "shift+delete"),
        ("\x1b[1;2R", None),
    ],
)
def test_keys_of_terminals_of_all_ages(sequence, key):
    assert pressed(sequence) == ([key] if key else [])
