"""Which sightings are asked for."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import CameraId, PersonId, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class SightingFilter:
    """All that is given has to fit.

    Attributes:
        cameras: on one of these; None: on any. Nothing fits an empty set.
        person: exactly them.
        watch_list: of somebody who stands on the list of this identifier now.
        chosen: one of these identifiers of sightings.
        statuses: one of these; None: any.
        verdict: exactly this one.
        least_score: similarity of at least this.
        since_unix_s: first seen not before, seconds since 1970.
        until_unix_s: first seen before.
        newest_first: how the list is sorted: by when they were first seen, then by identifier.
    """

    cameras: frozenset[CameraId] | None = None
    person: PersonId | None = None
    watch_list: str | None = None
    chosen: frozenset[str] | None = None
    statuses: frozenset[Status] | None = None
    verdict: Verdict | None = None
    least_score: float | None = None
    since_unix_s: float | None = None
    until_unix_s: float | None = None
    newest_first: bool = True

    def within(self, cameras: Collection[CameraId] | None) -> "SightingFilter":
        """The same, but only on cameras that somebody may see; None: all."""
        if cameras is None:
            return self
        seen = frozenset(cameras) if self.cameras is None else self.cameras & frozenset(cameras)
        return replace(self, cameras=seen)


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are. `exact` is False where counting stopped: there are at least so many."""

    number: int
    exact: bool
