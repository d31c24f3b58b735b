"""`nigoh farm`: simulated RTSP cameras with faces, faults on demand, and the truth by wall clock."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nigoh.cli.picture_options import farm_options
from nigoh.cli.terminal import errors, output, report_note
from nigoh.config.environment import read_folders
from nigoh.config.settings import VisionSettings
from nigoh.testing.encoder import require_place
from nigoh.testing.farm.account_file import read_account
from nigoh.testing.farm.authentication import AuthScheme
from nigoh.testing.farm.control import Order, ask_farm
from nigoh.testing.farm.farm import Farm
from nigoh.testing.farm.faults import MEASURES, Fault, FaultKind
from nigoh.testing.farm.footage import Footage
from nigoh.testing.farm.footage_store import prepare_footage
from nigoh.testing.farm.options import FarmOptions, ServingOptions
from nigoh.testing.farm.process import FarmPlace
from nigoh.wiring import build_analyser

_PATH = click.Path(path_type=Path)
_CLEAR = "clear"


@click.group("farm", invoke_without_command=True, short_help="Simulate RTSP cameras with faces, faults and a truth.")
@click.option("--faces", type=_PATH, metavar="DIR", help="Portraits, a photo or a folder a person. Without: nobody.")
@farm_options()
@click.option(
    "--transport",
    type=click.Choice(["both", "tcp", "udp"]),
    default="both",
    show_default=True,
    help="How packets may be fetched.",
)
@click.option(
    "--auth",
    type=click.Choice([scheme.value for scheme in AuthScheme]),
    default="none",
    show_default=True,
    help="How a password is asked for.",
)
@click.option("--user", default="farm", show_default=True, help="Who may look.")
@click.option("--password-file", type=_PATH, metavar="FILE", help="Holds the password; made when missing.")
@click.option("--host", default="127.0.0.1", show_default=True, help="IPv4 address to listen on.")
@click.option("--port", type=int, default=0, help="Of RTSP.  [default: a free one]")
@click.option("--control-port", type=int, default=0, help="For faults, on 127.0.0.1.  [default: a free one]")
@click.option("--truth", type=_PATH, metavar="FILE", help="Write who appears where and when, as JSON lines.")
@click.option("--seconds", type=float, metavar="N", help="End after so long.  [default: at Ctrl+C]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of addresses.")
@click.pass_context
def command(
    context: click.Context,
    *,
    faces: Path | None,
    farm: FarmOptions,
    transport: str,
    auth: str,
    user: str,
    password_file: Path | None,
    host: str,
    port: int,
    control_port: int,
    truth: Path | None,
    seconds: float | None,
    as_json: bool,
) -> None:
    """Serve simulated RTSP cameras until Ctrl+C.

    Each shows an empty scene in which, now and then, somebody from DIR appears. Their addresses are printed, one a
    line. `nigoh farm fault` lets something go wrong with them.
    """
    if context.invoked_subcommand is not None:
        return
    serving = ServingOptions(
        host=host,
        port=port,
        control_port=control_port,
        tcp=transport != "udp",
        udp=transport != "tcp",
        account=read_account(AuthScheme(auth), user, password_file),
    )
    if truth is not None:
        require_place(truth)
    footage = _prepare(faces, farm)
    with _told_to_stop() as stop, Farm(footage, farm, serving, truth=truth) as running:
        _announce(running, as_json=as_json)
        if password_file is not None and auth != "none":
            report_note(f"user {user}, password in {password_file}")
        _wait(running, seconds, stop)


@command.command("fault", short_help="Let something go wrong with running cameras.")
@click.argument("port", type=int)
@click.argument("kind", type=click.Choice([*(kind.value for kind in FaultKind), _CLEAR]))
@click.option("--camera", type=int, metavar="N", help="The camera's number.  [default: all]")
@click.option("--value", type=float, help="How much, for " + ", ".join(sorted(MEASURES)) + ".")
@click.option("--seconds", type=float, metavar="N", help="For how long.  [default: until clear]")
def fault(*, port: int, kind: str, camera: int | None, value: float | None, seconds: float | None) -> None:
    """Let something go wrong with the cameras of a running farm, whose control PORT it has printed.

    KIND "clear" lets everything be well again.
    """
    if kind == _CLEAR:
        ask_farm(port, Order("clear", camera=camera))
        return
    asked = Fault(FaultKind(kind), camera, value, seconds)
    ask_farm(port, Order("fault", asked.kind, asked.camera, asked.value, asked.seconds))


def _prepare(faces: Path | None, options: FarmOptions) -> Footage:
    columns = (TextColumn("making clips"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bar:
        task = bar.add_task("", total=None)
        return prepare_footage(
            faces,
            lambda: build_analyser(VisionSettings()),
            options,
            read_folders().cache,
            on_clip=lambda done, total: bar.update(task, completed=done, total=total),
        )


def _announce(farm: Farm, *, as_json: bool) -> None:
    urls = tuple(f"rtsp://{url.name}" for url in farm.urls)
    if as_json:
        place = FarmPlace(urls, farm.control_port, os.getpid())
        output.print(msgspec.json.encode(place).decode(), markup=False)
    else:
        output.print("\n".join(urls), markup=False)
        report_note(f"{len(urls)} cameras; control port {farm.control_port}; Ctrl+C ends them")
    output.file.flush()


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl+C and a polite end of the process set."""
    stop = threading.Event()
    before = {each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _wait(farm: Farm, seconds: float | None, stop: threading.Event) -> None:
    end_s = time.monotonic() + (float("inf") if seconds is None else seconds)
    while not stop.wait(min(0.5, max(end_s - time.monotonic(), 0))) and time.monotonic() < end_s:
        farm.raise_failure()
