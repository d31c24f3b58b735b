"""One RTSP connection on an event loop: requests, answers and media frames."""

import asyncio
import re
from collections.abc import Iterable

from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.interleaving import FrameHandler, InterleavedReader
from nigoh.video.rtsp.messages import Request, Response, encode_request, encode_response
from nigoh.video.rtsp.receive_buffer import ReceiveBuffer

_NUMBER = re.compile(r"[0-9]{1,9}")

_ANSWERED = {"OPTIONS", "GET_PARAMETER", "SET_PARAMETER"}
"""What cameras ask of their viewers, to see that they are still there."""


class RtspConnection(asyncio.BufferedProtocol):
    """Sends requests and matches answers to them; hands media frames on. Its owner: the event loop's thread.

    Attributes:
        ended: done once the connection is over: holds None, or the ProtocolError or OSError that ended it.
        local_address: of this end, for datagrams; "" before there is a connection.
        peer_address: of the camera's.
    """

    def __init__(self, buffer: ReceiveBuffer, on_frame: FrameHandler) -> None:
        self.ended: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.local_address = ""
        self.peer_address = ""
        self.family = 0
        self._memory = buffer.memory
        self._rest = b""
        self._reader = InterleavedReader(on_frame, self._take_message)
        self._transport: asyncio.Transport | None = None
        self._waiting: dict[int, asyncio.Future[Response]] = {}
        self._number = 0

    async def request(self, method: str, url: str, headers: Iterable[tuple[str, str]]) -> Response:
        """Ask and wait for the answer. Whoever asks sets the time limit.

        Raises:
            ConnectionError: the connection is over.
            ProtocolError: the camera broke the protocol, and the connection with it.
        """
        if self._transport is None or self.ended.done():
            raise self._reason()
        self._number += 1
        number = self._number
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._transport.write(encode_request(method, url, [("CSeq", str(number)), *headers]))
            return await answer
        finally:
            self._waiting.pop(number, None)

    def send_frame(self, channel: int, payload: bytes) -> None:
        """Send a media or control frame."""
        if self._transport is not None and not self.ended.done():
            self._transport.write(b"$" + bytes((channel,)) + len(payload).to_bytes(2, "big") + payload)

    def end(self, reason: Exception | None = None) -> None:
        """End it at once. Ending it again does no harm."""
        if not self.ended.done():
            self.ended.set_result(reason)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(self._reason())
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("an RTSP connection runs over TCP")
        self._transport = transport
        self.local_address = str(transport.get_extra_info("sockname")[0])
        self.peer_address = str(transport.get_extra_info("peername")[0])
        self.family = int(transport.get_extra_info("socket").family)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Called by the event loop: where to put what comes, behind what was left over."""
        del sizehint
        self._memory[: len(self._rest)] = self._rest
        return self._memory[len(self._rest) :]

    def buffer_updated(self, nbytes: int) -> None:
        """Called by the event loop."""
        data = self._memory[: len(self._rest) + nbytes]
        try:
            self._rest = bytes(data[self._reader.read(data) :])
        except ProtocolError as error:
            self.end(error)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the event loop."""
        self.end(exc)

    def _reason(self) -> Exception:
        reason = self.ended.result() if self.ended.done() else None
        return reason if reason is not None else ConnectionResetError("the camera has closed the connection")

    def _take_message(self, message: Response | Request) -> None:
        number = message.headers.get("CSeq") or ""
        if isinstance(message, Request):
            status, reason = (200, "OK") if message.method in _ANSWERED else (501, "Not Implemented")
            if self._transport is not None and _NUMBER.fullmatch(number):
                self._transport.write(encode_response(status, reason, [("CSeq", number)]))
            return
        # Some cameras forget the number: then it answers what was asked first.
        asked = int(number) if _NUMBER.fullmatch(number) else min(self._waiting, default=0)
        answer = self._waiting.get(asked)
        if answer is not None and not answer.done():
            answer.set_result(message)
