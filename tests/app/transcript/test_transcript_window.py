"""Whatever happens, the view shows a piece of what a whole drawing would show."""

import random

import pytest

from tui.app.messages.message_view import MessageView

PIECES = (
    "A plain sentence that goes on for a while, so that it wraps at every width. ",
    "\n\n- one\n- two\n- three\n\n",
    "\n\n```python\nfor word in words:\n    print(word)\n```\n\n",
    "**bold** and `code` and 世界 and émoji 👩‍💻 ",
    "\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
    "\n\n> quoted\n\n# Heading\n\n",
)


def whole(transcript, book):
    """Every row of the conversation, with nothing kept from what was drawn before."""
    window = transcript.viewport.window
    rows = []
    for message_id in window.ids:
        known = window.views.get(message_id)
        if known is not None and known.message.live:
            view = known
            view._forget(0)
        else:
            view = MessageView(book.messages[message_id], window.look, window.standing(message_id))
            view.open = known is not None and known.open
            view._surround()
        rows += [view.line(row).text.rstrip() for row in range(view.height)]
    return rows


def contains(rows, part):
    return any(rows[start : start + len(part)] == part for start in range(len(rows) - len(part) + 1))


class Restless:
    """A reader who does everything, and a model that answers in between."""

    def __init__(self, reader, book, chance):
        self.reader, self.book, self.chance = reader, book, chance
        self.transcript = reader.transcript

    async def scroll(self):
        self.transcript.scroll_relative(y=self.chance.choice([-200, -30, -3, 3, 30, 200]))

    async def go(self):
        self.chance.choice([self.transcript.action_scroll_home, self.transcript.action_scroll_end])()

    async def jump(self):
        await self.transcript.jump(self.chance.choice(self.transcript.viewport.window.ids))

    async def resize(self):
        await self.reader.pilot.resize_terminal(
            self.chance.choice([30, 60, 80, 130]), self.chance.choice([8, 24, 40])
        )

    async def begin(self):
        if self.book.messages[self.book.conversation.leaf].model:
            self.transcript.add(self.book.prompt("More?"))
        self.transcript.add(self.book.live(model=self.chance.choice(["a/one", "b/two"])))

    async def feed(self):
        leaf = self.book.conversation.leaf
        if self.book.messages[leaf].live:
            self.transcript.feed(leaf, reasoning=self.chance.choice(["", "Hm. " * 20]))
            self.transcript.feed(leaf, self.chance.choice(PIECES))

    async def end(self):
        leaf = self.book.messages[self.book.conversation.leaf]
        view = self.transcript.viewport.window.views.get(leaf.id)
        if leaf.live and view is not None:
            self.transcript.replace(
                self.book.end(
                    leaf, text=view.body.source, reasoning=view.thought.source, reasoning_seconds=3.0
                )
            )

    async def fold(self):
        self.transcript.fold(self.chance.choice(list(self.transcript.viewport.window.views)))

    async def act(self):
        act = self.chance.choice(
            [self.scroll, self.scroll, self.go, self.jump, self.resize, self.begin, self.end, self.fold]
            + [self.feed] * 4
        )
        await act()
        await self.reader.settle()
        return act.__name__


@pytest.mark.parametrize("seed", range(4))
async def test_the_view_is_always_a_piece_of_the_whole(book, reading, seed):
    chance = random.Random(seed)
    for number in range(chance.randrange(3, 30)):
        book.prompt(f"Question {number}? " + chance.choice(PIECES).strip())
        text = "".join(chance.choices(PIECES, k=chance.randrange(1, 12)))
        book.reply(text, chance.choice(["a/one", "b/two"]), reasoning=chance.choice(["", "Hm. " * 50]))
    async with reading(book, size=(80, 24)) as reader:
        restless = Restless(reader, book, chance)
        for _ in range(30):
            act = await restless.act()
            painted = reader.rows[:-1]
            while painted and not painted[-1]:
                painted.pop()
            assert contains(whole(reader.transcript, book), painted), act
