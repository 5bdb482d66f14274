"""How the settings are listed: the name, the value, where it comes from."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from textwrap import wrap

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.style import Style
from textual.strip import Strip

from tui.app.actions import NO_KEY
from tui.app.keymap import key_name
from tui.app.lists.row_list import Heading, Row
from tui.app.theme.ink import Pen
from tui.rendering.spans import Span
from tui.setting import MASK, InForce, Kind, Setting, shown
from tui.text import one_line

_NAME = 26
"""Cells for a name."""
NONE = "–"


class SettingRow(Struct, frozen=True):
    """A setting with its value."""

    setting: Setting
    now: InForce
    height: int = 1

    @property
    def key(self) -> Hashable:
        """Its place."""
        return self.setting.at

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line; what somebody has set stands out."""
        ink, mine = pen.ink, chosen is self
        name, value = _short(self.setting), value_in_words(self.setting, self.now.value)
        name = name if cell_len(name) >= _NAME else set_cell_size(name, _NAME)
        usual = self.now.source == "default"
        left: list[Span[Style]] = [
            Span(name, ink.strong if mine else ink.ink),
            Span(f"  {value}", ink.dim if usual else ink.strong if mine else ink.ink),
        ]
        right = [Span(one_line(self.now.said, 30), ink.dim if usual else ink.soft)]
        return [pen.line(left, right, tinted=mine, railed=mine)]


class MoreRow(Struct, frozen=True):
    """Leads to settings that are not listed."""

    words: str
    key: Hashable
    height: int = 1

    def draw(self, pen: Pen, chosen: Row | None) -> Sequence[Strip]:
        """One line."""
        mine = chosen is self
        return [
            pen.line([Span(self.words, pen.ink.strong if mine else pen.ink.dim)], tinted=mine, railed=mine)
        ]


def _short(setting: Setting) -> str:
    """Its name without that of its table, which the heading says."""
    at = setting.at
    steps = at[2:] if at[0] == "providers" else at[1:] or at
    return one_line(".".join(steps), 60)


def value_in_words(setting: Setting, value: object) -> str:
    """A value as it is shown; keys as they stand on a keyboard."""
    if setting.kind is Kind.KEYS and isinstance(value, str):
        return ", ".join(key_name(key) for key in value.split(",") if key != NO_KEY) or NONE
    if setting.kind is Kind.SECRET and value:
        return MASK
    return shown(value) or NONE


def grouped(rows: Sequence[SettingRow]) -> Iterator[Row]:
    """The rows below their headings."""
    group = ""
    for row in rows:
        if row.setting.group != group:
            yield Heading(one_line(row.setting.group), first=not group)
            group = row.setting.group
        yield row


def about(row: SettingRow, place: str, width: int, lines: int) -> str:
    """What a setting does, what it can be and where its value comes from.

    Args:
        row: The setting.
        place: Where it stands in the file.
        width: Cells of a line.
        lines: How many there are.
    """
    setting = row.setting
    default = value_in_words(setting, setting.default)
    facts = [setting.name, setting.type, f"default {default}" if default != NONE else "no default"]
    facts.append(
        {"file": f"from {place}"}.get(row.now.source, f"from {row.now.name}" if row.now.name else "")
    )
    if setting.elsewhere.at_start:
        facts.append("counts from the next start")
    below = wrap(" · ".join(filter(None, facts)), width)[:2]
    above = wrap(setting.words, width)
    room = max(1, lines - len(below))
    if len(above) > room:
        above = [*above[: room - 1], f"{above[room - 1][: width - 2]} …"]
    return "\n".join([*above, *below])
