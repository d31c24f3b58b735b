"""How sightings get into the database, and out to whoever is told of them, as Prometheus metrics."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from nigoh.domain.intake import IntakeCounts
from nigoh.domain.outbox import OutboxCount
from nigoh.errors import NigohError
from nigoh.office.sighting_intake import IntakeState
from nigoh.storage.spool_reader import ReadingCounts

_NOTHING = IntakeState(IntakeCounts(), ReadingCounts())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryViews:
    """Looks at the way of sightings, from any thread.

    Attributes:
        intake: how the intake is.
        lost: how many sightings were given up before they were safe, as no disk took them.
        outbox: what waits, by sink. Raises DatabaseUnavailable, DatabaseError.
    """

    intake: Callable[[], IntakeState]
    lost: Callable[[], int]
    outbox: Callable[[], Sequence[OutboxCount]]


class DeliveryCollector(Collector):
    """Looks at each scrape; it keeps nothing. Scrapes may come from any thread, several at once."""

    def __init__(self, views: DeliveryViews) -> None:
        self._views = views

    def collect(self) -> Iterator[Metric]:
        """The metrics now; those of the outbox are left out while the database is away."""
        try:
            outbox = self._views.outbox()
        except NigohError:
            outbox = ()
        yield from delivery_metrics(self._views.intake(), self._views.lost(), outbox)

    def describe(self) -> Iterator[Metric]:
        """Their names and kinds."""
        yield from delivery_metrics(_NOTHING, 0, ())


def delivery_metrics(state: IntakeState, lost: int, outbox: Sequence[OutboxCount]) -> Iterator[Metric]:
    """The metrics that say this."""
    yield GaugeMetricFamily(
        "nigoh_delivery_waiting_bytes",
        "Bytes of sightings in spools that are not in the database yet, about.",
        value=state.waiting_bytes,
    )
    yield GaugeMetricFamily(
        "nigoh_delivery_lag_seconds",
        "From when the last stored sighting was told until it was stored.",
        value=state.lag_s,
    )
    yield GaugeMetricFamily(
        "nigoh_delivery_stalled", "1 while sightings cannot be stored; the log says why.", value=bool(state.trouble)
    )
    yield CounterMetricFamily(
        "nigoh_delivery_lost_sightings", "Sightings that were given up, as no disk took them.", value=lost
    )
    words = CounterMetricFamily(
        "nigoh_delivery_sightings", "Sightings read out of spools, by what became of them.", labels=["outcome"]
    )
    counts = state.counts
    for outcome, number in (
        ("stored", counts.stored),
        ("replayed", counts.replayed),
        ("unknown", counts.unknown),
        ("refused", counts.refused),
    ):
        words.add_metric([outcome], number)
    yield words
    sinks = GaugeMetricFamily("nigoh_outbox_waiting_events", "Events that a sink has not been told.", labels=["sink"])
    for each in outbox:
        sinks.add_metric([each.sink], each.rows)
    yield sinks
