"""A shard without video: it tells what a script says, and fails as the script says."""

import hashlib
import logging
import os
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from types import TracebackType
from typing import Self

from nigoh.domain.camera import Camera
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.camera_status import CameraCounts, CameraStatus, LinkState, ShardStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting, Status
from nigoh.engine.shard_seam import LiveOptions, LivePicture, Pulse, SightingNews, Tell
from nigoh.errors import ConfigError


class Trouble(Enum):
    """What a camera does to the shard that begins to watch it.

    DIE: its process is killed. RAISE: an order to watch it fails. RAISE_IN_THREAD: a thread fails. HANG: no pulse
    comes any more. COMPLAIN: pulses say that something hangs. WARN: a warning and a line in the log.
    """

    DIE = auto()
    RAISE = auto()
    RAISE_IN_THREAD = auto()
    HANG = auto()
    COMPLAIN = auto()
    WARN = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a scripted shard does.

    Attributes:
        sightings: how many it tells of each camera that it begins to watch.
        parting_sightings: how many it tells of each of its cameras when it ends.
        pictures: how many live pictures it tells at once of a camera that is to be shown.
        jpeg: their content.
        troubles: by camera.
        refusal: why it cannot be built, "" if it can.
        stays_s: how long it takes to end.
    """

    sightings: int = 0
    parting_sightings: int = 0
    pictures: int = 1
    jpeg: bytes = b"\xff\xd8\xff\xd9"
    troubles: Mapping[CameraId, Trouble] = field(default_factory=dict)
    refusal: str = ""
    stays_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ScriptedShards:
    """Builds shards that follow a script; can be pickled."""

    script: Script = field(default_factory=Script)

    def __call__(self, name: str, tell: Tell) -> "ScriptedShard":
        """A shard of this name."""
        if self.script.refusal:
            raise ConfigError(self.script.refusal, "Ask for something else.")
        return ScriptedShard(name, tell, self.script)


class ScriptedShard:
    """A shard that follows its script. Every camera is WATCHING from the moment on at which it is to be watched."""

    def __init__(self, name: str, tell: Tell, script: Script) -> None:
        self._name = name
        self._tell = tell
        self._script = script
        self._cameras: dict[CameraId, Camera] = {}
        self._told: dict[CameraId, int] = {}
        self._people: dict[PersonId, Candidate] = {}
        self._threshold = 0.4
        self._hangs = threading.Event()
        self._complaint = ""

    def watch(self, cameras: Sequence[Camera]) -> None:
        """See `Shard.watch`."""
        before, self._cameras = self._cameras, {camera.name: camera for camera in cameras}
        self._told = {name: self._told.get(name, 0) for name in self._cameras}
        for name, camera in self._cameras.items():
            if before.get(name) != camera:
                self._begin(camera)

    def show(self, camera: CameraId, options: LiveOptions | None) -> None:
        """See `Shard.show`."""
        if camera in self._cameras and options is not None:
            for number in range(self._script.pictures):
                self._tell(LivePicture(camera, self._script.jpeg, float(number)))

    def enrol(self, changes: Sequence[GalleryChange]) -> None:
        """See `Shard.enrol`. Whoever is known stands as candidate in every sighting that is told from then on.

        Their name is that of their terms, their score the first number of their first template.
        """
        for change in changes:
            if change.terms is None:
                self._people.pop(change.person, None)
            else:
                score = float(change.templates[0].vectors[0, 0])
                self._people[change.person] = Candidate(PersonId(change.terms.name), score)

    def tune(self, rule: NamingRule) -> None:
        """See `Shard.tune`. The rule's threshold stands in every sighting that is told from then on."""
        self._threshold = rule.threshold or 0.0

    def pulse(self) -> Pulse:
        """See `Shard.pulse`."""
        while self._hangs.is_set():
            time.sleep(0.01)
        cameras = tuple(
            CameraStatus(
                camera=name,
                shard=self._name,
                state=LinkState.WATCHING,
                since_unix_s=0.0,
                counts=CameraCounts(sightings=told),
            )
            for name, told in self._told.items()
        )
        status = ShardStatus(
            shard=self._name,
            pid=os.getpid(),
            cpu_s=0.0,
            resident_bytes=0,
            threads=threading.active_count(),
            descriptors=0,
            cameras=cameras,
        )
        return Pulse(status, self._complaint)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        time.sleep(self._script.stays_s)
        for camera in self._cameras.values():
            self._tell_sightings(camera, self._script.parting_sightings)

    def _begin(self, camera: Camera) -> None:
        match self._script.troubles.get(camera.name):
            case Trouble.DIE:
                os.kill(os.getpid(), signal.SIGKILL)
            case Trouble.RAISE:
                raise RuntimeError(f"{camera.name} at {camera.url} is not to be watched")
            case Trouble.RAISE_IN_THREAD:
                threading.Thread(target=self._fail, args=(camera,), name="doomed").start()
            case Trouble.HANG:
                self._hangs.set()
            case Trouble.COMPLAIN:
                self._complaint = f"{camera.name} waits for ever"
            case Trouble.WARN:
                logging.getLogger("nigoh.testing.scripted").warning("odd", extra={"camera": camera.name})
        self._tell_sightings(camera, self._script.sightings)

    def _fail(self, camera: Camera) -> None:
        raise RuntimeError(f"{camera.name} at {camera.url.reveal()} is not to be watched")

    def _tell_sightings(self, camera: Camera, count: int) -> None:
        for _ in range(count):
            self._told[camera.name] += 1
            sighting = _sighting(camera, self._told[camera.name], tuple(self._people.values()))
            sighting = replace(sighting, sighting=replace(sighting.sighting, threshold=self._threshold))
            self._tell(SightingNews(sighting, self._script.jpeg))


def digest_of(camera: Camera) -> str:
    """Tells whether a camera arrived whole, password included, without showing it."""
    return hashlib.sha256(repr((camera.url.reveal(), camera)).encode()).hexdigest()


def _sighting(camera: Camera, track: int, candidates: tuple[Candidate, ...]) -> CameraSighting:
    sighting = Sighting(
        camera=camera.name,
        track=track,
        status=Status.UNKNOWN,
        person=None,
        score=0.1,
        threshold=0.4,
        first_s=0.0,
        last_s=1.0,
        frames=3,
        best=BestShot(t_s=0.5, box=(10.0, 10.0, 20.0, 20.0), quality=0.9),
        model=digest_of(camera),
        candidates=candidates,
    )
    return CameraSighting(
        id=f"{camera.name}-{track}",
        stage=Stage.APPEARED,
        sighting=sighting,
        first_unix_s=0.0,
        last_unix_s=1.0,
        told_unix_s=1.0,
    )
