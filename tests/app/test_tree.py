"""/tree: the conversation seen whole, to go to a message, compare versions, cut a branch off."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.app.test_timeline import LAST
from tui.app.compare.compare import Compare
from tui.app.conversations.tree import Tree
from tui.app.conversations.tree_rows import TreeRow
from tui.chat.conversation import Bundle, Conversation
from tui.chat.message import Message, Role
from tui.chat.parts import Text

KYOTO = (
    (1, None, "Where shall we go?", None),
    (2, 1, "To Kyoto.", "lab/big"),
    (3, 1, "To Nara, by train.", "lab/small"),
    (4, 2, "For how long?", None),
    (5, 4, "Four days.", "lab/big"),
    (6, 4, "A week.", "lab/small"),
)


def grown(messages=KYOTO, leaf=5):
    """Prepares a conversation with these messages: id, parent, text, model."""

    async def prepare(world):
        conversation, made = Conversation(1, title="Kyoto", model="lab/big"), []
        for number, parent, text, model in messages:
            role = Role.ASSISTANT if model else Role.USER
            made.append(
                Message(
                    number, 1, parent, role, parts=(Text(text),), model=model, created_at=datetime.now(UTC)
                )
            )
            conversation.append(made[-1])
        conversation.leaf = leaf
        await world.store.add_conversations([Bundle(conversation, tuple(made))])

    return prepare


async def opened(world):
    await world.until(lambda: world.screen.features is not None)
    await world.pilot.press(*"/tree", "enter")
    await world.until(lambda: isinstance(world.app.screen, Tree))
    await world.sees("enter go there")
    return world.app.screen


def lines(world):
    """The messages in the tree, with how deep they stand."""
    rows = [row for row in world.app.screen.rows.rows if isinstance(row, TreeRow)]
    return [(row.place.message_id, row.place.depth) for row in rows]


async def choose(world, message_id):
    while world.app.screen.rows.chosen.key != message_id:
        before = world.app.screen.rows.chosen.key
        await world.pilot.press("up")
        assert world.app.screen.rows.chosen.key != before, "it is there"


async def test_all_branches_stand_there_with_models_and_first_words(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await world.sees("├ To Nara, by train.", "small", "├ A week.", "Four days.")
        assert lines(world) == [(1, 0), (3, 1), (2, 0), (4, 0), (6, 1), (5, 0)]
        assert world.app.screen.rows.chosen.key == 5, "where the reader is"


async def test_enter_goes_to_a_message_of_another_branch(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 3)
        await world.pilot.press("enter")
        await world.until(lambda: world.app.screen is world.screen)
        await world.sees("To Nara, by train.", "‹ 2/2 ›")
        assert world.conversation.path() == [1, 3]
        [stored] = await world.store.list_conversations(limit=5)
        assert (await world.store.load_conversation(stored.id)).leaf == 3


async def test_marked_versions_stand_side_by_side_and_closing_changes_nothing(run):
    async with run(size=(120, 40), start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 6)
        await world.pilot.press("tab")
        await world.sees("✓ A week.", "enter compare")
        await world.pilot.press("down", "enter")
        await world.until(lambda: isinstance(world.app.screen, Compare) and len(world.app.screen.ids) == 2)
        await world.sees("Four days.", "A week.", "For how long?")
        await world.pilot.press("escape")
        await world.until(lambda: world.app.screen is world.screen)
        assert world.conversation.leaf == 5


async def test_a_version_that_is_chosen_there_is_gone_on_with(run):
    async with run(size=(120, 40), start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 6)
        await world.pilot.press("tab", "down", "enter")
        await world.until(lambda: isinstance(world.app.screen, Compare) and len(world.app.screen.ids) == 2)
        await world.pilot.press("right", "enter")
        await world.until(lambda: world.app.screen is world.screen and world.conversation.leaf == 6)
        await world.until(lambda: world.conversation.model == "lab/small")


async def test_replies_to_different_prompts_are_not_compared(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 3)
        await world.pilot.press("tab", "end", "tab", "enter")
        await world.sees("Only replies to the same prompt stand side by side")
        assert world.app.screen is world.screen


async def test_a_prompt_is_not_marked(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 4)
        await world.pilot.press("tab")
        await world.sees("Replies are compared: choose one")


async def test_a_branch_is_cut_off_and_comes_back(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 2)
        await world.pilot.press("ctrl+d")
        await world.until(lambda: lines(world) == [(1, 0), (3, 0)])
        assert world.conversation.path() == [1, 3]
        await world.pilot.press("ctrl+z")
        await world.until(lambda: len(lines(world)) == 6)
        assert world.conversation.path() == [1, 2, 4, 5]


async def test_words_and_names_of_models_find_messages(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await world.pilot.press(*"small")
        await world.until(lambda: lines(world) == [(3, 1), (6, 1)])
        await world.sees("2 of 6")
        await world.pilot.press(*" week")
        await world.until(lambda: lines(world) == [(6, 1)])
        await world.pilot.press(*"zz")
        await world.sees("No message has these words.")
        await world.pilot.press("tab", "ctrl+d", "enter")
        assert isinstance(world.app.screen, Tree)


async def test_a_reply_that_ends_meanwhile_is_seen(run):
    async with run(start=LAST, prepare=grown()) as world:
        await world.until(lambda: world.screen.features is not None)
        await world.pilot.press(*"And then?", "enter")
        await world.until(lambda: world.conversation.leaf and world.conversation.leaf > 6)
        await opened(world)
        await world.until(lambda: len(lines(world)) == 8)
        await world.sees("And then?")


async def test_only_what_is_seen_of_ten_thousand_messages_is_read(run):
    messages = [(n, n - 1 or None, f"Word {n}", None if n % 2 else "lab/big") for n in range(1, 10_001)]
    async with run(start=LAST, prepare=grown(messages, 10_000)) as world:
        tree = await opened(world)
        await world.sees("Word 10000")
        assert len(lines(world)) == 10_000
        assert len(tree._texts._known) < 200
        await world.pilot.press("home")
        await world.sees("Word 1 ")


async def test_where_nothing_was_said_it_says_so(run):
    async with run() as world:
        await opened_empty(world)
        await world.sees("Nothing was said yet.")
        await world.pilot.press("enter", "tab", "ctrl+d")
        assert isinstance(world.app.screen, Tree)


async def opened_empty(world):
    await world.until(lambda: world.screen.features is not None)
    await world.pilot.press(*"/tree", "enter")
    await world.until(lambda: isinstance(world.app.screen, Tree))


async def test_a_label_stands_there_is_kept_is_found_and_can_be_undone(run):
    async with run(start=LAST, prepare=grown()) as world:
        await opened(world)
        await choose(world, 4)
        await world.pilot.press("f2", *"the plan", "enter")
        await world.sees("the plan  For how long?", "It is called “the plan” here.")
        [stored] = await world.store.list_conversations(limit=5)
        assert (await world.store.load_conversation(stored.id)).labels == {4: "the plan"}
        await world.pilot.press(*"plan")
        await world.until(lambda: lines(world) == [(4, 0)])
        await world.pilot.press("ctrl+u", "ctrl+z")
        await world.until(lambda: world.conversation.labels == {})
        await world.until(lambda: "the plan" not in world.text)
