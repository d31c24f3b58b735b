"""Cameras and videos on the network: RTSP and HTTP."""

import errno
from urllib.parse import urlsplit

import av.error

from nigoh.domain.camera_url import CameraUrl, redact
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.video.approved_address import approved_address
from nigoh.video.medium import Medium
from nigoh.video.options import SourceOptions

_CHECK_NETWORK = "Check host, port and network."

_SCHEMES = {
    "rtsp": True,
    "rtsps": True,
    "rtmp": True,
    "rtmps": True,
    "udp": True,
    "rtp": True,
    "srt": True,
    "http": None,
    "https": None,
}
"""What can be opened, and whether it is live; of HTTP the stated length tells."""

_PLAIN_FORMATS = "mpjpeg,mjpeg,jpeg_pipe,png_pipe,mpegts,mpeg,mov,matroska,flv,h264,hevc,avi,asf,ogg"
"""Formats that hold their pictures themselves, unlike playlists (HLS, DASH), which name addresses to open."""

_ANALYSE_US = 500_000
"""How long FFmpeg may look into a live stream for what the camera did not announce; by default it looks until it has
measured the frame rate, 1.2 s on a camera with 25 frames a second, before the first picture comes."""


def network_medium(url: CameraUrl, options: SourceOptions) -> Medium:
    """A camera or a video at this address.

    Raises:
        SourceError: the scheme is none that can be opened, the address names no host, or one that is not allowed.
        SourceUnavailable: the host has no address now.
    """
    if url.scheme not in _SCHEMES:
        raise SourceError(f"{url}: {url.scheme}:// cannot be opened", f"Use one of {', '.join(_SCHEMES)}.")
    if not url.host:
        raise SourceError(f"{url} names no host", "Write it like rtsp://10.0.0.5/stream.")
    live = _SCHEMES[url.scheme]
    return Medium(
        name=url.name,
        shown=str(url),
        address=approved_address(url, options.gate),
        live=live,
        explain=lambda error: _explain(url, options, error),
        demuxer_options=_demuxer_options(url, options, live=live is not False),
        timeout_s=(options.open_timeout_s, options.read_timeout_s),
    )


def _demuxer_options(url: CameraUrl, options: SourceOptions, *, live: bool) -> dict[str, str]:
    scheme = url.scheme
    silence_us = str(round(options.read_timeout_s * 1e6))
    chosen = {"analyzeduration": str(_ANALYSE_US), "fpsprobesize": "0"} if live else {}
    if scheme.startswith("rtsp"):
        chosen |= {"rtsp_transport": options.transport, "allowed_media_types": "video", "timeout": silence_us}
    elif scheme.startswith("http"):
        chosen |= {"rw_timeout": silence_us}
        if scheme == "http":
            # An address may have taken the place of the name: the server is told which one was meant.
            chosen["headers"] = f"Host: {urlsplit(f'//{url.name}').netloc}\r\n"
        if not options.follow or options.gate.policy.listed_only:
            chosen |= {"max_redirects": "0", "format_whitelist": _PLAIN_FORMATS}
    return chosen


_ANSWERS: dict[type[Exception], tuple[type[NigohError], str, str]] = {
    av.error.HTTPUnauthorizedError: (SourceError, "refuses this user and password", "Check both in the URL."),
    av.error.HTTPForbiddenError: (SourceError, "refuses access", "Give the user the right to see this stream."),
    av.error.HTTPNotFoundError: (SourceError, "has no stream at this path", "Look it up in the camera's manual."),
    av.error.HTTPClientError: (SourceError, "refuses the request", "Look the address up in the camera's manual."),
    av.error.HTTPServerError: (SourceUnavailable, "has an error of its own", "Restart the camera or its server."),
    av.error.ProtocolNotFoundError: (SourceError, "cannot be opened: unknown scheme", "Use rtsp or http."),
    av.error.ConnectionRefusedError: (SourceUnavailable, "refuses connections", "Is it on, and is its port right?"),
    av.error.InvalidDataError: (SourceUnavailable, "does not answer, or not as a camera does", _CHECK_NETWORK),
}
"""What FFmpeg's errors mean, the special ones before the general."""


def _explain(url: CameraUrl, options: SourceOptions, error: Exception) -> NigohError:
    if isinstance(error, (av.error.ExitError, av.error.TimeoutError, av.error.BlockingIOError)):
        return _silence(url, options)
    if isinstance(error, av.error.InvalidDataError) and url.scheme.startswith("http"):
        return SourceError(f"{url} is not a video", "Give the address of the video stream itself.")
    for known, (kind, what, step) in _ANSWERS.items():
        if isinstance(error, known):
            return kind(f"{url} {what}", step)
    number = getattr(error, "errno", None)
    if number == errno.EPROTONOSUPPORT:
        other = "udp" if options.transport == "tcp" else "tcp"
        return SourceError(f"{url} does not send over {options.transport}", f"Try the transport {other}.")
    reason = redact(getattr(error, "strerror", None) or type(error).__name__)
    return SourceUnavailable(f"{url} cannot be reached: {reason}", _CHECK_NETWORK)


def _silence(url: CameraUrl, options: SourceOptions) -> SourceUnavailable:
    step = "Check the camera and its network"
    if options.transport == "udp":
        step += ", or try the transport tcp: firewalls often stop udp"
    return SourceUnavailable(f"{url} does not answer", f"{step}.")
