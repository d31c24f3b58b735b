"""Asking a network who is a camera, by WS-Discovery (OASIS, 2005 and 1.1; ONVIF Core, section 7)."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from nigoh.errors import SourceError, SourceUnavailable
from nigoh.video.onvif.safe_xml import every, read_xml, text_of

MULTICAST = ("239.255.255.250", 3702)
MOST_DEVICES = 256

_MOST_DATAGRAM = 65_507
_MOST_LETTERS = 120
_HOPS = 1
"""It stays in this network."""

_PROBE = """<?xml version="1.0" encoding="utf-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>urn:uuid:{message}</w:MessageID>
<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>
<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>
<e:Body><d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that answered.

    Attributes:
        address: from which it answered: nobody else is asked for its streams.
        service: where its ONVIF services begin: an address of HTTP at that host.
        name, hardware: as it calls itself; "" if it does not.
    """

    address: str
    service: str
    name: str = ""
    hardware: str = ""


def probe(
    seconds: float, monotonic_s: Callable[[], float], targets: Sequence[tuple[str, int]] = (MULTICAST,)
) -> list[Device]:
    """The devices that answer in so many seconds, each once; strangers' nonsense is passed over.

    Raises:
        SourceUnavailable: nobody can be asked: there is no network, or the gate is closed.
    """
    if not targets:
        return []
    found: dict[str, Device] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS)
        try:
            for target in targets:
                asking.sendto(_PROBE.format(message=uuid4()).encode(), target)
        except OSError as error:
            raise SourceUnavailable(
                f"the network cannot be asked for cameras: {error}", "Add them by their addresses."
            ) from error
        end_s = monotonic_s() + seconds
        while (left_s := end_s - monotonic_s()) > 0 and len(found) < MOST_DEVICES:
            asking.settimeout(left_s)
            try:
                answer, sender = asking.recvfrom(_MOST_DATAGRAM)
            except TimeoutError:
                break
            except OSError:
                # A port that was closed tells so on some systems: it is no camera.
                continue
            for device in read_answer(answer, str(sender[0])):
                found.setdefault(device.service, device)
    return list(found.values())


def read_answer(answer: bytes, sender: str) -> list[Device]:
    """The devices of an answer that speak for the host that sent it."""
    try:
        root = read_xml(answer)
    except SourceError:
        return []
    devices = []
    for match in every(root, "ProbeMatch"):
        services = [each for each in text_of(match, "XAddrs").split() if _is_at(each, sender)]
        if services:
            scopes = text_of(match, "Scopes").split()
            name, hardware = _scope(scopes, "name"), _scope(scopes, "hardware")
            devices.append(Device(sender, services[0], name, hardware))
    return devices


def _is_at(address: str, sender: str) -> bool:
    """Whether it is of HTTP and at the sender itself: who answers sends nobody elsewhere."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname == sender and port != 0


def _scope(scopes: Sequence[str], kind: str) -> str:
    begin = f"onvif://www.onvif.org/{kind}/"
    said = next((unquote(each.removeprefix(begin)) for each in scopes if each.startswith(begin)), "")
    return "".join(letter for letter in said if letter.isprintable())[:_MOST_LETTERS]
