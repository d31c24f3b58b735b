"""From the packets of a container to access units: Annex B, parameter sets at keyframes, one clock."""

import math
from collections.abc import Callable

import av.error
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

from nigoh.video.access_unit import AccessUnit
from nigoh.video.probe import Stated
from nigoh.video.rtsp.nal_format import FORMATS, Kind, NalFormat
from nigoh.video.rtsp.session_description import Codec
from nigoh.video.stream import StreamInfo

_START = b"\0\0\1"
_FORMATS = {"h264": FORMATS[Codec.H264], "hevc": FORMATS[Codec.H265]}

_LONGEST_STEP_S = 10.0
"""A timestamp that goes back, or ahead by more than this, is taken for wrong: its picture comes an interval later."""

_MOST_REORDERING_S = 2.0
"""What lies between decoding a picture and showing it; more than that is a clock that has jumped."""

_DEFAULT_FPS = 25.0


class PacketUnits:
    """Turns the packets of one pass through a stream into access units. Owner: the thread that reads them.

    Attributes:
        info: what the stream says of itself.
        decode_s: when the last unit is due for decoding, in seconds on the clock of the units' `t_s`, apart from the
            delay of reordering: what is played in real time is played by this.
    """

    def __init__(
        self, stream: VideoStream, stated: Stated, clock: Callable[[], float], begins_s: float = 0.0
    ) -> None:
        """Set it up.

        Args:
            stream: of an open container.
            stated: what the container says of it.
            clock: monotonic seconds, for streams without timestamps.
            begins_s: where the first picture is placed.
        """
        context = stream.codec_context
        codec, extradata = context.name, bytes(context.extradata or b"")
        self._nal_format = _FORMATS.get(codec)
        self._filter = _to_annex_b(stream, codec, extradata) if self._nal_format is not None else None
        self._described = extradata if self._nal_format is not None and self._filter is None else b""
        self._sets: bytes | None = None
        self._now_s = None if stated.has_clock else clock
        self._interval_s = 1 / (stated.fps or _DEFAULT_FPS)
        self._shift_s: float | None = None
        self._due_s: float | None = None
        self._highest_s = begins_s
        self.decode_s = begins_s
        self.info = StreamInfo(
            codec=codec, extradata=b"" if self._nal_format is not None else extradata, fps=stated.fps
        )

    @property
    def end_s(self) -> float:
        """Where a picture after the last one belongs."""
        return self._highest_s + self._interval_s

    def take(self, packet: "Packet[VideoStream]") -> AccessUnit:
        """The unit of this packet, which is used up; without data if it is damaged beyond decoding."""
        t_s, size, is_key, damaged = self._place(packet), packet.size, packet.is_keyframe, packet.is_corrupt
        data = self._data(packet)
        changed = False
        if is_key and data and self._nal_format is not None:
            sets = parameter_sets(data, self._nal_format)
            if not sets and self._described:
                data = self._described + data
                sets = self._described
            changed = self._sets is not None and sets != self._sets
            self._sets = sets
        return AccessUnit(data, t_s, None, is_key, size, damaged or not data, changed)

    def _data(self, packet: "Packet[VideoStream]") -> bytes:
        if self._filter is None:
            return bytes(packet)
        try:
            return b"".join(bytes(each) for each in self._filter.filter(packet))
        except av.error.FFmpegError:
            # Lengths that make no sense. The filter goes on with the next packet.
            return b""

    def _place(self, packet: "Packet[VideoStream]") -> float:
        """Seconds of the packet's picture; the first one begins it."""
        shown_s, due_s = self._stamps(packet)
        if self._shift_s is None:
            first_s = shown_s if shown_s is not None else due_s
            self._shift_s = self.decode_s - (first_s or 0.0)
            self._due_s = due_s
            return self._note(self.decode_s)
        step_s = self._step(shown_s, due_s, self._shift_s)
        self.decode_s += step_s if 0 <= step_s <= _LONGEST_STEP_S else self._interval_s
        if shown_s is None:
            return self._note(self.decode_s)
        t_s = shown_s + self._shift_s
        if abs(t_s - self.decode_s) > _MOST_REORDERING_S:
            # The clock has jumped: it is taken as it is from here on.
            self._shift_s += self.decode_s - t_s
            t_s = self.decode_s
        return self._note(t_s)

    def _step(self, shown_s: float | None, due_s: float | None, shift_s: float) -> float:
        """How much later than the one before it is to be decoded, NaN if nothing tells."""
        before_s = self._due_s
        if due_s is not None:
            self._due_s = due_s
            if before_s is not None:
                return due_s - before_s
        return math.nan if shown_s is None else max(shown_s + shift_s - self.decode_s, 0.0)

    def _note(self, t_s: float) -> float:
        self._highest_s = max(self._highest_s, t_s)
        return t_s

    def _stamps(self, packet: "Packet[VideoStream]") -> tuple[float | None, float | None]:
        """When its picture is shown and when it is decoded, in seconds; None where it does not say."""
        if self._now_s is not None:
            now_s = self._now_s()
            return now_s, now_s
        base, pts, dts = packet.time_base, packet.pts, packet.dts
        return None if pts is None else float(pts * base), None if dts is None else float(dts * base)


def parameter_sets(data: bytes, nal_format: NalFormat) -> bytes:
    """The parameter sets in front of a picture's first slice, Annex B; b"" if it has none."""
    found = []
    at = data.find(_START)
    while 0 <= at < len(data) - len(_START):
        kind = nal_format.kinds[data[at + len(_START)]]
        if kind in (Kind.SLICE, Kind.KEY_SLICE):
            break
        after = data.find(_START, at + len(_START))
        if kind is Kind.PARAMETER_SET:
            found.append(data[at : after if after >= 0 else len(data)].rstrip(b"\0"))
        at = after
    return b"".join(found)


def _to_annex_b(stream: VideoStream, codec: str, extradata: bytes) -> BitStreamFilterContext | None:
    """The filter for streams that give lengths instead of start codes; these begin their extradata with a version."""
    return BitStreamFilterContext(f"{codec}_mp4toannexb", stream) if extradata[:1] == b"\1" else None
