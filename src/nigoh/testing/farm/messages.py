"""RTSP/1.0 messages (RFC 2326): requests are read from a connection's bytes, answers are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MOST_BYTES = 65_536
"""No request of a camera's viewer comes near this."""

_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
    501: "Not Implemented",
    505: "RTSP Version Not Supported",
}


class NotRtsp(ValueError):
    """The bytes are no RTSP request."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request. Header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the URL's path."""
        try:
            return tuple(part for part in urlsplit(self.url).path.split("/") if part)
        except ValueError:
            return ()


def next_request(received: bytearray) -> Request | None:
    """Take the first whole request off the received bytes, or None while more have to come.

    RTCP packets that viewers send on the same connection are taken off too, and not looked at.

    Raises:
        NotRtsp: what was received can be no request.
    """
    while received[:1] == b"$":
        if len(received) < 4:
            return None
        end = 4 + int.from_bytes(received[2:4], "big")
        if len(received) < end:
            return None
        del received[:end]
    head_end = received.find(b"\r\n\r\n")
    if head_end < 0:
        if len(received) > MOST_BYTES:
            raise NotRtsp("a request without an end")
        return None
    request = _parse(bytes(received[:head_end]))
    end = head_end + 4 + _body_bytes(request)
    if len(received) < end:
        return None
    del received[:end]
    return request


def _parse(head: bytes) -> Request:
    try:
        first, *rest = head.decode("utf-8").lstrip("\r\n").split("\r\n")
        method, url, version = first.split(" ")
    except ValueError as error:
        raise NotRtsp("no request line") from error
    if not version.startswith("RTSP/"):
        raise NotRtsp("another protocol")
    headers = {}
    for line in rest:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Request(method, url, headers)


def _body_bytes(request: Request) -> int:
    stated = request.headers.get("content-length", "0")
    if not stated.isascii() or not stated.isdigit() or int(stated) > MOST_BYTES:
        raise NotRtsp("a body of impossible length")
    return int(stated)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: its status, its headers beyond CSeq and length, its body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    def encoded(self, cseq: str) -> bytes:
        """The bytes, with the number of the request that it answers."""
        body = self.body.encode()
        headers = {"CSeq": cseq, "Server": "nigoh farm", **self.headers}
        if body:
            headers["Content-Length"] = str(len(body))
        lines = [f"RTSP/1.0 {self.status} {_REASONS[self.status]}", *(f"{k}: {v}" for k, v in headers.items())]
        return "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + body


@dataclass(frozen=True, slots=True)
class Transport:
    """How a viewer wants to get the packets: on the RTSP connection's channels, or at UDP ports; media and RTCP.

    Attributes:
        interleaved: whether the numbers are channels.
        numbers: channel or port of the media, and of RTCP.
    """

    interleaved: bool
    numbers: tuple[int, int]


def wanted_transports(header: str) -> list[Transport]:
    """What the header Transport offers, as far as a camera can serve it, in the viewer's order."""
    return [found for offer in header.split(",") if (found := _transport(offer)) is not None]


def _transport(offer: str) -> Transport | None:
    kind, *options = (part.strip() for part in offer.split(";"))
    if "multicast" in options:
        return None
    named = dict(option.split("=", 1) for option in options if "=" in option)
    if kind.upper() == "RTP/AVP/TCP":
        pair = _pair(named.get("interleaved", "0-1"), 255)
        return Transport(interleaved=True, numbers=pair) if pair else None
    if kind.upper() in ("RTP/AVP", "RTP/AVP/UDP"):
        pair = _pair(named.get("client_port", ""), 65_535)
        return Transport(interleaved=False, numbers=pair) if pair and pair[0] else None
    return None


def _pair(text: str, most: int) -> tuple[int, int] | None:
    first, dash, second = text.partition("-")
    try:
        pair = int(first), int(second) if dash else int(first) + 1
    except ValueError:
        return None
    return pair if all(0 <= number <= most for number in pair) else None
