"""`nigoh cameras discover`: which ONVIF cameras are in this network, and where their streams are."""

import time
from pathlib import Path

import click
import msgspec
from rich.table import Table

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.terminal import output
from nigoh.config.engine_file import read_engine_file
from nigoh.errors import ConfigError, NigohError
from nigoh.outbound import Outbound
from nigoh.video.onvif.client import Login, OnvifClient
from nigoh.video.onvif.probe import Device, probe


class DiscoveredStream(msgspec.Struct, frozen=True):
    """A stream as `--json` prints it."""

    name: str
    codec: str
    width_px: int
    height_px: int
    fps: float
    url: str


class DiscoveredCamera(msgspec.Struct, frozen=True):
    """A camera as `--json` prints it."""

    host: str
    name: str
    hardware: str
    streams: tuple[DiscoveredStream, ...]
    problem: str


@click.command("discover", short_help="Look for ONVIF cameras in this network.")
@optional_config_option
@click.option("--seconds", type=click.FloatRange(0.5, 60), default=3.0, show_default=True, help="How long to wait.")
@click.option("--user", default="", metavar="NAME", help="ONVIF user of the cameras; most want one.")
@click.option("--password-file", type=click.Path(path_type=Path), metavar="FILE", help="Holds their password.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, config: Path | None, seconds: float, user: str, password_file: Path | None, as_json: bool) -> None:
    """Ask this network who is an ONVIF camera, and those that answer for their streams.

    Add one with: nigoh cameras add NAME URL --user NAME --password-file FILE.
    """
    gate = read_engine_file(config).network.gate() if config is not None else Outbound()
    login = Login(user, _read_password(password_file))
    found = [_ask(device, login, gate) for device in probe(seconds, time.monotonic)]
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode(), markup=False)
    elif not found:
        output.print("no camera answers. Is ONVIF on in their settings, and are they in this network?", markup=False)
    else:
        output.print(_table(found))


def _read_password(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be read", "Give a file that holds the password.") from error


def _ask(device: Device, login: Login, gate: Outbound) -> DiscoveredCamera:
    try:
        profiles = OnvifClient(device.service, login, gate, time.time).streams()
    except NigohError as error:
        return DiscoveredCamera(device.address, device.name, device.hardware, (), error.what)
    streams = tuple(
        DiscoveredStream(each.name, each.codec, each.width_px, each.height_px, each.fps, str(each.url))
        for each in profiles
    )
    return DiscoveredCamera(device.address, device.name, device.hardware, streams, "")


def _table(found: list[DiscoveredCamera]) -> Table:
    table = Table("camera", "name", "stream", "address", title_justify="left")
    for camera in found:
        if not camera.streams:
            table.add_row(camera.host, camera.name, "-", camera.problem)
        for each in camera.streams:
            table.add_row(camera.host, camera.name, f"{each.codec} {each.width_px}x{each.height_px}", each.url)
    return table
