"""The parameter sets that a stream's pictures are decoded with."""

from collections.abc import Iterable

from nigoh.video.rtsp.nal_format import NalFormat

START_CODE = b"\0\0\0\1"


class ParameterSets:
    """Those in force, from the description or from the stream itself. Its owner: the one reader of a stream."""

    def __init__(self, nal_format: NalFormat, described: Iterable[bytes]) -> None:
        """Begin with those of the description: NAL units without start codes."""
        self._types = nal_format.types
        self._sequence_type = nal_format.sequence_type
        self._in_force = self._by_type(described)
        self._coming: list[bytes] = []
        self.come_in_band = False
        """Whether any have come with the stream: then each keyframe is expected to bring them."""

    @property
    def annex_b(self) -> bytes:
        """All of them with start codes, in the order of their types; b"" if none are known."""
        return b"".join(START_CODE + each for _, units in sorted(self._in_force.items()) for each in units)

    def note(self, unit: bytes) -> bool:
        """One has come; it is in force from the next picture on. Returns whether it holds the picture's size."""
        self._coming.append(unit)
        self.come_in_band = True
        return self._types[unit[0]] == self._sequence_type

    def begin_picture(self) -> bool:
        """Put those in force that have come; returns whether any differs from the one that it replaces."""
        if not self._coming:
            return False
        coming = self._by_type(self._coming)
        self._coming = []
        changed = any(self._in_force.get(number, units) != units for number, units in coming.items())
        self._in_force |= coming
        return changed

    def _by_type(self, units: Iterable[bytes]) -> dict[int, list[bytes]]:
        found: dict[int, list[bytes]] = {}
        for unit in units:
            if unit and unit not in found.setdefault(self._types[unit[0]], []):
                found[self._types[unit[0]]].append(unit)
        return found
