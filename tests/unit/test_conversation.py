"""The tree of messages: what a person does to it, and what may never be lost by it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from tui.chat.conversation import Conversation, Node, Nodes
from tui.chat.message import Message, Role
from tui.errors import UsageError


@dataclass
class Person:
    """Works on a conversation as the app does."""

    conversation: Conversation = field(default_factory=lambda: Conversation(1))
    undo: list[tuple[list[int], int | None]] = field(default_factory=list)
    newest: int = 0

    def _store(self, parent: int | None, role: Role) -> None:
        self.newest += 1
        self.conversation.append(Message(self.newest, 1, parent, role, model="lab/big"))

    def ask(self) -> None:
        self._store(self.conversation.leaf, Role.USER)
        self._store(self.conversation.leaf, Role.ASSISTANT)

    def edit(self, message_id: int) -> None:
        """Also what regenerating does: a new message beside an old one."""
        node = self.conversation.nodes[message_id]
        self._store(node.parent, node.role)

    def flip(self, message_id: int, step: int) -> None:
        other = self.conversation.flip(message_id, step)
        if other is not None:
            self.conversation.select(other)

    def delete(self, ids: list[int]) -> None:
        shown = [i for i in ids if not self.conversation.nodes[i].deleted]
        self.undo.append((shown, self.conversation.leaf))
        self.conversation.hide(shown)

    def take_back(self) -> None:
        if self.undo:
            ids, leaf = self.undo.pop()
            self.conversation.hide(ids, hidden=False)
            if leaf is not None and leaf in self.conversation.nodes:
                self.conversation.leaf = leaf

    def act(self, deed: str, number: int) -> None:
        path = self.conversation.path()
        if deed == "ask" or not path:
            return self.take_back() if deed == "undo" else self.ask()
        place = path[number % len(path)]
        match deed:
            case "edit":
                self.edit(place)
            case "flip":
                self.flip(place, 1 if number % 2 else -1)
            case "delete":
                self.delete([place])
            case "delete below":
                self.delete(list(self.conversation.below(place)))
            case "undo":
                self.take_back()
            case "jump":
                shown = visible(self.conversation)
                self.conversation.select(shown[number % len(shown)])


def visible(conversation: Conversation) -> list[int]:
    return [node.id for node in conversation.nodes.values() if not node.deleted]


def reached_by_flipping(conversation: Conversation) -> set[int]:
    """Every message that some number of flips brings onto the path."""
    before = conversation.leaf
    seen: set[int] = set()
    waiting = conversation.path()
    while waiting:
        message_id = waiting.pop()
        if message_id not in seen:
            seen.add(message_id)
            conversation.select(message_id)
            waiting += [v for i in conversation.path() for v in conversation.versions(i)]
    conversation.leaf = before
    return seen


deeds = some.lists(
    some.tuples(
        some.sampled_from(["ask", "ask", "edit", "edit", "flip", "delete", "delete below", "undo", "jump"]),
        some.integers(0, 1000),
    ),
    max_size=40,
)


@given(deeds)
@settings(max_examples=400)
def test_whatever_is_done_every_message_can_be_reached(work):
    person = Person()
    for deed, number in work:
        person.act(deed, number)
        conversation = person.conversation
        path = conversation.path()
        shown = visible(conversation)
        assert len(conversation.nodes) == person.newest, "nothing is ever removed"
        assert not any(conversation.nodes[i].deleted for i in path)
        assert bool(path) == bool(shown), "the path is empty only if nothing is visible"
        assert reached_by_flipping(conversation) == set(shown)
        for message_id in path:
            versions = conversation.versions(message_id)
            assert message_id in versions and versions == sorted(set(versions))
            assert [i for i in path if i in versions] == [message_id], "one version of each place is shown"
    for _ in range(len(person.undo)):
        person.take_back()
    assert set(visible(person.conversation)) == set(person.conversation.nodes), "undo brings back all of it"


@given(deeds, some.integers(0, 1000))
@settings(max_examples=200)
def test_undo_of_a_deletion_gives_the_same_view_again(work, number):
    person = Person()
    person.ask()
    for deed, choice in work:
        person.act(deed, choice)
    before = person.conversation.path()
    if before:
        person.delete([before[number % len(before)]])
        person.take_back()
        assert person.conversation.path() == before


@given(deeds)
@settings(max_examples=200)
def test_a_tree_read_back_is_the_tree_that_was_stored(work):
    person = Person()
    for deed, number in work:
        person.act(deed, number)
    conversation = person.conversation
    again = Conversation(1, leaf=conversation.leaf)
    again.add(sorted(conversation.nodes.values(), key=lambda node: node.id))
    assert again.path() == conversation.path()
    for message_id in visible(conversation):
        assert again.versions(message_id) == conversation.versions(message_id)
        assert again.end_below(message_id) == conversation.end_below(message_id)


def tree(*parents: int | None) -> Conversation:
    """Nodes 1, 2, 3 … below these; person and model speak in turn."""
    conversation = Conversation(1)
    for number, parent in enumerate(parents, 1):
        above = conversation.nodes[parent].role if parent else Role.ASSISTANT
        role = Role.USER if above is Role.ASSISTANT else Role.ASSISTANT
        conversation.add([Node(number, parent, role)])
        conversation.leaf = number
    return conversation


def test_a_new_version_stands_beside_the_old_one_and_the_rest_follows():
    conversation = tree(None, 1, 2, 3, 1)  # question, answer, question, answer; then the first answer again
    assert conversation.path() == [1, 5]
    assert conversation.versions(5) == [2, 5]
    assert conversation.flip(5, -1) == 2 and conversation.flip(5, 1) is None
    conversation.select(2)
    assert conversation.path() == [1, 2, 3, 4]


def test_deleting_the_end_of_the_path_shows_the_version_that_is_left():
    conversation = tree(None, 1, 1)
    conversation.hide([3])
    assert conversation.path() == [1, 2]
    assert conversation.versions(2) == [2]
    conversation.hide([3], hidden=False)
    assert conversation.versions(2) == [2, 3]


def test_deleting_a_message_in_the_middle_leaves_what_follows():
    conversation = tree(None, 1, 2, 3)
    conversation.hide([2])
    assert conversation.path() == [1, 3, 4]


def test_an_answer_given_in_place_of_a_deleted_one_stands_beside_what_followed_that():
    conversation = tree(None, 1, 2, 3, 1)
    conversation.hide([2])
    conversation.select(5)
    assert conversation.path() == [1, 5]
    assert conversation.versions(5) == [3, 5]


def test_deleting_everything_leaves_an_empty_path_and_undo_brings_it_back():
    conversation = tree(None, 1, 2)
    assert conversation.hide([1, 2, 3]) is None
    assert conversation.path() == []
    assert conversation.hide([1, 2, 3], hidden=False) == 3


def test_a_message_that_is_not_in_it_is_refused_in_words_wherever_it_is_named():
    """It was chosen on a sheet, and before that was heard the conversation became another."""
    conversation = tree(None, 1)
    walks = (
        conversation.path,
        conversation.versions,
        conversation.select,
        lambda gone: conversation.hide([gone]),
    )
    for walk in walks:
        with pytest.raises(UsageError, match="not in this conversation any more"):
            walk(17)
    assert conversation.path() == [1, 2]


def test_a_conversation_of_ten_thousand_messages_is_walked_at_once():
    conversation = tree(None, *range(1, 10_000))
    assert len(conversation.path()) == 10_000
    assert conversation.select(1) == 10_000
    assert conversation.versions(5_000) == [5_000]


def test_what_another_program_did_is_taken_in_and_the_page_stays_where_it_was():
    conversation, stored = tree(None, 1, 1, 3), tree(None, 1, 1, 3)
    stored.updated_at = conversation.updated_at
    assert not conversation.take_in(stored)
    conversation.select(2)
    conversation.draft = "half"
    stored.title, stored.pins, stored.draft = "Plans", (1,), "other half"
    assert conversation.take_in(stored)
    assert (conversation.title, conversation.pins, conversation.draft) == ("Plans", (1,), "half")
    assert conversation.path() == [1, 2], "the version that is read stays"
    stored.hide([2])
    assert conversation.take_in(stored) and conversation.path() == [1, 3, 4]


def test_a_message_of_another_program_is_followed():
    conversation, stored = tree(None, 1, 1), tree(None, 1, 1, 2)
    conversation.select(3)
    assert conversation.take_in(stored) and conversation.path() == [1, 2, 4]


@given(some.lists(some.tuples(some.integers(0, 40), some.booleans()), max_size=40))
def test_columns_are_the_same_tree_as_its_nodes_one_by_one(made):
    nodes = [
        Node(
            number,
            above % number or None,
            Role.USER if number % 2 else Role.ASSISTANT,
            f"lab/{above}",
            hidden,
        )
        for number, (above, hidden) in enumerate(made, 1)
    ]
    one_by_one, at_once = Conversation(1), Conversation(1)
    one_by_one.add(nodes)
    ids, parents, roles, models, _ = zip(*nodes, strict=True) if nodes else [()] * 5
    at_once.nodes = Nodes(ids, parents, roles, models, [node.id for node in nodes if node.deleted])
    assert at_once.nodes == one_by_one.nodes == {node.id: node for node in nodes}
    for conversation in (one_by_one, at_once):
        conversation.find_leaf()
    assert at_once == replace(one_by_one, created_at=at_once.created_at, updated_at=at_once.updated_at)
    assert at_once.path() == one_by_one.path()
    for node in nodes:
        children = [other.id for other in nodes if other.parent == node.id]
        assert at_once.nodes.below(node.id) == children
        assert at_once.versions(node.id) == one_by_one.versions(node.id)


def test_what_is_done_to_a_tree_that_was_taken_in_does_nothing_to_the_other():
    conversation, stored = tree(None, 1), tree(None, 1, 2)
    conversation.take_in(stored)
    conversation.hide([3])
    conversation.add([Node(4, 3, Role.USER)])
    assert list(stored.nodes) == [1, 2, 3] and not stored.nodes[3].deleted
