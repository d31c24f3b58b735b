"""`nigoh up`: the engine on all cameras of a configuration."""

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from nigoh.cli.database_options import DeploymentChoice, choice_options
from nigoh.cli.logs import LogFormat, configure_logs, log_options
from nigoh.cli.terminal import report_note
from nigoh.cli.up_config import LiveConfig, LoadedFile, stamp_of
from nigoh.cli.up_lines import UpLines
from nigoh.cli.up_outputs import Output, PatientOutput
from nigoh.cli.up_run import EngineRun, EngineTeller, Requests, obeying_signals
from nigoh.cli.up_serving import Running, count_enrolled, open_intake, open_standing, serve
from nigoh.cli.watch_table import complaint_lines
from nigoh.config.engine_file import parse_engine_file, read_engine_file
from nigoh.config.engine_settings import STDOUT, EngineOptions, EngineSettings
from nigoh.domain.camera_status import EngineStatus
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import CameraId
from nigoh.engine.known_faces import KnownFaces
from nigoh.engine.placement import choose_shards
from nigoh.engine.process_executor import ProcessExecutor
from nigoh.engine.shard_seam import LiveOptions
from nigoh.engine.supervisor import Staffing, Supervisor
from nigoh.engine_wiring import decoded_at_its_end, engine_shard_builder, enrol_people
from nigoh.errors import ConfigError, Fatal
from nigoh.messaging.camera_sighting_lines import CameraSightingFile
from nigoh.office.camera_roster import CameraRoster
from nigoh.office.log_book import LogBook
from nigoh.server.control import ControlActions, ControlServer
from nigoh.server.engine_lock import only_engine_of
from nigoh.server.live_views import LiveViews
from nigoh.server.metrics_server import MetricsServer
from nigoh.storage.sighting_crops import SightingCrops

_log = logging.getLogger(__name__)

_USUAL_FILE = Path("nigoh.toml")


@click.command("up", short_help="Run the engine on all cameras of a configuration.")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What to watch and how.  [default: nigoh.toml, if it is there]",
)
@click.option(
    "--host", metavar="ADDRESS", help="Address of the web server.  [default: as the file says, or 127.0.0.1]"
)
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    metavar="N",
    help="Port of the web server; 0: a free one.  [default: as the file says, or 8080]",
)
@choice_options
@click.option("--seconds", type=click.FloatRange(min=0), metavar="N", help="End after so long.  [default: at Ctrl+C]")
@click.option(
    "--lang", type=click.Choice([each.value for each in Language]), default="en", show_default=True, help="Of labels."
)
@click.option("--quiet", is_flag=True, help="Print no sightings and no states of cameras.")
@log_options
def command(
    choice: DeploymentChoice,
    *,
    config_path: Path | None,
    host: str | None,
    port: int | None,
    seconds: float | None,
    lang: str,
    quiet: bool,
    log_level: str,
    log_format: LogFormat,
) -> None:
    """Watch all cameras until Ctrl+C, and serve what was seen.

    Cameras, people and users live in a database, which the web server at 127.0.0.1:8080 shows and changes; the first
    start prints a link that makes the first administrator. A configuration file names cameras and settings, too; one
    without a section [server] runs the engine alone, as long as none of the options asks for more.

    A line is printed for each person who appears and each camera whose state changes. The file is read again when it
    changes; one that is wrong is reported, and the engine goes on as before.
    """
    log = LogBook()
    configure_logs(log_level, log_format, book=log)
    loaded = _load(config_path, choice, {"host": host, "port": port})
    # Where sightings go to standard output, nothing else does.
    lines = UpLines(_words(loaded.settings, Language(lang)), quiet=quiet or loaded.settings.engine.out == STDOUT)
    _run(Start(loaded, choice, log), lines, Language(lang), seconds)


def _load(path: Path | None, choice: DeploymentChoice, asked: dict[str, object]) -> LoadedFile:
    """The file; without one, the server alone. Raises ConfigError."""
    given = {key: value for key, value in asked.items() if value is not None}
    found = path or _USUAL_FILE
    stamp = stamp_of(found)
    alone = path is None and stamp is None
    settings = parse_engine_file("[server]", found) if alone else read_engine_file(found)
    if given or choice.is_made:
        settings = settings.with_server(**given)
    return LoadedFile(settings, stamp)


@dataclass(frozen=True, slots=True)
class Start:
    """What a start is given: the file, where what lasts is kept, and the newest lines of the log."""

    loaded: LoadedFile
    choice: DeploymentChoice
    log: LogBook


def _run(start: Start, lines: UpLines, language: Language, seconds: float | None) -> None:
    loaded, choice = start.loaded, start.choice
    requests, woken = Requests(), threading.Event()
    supervisor: Supervisor

    def show(camera: CameraId, options: LiveOptions | None) -> bool:
        return supervisor.show(camera, options)

    with ExitStack() as stack:
        stack.enter_context(obeying_signals(requests))
        standing = open_standing(loaded.settings, choice, stack)
        settings = standing.settings if standing else loaded.settings
        stack.enter_context(only_engine_of(settings.engine.data_dir))
        outputs: tuple[Output, ...] = _open_outputs(settings.engine, stack)
        delivery = open_intake(standing, stack) if standing else None
        if delivery:
            outputs += (delivery.output,)
        views = LiveViews(show)
        teller = EngineTeller(lines, outputs, views)
        known = _enrol(settings, requests)
        if requests.stop:
            return
        enrolled = count_enrolled(standing.deployment) if standing else 0
        supervisor = Supervisor(_staff(settings, known, language, enrolled), teller, woken.set)
        lines.call(supervisor.name_of)
        roster = CameraRoster(standing.cameras if standing else None, supervisor.watch)
        config = LiveConfig(loaded.settings, roster.configure, loaded.stamp)
        roster.configure(settings.cameras)
        actions = ControlActions(supervisor.status, config.reload, requests.ask_to_stop, views)
        stack.enter_context(ControlServer(settings.engine.data_dir, actions))
        _serve_metrics(settings.engine, supervisor.status, stack)
        beside: list[Callable[[float], None]] = [roster.step]
        if standing:
            running = Running(
                status=supervisor.status,
                enrol=supervisor.enrol,
                tune=supervisor.tune,
                views=views,
                known=known,
                log=start.log,
                delivery=delivery.views if delivery else None,
            )
            beside += [serve(standing, running, stack).step, standing.changes.step]
        EngineRun(supervisor, teller, config, requests, woken, tuple(beside)).run(seconds)


def _serve_metrics(engine: EngineOptions, status: Callable[[], EngineStatus], stack: ExitStack) -> None:
    """Serve them where the settings say. Nobody asked for the usual place: if that is taken, they are left out."""
    if (endpoint := engine.metrics_endpoint) is None:
        return
    try:
        metrics = stack.enter_context(MetricsServer(status, *endpoint))
    except ConfigError as error:
        if "metrics" in engine.model_fields_set:
            raise
        _log.warning("%s", error)
    else:
        _log.info("metrics at %s", metrics.address)


def _enrol(settings: EngineSettings, requests: Requests) -> KnownFaces | None:
    """Who is known; somebody may have asked to stop meanwhile."""
    try:
        known = enrol_people(settings)
    except (BrokenExecutor, KeyboardInterrupt) as error:
        # Ctrl+C reaches all processes of a terminal, and the one that enrols ends at it.
        if requests.stop:
            return None
        raise Fatal("the process that enrols known people was ended", "Is there enough memory?") from error
    if known is not None and not requests.stop:
        for line in complaint_lines(known):
            report_note(line)
        _log.info("%d people are known", len(known.gallery.people))
    return known


def _staff(settings: EngineSettings, known: KnownFaces | None, language: Language, enrolled: int) -> Staffing:
    """How shards come to be."""
    cores = len(os.sched_getaffinity(0))
    shards = max(1, choose_shards(len(settings.cameras), cores, settings.engine.shards))
    build = engine_shard_builder(settings, known, shards, language, enrolled)
    _log.info("%d cameras in %d processes", len(settings.cameras), shards)
    return Staffing(
        executor=ProcessExecutor(),
        build=build,
        choose=lambda cameras: min(cameras, shards),
        decoded=partial(decoded_at_its_end, settings),
    )


def _open_outputs(engine: EngineOptions, stack: ExitStack) -> tuple[PatientOutput, ...]:
    """Everything that sightings are kept in. Raises OutputError."""
    outputs = []
    if engine.out is not None:
        file = stack.enter_context(CameraSightingFile(None if engine.out == STDOUT else engine.out))
        outputs.append(PatientOutput(f"lines of {engine.out}", lambda news: file.write(news.sighting)))
    if engine.crops is not None:
        crops = SightingCrops(engine.crops)
        outputs.append(
            PatientOutput(f"pictures in {engine.crops}", lambda news: crops.save(news.sighting, news.jpeg))
        )
    return tuple(outputs)


def _words(settings: EngineSettings, language: Language) -> Words:
    return Words(language=language, someone_is_wanted=bool(settings.watch.wanted))
