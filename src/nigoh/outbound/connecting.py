"""Connects through the gate: to the addresses that it approved, without resolving again."""

import asyncio
import http.client
import socket
import ssl
import urllib.request
from collections.abc import Callable, Mapping

from nigoh.outbound.gate import Approved, Outbound
from nigoh.outbound.policy import Purpose


async def approve(gate: Outbound, host: str, port: int, purpose: Purpose) -> Approved:
    """Ask the gate from an event loop, which does not wait while a name is looked up. Raises as `Outbound.check`."""
    if gate.knows_by_heart(host):
        return gate.check(host, port, purpose)
    return await asyncio.get_running_loop().run_in_executor(None, gate.check, host, port, purpose)


def connect(gate: Outbound, host: str, port: int, purpose: Purpose, timeout_s: float | None) -> socket.socket:
    """A TCP connection, to the first address that answers; timeout_s holds for each, and for what is done with it.

    Raises:
        OutboundRefused: the gate does not allow it.
        SourceUnavailable: the name has no address now.
        OSError: nobody answers.
    """
    *others, last = gate.check(host, port, purpose).addresses
    for address in others:
        try:
            return socket.create_connection((address, port), timeout_s)
        except OSError:
            continue
    return socket.create_connection((last, port), timeout_s)


class HttpsThroughGate(urllib.request.HTTPSHandler):
    """Lets urllib open https addresses through the gate, every redirection and a proxy included."""

    def __init__(self, gate: Outbound, purpose: Purpose) -> None:
        super().__init__()
        self._gate = gate
        self._purpose = purpose

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Called by urllib. Raises as `connect` does, OSError as urllib.error.URLError."""
        return self.do_open(self._connection, req)

    def _connection(
        self,
        host: str,
        /,
        *,
        port: int | None = None,
        timeout: float = 30.0,
        source_address: tuple[str, int] | None = None,
        blocksize: int = 8192,
    ) -> "_CheckedConnection":
        del source_address, blocksize
        return _CheckedConnection(host, port, timeout_s=timeout, gate=self._gate, purpose=self._purpose)


class _CheckedConnection(http.client.HTTPSConnection):
    """Connects to what the gate approves; the certificate has to be the one of the host's name."""

    _create_connection: Callable[..., socket.socket]  # what http.client opens its socket with

    def __init__(self, host: str, port: int | None, *, timeout_s: float, gate: Outbound, purpose: Purpose) -> None:
        super().__init__(host, port, timeout=timeout_s, context=ssl.create_default_context())
        self._gate = gate
        self._purpose = purpose
        self._open_for = purpose
        self._create_connection = self._open

    def set_tunnel(self, host: str, port: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        """Called by urllib if there is a proxy, which resolves the host's name itself."""
        name, _, given = host.partition(":")
        self._gate.check_name(name, port or int(given or self.default_port), self._purpose)
        self._open_for = Purpose.PROXY
        super().set_tunnel(host, port, headers)

    def _open(self, address: tuple[str, int], timeout_s: float | None = None, *_: object) -> socket.socket:
        return connect(self._gate, address[0], address[1], self._open_for, timeout_s)
