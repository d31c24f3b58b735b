"""Which frames of a source are analysed."""

from dataclasses import dataclass

_EARLY_PERIODS = 0.25
_EARLY_FRAMES = 0.4
"""How much too early a frame may be and still count as due, in periods and in distances from the frame before; the
smaller one holds. Timestamps jitter by some milliseconds: without it a frame that misses its turn by one of them
costs a whole period when the source is hardly faster than the target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """What the user asked for. Without any of them every frame is wanted.

    Attributes:
        every: each N-th frame, by its index: 0, N, 2 N...
        target_fps: at most so many frames a second of the source's own time.
        max_frames: the end after so many frames.
    """

    every: int | None = None
    target_fps: float | None = None
    max_frames: int | None = None

    def __post_init__(self) -> None:
        if self.every is not None and self.every < 1:
            raise ValueError(f"every is at least 1, not {self.every}")
        if self.target_fps is not None and not self.target_fps > 0:
            raise ValueError(f"target_fps is above 0, not {self.target_fps}")
        if self.max_frames is not None and self.max_frames < 1:
            raise ValueError(f"max_frames is at least 1, not {self.max_frames}")

    def sampler(self) -> "Sampler":
        """Something that decides for the frames of one reading of one source."""
        return Sampler(self)


class Sampler:
    """Decides frame by frame. Its owner is the thread that reads the source.

    Turns stand on a grid of 1 / target_fps that begins at the first frame, so that the analysed rate is held in the
    long run whatever the source's rate; a gap in the source moves no turn off the grid. What one sampler has let
    through, a second one of the same Sampling lets through as well.
    """

    def __init__(self, sampling: Sampling) -> None:
        self._sampling = sampling
        self._due_s: float | None = None
        self._last_s: float | None = None
        self._taken = 0

    @property
    def is_over(self) -> bool:
        """Whether no further frame will be wanted."""
        return self._sampling.max_frames is not None and self._taken >= self._sampling.max_frames

    def __call__(self, index: int, t_s: float) -> bool:
        """Whether the frame of this index and time (seconds on the source's clock) is wanted; ask once a frame."""
        if self.is_over or (self._sampling.every is not None and index % self._sampling.every):
            return False
        if self._sampling.target_fps is not None and not self._is_due(t_s, 1 / self._sampling.target_fps):
            return False
        self._taken += 1
        return True

    def _is_due(self, t_s: float, period_s: float) -> bool:
        distance_s = 0.0 if self._last_s is None else t_s - self._last_s
        due_s = t_s if self._due_s is None else self._due_s
        early_s = min(_EARLY_PERIODS * period_s, _EARLY_FRAMES * distance_s)
        self._last_s = t_s
        if t_s < due_s - early_s:
            return False
        self._due_s = due_s + period_s * (1 + int((t_s + early_s - due_s) / period_s))
        return True
