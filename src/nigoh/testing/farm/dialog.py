"""One viewer's talk with the farm, as RTSP has it: requests in, answers out, and whom to send pictures to."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from nigoh.testing.farm.authentication import Account, Attempt, admits, challenge
from nigoh.testing.farm.faults import FaultKind
from nigoh.testing.farm.messages import Request, Response, Transport, wanted_transports
from nigoh.testing.farm.sdp import TRACK, describe
from nigoh.testing.farm.simulated_camera import SimulatedCamera
from nigoh.testing.farm.viewer import Viewer
from nigoh.testing.farm.wires import Wire

_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"


@dataclass(frozen=True, slots=True)
class Reception:
    """What every dialog of a farm shares.

    Attributes:
        cameras: by name.
        account: who may look.
        transports: whether packets may be fetched interleaved (True) and as datagrams (False).
        datagram_ports: the farm's own, media and reports.
        session_timeout_s: what is announced.
        clock: seconds since the farm's start.
    """

    cameras: Mapping[str, SimulatedCamera]
    account: Account
    transports: frozenset[bool]
    datagram_ports: tuple[int, int]
    session_timeout_s: float
    clock: Callable[[], float]


class Dialog:
    """Owns one connection's session: its camera, and its viewer once it was set up."""

    def __init__(self, reception: Reception, open_wire: Callable[[Transport], Wire]) -> None:
        self._reception, self._open_wire = reception, open_wire
        self._session, self._nonce = f"{secrets.randbits(32):08x}", secrets.token_hex(16)
        self.camera: SimulatedCamera | None = None
        self.viewer: Viewer | None = None
        self.ended = False

    def answer(self, request: Request) -> Response:
        """Answer a request and do what it asks for."""
        now_s = self._reception.clock()
        camera = self._reception.cameras.get(request.path[0]) if request.path else self.camera
        if self.viewer is None:
            self.camera = camera or self.camera
        if request.method == "OPTIONS":
            return Response(200, {"Public": _METHODS})
        if camera is None or camera is not self.camera:
            return Response(404)
        if not self._is_admitted(request, camera, now_s):
            return Response(401, {"WWW-Authenticate": challenge(self._reception.account.scheme, self._nonce)})
        return self._serve(request, camera, now_s)

    def leave(self) -> None:
        """Send no more pictures."""
        if self.camera is not None and self.viewer is not None:
            self.camera.part_from(self.viewer)

    def _serve(self, request: Request, camera: SimulatedCamera, now_s: float) -> Response:
        match request.method:
            case "DESCRIBE":
                return self._describe(request, camera, now_s)
            case "SETUP":
                return self._set_up(request, camera)
            case "PLAY":
                return self._play(request, camera, now_s)
            case "PAUSE" | "TEARDOWN":
                self.leave()
                self.ended = request.method == "TEARDOWN"
                return Response(200, {"Session": self._session})
            case "GET_PARAMETER" | "SET_PARAMETER":
                return Response(200, {"Session": self._session} if self.viewer else {})
        return Response(501, {"Public": _METHODS})

    def _is_admitted(self, request: Request, camera: SimulatedCamera, now_s: float) -> bool:
        if camera.faults.has(FaultKind.UNAUTHORIZED, now_s):
            return False
        attempt = Attempt(request.method, request.url, request.headers.get("authorization", ""))
        return admits(self._reception.account, self._nonce, attempt)

    def _describe(self, request: Request, camera: SimulatedCamera, now_s: float) -> Response:
        name = str(camera.plan.name)
        return Response(
            200,
            {"Content-Base": request.url.rstrip("/") + "/", "Content-Type": "application/sdp"},
            describe(camera.stream(now_s), name, int(self._session, 16)),
        )

    def _set_up(self, request: Request, camera: SimulatedCamera) -> Response:
        if self.viewer is not None:
            return Response(455)
        if len(request.path) > 1 and request.path[1] != TRACK:
            return Response(404)
        offers = wanted_transports(request.headers.get("transport", ""))
        chosen = next((offer for offer in offers if offer.interleaved in self._reception.transports), None)
        if chosen is None:
            return Response(461)
        self.viewer = Viewer(self._open_wire(chosen), str(camera.plan.name), camera.faults)
        first, second = chosen.numbers
        if chosen.interleaved:
            granted = f"RTP/AVP/TCP;unicast;interleaved={first}-{second}"
        else:
            media, reports = self._reception.datagram_ports
            granted = f"RTP/AVP;unicast;client_port={first}-{second};server_port={media}-{reports}"
        granted += f";ssrc={self.viewer.source:08X}"
        timeout_s = max(1, round(self._reception.session_timeout_s))
        return Response(200, {"Transport": granted, "Session": f"{self._session};timeout={timeout_s}"})

    def _play(self, request: Request, camera: SimulatedCamera, now_s: float) -> Response:
        if self.viewer is None:
            return Response(455)
        if request.headers.get("session", "").partition(";")[0].strip() != self._session:
            return Response(454)
        camera.viewers.add(self.viewer)
        ticks = camera.ticks(camera.next_keyframe(now_s))
        url = request.url.rstrip("/") + ("" if TRACK in request.path else f"/{TRACK}")
        information = f"url={url};seq={self.viewer.next_sequence};rtptime={self.viewer.timestamp(ticks)}"
        return Response(200, {"Session": self._session, "Range": "npt=now-", "RTP-Info": information})
