"""From coded pictures to decoded ones."""

from collections.abc import Sequence
from fractions import Fraction

import av
import av.error
from av.codec.context import Flags
from av.stream import Stream
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from nigoh.video.access_unit import AccessUnit

MOST_PIXELS = 8192 * 4608
"""The largest picture that is decoded: 8K. FFmpeg would try pictures four times as large in each direction, and keep
up to 17 of them."""

_TICKS = 90_000
_HIGHEST_FPS = 480


class UnitDecoder:
    """Decodes one camera's pictures, one after the other. One thread at a time uses it.

    One thread and low delay: each picture comes out with the unit it came in, unless the camera reorders them.

    Args:
        codec: FFmpeg's name of the decoder: "h264", "hevc", "mjpeg".
        extradata: what it needs beforehand, as FFmpeg keeps it; b"" where keyframes bring it.
        smooth: whether edges of blocks are smoothed, as the codec has it. Without, a picture takes a quarter less
            time, and differs from the right one by about as much as the coding itself does (PSNR 39 to 57 dB on
            simulated cameras): it is for machines that look for faces. None of the faces there was lost; their
            similarity to the right person stayed at 0.82, and after four seconds without a keyframe fell from 0.80
            to 0.77.

    Attributes:
        failures: units that could not be decoded, and pictures that could only be guessed.
        failure: why the last of them failed, one line; "" without any.
    """

    def __init__(self, codec: str, extradata: bytes = b"", *, smooth: bool = True) -> None:
        self.failures = 0
        self.failure = ""
        context = av.CodecContext.create(codec, "r")
        if not isinstance(context, VideoCodecContext):
            raise TypeError(f"{codec} is video")
        context.thread_count = 1
        context.flags |= Flags.low_delay
        context.options = {"max_pixels": str(MOST_PIXELS), "skip_loop_filter": "default" if smooth else "all"}
        if extradata:
            context.extradata = extradata
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
        return [(frame, unit.t_s if frame.pts is None else frame.pts / _TICKS) for frame in self._whole(packet)]

    def drain(self) -> Sequence[VideoFrame]:
        """The pictures that were held back for their order; the next unit is to be a keyframe."""
        frames = self._whole(None)
        self._context.flush_buffers()
        return frames

    def forget(self) -> None:
        """The next unit does not follow the last one; it is to be a keyframe."""
        self._context.flush_buffers()

    def _whole(self, packet: "av.Packet[Stream] | None") -> list[VideoFrame]:
        """What comes out by a packet, less what could only be guessed."""
        try:
            frames = self._context.decode(packet)
        except av.error.FFmpegError as error:
            # The decoder finds its way again by itself, at the next keyframe.
            self._note_failure(self._explain(error))
            return []
        whole = [frame for frame in frames if not frame.is_corrupt]
        for _ in range(len(frames) - len(whole)):
            self._note_failure("it builds on a picture that was lost")
        return whole

    def _explain(self, error: av.error.FFmpegError) -> str:
        wide, high = self._context.coded_width, self._context.coded_height
        if wide * high > MOST_PIXELS:
            return f"a picture of {wide}x{high} pixels is larger than any that is decoded"
        return str(error.strerror or error)

    def _note_failure(self, why: str) -> None:
        self.failures += 1
        self.failure = why
