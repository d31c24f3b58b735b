"""How packets travel: the Transport header of RTSP (RFC 2326, 12.39), and ports for datagrams."""

import re
import socket
from dataclasses import dataclass

from nigoh.video.rtsp.errors import ProtocolError

OVER_TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"

_TRIES = 50
_RECEIVE_BUFFER_BYTES = 1 << 20
"""A keyframe of a 4K camera comes in one burst of half a MiB; what the system grants may be less."""


@dataclass(frozen=True, slots=True)
class AgreedTransport:
    """What the camera agreed to.

    Attributes:
        channels: of media and of control frames on the RTSP connection, or None for datagrams.
        server_ports: the camera's ports for media and control, or None if it does not say.
    """

    channels: tuple[int, int] | None
    server_ports: tuple[int, int] | None


def parse_transport(header: str) -> AgreedTransport:
    """The camera's Transport header.

    Raises:
        ProtocolError: it sends to a group of viewers, which nobody asked for, or the header makes no sense.
    """
    fields = [field.strip().lower() for field in header.partition(",")[0].split(";")]
    if "multicast" in fields:
        raise ProtocolError("the camera sends to a multicast group only")
    if fields[0] == "rtp/avp/tcp":
        return AgreedTransport(_pair(fields, "interleaved", most=255) or (0, 1), None)
    if fields[0] in ("rtp/avp", "rtp/avp/udp"):
        return AgreedTransport(None, _pair(fields, "server_port", most=65_535))
    raise ProtocolError("the camera answers with a transport that nobody asked for")


def _pair(fields: list[str], name: str, most: int) -> tuple[int, int] | None:
    found = next((match for field in fields if (match := re.fullmatch(rf"{name}=(\d+)(?:-(\d+))?", field))), None)
    if found is None:
        return None
    first = int(found[1])
    second = int(found[2]) if found[2] else first + 1
    if not (0 <= first <= most and 0 <= second <= most):
        raise ProtocolError(f"the camera names {name} {first}-{second}")
    return first, second


@dataclass(frozen=True, slots=True)
class PortPair:
    """Two open sockets on neighbouring ports, the even one for media. `close` gives them back."""

    media: socket.socket
    control: socket.socket

    @property
    def offer(self) -> str:
        """The Transport header that asks for datagrams to these ports."""
        port = int(self.media.getsockname()[1])
        return f"RTP/AVP;unicast;client_port={port}-{port + 1}"

    def close(self) -> None:
        """Close both."""
        self.media.close()
        self.control.close()


def open_port_pair(local_address: str, family: int) -> PortPair:
    """A free pair of ports on the local address that the camera is reached from.

    Raises:
        OSError: no pair is free.
    """
    for _ in range(_TRIES):
        media = _bound(local_address, family, 0)
        port = media.getsockname()[1]
        if port % 2 == 0:
            try:
                return PortPair(media, _bound(local_address, family, port + 1))
            except OSError:
                # Its neighbour is taken: try another pair.
                media.close()
                continue
        media.close()
    raise OSError(f"no pair of neighbouring ports is free on {local_address}")


def _bound(address: str, family: int, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        made.settimeout(0)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made
