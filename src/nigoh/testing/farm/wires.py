"""How packets reach a viewer: on RTSP's own connection, or as datagrams."""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Protocol

from nigoh.errors import ConfigError
from nigoh.testing.farm.rtp import interleaved

Bounds = Sequence[tuple[int, int]]

_MOST_WAITING_BYTES = 2_000_000
_PORT_ATTEMPTS = 100
_DATAGRAM_BYTES = 2048


class Wire(Protocol):
    """Carries one viewer's packets in order. Owned by the viewer; used in the farm's event loop alone."""

    @property
    def channel(self) -> int:
        """What stands in the prefix of each media packet."""
        ...

    @property
    def clogged(self) -> bool:
        """Whether so much waits to be sent that a camera would leave pictures out."""
        ...

    def send(self, data: bytes | bytearray, packets: Bounds) -> None:
        """Send packets with their prefixes; the bounds leave the prefixes out."""
        ...

    def report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        ...


class InterleavedWire:
    """Packets between the answers of an RTSP connection."""

    def __init__(self, transport: asyncio.Transport, channels: tuple[int, int]) -> None:
        self._transport = transport
        self.channel, self._report_channel = channels

    @property
    def clogged(self) -> bool:
        """Whether the viewer reads too slowly."""
        return self._transport.get_write_buffer_size() > _MOST_WAITING_BYTES

    def send(self, data: bytes | bytearray, packets: Bounds) -> None:
        """Send them all at once."""
        del packets
        if not self._transport.is_closing():
            self._transport.write(data)

    def report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        if not self._transport.is_closing():
            self._transport.write(interleaved(packet, self._report_channel))


class DatagramWire:
    """Packets to a viewer's UDP ports. What the system does not take at once is lost, as on any network."""

    channel = 0
    clogged = False

    def __init__(self, ports: "DatagramPorts", host: str, numbers: tuple[int, int]) -> None:
        self._ports = ports
        self._media, self._reports = (host, numbers[0]), (host, numbers[1])

    @property
    def reports_from(self) -> tuple[str, int]:
        """Where the viewer's own RTCP packets come from."""
        return self._reports

    def send(self, data: bytes | bytearray, packets: Bounds) -> None:
        """Send each by itself."""
        view = memoryview(data)
        for begin, end in packets:
            self._ports.send_media(view[begin:end], self._media)

    def report(self, packet: bytes) -> None:
        """Send an RTCP packet."""
        self._ports.send_report(packet, self._reports)


class DatagramPorts:
    """The farm's pair of UDP ports, an even one for media and the next for reports. Owns both sockets."""

    def __init__(self, host: str) -> None:
        """Bind them. Raises ConfigError when there is no free pair."""
        self._media, self._reports = _bind_pair(host)

    @property
    def numbers(self) -> tuple[int, int]:
        """The ports."""
        return self._media.getsockname()[1], self._reports.getsockname()[1]

    def listen(self, heard: Callable[[tuple[str, int]], None]) -> None:
        """Tell from now on, in the running event loop, from where a packet came in; what it says does not matter."""
        loop = asyncio.get_running_loop()
        for each in (self._media, self._reports):
            loop.add_reader(each, _receive, each, heard)

    def close(self) -> None:
        """Close both, in the event loop that listened."""
        loop = asyncio.get_running_loop()
        for each in (self._media, self._reports):
            loop.remove_reader(each)
            each.close()

    def send_media(self, packet: bytes | memoryview, to: tuple[str, int]) -> None:
        """Send one packet from the media port."""
        _send(self._media, packet, to)

    def send_report(self, packet: bytes, to: tuple[str, int]) -> None:
        """Send one packet from the port for reports."""
        _send(self._reports, packet, to)


def _send(port: socket.socket, packet: bytes | memoryview, to: tuple[str, int]) -> None:
    try:
        port.sendto(packet, to)
    except OSError:
        # The network is full, or the viewer is gone: a datagram is lost and its sender goes on.
        return


def _receive(port: socket.socket, heard: Callable[[tuple[str, int]], None]) -> None:
    try:
        _, sender = port.recvfrom(_DATAGRAM_BYTES)
    except OSError:
        # A viewer that closed its port answers with an error; nobody needs to know.
        return
    heard(sender)


def _bind_pair(host: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(_PORT_ATTEMPTS):
        media, reports = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        try:
            media.bind((host, 0))
            number = media.getsockname()[1]
            if number % 2 == 0:
                reports.bind((host, number + 1))
                media.settimeout(0)
                reports.settimeout(0)
                return media, reports
        except OSError:
            # The next port is taken by somebody; another pair may be free.
            pass
        media.close()
        reports.close()
    raise ConfigError(f"there is no free pair of UDP ports on {host}", "Give another --host.")
