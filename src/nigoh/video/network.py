"""Cameras and videos on the network: RTSP and HTTP."""

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceError, SourceUnavailable
from nigoh.video.medium import Medium
from nigoh.video.options import SourceOptions

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

_ANALYSE_S = 1.0
"""How long FFmpeg may look into a live stream for what the camera did not announce. Its default of 5 s would be
waited for before the first picture."""


def network_medium(url: CameraUrl, options: SourceOptions) -> Medium:
    """A camera or a video at this address.

    Raises:
        SourceError: the scheme is none that can be opened, or the address names no host.
    """
    if url.scheme not in _SCHEMES:
        raise SourceError(f"{url}: {url.scheme}:// cannot be opened", f"Use one of {', '.join(_SCHEMES)}.")
    if not url.host:
        raise SourceError(f"{url} names no host", "Write it like rtsp://10.0.0.5/stream.")
    live = _SCHEMES[url.scheme]
    return Medium(
        name=url.name,
        shown=str(url),
        address=url.reveal(),
        live=live,
        explain=lambda error: _explain(url, options, error),
        demuxer_options=_demuxer_options(url.scheme, options, live=live is not False),
        timeout_s=(options.open_timeout_s, options.read_timeout_s),
    )


def _demuxer_options(scheme: str, options: SourceOptions, *, live: bool) -> dict[str, str]:
    read_us = str(round(options.read_timeout_s * 1e6))
    chosen: dict[str, str] = {"analyzeduration": str(round(_ANALYSE_S * 1e6))} if live else {}
    match scheme:
        case "rtsp" | "rtsps":
            chosen |= {"rtsp_transport": options.transport, "timeout": read_us, "allowed_media_types": "video"}
        case "http" | "https":
            chosen |= {"rw_timeout": read_us}
    return chosen


def _explain(url: CameraUrl, options: SourceOptions, error: Exception) -> NigohError:
    return SourceUnavailable(f"{url} {type(error).__name__} {getattr(error, 'errno', None)}")
