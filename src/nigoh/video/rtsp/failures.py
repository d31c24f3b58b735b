"""What went wrong with a camera, in words that hold no credentials."""

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, Retryable, SourceError, SourceUnavailable
from nigoh.video.rtsp.errors import Garbled, NotSpoken, ProtocolError, UnsupportedFormat
from nigoh.video.rtsp.messages import Response

_CHECK_NETWORK = "Check host, port and network."
_TCP_INSTEAD = "Check the camera and its network, or try the transport tcp: firewalls often stop udp."
_ANSWERS: dict[int, tuple[type[NigohError], str, str]] = {
    401: (SourceError, "refuses this user and password", "Check both in the URL."),
    403: (SourceError, "refuses access", "Give the user the right to see this stream."),
    404: (SourceError, "has no stream at this path", "Look it up in the camera's manual."),
    408: (SourceUnavailable, "has lost the connection", _CHECK_NETWORK),
    453: (SourceUnavailable, "has no bandwidth left", "Close other viewers of this camera."),
    454: (SourceUnavailable, "has ended the session", "Check the camera and its network."),
}


def refused(url: CameraUrl, answer: Response, transport: str) -> NigohError:
    """What an answer other than 200 means."""
    if answer.status == 461:
        other = "udp" if transport == "tcp" else "tcp"
        return SourceError(f"{url} does not send over {transport}", f"Try the transport {other}.")
    if answer.status in _ANSWERS:
        kind, what, step = _ANSWERS[answer.status]
        return kind(f"{url} {what}", step)
    if answer.status >= 500 and answer.status not in (501, 505, 551):
        return SourceUnavailable(f"{url} has an error of its own", "Restart the camera or its server.")
    # It may only refuse how it is asked here.
    return NotSpoken(f"{url} refuses the request ({answer.status})", "Look the address up in the camera's manual.")


def unreachable(url: CameraUrl, error: OSError) -> SourceUnavailable:
    """Why no connection came about."""
    if isinstance(error, ConnectionRefusedError):
        return SourceUnavailable(f"{url} refuses connections", "Is it on, and is its port right?")
    return SourceUnavailable(f"{url} cannot be reached: {error.strerror or type(error).__name__}", _CHECK_NETWORK)


def barred(url: CameraUrl, error: NigohError) -> NigohError:
    """What the gate for connections that go out says: the host is not allowed, or is not there."""
    kind = SourceUnavailable if isinstance(error, Retryable) else SourceError
    return kind(f"{url}: {error.what}", error.next_step)


def not_spoken(url: CameraUrl, error: ProtocolError) -> NotSpoken:
    """The camera speaks something else."""
    if isinstance(error, UnsupportedFormat):
        return NotSpoken(f"{url}: {error}", "Let the camera send H.264 or H.265 over RTSP.")
    return Garbled(f"{url}: {error}", "Restart the camera, and let it send H.264 or H.265 over RTSP.")


def mute(url: CameraUrl, transport: str) -> SourceUnavailable:
    """It takes the connection and says nothing."""
    step = _TCP_INSTEAD if transport == "udp" else "Check the camera and its network."
    return SourceUnavailable(f"{url} does not answer", step)


def pictureless(url: CameraUrl, transport: str) -> SourceUnavailable:
    """It plays and sends nothing."""
    step = _TCP_INSTEAD if transport == "udp" else "Check the camera's stream settings."
    return SourceUnavailable(f"{url} sends no picture", step)


def broken_off(url: CameraUrl) -> SourceUnavailable:
    """It has sent pictures, and sends no more."""
    return SourceUnavailable(f"{url} has stopped sending", "Check the camera and its network.")


def derailed(url: CameraUrl, error: ProtocolError) -> SourceUnavailable:
    """It has sent pictures, and then something else."""
    return SourceUnavailable(f"{url} has sent pictures, then garbage: {error}", "Restart the camera.")


def led_astray(url: CameraUrl) -> NotSpoken:
    """It redirects in a circle, or to what is no camera."""
    return NotSpoken(f"{url} redirects to where no camera is", "Give the camera's own address.")
