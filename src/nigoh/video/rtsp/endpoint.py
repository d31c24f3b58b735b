"""Where a camera is, and who asks: its URL taken apart for the connection."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

from nigoh.domain.camera_url import CameraUrl

DEFAULT_PORT = 554


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A camera's address for the connection. Its repr shows no credentials.

    Attributes:
        host: name or address, IPv6 without brackets.
        port: TCP port.
        url: what requests name: without user and password, which travel in headers alone.
        user: decoded, "" if there is none.
        password: decoded.
    """

    host: str
    port: int
    url: str = field(repr=False)  # its query may hold a token
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


def endpoint_of(url: CameraUrl) -> Endpoint:
    """The address taken apart.

    Raises:
        ValueError: it has no host, or a port that is none. The text holds no credentials.
    """
    try:
        parts = urlsplit(url.reveal())
        return _endpoint(parts, unquote(parts.username or ""), unquote(parts.password or ""))
    except ValueError:
        pass
    # Outside the handler: what Python says names the address with its password.
    raise ValueError(f"{url} has no host, or no number for its port")


def redirected(origin: Endpoint, location: str) -> Endpoint | None:
    """Where a camera sends its viewer, or None if that cannot be meant.

    User and password go along to the same host only, whatever its port: anybody on another host could otherwise have
    them by being named in a redirection. What the new address itself holds is used there.
    """
    try:
        parts = urlsplit(location.strip())
        if parts.scheme.lower() != "rtsp":
            return None
        if parts.username is not None:
            return _endpoint(parts, unquote(parts.username), unquote(parts.password or ""))
        same = (parts.hostname or "") == origin.host
        return _endpoint(parts, origin.user if same else "", origin.password if same else "")
    except ValueError:
        return None


def _endpoint(parts: SplitResult, user: str, password: str) -> Endpoint:
    if not parts.hostname:
        raise ValueError("an address names a host")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    return Endpoint(parts.hostname, parts.port or DEFAULT_PORT, urlunsplit(bare), user, password)
