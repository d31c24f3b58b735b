"""When pictures were taken: RTP timestamps, and what sender reports say of them (RFC 3550, 6.4.1)."""

import struct
from dataclasses import dataclass

_TURN = 1 << 32
_HALF = _TURN // 2
_NS = 1_000_000_000

_UNIX_EPOCH_S = 2_208_988_800
"""1970 on the clock of NTP, which starts in 1900."""

_UPTIME_S = 366 * 86_400
"""A clock that reads less has been started with the camera, and tells no time of day."""

_SENDER_REPORT, _GOODBYE = 200, 203
_HEAD = struct.Struct("!BBH")
_REPORT = struct.Struct("!IIII")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What a camera's wall clock showed at one of its timestamps.

    Attributes:
        source: the sender's number (SSRC).
        wall_ns: nanoseconds since 1970, as the camera's clock shows them; None if it has no time of day.
        timestamp: 32 bits, in ticks of the track's clock.
    """

    source: int
    wall_ns: int | None
    timestamp: int


@dataclass(frozen=True, slots=True)
class ControlNews:
    """What a control packet says.

    Attributes:
        report: the sender report in it, or None.
        goodbye: the camera ends its stream.
    """

    report: SenderReport | None = None
    goodbye: bool = False


def parse_control(data: memoryview, start: int, end: int) -> ControlNews:
    """What the control packets in data[start:end] say; what cannot be read is passed over."""
    report, goodbye = None, False
    while start + _HEAD.size <= end:
        first, kind, words = _HEAD.unpack_from(data, start)
        stop = start + 4 * (words + 1)
        if first >> 6 != 2 or stop > end:
            break
        if kind == _SENDER_REPORT and stop - start >= _HEAD.size + _REPORT.size:
            source, seconds, fraction, timestamp = _REPORT.unpack_from(data, start + _HEAD.size)
            report = SenderReport(source, _unix_ns(seconds, fraction), timestamp)
        goodbye = goodbye or kind == _GOODBYE
        start = stop
    return ControlNews(report, goodbye)


def _unix_ns(seconds: int, fraction: int) -> int | None:
    if seconds < _UPTIME_S:
        return None
    if seconds < _HALF:
        # NTP's seconds began anew in 2036.
        seconds += _TURN
    return (seconds - _UNIX_EPOCH_S) * _NS + (fraction * _NS >> 32)


class RtpClock:
    """Turns a track's timestamps into seconds and into the camera's wall time. Its owner: the one reader of a stream.

    Seconds count from the first timestamp. They go back where pictures are sent in another order than they are shown,
    and they go on where the 32 bits begin anew, every 13 hours.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._last: int | None = None
        self._ticks = 0
        self._report: SenderReport | None = None

    def begin_anew(self) -> None:
        """The next timestamp has nothing to do with those before: it is placed where the last one was."""
        self._last = None
        self._report = None

    def note(self, report: SenderReport) -> None:
        """A sender report: from now on wall times are told by it."""
        self._report = report

    def place(self, timestamp: int) -> tuple[float, int | None]:
        """Seconds since the first timestamp, and nanoseconds since 1970 or None while they are not known."""
        if self._last is not None:
            self._ticks += _signed(timestamp - self._last)
        self._last = timestamp
        return self._ticks / self._rate, self._wall_ns(timestamp)

    def _wall_ns(self, timestamp: int) -> int | None:
        report = self._report
        if report is None or report.wall_ns is None:
            return None
        return report.wall_ns + _signed(timestamp - report.timestamp) * _NS // self._rate


def _signed(difference: int) -> int:
    """The shorter way between two 32-bit timestamps."""
    return (difference + _HALF) % _TURN - _HALF
