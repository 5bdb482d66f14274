"""A click puts the caret where it is, and nothing that is typed is drawn outside of its area."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tui.app.lists.field import Field, LoneField
from tui.app.lists.writing_area import WritingArea
from tui.app.theme.themes import THEMES

TEXT = "⚠️⚠️⚠️ 汉👩‍👩‍👧 ab"
PLACES = [(0, 0), (1, 0), (2, 2), (6, 6), (7, 7), (8, 7), (9, 8), (10, 8), (12, 14), (13, 15), (30, 16)]
"""A cell, and the place of the text that it shows."""


class Fields(App[None]):
    CSS = "WritingArea { border: none; padding: 0; width: 40; height: 5; } Field { width: 40; }"

    def __init__(self, make) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "segue-dark"
        self.field = make()

    def compose(self) -> ComposeResult:
        yield self.field


@pytest.mark.parametrize(("cell", "place"), PLACES)
async def test_in_an_area(cell, place):
    app = Fields(WritingArea)
    async with app.run_test(size=(60, 8)) as pilot:
        app.field.load_text(TEXT)
        await pilot.click(app.field, offset=(app.field.gutter.left + cell, app.field.gutter.top))
        assert app.field.cursor_location == (0, min(place, len(TEXT)))


@pytest.mark.parametrize(("cell", "place"), PLACES)
@pytest.mark.parametrize("make", [Field, LoneField])
async def test_in_a_field(make, cell, place):
    app = Fields(make)
    async with app.run_test(size=(60, 8)) as pilot:
        app.field.value = TEXT
        await pilot.click(app.field, offset=(app.field.gutter.left + cell, 0))
        assert app.field.cursor_position == min(place, len(TEXT))


@pytest.mark.parametrize("char", ["⚠️", "🇩🇪", "汉", "👩‍👩‍👧", "क्ष"])
async def test_a_line_of_such_characters_is_wrapped_and_none_is_cut(char):
    app = Fields(WritingArea)
    async with app.run_test(size=(60, 30)):
        app.field.load_text(char * 60)
        sections = app.field.wrapped_document.get_sections(0)
        assert len(sections) > 1
        assert "".join(sections) == char * 60
        assert all(section == char * (len(section) // len(char)) for section in sections)
        rows = [app.field.render_line(row) for row in range(5)]
        assert all(row.cell_length == rows[0].cell_length for row in rows)


async def test_the_caret_covers_a_whole_character():
    app = Fields(WritingArea)
    async with app.run_test(size=(60, 8)) as pilot:
        app.field.load_text("x⚠️👩‍👩‍👧y")
        app.field.move_cursor((0, 1))
        await pilot.pause()
        texts = [segment.text for segment in app.field.render_line(0)]
        assert "⚠️" in texts
