"""From coded pictures to decoded ones."""

from collections.abc import Sequence
from fractions import Fraction

import av
import av.error
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from nigoh.video.rtsp.access_unit import AccessUnit
from nigoh.video.rtsp.session_description import Codec

_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}
_TICKS = 90_000
_HIGHEST_FPS = 480


class UnitDecoder:
    """Decodes one camera's pictures, one after the other. Its owner: the thread that decodes.

    One thread and low delay: each picture comes out with the unit it came in, unless the camera reorders them.

    Attributes:
        failures: units that could not be decoded, and pictures that could only be guessed.
    """

    def __init__(self, codec: Codec) -> None:
        self.failures = 0
        context = av.CodecContext.create(_DECODERS[codec], "r")
        if not isinstance(context, VideoCodecContext):
            raise TypeError(f"{codec.value} is video")
        context.thread_count = 1
        context.flags |= Flags.low_delay
        self._context = context

    @property
    def fps(self) -> float:
        """Pictures a second as the parameter sets state them, 0 if they do not."""
        rate = self._context.framerate
        return float(rate) if rate is not None and 0 < rate <= _HIGHEST_FPS else 0.0

    def decode(self, unit: AccessUnit) -> Sequence[tuple[VideoFrame, float]]:
        """The pictures that are complete by this unit, each with its seconds on the unit's clock."""
        packet = av.Packet(unit.data)
        packet.time_base = Fraction(1, _TICKS)
        packet.pts = round(unit.t_s * _TICKS)
        try:
            frames = self._context.decode(packet)
        except av.error.FFmpegError:
            # The decoder finds its way again by itself, at the next keyframe.
            self.failures += 1
            return ()
        whole = [frame for frame in frames if not frame.is_corrupt]
        self.failures += len(frames) - len(whole)
        return [(frame, unit.t_s if frame.pts is None else frame.pts / _TICKS) for frame in whole]
