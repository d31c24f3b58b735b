"""A simulated ONVIF camera: answers probes and tells its streams to whoever shows the right digest."""

import base64
import hashlib
import re
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from xml.sax.saxutils import escape

_WAIT_S = 0.05
_JOIN_S = 5.0
_MOST_BYTES = 65_536

_ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:t="http://www.onvif.org/ver10/schema"'
    ' xmlns:m="http://www.onvif.org/ver10/media/wsdl" xmlns:d="http://www.onvif.org/ver10/device/wsdl">'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
_MATCH = (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Body><d:ProbeMatches><d:ProbeMatch>'
    "<d:Scopes>onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/SIM-1</d:Scopes>"
    "<d:XAddrs>{service}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
)
_PROFILES = (
    '<m:GetProfilesResponse><m:Profiles token="main"><t:Name>Main stream</t:Name><t:VideoEncoderConfiguration>'
    "<t:Encoding>H264</t:Encoding><t:Resolution><t:Width>1920</t:Width><t:Height>1080</t:Height></t:Resolution>"
    "<t:RateControl><t:FrameRateLimit>15</t:FrameRateLimit></t:RateControl></t:VideoEncoderConfiguration>"
    "</m:Profiles></m:GetProfilesResponse>"
)
_DENIED = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code>"
    "</s:Fault>"
)
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<Envelope><Body>&c;</Body></Envelope>"
)


@dataclass(frozen=True, slots=True)
class OnvifOptions:
    """What it is like.

    Attributes:
        stream: where its stream is.
        user, password: who may ask; "": anybody.
        service: where it says that its services are; "": where they are.
        is_bomb: it answers by XML that grows when it is read.
    """

    stream: str
    user: str = ""
    password: str = ""
    service: str = ""
    is_bomb: bool = False


class OnvifCamera:
    """One camera on 127.0.0.1. A context manager; two threads of its own from its beginning to its end.

    Attributes:
        asked: names of what it was asked for, in their order.
    """

    def __init__(self, options: OnvifOptions) -> None:
        self.options = options
        self.asked: list[str] = []
        self._stopping = threading.Event()
        self._datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._datagrams.bind(("127.0.0.1", 0))
        self._datagrams.settimeout(_WAIT_S)
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._threads = [
            threading.Thread(target=self._answer_probes),
            threading.Thread(target=self._web.serve_forever, kwargs={"poll_interval": _WAIT_S}),
        ]

    @property
    def probed_at(self) -> tuple[str, int]:
        """Where it is asked who it is."""
        host, port = self._datagrams.getsockname()
        return str(host), int(port)

    @property
    def service(self) -> str:
        """Where its services are."""
        return f"http://127.0.0.1:{self._web.server_port}/onvif/device_service"

    def answer(self, asked: str) -> tuple[int, str]:
        """HTTP status and body of a request."""
        action = re.search(r"<s:Body><(\w+)", asked)
        name = action[1] if action else ""
        self.asked.append(name)
        if self.options.is_bomb:
            return 200, BOMB
        if name == "GetSystemDateAndTime":
            return 200, _ENVELOPE.format(body="<d:GetSystemDateAndTimeResponse/>")
        if not self._knows(asked):
            return 400, _ENVELOPE.format(body=_DENIED)
        bodies = {
            "GetCapabilities": f"<t:Media><t:XAddr>{self.service}</t:XAddr></t:Media>",
            "GetProfiles": _PROFILES,
            "GetStreamUri": f"<m:MediaUri><t:Uri>{escape(self.options.stream)}</t:Uri></m:MediaUri>",
        }
        return 200, _ENVELOPE.format(body=bodies.get(name, ""))

    def _knows(self, asked: str) -> bool:
        if not self.options.user:
            return True
        found = [
            re.search(rf"<{name}(?: [^>]*)?>([^<]*)<", asked) for name in ("Username", "Password", "Nonce", "Created")
        ]
        if not all(found):
            return False
        user, digest, nonce, created = (each[1] if each else "" for each in found)
        right = base64.b64decode(nonce) + created.encode() + self.options.password.encode()
        expected = hashlib.sha1(right, usedforsecurity=False).digest()
        return user == self.options.user and base64.b64decode(digest) == expected

    def _answer_probes(self) -> None:
        while not self._stopping.is_set():
            try:
                asked, sender = self._datagrams.recvfrom(_MOST_BYTES)
            except TimeoutError:
                continue
            if b"NetworkVideoTransmitter" in asked:
                told = BOMB if self.options.is_bomb else _MATCH.format(service=self.options.service or self.service)
                self._datagrams.sendto(told.encode(), sender)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._web.shutdown()
        for thread in self._threads:
            thread.join(_JOIN_S)
        self._web.server_close()
        self._datagrams.close()


def _handler(camera: OnvifCamera) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length", 0)), _MOST_BYTES)
            status, body = camera.answer(self.rfile.read(length).decode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Nothing is said."""

    return Handler
