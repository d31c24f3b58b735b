"""Asking one ONVIF device for its streams (ONVIF Core and Media services, SOAP 1.2 over HTTP)."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx

from nigoh.domain.camera_url import CameraUrl
from nigoh.errors import SourceError, SourceUnavailable
from nigoh.outbound import Outbound, Purpose
from nigoh.video.onvif.safe_xml import MOST_BYTES, every, first, read_xml, text_of

MOST_STREAMS = 16

_TIMEOUT_S = 5.0
_HTTP_PORT = 80
_MOST_LETTERS = 120
_REFUSED = frozenset({401, 403})
_DEVICE = "http://www.onvif.org/ver10/device/wsdl"
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"
_SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_DIGEST = f"{_SECURITY}-username-token-profile-1.0#PasswordDigest"
_BASE_64 = f"{_SECURITY}-soap-message-security-1.0#Base64Binary"


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks a device; without a user nobody."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A stream that a device offers.

    Attributes:
        name: as the device calls it.
        codec: "H264", "H265", "JPEG", ...; "" if it does not say.
        width_px, height_px, fps: as it is set; 0 if it does not say.
        url: where it is, without user and password.
    """

    name: str
    codec: str
    width_px: int
    height_px: int
    fps: float
    url: CameraUrl


class OnvifClient:
    """Talks to one device. Owner: one thread. The device's own addresses are not believed to be elsewhere.

    Args:
        service: where its services begin: an address of HTTP.
        login: who asks.
        gate: says whether it may be connected to.
        unix_s: seconds since 1970.
    """

    def __init__(self, service: str, login: Login, gate: Outbound, unix_s: Callable[[], float]) -> None:
        parts = urlsplit(service)
        self._host, self._port = parts.hostname or "", parts.port or _HTTP_PORT
        self._service = parts.path or "/"
        self._login = login
        self._gate = gate
        self._unix_s = unix_s
        self._ahead_s = 0.0

    def streams(self) -> tuple[Profile, ...]:
        """What it offers, the best first as devices have it.

        Raises:
            SourceError: it wants another user and password, or does not talk as ONVIF says.
            SourceUnavailable: it does not answer.
            OutboundRefused: it may not be connected to.
        """
        self._ahead_s = self._clock_difference_s()
        media = self._media_path()
        found = self._ask(media, f'<GetProfiles xmlns="{_MEDIA}"/>')
        return tuple(self._profile(media, each) for each in every(found, "Profiles")[:MOST_STREAMS])

    def _media_path(self) -> str:
        body = f'<GetCapabilities xmlns="{_DEVICE}"><Category>Media</Category></GetCapabilities>'
        told = text_of(self._ask(self._service, body), "Media", "XAddr")
        # Behind address translation devices name themselves wrongly: only the path is theirs to say.
        return urlsplit(told).path or self._service

    def _profile(self, media: str, profile: Element) -> Profile:
        token = escape(profile.get("token", ""), {'"': "&quot;"})
        body = (
            f'<GetStreamUri xmlns="{_MEDIA}"><StreamSetup><Stream xmlns="http://www.onvif.org/ver10/schema">'
            'RTP-Unicast</Stream><Transport xmlns="http://www.onvif.org/ver10/schema"><Protocol>RTSP</Protocol>'
            f"</Transport></StreamSetup><ProfileToken>{token}</ProfileToken></GetStreamUri>"
        )
        encoder = first(profile, "VideoEncoderConfiguration")
        told = encoder if encoder is not None else profile
        return Profile(
            name=_shown(text_of(profile, "Name")),
            codec=_shown(text_of(told, "Encoding")),
            width_px=_whole(text_of(told, "Resolution", "Width")),
            height_px=_whole(text_of(told, "Resolution", "Height")),
            fps=float(_whole(text_of(told, "RateControl", "FrameRateLimit"))),
            url=_stream_url(text_of(self._ask(media, body), "MediaUri", "Uri")),
        )

    def _clock_difference_s(self) -> float:
        """How far the device's clock is ahead: it takes a digest only of about its own time. 0 if it does not say."""
        try:
            answer = self._ask(self._service, f'<GetSystemDateAndTime xmlns="{_DEVICE}"/>', is_open=True)
        except SourceError:
            return 0.0
        utc = first(answer, "UTCDateTime")
        if utc is None:
            return 0.0
        numbers = [
            _whole(text_of(utc, *path))
            for path in (
                ("Date", "Year"), ("Date", "Month"), ("Date", "Day"),
                ("Time", "Hour"), ("Time", "Minute"), ("Time", "Second"),
            )
        ]  # fmt: skip
        try:
            year, month, day, hour, minute, second = numbers
            said = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        except ValueError:
            return 0.0
        return said.timestamp() - self._unix_s()

    def _ask(self, path: str, body: str, *, is_open: bool = False) -> Element:
        approved = self._gate.check(self._host, self._port, Purpose.CAMERA)
        header = "" if is_open or not self._login.user else self._security()
        envelope = (
            '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
            f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
        address = approved.addresses[0]
        place = f"[{address}]" if ":" in address else address
        content, status = self._post(f"http://{place}:{self._port}{path}", envelope)
        answer = read_xml(content) if content else Element("nothing")
        if status in _REFUSED or "NotAuthorized" in _faults(answer):
            raise SourceError(f"{self._host} wants its user and password", "Give those of the camera's ONVIF user.")
        if status != httpx.codes.OK or first(answer, "Fault") is not None:
            raise SourceError(f"{self._host} refuses what ONVIF asks (HTTP {status})", "Add it by its address.")
        return answer

    def _post(self, url: str, envelope: str) -> tuple[bytes, int]:
        headers = {"Content-Type": "application/soap+xml; charset=utf-8", "Host": f"{self._host}:{self._port}"}
        try:
            with (
                httpx.Client(timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False) as http,
                http.stream("POST", url, content=envelope.encode(), headers=headers) as answer,
            ):
                content = bytearray()
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > MOST_BYTES:
                        raise SourceError(f"{self._host} answers too much", "Add it by its address.")
                return bytes(content), answer.status_code
        except httpx.HTTPError as error:
            raise SourceUnavailable(
                f"{self._host} does not answer as an ONVIF device", "Add it by its address."
            ) from error

    def _security(self) -> str:
        """A UsernameToken with the digest of nonce, time and password (OASIS WSS UsernameToken Profile 1.0)."""
        nonce = secrets.token_bytes(16)
        moment = datetime.fromtimestamp(self._unix_s(), UTC) + timedelta(seconds=self._ahead_s)
        created = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        # SHA-1 is what the profile prescribes.
        digest = hashlib.sha1(
            nonce + created.encode() + self._login.password.encode(), usedforsecurity=False
        ).digest()
        return (
            f'<Security xmlns="{_SECURITY}-wssecurity-secext-1.0.xsd"><UsernameToken>'
            f"<Username>{escape(self._login.user)}</Username>"
            f'<Password Type="{_DIGEST}">{base64.b64encode(digest).decode()}</Password>'
            f'<Nonce EncodingType="{_BASE_64}">{base64.b64encode(nonce).decode()}</Nonce>'
            f'<Created xmlns="{_SECURITY}-wssecurity-utility-1.0.xsd">{created}</Created></UsernameToken></Security>'
        )


def _faults(answer: Element) -> str:
    return " ".join((each.text or "") for fault in every(answer, "Fault") for each in fault.iter())


def _stream_url(text: str) -> CameraUrl:
    if not text.startswith(("rtsp://", "rtsps://", "http://", "https://")) or any(not c.isprintable() for c in text):
        raise SourceError("the device names no address of its stream", "Add it by its address.")
    scheme, _, rest = text.partition("://")
    place, slash, path = rest.partition("/")
    return CameraUrl(f"{scheme}://{place.rpartition('@')[2]}{slash}{path}")


def _shown(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:_MOST_LETTERS]


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
