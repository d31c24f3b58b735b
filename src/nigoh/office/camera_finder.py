"""Looking around in the local network for cameras, and asking them for their streams."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from nigoh.domain.audit import AuditAction
from nigoh.errors import NigohError, Throttled
from nigoh.office.actor import Actor
from nigoh.outbound import Outbound
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.video.onvif.client import Login, OnvifClient, Profile
from nigoh.video.onvif.probe import MULTICAST, Device, probe

MOST_SECONDS = 10.0

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A device that answered.

    Attributes:
        device: who.
        streams: what it offers.
        problem, next_step: why it does not say, and what helps; "" if it does.
    """

    device: Device
    streams: tuple[Profile, ...] = ()
    problem: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds since 1970, and seconds that only grow."""

    unix_s: Callable[[], float]
    monotonic_s: Callable[[], float]


class CameraFinder:
    """Asks the network. Any thread; one search at a time, as each asks everybody.

    Args:
        database: of the audit.
        outbound: says which of those that answer may be asked for more.
        clocks: times.
        targets: who is asked: all who listen in this network; tests ask themselves.
    """

    def __init__(
        self,
        database: Database,
        outbound: Outbound,
        clocks: Clocks,
        targets: Sequence[tuple[str, int]] = (MULTICAST,),
    ) -> None:
        self._database = database
        self._outbound = outbound
        self._clocks = clocks
        self._targets = targets
        self._turn = threading.Lock()

    def find(self, actor: Actor, seconds: float, login: Login) -> tuple[FoundCamera, ...]:
        """Everybody who answers in so many seconds, by address, and their streams.

        Raises:
            Throttled: somebody else is looking.
            SourceUnavailable: nobody can be asked.
        """
        if not self._turn.acquire(blocking=False):
            raise Throttled("somebody else is looking for cameras", retry_after_s=MOST_SECONDS)
        try:
            self._write_down(actor)
            devices = probe(seconds, self._clocks.monotonic_s, self._targets)
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="onvif") as pool:
                found = list(pool.map(lambda device: self._ask(device, login), devices))
        finally:
            self._turn.release()
        return tuple(sorted(found, key=lambda each: (each.device.address, each.device.service)))

    def _ask(self, device: Device, login: Login) -> FoundCamera:
        client = OnvifClient(device.service, login, self._outbound, self._clocks.unix_s)
        try:
            return FoundCamera(device, client.streams())
        except NigohError as error:
            return FoundCamera(device, problem=error.what, next_step=error.next_step)

    def _write_down(self, actor: Actor) -> None:
        event = actor.event(AuditAction.SETTING, "camera", "", {"change": "looked for in the network"})
        with self._database.begin() as connection:
            Audit(connection).write(event, self._clocks.unix_s())
