"""One viewer of one simulated camera: their numbering of the packets, and what gets lost on the way to them."""

import os
import random
import secrets
from collections import deque
from dataclasses import dataclass

from nigoh.testing.farm.faults import ActiveFaults, FaultKind
from nigoh.testing.farm.rtp import CLOCK_HZ, PacketisedPicture, SenderState, goodbye, sender_report
from nigoh.testing.farm.wires import Bounds, Wire

_REPORT_EVERY_S = 5.0
_MOST_LATE_PICTURES = 256
_HEADER_BYTES = 12
_WRAP = 2**32


@dataclass(slots=True)
class Counts:
    """What became of the pictures that a viewer was offered, and the packets that were made of those sent.

    Attributes:
        sent: pictures handed to the network.
        skipped: pictures left out because the viewer reads too slowly, or the way to them is slow.
        packets, payload_bytes: in the pictures sent.
    """

    sent: int = 0
    skipped: int = 0
    packets: int = 0
    payload_bytes: int = 0

    def add(self, other: "Counts") -> None:
        """Add those of another viewer."""
        self.sent += other.sent
        self.skipped += other.skipped
        self.packets += other.packets
        self.payload_bytes += other.payload_bytes


class Viewer:
    """Owns a viewer's sequence numbers and clock. Begins with a keyframe, and again after pictures were left out."""

    def __init__(self, wire: Wire, name: str, faults: ActiveFaults) -> None:
        self.counts = Counts()
        self.wire = wire
        self._name, self._faults = name, faults
        self._source = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._clock_begin = secrets.randbits(32)
        self._random = random.Random(self._source)  # noqa: S311 - what gets lost is no secret
        self._started = False
        self._next_report_s = 0.0
        self._late: deque[tuple[PacketisedPicture, int]] = deque()
        self._credit = 0.0

    @property
    def next_sequence(self) -> int:
        """The number of the next packet."""
        return self._sequence & 0xFFFF

    @property
    def source(self) -> int:
        """The SSRC of the packets."""
        return self._source

    def timestamp(self, ticks: int) -> int:
        """A moment of the camera's clock on the viewer's, which begins at a random time."""
        return (self._clock_begin + ticks) % _WRAP

    def turn_back(self, seconds: float) -> None:
        """Let the viewer's clock jump back."""
        self._clock_begin -= round(seconds * CLOCK_HZ)

    def offer(self, picture: PacketisedPicture, ticks: int, now_s: float) -> None:
        """Send a picture, or what faults leave of it; `ticks` is when it was taken, on the camera's clock."""
        pace = self._faults.amount(FaultKind.SLOW, now_s)
        if pace is None and not self._late:
            self._send(picture, ticks, now_s)
        else:
            self._send_late(picture, ticks, now_s, pace)

    def report(self, ticks: int, unix_s: float, now_s: float) -> None:
        """Say which wall-clock time the camera's clock shows, if that was not done for a while."""
        if now_s < self._next_report_s or not self._started:
            return
        self._next_report_s = now_s + _REPORT_EVERY_S
        counts = self.counts
        state = SenderState(self._source, unix_s, self.timestamp(ticks), counts.packets, counts.payload_bytes)
        self.wire.report(sender_report(state, self._name))

    def end(self) -> None:
        """Say that nothing follows."""
        self.wire.report(goodbye(self._source))

    def _send_late(self, picture: PacketisedPicture, ticks: int, now_s: float, pace: float | None) -> None:
        """Let pictures wait for their turn; what has waited too long is left out, up to the next keyframe."""
        self._late.append((picture, ticks))
        self._credit += pace or len(self._late)
        while self._credit >= 1 and self._late:
            self._credit -= 1
            self._send(*self._late.popleft(), now_s)
        if not self._late:
            self._credit = 0.0
        if len(self._late) > _MOST_LATE_PICTURES:
            self.counts.skipped += len(self._late)
            self._late.clear()
            self._started = False

    def _send(self, picture: PacketisedPicture, ticks: int, now_s: float) -> None:
        if not self._started and not picture.keyframe:
            return
        wire, counts = self.wire, self.counts
        if wire.clogged:
            self._started = False
            counts.skipped += 1
            return
        self._started = True
        packets: Bounds = picture.packets
        data = picture.addressed(self._sequence, self.timestamp(ticks), self._source, wire.channel)
        self._sequence += len(packets)
        counts.sent += 1
        counts.packets += len(packets)
        counts.payload_bytes += picture.payload_bytes
        if self._faults:
            data, packets = self._damaged(data, packets, now_s)
        wire.send(data, packets)

    def _damaged(self, data: bytearray, packets: Bounds, now_s: float) -> tuple[bytearray, Bounds]:
        if self._faults.has(FaultKind.GARBAGE, now_s):
            return bytearray(os.urandom(len(data))), packets
        corrupt = self._faults.amount(FaultKind.CORRUPT, now_s) or 0.0
        lost = self._faults.amount(FaultKind.LOSS, now_s) or 0.0
        kept, bounds = bytearray(), []
        for begin, end in packets:
            if self._random.random() < lost:
                continue
            packet = data[begin - 4 : end]
            if self._random.random() < corrupt:
                packet[4 + _HEADER_BYTES :] = os.urandom(end - begin - _HEADER_BYTES)
            bounds.append((len(kept) + 4, len(kept) + len(packet)))
            kept += packet
        return kept, bounds
