"""RTP packets to access units: H.264 (RFC 6184, modes 0 and 1) and H.265 (RFC 7798)."""

from collections.abc import Iterable, Sequence

from nigoh.video.access_unit import AccessUnit, Assemble
from nigoh.video.rtsp.errors import UnsupportedFormat
from nigoh.video.rtsp.nal_format import Kind, NalFormat
from nigoh.video.rtsp.parameter_sets import START_CODE, ParameterSets
from nigoh.video.rtsp.rtp import RtpPacket
from nigoh.video.rtsp.rtp_clock import RtpClock

MOST_UNIT_BYTES = 8 * 1024 * 1024
"""A coded picture beyond this is none: a keyframe of an 8K camera has about 2 MiB."""

_FIRST_SLICE = 0x80
"""The first bit of a slice: it is the first of its picture."""


class Depacketiser:
    """Makes access units of the packets of one stream, given in order. Its owner: the one reader of that stream.

    A picture ends with the marker, with a new timestamp, or where the first slice of the next one comes: cameras set
    markers wrongly, and gateways repeat timestamps. After a loss no picture is handed on until the next keyframe, as
    what builds on a lost one shows anything but what was seen.

    Attributes:
        assemble: which pictures are put together; may be changed by any thread and holds from the next picture on.
            Pictures that follow such ones as were left out wait for the next keyframe.
        damaged_units: pictures that were left out as they, or those that they build on, have come in part.
    """

    def __init__(self, nal_format: NalFormat, parameter_sets: Iterable[bytes], clock: RtpClock) -> None:
        """Begin with the parameter sets of the description (NAL units without start codes)."""
        self.assemble = Assemble.ALL
        self.damaged_units = 0
        self._format = nal_format
        self._kinds = nal_format.kinds
        self._sets = ParameterSets(nal_format, parameter_sets)
        self._clock = clock
        self._done: list[AccessUnit] = []
        self._trusts_marker = True
        self._marked: int | None = None
        self._timestamp = 0
        self._waits = True
        self._after_loss = False
        self._fresh = True
        self._begin_unit()

    def push(self, packet: RtpPacket, data: memoryview, *, lost: bool) -> Sequence[AccessUnit]:
        """Take the next packet; returns the units that are complete by it, mostly none or one.

        Args:
            packet: its head.
            data: the bytes that its payload lies in; they are not needed any more afterwards.
            lost: packets are missing just before this one.

        Raises:
            UnsupportedFormat: the camera packetises in a way that is not read here.
        """
        if lost:
            self._note_loss()
        if packet.timestamp != self._timestamp:
            if self._has_slice:
                self._finish_unit()
            elif self._broken:
                self._begin_unit()
            self._timestamp = packet.timestamp
        self._begins_after_loss |= lost
        start, end = packet.start, packet.end
        if start < end:
            kind = self._kinds[data[start]]
            if kind is Kind.FRAGMENT:
                self._read_fragment(data, start, end)
            else:
                self._read_whole(kind, data, start, end)
        self._size += end - start
        if self._size > MOST_UNIT_BYTES:
            self._break()
        if packet.marker and self._has_slice and self._trusts_marker:
            self._finish_unit()
            self._marked = packet.timestamp
        if not self._done:
            return ()
        done, self._done = self._done, []
        return done

    def _begin_unit(self) -> None:
        self._unit = bytearray()
        self._size = 0
        self._has_slice = False
        self._is_key = False
        self._recovers = False
        self._collects = True
        self._broken = False
        self._fragment: Kind | None = None
        self._nal_at = 0
        self._front_at: int | None = None
        self._brings_size = False
        self._begins_after_loss = False
        self._changed = False

    def _note_loss(self) -> None:
        self._waits = self._after_loss = True
        self._fragment = None
        if self._has_slice:
            # What is missing may have been the end of the unit at hand.
            self._break()

    def _read_whole(self, kind: Kind, data: memoryview, start: int, end: int) -> None:
        """A payload with one NAL unit or several that are whole."""
        if kind is Kind.AGGREGATE:
            self._read_aggregate(data, start, end)
        elif kind is Kind.UNSUPPORTED:
            number = self._format.types[data[start]]
            raise UnsupportedFormat(f"the camera packetises {self._format.codec.value} by type {number}")
        elif kind is not Kind.RESERVED:
            self._read_unit(kind, data, start, end)

    def _read_aggregate(self, data: memoryview, start: int, end: int) -> None:
        position = start + self._format.head_bytes
        while position + 2 < end:
            begin = position + 2
            position = begin + (data[position] << 8 | data[position + 1])
            if position > end:
                self._break()
                return
            if begin < position:
                self._read_unit(self._kinds[data[begin]], data, begin, position)

    def _read_unit(self, kind: Kind, data: memoryview, start: int, end: int) -> None:
        """A NAL unit that is whole."""
        if end - start <= self._format.head_bytes or kind in _OF_PACKETS:
            return
        self._open_nal(kind, first=data[start + self._format.head_bytes] & _FIRST_SLICE != 0)
        if kind is Kind.PREFIX and self._format.is_recovery_point(data, start, end):
            self._recovers = True
        if self._collects and kind is not Kind.DELIMITER:
            self._unit += START_CODE
            self._unit += data[start:end]
        self._close_nal(kind)

    def _read_fragment(self, data: memoryview, start: int, end: int) -> None:
        head_at = start + self._format.head_bytes
        begin = head_at + 1
        if begin >= end:
            self._break()
            return
        fragment_head = data[head_at]
        if fragment_head & 0x80:
            head = self._format.fragment_head(data, start)
            kind = self._kinds[head[0]]
            if self._fragment is not None:
                self._break()
            self._open_nal(kind, first=data[begin] & _FIRST_SLICE != 0)
            self._fragment = kind
            if self._collects:
                self._unit += START_CODE + head
        elif self._fragment is None:
            # Its beginning is missing, and with it that of the picture, unless that had other slices before.
            self._open_nal(self._kinds[self._format.fragment_head(data, start)[0]], first=False)
            self._break()
            return
        if self._collects:
            self._unit += data[begin:end]
        if fragment_head & 0x40:
            self._close_nal(self._fragment)
            self._fragment = None

    def _break(self) -> None:
        """The unit at hand cannot be decoded."""
        self._broken = True
        self._fragment = None
        self._collects = False
        self._unit.clear()

    def _open_nal(self, kind: Kind, *, first: bool) -> None:
        if kind is Kind.SLICE or kind is Kind.KEY_SLICE:
            if self._has_slice and first:
                self._split_unit()
            self._front_at = None
            if not self._has_slice:
                self._begin_picture(kind, first=first)
        elif self._has_slice and self._front_at is None and kind in _IN_FRONT:
            self._front_at = len(self._unit)
        self._nal_at = len(self._unit)

    def _split_unit(self) -> None:
        """A picture begins while another is at hand: what came since that one's last slice belongs to the new one."""
        at = len(self._unit) if self._front_at is None else self._front_at
        front = bytes(self._unit[at:])
        del self._unit[at:]
        brings_size, recovers = self._brings_size and bool(front), self._recovers
        self._finish_unit()
        self._unit += front
        self._brings_size, self._recovers = brings_size, recovers

    def _begin_picture(self, kind: Kind, *, first: bool) -> None:
        self._has_slice = True
        self._is_key = kind is Kind.KEY_SLICE or self._recovers
        self._recovers = False
        self._changed = self._sets.begin_picture()
        if not first:
            if self._timestamp == self._marked:
                # This goes on with a picture that a marker has ended: this camera marks every slice.
                self._trusts_marker = False
            self._break()
        elif self._is_key and self._begins_after_loss and self._sets.come_in_band and not self._brings_size:
            # What is missing may have been its parameter sets, and they may be others than those before.
            self._break()
        elif not self._wants():
            self._collects = False
            self._unit.clear()

    def _wants(self) -> bool:
        if self._is_key:
            return self.assemble is not Assemble.NONE
        return self.assemble is Assemble.ALL and not self._waits

    def _close_nal(self, kind: Kind) -> None:
        if kind is Kind.PARAMETER_SET and self._collects:
            self._brings_size |= self._sets.note(bytes(self._unit[self._nal_at + len(START_CODE) :]))

    def _finish_unit(self) -> None:
        whole = not self._broken and self._fragment is None
        # Whoever joins in the middle of a picture has lost nothing.
        harmed = not whole and not self._fresh
        self._after_loss = harmed or (self._after_loss and not (self._is_key and whole))
        self._fresh = False
        collected = self._collects and whole and not self._after_loss
        self._waits = not collected
        self.damaged_units += self._after_loss
        data = b""
        if collected:
            front = self._sets.annex_b if self._is_key and not self._brings_size else b""
            data = front + bytes(self._unit)
        t_s, wall_ns = self._clock.place(self._timestamp)
        self._done.append(AccessUnit(data, t_s, wall_ns, self._is_key, self._size, self._after_loss, self._changed))
        self._begin_unit()


_OF_PACKETS = {Kind.AGGREGATE, Kind.FRAGMENT, Kind.UNSUPPORTED, Kind.RESERVED}
"""These are no NAL units of a codec, and stand in no aggregate."""

_IN_FRONT = {Kind.PARAMETER_SET, Kind.PREFIX, Kind.DELIMITER}
"""Between two pictures these belong to the second (H.264, 7.4.1.2.3; H.265, 7.4.2.4.4). Between slices of one they
should not stand, but GStreamer repeats the parameter sets in front of every slice of a keyframe."""
