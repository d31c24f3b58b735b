"""`nigoh cameras list`: the cameras of nigoh.toml, and how they are if an engine watches them."""

from collections.abc import Mapping
from pathlib import Path

import click
import msgspec
from rich.markup import escape
from rich.table import Table

from nigoh.cli.config_option import config_option
from nigoh.cli.terminal import output
from nigoh.config.engine_file import read_engine_file
from nigoh.domain.camera import Camera
from nigoh.domain.camera_status import CameraStatus
from nigoh.domain.schedule import format_hours
from nigoh.domain.sighting import CameraId
from nigoh.errors import SourceUnavailable
from nigoh.server.control_client import ControlClient


class ListedCamera(msgspec.Struct, frozen=True):
    """What `nigoh cameras list --json` prints of each camera.

    Attributes:
        name: the camera's.
        address: without credentials.
        transport, mode, fps, priority, record: as they hold, defaults included.
        schedule: when it is watched; empty: always.
        state, reason: as the engine says, or null if none is running or it does not have this camera.
    """

    name: str
    address: str
    transport: str
    mode: str
    fps: float
    priority: str
    record: str
    schedule: tuple[str, ...]
    state: str | None
    reason: str | None


@click.command("list", short_help="Show the cameras of nigoh.toml, and how they are.")
@config_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, config: Path, as_json: bool) -> None:
    """Show the cameras of the file and, if an engine is running with it, whether they are reached."""
    settings = read_engine_file(config)
    states = _states(settings.engine.data_dir)
    cameras = [_listed(camera, (states or {}).get(camera.name)) for camera in settings.cameras]
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(cameras), indent=2).decode(), markup=False)
    elif cameras:
        output.print(_table(cameras, with_states=states is not None))
    else:
        output.print(f"{config} has no cameras yet; add one with: nigoh cameras add NAME URL", markup=False)


def _states(data_dir: Path) -> Mapping[CameraId, CameraStatus] | None:
    """How the engine of this data folder says that its cameras are; None if none is running."""
    try:
        shards = ControlClient(data_dir).status().shards
    except SourceUnavailable:
        return None
    return {status.camera: status for shard in shards for status in shard.cameras}


def _listed(camera: Camera, status: CameraStatus | None) -> ListedCamera:
    return ListedCamera(
        name=camera.name,
        address=str(camera.url),
        transport=camera.transport,
        mode=camera.mode.value,
        fps=camera.fps,
        priority=camera.priority.name.lower(),
        record=camera.record.value,
        schedule=tuple(format_hours(hours) for hours in camera.schedule.hours),
        state=status.state.value if status else None,
        reason=status.reason if status else None,
    )


def _table(cameras: list[ListedCamera], *, with_states: bool) -> Table:
    table = Table()
    for column in ("name", "address", "mode", "fps", "priority", "record", "schedule"):
        table.add_column(column, justify="right" if column == "fps" else "left")
    if with_states:
        table.add_column("state")
    for each in cameras:
        schedule = "; ".join(each.schedule) or "always"
        row = [each.name, each.address, each.mode, f"{each.fps:g}", each.priority, each.record, schedule]
        if with_states:
            row.append(f"{each.state or 'not taken up yet'}{': ' + each.reason if each.reason else ''}")
        table.add_row(*(escape(cell) for cell in row))
    return table
