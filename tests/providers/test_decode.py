"""Bytes become events the same way wherever they are cut."""

import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import ProviderError
from tui.providers.decode import (
    Event,
    Inflater,
    Joiner,
    JsonLines,
    Lines,
    ServerSentEvents,
    utf8,
)


def pieces(text, cuts):
    """``text`` in pieces, cut at ``cuts``."""
    edges = [0, *sorted({min(cut, len(text)) for cut in cuts}), len(text)]
    return [text[a:b] for a, b in itertools.pairwise(edges)]


def every_way(text):
    """Whole, at every single place, and character by character."""
    yield [text]
    yield list(text)
    for place in range(1, len(text)):
        yield [text[:place], text[place:]]


def events(framing, parts):
    found = [event for part in parts for event in framing.feed(part)]
    return found + list(framing.close())


class TestUtf8:
    def test_cut_inside_a_character(self):
        data = "a é 漢 🚀".encode()
        for place in range(len(data)):
            decoder = utf8()
            text = decoder.decode(data[:place]) + decoder.decode(data[place:]) + decoder.decode(b"", True)
            assert text == "a é 漢 🚀"

    def test_byte_order_mark_cut_anywhere(self):
        data = b"\xef\xbb\xbfok"
        for place in range(len(data)):
            decoder = utf8()
            assert decoder.decode(data[:place]) + decoder.decode(data[place:]) == "ok"

    def test_bad_bytes_and_a_cut_end(self):
        decoder = utf8()
        assert decoder.decode(b"a\xffb\xf0\x9f") + decoder.decode(b"", True) == "a\ufffdb\ufffd"


class TestLines:
    TEXT = "one\r\ntwo\nthree\rfour\r\n\r\nsix\u2028\x0b\x85\r\r"

    def test_every_line_end_cut_anywhere(self):
        for parts in every_way(self.TEXT):
            lines = Lines()
            found = [line for part in parts for line in lines.feed(part)] + lines.close()
            assert found == ["one", "two", "three", "four", "", "six\u2028\x0b\x85", ""]

    def test_cr_ends_a_line_at_once(self):
        assert Lines().feed("data\r") == ["data"]

    def test_limit(self):
        lines = Lines(limit=10)
        lines.feed("12345")
        with pytest.raises(ProviderError, match="line of more than"):
            lines.feed("678901")


class TestServerSentEvents:
    TEXT = (
        "\n: comment\nid: 1\n\nevent: go\ndata: a\ndata:  b\ndata\n\n"
        "data:c\nfoo: bar\nretry: 5\n\nevent: lonely\n\ndata: last"
    )

    def test_fields(self):
        for parts in every_way(self.TEXT):
            found = events(ServerSentEvents(), parts)
            assert found == [Event("go", "a\n b\n"), Event("", "c"), Event("", "last")]

    def test_limit_of_one_event(self):
        framing = ServerSentEvents()
        with pytest.raises(ProviderError, match="28 MB"):
            for _ in range(30):
                list(framing.feed("data: " + "x" * 1_000_000 + "\n"))


class TestJsonLines:
    def test_blank_lines_and_an_open_end(self):
        for parts in every_way('{"a":1}\n\n \r\n{"b":2}'):
            assert events(JsonLines(), parts) == [Event("", '{"a":1}'), Event("", '{"b":2}')]


class TestJoiner:
    def joined(self, *parts):
        joiner = Joiner()
        return "".join(map(joiner.feed, parts)) + joiner.close()

    def test_pair_in_two_pieces(self):
        assert self.joined("go \ud83d", "\ude80!") == "go 🚀!"

    def test_pair_in_one_piece(self):
        assert self.joined("\ud83d\ude80") == "🚀"

    def test_orphans(self):
        assert self.joined("\ude80a\ud83d", "b\ud83d") == "\ufffda\ufffdb\ufffd"

    def test_nothing_is_held_longer_than_needed(self):
        assert Joiner().feed("plain") == "plain"

    @given(st.text(), st.lists(st.integers(0, 50)))
    def test_ordinary_text_is_not_changed(self, text, cuts):
        assert self.joined(*pieces(text, cuts)) == text.replace("\x00", "")


class TestInflater:
    @pytest.mark.parametrize(("encoding", "wbits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
    def test_cut_anywhere(self, encoding, wbits):
        packer = zlib.compressobj(wbits=wbits)
        data = packer.compress(b"hello world") + packer.flush()
        for place in range(len(data)):
            inflater = Inflater(encoding)
            found = b"".join([*inflater.feed(data[:place]), *inflater.feed(data[place:])])
            assert (found, inflater.whole) == (b"hello world", True)

    def test_cut_short(self):
        packer = zlib.compressobj(wbits=31)
        inflater = Inflater("gzip")
        data = packer.compress(b"hello") + packer.flush(zlib.Z_SYNC_FLUSH)
        assert b"".join(inflater.feed(data)) == b"hello"
        assert not inflater.whole

    def test_bomb_comes_in_slices(self):
        packer = zlib.compressobj(wbits=31)
        bomb = packer.compress(b"\0" * 10_000_000) + packer.flush()
        assert max(map(len, Inflater("gzip").feed(bomb))) <= 262_144

    def test_not_packed(self):
        with pytest.raises(ProviderError, match="not gzip, as the server says"):
            list(Inflater("gzip").feed(b"hello"))


@given(st.lists(st.text(alphabet="ab\r\n:dat é"), max_size=6))
def test_cutting_never_changes_the_events(parts):
    whole = events(ServerSentEvents(), ["".join(parts)])
    assert events(ServerSentEvents(), parts) == whole
    assert events(ServerSentEvents(), list("".join(parts))) == whole
