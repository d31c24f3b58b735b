"""One camera from its address to its pictures (RFC 2326): describe, set up, play, stay alive, tear down."""

import asyncio
import re
import struct
import time
from collections.abc import Callable

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import NigohError, SourceError
from nigoh.outbound import Purpose
from nigoh.outbound.connecting import approve
from nigoh.video.access_unit import Assemble
from nigoh.video.rtsp.connection import RtspConnection
from nigoh.video.rtsp.datagrams import DatagramReceiver
from nigoh.video.rtsp.dialogue import Dialogue
from nigoh.video.rtsp.endpoint import Endpoint, endpoint_of, redirected
from nigoh.video.rtsp.errors import ProtocolError
from nigoh.video.rtsp.failures import (
    barred,
    broken_off,
    derailed,
    led_astray,
    mute,
    not_spoken,
    pictureless,
    refused,
    unreachable,
)
from nigoh.video.rtsp.media_stream import MediaStream
from nigoh.video.rtsp.messages import Response
from nigoh.video.rtsp.receive_buffer import ReceiveBuffer
from nigoh.video.rtsp.reception import ReceptionOptions, UnitSink
from nigoh.video.rtsp.session_description import VideoTrack, parse_description
from nigoh.video.rtsp.transport import OVER_TCP, AgreedTransport, open_port_pair, parse_transport

MOST_REDIRECTIONS = 3

_OK = 200
_REDIRECTIONS = {301, 302, 303, 305, 307, 308}
_DEFAULT_TIMEOUT_S = 60.0
_LONGEST_QUIET_S = 30.0
"""Signs of life come at half the session's time-out, and at least so often: routers forget idle connections."""

_LEAVE_S = 0.5
"""How long the camera may take to confirm that it is left. It must be told, or it may send datagrams on."""


class CameraSession:
    """One connection to one camera. Its owner: the event loop's thread; `stream` may be read by any.

    Attributes:
        stream: what comes, once the camera has been set up.
    """

    def __init__(self, url: CameraUrl, options: ReceptionOptions, sink: UnitSink, buffer: ReceiveBuffer) -> None:
        """Set it up; `run` does the rest."""
        self.stream: MediaStream | None = None
        self._assemble = Assemble.ALL
        self._url = url
        self._options = options
        self._sink = sink
        self._buffer = buffer
        self._loop = asyncio.get_running_loop()
        self._connection: RtspConnection | None = None
        self._dialogue: Dialogue | None = None
        self._datagrams: DatagramReceiver | None = None
        self._agreed = AgreedTransport((0, 1), None)
        self._media_channel, self._control_channel = 0, 1
        self._stay_alive_by = "OPTIONS"
        self._session_url = ""
        self._quiet_s = _LONGEST_QUIET_S
        self._sign_of_life: asyncio.Task[None] | None = None

    def choose(self, assemble: Assemble) -> None:
        """Which pictures are put together from now on."""
        self._assemble = assemble
        if self.stream is not None:
            self.stream.assemble = assemble

    async def run(self, on_playing: Callable[[], None]) -> None:
        """Receive until it is over.

        Args:
            on_playing: called once, when the camera has agreed to all that was asked of it.

        Raises:
            SourceError, NotSpoken, SourceUnavailable: why it is over.
        """
        try:
            await self._open()
            on_playing()
            await self._attend()
        finally:
            await self._leave()

    async def _open(self) -> None:
        failure: NigohError
        try:
            async with asyncio.timeout(self._options.open_timeout_s):
                await self._play(await self._set_up(await self._describe()))
        except TimeoutError:
            failure = mute(self._url, self._options.transport)
        except ProtocolError as error:
            failure = not_spoken(self._url, error)
        except OSError as error:
            failure = unreachable(self._url, error)
        else:
            return
        raise failure

    async def _describe(self) -> VideoTrack:
        endpoint = self._endpoint()
        for _ in range(1 + MOST_REDIRECTIONS):
            dialogue = await self._connect(endpoint)
            options = await dialogue.ask("OPTIONS", endpoint.url)
            if "GET_PARAMETER" in (options.headers.get("Public") or "").upper():
                self._stay_alive_by = "GET_PARAMETER"
            answer = await dialogue.ask("DESCRIBE", endpoint.url, [("Accept", "application/sdp")])
            if answer.status not in _REDIRECTIONS:
                self._require(answer)
                base = answer.headers.get("Content-Base") or answer.headers.get("Content-Location") or endpoint.url
                return parse_description(answer.body.decode("utf-8", errors="replace"), base)
            next_endpoint = redirected(endpoint, answer.headers.get("Location") or "")
            if next_endpoint is None:
                break
            endpoint = next_endpoint
        raise led_astray(self._url)

    def _endpoint(self) -> Endpoint:
        try:
            return endpoint_of(self._url)
        except ValueError as error:
            raise SourceError(str(error), "Write it like rtsp://10.0.0.5/stream.") from None

    async def _connect(self, endpoint: Endpoint) -> Dialogue:
        if self._connection is not None:
            self._connection.end()
        self._connection = await self._reach(endpoint)
        self._dialogue = Dialogue(self._connection, endpoint)
        return self._dialogue

    async def _reach(self, endpoint: Endpoint) -> RtspConnection:
        """A connection to the first of the approved addresses that answers."""
        try:
            approved = await approve(self._options.gate, endpoint.host, endpoint.port, Purpose.CAMERA)
        except NigohError as error:
            raise barred(self._url, error) from error
        *others, last = approved.addresses
        for address in others:
            try:
                return await self._connect_to(address, endpoint.port)
            except OSError:
                continue
        return await self._connect_to(last, endpoint.port)

    async def _connect_to(self, address: str, port: int) -> RtspConnection:
        _, made = await self._loop.create_connection(
            lambda: RtspConnection(self._buffer, self._take_frame), address, port
        )
        return made

    async def _set_up(self, track: VideoTrack) -> VideoTrack:
        connection, dialogue = self._required()
        offer = OVER_TCP
        if self._options.transport == "udp":
            ports = open_port_pair(connection.local_address, connection.family)
            self._datagrams = DatagramReceiver(ports, connection.peer_address, self._buffer, connection.end)
            offer = ports.offer
        answer = await dialogue.ask("SETUP", track.control_url, [("Transport", offer)])
        self._require(answer)
        dialogue.session, timeout_s = _parse_session(answer.headers.get("Session") or "")
        self._quiet_s = min(timeout_s / 2, _LONGEST_QUIET_S)
        self._agreed = parse_transport(answer.headers.get("Transport") or offer)
        if (self._agreed.channels is None) != (self._datagrams is not None):
            raise ProtocolError(f"the camera does not send over {self._options.transport} as asked")
        if self._agreed.channels is not None:
            self._media_channel, self._control_channel = self._agreed.channels
        return track

    async def _play(self, track: VideoTrack) -> None:
        _, dialogue = self._required()
        self.stream = MediaStream(track, self._sink.put, time.monotonic, reorder=self._datagrams is not None)
        self.stream.assemble = self._assemble
        self._session_url = track.session_url
        # Pictures may come together with the answer: whoever takes them is to know before.
        self._sink.opened(track)
        if self._datagrams is not None:
            self._datagrams.start(self.stream.take_packet, self._take_control)
            if self._agreed.server_ports is not None:
                self._datagrams.open_the_way(self._agreed.server_ports, _EMPTY_REPORT)
        self._require(await dialogue.ask("PLAY", track.session_url, [("Range", "npt=0.000-")]))
        self.stream.last_packet_s = time.monotonic()

    async def _attend(self) -> None:
        """Give signs of life, until the camera falls silent or the connection ends."""
        connection, _ = self._required()
        stream = self.stream
        if stream is None:
            raise RuntimeError("a camera is attended once it plays")
        sign_due_s = time.monotonic() + self._quiet_s
        while not connection.ended.done():
            now_s = time.monotonic()
            silent_s = stream.last_packet_s + self._options.read_timeout_s
            if now_s >= silent_s:
                nothing_came = stream.counts.packets == 0
                raise pictureless(self._url, self._options.transport) if nothing_came else broken_off(self._url)
            if now_s >= sign_due_s:
                sign_due_s = now_s + self._quiet_s
                self._give_sign_of_life()
            await asyncio.wait([connection.ended], timeout=min(silent_s, sign_due_s) - now_s)
        reason = connection.ended.result()
        if isinstance(reason, ProtocolError):
            raise not_spoken(self._url, reason) if not stream.counts.units else derailed(self._url, reason)
        raise broken_off(self._url)

    def _give_sign_of_life(self) -> None:
        if self._datagrams is not None and self._agreed.server_ports is not None:
            self._datagrams.report(self._agreed.server_ports[1], _EMPTY_REPORT)
        # A camera that has not answered the last one gets no other: its silence ends the session by itself.
        if self._sign_of_life is None or self._sign_of_life.done():
            self._sign_of_life = self._loop.create_task(self._ask_for_a_sign())

    async def _ask_for_a_sign(self) -> None:
        connection, dialogue = self._required()
        try:
            answer = await dialogue.ask(self._stay_alive_by, self._session_url)
        except (ConnectionError, ProtocolError):
            # The connection is over: whoever attends it sees that by itself.
            return
        if answer.status == 454:
            connection.end(ConnectionResetError("the camera has ended the session"))

    async def _leave(self) -> None:
        if self._sign_of_life is not None:
            self._sign_of_life.cancel()
        connection, dialogue = self._connection, self._dialogue
        try:
            if dialogue is not None and dialogue.session is not None and not self._is_cut_off():
                async with asyncio.timeout(_LEAVE_S):
                    await dialogue.ask("TEARDOWN", self._session_url)
        except (OSError, ProtocolError):
            # It is left anyhow; TimeoutError is an OSError.
            pass
        finally:
            # Whoever is in a hurry may cancel even this.
            if connection is not None:
                connection.end()
            if self._datagrams is not None:
                self._datagrams.close()

    def _is_cut_off(self) -> bool:
        return self._connection is None or self._connection.ended.done()

    def _take_frame(self, channel: int, data: memoryview, start: int, end: int) -> None:
        if self.stream is None:
            return
        if channel == self._media_channel:
            self.stream.take_packet(data, start, end)
        elif channel == self._control_channel:
            self._take_control(data, start, end)

    def _take_control(self, data: memoryview, start: int, end: int) -> None:
        if self.stream is not None:
            self.stream.take_control(data, start, end)
            if self.stream.said_goodbye and self._connection is not None:
                self._connection.end()

    def _require(self, answer: Response) -> None:
        if answer.status != _OK:
            raise refused(self._url, answer, self._options.transport)

    def _required(self) -> tuple[RtspConnection, Dialogue]:
        if self._connection is None or self._dialogue is None:
            raise RuntimeError("a camera is asked once it is connected")
        return self._connection, self._dialogue


def _parse_session(header: str) -> tuple[str | None, float]:
    """The session's name, and after how many seconds without a sign of life the camera ends it."""
    name, _, parameters = header.partition(";")
    stated = re.search(r"timeout\s*=\s*(\d{1,5})", parameters)
    timeout_s = float(stated[1]) if stated else _DEFAULT_TIMEOUT_S
    return name.strip() or None, max(timeout_s, 1.0)


_EMPTY_REPORT = struct.pack("!BBHI", 0x80, 201, 1, 1)
