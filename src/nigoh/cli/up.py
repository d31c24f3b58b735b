"""`nigoh up`: the engine on all cameras of a configuration."""

import logging
import os
import threading
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from nigoh.cli.logs import LogFormat, configure_logs, log_options
from nigoh.cli.terminal import report_note
from nigoh.cli.up_config import LiveConfig, LoadedFile, stamp_of
from nigoh.cli.up_lines import UpLines
from nigoh.cli.up_outputs import PatientOutput
from nigoh.cli.up_run import EngineRun, EngineTeller, Requests, obeying_signals
from nigoh.cli.watch_table import complaint_lines
from nigoh.config.engine_file import read_engine_file
from nigoh.config.engine_settings import STDOUT, EngineOptions, EngineSettings
from nigoh.domain.language import Language, Words
from nigoh.domain.sighting import CameraId
from nigoh.engine.placement import choose_shards
from nigoh.engine.process_executor import ProcessExecutor
from nigoh.engine.shard_seam import LiveOptions
from nigoh.engine.supervisor import Staffing, Supervisor
from nigoh.engine_wiring import decoded_at_its_end, engine_shard_builder, enrol_people
from nigoh.errors import Fatal
from nigoh.messaging.camera_sighting_lines import CameraSightingFile
from nigoh.server.control import ControlActions, ControlServer
from nigoh.server.engine_lock import only_engine_of
from nigoh.server.live_views import LiveViews
from nigoh.server.metrics_server import MetricsServer
from nigoh.storage.sighting_crops import SightingCrops

_log = logging.getLogger(__name__)


@click.command("up", short_help="Run the engine on all cameras of a configuration.")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default="nigoh.toml",
    show_default=True,
    metavar="FILE",
    help="What to watch and how.",
)
@click.option("--seconds", type=click.FloatRange(min=0), metavar="N", help="End after so long.  [default: at Ctrl+C]")
@click.option(
    "--lang", type=click.Choice([each.value for each in Language]), default="en", show_default=True, help="Of labels."
)
@click.option("--quiet", is_flag=True, help="Print no sightings and no states of cameras.")
@log_options
def command(
    *, config_path: Path, seconds: float | None, lang: str, quiet: bool, log_level: str, log_format: LogFormat
) -> None:
    """Watch all cameras of a configuration until Ctrl+C.

    A line is printed for each person who appears and each camera whose state changes. The configuration is read again
    when its file changes; one that is wrong is reported, and the engine goes on as before.
    """
    configure_logs(log_level, log_format)
    stamp = stamp_of(config_path)
    settings = read_engine_file(config_path)
    # Where sightings go to standard output, nothing else does.
    lines = UpLines(_words(settings, Language(lang)), quiet=quiet or settings.engine.out == STDOUT)
    _run(LoadedFile(settings, stamp), lines, Language(lang), seconds)


def _run(loaded: LoadedFile, lines: UpLines, language: Language, seconds: float | None) -> None:
    settings = loaded.settings
    requests, woken = Requests(), threading.Event()
    supervisor: Supervisor

    def show(camera: CameraId, options: LiveOptions | None) -> bool:
        return supervisor.show(camera, options)

    with ExitStack() as stack:
        stack.enter_context(obeying_signals(requests))
        stack.enter_context(only_engine_of(settings.engine.data_dir))
        outputs = _open_outputs(settings.engine, stack)
        views = LiveViews(show)
        teller = EngineTeller(lines, outputs, views)
        staffing = _staff(settings, language, requests)
        if staffing is None:
            return
        supervisor = Supervisor(staffing, teller, woken.set)
        config = LiveConfig(settings, supervisor.watch, loaded.stamp)
        supervisor.watch(settings.cameras)
        actions = ControlActions(supervisor.status, config.reload, requests.ask_to_stop, views)
        stack.enter_context(ControlServer(settings.engine.data_dir, actions))
        if (endpoint := settings.engine.metrics_endpoint) is not None:
            metrics = stack.enter_context(MetricsServer(supervisor.status, *endpoint))
            _log.info("metrics at %s", metrics.address)
        EngineRun(supervisor, teller, config, requests, woken).run(seconds)


def _staff(settings: EngineSettings, language: Language, requests: Requests) -> Staffing | None:
    """How shards come to be; None if somebody asked to stop while people were enrolled."""
    try:
        known = enrol_people(settings)
    except (BrokenExecutor, KeyboardInterrupt) as error:
        # Ctrl+C reaches all processes of a terminal, and the one that enrols ends at it.
        if requests.stop:
            return None
        raise Fatal("the process that enrols known people was ended", "Is there enough memory?") from error
    if requests.stop:
        return None
    if known is not None:
        for line in complaint_lines(known):
            report_note(line)
        _log.info("%d people are known", len(known.gallery.people))
    cores = len(os.sched_getaffinity(0))
    shards = max(1, choose_shards(len(settings.cameras), cores, settings.engine.shards))
    build = engine_shard_builder(settings, known, shards, language)
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
