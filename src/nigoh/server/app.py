"""The HTTP application: every noun under /api/v1, and what holds for all of them."""

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack, asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry, Gauge
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from nigoh.domain.camera_status import EngineStatus
from nigoh.office.alert_desk import AlertDesk
from nigoh.office.erasure import Eraser
from nigoh.office.link_history import LinkHistory
from nigoh.office.rule_desk import RuleDesk
from nigoh.office.sighting_desk import SightingDesk
from nigoh.office.sighting_export import SightingExporter
from nigoh.office.subject_export import SubjectExporter
from nigoh.office.system_desk import SystemDesk
from nigoh.office.system_history import SAMPLE_S, SystemHistory
from nigoh.server.docs_page import docs_router
from nigoh.server.etags import EntityTags
from nigoh.server.event_feed import EventFeed
from nigoh.server.guard import declarations, put_door
from nigoh.server.import_desk import ImportDesk
from nigoh.server.limits import JSON_BYTES, SlowBodies
from nigoh.server.openapi import build_document
from nigoh.server.parts import ServerParts
from nigoh.server.problems import ForeignErrors, answer_errors
from nigoh.server.routes.alerts import alerts_router
from nigoh.server.routes.camera_groups import camera_groups_router
from nigoh.server.routes.camera_links import camera_links_router
from nigoh.server.routes.cameras import cameras_router
from nigoh.server.routes.clips import clips_router
from nigoh.server.routes.events import events_router
from nigoh.server.routes.frames import frames_router
from nigoh.server.routes.health import health_router, metrics_router
from nigoh.server.routes.history import history_router
from nigoh.server.routes.imports import imports_router
from nigoh.server.routes.live import live_router
from nigoh.server.routes.people import people_router
from nigoh.server.routes.people_list import people_list_router
from nigoh.server.routes.photos import photos_router
from nigoh.server.routes.recognition import recognition_router
from nigoh.server.routes.rules import rules_router
from nigoh.server.routes.settings import settings_router
from nigoh.server.routes.sightings import sightings_router
from nigoh.server.routes.system import system_router
from nigoh.server.routes.watch_lists import watch_lists_router
from nigoh.server.security_headers import SecurityHeaders
from nigoh.server.setup_page import setup_page_router
from nigoh.server.sockets import SocketRoom
from nigoh.server.stored_events import StoredEvents
from nigoh.server.viewing_notes import ViewingNotes

_log = logging.getLogger(__name__)

PREFIX = "/api/v1"
_UPLOADS = "uploads"
_LINKS_S = 2.0


def build_app(parts: ServerParts) -> FastAPI:
    """The application. Raises ConfigError when a route does not say who may use it."""
    feed = EventFeed(StoredEvents(parts.database), parts.feed)
    imports = ImportDesk(parts.people.new_import, parts.media.folder.parent / _UPLOADS, parts.unix_s)
    history, links = SystemHistory(len(os.sched_getaffinity(0))), LinkHistory()
    copies = SubjectExporter(parts.database, parts.media, parts.recordings, now=parts.unix_s)
    app = FastAPI(
        title="nigoh",
        version=version("nigoh"),
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan(
            (feed.run, partial(_keep_history, history, parts.status), partial(_keep_links, links, parts.status)),
            (imports, parts.people.tracks),
            parts.threads,
        ),
    )
    app.state.loop = None
    _count_tasks(app, parts.metrics)
    put_door(app, parts.door)
    app.state.database, app.state.unix_s, app.state.feed = parts.database, parts.unix_s, feed
    answer_errors(app)
    for router in (
        *_routers(parts, feed, history),
        imports_router(imports, parts.people.exports, copies),
        camera_links_router(parts.cameras, parts.status, links),
        *parts.routers,
    ):
        app.include_router(router, prefix=PREFIX)
    app.include_router(metrics_router(parts.metrics, local=parts.local_metrics))
    app.include_router(docs_router(lambda: build_document(app)))
    app.include_router(setup_page_router())
    # The last that is added is the first that a request meets.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=JSON_BYTES)
    app.add_middleware(ForeignErrors)
    app.add_middleware(EntityTags)
    app.add_middleware(SlowBodies, pace=parts.pace, now_s=time.monotonic)
    app.add_middleware(SecurityHeaders)
    for _ in declarations(app):
        pass  # one that declares nothing raises
    return app


def _routers(parts: ServerParts, feed: EventFeed, history: SystemHistory) -> tuple[APIRouter, ...]:
    system = SystemDesk(
        database=parts.database,
        status=parts.status,
        history=history,
        now=parts.unix_s,
        log=parts.log,
        machine=parts.machine,
    )
    room, database, people = SocketRoom(parts.sockets), parts.database, parts.people
    notes = ViewingNotes(database, parts.unix_s)
    eraser = Eraser(database, parts.media, parts.recordings, parts.erasure, now=parts.unix_s)
    sightings = SightingDesk(database, parts.media, people.enrolment, now=parts.unix_s)
    return (
        people_list_router(database),
        people_router(database, people, eraser),
        photos_router(database, people.enrolment),
        watch_lists_router(database, people.people),
        rules_router(database, RuleDesk(database, now=parts.unix_s)),
        alerts_router(database, AlertDesk(database, now=parts.unix_s)),
        recognition_router(people.recognition, parts.threshold),
        history_router(database, people.history, parts.threshold),
        sightings_router(database, sightings, SightingExporter(database, parts.media, now=parts.unix_s)),
        clips_router(database, parts.recordings, notes.clip),
        # Before those of a camera, as /cameras/NAME/picture is the longer path.
        live_router(parts.views, room, notes.live),
        frames_router(people.enrolment, parts.frames, notes.live),
        cameras_router(database, parts.cameras, parts.status),
        camera_groups_router(database, parts.cameras),
        events_router(StoredEvents(database), feed, room),
        settings_router(parts.settings),
        system_router(system),
        health_router(parts.checks),
    )


def _lifespan(
    work: Sequence[Callable[[], Coroutine[None, None, None]]],
    running: Sequence[AbstractContextManager[object]],
    threads: int,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads
        app.state.loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(each()) for each in work]
        for task in tasks:
            task.add_done_callback(_tell_end)
        with ExitStack() as stack:
            for each in running:
                stack.enter_context(each)
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task

    return lifespan


def _count_tasks(app: FastAPI, registry: CollectorRegistry) -> None:
    """Browsers that have gone leave none behind: that is to be seen."""
    about = "What the web server has in hand: requests, followers, browsers."
    gauge = Gauge("nigoh_server_tasks", about, registry=registry)
    gauge.set_function(lambda: len(asyncio.all_tasks(app.state.loop)) if app.state.loop else 0)


async def _keep_history(history: SystemHistory, status: Callable[[], EngineStatus]) -> None:
    """Take a sample now and then, for as long as the server answers."""
    while True:
        history.take(await asyncio.to_thread(status))
        await asyncio.sleep(SAMPLE_S)


async def _keep_links(links: LinkHistory, status: Callable[[], EngineStatus]) -> None:
    """See how the cameras' connections change, for as long as the server answers."""
    while True:
        links.look(await asyncio.to_thread(status))
        await asyncio.sleep(_LINKS_S)


def _tell_end(work: asyncio.Task[None]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        _log.error("nobody follows the events, or the engine's status, any more: %s", error, exc_info=error)
