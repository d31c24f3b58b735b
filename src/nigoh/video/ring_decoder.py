"""One camera's pictures, decoded out of its ring: only those that somebody asks for, and those on the way to them.

FFmpeg's decoder keeps the pictures that others may build on: 1.3 to 1.8 MB a camera at 640x360, 3 to 5 MB at
1280x720. Where only keyframes are asked for none of it is needed, and opening a decoder for each costs 0.05 ms at
640x360, 0.3 ms at 1280x720, beside the 1 and 2.3 ms of decoding it. So a decoder is kept only while something between
keyframes is wanted.
"""

from collections.abc import Sequence

from av.video.frame import VideoFrame

from nigoh.video.ring import PacketRing, StoredUnit
from nigoh.video.stream import StreamInfo
from nigoh.video.unit_decoder import UnitDecoder

_KEYFRAMES_ALONE = 2
"""After so many keyframes one after another that nothing was built on, a decoder is let go of."""


class RingDecoder:
    """Decodes single pictures of one connection. One thread at a time uses it.

    Where it can it goes on from the picture that it decoded last; else it begins anew at the keyframe of the group
    that the picture is in. A camera that reorders its pictures gives the newest one that is complete by then.

    Attributes:
        decoded: pictures decoded so far, those on the way to a wanted one included.
        failures: units that could not be decoded, and pictures that could only be guessed.
        failure: why the last of them failed, one line; "" without any.
    """

    def __init__(self, info: StreamInfo, ring: PacketRing) -> None:
        self.decoded = 0
        self.failures = 0
        self.failure = ""
        self._info = info
        self._ring = ring
        self._decoder: UnitDecoder | None = None
        self._last: int | None = None
        self._keyframes_alone = 0

    @property
    def holds_pictures(self) -> bool:
        """Whether it keeps a decoder, and with it some pictures' memory."""
        return self._decoder is not None

    def decode(self, number: int) -> VideoFrame | None:
        """The picture of a unit; None if it is gone from the ring, damaged, or cannot be decoded."""
        path = self._ring.path_to(number, self._last)
        if not path:
            return None
        decoder = self._decoder or UnitDecoder(self._info.codec, self._info.extradata, smooth=False)
        begins_anew = self._last is None or path[0].number != self._last + 1
        if begins_anew and decoder is self._decoder:
            decoder.forget()
        self._decoder, self._last = decoder, number
        picture = self._walk(decoder, path)
        self._let_go(alone=len(path) == 1 and path[0].unit.is_keyframe)
        return picture

    def _walk(self, decoder: UnitDecoder, path: Sequence[StoredUnit]) -> VideoFrame | None:
        """Decode all of it; the newest picture, or None if the last unit could not be decoded."""
        newest: VideoFrame | None = None
        failed = False
        for stored in path:
            before = decoder.failures
            pictures = decoder.decode(stored.unit)
            failed = decoder.failures > before
            self.failures += decoder.failures - before
            self.decoded += not failed
            newest = pictures[-1][0] if pictures else (None if failed else newest)
        if failed:
            self.failure = decoder.failure
        elif newest is None:
            # A reordering camera's keyframe comes out only after what follows it: let go of it now, and begin anew.
            rest = decoder.drain()
            newest, self._last = (rest[-1] if rest else None), None
        return newest

    def _let_go(self, *, alone: bool) -> None:
        self._keyframes_alone = self._keyframes_alone + 1 if alone else 0
        if self._keyframes_alone >= _KEYFRAMES_ALONE:
            self._decoder = self._last = None
