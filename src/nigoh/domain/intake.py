"""What becomes of sightings on their way into the database, and what is left of those that may not be kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.sighting import Candidate, PersonId, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeCounts:
    """What became of words about tracks: `read == stored + replayed + unknown + refused`, once none waits.

    Attributes:
        read: out of spools.
        stored: written, with their events.
        replayed: that were there before, or a later word.
        unknown: of people who match nobody, who may not be stored.
        refused: that no database takes, or that cannot be read.
        withdrawn: of those stored, that say of somebody that they are nobody after all: nothing is left of them.
        erased: of those stored, that named somebody who was erased meanwhile, and now name nobody.
        pictures, templates: that were stored with them.
        expired: pictures and templates that came when their day was over, and its key destroyed.
    """

    read: int = 0
    stored: int = 0
    replayed: int = 0
    unknown: int = 0
    refused: int = 0
    withdrawn: int = 0
    erased: int = 0
    pictures: int = 0
    templates: int = 0
    expired: int = 0

    def __add__(self, other: "IntakeCounts") -> "IntakeCounts":
        return IntakeCounts(
            read=self.read + other.read,
            stored=self.stored + other.stored,
            replayed=self.replayed + other.replayed,
            unknown=self.unknown + other.unknown,
            refused=self.refused + other.refused,
            withdrawn=self.withdrawn + other.withdrawn,
            erased=self.erased + other.erased,
            pictures=self.pictures + other.pictures,
            templates=self.templates + other.templates,
            expired=self.expired + other.expired,
        )


def people_in(told: CameraSighting) -> frozenset[PersonId]:
    """Everybody whom it names."""
    candidates = {each.person for each in told.sighting.candidates}
    return frozenset(candidates if told.sighting.person is None else candidates | {told.sighting.person})


def renamed(told: CameraSighting, who_now: Mapping[PersonId, PersonId]) -> CameraSighting:
    """The same of the people that these are now: of two candidates who are one, the better stays."""
    sighting = told.sighting
    candidates: dict[PersonId, Candidate] = {}
    for each in sighting.candidates:
        now = who_now.get(each.person, each.person)
        candidates.setdefault(now, replace(each, person=now))
    person = None if sighting.person is None else who_now.get(sighting.person, sighting.person)
    return replace(told, sighting=replace(sighting, person=person, candidates=tuple(candidates.values())))


def without(told: CameraSighting, erased: Collection[PersonId]) -> CameraSighting:
    """The same, as if these people had never been enrolled."""
    sighting = told.sighting
    candidates = tuple(each for each in sighting.candidates if each.person not in erased)
    if sighting.person in erased:
        score = max((each.score for each in candidates), default=0.0)
        sighting = replace(sighting, person=None, status=Status.UNKNOWN, score=score)
    return replace(told, sighting=replace(sighting, candidates=candidates))


def withdrawn(told: CameraSighting) -> CameraSighting:
    """All that is left of somebody who is nobody, where nothing of such people is kept: that there was one."""
    sighting = told.sighting
    return replace(told, sighting=replace(sighting, person=None, status=Status.UNKNOWN, score=0.0, candidates=()))
