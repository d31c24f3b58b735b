"""How far an address reaches, and which addresses nobody is ever to be sent to.

Sources: the IANA special-purpose registries of IPv4 and IPv6, and the clouds' documents of their metadata services,
which hand out credentials to whoever asks from the machine (SSRF, CWE-918).
"""

from enum import Enum, auto
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class Reach(Enum):
    """PUBLIC: the Internet. PRIVATE: a network of one's own. LOOPBACK: this machine. MULTICAST: a group of receivers.

    NEVER: metadata services, link-local addresses, and what is no address of a machine.
    """

    PUBLIC = auto()
    PRIVATE = auto()
    LOOPBACK = auto()
    MULTICAST = auto()
    NEVER = auto()


_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network; Linux takes 0.0.0.0 for itself
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "168.63.129.16/32",  # the platform service of Azure
        "169.254.0.0/16",  # link-local, with the metadata of AWS, Google, Azure, Oracle
        "192.0.0.0/24",  # protocol assignments, with an older metadata address of Oracle
        "192.88.99.0/24",  # relays of 6to4
        "240.0.0.0/4",  # reserved, and broadcast
        "::/96",  # unspecified, and IPv4 in a form that is no longer used; ::1 is asked for before
        "100::/64",  # discarded
        "fd00:ec2::/32",  # metadata of AWS
        "fd20:ce::254/128",  # metadata of Google Cloud
        "fe80::/10",  # link-local
    )
)
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15"),
        *("fc00::/7", "fec0::/10"),
    )
)
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def reach_of(address: Address) -> Reach:
    """How far an address reaches. One of IPv6 that holds one of IPv4 reaches no farther than that."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        # The same connection as to the address of IPv4 itself.
        return reach_of(address.ipv4_mapped)
    if address.is_loopback:
        return Reach.LOOPBACK
    if _within(address, _NEVER) or _leads_home(address):
        return Reach.NEVER
    if address.is_multicast:
        return Reach.MULTICAST
    return Reach.PRIVATE if _within(address, _PRIVATE) else Reach.PUBLIC


def _leads_home(address: Address) -> bool:
    """Nobody reaches a network of their own over a translator in the Internet: somebody is being led there."""
    return isinstance(address, IPv6Address) and any(reach_of(each) is not Reach.PUBLIC for each in _carried(address))


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """Addresses of IPv4 to which 6to4, Teredo or NAT64 carry what is sent to this one."""
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    return (IPv4Address(int(address) & 0xFFFF_FFFF),) if _within(address, _NAT64) else ()


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
