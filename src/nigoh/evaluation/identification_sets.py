"""Who is enrolled and who is searched for: the sets of an open-set identification test. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nigoh.domain.sighting import PersonId
from nigoh.errors import ConfigError

People = Mapping[PersonId, tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Probe:
    """A photo that is searched for in the gallery, and who is really on it."""

    person: PersonId
    photo: Path


@dataclass(frozen=True, slots=True)
class IdentificationSet:
    """One open-set test (ISO/IEC 19795-1).

    Attributes:
        gallery: the photos of each enrolled person.
        mated: probes of people who are enrolled.
        non_mated: probes of people who are not; a search for one ought to return nobody.
    """

    gallery: People
    mated: tuple[Probe, ...]
    non_mated: tuple[Probe, ...]

    @property
    def photos(self) -> tuple[Path, ...]:
        """Every photo once."""
        enrolled = [photo for photos in self.gallery.values() for photo in photos]
        return tuple(dict.fromkeys([*enrolled, *(probe.photo for probe in (*self.mated, *self.non_mated))]))


def probe_gallery(gallery: People, probes: People) -> IdentificationSet:
    """A probe is mated when its person, by name, is in the gallery."""
    return IdentificationSet(
        gallery,
        mated=_probes({person: photos for person, photos in probes.items() if person in gallery}),
        non_mated=_probes({person: photos for person, photos in probes.items() if person not in gallery}),
    )


def split_people(people: People, photos_each: int, *, enrolled_share: float, seed: int) -> IdentificationSet:
    """Make a test out of one set of photos.

    People with more than `photos_each` photos can be enrolled and still be probed; `enrolled_share` of them, at
    random, are: with `photos_each` photos at random, and their other photos are mated probes. Every photo of
    everybody else is a non-mated probe.

    Args:
        people: the photos of each person.
        photos_each: photos to enrol of a person, at least 1.
        enrolled_share: in (0, 1].
        seed: the same seed gives the same test, wherever the photos lie.

    Raises:
        ConfigError: nobody would be enrolled, or nobody would be left over.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, no secret
    eligible = sorted(person for person, photos in people.items() if len(photos) > photos_each)
    enrolled = sorted(chance.sample(eligible, round(len(eligible) * enrolled_share)))
    if not enrolled:
        raise ConfigError(f"nobody has more than {photos_each} photos to enrol and probe", "Lower --split.")
    if len(enrolled) == len(people):
        raise ConfigError(
            "everybody would be enrolled and no probe would be non-mated", "Lower --enrolled-share, e.g. 0.5."
        )
    gallery: dict[PersonId, tuple[Path, ...]] = {}
    mated: dict[PersonId, tuple[Path, ...]] = {}
    for person in enrolled:
        photos = sorted(people[person], key=lambda photo: photo.name)
        chance.shuffle(photos)
        gallery[person], mated[person] = tuple(photos[:photos_each]), tuple(photos[photos_each:])
    others = {person: people[person] for person in sorted(people) if person not in gallery}
    return IdentificationSet(gallery, _probes(mated), _probes(others))


def _probes(people: People) -> tuple[Probe, ...]:
    return tuple(Probe(person, photo) for person, photos in people.items() for photo in photos)
