"""Reads a clip's coded pictures, to be sent as they are: nothing is decoded."""

import re
from dataclasses import dataclass
from pathlib import Path

import av
from av.bitstream import BitStreamFilterContext
from av.packet import Packet
from av.video.stream import VideoStream

from nigoh.errors import SourceError
from nigoh.testing.clip_options import VideoCodec
from nigoh.testing.farm.payloads import is_parameter_set, payloads_of
from nigoh.testing.farm.rtp import PacketisedPicture, packetise
from nigoh.testing.farm.sdp import StreamFormat

_TO_START_CODES = {VideoCodec.H264: "h264_mp4toannexb", VideoCodec.H265: "hevc_mp4toannexb"}
_NAMES = {"h264": VideoCodec.H264, "hevc": VideoCodec.H265}
_START_CODE = re.compile(rb"\x00*\x00\x00\x01")
_MADE_ANEW = "Empty nigoh's cache folder; the clip is made anew."


@dataclass(frozen=True, slots=True)
class CodedClip:
    """A clip, ready to be sent.

    Attributes:
        stream: what a receiver has to know.
        pictures: packetised, the first a keyframe.
        gop: pictures from keyframe to keyframe; the number of pictures is a multiple of it.
    """

    stream: StreamFormat
    pictures: tuple[PacketisedPicture, ...]
    gop: int

    @property
    def gops(self) -> int:
        """How many groups of pictures it has."""
        return len(self.pictures) // self.gop


def read_coded_clip(path: Path, gop: int) -> CodedClip:
    """Read a clip whose keyframes come every `gop` pictures.

    Raises:
        SourceError: it cannot be read, is neither H.264 nor H.265, has its pictures in another order than they are
            sent, or its keyframes elsewhere.
    """
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            codec = _NAMES[stream.codec_context.name]
            filtered = BitStreamFilterContext(_TO_START_CODES[codec], stream)
            packets = [packet for source in container.demux(stream) for packet in _filter(filtered, source)]
            size, rate = (stream.width, stream.height), float(stream.average_rate or 0)
    except (OSError, av.FFmpegError, IndexError, KeyError) as error:
        raise SourceError(f"{path} is no clip that a camera could send", _MADE_ANEW) from error
    keyframes = [row for row, packet in enumerate(packets) if packet.is_keyframe]
    if keyframes != list(range(0, len(packets), gop)) or len(packets) % gop:
        raise SourceError(f"{path} has not a keyframe every {gop} pictures", _MADE_ANEW)
    if any(packet.pts != packet.dts for packet in packets):
        raise SourceError(f"{path} has pictures that are shown in another order than sent", _MADE_ANEW)
    units = [_units(packet) for packet in packets]
    sets = tuple(unit for unit in units[0] if is_parameter_set(unit, codec))
    pictures = tuple(
        packetise(
            payloads_of(_sets_first(each, sets, codec, keyframe=packet.is_keyframe), codec),
            keyframe=packet.is_keyframe,
        )
        for each, packet in zip(units, packets, strict=True)
    )
    return CodedClip(StreamFormat(codec, sets, *size, rate), pictures, gop)


def _filter(filtered: BitStreamFilterContext, packet: "Packet[VideoStream]") -> "list[Packet[VideoStream]]":
    return list(filtered.filter(packet)) if packet.size else []


def _units(packet: "Packet[VideoStream]") -> list[bytes]:
    """A picture's NAL units. No unit ends in a zero byte, so zeros before a start code belong to the code."""
    return [unit for unit in _START_CODE.split(bytes(packet)) if unit]


def _sets_first(units: list[bytes], sets: tuple[bytes, ...], codec: VideoCodec, *, keyframe: bool) -> list[bytes]:
    """The units with the parameter sets before every keyframe, as cameras send them."""
    rest = [unit for unit in units if not is_parameter_set(unit, codec)]
    return [*sets, *rest] if keyframe else rest
