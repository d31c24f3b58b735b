"""What the HTTP application is made of."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.erasure import ErasurePolicy
from nigoh.domain.sighting import CameraId
from nigoh.office.camera_frames import no_frames
from nigoh.office.camera_office import CameraOffice
from nigoh.office.log_book import LogBook
from nigoh.office.people_desks import PeopleDesks
from nigoh.office.settings_office import SettingsOffice
from nigoh.office.system_desk import MachineViews
from nigoh.server.event_feed import FeedOptions
from nigoh.server.guard import Door
from nigoh.server.limits import BodyPace
from nigoh.server.live_views import LiveViews
from nigoh.server.routes.health import Check
from nigoh.server.sockets import SocketOptions
from nigoh.storage.database.database import Database
from nigoh.storage.media import MediaStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerParts:
    """Everything that the routes use. Whoever made it closes it.

    Attributes:
        door: knows who asks.
        database: transactions.
        media: photos and crops.
        people: all that has to do with people and faces.
        cameras, settings: what is done with them.
        views: live pictures.
        frames: takes one picture of a camera, encoded, for whoever enrols or looks for who stands there.
        status: how the engine is, from any thread and without waiting long.
        threshold: least similarity of a known person now.
        recordings: folder of recordings, or None.
        erasure: what becomes now of what is not theirs alone when somebody is erased.
        routers: of other nouns (sessions, users, tokens, audit, set-up), mounted under /api/v1.
        checks: what has to work for `ready`, by name.
        metrics: what is measured.
        log: the newest lines of the log.
        machine: what nigoh stands on and what it keeps.
        local_metrics: whoever asks on this machine needs no token for the metrics; not behind a proxy on it.
        unix_s: seconds since 1970.
        pace: how slowly bodies may come.
        sockets: bounds of WebSockets.
        feed: how events are followed.
        threads: most requests that are worked on at once.
    """

    door: Door
    database: Database
    media: MediaStore
    people: PeopleDesks
    cameras: CameraOffice
    settings: SettingsOffice
    views: LiveViews
    status: Callable[[], EngineStatus]
    threshold: Callable[[], float]
    frames: Callable[[CameraId], bytes] = no_frames
    recordings: Path | None = None
    erasure: Callable[[], ErasurePolicy] = ErasurePolicy
    routers: tuple[APIRouter, ...] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)
    log: LogBook = field(default_factory=LogBook)
    machine: MachineViews = field(default_factory=MachineViews)
    local_metrics: bool = True
    unix_s: Callable[[], float] = time.time
    pace: BodyPace = field(default_factory=BodyPace)
    sockets: SocketOptions = field(default_factory=SocketOptions)
    feed: FeedOptions = field(default_factory=FeedOptions)
    threads: int = 24
