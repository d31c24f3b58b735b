"""The seam between whatever delivers a camera's coded pictures and whoever keeps, decodes or records them."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError
from nigoh.video.access_unit import AccessUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamInfo:
    """What a stream says of itself before its first picture.

    Attributes:
        codec: FFmpeg's name of its decoder: "h264", "hevc", "mjpeg".
        extradata: what the decoder needs beforehand, as FFmpeg keeps it; b"" where keyframes bring it.
        fps: pictures a second, 0 if it does not say.
    """

    codec: str
    extradata: bytes = field(default=b"", repr=False)
    fps: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamOptions:
    """How a stream is opened.

    Attributes:
        transport: how an RTSP camera sends.
        open_timeout_s: how long a camera may take until it plays.
        read_timeout_s: how long it may be silent.
    """

    transport: Literal["tcp", "udp"] = "tcp"
    open_timeout_s: float = 10.0
    read_timeout_s: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamCounts:
    """What has come of a stream so far: packets and bytes, and packets that the network lost."""

    packets: int = 0
    bytes: int = 0
    lost_packets: int = 0


class StreamSink(Protocol):
    """Takes what one camera sends. Called by a thread that may serve all cameras: it must not wait, nor raise.

    `opened` comes first, then `put` for each picture in the order of decoding, then `ended` once, and nothing after
    it; a stream that cannot be opened is only `ended`.
    """

    def opened(self, info: StreamInfo) -> None:
        """The camera has said what it will send."""
        ...

    def put(self, unit: AccessUnit) -> None:
        """The next picture; its data is empty if it cannot be decoded."""
        ...

    def ended(self, error: NigohError | None) -> None:
        """It is over; None if somebody has closed it, else why."""
        ...


class OpenStream(Protocol):
    """A stream that is being received. Any thread may use it."""

    @property
    def counts(self) -> StreamCounts:
        """What has come so far."""
        ...

    def close(self) -> None:
        """Leave the camera. Returns at once; the sink is told `ended(None)` soon. Closing again does no harm."""
        ...


class StreamOpener(Protocol):
    """Opens any number of streams. A context manager: leaving it closes them all and joins its threads.

    It does not connect again by itself: when to is its owner's decision.
    """

    def open(self, url: CameraUrl, options: StreamOptions, sink: StreamSink) -> OpenStream:
        """Begin to connect; returns at once. Whatever goes wrong is told to the sink, never raised. Any thread."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
