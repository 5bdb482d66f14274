"""Values that are equal by what they stand for."""

from __future__ import annotations

from msgspec.structs import replace

from tui.chat.attachment import attachment_of
from tui.chat.draft import Draft
from tui.identity import Identified


class One(Identified, frozen=True):
    name: str
    seen: int = 0

    @property
    def _identity(self) -> str:
        return self.name


def test_what_is_only_known_of_them_makes_them_no_others():
    assert One("a", 1) == One("a", 2) and hash(One("a", 1)) == hash(One("a", 2)) and One("a") != One("b")
    assert len({One("a", 1), One("a", 2), One("b")}) == 2


def test_those_of_another_kind_are_others():
    assert One("a") != "a" and Draft("a") != One("a")


def test_a_file_is_the_same_with_its_content_and_without():
    file = attachment_of("a.txt", b"a")
    assert file == replace(file, data=None) != attachment_of("a.txt", b"b")
    assert str(b"a" * 40) not in repr(attachment_of("a.txt", b"a" * 40))
