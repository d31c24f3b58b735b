"""How a search is narrowed, as it stands in the address."""

from dataclasses import dataclass
from datetime import datetime

from nigoh.ui.client.api import Scalar
from nigoh.ui.events.query import SPANS
from nigoh.ui.view import Place, place

SORTS = ("likeness", "time")


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is wanted of the past.

    Attributes:
        sighting: whose face is searched for; "": one of a picture.
        camera: on this one; "": on any.
        span: one of `SPANS`; "": at any time.
        least: similarity of at least this, cosine; None: that of a known person.
        sort: one of `SORTS`.
    """

    sighting: str = ""
    camera: str = ""
    span: str = ""
    least: float | None = None
    sort: str = SORTS[0]

    @staticmethod
    def of(here: Place) -> "SearchQuery":
        """What an address asks for; what makes no sense in it is left out."""
        asked = here.query
        return SearchQuery(
            sighting=asked.get("sighting", ""),
            camera=asked.get("camera", ""),
            span=asked.get("time", "") if asked.get("time") in SPANS else "",
            least=_similarity(asked.get("least", "")),
            sort=asked.get("sort", "") if asked.get("sort") in SORTS else SORTS[0],
        )

    @property
    def route(self) -> str:
        """Its address."""
        return place(
            "/search",
            sighting=self.sighting,
            camera=self.camera,
            time=self.span,
            least="" if self.least is None else f"{self.least:.2f}",
            sort="" if self.sort == SORTS[0] else self.sort,
        )

    def filters(self, now: datetime) -> dict[str, Scalar | None]:
        """The same, as the API is asked."""
        return {
            "camera": self.camera or None,
            "since": now - SPANS[self.span] if self.span else None,
            "least_similarity": self.least,
            "sort": self.sort,
        }


def _similarity(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value, 2) if -1 <= value <= 1 else None
