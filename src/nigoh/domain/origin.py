"""From where somebody asks, as attempts to log in are counted by it."""

import ipaddress

_IPV6_NETWORK = 64
_LONGEST = 45


def origin_of(address: str) -> str:
    """An address, or what stands for all addresses of one customer.

    Of IPv6 everybody has 2^64 addresses, so the network of 64 bits counts. An IPv4 address that was mapped into IPv6
    is that IPv4 address. What is no address, as of a Unix socket, stands for itself.
    """
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_LONGEST]
    if isinstance(read, ipaddress.IPv6Address):
        if read.ipv4_mapped is not None:
            return str(read.ipv4_mapped)
        return str(ipaddress.ip_network((int(read), _IPV6_NETWORK), strict=False))
    return str(read)
