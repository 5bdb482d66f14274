"""What could steer the terminal is in nothing that is drawn."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tui.app.terminal.line_filters import LastLine

HOSTILE = "evil\x1b]52;c;aGk=\x07\x9b2J\x00\r\u202e\x7f"


def test_the_last_line_takes_out_what_steers_and_keeps_the_width():
    segments = [Segment("ok"), Segment(HOSTILE), Segment("x", Style(link="http://a\x1b\\b"))]
    drawn = LastLine().apply(segments, Color.parse("black"))
    assert "".join(segment.text for segment in drawn) == "okevil]52;c;aGk=2Jx"
    assert drawn[-1].style is not None and drawn[-1].style.link is None


def test_a_clean_line_is_the_same_line():
    segments = [Segment("日本 ok 👍", Style(bold=True))]
    assert LastLine().apply(segments, Color.parse("black")) is segments
