"""Everybody who is enrolled, in the process that keeps shards: who is told to a shard that starts."""

from collections.abc import Sequence

from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.sighting import PersonId


class GalleryBook:
    """Owns the last change of each person who is not gone. One thread writes; any reads."""

    def __init__(self) -> None:
        self._people: dict[PersonId, GalleryChange] = {}

    def put(self, changes: Sequence[GalleryChange]) -> None:
        """Take note of changes."""
        for change in changes:
            if change.terms is None:
                self._people.pop(change.person, None)
            else:
                self._people[change.person] = change

    @property
    def everybody(self) -> tuple[GalleryChange, ...]:
        """All who are enrolled, in the order of their enrolment."""
        return tuple(self._people.copy().values())

    def name_of(self, person: str) -> str:
        """What somebody is called; whoever is not in the book is called what they are enrolled as."""
        change = self._people.get(PersonId(person))
        return change.terms.name if change is not None and change.terms is not None else person
