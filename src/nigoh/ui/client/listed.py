"""A page of a list, as the API sends it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A page: its items, and where the next one begins; None: there is none."""

    items: tuple[T, ...]
    next_cursor: str | None = None
