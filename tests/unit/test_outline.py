"""The tree of a conversation as lines from the top down."""

from __future__ import annotations

import random

from tui.chat.conversation import Conversation, Node
from tui.chat.message import Role
from tui.chat.outline import outline


def conversation(*parents, leaf=None, hidden=()):
    """Messages 1, 2, … below these; prompts and replies take turns by depth."""
    it, depth = Conversation(1), {None: 0}
    for number, parent in enumerate(parents, 1):
        depth[number] = depth[parent] + 1
        role = Role.USER if depth[number] % 2 else Role.ASSISTANT
        it.add([Node(number, parent, role, deleted=number in hidden)])
    it.leaf = leaf
    it.find_leaf()
    return it


def drawn(it):
    """Each line as ``message`` with two cells for a step, and a mark where a branch begins or is read."""
    return [
        f"{'  ' * place.depth}{'+' * place.begins}{place.message_id}{'*' * place.read}"
        for place in outline(it)
    ]


def test_a_conversation_without_versions_is_no_deeper_than_one_line():
    assert drawn(conversation(None, 1, 2, 3)) == ["1*", "2*", "3*", "4*"]


def test_the_version_that_is_read_goes_straight_on_and_the_others_stand_before_it():
    assert drawn(conversation(None, 1, 1, 3, 2, leaf=4)) == ["1*", "  +2", "  5", "3*", "4*"]


def test_where_none_is_read_the_newest_goes_straight_on():
    assert drawn(conversation(None, 1, 2, 2, 1, leaf=5)) == ["1*", "  +2", "    +3", "  4", "5*"]


def test_answering_again_at_every_turn_makes_it_no_deeper():
    parents, last = [None], 1
    for _ in range(50):
        parents += [last, last]  # two versions of a reply
        last = len(parents)
        parents.append(last)  # the next prompt
        last = len(parents)
    assert max(place.depth for place in outline(conversation(*parents, leaf=last))) == 1


def test_several_first_prompts_are_versions_too():
    assert drawn(conversation(None, None, leaf=1)) == ["1*", "  +2"][::-1]


def test_a_hidden_message_leaves_its_place_to_those_below_it():
    assert drawn(conversation(None, 1, 2, leaf=3, hidden=(2,))) == ["1*", "3*"]


def test_an_empty_conversation_has_no_line():
    assert outline(Conversation(0)) == []


def test_every_visible_message_stands_there_once_below_what_it_follows():
    for seed in range(200):
        chance = random.Random(seed)
        parents = [chance.choice([None, *range(1, number)]) for number in range(1, chance.randint(2, 40))]
        hidden = {i for i in range(1, len(parents) + 1) if chance.random() < 0.2}
        it = conversation(*parents, leaf=len(parents), hidden=hidden)
        places = outline(it)
        ids = [place.message_id for place in places]
        assert sorted(ids) == [i for i in range(1, len(parents) + 1) if i not in hidden]
        assert [place.message_id for place in places if place.read] == it.path()
        for at, message_id in enumerate(ids):
            above = next((i for i in reversed(it.path(message_id)[:-1])), None)
            assert above is None or ids.index(above) < at


def test_ten_thousand_turns_are_no_recursion():
    assert len(outline(conversation(None, *range(1, 10_000)))) == 10_000
