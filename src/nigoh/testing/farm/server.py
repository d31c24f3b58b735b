"""The farm's event loop: connections, pictures at their time, faults that begin and end."""

import asyncio
import socket
import time
from collections.abc import Sequence

from nigoh.domain.sighting import CameraId
from nigoh.errors import ConfigError
from nigoh.testing.farm.clock import FarmClock
from nigoh.testing.farm.connection import Connection
from nigoh.testing.farm.dialog import Reception
from nigoh.testing.farm.faults import MOMENTARY, Fault, FaultKind
from nigoh.testing.farm.journal import Journal
from nigoh.testing.farm.options import ServingOptions
from nigoh.testing.farm.shutter import Shutter
from nigoh.testing.farm.simulated_camera import SimulatedCamera
from nigoh.testing.farm.status import FarmStatus
from nigoh.testing.farm.viewer import Counts
from nigoh.testing.farm.wires import DatagramPorts

_SHORTEST_SLEEP_S = 0.005  # cameras that are due within it are served together
_LONGEST_SLEEP_S = 0.05
_TEND_EVERY_S = 0.05
_WAITING_CONNECTIONS = 1024


class FarmServer:
    """Owns the cameras and everything that is connected to them. Lives in one event loop.

    Args:
        cameras: in the order of their numbers.
        serving: how they are reached.
        clock: the farm's.
        journal: what happens is written down in it.
    """

    def __init__(
        self, cameras: Sequence[SimulatedCamera], serving: ServingOptions, clock: FarmClock, journal: Journal
    ) -> None:
        self._cameras, self._serving, self._clock, self._journal = cameras, serving, clock, journal
        self._shutter = Shutter(cameras, clock.unix_s)
        self._rows = {camera: row for row, camera in enumerate(cameras)}
        self._disturbed: dict[int, float] = {}  # each camera with faults, and when it flaps next
        self._connections: set[Connection] = set()
        self._listener: asyncio.Server | None = None
        self._port = serving.port
        self._ports: DatagramPorts
        self._reception: Reception

    @property
    def port(self) -> int:
        """Where RTSP is spoken."""
        return self._port

    async def open(self) -> None:
        """Listen. Raises ConfigError when a port is taken."""
        self._ports = DatagramPorts(self._serving.host)
        self._ports.listen(self._heard)
        self._reception = Reception(
            cameras={str(camera.plan.name): camera for camera in self._cameras},
            account=self._serving.account,
            transports=frozenset([True] * self._serving.tcp + [False] * self._serving.udp),
            datagram_ports=self._ports.numbers,
            session_timeout_s=self._serving.session_timeout_s,
            clock=self._clock.now_s,
        )
        try:
            await self._listen()
        except ConfigError:
            self._ports.close()
            raise

    def close(self) -> None:
        """End all connections and close all ports."""
        for connection in tuple(self._connections):
            connection.dialog.leave()
            connection.cut()
        self._stop_listening()
        self._ports.close()

    async def send_pictures(self) -> None:
        """Send every picture when its camera takes it, without an end."""
        while True:
            now_s = self._clock.now_s()
            next_s = self._shutter.release(now_s)
            sleep_s = _LONGEST_SLEEP_S if next_s is None else min(next_s - now_s, _LONGEST_SLEEP_S)
            await asyncio.sleep(max(sleep_s, _SHORTEST_SLEEP_S))

    async def tend(self) -> None:
        """Write the journal, let faults take their course, end sessions without a sign of life; without an end."""
        while True:
            now_s = self._clock.now_s()
            self._journal.keep(self._clock.now_unix_s())
            if self._disturbed:
                await self._tend_disturbed(now_s)
            for connection in tuple(self._connections):
                if now_s - connection.heard_s > self._serving.session_timeout_s:
                    connection.cut()
            await asyncio.sleep(_TEND_EVERY_S)

    async def disturb(self, fault: Fault) -> None:
        """Let a fault begin. Raises ConfigError: no such camera."""
        now_s, rows = self._clock.now_s(), self._rows_of(fault.camera)
        for row in rows:
            camera = self._cameras[row]
            if fault.kind is FaultKind.BACKWARDS:
                for viewer in camera.viewers:
                    viewer.turn_back(fault.amount)
            if fault.kind not in MOMENTARY:
                camera.faults.add(fault, now_s)
                self._disturbed[row] = now_s
        self._journal.note(str(fault.kind), self._name_of(fault.camera), self._clock.now_unix_s())
        if fault.kind in (FaultKind.DROP, FaultKind.REFUSE):
            self._cut(rows)
        await self._tend_disturbed(now_s)

    async def clear(self, camera: int | None) -> None:
        """Let a camera, or all, be well again. Raises ConfigError: no such camera."""
        for row in self._rows_of(camera):
            self._cameras[row].faults.clear()
        self._journal.note("clear", self._name_of(camera), self._clock.now_unix_s())
        await self._tend_disturbed(self._clock.now_s())

    def status(self) -> FarmStatus:
        """What was done so far."""
        viewers = [viewer for camera in self._cameras for viewer in camera.viewers]
        total = Counts()
        for counts in [*(camera.gone for camera in self._cameras), *(viewer.counts for viewer in viewers)]:
            total.add(counts)
        return FarmStatus(
            cameras=len(self._cameras),
            viewers=len(viewers),
            pictures=total.sent,
            skipped=total.skipped,
            packets=total.packets,
            payload_bytes=total.payload_bytes,
            cpu_s=time.process_time(),
        )

    def _began(self, connection: Connection) -> None:
        """A viewer wants pictures."""
        if connection.dialog.camera is not None:
            self._shutter.begin(self._rows[connection.dialog.camera], self._clock.now_s())

    def _heard(self, sender: tuple[str, int]) -> None:
        """A packet came in by UDP: whoever gets their reports there is alive."""
        for connection in self._connections:
            if connection.datagrams is not None and connection.datagrams.reports_from == sender:
                connection.heard_s = self._clock.now_s()

    async def _tend_disturbed(self, now_s: float) -> None:
        refused = 0
        for row, flap_s in tuple(self._disturbed.items()):
            faults = self._cameras[row].faults
            refused += faults.has(FaultKind.REFUSE, now_s)
            interval_s = faults.amount(FaultKind.FLAP, now_s)
            if interval_s is not None and now_s >= flap_s:
                self._cut([row])
                self._disturbed[row] = now_s + interval_s
            if not faults.any(now_s):
                faults.clear()
                del self._disturbed[row]
        if refused == len(self._cameras):
            self._stop_listening()
        elif self._listener is None:
            await self._listen()

    def _cut(self, rows: list[int]) -> None:
        """Cut everybody who looks at these cameras; when these are all, also who has not yet named one."""
        cameras = {self._cameras[row] for row in rows}
        for connection in tuple(self._connections):
            if connection.dialog.camera in cameras or len(rows) == len(self._cameras):
                connection.cut()

    def _rows_of(self, camera: int | None) -> list[int]:
        if camera is None:
            return list(range(len(self._cameras)))
        if not 1 <= camera <= len(self._cameras):
            raise ConfigError(f"there is no camera {camera}", f"The cameras are 1 to {len(self._cameras)}.")
        return [camera - 1]

    def _name_of(self, camera: int | None) -> CameraId | None:
        return None if camera is None else self._cameras[camera - 1].plan.name

    async def _listen(self) -> None:
        host, port = self._serving.host, self._port
        try:
            self._listener = await asyncio.get_running_loop().create_server(
                self._connection, host, port, family=socket.AF_INET, backlog=_WAITING_CONNECTIONS
            )
        except OSError as error:
            raise ConfigError(
                f"{host}:{port} cannot be listened on: {error.strerror or error}", "Choose another port."
            ) from error
        self._port = self._listener.sockets[0].getsockname()[1]

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _connection(self) -> Connection:
        return Connection(self._reception, self._ports, self._connections, self._began)
