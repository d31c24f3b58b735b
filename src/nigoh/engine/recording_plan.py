"""What of a camera's video is recorded, and where one file ends: decisions alone."""

from dataclasses import dataclass

from nigoh.domain.camera import Record

_TOLD_AFTER_S = 3.0
"""A sighting is told after its picture has been analysed, under load up to two seconds later, and then taken up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingOptions:
    """How much is recorded, and in what pieces. Times are in seconds.

    Attributes:
        pre_roll_s: a clip begins so long before its sighting, as far as the ring goes back.
        post_roll_s: it ends so long after the last word about the sighting.
        most_clip_s: a longer one goes on in another file.
        segment_s: length of a file of a camera that is always recorded.
        idle_s: a file ends when no picture has come for so long.
        retry_s: what could not be written is tried again after so long.
        step_s: pictures wait at most so long for those of other cameras: waking for each one costs more than writing.
        most_waiting_bytes: of pictures of all cameras that wait for the disk; beyond, groups of pictures are dropped.
    """

    pre_roll_s: float = 5.0
    post_roll_s: float = 5.0
    most_clip_s: float = 120.0
    segment_s: float = 300.0
    idle_s: float = 5.0
    retry_s: float = 10.0
    step_s: float = 0.25
    most_waiting_bytes: int = 64 * 1024 * 1024

    @property
    def ring_s(self) -> float:
        """How much a camera's ring keeps: what a clip begins with, and what comes until its sighting is told."""
        return self.pre_roll_s + _TOLD_AFTER_S

    def __post_init__(self) -> None:
        for name in ("pre_roll_s", "post_roll_s"):
            if not 0 <= getattr(self, name) <= 600:
                raise ValueError(f"{name} is from 0 to 600, not {getattr(self, name):g}")
        for name in ("most_clip_s", "segment_s", "idle_s", "retry_s", "step_s", "most_waiting_bytes"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is above 0, not {getattr(self, name):g}")


@dataclass(slots=True)
class _Window:
    """The time of one sighting's clip."""

    from_s: float
    until_s: float


class RecordingPlan:
    """Decides for one camera. Owned by its lane; all times are those at which pictures were taken."""

    def __init__(self, record: Record, options: RecordingOptions) -> None:
        self._always = record is Record.ALWAYS
        self._options = options
        self._windows: dict[str, _Window] = {}

    @property
    def most_file_s(self) -> float:
        """After so long, the next keyframe begins another file."""
        return self._options.segment_s if self._always else self._options.most_clip_s

    def sighted(self, sighting_id: str, captured_s: float) -> bool:
        """A sighting began or went on at this time; returns whether more is wanted than before."""
        from_s, until_s = captured_s - self._options.pre_roll_s, captured_s + self._options.post_roll_s
        window = self._windows.get(sighting_id)
        if window is None:
            self._windows[sighting_id] = _Window(from_s, until_s)
            return True
        is_longer = until_s > window.until_s
        window.from_s, window.until_s = min(window.from_s, from_s), max(window.until_s, until_s)
        return is_longer

    def until_s(self, sighting_id: str) -> float:
        """When the clip of a sighting ends."""
        return self._windows[sighting_id].until_s

    def wants(self, captured_s: float) -> bool:
        """Whether a picture that was taken then is recorded."""
        return self._always or any(captured_s <= window.until_s for window in self._windows.values())

    def begins_s(self, captured_s: float) -> float:
        """From when on a file has to show what there is, if the next picture at hand was taken at this time."""
        if self._always:
            return captured_s
        return min((each.from_s for each in self._windows.values() if each.until_s >= captured_s), default=captured_s)

    def sightings_since(self, captured_s: float) -> tuple[str, ...]:
        """The sightings that a file shows which begins at this time, oldest first."""
        shown = [(window.from_s, name) for name, window in self._windows.items() if window.until_s >= captured_s]
        return tuple(name for _, name in sorted(shown))

    def is_waiting(self, now_s: float) -> bool:
        """Whether pictures may still come that are recorded; forgets sightings that the ring cannot show any more."""
        late_s = now_s - self._options.idle_s
        over = [name for name, each in self._windows.items() if each.until_s + self._options.ring_s < late_s]
        for name in over:
            del self._windows[name]
        return self._always or any(each.until_s >= late_s for each in self._windows.values())
