"""Which entries of the audit are asked for: as fields, in the address, and as the API wants it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from nigoh.ui.client.api import Query
from nigoh.ui.view import Place, place

ROUTE = "/audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuestion:
    """What is asked for; "" : any.

    Attributes:
        actor: login name.
        action: what was done.
        kind, target: to what, e.g. "person" and its identifier.
        since, until: days, as YYYY-MM-DD; both included.
    """

    actor: str = ""
    action: str = ""
    kind: str = ""
    target: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, here: Place) -> "AuditQuestion":
        """That of an address."""
        return cls(
            actor=here.query.get("actor", ""),
            action=here.query.get("action", ""),
            kind=here.query.get("kind", ""),
            target=here.query.get("target", ""),
            since=here.query.get("since", ""),
            until=here.query.get("until", ""),
        )

    @property
    def route(self) -> str:
        """The address of this."""
        return place(
            ROUTE,
            actor=self.actor,
            action=self.action,
            kind=self.kind,
            target=self.target,
            since=self.since,
            until=self.until,
        )

    def query(self) -> Query:
        """As the API wants it, without a page. Days are those of the clock of this machine."""
        begin, end = day_of(self.since), day_of(self.until)
        return {
            "actor": self.actor or None,
            "action": self.action or None,
            "target_kind": self.kind or None,
            "target_id": self.target or None,
            "since": begin,
            "until": end + timedelta(days=1) if end else None,
        }


def day_of(text: str) -> datetime | None:
    """The beginning of a day, in the zone of this machine; None if it is none."""
    try:
        day = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return datetime.combine(day, time.min).astimezone()
