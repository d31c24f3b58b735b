"""What a farm has done so far."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmStatus:
    """A farm's counters since its start, and its viewers now.

    Attributes:
        cameras: how many there are.
        viewers: how many are being sent pictures.
        pictures: sent to viewers, each counted once for each.
        skipped: left out because a viewer read too slowly.
        packets, payload_bytes: in the pictures sent.
        cpu_s: CPU seconds that the farm's process has used.
    """

    cameras: int
    viewers: int
    pictures: int
    skipped: int
    packets: int
    payload_bytes: int
    cpu_s: float
