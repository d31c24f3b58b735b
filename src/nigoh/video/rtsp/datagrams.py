"""Media that comes in datagrams, on an event loop."""

import asyncio
import socket
import struct
from collections.abc import Callable

from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.receive_buffer import ReceiveBuffer
from nigoh.video.rtsp.transport import PortPair

PacketHandler = Callable[[memoryview, int, int], None]
"""Takes a packet: the bytes, where it begins and ends. The bytes are overwritten once it returns."""

_MOST_AT_ONCE = 64
"""Datagrams that are read before the other cameras have their turn."""

_EMPTY_PACKET = struct.pack("!BBHII", 0x80, 0, 0, 0, 0)


class DatagramReceiver:
    """Reads a pair of ports. Its owner: the event loop's thread. `close` gives the ports back."""

    def __init__(
        self, ports: PortPair, camera_address: str, buffer: ReceiveBuffer, on_error: Callable[[ProtocolError], None]
    ) -> None:
        """Set it up; `start` begins.

        Args:
            ports: where the camera sends to.
            camera_address: the camera's; what others send is passed over.
            buffer: what is received into.
            on_error: told when a handler refuses what came.
        """
        self._ports = ports
        self._camera_address = camera_address
        self._memory = buffer.memory
        self._on_error = on_error
        self._loop = asyncio.get_running_loop()

    def start(self, on_media: PacketHandler, on_control: PacketHandler) -> None:
        """Hand on what comes from now on."""
        self._loop.add_reader(self._ports.media, self._drain, self._ports.media, on_media)
        self._loop.add_reader(self._ports.control, self._drain, self._ports.control, on_control)

    def open_the_way(self, server_ports: tuple[int, int], report: bytes) -> None:
        """Send something to the camera's ports, so that firewalls on the way let its datagrams in."""
        for sock, port, payload in zip(
            (self._ports.media, self._ports.control), server_ports, (_EMPTY_PACKET, report), strict=True
        ):
            self._send(sock, payload, port)

    def report(self, port: int, report: bytes) -> None:
        """Send a control packet to the camera's port."""
        self._send(self._ports.control, report, port)

    def close(self) -> None:
        """Stop reading and close the ports."""
        for sock in (self._ports.media, self._ports.control):
            self._loop.remove_reader(sock)
        self._ports.close()

    def _send(self, sock: socket.socket, payload: bytes, port: int) -> None:
        try:
            sock.sendto(payload, (self._camera_address, port))
        except OSError:
            # Nobody waits for it: a camera that is gone is noticed by its silence.
            return

    def _drain(self, sock: socket.socket, handle: PacketHandler) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                size, sender = sock.recvfrom_into(self._memory)
            except OSError:
                # Nothing is left; or the camera's system says that its port is closed, which its silence will show.
                return
            if sender[0] != self._camera_address:
                continue
            try:
                handle(self._memory, 0, size)
            except ProtocolError as error:
                self._on_error(error)
                return
