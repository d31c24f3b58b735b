"""How a source is opened and which part of it is read."""

from dataclasses import dataclass, field
from typing import Literal

from nigoh.outbound import Outbound
from nigoh.video.sampling import Sampling


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions:
    """How a source is opened and which part of it is read.

    Attributes:
        transport: how an RTSP camera sends: "tcp" loses nothing, "udp" is for cameras and networks that need it.
        open_timeout_s: how long a camera may take until its first picture.
        read_timeout_s: how long a camera may be silent; also the longest that closing it can take.
        start_s, end_s: the part of a file that is read, [start_s, end_s) on the file's own clock; a live source
            ignores start_s, and ends quietly at end_s.
        sampling: which frames are yielded; None yields all. The others are decoded, as later ones build on them,
            but never converted to BGR, which is a third of the cost.
        image_fps: how many pictures of a folder make a second.
        gate: says whether and at which address a camera may be connected to.
        follow: an address of HTTP may lead elsewhere, by a redirection or a playlist, where the gate does not see it.
    """

    transport: Literal["tcp", "udp"] = "tcp"
    open_timeout_s: float = 10.0
    read_timeout_s: float = 4.0
    start_s: float | None = None
    end_s: float | None = None
    sampling: Sampling | None = None
    image_fps: float = 1.0
    gate: Outbound = field(default_factory=Outbound, repr=False, compare=False)
    follow: bool = True

    def __post_init__(self) -> None:
        for name in ("open_timeout_s", "read_timeout_s", "image_fps"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} is above 0, not {getattr(self, name)}")
        if self.start_s is not None and self.start_s < 0:
            raise ValueError(f"start_s is at least 0, not {self.start_s}")
        if self.end_s is not None and self.end_s <= (self.start_s or 0):
            raise ValueError(f"end_s is after start_s, not {self.end_s}")
