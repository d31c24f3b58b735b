"""What the pictures of one file have in common: parameter sets (H.264, H.265) or size (JPEG)."""

_PARAMETER_SETS = {"h264": (7, 8), "hevc": (32, 33, 34)}
_START_CODE = b"\0\0\1"

# Start-of-frame markers of JPEG (ITU-T T.81, table B.1): all of C0..CF but DHT, JPG and DAC.
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_HEAD = b"\xff\xd8"


def clip_format(codec: str, keyframe: bytes) -> tuple[bytes, ...]:
    """What has to stay the same within a file, read off a keyframe; () if the keyframe does not say.

    Args:
        codec: "h264", "hevc" or "mjpeg".
        keyframe: Annex B, or a JPEG file.
    """
    return _jpeg_frame(keyframe) if codec == "mjpeg" else _parameter_sets(codec, keyframe)


def _parameter_sets(codec: str, data: bytes) -> tuple[bytes, ...]:
    """Those in front of the first slice, without start codes, each once, in a fixed order."""
    wanted, found = _PARAMETER_SETS[codec], set()
    at = data.find(_START_CODE)
    while 0 <= at < len(data) - 3:
        number = data[at + 3] & 0x1F if codec == "h264" else data[at + 3] >> 1 & 0x3F
        if _is_slice(codec, number):
            break
        following = data.find(_START_CODE, at + 3)
        if number in wanted:
            # A fourth zero belongs to the next start code; a parameter set itself never ends with one.
            found.add(data[at + 3 : following if following >= 0 else len(data)].rstrip(b"\0"))
        at = following
    return tuple(sorted(found))


def _is_slice(codec: str, number: int) -> bool:
    return 1 <= number <= 5 if codec == "h264" else number < 32


def _jpeg_frame(data: bytes) -> tuple[bytes, ...]:
    """The frame header: precision, size and sampling."""
    at = 2 if data.startswith(_JPEG_HEAD) else len(data)
    while at + 4 <= len(data) and data[at] == 0xFF:
        length = int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] in _FRAME_MARKERS:
            return (data[at + 4 : at + 2 + length],)
        at += 2 + length
    return ()
