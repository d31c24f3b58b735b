"""An RTSP camera as a stream of coded pictures, received by the lean receiver."""

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError
from nigoh.outbound import Outbound
from nigoh.video.rtsp.receiver import Receiver, Reception
from nigoh.video.rtsp.reception import ReceptionOptions
from nigoh.video.rtsp.session_description import Codec, VideoTrack
from nigoh.video.stream import StreamCounts, StreamInfo, StreamOptions, StreamSink

_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}


class LeanStream:
    """A camera on a shared receiver (see `nigoh.video.stream.OpenStream`). Made by `receive_lean`."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception

    @property
    def counts(self) -> StreamCounts:
        """What has come so far."""
        counts = self._reception.counts
        return StreamCounts(packets=counts.packets, bytes=counts.bytes, lost_packets=counts.lost_packets)

    def close(self) -> None:
        """Leave the camera; returns at once."""
        self._reception.close(wait_s=0)


def receive_lean(
    receiver: Receiver, url: CameraUrl, options: StreamOptions, sink: StreamSink, gate: Outbound
) -> LeanStream:
    """Begin to receive a camera; what comes, and NotSpoken if it speaks something else, is told to the sink.

    Raises:
        RuntimeError: the receiver is not open.
    """
    chosen = ReceptionOptions(
        transport=options.transport,
        open_timeout_s=options.open_timeout_s,
        read_timeout_s=options.read_timeout_s,
        gate=gate,
    )
    return LeanStream(receiver.add(url, chosen, _Told(sink)))


class _Told:
    """Hands on what the receiver tells. Pictures go straight to the sink: 5,000 a second come through here."""

    def __init__(self, sink: StreamSink) -> None:
        self._sink = sink
        self.put = sink.put

    def opened(self, track: VideoTrack) -> None:
        # Keyframes bring their parameter sets: nothing has to be told beforehand.
        self._sink.opened(StreamInfo(codec=_DECODERS[track.codec], fps=track.fps))

    def ended(self, error: NigohError | None) -> None:
        self._sink.ended(error)
