"""What followers are told of an alert: all but names and pictures, which they ask for if they may see them."""

from datetime import UTC, datetime

import msgspec

from nigoh.domain.alert import Alert
from nigoh.domain.records import Event, EventKind


def alert_event(alert: Alert, now_unix_s: float, *, is_new: bool) -> Event:
    """The event of an alert that was raised, or that goes on, or was taken care of."""
    body = {
        "id": alert.id,
        "rule": alert.rule,
        "rule_name": alert.rule_name,
        "kind": alert.kind,
        "state": alert.state,
        "priority": alert.priority,
        "sound": alert.sound,
        "person": alert.person,
        "other": alert.other,
        "camera": alert.camera,
        "cameras": alert.cameras,
        "sightings": alert.sightings,
        "number": alert.number,
        "first_at": _time(alert.first_unix_s),
        "last_at": _time(alert.last_unix_s),
        "raised_at": _time(alert.raised_unix_s),
        "version": alert.version,
    }
    return Event(
        kind=EventKind.ALERT_RAISED if is_new else EventKind.ALERT_CHANGED,
        camera=alert.camera or "",
        subject=alert.id,
        unix_s=now_unix_s,
        body=msgspec.json.encode(body).decode(),
    )


def _time(unix_s: float) -> datetime:
    return datetime.fromtimestamp(round(unix_s, 3), UTC)
