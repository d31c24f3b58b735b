"""One RTSP connection: bytes in, answers and packets out."""

import asyncio
from collections.abc import Callable

from nigoh.testing.farm.dialog import Dialog, Reception
from nigoh.testing.farm.faults import FaultKind
from nigoh.testing.farm.messages import NotRtsp, Request, Response, Transport, next_request
from nigoh.testing.farm.wires import DatagramPorts, DatagramWire, InterleavedWire, Wire


class Connection(asyncio.Protocol):
    """Owns one viewer's socket. `connections` holds it from its beginning to its end."""

    def __init__(
        self,
        reception: Reception,
        ports: DatagramPorts,
        connections: "set[Connection]",
        on_play: Callable[["Connection"], None],
    ) -> None:
        self.dialog = Dialog(reception, self._open_wire)
        self.heard_s = reception.clock()
        self.datagrams: DatagramWire | None = None
        self._reception, self._ports, self._connections = reception, ports, connections
        self._on_play = on_play
        self._received = bytearray()
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("RTSP runs over a stream")
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """End, for whatever reason."""
        del exc
        self._connections.discard(self)
        self.dialog.leave()

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self.heard_s = self._reception.clock()
        self._received += data
        try:
            while not self._transport.is_closing() and (request := next_request(self._received)) is not None:
                self._answer(request)
        except NotRtsp:
            self._transport.write(Response(400).encoded("0"))
            self._transport.close()

    def cut(self) -> None:
        """End at once, without a word."""
        self._transport.abort()

    def _answer(self, request: Request) -> None:
        response = self.dialog.answer(request)
        camera = self.dialog.camera
        if camera is not None and camera.faults.has(FaultKind.REFUSE, self.heard_s):
            self.cut()
            return
        if camera is not None and camera.faults.has(FaultKind.HANG, self.heard_s):
            return
        self._transport.write(response.encoded(request.headers.get("cseq", "0")))
        if self.dialog.ended:
            self._transport.close()
        elif request.method == "PLAY":
            self._on_play(self)

    def _open_wire(self, transport: Transport) -> Wire:
        if transport.interleaved:
            return InterleavedWire(self._transport, transport.numbers)
        # To where the request came from, whatever it says: nobody can have packets sent to somebody else.
        self.datagrams = DatagramWire(self._ports, self._transport.get_extra_info("peername")[0], transport.numbers)
        return self.datagrams
