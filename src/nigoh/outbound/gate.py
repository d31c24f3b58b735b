"""The gate: asks the policy, resolves a name once, and gives the addresses that may be connected to."""

import socket
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import TypeVar

from nigoh.errors import OutboundRefused, SourceUnavailable
from nigoh.outbound.host_name import as_address, plain_host
from nigoh.outbound.policy import FINAL, NOT_LISTED, OutboundPolicy, Purpose

_Key = TypeVar("_Key", str, tuple[str, int])

Resolve = Callable[[str, int], Sequence[str]]
"""Addresses of a name for a port, best first. Raises OSError."""

_MOST_REMEMBERED = 8192
"""More than the cameras of one process."""

_ANY = 0
"""Stands for any port."""

_NEXT_STEP = 'Add it to allowed of [network] in nigoh.toml if it is meant: allowed = ["{host}"].'


@dataclass(frozen=True, slots=True)
class Approved:
    """What may be connected to.

    Attributes:
        host: as it was asked for, in its one form: for TLS and for headers.
        port: as it was asked for.
        addresses: where to connect to, best first; never empty. The name is not resolved again.
    """

    host: str
    port: int
    addresses: tuple[str, ...]


class Outbound:
    """The gate of one process. Any thread may ask; asking waits for the name server where a name is given.

    It remembers what it has approved, for the guard (`nigoh.outbound.guard`) that watches over sockets.
    """

    def __init__(self, policy: OutboundPolicy | None = None, resolve: Resolve | None = None) -> None:
        self.policy = policy or OutboundPolicy()
        self._resolve = resolve or resolve_by_system
        self._lock = threading.Lock()
        self._names: OrderedDict[str, None] = OrderedDict()
        self._ports: OrderedDict[tuple[str, int], None] = OrderedDict()
        self._addresses: OrderedDict[str, None] = OrderedDict()

    def check(self, host: str, port: int, purpose: Purpose) -> Approved:
        """Whether this may be connected to, and at which addresses.

        Raises:
            OutboundRefused: it may not; says why.
            SourceUnavailable: the name has no address now.
        """
        name = _read(host)
        reason = self.policy.why_not_host(name, port, purpose)
        if reason:
            raise _refused(name, port, purpose, reason)
        found = [_one_form(each) for each in self._addresses_of(name, port)]
        reasons = {each: self.policy.why_not_address(ip_address(each), name, port, purpose) for each in found}
        allowed = tuple(each for each in found if not reasons[each])
        if not allowed:
            raise _refused(name, port, purpose, reasons[found[0]])
        self.approve(allowed, port)
        return Approved(name, port, allowed)

    def knows_by_heart(self, host: str) -> bool:
        """Whether `check` answers at once, as nothing has to be looked up."""
        try:
            return as_address(plain_host(host)) is not None
        except ValueError:
            return True

    def check_name(self, host: str, port: int, purpose: Purpose) -> None:
        """Whether a host may be meant, without asking for its addresses: somebody else, a proxy, connects to it.

        Raises:
            OutboundRefused: it may not; says why.
        """
        name = _read(host)
        address = as_address(name)
        if address is not None:
            reason = self.policy.why_not_address(address, name, port, purpose)
        elif self.policy.is_closed_to(name, port, purpose):
            reason = NOT_LISTED
        else:
            reason = self.policy.why_not_host(name, port, purpose)
        if reason:
            raise _refused(name, port, purpose, reason)

    def approve(self, addresses: Sequence[str], port: int | None) -> None:
        """Let the guard know that these, in their one form, may be connected to; port None: at any."""
        with self._lock:
            for address in addresses:
                _remember(self._addresses, address)
                _remember(self._ports, (address, _ANY if port is None else port))

    def has_approved(self, address: str, port: int | None) -> bool:
        """Whether an address was approved lately, at this port or, with None, at any."""
        with self._lock:
            if port is None:
                return address in self._addresses
            return any((address, each) in self._ports for each in (port, _ANY))

    def is_asking_for(self, name: str) -> bool:
        """Whether the gate itself resolves this name, or did lately."""
        with self._lock:
            return name in self._names

    def _addresses_of(self, name: str, port: int) -> Sequence[str]:
        if as_address(name) is not None:
            return (name,)
        with self._lock:
            _remember(self._names, name)
        try:
            found = self._resolve(name, port)
        except (OSError, UnicodeError) as error:
            raise SourceUnavailable(f"there is no host {name}", "Check its name and the network.") from error
        if not found:
            raise SourceUnavailable(f"the host {name} has no address", "Check its name and the network.")
        return found


def check_outbound(host: str, port: int, purpose: Purpose, gate: Outbound | None = None) -> Approved:
    """Ask a gate; without one, that of the default policy: everything but what is never, or only for cameras.

    Raises:
        OutboundRefused, SourceUnavailable: as `Outbound.check`.
    """
    return (gate or Outbound()).check(host, port, purpose)


def resolve_by_system(name: str, port: int) -> Sequence[str]:
    """Addresses of a name as the system finds them, each once. Raises OSError."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


def _read(host: str) -> str:
    try:
        return plain_host(host)
    except ValueError as error:
        raise OutboundRefused(f"nothing is connected to: {error}", "Write the host's name or address.") from None


def _one_form(address: str) -> str:
    """The address; one of IPv4 that is written as one of IPv6 in its own form."""
    parsed = ip_address(address)
    return str((isinstance(parsed, IPv6Address) and parsed.ipv4_mapped) or parsed)


def _remember(known: OrderedDict[_Key, None], key: _Key) -> None:
    known[key] = None
    known.move_to_end(key)
    if len(known) > _MOST_REMEMBERED:
        known.popitem(last=False)


def _refused(host: str, port: int, purpose: Purpose, reason: str) -> OutboundRefused:
    shown = f"[{host}]" if ":" in host else host
    next_step = "" if reason in FINAL else _NEXT_STEP.format(host=shown)
    return OutboundRefused(f"{shown}:{port} ({purpose}) is not connected to: {reason}", next_step)
