"""What is agreed between the receiver and whoever wants a camera's pictures."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from nigoh.errors import NigohError
from nigoh.outbound import Outbound
from nigoh.video.access_unit import AccessUnit
from nigoh.video.rtsp.session_description import VideoTrack


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionOptions:
    """How a camera is received.

    Attributes:
        transport: "tcp" loses nothing, "udp" is for cameras and networks that need it.
        open_timeout_s: how long a camera may take until it plays.
        read_timeout_s: how long it may be silent.
        gate: says whether and at which address it may be connected to.
    """

    transport: Literal["tcp", "udp"] = "tcp"
    open_timeout_s: float = 10.0
    read_timeout_s: float = 4.0
    gate: Outbound = field(default_factory=Outbound, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("open_timeout_s", "read_timeout_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is above 0, not {getattr(self, name)}")


class UnitSink(Protocol):
    """Takes what one camera sends. Called by the receiver's thread, which serves all cameras: it must not wait.

    `opened` comes first, then `put` for each picture, then `ended` once, and nothing after it; a camera that cannot
    be opened is only `ended`.
    """

    def opened(self, track: VideoTrack) -> None:
        """The camera has said what it will send."""
        ...

    def put(self, unit: AccessUnit) -> None:
        """The next picture in the order of decoding; its data may be empty."""
        ...

    def ended(self, error: NigohError | None) -> None:
        """It is over; None if somebody has closed it, else why."""
        ...
