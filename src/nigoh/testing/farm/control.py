"""The farm's control port: a JSON object a line, on 127.0.0.1 alone, and an answer for each.

{"order": "fault", "kind": "freeze", "camera": 3, "seconds": 5}    {}
{"order": "clear"}                                                {}
{"order": "status"}                                               {"status": {"cameras": 200, ...}}
{"order": "fault", "kind": "frost"}                               {"error": "..."}
"""

import asyncio
import socket
from typing import Literal

import msgspec

from nigoh.errors import ConfigError, NigohError, SourceUnavailable
from nigoh.testing.farm.faults import Fault, FaultKind
from nigoh.testing.farm.server import FarmServer
from nigoh.testing.farm.status import FarmStatus

_LOCALHOST = "127.0.0.1"
_MOST_BYTES = 65_536
_PATIENCE_S = 10.0


class Order(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """What is asked for: a fault, that all be well again, or the counters. `camera` None means all."""

    order: Literal["fault", "clear", "status"]
    kind: FaultKind | None = None
    camera: int | None = None
    value: float | None = None
    seconds: float | None = None


class _Answer(msgspec.Struct, omit_defaults=True):
    status: FarmStatus | None = None
    error: str | None = None


class ControlPort:
    """Owns the port. Lives in the farm's event loop."""

    def __init__(self, server: FarmServer) -> None:
        self._server = server
        self._listener: asyncio.Server

    async def open(self, port: int) -> int:
        """Listen; the port's number. Raises ConfigError when it is taken."""
        try:
            self._listener = await asyncio.start_server(self._serve, _LOCALHOST, port, limit=_MOST_BYTES)
        except OSError as error:
            raise ConfigError(
                f"control port {port} cannot be listened on: {error.strerror or error}", "Choose another port."
            ) from error
        return int(self._listener.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(msgspec.json.encode(await self._obey(line)) + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            # Whoever asked has left, or sends a line without an end: there is nobody to answer.
            return
        finally:
            writer.close()

    async def _obey(self, line: bytes) -> _Answer:
        try:
            return await self._carry_out(msgspec.json.decode(line, type=Order))
        except msgspec.DecodeError as error:
            return _Answer(error=f"that is no order: {error}")
        except NigohError as error:
            return _Answer(error=str(error))

    async def _carry_out(self, order: Order) -> _Answer:
        if order.order == "status":
            return _Answer(status=self._server.status())
        if order.order == "clear":
            await self._server.clear(order.camera)
        elif order.kind is None:
            return _Answer(error="a fault has a kind")
        else:
            await self._server.disturb(Fault(order.kind, order.camera, order.value, order.seconds))
        return _Answer()


def ask_farm(port: int, order: Order) -> FarmStatus | None:
    """Ask a running farm; the counters if they were asked for.

    Raises:
        SourceUnavailable: no farm answers on this control port.
        ConfigError: the farm refuses; the message says why.
    """
    unavailable = SourceUnavailable(f"no farm answers on control port {port}", "nigoh farm shows its control port.")
    try:
        with socket.create_connection((_LOCALHOST, port), timeout=_PATIENCE_S) as connection:
            connection.sendall(msgspec.json.encode(order) + b"\n")
            with connection.makefile("rb") as lines:
                answer = msgspec.json.decode(lines.readline(_MOST_BYTES), type=_Answer)
    except (OSError, msgspec.DecodeError, OverflowError) as error:
        raise unavailable from error
    if answer.error is not None:
        raise ConfigError(answer.error)
    return answer.status
