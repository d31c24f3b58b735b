"""A guard over the sockets of a whole process, so that no library gets past the gate.

It is an audit hook of Python (PEP 578): it is asked before a socket connects or sends and before a name is resolved,
whoever does so, and it can never be taken out again. Code in C that opens sockets by itself is not seen: FFmpeg,
whose addresses the gate checks before it is given them, and the driver of PostgreSQL, whose address you write. Only
the system stops a program that was made to break out: see docs/privacy.md.
"""

import errno
import logging
import socket
import sys
import threading
from collections.abc import Callable
from ipaddress import ip_address

from nigoh.outbound.address_reach import Reach, reach_of
from nigoh.outbound.gate import Outbound
from nigoh.outbound.host_name import as_address, plain_host
from nigoh.outbound.policy import Listing

_log = logging.getLogger(__name__)

_MOST_TOLD = 1024
_CONNECTIONS = {"socket.connect": False, "socket.sendto": True, "socket.sendmsg": True}
"""What connects or sends, and whether it sends a datagram by itself."""

_LOOK_UPS = {"socket.getaddrinfo", "socket.gethostbyname"}
_OURS = {"", "localhost", "ip6-localhost", "localhost.localdomain"}


def install_guard(gate: Outbound) -> "Guard":
    """Hold this process to what the gate allows, from now until it ends."""
    guard = Guard(gate)
    sys.addaudithook(guard)
    return guard


class Guard:
    """Refuses, with PermissionError, what the gate's policy does not allow.

    Allowed are: this machine itself, what the gate has approved lately, and what is on the list by name or address.
    Called by any thread.

    Attributes:
        refused: how often it has refused.
    """

    def __init__(self, gate: Outbound, resolve: Callable[[str], list[str]] | None = None) -> None:
        self.refused = 0
        self._gate = gate
        self._resolve = resolve or _resolve
        self._own = threading.local()
        self._told: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Asked by Python before everything that it audits. Raises PermissionError."""
        if event in _CONNECTIONS:
            self._judge_connection(arguments, datagram=_CONNECTIONS[event])
        elif event in _LOOK_UPS:
            self._judge_name(arguments[0])

    def _judge_connection(self, arguments: tuple[object, ...], *, datagram: bool) -> None:
        sock, target = arguments[0], arguments[-1]
        if getattr(sock, "family", None) not in {socket.AF_INET, socket.AF_INET6} or not isinstance(target, tuple):
            return
        host, port = _text(target[0]), int(target[1])
        if not self._may_connect(host, port, datagram=datagram):
            self._refuse(f"{host}:{port}")

    def _may_connect(self, host: str, port: int, *, datagram: bool) -> bool:
        try:
            address = as_address(plain_host(host)) if host not in _OURS else None
        except ValueError:
            return False
        if address is None:
            # A name, which the socket resolves by itself to an address that nobody sees.
            return host in _OURS or self._gate.policy.listing(host.lower(), port) is Listing.EXACT
        if reach_of(address) is Reach.LOOPBACK:
            return True
        # Datagrams of a camera go to other ports than the one that was asked for.
        if self._gate.has_approved(str(address), None if datagram else port):
            return True
        return any(each.lists_address(address, port) for each in self._gate.policy.allowed) and (
            reach_of(address) is not Reach.NEVER
        )

    def _judge_name(self, given: object) -> None:
        if given is None or getattr(self._own, "asks", False):
            return
        try:
            name = plain_host(_text(given)) if _text(given) not in _OURS else "localhost"
        except ValueError:
            self._refuse(ascii(given)[:80])
            return
        if name in _OURS or as_address(name) is not None or self._gate.is_asking_for(name):
            return
        if name == socket.gethostname().lower():
            return
        if self._gate.policy.listing(name, None) is Listing.NONE:
            self._refuse(name)
        self._approve_listed(name)

    def _approve_listed(self, name: str) -> None:
        """Have a library connect to the listed name that it is about to resolve."""
        self._own.asks = True
        try:
            found = self._resolve(name)
        except OSError:
            # The library finds that out too, and says so.
            return
        finally:
            self._own.asks = False
        policy = self._gate.policy
        for each in policy.allowed:
            if each.lists_name(name, None) is not Listing.NONE:
                fine = [a for a in found if not policy.why_not_address(ip_address(a), name, each.port, None)]
                self._gate.approve(fine, each.port)

    def _refuse(self, target: str) -> None:
        with self._lock:
            self.refused += 1
            told = target in self._told or len(self._told) >= _MOST_TOLD
            if not told:
                self._told.add(target)
        if not told:
            _log.warning("refused a connection to %s: it is not on the list of allowed hosts of [network]", target)
        raise PermissionError(errno.EPERM, f"{target} is not on the list of allowed hosts of [network] in nigoh.toml")


def _resolve(name: str) -> list[str]:
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [plain_host(str(place[0])) for *_, place in found if "%" not in str(place[0])]


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, (bytes, bytearray)) else str(host)
