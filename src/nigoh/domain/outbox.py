"""What sinks still have to be told, and how much of it is kept."""

from dataclasses import dataclass

from nigoh.domain.records import Event

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An event that a sink has to be told.

    Attributes:
        sink: who.
        event: what; its number tells the sink whether it has had it before.
        attempts: how often it was tried, this time included.
        last_error: why that failed, or "".
    """

    sink: str
    event: Event
    attempts: int
    last_error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLimits:
    """How much is kept for a sink that does not take it: beyond it the oldest are given up, and counted.

    Attributes:
        most_rows: of one sink.
        most_age_s: since the event was stored.
    """

    most_rows: int = 1_000_000
    most_age_s: float = 7 * DAY_S

    def __post_init__(self) -> None:
        if self.most_rows < 1 or self.most_age_s <= 0:
            raise ValueError("an outbox has room for a row and a time")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxCount:
    """What waits for a sink.

    Attributes:
        sink: which.
        rows: how many events.
        oldest: the number of the oldest.
        last_error: why that could not be delivered, or "".
    """

    sink: str
    rows: int
    oldest: int
    last_error: str = ""
