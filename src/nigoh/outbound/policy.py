"""What may be connected to, and for what: decisions alone."""

import re
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from ipaddress import ip_network

from nigoh.outbound.address_reach import Address, Network, Reach, reach_of
from nigoh.outbound.host_name import as_address, plain_host


class Purpose(StrEnum):
    """What a connection is for. PROXY: to the proxy that the environment names, on the way to another host."""

    CAMERA = "camera"
    MODEL = "model"
    WEBHOOK = "webhook"
    OIDC = "oidc"
    BROKER = "broker"
    NOTIFICATION = "notification"
    PROXY = "proxy"


class Listing(Enum):
    """How a host stands on the list. EXACT: by its own name or address. PATTERN: by one such as *.example.uz."""

    NONE = auto()
    PATTERN = auto()
    EXACT = auto()


_METADATA_NAMES = frozenset({
    "instance-data", "instance-data.ec2.internal", "metadata", "metadata.azure.internal", "metadata.goog",
    "metadata.google.internal",
})  # fmt: skip
"""Names of metadata services; their addresses are refused too."""


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """One entry of the list.

    Attributes:
        name: a host, or with `pattern` what its names end in; "" where a network is meant.
        pattern: all hosts below `name` are meant, and not itself.
        network: addresses, or None.
        port: the only one, or None: any.
    """

    name: str = ""
    pattern: bool = False
    network: Network | None = None
    port: int | None = None

    def lists_name(self, host: str, port: int | None) -> Listing:
        """How a host, in its one form, stands on this entry; port None: whichever it will be."""
        if not self.name or not self._fits(port):
            return Listing.NONE
        if self.pattern:
            return Listing.PATTERN if host.endswith(f".{self.name}") else Listing.NONE
        return Listing.EXACT if host == self.name else Listing.NONE

    def lists_address(self, address: Address, port: int | None) -> bool:
        """Whether an address is one of the network's."""
        return self.network is not None and self._fits(port) and address in self.network

    def _fits(self, port: int | None) -> bool:
        return self.port is None or port is None or port == self.port


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundPolicy:
    """What may be connected to.

    Metadata services and link-local addresses: never. Networks of one's own and this machine: for cameras, and for
    what is listed by its own name or address; a pattern is not enough, as somebody else may own a name below it. The
    rest, the Internet: everything, or with `listed_only` what is listed.

    Attributes:
        listed_only: the switch.
        allowed: the list.
    """

    listed_only: bool = False
    allowed: tuple[AllowedHost, ...] = ()

    def listing(self, host: str, port: int | None) -> Listing:
        """How a name stands on the list."""
        found = {each.lists_name(host, port) for each in self.allowed}
        return Listing.EXACT if Listing.EXACT in found else max(found, default=Listing.NONE, key=lambda x: x.value)

    def why_not_host(self, host: str, port: int, purpose: Purpose) -> str:
        """Why a host cannot be allowed whatever its addresses are, or "". Decided before its name is asked for."""
        if host in _METADATA_NAMES:
            return _METADATA
        # A name that is not listed may still have an address that is.
        has_networks = any(each.network is not None for each in self.allowed)
        is_address = as_address(host) is not None
        return NOT_LISTED if not (is_address or has_networks) and self.is_closed_to(host, port, purpose) else ""

    def is_closed_to(self, host: str, port: int, purpose: Purpose) -> bool:
        """Whether the name alone says that it is not allowed. A camera may still be in a network of one's own."""
        return self.listed_only and purpose is not Purpose.CAMERA and self.listing(host, port) is Listing.NONE

    def why_not_address(self, address: Address, host: str, port: int | None, purpose: Purpose | None) -> str:
        """Why this address of a host is not to be connected to, or ""; purpose None: it is not known."""
        reach = reach_of(address)
        if reach is Reach.NEVER:
            return _NEVER
        by_address = any(each.lists_address(address, port) for each in self.allowed)
        listing = Listing.EXACT if by_address else self.listing(host, port)
        if reach is Reach.PUBLIC:
            return NOT_LISTED if self.listed_only and listing is Listing.NONE else ""
        if purpose is Purpose.CAMERA or (purpose is Purpose.PROXY and not self.listed_only):
            return ""
        return "" if listing is Listing.EXACT else "it is an address of a private network, which is for cameras alone"


def why_never(host: str) -> str:
    """Why nobody is ever to connect to a host as somebody wrote it, or "": whatever the policy and its addresses."""
    try:
        name = plain_host(host)
    except ValueError as error:
        return str(error)
    address = as_address(name)
    never = name in _METADATA_NAMES or (address is not None and reach_of(address) is Reach.NEVER)
    return _NEVER if never else ""


_METADATA = "it is a metadata service of a cloud"
_NEVER = "metadata services and link-local addresses are never connected to"
FINAL = frozenset({_METADATA, _NEVER})
"""Reasons against which no list helps."""

NOT_LISTED = "it is not on the list of allowed hosts"
_PORT = re.compile(r"(?P<host>\[[^\]]+\]|[^:]+):(?P<port>[0-9]{1,5})")


def parse_allowed(text: str) -> AllowedHost:
    """An entry of the list: a host, *.domain, an address, or a network in CIDR form; the first three also with :port.

    Raises:
        ValueError: it is none of these.
    """
    given = text.strip()
    if "/" in given:
        return AllowedHost(network=_network(given))
    port: int | None = None
    if (match := _PORT.fullmatch(given)) is not None:
        given, port = match["host"], int(match["port"])
        if not 0 < port < 65536:
            raise ValueError("a port is a number from 1 to 65535")
    if given.startswith("*."):
        return AllowedHost(name=_domain(given[2:]), pattern=True, port=port)
    host = plain_host(given)
    address = as_address(host)
    if address is None:
        return AllowedHost(name=host, port=port)
    return AllowedHost(network=ip_network(host), port=port)


def _network(text: str) -> Network:
    try:
        network = ip_network(text)
    except ValueError:
        raise ValueError("it is no network: write it like 10.20.0.0/16") from None
    if network.prefixlen == 0:
        raise ValueError('it is the whole Internet: set outbound = "any" if you mean that')
    return network


def _domain(text: str) -> str:
    name = plain_host(text)
    if as_address(name) is not None:
        raise ValueError("addresses have no pattern: write a network, as in 10.20.0.0/16")
    return name
