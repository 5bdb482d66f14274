"""Where each of many items begins."""

import random

from tui.app.messages.window import Column


def test_a_column_always_knows_tops_and_items():
    chance = random.Random(1)
    heights = [chance.randrange(1, 9) for _ in range(50)]
    column = Column(heights)
    for _ in range(300):
        index = chance.randrange(len(heights))
        heights[index] = column[index] = chance.randrange(1, 9)
        line = chance.randrange(sum(heights))
        item, row = column.at(line)
        assert sum(heights[:item]) + row == line and row < heights[item]
        assert column.total == sum(heights)
        assert column.top(index) == sum(heights[:index])


def test_a_line_beyond_the_end_belongs_to_the_last_item():
    assert Column([2, 3]).at(9) == (1, 7)
