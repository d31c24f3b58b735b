"""The address that FFmpeg is given: with the host's approved address in place of its name."""

from urllib.parse import urlsplit, urlunsplit

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, Retryable, SourceError, SourceUnavailable
from nigoh.outbound import Outbound, Purpose

_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443, "http": 80, "https": 443}
"""Where no port is named; the other schemes always name one."""

_ENCRYPTED = {"rtsps", "rtmps", "https"}
"""Their certificate is for the name, which FFmpeg therefore resolves again. Whoever lets it lead elsewhere meanwhile
gains little: metadata services do not speak TLS."""

_LISTENING = {"0.0.0.0", "::"}  # noqa: S104 - nothing is connected to: FFmpeg waits there for what comes


def approved_address(url: CameraUrl, gate: Outbound) -> str:
    """The URL with its credentials, as it may be opened.

    Raises:
        SourceError: it is not allowed, or names no number as its port.
        SourceUnavailable: the host has no address now.
    """
    whole = url.reveal()
    if url.scheme in {"udp", "rtp"} and url.host in _LISTENING:
        return whole
    parts = urlsplit(whole)
    try:
        port = parts.port
    except ValueError:
        # Not `from`: what Python says names the address with its password.
        raise SourceError(f"{url} has no number for its port", "Write it like rtsp://10.0.0.5:554/stream.") from None
    try:
        approved = gate.check(url.host, port or _PORTS.get(url.scheme, 0), Purpose.CAMERA)
    except NigohError as error:
        kind = SourceUnavailable if isinstance(error, Retryable) else SourceError
        raise kind(f"{url}: {error.what}", error.next_step) from error
    host = approved.addresses[0]
    if url.scheme in _ENCRYPTED or host == url.host:
        return whole
    login, at, _ = parts.netloc.rpartition("@")
    shown = f"[{host}]" if ":" in host else host
    return urlunsplit(parts._replace(netloc=f"{login}{at}{shown}{'' if port is None else f':{port}'}"))
