"""Which sightings the feed shows, as it stands in the address."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from nigoh.domain.records import Verdict
from nigoh.domain.sighting import Status
from nigoh.ui.client.api import Scalar
from nigoh.ui.view import Place, part, place

SPANS = {"1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
"""Times that end now, by their names in the address."""

_ROUTE = "/events"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsQuery:
    """All that is not "" has to fit.

    Attributes:
        camera, person: on this one, of them.
        watch_list: of somebody who stands on it, its identifier.
        status, verdict: as of a sighting.
        span: one of `SPANS`.
        first_day, last_day: YYYY-MM-DD, both included, of the server's time zone; instead of a span.
    """

    camera: str = ""
    person: str = ""
    watch_list: str = ""
    status: str = ""
    verdict: str = ""
    span: str = ""
    first_day: str = ""
    last_day: str = ""

    @staticmethod
    def of(here: Place) -> "EventsQuery":
        """What an address asks for; what makes no sense in it is left out."""
        asked = here.query
        first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
        return EventsQuery(
            camera=asked.get("camera", ""),
            person=asked.get("person", ""),
            watch_list=asked.get("list", ""),
            status=_one_of(asked.get("status", ""), Status),
            verdict=_one_of(asked.get("verdict", ""), Verdict),
            span=asked.get("time", "") if asked.get("time") in SPANS and not first else "",
            first_day=first,
            last_day=last or first,
        )

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return self != EventsQuery()

    def route(self, sighting: str = "") -> str:
        """Its address, with one of the sightings open."""
        return place(
            f"{_ROUTE}/{part(sighting)}" if sighting else _ROUTE,
            camera=self.camera,
            person=self.person,
            list=self.watch_list,
            status=self.status,
            verdict=self.verdict,
            time=self.span,
            **{"from": self.first_day, "to": self.last_day if self.last_day != self.first_day else ""},
        )

    def filters(self, now: datetime) -> dict[str, Scalar | None]:
        """The same, as the API is asked."""
        since, until = self._times(now)
        return {
            "camera": self.camera or None,
            "person": self.person or None,
            "list": self.watch_list or None,
            "status": self.status or None,
            "verdict": self.verdict or None,
            "since": since,
            "until": until,
        }

    def _times(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        if self.first_day:
            begin, end = date.fromisoformat(self.first_day), date.fromisoformat(self.last_day)
            return _midnight(min(begin, end)), _midnight(max(begin, end) + timedelta(days=1))
        return (now - SPANS[self.span], None) if self.span else (None, None)


def _midnight(day: date) -> datetime:
    """When a day begins on the server's clock."""
    return datetime.combine(day, time.min).astimezone().astimezone(UTC)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""


def _one_of(text: str, names: type[Status] | type[Verdict]) -> str:
    return text if text in set(names) else ""
