"""Puts coded pictures into fragmented MP4 as they are: nothing is decoded or encoded."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
import av.error
from av.container import InputContainer
from av.stream import Stream

from nigoh.errors import NigohError, OutputError, SourceUnavailable
from nigoh.video.access_unit import AccessUnit
from nigoh.video.clip_format import clip_format

CLIP_CODECS = {"h264": "h264", "hevc": "hevc", "mjpeg": "mjpeg"}
"""The codecs that can be recorded, and FFmpeg's name of each one's raw format."""

# A fragment ends before each keyframe, and after two seconds where keyframes are rarer: so much is lost when the
# process is killed. Closed in order, the file becomes an ordinary one with its index.
_FRAGMENT_US = 2_000_000
_MUXER_OPTIONS = {
    "movflags": "hybrid_fragmented+frag_keyframe",
    "frag_duration": str(_FRAGMENT_US),
    "flush_packets": "1",
}
_CLOCK = Fraction(1, 90_000)
_TICKS = 90_000

_REORDER_S = 2.0
"""Where pictures are reordered, they are shown at most so far from their place in the order of decoding."""


class ClipOutput(Protocol):
    """Where a clip's bytes go: an unbuffered binary file, or what behaves like one.

    Any of its methods may raise OSError or NigohError.
    """

    def write(self, data: bytes | memoryview, /) -> int | None:
        """Write, and say how much of it was."""
        ...

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go on elsewhere."""
        ...

    def truncate(self, size: int, /) -> int:
        """Keep so many bytes."""
        ...

    def close(self) -> None:
        """No more will come."""
        ...


@dataclass(frozen=True, slots=True)
class _Timed:
    """A picture with its times in the file, in ticks."""

    unit: AccessUnit
    shown: int
    decoded: int


class ClipWriter:
    """One file of one camera's pictures. Its owner is one thread; whoever made it closes it.

    It begins with a keyframe. Each fragment is handed to the system at the keyframe behind it (where pictures are
    reordered for display, at the one after that), so that a killed process leaves a file that plays up to there.
    When the disk fails, the file is cut back to its last whole fragment.
    """

    def __init__(self, output: ClipOutput, path: Path, codec: str, first: AccessUnit, extradata: bytes = b"") -> None:
        """Begin a file for the pictures of which this keyframe is the first; it still has to be written.

        Args:
            output: an empty file, whose owner this becomes.
            path: what it is called in errors.
            codec: one of `CLIP_CODECS`.
            first: a keyframe, with its parameter sets in front.
            extradata: its parameter sets, Annex B, where it does not bring them.

        Raises:
            SourceUnavailable: the keyframe cannot be read. The output is left to the caller.
        """
        self.pictures = 0
        self._path = path
        self._codec = codec
        self._format = clip_format(codec, first.data)
        self._output = _PatientOutput(output)
        self._header_bytes = self._whole_bytes = 0
        self._begin_s: float | None = None
        self._last_tick = -1
        self._held: list[tuple[AccessUnit, float]] = []
        described = b"" if self._format else extradata
        with _read_keyframe(codec, described + first.data) as source:
            template = source.streams.video[0]
            self._reorders = template.codec_context.has_b_frames > 0
            self._container = av.open(self._output, "w", format="mp4", options=_MUXER_OPTIONS)
            # Opaque: without a codec context, which would ask for an encoder.
            self._stream: Stream = self._container.add_stream_from_template(template, opaque=True)
        self._stream.time_base = _CLOCK

    @property
    def is_playable(self) -> bool:
        """Whether a fragment has been handed to the system."""
        return self._whole_bytes > self._header_bytes

    def fits(self, keyframe: AccessUnit) -> bool:
        """Whether this keyframe can follow in the same file: it has the same parameter sets, or brings none."""
        found = clip_format(self._codec, keyframe.data)
        return not found or found == self._format

    def write(self, unit: AccessUnit, captured_s: float) -> None:
        """Append the next picture in the order of decoding.

        Args:
            unit: it, with its data.
            captured_s: when it was taken, seconds on any steady clock; not below that of the picture before it. Gaps
                become times in which the picture stands still.

        Raises:
            OutputError: the disk is full or has failed. What has been written so far stays.
            SourceUnavailable: no file takes this picture. What has been written stays; nothing more comes to it.
        """
        if self._begin_s is None:
            self._begin_s = captured_s
        if not self._reorders:
            tick = max(self._last_tick + 1, self._ticks(captured_s))
            self._mux((_Timed(unit, tick, tick),))
            return
        if self._held and (unit.is_keyframe or self._is_split(unit)):
            self._mux_held()
        self._held.append((unit, captured_s))

    def close(self) -> None:
        """Write what is held back and the index; cut the file back to what is whole if that fails.

        Closing again does no harm.

        Raises:
            OutputError: the disk is full or has failed; what was whole stays.
        """
        if self._output.is_closed:
            return
        try:
            if self._output.is_sound:
                self._mux_held()
        except (OutputError, SourceUnavailable):
            # The disk's error is kept by the output; a picture that cannot be taken is left out.
            self._output.is_sound = False
        try:
            self._container.close()
        except av.error.FFmpegError:
            self._output.is_sound = False
        if not self._output.is_sound:
            self._output.cut_back(self._whole_bytes)
        elif self.pictures:
            self._whole_bytes = self._output.size
        self._output.close()
        self._check_output()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except NigohError:
            # The error that ended the work says more than its consequence.
            if error is None:
                raise

    def _ticks(self, captured_s: float) -> int:
        return round((captured_s - (self._begin_s or 0.0)) * _TICKS)

    def _is_split(self, unit: AccessUnit) -> bool:
        """Groups that are longer than a fragment are cut before a picture that is shown after all before it."""
        first = self._held[0][0]
        return unit.t_s - first.t_s > _FRAGMENT_US / 1e6 and all(unit.t_s > held.t_s for held, _ in self._held)

    def _mux_held(self) -> None:
        held, self._held = self._held, []
        self._mux(_place_reordered([(unit, self._ticks(captured_s)) for unit, captured_s in held], self._last_tick))

    def _mux(self, pictures: Sequence[_Timed]) -> None:
        for picture in pictures:
            packet = av.Packet(picture.unit.data)
            packet.stream, packet.time_base = self._stream, _CLOCK
            packet.pts, packet.dts = picture.shown, picture.decoded
            packet.is_keyframe = picture.unit.is_keyframe
            try:
                self._container.mux_one(packet)
            except av.error.FFmpegError as error:
                self._output.is_sound = False
                raise SourceUnavailable(f"a picture ({self._codec}) cannot be recorded: {error.strerror}") from error
            self._last_tick = picture.decoded
            self.pictures += 1
        self._check_output()
        self._whole_bytes = self._output.size
        self._header_bytes = self._header_bytes or self._whole_bytes

    def _check_output(self) -> None:
        error = self._output.error
        if isinstance(error, OSError):
            raise OutputError.of(self._path, error) from error
        if error is not None:
            raise error


def _read_keyframe(codec: str, data: bytes) -> InputContainer:
    """The keyframe as a file of its own: FFmpeg reads size, colours and parameter sets off it (4 to 9 ms)."""
    try:
        source = av.open(io.BytesIO(data), "r", format=CLIP_CODECS[codec])
    except av.error.FFmpegError as error:
        raise _unreadable(codec) from error
    if not source.streams.video or not source.streams.video[0].codec_context.width:
        source.close()
        raise _unreadable(codec)
    return source


def _unreadable(codec: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"a keyframe ({codec}) has no size that could be read", "Look at the camera's picture and network."
    )


def _place_reordered(held: Sequence[tuple[AccessUnit, int]], last_tick: int) -> list[_Timed]:
    """Times of pictures that are not shown in the order of decoding, of one group or a part of it that is whole.

    Each is shown as far behind the first one as the stream's clock says, and decoded before it is shown and before
    those behind it; a picture that the stream's clock puts elsewhere is shown when it came.
    """
    if not held:
        return []
    begin_s, begin = held[0][0].t_s, held[0][1]
    shown = [
        moved if abs(moved - tick) <= _REORDER_S * _TICKS else tick
        for unit, tick in held
        for moved in (begin + round((unit.t_s - begin_s) * _TICKS),)
    ]
    decoded, following = [0] * len(shown), max(shown) + 1
    for at in reversed(range(len(shown))):
        following = decoded[at] = min(shown[at], following - 1)
    placed = []
    for at, (unit, _) in enumerate(held):
        last_tick = max(last_tick + 1, decoded[at])
        placed.append(_Timed(unit, max(shown[at], last_tick), last_tick))
    return placed


class _PatientOutput:
    """A file for FFmpeg that fails later: it takes everything, and remembers the first error.

    FFmpeg's muxers crash the process when they are closed after a write that failed. Once it is not sound nothing is
    written any more, least of all what turns a fragmented file into one that needs an index.
    """

    def __init__(self, output: ClipOutput) -> None:
        self.error: OSError | NigohError | None = None
        self.is_sound = True
        self.is_closed = False
        self.size = 0
        self._position = 0
        self._output = output

    def write(self, data: bytes) -> int:
        rest = memoryview(data)
        try:
            while rest and self.is_sound:
                rest = rest[self._output.write(rest) or 0 :]
        except (OSError, NigohError) as error:
            self.error, self.is_sound = error, False
        self._position += len(data)
        self.size = max(self.size, self._position)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        if self.is_sound:
            self._position = self._output.seek(offset, whence)
        elif whence == io.SEEK_SET:
            self._position = offset
        return self._position

    def tell(self) -> int:
        return self._position

    def cut_back(self, size: int) -> None:
        """Keep so many bytes; a disk that does not even do that leaves a part of a fragment, which players skip."""
        try:
            self._output.truncate(size)
        except (OSError, NigohError) as error:
            self.error = self.error or error

    def close(self) -> None:
        self.is_closed = True
        try:
            self._output.close()
        except (OSError, NigohError) as error:
            self.error = self.error or error
