"""Listens to a camera for a while and counts its packets, without decoding them."""

import re

import av.error

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import ConfigError, SourceError
from nigoh.video.camera_facts import PacketMark, StreamFacts, measure_stream
from nigoh.video.medium import Medium
from nigoh.video.network import network_medium
from nigoh.video.options import SourceOptions
from nigoh.video.probe import choose_stream, open_container
from nigoh.video.webcam import webcam_medium

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_LEAST_PACKETS = 2


def listen(camera: str, options: SourceOptions, seconds: float) -> StreamFacts:
    """What a camera (a URL or a webcam's number) sends in so many seconds of its own time.

    Raises:
        ConfigError: it is neither.
        SourceError: no retry mends it, e.g. a wrong password, or nothing but a picture came.
        SourceUnavailable: it cannot be reached now, or broke off.
    """
    medium = _medium(camera, options)
    container = open_container(medium)
    try:
        stream = choose_stream(container, medium)
        base = float(stream.time_base or 1)
        marks: list[PacketMark] = []
        for packet in container.demux(stream):
            time = packet.pts if packet.pts is not None else packet.dts
            if not packet.size or time is None:
                continue
            marks.append(PacketMark(time * base, packet.size, packet.is_keyframe))
            if marks[-1].t_s - marks[0].t_s >= seconds:
                break
    except av.error.FFmpegError as error:
        raise medium.explain(error) from None
    else:
        if len(marks) < _LEAST_PACKETS:
            raise SourceError(f"{medium.shown} sent {len(marks)} pictures and ended", "Is it a live stream?")
        return measure_stream(stream.codec_context.name, (stream.width, stream.height), marks)
    finally:
        container.close()


def _medium(camera: str, options: SourceOptions) -> Medium:
    if camera.isdecimal():
        return webcam_medium(camera, options)
    if _URL.match(camera):
        return network_medium(CameraUrl(camera), options)
    raise ConfigError(f"{camera} is no camera", "Give its URL (rtsp://10.0.0.5/stream) or a webcam's number.")
