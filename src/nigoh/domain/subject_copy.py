"""The copy of all data on a person (GDPR, articles 15 and 20): what it is to hold, and what it held."""

from dataclasses import dataclass

from nigoh.domain.sighting import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOptions:
    """What goes into it.

    Attributes:
        recordings: video in which they were seen, perhaps with others: whoever hands it out minds their rights.
        users: names and addresses of those who looked at their data; otherwise each is a number.
    """

    recordings: bool = True
    users: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectCopy:
    """What was handed out.

    Attributes:
        person: of whom.
        photos, templates, negatives, sightings, crops, recordings, entries: how many; entries are of the audit.
        lost: what does not open or is not there any more, by its name in the archive.
    """

    person: PersonId
    photos: int
    templates: int
    negatives: int
    sightings: int
    crops: int
    recordings: int
    entries: int
    lost: tuple[str, ...] = ()
