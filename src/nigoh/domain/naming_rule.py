"""How sure one has to be to give a face a name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingRule:
    """From which similarity on a face is named; the threshold that a person has of their own goes before it.

    Attributes:
        threshold: least similarity of a known person, in (0, 1); None: what `false_alarms` asks of the model.
        false_alarms: share of strangers who may be given a name, in (0, 1), however many people are known.
    """

    threshold: float | None = None
    false_alarms: float = 0.01

    def __post_init__(self) -> None:
        for value in (self.threshold, self.false_alarms):
            if value is not None and not 0 < value < 1:
                raise ValueError("thresholds and shares are between 0 and 1")
