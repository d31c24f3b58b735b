"""What can go wrong with a simulated camera, on demand."""

from dataclasses import dataclass
from enum import StrEnum

from nigoh.errors import ConfigError


class FaultKind(StrEnum):
    """The faults.

    DROP: its connections are closed, once. REFUSE: they are closed and new ones are refused. FLAP: they are closed
    again and again. FREEZE: no packet comes any more, requests are still answered. HANG: nothing is answered either,
    connections stay open. LOSS: packets get lost. CORRUPT: payloads are damaged. GARBAGE: random bytes come in
    place of packets. SLOW: packets come slower than pictures are taken. UNAUTHORIZED: no password is right. RESIZE:
    the pictures have another size. BACKWARDS: the stream's clock jumps back, once.
    """

    DROP = "drop"
    REFUSE = "refuse"
    FLAP = "flap"
    FREEZE = "freeze"
    HANG = "hang"
    LOSS = "loss"
    CORRUPT = "corrupt"
    GARBAGE = "garbage"
    SLOW = "slow"
    UNAUTHORIZED = "unauthorized"
    RESIZE = "resize"
    BACKWARDS = "backwards"


MOMENTARY = (FaultKind.DROP, FaultKind.BACKWARDS)
"""Faults that happen once and do not last."""


@dataclass(frozen=True, slots=True)
class FaultMeasure:
    """What a fault's value means, the value when none is given, and its bounds."""

    meaning: str
    default: float
    least: float
    most: float


MEASURES = {
    FaultKind.FLAP: FaultMeasure("seconds between two drops", 2.0, 0.05, 3600),
    FaultKind.LOSS: FaultMeasure("share of packets lost", 0.05, 0, 1),
    FaultKind.CORRUPT: FaultMeasure("share of packets damaged", 0.05, 0, 1),
    FaultKind.SLOW: FaultMeasure("share of the camera's speed", 0.5, 0.01, 1),
    FaultKind.BACKWARDS: FaultMeasure("seconds back", 10.0, 0.01, 86_400),
}
"""The faults that have a value."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that is asked for.

    Attributes:
        kind: what goes wrong.
        camera: the camera's number, from 1; None means all.
        value: how much, see MEASURES; None means the default there.
        seconds: how long; None means until it is cleared.

    Raises:
        ConfigError: the value is out of its bounds, or the fault has none.
    """

    kind: FaultKind
    camera: int | None = None
    value: float | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        measure = MEASURES.get(self.kind)
        if self.value is not None and measure is None:
            raise ConfigError(f"the fault {self.kind} has no value", "Leave it out.")
        if measure is not None and self.value is not None and not measure.least <= self.value <= measure.most:
            raise ConfigError(
                f"{self.value:g} is no value of the fault {self.kind}",
                f"Give the {measure.meaning}, from {measure.least:g} to {measure.most:g}.",
            )
        if self.seconds is not None and not 0 < self.seconds < float("inf"):
            raise ConfigError(f"{self.seconds:g} s is no time for a fault", "Give a positive number of seconds.")

    @property
    def amount(self) -> float:
        """The value, or its default, or 0 for a fault that has none."""
        if self.value is not None:
            return self.value
        return MEASURES[self.kind].default if self.kind in MEASURES else 0.0


class ActiveFaults:
    """The lasting faults of one camera. Owned by the camera; times are seconds on the farm's clock."""

    def __init__(self) -> None:
        self._until: dict[FaultKind, tuple[float, float]] = {}

    def add(self, fault: Fault, now_s: float) -> None:
        """Let a fault last from now on; one of the same kind is replaced."""
        end_s = float("inf") if fault.seconds is None else now_s + fault.seconds
        self._until[fault.kind] = fault.amount, end_s

    def clear(self) -> None:
        """Let everything be well again."""
        self._until.clear()

    def amount(self, kind: FaultKind, now_s: float) -> float | None:
        """The fault's amount, or None when the camera does not have it now."""
        if not self._until:  # nearly always, and this is asked for every picture
            return None
        amount, end_s = self._until.get(kind, (0.0, -1.0))
        return amount if now_s < end_s else None

    def has(self, kind: FaultKind, now_s: float) -> bool:
        """Whether the camera has the fault now."""
        return self.amount(kind, now_s) is not None

    def any(self, now_s: float) -> bool:
        """Whether the camera has a fault now."""
        return any(now_s < end_s for _, end_s in self._until.values())

    def __bool__(self) -> bool:
        """Whether the camera may have a fault: quick to ask, and true for a while after the last has ended."""
        return bool(self._until)
