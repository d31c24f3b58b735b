"""From when on what is known of people may be kept: decisions alone."""

from dataclasses import dataclass

from nigoh.domain.retention_times import RetentionTimes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutoffs:
    """What is older than these goes, seconds since 1970.

    Attributes:
        unknown: templates of people who match nobody.
        unknown_crops: pictures of people who match nobody: the shorter of both their times counts.
        sightings: sightings, with all that hangs on them.
        crops: pictures of sightings.
        clips: recorded clips; None: none goes.
        events: events of the stream, but for those that a sink still has to be told.
    """

    unknown: float
    unknown_crops: float
    sightings: float
    crops: float
    clips: float | None
    events: float


def cutoffs(times: RetentionTimes, now_unix_s: float) -> Cutoffs:
    """What has to go at a time."""
    return Cutoffs(
        unknown=now_unix_s - times.unknown_s,
        unknown_crops=now_unix_s - min(times.unknown_s, times.crops_s),
        sightings=now_unix_s - times.sightings_s,
        crops=now_unix_s - times.crops_s,
        clips=None if times.clips_s is None else now_unix_s - times.clips_s,
        events=now_unix_s - times.events_s,
    )
