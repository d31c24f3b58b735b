"""How long what was seen is kept, and what a round of cleaning removed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionTimes:
    """Seconds for which things are kept, each counted from when they were seen or stored.

    Attributes:
        unknown_s: templates and crops of people who match nobody; their day's key goes with the last of them.
        sightings_s: sightings, with all that hangs on them.
        crops_s: pictures of sightings.
        clips_s: recordings, or None: as long as the recorder keeps them.
        events_s: events of the stream.
    """

    unknown_s: float
    sightings_s: float
    crops_s: float
    clips_s: float | None
    events_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCounts:
    """What a round has removed.

    Attributes:
        sightings, crops, templates, clips, events: how many.
        keys: days of unknown people whose keys were destroyed.
        people: whose legal basis had ended.
        erasures: interrupted ones that were finished.
        files: pictures' files that belonged to nothing.
    """

    sightings: int = 0
    crops: int = 0
    templates: int = 0
    clips: int = 0
    events: int = 0
    keys: int = 0
    people: int = 0
    erasures: int = 0
    files: int = 0
