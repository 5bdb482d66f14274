"""Values that are equal by what they stand for, not by all that is known of them."""

from __future__ import annotations

from abc import abstractmethod

from msgspec import Struct


class Identified(Struct, frozen=True):
    """Equal are those of a class with the same identity."""

    @property
    @abstractmethod
    def _identity(self) -> object:
        """What makes it the one that it is."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)
