"""What the depacketiser needs to know of H.264 (RFC 6184) and H.265 (RFC 7798)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from nigoh.video.rtsp.session_description import Codec


class Kind(Enum):
    """What a NAL unit, or the payload of a packet, is good for."""

    SLICE = auto()
    KEY_SLICE = auto()
    PARAMETER_SET = auto()
    PREFIX = auto()  # supplemental information in front of a picture
    DELIMITER = auto()
    OTHER = auto()
    AGGREGATE = auto()
    FRAGMENT = auto()
    UNSUPPORTED = auto()
    RESERVED = auto()


@dataclass(frozen=True, slots=True)
class NalFormat:
    """How one codec marks its NAL units.

    Attributes:
        codec: which.
        head_bytes: of a NAL unit's head.
        kinds: the kind for each value of a head's first byte.
        types: the type number for each value of a head's first byte.
        sequence_type: the type of the parameter set that holds the picture's size.
    """

    codec: Codec
    head_bytes: int
    kinds: tuple[Kind, ...] = field(repr=False)
    types: tuple[int, ...] = field(repr=False)
    sequence_type: int

    def fragment_head(self, data: memoryview, start: int) -> bytes:
        """The head of the NAL unit whose first fragment lies at `start`."""
        if self.codec is Codec.H264:
            return bytes((data[start] & 0xE0 | data[start + 1] & 0x1F,))
        return bytes((data[start] & 0x81 | (data[start + 2] & 0x3F) << 1, data[start + 1]))

    def is_recovery_point(self, data: memoryview, start: int, end: int) -> bool:
        """Whether this information says that decoding can begin with the next picture though it is no IDR.

        Cameras that never send an IDR after the first one mark their keyframes so. H.265 has a type for these.
        """
        position = start + self.head_bytes
        return (
            self.codec is Codec.H264
            and position + 3 <= end
            and data[position] == _RECOVERY_POINT
            and data[position + 2] & 0x80 != 0  # a count of 0: the picture is complete by itself
        )


_RECOVERY_POINT = 6


def _table(kinds: Mapping[int, Kind], types: tuple[int, ...]) -> tuple[Kind, ...]:
    return tuple(kinds.get(number, Kind.OTHER) for number in types)


_H264_TYPES = tuple(first & 0x1F for first in range(256))
_H264_KINDS = {
    0: Kind.RESERVED,
    1: Kind.SLICE,
    2: Kind.SLICE,
    5: Kind.KEY_SLICE,
    6: Kind.PREFIX,
    7: Kind.PARAMETER_SET,
    8: Kind.PARAMETER_SET,
    9: Kind.DELIMITER,
    13: Kind.PARAMETER_SET,
    24: Kind.AGGREGATE,
    25: Kind.UNSUPPORTED,
    26: Kind.UNSUPPORTED,
    27: Kind.UNSUPPORTED,
    28: Kind.FRAGMENT,
    29: Kind.UNSUPPORTED,
    30: Kind.RESERVED,
    31: Kind.RESERVED,
}

_H265_TYPES = tuple(first >> 1 & 0x3F for first in range(256))
_H265_KINDS = {
    **dict.fromkeys(range(16), Kind.SLICE),
    **dict.fromkeys(range(16, 24), Kind.KEY_SLICE),
    **dict.fromkeys(range(24, 32), Kind.RESERVED),
    32: Kind.PARAMETER_SET,
    33: Kind.PARAMETER_SET,
    34: Kind.PARAMETER_SET,
    35: Kind.DELIMITER,
    39: Kind.PREFIX,
    48: Kind.AGGREGATE,
    49: Kind.FRAGMENT,
    50: Kind.UNSUPPORTED,
    **dict.fromkeys(range(51, 64), Kind.RESERVED),
}

FORMATS = {
    Codec.H264: NalFormat(Codec.H264, 1, _table(_H264_KINDS, _H264_TYPES), _H264_TYPES, sequence_type=7),
    Codec.H265: NalFormat(Codec.H265, 2, _table(_H265_KINDS, _H265_TYPES), _H265_TYPES, sequence_type=33),
}
