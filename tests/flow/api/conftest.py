"""The whole application on a real server, over a database with two cameras of which some users may see one."""

import shutil
import ssl
import threading
import time
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from fastapi import FastAPI

from nigoh.config.engine_file import parse_engine_file
from nigoh.config.settings import VisionSettings
from nigoh.domain.access import GRANTED, Permission, Role, UserId, command_principal
from nigoh.domain.camera import Camera
from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.camera_status import CameraStatus, EngineStatus, LinkState, ShardStatus
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.clip import Clip
from nigoh.domain.master_key import MasterKey
from nigoh.domain.people import WatchList
from nigoh.domain.records import Event, EventKind
from nigoh.domain.sighting import BestShot, CameraId, Candidate, PersonId, Sighting, Status
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.identity.gallery import ExactGallery
from nigoh.office.access_desks import AccessDesks, open_desks
from nigoh.office.accounts import NewUser
from nigoh.office.actor import Actor
from nigoh.office.camera_finder import CameraFinder, Clocks
from nigoh.office.camera_office import CameraOffice, CameraOrder
from nigoh.office.camera_tester import CameraTester
from nigoh.office.passwords import PasswordCost
from nigoh.office.people_desks import open_people_desks
from nigoh.office.person_draft import PersonDraft
from nigoh.office.personal_tokens import TokenOrder
from nigoh.office.sessions import Visitor
from nigoh.office.settings_office import SettingsOffice
from nigoh.outbound import Outbound
from nigoh.server.access.door import AccessDoor
from nigoh.server.access.routers import access_routers
from nigoh.server.app import build_app
from nigoh.server.event_feed import FeedOptions
from nigoh.server.limits import BodyPace
from nigoh.server.live_views import LiveViews
from nigoh.server.parts import ServerParts
from nigoh.server.patient_protocol import Patience
from nigoh.server.routes.audit import audit_router
from nigoh.server.routes.camera_trials import camera_trials_router
from nigoh.server.sockets import SocketOptions
from nigoh.server.web_server import WebOptions, WebServer
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.scopes import unknown_scope
from nigoh.storage.vault.vault import Vault
from nigoh.wiring import build_analyser

GATE, DOOR = CameraId("gate"), CameraId("secret door")
CANARY = "canary-7Zq-password"
NOW = 1_790_000_000.0
ROOT = command_principal("root")
# Made once: httpx reads the system's certificates for each client otherwise.
TLS = ssl.create_default_context()
CONFIGURATION = "[server]\n[watch]\nfalse_alarms = 0.02\n"
SEEDER = Actor("command:test")


class Clock:
    """Says what time it is, as the test wants."""

    def __init__(self) -> None:
        self.unix_s = NOW

    def __call__(self) -> float:
        return self.unix_s


class Engine:
    """Stands for the engine's two cameras: it gives a picture when it is asked, and more as the test wants."""

    def __init__(self) -> None:
        self.views = LiveViews(self.show)
        self.first = b"\xff\xd8first"
        self.shown: dict[CameraId, LiveOptions] = {}

    def show(self, camera: CameraId, options: LiveOptions | None) -> bool:
        if camera not in {GATE, DOOR}:
            return False
        if options is None:
            self.shown.pop(camera, None)
        else:
            self.shown[camera] = options
            # It is asked under a lock that the picture needs, too.
            threading.Thread(target=self.tell, args=(camera, self.first)).start()
        return True

    def tell(self, camera: CameraId, jpeg: bytes, captured_unix_s: float = NOW) -> None:
        self.views.deliver(LivePicture(camera, jpeg, captured_unix_s))

    def status(self) -> EngineStatus:
        cameras = tuple(
            CameraStatus(camera=name, shard="shard-1", state=LinkState.WATCHING, since_unix_s=NOW)
            for name in (GATE, DOOR)
        )
        shard = ShardStatus(
            shard="shard-1", pid=2, cpu_s=1.0, resident_bytes=1, threads=1, descriptors=1, cameras=cameras
        )
        return EngineStatus(unix_s=NOW, started_unix_s=NOW, pid=1, cpu_s=1.0, resident_bytes=1, shards=(shard,))


@dataclass
class House:
    """Everything that a test of the API needs."""

    parts: ServerParts
    app: FastAPI
    desks: AccessDesks
    engine: Engine
    clock: Clock
    server: WebServer
    asked_for_cameras: list[tuple[str, int]]
    tokens: dict[tuple[Role, bool], str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    gate: CameraId = GATE
    door: CameraId = DOOR
    canary: str = CANARY
    now_unix_s: float = NOW

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def socket_address(self) -> str:
        return self.address.replace("http", "ws", 1)

    def client(self, role: Role = Role.ADMINISTRATOR, *, scoped: bool = False) -> httpx.Client:
        """Asks as somebody of this role; scoped: who may see the gate alone."""
        return httpx.Client(base_url=self.address, headers=self.headers(role, scoped=scoped), timeout=20, verify=TLS)

    def headers(self, role: Role = Role.ADMINISTRATOR, *, scoped: bool = False) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role, scoped]}"}

    def token(self, scopes: AbstractSet[Permission] = frozenset(Permission), name: str = "narrow") -> str:
        """A new token of the administrator, narrowed to these scopes."""
        order = TokenOrder(name=name, scopes=frozenset(scopes), days=2)
        return self.desks.tokens.make(ROOT, self.administrator, order, self.clock()).text

    def revoke(self, name: str) -> None:
        """Take the administrator's tokens of this name back."""
        for token in self.desks.tokens.of_user(self.administrator):
            if token.name == name:
                self.desks.tokens.revoke(ROOT, self.administrator, token.id, self.clock())

    def restrict(self, name: str, cameras: AbstractSet[CameraId]) -> None:
        """Let a user see these cameras alone from now on."""
        user = self.desks.accounts.named(name)
        self.desks.accounts.change(ROOT, replace(user, cameras=frozenset(cameras)), self.clock())

    def log_in(self) -> str:
        """A session of the administrator: its cookie."""
        user = self.desks.accounts.get(self.administrator)
        with self.parts.database.begin() as connection:
            visitor = Visitor(address="127.0.0.1", agent="test")
            return self.desks.sessions.open(connection, user, visitor, self.clock()).cookie

    @property
    def administrator(self) -> UserId:
        return UserId(self.ids[f"user:{Role.ADMINISTRATOR.value}-all"])

    def add_clip(self, clip_id: str, path: str) -> str:
        """A clip of the gate whose file is said to be there."""
        clip = Clip(id=clip_id, camera=GATE, path=path, first_unix_s=NOW, last_unix_s=NOW, size_bytes=1)
        with self.parts.database.begin() as connection:
            Clips(connection).add(clip)
        return clip_id


@pytest.fixture(scope="session")
def grey() -> bytes:
    """A photo that shows nobody, as PNG."""
    encoded, data = cv2.imencode(".png", np.full((120, 160, 3), 128, np.uint8))
    assert encoded
    return data.tobytes()


@pytest.fixture(scope="session")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings(detect_size_px=320))


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, analyser: FaceAnalyser) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    shutil.copyfile(migrated_sqlite, folder / "nigoh.db")
    with Database(f"sqlite:///{folder / 'nigoh.db'}") as database:
        house = _build(database, folder, analyser)
        _seed_people_and_cameras(house)
        _seed_sightings(house)
        _seed_users(house)
        with house.server:
            yield house


def _build(database: Database, folder: Path, analyser: FaceAnalyser) -> House:
    clock, engine = Clock(), Engine()
    vault = Vault(MasterKey.generate(), database)
    media = MediaStore(folder / "media", vault, clock)
    desks = open_desks(database, vault, cost=PasswordCost(memory_kib=8, passes=1, lanes=1))
    search = ExactGallery(analyser.model).search
    settings = SettingsOffice(database, parse_engine_file(CONFIGURATION, folder / "nigoh.toml"), now=clock)
    people = open_people_desks(database, media, analyser, search, now=clock)
    cameras = CameraOffice(database, vault, now=clock, usual=settings.usual_camera)
    asked: list[tuple[str, int]] = []
    finder = CameraFinder(database, Outbound(), Clocks(clock, time.monotonic), targets=asked)
    tester = CameraTester(database, cameras, Outbound(), people.find_faces, now=clock)
    parts = ServerParts(
        door=AccessDoor(desks.sessions, desks.tokens, clock, tickets=desks.tickets),
        database=database,
        media=media,
        people=people,
        cameras=cameras,
        settings=settings,
        views=engine.views,
        status=engine.status,
        threshold=lambda: 0.4,
        recordings=folder / "recordings",
        routers=(*access_routers(desks, clock), audit_router(database), camera_trials_router(tester, finder)),
        checks={"database": database.ping},
        local_metrics=False,
        unix_s=clock,
        pace=BodyPace(silence_s=0.3, grace_s=5),
        sockets=SocketOptions(most_of_user=8, check_s=0.05, send_s=1.0),
        feed=FeedOptions(look_s=0.02),
    )
    options = WebOptions(port=0, patience=Patience(headers_s=0.3, keep_alive_s=1, stall_s=0.5, most_connections=40))
    app = build_app(parts)
    return House(parts, app, desks, engine, clock, WebServer(app, options), asked)


def sighting(camera: CameraId, number: int, person: str | None = None) -> CameraSighting:
    """What an engine tells of a track of this number."""
    known = PersonId(person) if person else None
    track = Sighting(
        camera=camera,
        track=number,
        status=Status.KNOWN if known else Status.UNKNOWN,
        person=known,
        score=0.7,
        threshold=0.4,
        first_s=number,
        last_s=number + 1,
        frames=3,
        best=BestShot(t_s=number, box=(1, 2, 30, 40), quality=0.8),
        model="sface/2021dec",
        candidates=(Candidate(known, 0.7),) if known else (),
    )
    return CameraSighting(
        id=f"01sighting{camera.replace(' ', '')}{number:04}",
        stage=Stage.LEFT,
        sighting=track,
        first_unix_s=NOW + number,
        last_unix_s=NOW + number + 1,
        told_unix_s=NOW + number + 1,
    )


def _seed_sightings(house: House) -> None:
    """A sighting with its picture and its event, and a clip with its file, of each camera."""
    parts, ids = house.parts, house.ids
    assert parts.recordings is not None
    for number, camera in enumerate((GATE, DOOR)):
        told = sighting(camera, number, ids["person"])
        with parts.database.begin() as connection:
            crop = parts.media.put(
                connection, unknown_scope(NOW), "crop", "image/jpeg", b"\xff\xd8crop of " + camera.encode()
            )
            Sightings(connection).put(told, crop)
            body = f'{{"id":"{told.id}","camera":"{camera}"}}'
            kind = EventKind.SIGHTING_APPEARED
            Events(connection).add(Event(kind=kind, camera=camera, subject=told.id, unix_s=NOW, body=body))
            path = f"{camera.replace(' ', '_')}/2026-09-21/00-00-00.000Z_clip_x.mp4"
            file = parts.recordings / path
            file.parent.mkdir(parents=True)
            file.write_bytes(bytes(range(256)) * 40)
            clip = Clip(
                id=f"01clip{number}",
                camera=camera,
                path=path,
                first_unix_s=NOW,
                last_unix_s=NOW + 9,
                size_bytes=10_240,
            )
            Clips(connection).add(clip)
        ids[f"sighting:{camera}"], ids[f"clip:{camera}"] = told.id, clip.id


def _seed_people_and_cameras(house: House) -> None:
    parts, ids = house.parts, house.ids
    ids["list"] = parts.people.people.add_list(SEEDER, WatchList(id="", name="Staff")).id
    ids["group"] = parts.cameras.add_group(SEEDER, "Ground floor").id
    draft = PersonDraft(name="Oʻktam", external_id="77", lists=frozenset({ids["list"]}))
    person = parts.people.enrolment.enrol(SEEDER, draft, ()).person
    assert person is not None
    ids["person"] = person.id
    for name in (GATE, DOOR):
        camera = Camera(name=name, url=CameraUrl(f"rtsp://admin:{CANARY}@10.0.0.5/{name.replace(' ', '-')}"))
        parts.cameras.add(SEEDER, CameraOrder(camera=camera, group=ids["group"]))


def _seed_users(house: House) -> None:
    for role in Role:
        for scoped in (False, True):
            cameras = frozenset({GATE}) if scoped else None
            name = f"{role.value}-{'gate' if scoped else 'all'}"
            user = house.desks.accounts.add(ROOT, NewUser(name=name, role=role, cameras=cameras), NOW)
            order = TokenOrder(name="test", scopes=frozenset(Permission) & GRANTED[role], days=30)
            made = house.desks.tokens.make(ROOT, user.id, order, NOW)
            house.tokens[role, scoped] = made.text
            house.ids[f"user:{name}"] = user.id
