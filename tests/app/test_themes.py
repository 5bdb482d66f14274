"""Every theme is legible, and every terminal gets one that it can show."""

import pytest
from rich.color import Color as Drawn
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tui.app.terminal.abilities import FEW, MANY, Abilities
from tui.app.theme.foreign import LEGIBLE, contrast, fitted
from tui.app.theme.themes import GREY_THEMES, THEMES
from tui.chat.chunks import Finish, FinishReason
from tui.chat.model import HUES

DONE = Finish(FinishReason.STOP)
TEXT = ("ink", "strong", "soft", "dim", *(f"hue-{hue}" for hue in HUES))
REPLY = (
    "Some *words*, `code` and [a link](https://one.example).\n\n- [x] done\n- item\n\n"
    "```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n***\n\n"
    "<details><summary>More</summary>\n\nhidden\n\n</details>\n"
)


@pytest.mark.parametrize("name", [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi])
def test_a_theme_of_textual_is_legible_in_all_its_tones(name):
    theme = fitted(BUILTIN_THEMES[name])
    for ground in (theme.background, theme.variables["band"], theme.variables["deep"]):
        for tone in TEXT:
            text = Color.parse(theme.variables[tone])
            assert contrast(text, Color.parse(ground)) >= LEGIBLE - 0.3, (tone, ground)
    assert theme.background != theme.variables["band"] != theme.variables["deep"]


@pytest.mark.parametrize("theme", [*THEMES[:2], *GREY_THEMES[:2]], ids=lambda theme: theme.name)
def test_ours_are_legible_in_all_their_tones(theme):
    for ground in (theme.background, theme.variables["band"], theme.variables["deep"]):
        for tone in TEXT:
            assert contrast(Color.parse(theme.variables[tone]), Color.parse(ground)) >= 5


@pytest.mark.parametrize("theme", GREY_THEMES[:2], ids=lambda theme: theme.name)
def test_256_colours_keep_the_tones_apart(theme):
    def shown(colour):
        return Drawn.parse(colour).downgrade(ColorSystem.EIGHT_BIT).get_truecolor()

    page, band, deep = (
        shown(c) for c in (theme.background, theme.variables["band"], theme.variables["deep"])
    )
    assert len({page, band, deep}) == 3
    assert {len(set(tone)) for tone in (page, band, deep)} == {1}  # greys
    assert (band > page > deep) if theme.dark else (band < deep < page)


async def test_every_theme_there_is_draws_the_app(run):
    async with run(size=(120, 40)) as world:
        world.script(REPLY, DONE)
        await world.say("Go")
        await world.sees("quoted", "ready")
        before = world.text.replace("│", "").split()  # without tints it stands beside code
        for name in sorted(world.app.available_themes):
            await world.app.choose_theme(name)
            await world.pilot.pause()
            assert world.text.replace("│", "").split() == before, name


async def test_few_colours_have_a_theme_and_a_choice_of_their_own(run):
    async with run(terminal=Abilities(FEW)) as world:
        assert world.app.theme == "segue-ansi"
        await world.app.choose_theme("light")
        store = world.store
        assert not await store.get_state("theme")
        await world.app.recall_theme()
        assert world.app.theme == "segue-light"


async def test_few_colours_leave_the_theme_of_the_config(run):
    async with run(terminal=Abilities(FEW), theme="nord") as world:
        assert world.app.theme == "nord"


async def test_256_colours_have_tones_without_a_tinge(run):
    async with run(terminal=Abilities(MANY)) as world:
        assert world.app.theme_variables["band"] == GREY_THEMES[0].variables["band"]


async def test_without_glyphs_all_is_drawn_in_ascii(run):
    async with run(terminal=Abilities(FEW, ascii=True), size=(120, 40)) as world:
        world.script(REPLY, DONE)
        await world.say("Go")
        await world.sees("quoted", "ready")
        assert world.text.isascii()
        assert "- item" in world.text and "> More" in world.text and "| Go" in world.text
        for key, words in (
            ("ctrl+l", "context"),
            ("ctrl+p", "command"),
            ("f1", "Scroll"),
            ("ctrl+r", "Conversations"),
        ):
            await world.pilot.press(key)
            await world.sees(words)
            assert world.text.isascii(), key
            await world.pilot.press("escape")


@pytest.mark.parametrize("terminal", [Abilities(), Abilities(FEW)], ids=["all colours", "few"])
async def test_under_no_color_there_are_greys_only_and_words_are_seen(run, monkeypatch, terminal):
    monkeypatch.setenv("NO_COLOR", "1")
    async with run(terminal=terminal, size=(120, 40)) as world:
        world.script(REPLY, DONE)
        await world.say("Go")
        await world.sees("quoted", "ready")
        strips = world.app.screen._compositor.render_strips()
        styles = [
            segment.style for strip in strips for segment in strip if any(map(str.isalnum, segment.text))
        ]
        for style in styles:
            if terminal.colours == FEW:
                assert style.color.is_default and style.bgcolor.is_default
            else:
                assert len(set(style.color.get_truecolor())) == 1
                assert style.color != style.bgcolor
