"""RTSP/1.0 messages (RFC 2326): how they are written and read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from nigoh.video.rtsp.errors import ProtocolError

MOST_HEAD_BYTES = 16 * 1024
MOST_BODY_BYTES = 64 * 1024
"""Session descriptions of real cameras have about 1 KiB."""

_VERSION = "RTSP/1.0"
_STATUS = re.compile(r"RTSP/\d\.\d +(\d{3})(?: +(.*))?")
_REQUEST = re.compile(r"([A-Z_]+) +(\S+) +RTSP/\d\.\d")
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in the order in which they came; names are compared without regard to case."""

    fields: tuple[tuple[str, str], ...] = ()

    def get(self, name: str) -> str | None:
        """The first value under this name, or None."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """Every value under this name."""
        wanted = name.lower()
        return [value for each, value in self.fields if each.lower() == wanted]


@dataclass(frozen=True, slots=True)
class Response:
    """A camera's answer.

    Attributes:
        status: three digits, 200 if all is well.
        reason: the camera's words for it.
        headers: its header fields.
        body: its content, b"" if there is none.
    """

    status: int
    reason: str
    headers: Headers
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """What a camera asks of its viewer; few do, and only for signs of life."""

    method: str
    headers: Headers


def encode_url(url: str) -> str:
    """As it stands in a request: spaces and letters beyond ASCII, which people leave in addresses, are encoded."""
    return quote(url, safe=_URL_SAFE)


def encode_request(method: str, url: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A request as bytes.

    Raises:
        ValueError: a line break in a header, which would smuggle in another one.
    """
    return _encode(f"{method} {encode_url(url)} {_VERSION}", headers)


def encode_response(status: int, reason: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """An answer without a body, as bytes. Raises ValueError on line breaks."""
    return _encode(f"{_VERSION} {status} {reason}", headers)


def _encode(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers)]
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line of an RTSP message holds no line break")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def parse_head(head: bytes) -> Response | Request:
    """What stands before the empty line of a message: the answer without its body, or the request.

    Raises:
        ProtocolError: it is neither.
    """
    first, *rest = head.decode("utf-8", errors="replace").split("\r\n")
    headers = Headers(tuple(_parse_fields(rest)))
    if answer := _STATUS.fullmatch(first):
        return Response(int(answer[1]), (answer[2] or "").strip(), headers)
    if request := _REQUEST.fullmatch(first):
        return Request(request[1], headers)
    raise ProtocolError("what came is no RTSP message")


def body_length(headers: Headers) -> int:
    """How many bytes follow the empty line.

    Raises:
        ProtocolError: the header states no length, or one beyond all measure.
    """
    stated = (headers.get("Content-Length") or "0").strip()
    if not (stated.isascii() and stated.isdecimal()):
        raise ProtocolError("the length of a message is no number")
    # A number of a thousand digits is refused before it is computed.
    if len(stated) > len(str(MOST_BODY_BYTES)) or int(stated) > MOST_BODY_BYTES:
        raise ProtocolError(f"a message is longer than {MOST_BODY_BYTES} bytes")
    return int(stated)


def _parse_fields(lines: Iterable[str]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (" ", "\t") and fields:
            # A folded line goes on with the value before it (RFC 2068, 4.2).
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    return fields
