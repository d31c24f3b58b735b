"""How a camera describes its stream (SDP, RFC 8866; the format's parameters by RFC 6184 and RFC 7798)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from nigoh.testing.clip_options import VideoCodec
from nigoh.testing.farm.rtp import CLOCK_HZ, PAYLOAD_TYPE

TRACK = "trackID=1"
"""The end of the video's own URL."""

_H265_SETS = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """What a receiver has to know before the first packet.

    Attributes:
        codec: what the pictures are coded with.
        parameter_sets: the units that say how to decode, in the order of the stream, without start codes.
        width_px, height_px: of the pictures.
        fps: pictures a second.
    """

    codec: VideoCodec
    parameter_sets: tuple[bytes, ...]
    width_px: int
    height_px: int
    fps: float


def describe(stream: StreamFormat, name: str, session: int) -> str:
    """The description of a camera with one video stream; `session` is any number that stays with it."""
    lines = [
        "v=0",
        f"o=- {session} 1 IN IP4 127.0.0.1",
        f"s={name}",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        "a=control:*",
        "a=range:npt=now-",
        f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
        f"a=rtpmap:{PAYLOAD_TYPE} {stream.codec.value.upper()}/{CLOCK_HZ}",
        f"a=fmtp:{PAYLOAD_TYPE} {_parameters(stream)}",
        f"a=framesize:{PAYLOAD_TYPE} {stream.width_px}-{stream.height_px}",
        f"a=framerate:{stream.fps:g}",
        f"a=control:{TRACK}",
    ]
    return "".join(line + "\r\n" for line in lines)


def _parameters(stream: StreamFormat) -> str:
    if stream.codec is VideoCodec.H264:
        profile = next(unit[1:4].hex().upper() for unit in stream.parameter_sets if unit[0] & 0x1F == 7)
        sets = ",".join(_base64(stream.parameter_sets))
        return f"packetization-mode=1;profile-level-id={profile};sprop-parameter-sets={sets}"
    names = [_H265_SETS[unit[0] >> 1 & 0x3F] for unit in stream.parameter_sets]
    return ";".join(f"{name}={text}" for name, text in zip(names, _base64(stream.parameter_sets), strict=True))


def _base64(units: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(unit).decode() for unit in units]
