"""Choosing a model: what is listed, what a filter finds, and that nothing typed is ever lost."""

from __future__ import annotations

import pytest

from tui.app.models.model_rows import ModelRow, ModelShelf, price, tokens
from tui.app.models.picker import Choice, ComparePicker, ModelPicker, Several
from tui.chat.model import ModelInfo

SIZES = [(80, 24), (120, 40)]


def chosen(app) -> str:
    return app.screen.rows.chosen.info.id


@pytest.fixture
def app(host, catalogue, registry):
    def make() -> ModelPicker:
        recents = ["openai/gpt-6-sol", "ollama/gpt-oss:20b"]
        return ModelPicker(catalogue, registry, recents, "openai/gpt-6-sol")

    return host(make)


@pytest.mark.parametrize("size", SIZES)
async def test_recent_models_come_first_then_each_provider(app, size, text_of) -> None:
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        shown = text_of(app)
        assert "Recent" in shown and "context" in shown and "$/M in, out" in shown
        assert shown.index("Recent") < shown.index("● openai ") < shown.index("● ollama ")
        assert "400k     2.50  10.00" in shown
        assert "12 of 12" in shown
        assert chosen(app) == "openai/gpt-6-sol"


async def test_a_provider_that_cannot_answer_says_why_in_the_same_line(app, text_of) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("end")
        shown = text_of(app)
        assert "◦ ai365vip   unavailable: behind Cloudflare since October 2024" in shown
        assert "● openrouter   slow now, 4.1 s to the first word" in shown


@pytest.mark.parametrize("size", SIZES)
async def test_a_model_that_has_to_be_downloaded_says_how_much(host, registry, make_catalogue, size, text_of):
    known = make_catalogue([ModelInfo("local/qwen2.5-coder-0.5b", input_price=0, output_price=0)])
    downloads = {"local/qwen2.5-coder-0.5b": 491_400_064}
    app = host(lambda: ModelPicker(known, registry, ["local/qwen2.5-coder-0.5b"], downloads=downloads))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        recent, own = [line for line in text_of(app).splitlines() if "qwen2.5" in line]
        assert "local/qwen2.5-coder-0.5b   491 MB" in recent
        assert " qwen2.5-coder-0.5b   491 MB" in own and "free" in own
        assert ("491 MB to download" in own) == (size == (120, 40))


async def test_a_model_that_makes_nothing_but_pictures_says_so(host, registry, make_catalogue, text_of):
    known = make_catalogue([ModelInfo("openai/gpt-image-1", pictures="only"), ModelInfo("openai/gpt-6-sol")])
    app = host(lambda: ModelPicker(known, registry, []))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        [line] = [line for line in text_of(app).splitlines() if "gpt-image-1" in line]
        assert "pictures" in line


async def test_a_row_that_cannot_be_drawn_leaves_the_others(host, registry, make_catalogue, text_of, faults):
    known = make_catalogue([ModelInfo("openai/odd", context="200k"), ModelInfo("openai/good", 128_000)])
    async with host(lambda: ModelPicker(known, registry, [])).run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        shown = text_of(pilot.app)
        assert "This row can't be drawn: TypeError" in shown
        assert "good" in shown and "128k" in shown
    assert {type(fault) for fault in faults} == {TypeError}
    faults.clear()


async def test_the_best_match_is_the_chosen_row(app) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        for query, best in [
            ("gpto", "ollama/gpt-oss:20b"),
            ("mini", "openai/gpt-6-sol-mini"),
            ("deep", "openrouter/deepseek/deepseek-v4"),
        ]:
            await pilot.press("ctrl+u", *query)
            await pilot.pause()
            assert chosen(app) == best
            assert app.screen.rows.chosen is next(r for r in app.screen.rows.rows if r.key is not None)


async def test_enter_takes_it_and_alt_enter_answers_again(app) -> None:
    async with app.run_test() as pilot:
        await pilot.press(*"sol", "enter")
        await pilot.press("ctrl+l")
        await pilot.press(*"qwen", "alt+enter")
        assert app.results == [Choice("openai/gpt-6-sol"), Choice("ollama/qwen3:8b", answer_again=True)]


async def test_tab_marks_and_enter_takes_the_marked_ones_in_their_order(app, text_of) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"qwen", "tab", *"sol", "tab")
        await pilot.pause()
        assert "✓ ollama/qwen3:8b" not in text_of(app), "what is typed after Tab is another filter"
        assert "✓ openai/gpt-6-sol" in text_of(app) and "enter compare 2 models" in text_of(app)
        await pilot.press("enter")
        assert app.results == [Several(("ollama/qwen3:8b", "openai/gpt-6-sol"))]


async def test_tab_again_takes_the_mark_away(app, text_of) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("tab", "tab")
        await pilot.pause()
        assert "✓" not in text_of(app) and "enter use" in text_of(app)


async def test_what_can_not_answer_is_not_marked(app, text_of) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await pilot.press(*"opus", "tab")
        await pilot.pause()
        assert "✓" not in text_of(app) and "It can't answer now" in text_of(app)


async def test_a_picker_for_comparing_takes_one_model_without_a_mark(host, catalogue, registry) -> None:
    app = host(lambda: ComparePicker(catalogue, registry))
    async with app.run_test() as pilot:
        await pilot.press(*"qwen", "enter")
        await pilot.press("ctrl+l", *"qwen", "alt+enter")
        assert app.results == [Several(("ollama/qwen3:8b",))] * 2


async def test_a_filter_and_enter_in_one_burst_even_before_the_sheet_is_there(
    host, catalogue, registry
) -> None:
    """Keys wait in the terminal's buffer while the sheet opens; none is lost and none is early."""
    from textual import events

    app = host(lambda: ModelPicker(catalogue, registry), opened=False)
    async with app.run_test() as pilot:
        for key in ["ctrl+l", *"4o", "enter"]:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await pilot.pause()
        await pilot.pause()
        assert app.results == [Choice("openai/gpt-4o")]


async def test_escape_chooses_nothing(app) -> None:
    async with app.run_test() as pilot:
        await pilot.press(*"sol", "escape")
        assert app.results == [None]


async def test_the_arrows_walk_over_headings(app) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down")
        assert app.screen.rows.chosen.key == ("provider openai", "openai/gpt-6-sol")
        await pilot.press("up")
        assert chosen(app) == "ollama/gpt-oss:20b"
        await pilot.press("end")
        assert app.screen.rows.chosen is [r for r in app.screen.rows.rows if r.key][-1]
        await pilot.press("home")
        assert chosen(app) == "openai/gpt-6-sol"
        assert app.screen.rows.scroll_offset.y == 0
        await pilot.press("pagedown")
        place = list(app.screen.rows.rows).index(app.screen.rows.chosen)
        assert place > 5


async def test_a_click_chooses(app) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        rows = app.screen.rows
        await pilot.click(rows, offset=(5, rows.place_of(("Recent", "ollama/gpt-oss:20b")).y))
        assert app.results == [Choice("ollama/gpt-oss:20b")]


async def test_a_click_on_a_key_presses_it(app, text_of) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        line = next(y for y, row in enumerate(text_of(app).splitlines()) if "esc close" in row)
        column = text_of(app).splitlines()[line].index("esc close")
        await pilot.click(offset=(column + 1, line))
        assert app.results == [None]


async def test_new_models_leave_the_chosen_row_alone(app, catalogue, text_of) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"gpto", "down")
        before = chosen(app)
        catalogue.learn(ModelInfo("openai/gpto", 1000))
        await pilot.pause()
        assert chosen(app) == before
        assert "9 of 13" in text_of(app)


async def test_a_list_that_was_empty_takes_what_comes(host, registry, make_catalogue) -> None:
    catalogue = make_catalogue([])
    app = host(lambda: ModelPicker(catalogue, registry))
    async with app.run_test() as pilot:
        await pilot.press(*"sol", "enter")
        assert app.results == []
        catalogue.learn(ModelInfo("openai/gpt-6-sol"))
        await pilot.pause()
        await pilot.press("enter")
        assert app.results == [Choice("openai/gpt-6-sol")]
    assert catalogue.listeners == []


async def test_favourites_have_their_own_group_and_are_kept(host, catalogue, registry, text_of) -> None:
    kept: list[list[str]] = []
    app = host(lambda: ModelPicker(catalogue, registry, keep_favourites=lambda ids: kept.append(list(ids))))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press(*"qwen", "ctrl+s")
        assert kept == [["ollama/qwen3:8b"]]
        assert "Favourites" in text_of(app)
        await pilot.press("ctrl+s")
        assert kept[-1] == []
        assert "Favourites" not in text_of(app)


async def test_an_unavailable_model_can_be_connected_and_is_then_taken(host, catalogue, registry) -> None:
    asked: list[str] = []

    async def connect(provider: str) -> bool:
        asked.append(provider)
        return len(asked) > 1

    app = host(lambda: ModelPicker(catalogue, registry, connect=connect))
    async with app.run_test() as pilot:
        await pilot.press(*"opus", "enter")
        await pilot.pause()
        assert asked == ["anthropic"] and app.results == []
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [Choice("anthropic/claude-opus-5")]


async def test_a_provider_without_models_can_be_found_and_connected(
    host, catalogue, registry, entry, text_of
) -> None:
    asked: list[str] = []

    async def connect(provider: str) -> bool:
        asked.append(provider)
        return True

    registry.entries.append(entry("groq", False, "no key: set GROQ_API_KEY"))
    app = host(lambda: ModelPicker(catalogue, registry, connect=connect))
    async with app.run_test() as pilot:
        await pilot.press(*"groq")
        assert "◦ groq   no key: set GROQ_API_KEY" in text_of(app)
        await pilot.press("enter")
        await pilot.pause()
        assert asked == ["groq"]
        assert isinstance(app.screen, ModelPicker)


HOSTILE = "evil/[/red]\x1b]52;c;aGk=\x07[@click=app.quit]x[/]\u202egnp.exe\nnewline" + "y" * 500


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_stay_text(host, registry, make_catalogue, entry, size, text_of) -> None:
    registry.entries.append(entry("evil", False, "[/oops] \x1b[2J line\nline"))
    app = host(lambda: ModelPicker(make_catalogue([ModelInfo(HOSTILE)]), registry, [HOSTILE]))
    async with app.run_test(size=size) as pilot:
        await pilot.press(*"click")
        shown = text_of(app)
        assert "[/red]␛]52;c;aGk=" in shown
        assert "\x1b" not in shown and "\u202e" not in shown
        assert all(len(line) == size[0] for line in shown.splitlines())


async def test_the_field_does_not_move_while_the_filter_shortens_the_list(app) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        before = app.screen.field.region
        await pilot.press(*"sol-mini")
        await pilot.pause()
        assert app.screen.field.region == before


@pytest.mark.parametrize("width", [40, 50, 60, 79, 200])
async def test_any_width(app, width, text_of) -> None:
    async with app.run_test(size=(width, 12)) as pilot:
        await pilot.press(*"gpt")
        assert "gpt-" in text_of(app)
        await pilot.press("enter")
        assert app.results


def test_of_three_thousand_models_each_key_finds_all_that_fit() -> None:
    shelf = ModelShelf([], [], {}, {})
    shelf.fill((ModelInfo(f"vendor{i % 40}/family-{i}-instruct") for i in range(3000)), [])
    for end in range(5):
        rows = shelf.rows("inst"[:end])
        assert sum(isinstance(row, ModelRow) for row in rows) == 3000


@pytest.mark.parametrize(
    ("count", "text"),
    [(None, "–"), (900, "900"), (16_385, "16k"), (131_072, "131k"), (1_048_576, "1M"), (2_000_000, "2M")],
)
def test_context_in_few_cells(count, text) -> None:
    assert tokens(count) == text


@pytest.mark.parametrize(
    ("dollars", "text"), [(None, "–"), (0.0, "0.00"), (0.07, "0.07"), (10.0, "10.00"), (0.0042, "0.0042")]
)
def test_prices_in_few_cells(dollars, text) -> None:
    assert price(dollars) == text
