"""What `nigoh up` opens beside the engine: the database, its cameras, the web server."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from threading import Lock

from nigoh.cli.database_options import DeploymentChoice
from nigoh.cli.deployment_checks import diagnose
from nigoh.cli.terminal import report_note
from nigoh.cli.up_following import FollowIntake, FollowNaming
from nigoh.cli.up_privacy import keep_promises, open_gate
from nigoh.cli.up_spool import SpooledOutput
from nigoh.config.engine_settings import EngineSettings, ServerSettings
from nigoh.deployment_wiring import Deployment, open_deployment
from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.outbox import OutboxCount
from nigoh.engine.gallery_follower import GalleryFollower
from nigoh.engine.known_faces import KnownFaces
from nigoh.engine.known_people import KnownPeople
from nigoh.engine_wiring import open_gallery
from nigoh.office.access_desks import AccessDesks
from nigoh.office.alert_keeper import AlertKeeper
from nigoh.office.alert_thread import AlertThread
from nigoh.office.camera_office import CameraOffice
from nigoh.office.clip_register import ClipRegister, ClipThread
from nigoh.office.log_book import LogBook
from nigoh.office.settings_office import SettingsOffice
from nigoh.office.sighting_intake import SightingIntake
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.outbound import Outbound
from nigoh.server.delivery_metrics import DeliveryViews
from nigoh.server.live_views import LiveViews
from nigoh.server_wiring import EngineSide, build_server
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.templates import TemplateRows
from nigoh.storage.gallery_feed import GalleryFeed
from nigoh.storage.spool import Spool
from nigoh.storage.spool_room import SPOOLS, SpoolRoom
from nigoh.wiring import build_decision_policy, build_vision, threshold_by_size

_TIDY_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands before the engine begins.

    Attributes:
        settings: the configuration; its data folder is the deployment's.
        server: its section.
        deployment: what lasts, opened.
        cameras: of the database.
        gate: what connections that go out pass.
        changes: what is changed of the configuration while nigoh runs.
    """

    settings: EngineSettings
    server: ServerSettings
    deployment: Deployment
    cameras: CameraOffice
    gate: Outbound
    changes: SettingsOffice


@dataclass(slots=True)
class Housekeeping:
    """Removes what time has ended, once an hour. One thread."""

    desks: AccessDesks
    due_s: float = float("-inf")

    def step(self, now_s: float) -> None:
        """Do so, if it is time."""
        if now_s >= self.due_s:
            self.due_s = now_s + _TIDY_S
            self.desks.tidy(time.time())


def open_standing(settings: EngineSettings, choice: DeploymentChoice, stack: ExitStack) -> Standing | None:
    """Open what lasts, if there is to be a server; None if not.

    Raises:
        ConfigError: the master key is missing, is another one, or others may read it.
        DatabaseError, DatabaseUnavailable: the database does not open.
        OutputError: the folder cannot be written.
    """
    server = settings.server
    if server is None:
        return None
    engine = settings.engine
    place = choice.settings(engine.data_dir if "data_dir" in engine.model_fields_set else None)
    deployment = stack.enter_context(open_deployment(place))
    changes = SettingsOffice(deployment.database, settings.with_data(place.data), now=time.time)
    settings = changes.begun_with
    gate = open_gate(settings)
    cameras = CameraOffice(
        deployment.database,
        deployment.vault,
        now=time.time,
        outbound=gate,
        usual=changes.usual_camera,
    )
    return Standing(
        settings=settings, server=server, deployment=deployment, cameras=cameras, gate=gate, changes=changes
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The way of sightings into the database.

    Attributes:
        output: takes them.
        views: how it goes.
    """

    output: SpooledOutput
    views: DeliveryViews


def open_intake(standing: Standing, stack: ExitStack) -> Delivery:
    """Take sightings into the database from now on until the stack is left, by way of a spool.

    Raises:
        ConfigError: another process reads the spools.
        OutputError: the folder cannot be written.
    """
    deployment, root = standing.deployment, standing.settings.engine.data_dir / SPOOLS
    with deployment.database.begin() as connection:
        key = deployment.vault.secret(connection, "spool")
    options = WritingOptions(store_unknown=standing.settings.privacy.store_unknown)
    keeper = AlertKeeper(time.time)
    writer = SightingWriter(deployment.vault, deployment.media, options, keeper)
    standing.changes.attach(FollowIntake(writer))
    room = stack.enter_context(SpoolRoom(root, key))
    intake = stack.enter_context(SightingIntake(room, deployment.database, writer))
    stack.enter_context(AlertThread(keeper, deployment.database, time.time))
    spool = stack.enter_context(Spool(root / "engine", key))
    output = SpooledOutput(spool, intake.poke)

    def outbox() -> tuple[OutboxCount, ...]:
        with deployment.database.read() as connection:
            return Outbox(connection).waiting()

    views = DeliveryViews(intake=lambda: intake.state, lost=lambda: output.lost, outbox=outbox)
    return Delivery(output=output, views=views)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The engine as the server sees it.

    Attributes:
        status: how it is.
        enrol: tells it who is enrolled.
        tune: tells it when a face is named.
        views: live pictures.
        known: the folder of known people, None without one.
        log: its newest lines.
        delivery: how sightings get into the database.
    """

    status: Callable[[], EngineStatus]
    enrol: Callable[[Sequence[GalleryChange]], None]
    tune: Callable[[NamingRule], None]
    views: LiveViews
    known: KnownFaces | None
    log: LogBook
    delivery: DeliveryViews | None = None


def serve(standing: Standing, running: Running, stack: ExitStack) -> Housekeeping:
    """Answer from now on until the stack is left; say where, and how to make the first administrator.

    Who is enrolled in the database is told to the engine, and found here, from now on.

    Returns:
        What is to be stepped.

    Raises:
        ConfigError: the address cannot be listened on, or nothing says which threshold the model needs.
        DatabaseError, DatabaseUnavailable: nobody can be read.
        Fatal: the server does not start.
    """
    settings = standing.settings
    vision = build_vision(settings.vision)
    gallery = open_gallery(running.known, vision.analyser.model, count_enrolled(standing.deployment))
    policy = build_decision_policy(settings.watch, vision, gallery)
    known = KnownPeople(gallery, threshold_by_size(settings.watch, vision))

    changing = Lock()

    def tell(changes: Sequence[GalleryChange]) -> None:
        with changing:
            known.apply(changes, policy)
        running.enrol(changes)

    feed = GalleryFeed(standing.deployment.database, standing.deployment.vault)
    stack.enter_context(GalleryFollower(feed, tell))
    engine = EngineSide(
        status=running.status,
        views=running.views,
        analyser=vision.analyser,
        search=gallery.search,
        threshold=lambda: known.threshold or policy.threshold,
        log=running.log,
        delivery=running.delivery,
        diagnose=partial(diagnose, standing.deployment.settings),
    )
    standing.changes.attach(FollowNaming(vision, known, changing, running.tune, settings.naming))
    side = build_server(standing.changes, standing.deployment, standing.cameras, engine, standing.gate)
    keep_promises(standing.changes, standing.deployment, stack)
    stack.enter_context(ClipThread(ClipRegister(standing.deployment.database, settings.recordings_folder)))
    web = stack.enter_context(side.web)
    address = (standing.server.public_url or web.address).rstrip("/")
    report_note(f"the API is at {address}/api/v1, and described at {address}/api/docs")
    if link := side.desks.first_start.offer(address, time.time()):
        report_note(f"nobody can log in yet. Within a day, make the first administrator at {link}")
    return Housekeeping(side.desks)


def count_enrolled(deployment: Deployment) -> int:
    """How many templates the database holds."""
    with deployment.database.read() as connection:
        return TemplateRows(connection).count()
