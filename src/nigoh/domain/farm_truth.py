"""What simulated cameras really showed: who, on which camera, from when to when by the wall clock."""

from dataclasses import dataclass

from nigoh.domain.sighting import CameraId, PersonId

VERSION = 1
"""The version of this description that this code writes and reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmStart:
    """The beginning of a farm's run.

    Attributes:
        unix_s, monotonic_s: the same moment as wall-clock time (seconds since 1970) and on this machine's monotonic
            clock (Python's `time.monotonic`), so that either can be computed from the other.
        cameras: the cameras' names in the order of their numbers, which begin with 1.
        version: of this description.
    """

    unix_s: float
    monotonic_s: float
    cameras: tuple[CameraId, ...]
    version: int = VERSION

    def __post_init__(self) -> None:
        if self.version != VERSION:
            raise ValueError(f"this nigoh reads farm truth of version {VERSION}, not {self.version}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmAppearance:
    """One person on one camera once.

    Attributes:
        camera: which camera.
        person: who, by the name that a gallery would know.
        enter_unix_s, leave_unix_s: when the camera takes the first and the last picture with at least half of the
            face in it, wall-clock seconds since 1970.
        face_px: the face's least and greatest height, pixels.
    """

    camera: CameraId
    person: PersonId
    enter_unix_s: float
    leave_unix_s: float
    face_px: tuple[float, float]

    def __post_init__(self) -> None:
        if self.leave_unix_s < self.enter_unix_s:
            raise ValueError(f"{self.person} leaves {self.camera} before entering it")


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmDisturbance:
    """A fault that was asked for: what (a fault's name, or "clear"), on which camera (None: on all), and when."""

    kind: str
    camera: CameraId | None
    unix_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmTruth:
    """A farm's run.

    Attributes:
        start: when it began, and with which cameras.
        appearances: who appeared, in the order of entering. Whoever was still there when the run ended is among them,
            with the planned time of leaving.
        disturbances: the faults that were asked for, in time order.
        ended_unix_s: when it ended; None while it runs, or when it was killed.
    """

    start: FarmStart
    appearances: tuple[FarmAppearance, ...] = ()
    disturbances: tuple[FarmDisturbance, ...] = ()
    ended_unix_s: float | None = None

    def present(self, camera: CameraId, unix_s: float) -> tuple[FarmAppearance, ...]:
        """Who is seen on a camera at a moment."""
        return tuple(
            each
            for each in self.appearances
            if each.camera == camera and each.enter_unix_s <= unix_s <= each.leave_unix_s
        )

    def monotonic_s(self, unix_s: float) -> float:
        """A moment of the wall clock on the monotonic clock of the machine that the farm ran on."""
        return unix_s - self.start.unix_s + self.start.monotonic_s
