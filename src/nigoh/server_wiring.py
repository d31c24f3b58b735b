"""How the server is put together: who asks, what is done, the engine behind it, all of it over HTTP."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry

from nigoh.config.engine_settings import ServerSettings
from nigoh.deployment_wiring import Deployment
from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.erasure import ErasurePolicy
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError, Retryable
from nigoh.office.access_desks import AccessDesks, open_desks
from nigoh.office.camera_office import CameraOffice
from nigoh.office.people_desks import open_people_desks
from nigoh.office.photo_desk import Search
from nigoh.office.settings_office import SettingsOffice
from nigoh.server.access.door import AccessDoor
from nigoh.server.access.routers import access_routers
from nigoh.server.app import build_app
from nigoh.server.live_views import LiveViews
from nigoh.server.metrics import StatusCollector
from nigoh.server.parts import ServerParts
from nigoh.server.routes.audit import audit_router
from nigoh.server.web_server import WebOptions, WebServer

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSide:
    """What the server needs of the engine beside it.

    Attributes:
        status: how it is, from any thread and without waiting long.
        views: live pictures.
        analyser: finds and describes faces; nobody else uses it.
        search: finds the nearest enrolled people, as they are now.
        threshold: least similarity of a known person now.
    """

    status: Callable[[], EngineStatus]
    views: LiveViews
    analyser: FaceAnalyser
    search: Search
    threshold: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What is kept of people beside the database, and what becomes of it.

    Attributes:
        recordings: the folder of recordings.
        erasure: what becomes of what is not theirs alone when somebody is erased.
    """

    recordings: Path
    erasure: ErasurePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSide:
    """The server, not yet listening to anybody, and what commands need of it.

    Attributes:
        web: answers within a with statement.
        desks: who may use it.
    """

    web: WebServer
    desks: AccessDesks


def build_server(
    settings: ServerSettings, deployment: Deployment, cameras: CameraOffice, engine: EngineSide, keeping: Keeping
) -> ServerSide:
    """Put it together.

    Raises:
        ConfigError: the address cannot be listened on, or TLS is set up by halves.
    """
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise ConfigError("[server] names a certificate without a key, or a key without one", "TLS needs both.")
    database, unix_s = deployment.database, time.time
    desks = open_desks(database, deployment.vault)
    people = open_people_desks(database, deployment.media, engine.analyser, engine.search, now=unix_s)
    origins = (settings.public_url,) if settings.public_url else ()
    registry = CollectorRegistry()
    registry.register(StatusCollector(engine.status))
    parts = ServerParts(
        door=AccessDoor(desks.sessions, desks.tokens, unix_s, origins),
        database=database,
        media=deployment.media,
        people=people,
        cameras=cameras,
        settings=SettingsOffice(database, (), now=unix_s),
        views=engine.views,
        status=engine.status,
        threshold=engine.threshold,
        recordings=keeping.recordings,
        erasure=keeping.erasure,
        routers=(*access_routers(desks, unix_s), audit_router(database)),
        checks={"database": database.ping, "engine": lambda: _require_shards(engine.status())},
        metrics=registry,
        # Behind a proxy on this machine everybody would come from here.
        local_metrics=settings.host in _LOOPBACK and not settings.proxies and not settings.public_url,
        unix_s=unix_s,
    )
    options = WebOptions(
        host=settings.host,
        port=settings.port,
        certificate=settings.tls_certificate,
        key=settings.tls_key,
        proxies=settings.proxies,
    )
    return ServerSide(web=WebServer(build_app(parts), options), desks=desks)


def _require_shards(status: EngineStatus) -> None:
    if any(shard.cameras and not shard.pid for shard in status.shards):
        raise Retryable("a process of the engine is not there", "It is started again by itself.")
