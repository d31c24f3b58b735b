"""A host as somebody wrote it, in the one form in which it is compared and resolved."""

import re
from ipaddress import IPv4Address, IPv6Address

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MOST = 253


def plain_host(host: str) -> str:
    """A name in lower case and ASCII without a dot at its end, or an address in its usual form.

    Systems take 127.1, 0x7f000001, 2130706433, 0177.0.0.1 and even ①②⑦.0.0.1 for addresses. Nobody needs to write
    them so, except to get past a check: they are refused.

    Raises:
        ValueError: it is neither.
    """
    text = host.strip()
    if text.startswith("[") and text.endswith("]"):
        return _ipv6(text[1:-1])
    if ":" in text:
        return _ipv6(text)
    name = _ascii(text)
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        # The rule of browsers (WHATWG URL): what ends in a number is an address of IPv4.
        return _ipv4(name)
    if not name or len(name) > _MOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{host[:80]!a} is no name of a host")
    return name


def as_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host in its one form is, or None: it is a name."""
    if ":" in host:
        return IPv6Address(host)
    return IPv4Address(host) if host[-1:].isdigit() and _NUMBER.fullmatch(host.rpartition(".")[2]) else None


def _ascii(text: str) -> str:
    try:
        # As the system's own resolving does it: full-width and circled digits become digits here.
        return text.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        raise ValueError(f"{text[:80]!a} is no name of a host") from None


def _ipv4(text: str) -> str:
    try:
        return str(IPv4Address(text))
    except ValueError:
        raise ValueError(f"{text[:80]!a} is no address in its usual form: write it like 10.0.0.5") from None


def _ipv6(text: str) -> str:
    try:
        address = IPv6Address(text)
    except ValueError:
        raise ValueError(f"{text[:80]!a} is no address") from None
    if address.scope_id is not None:
        raise ValueError(f"{text[:80]!a} names an interface, as link-local addresses do: they are not connected to")
    # One of IPv4 in the form of IPv6 is the same connection.
    return str(address.ipv4_mapped or address)
