"""How the server is put together: who asks, what is done, the engine behind it, all of it over HTTP."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from prometheus_client import CollectorRegistry

from nigoh.config.engine_settings import ServerSettings
from nigoh.config.oidc_section import OidcSection
from nigoh.deployment_wiring import Deployment
from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.system_facts import Finding
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError, Retryable
from nigoh.office.access_desks import AccessDesks, open_desks
from nigoh.office.camera_finder import CameraFinder, Clocks
from nigoh.office.camera_frames import CameraFrames
from nigoh.office.camera_office import CameraOffice
from nigoh.office.camera_tester import CameraTester
from nigoh.office.kept_places import KeptPlaces
from nigoh.office.log_book import LogBook
from nigoh.office.machine_facts import known_devices, known_models
from nigoh.office.oidc import OpenIdConnect, open_provider
from nigoh.office.oidc_settings import OidcSettings
from nigoh.office.people_desks import open_people_desks
from nigoh.office.photo_desk import Search
from nigoh.office.settings_office import SettingsOffice
from nigoh.office.system_desk import MachineViews
from nigoh.outbound import Outbound
from nigoh.server.access.door import AccessDoor
from nigoh.server.access.routers import access_routers
from nigoh.server.app import build_app
from nigoh.server.console.front import console_front
from nigoh.server.delivery_metrics import DeliveryCollector, DeliveryViews
from nigoh.server.live_views import LiveViews
from nigoh.server.metrics import StatusCollector
from nigoh.server.parts import ServerParts
from nigoh.server.routes.audit import audit_router
from nigoh.server.routes.camera_trials import camera_trials_router
from nigoh.server.web_server import WebOptions, WebServer
from nigoh.video.one_frame import take_frame

_BOTH = "Write both as the provider says."
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
        log: the newest lines of the log.
        diagnose: what `nigoh doctor` finds.
    """

    status: Callable[[], EngineStatus]
    views: LiveViews
    analyser: FaceAnalyser
    search: Search
    threshold: Callable[[], float]
    log: LogBook = field(default_factory=LogBook)
    delivery: DeliveryViews | None = None
    diagnose: Callable[[], tuple[Finding, ...]] = tuple


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
    changes: SettingsOffice, deployment: Deployment, cameras: CameraOffice, engine: EngineSide, outbound: Outbound
) -> ServerSide:
    """Put it together.

    Args:
        changes: the configuration, and what is changed of it while this runs; without a section [server], that holds
            which is usual.
        deployment: what lasts.
        cameras: of the database.
        engine: what it needs of it.
        outbound: what connections that go out pass.

    Raises:
        ConfigError: the address cannot be listened on, or TLS or OpenID Connect is set up by halves.
        MissingExtra: OpenID Connect is set up, and not installed.
    """
    whole = changes.begun_with
    settings = whole.server or ServerSettings()
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise ConfigError("[server] names a certificate without a key, or a key without one", "TLS needs both.")
    database, unix_s = deployment.database, time.time
    desks = open_desks(database, deployment.vault)
    people = open_people_desks(database, deployment.media, engine.analyser, engine.search, now=unix_s)
    oidc = _open_oidc(whole.oidc, settings, desks, outbound)
    origins = (settings.public_url,) if settings.public_url else ()
    registry = CollectorRegistry()
    registry.register(StatusCollector(engine.status))
    if engine.delivery is not None:
        registry.register(DeliveryCollector(engine.delivery))
    parts = ServerParts(
        door=AccessDoor(desks.sessions, desks.tokens, unix_s, origins, tickets=desks.tickets),
        database=database,
        media=deployment.media,
        people=people,
        cameras=cameras,
        settings=changes,
        views=engine.views,
        frames=CameraFrames(cameras.opened, whole.cameras, lambda camera: take_frame(camera, outbound)).take,
        status=engine.status,
        threshold=engine.threshold,
        recordings=whole.recordings_folder,
        erasure=lambda: changes.wanted.privacy.erasure,
        routers=(
            *access_routers(desks, unix_s, oidc),
            audit_router(database),
            camera_trials_router(
                CameraTester(database, cameras, outbound, people.find_faces, now=unix_s),
                CameraFinder(database, outbound, Clocks(unix_s, time.monotonic)),
            ),
        ),
        checks={"database": database.ping, "engine": lambda: _require_shards(engine.status())},
        metrics=registry,
        log=engine.log,
        machine=_machine_views(changes, deployment, engine.diagnose),
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
    return ServerSide(web=WebServer(console_front(build_app(parts), parts.door), options), desks=desks)


def _machine_views(
    changes: SettingsOffice, deployment: Deployment, diagnose: Callable[[], tuple[Finding, ...]]
) -> MachineViews:
    whole = changes.begun_with
    folders = {
        "pictures": deployment.settings.media,
        "recordings": whole.recordings_folder,
        "spools": whole.engine.data_dir / "spools",
    }
    return MachineViews(
        kept=KeptPlaces(deployment.database, folders, time.monotonic).measure,
        # Neither comes or goes while nigoh runs.
        models=cache(lambda: known_models(whole.vision)),
        devices=cache(lambda: known_devices(whole.vision)),
        diagnose=diagnose,
        settings=lambda: {each.field.key: each for each in changes.every()},
    )


def _open_oidc(
    section: OidcSection, server: ServerSettings, desks: AccessDesks, outbound: Outbound
) -> OpenIdConnect | None:
    """Logging in elsewhere, or None if nobody does. The provider is asked when somebody logs in."""
    if section.issuer is None and section.client_id is None:
        return None
    if section.issuer is None or section.client_id is None:
        raise ConfigError("[oidc] names an issuer without a client_id, or a client_id without an issuer", _BOTH)
    settings = OidcSettings(
        issuer=section.issuer,
        client_id=section.client_id,
        client_secret=section.read_secret(),
        address=_known_address(server),
        scopes=("openid", "profile", *section.scopes),
        roles_claim=section.roles_claim,
        roles=section.roles,
        other_role=section.other_role,
        name_claim=section.name_claim,
        adds_users=section.adds_users,
    )
    provider = open_provider(settings, outbound)
    return OpenIdConnect(desks.database, settings, provider, desks.sessions, desks.doorkeeper)


def _known_address(server: ServerSettings) -> str:
    """How browsers know the server. Raises ConfigError: nobody says so."""
    if server.public_url:
        return server.public_url
    if server.host not in _LOOPBACK or not server.port:
        raise ConfigError(
            "[oidc] needs to know where browsers find nigoh",
            "Write public_url under [server], as in https://nigoh.example.",
        )
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"http{'s' if server.tls_certificate else ''}://{host}:{server.port}"


def _require_shards(status: EngineStatus) -> None:
    if any(shard.cameras and not shard.pid for shard in status.shards):
        raise Retryable("a process of the engine is not there", "It is started again by itself.")
