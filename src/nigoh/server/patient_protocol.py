"""Connections that do not wait for slow clients for ever: what uvicorn leaves open, closed in time."""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import h11
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


@dataclass(frozen=True, slots=True)
class Patience:
    """How long clients are waited for.

    Attributes:
        headers_s: for the head of a request, from the connection or from its first byte on.
        keep_alive_s: for the next request on a connection, whole seconds.
        stall_s: for a client to take anything of what it is sent.
        most_connections: more are closed as they come.
    """

    headers_s: float = 10.0
    keep_alive_s: int = 5
    stall_s: float = 30.0
    most_connections: int = 1_000


class _Stall:
    """Ends a connection whose client takes nothing any more."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, transport: asyncio.Transport) -> None:
        self.end()
        self._timer = asyncio.get_running_loop().call_later(self._patience_s, transport.abort)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class PatientHttp(H11Protocol):
    """HTTP/1.1 of uvicorn, with an end to the wait for a request's head and for a client that reads nothing."""

    patience: ClassVar[Patience] = Patience()

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on as they are
        super().__init__(*arguments, **named)
        self._stall = _Stall(self.patience.stall_s)
        self._head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client comes; one too many is sent away."""
        super().connection_made(cast("asyncio.Transport", transport))
        if len(self.connections) > self.patience.most_connections:
            transport.close()
            return
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Read on; once a head is whole its clock stops, and that of the next one begins."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_head()
        elif self._head is None and not self.transport.is_closing():
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_head()
        self._stall.end()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Leave the connection to the WebSocket's protocol."""
        self._stop_head()
        self._stall.end()
        super().handle_websocket_upgrade(event)

    def pause_writing(self) -> None:
        """The client does not keep up."""
        super().pause_writing()
        self._stall.begin(self.transport)

    def resume_writing(self) -> None:
        """The client has taken something."""
        super().resume_writing()
        self._stall.end()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self.patience.headers_s, self.transport.abort)

    def _stop_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None


class PatientWebSocket(WebSocketsSansIOProtocol):
    """WebSockets of uvicorn, with an end to the wait for a client that reads nothing."""

    patience: ClassVar[Patience] = Patience()

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401 - handed on as they are
        super().__init__(*arguments, **named)
        self._stall = _Stall(self.patience.stall_s)

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; one that ends a refusal ends the handshake, which uvicorn else complains of."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            self.handshake_complete = True

    def pause_writing(self) -> None:
        """The client does not keep up."""
        super().pause_writing()
        self._stall.begin(self.transport)

    def resume_writing(self) -> None:
        """The client has taken something."""
        super().resume_writing()
        self._stall.end()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stall.end()
        super().connection_lost(exc)


def patient_protocols(patience: Patience) -> tuple[type[PatientHttp], type[PatientWebSocket]]:
    """The protocols with this patience; uvicorn makes their instances, so it is theirs by class."""
    http = type("PatientHttp", (PatientHttp,), {"patience": patience})
    websocket = type("PatientWebSocket", (PatientWebSocket,), {"patience": patience})
    return http, websocket
