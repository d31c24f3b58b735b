"""Which alerts are asked for."""

from dataclasses import dataclass

from nigoh.domain.alert import AlertState
from nigoh.domain.sighting import CameraId, PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Only alerts to which all of this applies; what is None or empty applies to all.

    Attributes:
        states: in one of these.
        cameras: that began on one of these; an empty set finds nothing, None: all. Alerts of whoever is missing
            belong to no camera, and are found by those who see all.
        person, rule, sighting: of this person, of this rule, with this sighting behind it.
        from_unix_s, to_unix_s: raised from then on, and before then.
        overdue_unix_s: that are to be escalated by then.
    """

    states: frozenset[AlertState] = frozenset()
    cameras: frozenset[CameraId] | None = None
    person: PersonId | None = None
    rule: str | None = None
    sighting: str | None = None
    from_unix_s: float | None = None
    to_unix_s: float | None = None
    overdue_unix_s: float | None = None
