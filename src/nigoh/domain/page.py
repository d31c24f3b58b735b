"""A long list read in pages: each begins after the last item of the one before it, whatever was added meanwhile."""

import base64
import binascii
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from nigoh.errors import BadCursor

Item = TypeVar("Item")
Key = tuple[str | int | float, ...]
"""What a list is sorted by, the identifier last: no two items have the same."""

MOST_ITEMS = 1000
_LONGEST_CURSOR = 4096
_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which part of a list is asked for.

    Attributes:
        limit: most items, 1 to 1000.
        cursor: `next_cursor` of the page before; None: from the beginning.
    """

    limit: int = 50
    cursor: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MOST_ITEMS:
            raise ValueError(f"limit is 1 to {MOST_ITEMS}, not {self.limit}")


class ListOrder(StrEnum):
    """How a list of things with names is sorted: by the name, or by when they were added."""

    NAME = "name"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list.

    Attributes:
        items: in the list's order.
        next_cursor: where the next page begins, for the same list alone; None: this is the last.
    """

    items: tuple[Item, ...]
    next_cursor: str | None = None


def write_cursor(order: str, key: Key) -> str:
    """The place after the item of this key, in the order of this name: letters, digits, - and _."""
    text = json.dumps([order, *key], ensure_ascii=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str, order: str, kinds: Sequence[type]) -> Key:
    """The key that `write_cursor` was given; clients send what they like, so nothing in it is believed.

    Args:
        cursor: what the client sent.
        order: the name of the order that the list is read in.
        kinds: str, int or float, for each part of the key.

    Raises:
        BadCursor: it is no cursor of a list in this order.
    """
    if len(cursor) > _LONGEST_CURSOR:
        raise BadCursor
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(parts, list) or len(parts) != 1 + len(kinds) or parts[0] != order:
        raise BadCursor
    return tuple(_part(part, kind) for part, kind in zip(parts[1:], kinds, strict=True))


def _part(part: object, kind: type) -> str | int | float:
    if kind is float and isinstance(part, (int, float)) and not isinstance(part, bool) and _is_finite(part):
        return float(part)
    if kind is int and isinstance(part, int) and not isinstance(part, bool) and abs(part) <= _LARGEST_INTEGER:
        return part
    if kind is str and isinstance(part, str) and _is_whole(part):
        return part
    raise BadCursor


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _is_whole(text: str) -> bool:
    """Without NUL and half characters, which no database takes."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
