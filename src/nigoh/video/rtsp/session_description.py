"""The part of a session description (SDP, RFC 4566) that says how a camera's video is sent."""

import base64
import binascii
import re
from dataclasses import dataclass
from enum import Enum

from nigoh.video.rtsp.errors import ProtocolError, UnsupportedFormat


class Codec(Enum):
    """The codecs that are read here, by the names of RTP (RFC 6184, RFC 7798)."""

    H264 = "H264"
    H265 = "H265"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """A camera's video as it describes it.

    Attributes:
        codec: what it is coded with.
        payload_type: RTP's number of it.
        clock_rate: ticks of an RTP timestamp a second.
        control_url: where the track is set up.
        session_url: what is played: all tracks that were set up.
        parameter_sets: the codec's parameter sets, NAL units without start codes; empty if they come with the video.
        fps: pictures a second, 0 if it does not say.
    """

    codec: Codec
    payload_type: int
    clock_rate: int
    control_url: str
    session_url: str
    parameter_sets: tuple[bytes, ...] = ()
    fps: float = 0.0


_STATIC_NAMES = {"26": "JPEG", "31": "H261", "32": "MPV", "33": "MP2T", "34": "H263"}
"""Payload types that need no rtpmap (RFC 3551), for the message alone."""

_SPROPS = {
    Codec.H264: ("sprop-parameter-sets",),
    Codec.H265: ("sprop-vps", "sprop-sps", "sprop-pps"),
}

_HIGHEST_FPS = 480.0


def parse_description(text: str, base_url: str) -> VideoTrack:
    """The first video track of a description that can be received.

    Args:
        text: the description.
        base_url: what its relative addresses build on: Content-Base, Content-Location or the address asked for.

    Raises:
        UnsupportedFormat: it has no video, or only video that is not read here; the text names the codec.
        ProtocolError: it is no session description.
    """
    if not text.lstrip().startswith("v="):
        raise ProtocolError("the camera's description of its streams cannot be read")
    session, *sections = re.split(r"(?m)^(?=m=)", text)
    session_url = _resolve(_attributes(session).get("control", "*"), base_url)
    seen: list[str] = []
    for section in sections:
        media, fields = _media_line(section), _attributes(section)
        if media is None:
            continue
        codec_name, payload_type, clock_rate = _mapping(section, media)
        seen.append(codec_name)
        codec = next((each for each in Codec if each.value == codec_name.upper()), None)
        if codec is None or media.profile not in ("RTP/AVP", "RTP/AVP/TCP", "RTP/AVP/UDP", "RTP/AVPF"):
            continue
        parameters = _format_parameters(section, payload_type)
        _require_order(codec, parameters)
        return VideoTrack(
            codec=codec,
            payload_type=payload_type,
            clock_rate=clock_rate,
            control_url=_resolve(fields.get("control", "*"), base_url),
            session_url=session_url,
            parameter_sets=_parameter_sets(codec, parameters),
            fps=_frame_rate(fields.get("framerate", "")),
        )
    raise UnsupportedFormat(f"the camera sends {', '.join(seen)}" if seen else "the camera describes no video")


@dataclass(frozen=True, slots=True)
class _Media:
    profile: str
    payload_type: str


def _media_line(section: str) -> _Media | None:
    """The first payload type of a video section; None for sound and metadata."""
    match = re.match(r"m=video\s+\S+\s+(\S+)\s+(\d{1,3})\b", section)
    return _Media(match[1].upper(), match[2]) if match else None


def _attributes(section: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in re.findall(r"(?m)^a=([A-Za-z0-9-]+):?([^\r\n]*)", section):
        found.setdefault(name.lower(), value.strip())
    return found


def _mapping(section: str, media: _Media) -> tuple[str, int, int]:
    """Codec name, payload type and clock rate."""
    number = int(media.payload_type)
    match = re.search(rf"(?m)^a=rtpmap:\s*{number}\s+([^/\s]+)/(\d{{1,9}})", section)
    if match is None:
        return _STATIC_NAMES.get(media.payload_type, "an unnamed codec"), number, 90_000
    if not int(match[2]):
        raise ProtocolError("the camera's clock has no rate")
    return match[1], number, int(match[2])


def _format_parameters(section: str, payload_type: int) -> dict[str, str]:
    match = re.search(rf"(?m)^a=fmtp:\s*{payload_type}\s+([^\r\n]*)", section)
    pairs = (pair.partition("=") for pair in (match[1] if match else "").split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _require_order(codec: Codec, parameters: dict[str, str]) -> None:
    """Units must come in the order in which they are decoded."""
    if codec is Codec.H264 and parameters.get("packetization-mode", "0") not in ("0", "1"):
        raise UnsupportedFormat("the camera sends H264 interleaved")
    if codec is Codec.H265 and any(
        parameters.get(name, "0") != "0" for name in ("sprop-max-don-diff", "sprop-depack-buf-nalus")
    ):
        raise UnsupportedFormat("the camera sends H265 out of order")


def _parameter_sets(codec: Codec, parameters: dict[str, str]) -> tuple[bytes, ...]:
    # Some cameras leave out the padding.
    coded = [each.strip() for name in _SPROPS[codec] for each in parameters.get(name, "").split(",") if each.strip()]
    try:
        return tuple(base64.b64decode(each + "=" * (-len(each) % 4), validate=True) for each in coded)
    except (binascii.Error, ValueError):
        # Cameras that describe them wrongly send them with the video.
        return ()


def _resolve(control: str, base_url: str) -> str:
    if control in ("", "*"):
        return base_url
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", control):
        return control
    # Not as web addresses are joined: cameras expect their track's name behind the whole base, also where that does
    # not end in a slash.
    return base_url.rstrip("/") + "/" + control.lstrip("/")


def _frame_rate(stated: str) -> float:
    match = re.match(r"\d{1,3}(\.\d{1,6})?", stated)
    fps = float(match[0]) if match else 0.0
    return fps if fps <= _HIGHEST_FPS else 0.0
