"""`nigoh top`: how the running engine and its cameras are, now and every second."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click
import msgspec
from rich.live import Live

from nigoh.cli.engine_summary import EngineSummary, RecentStatuses
from nigoh.cli.keys import Keys
from nigoh.cli.terminal import output
from nigoh.cli.top_screen import draw
from nigoh.config.engine_file import read_engine_file
from nigoh.config.engine_settings import EngineOptions
from nigoh.domain.camera_status import EngineStatus
from nigoh.errors import NigohError
from nigoh.server.control_client import ControlClient

_EVERY_S = 1.0
# One second holds one frame of most cameras, or none.
_ONCE_OVER_S = 3.0
_CONFIG = Path("nigoh.toml")

_PATH = click.Path(path_type=Path)
Ask = Callable[[], EngineStatus]


@click.command("top", short_help="Show how the running engine and its cameras are, live.")
@click.option("--config", type=_PATH, metavar="FILE", help="Of the engine.  [default: nigoh.toml, if there is one]")
@click.option("--data-dir", type=_PATH, metavar="DIR", help="Of the engine, as its file says; instead of the file.")
@click.option("--once", is_flag=True, help="Print one table of all cameras and end, as is done without a terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a second; with --once a single one.")
def command(*, config: Path | None, data_dir: Path | None, once: bool, as_json: bool) -> None:
    """Show how the running engine and its cameras are, those in trouble first.

    "seen/s" are the frames that were searched for faces; "covered" is the share of the last minutes in which the
    camera was really watched. Rates are those of the last ten seconds. Press q to leave.
    """
    if config and data_dir:
        raise click.UsageError("--config and --data-dir both say where the engine is: give one of them.")
    ask = ControlClient(data_dir or _data_dir(config)).status
    recent = RecentStatuses()
    summary = recent.summarise(ask())
    try:
        if once or not (as_json or output.is_terminal):
            time.sleep(_ONCE_OVER_S)
            _print(recent.summarise(ask()), as_json=as_json)
        elif as_json:
            _stream(ask, recent)
        else:
            _show(ask, recent, summary)
    except KeyboardInterrupt:
        # How one leaves a screen that shows things until one has seen enough.
        return


def _data_dir(config: Path | None) -> Path:
    if config is None and not _CONFIG.exists():
        return EngineOptions().data_dir
    return read_engine_file(config or _CONFIG).engine.data_dir


def _stream(ask: Ask, recent: RecentStatuses) -> None:
    while True:
        time.sleep(_EVERY_S)
        _print(recent.summarise(ask()), as_json=True)


def _print(summary: EngineSummary, *, as_json: bool) -> None:
    if as_json:
        output.out(msgspec.json.encode(summary).decode(), highlight=False)
    else:
        output.print(draw(summary, output.width))


@contextmanager
def _leaving() -> Iterator[threading.Event]:
    """Set at Ctrl+C. An exception would be lost where it meets a destructor or a callback; the next one is none."""
    left = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def leave(number: int, frame: FrameType | None) -> None:
        del frame
        signal.signal(number, before)
        left.set()

    signal.signal(signal.SIGINT, leave)
    try:
        yield left
    finally:
        signal.signal(signal.SIGINT, before)


def _show(ask: Ask, recent: RecentStatuses, summary: EngineSummary) -> None:
    """Until q is pressed. An engine that ends leaves its last screen, and is waited for."""
    problem = ""
    with _leaving() as left, Keys() as keys, Live(console=output, screen=True, auto_refresh=False) as live:
        while not left.is_set():
            live.update(draw(summary, output.width, output.height, problem), refresh=True)
            if "q" in keys.wait(_EVERY_S).lower() or left.is_set():
                return
            try:
                summary, problem = recent.summarise(ask()), ""
            except NigohError as error:
                problem = str(error)
