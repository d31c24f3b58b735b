"""`nigoh view`: what a camera of the running engine sees, in a window or as one picture."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import click
import cv2
import numpy as np

from nigoh.cli.running_engine import running_engine_options
from nigoh.cli.terminal import report_note
from nigoh.domain.frame import Pixels
from nigoh.domain.sighting import CameraId
from nigoh.engine.shard_seam import LiveOptions, LivePicture
from nigoh.errors import OutputError, SourceUnavailable
from nigoh.server.control_client import ControlClient
from nigoh.ui.window import PreviewWindow

Pictures = Iterator[LivePicture | None]
"""Pictures as they come, and None each second without one, so that whoever looks can do something else."""

_PATIENCE_S = 10.0


class Screen(Protocol):
    """Shows pictures; False means that the user wants to end."""

    def show(self, pixels: Pixels) -> bool:
        """Show the next picture, (H, W, 3) uint8 BGR."""
        ...


@click.command(short_help="Show what a camera of the running engine sees, with the faces it knows.")
@click.argument("camera")
@running_engine_options
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write one picture to this JPEG file.")
@click.option(
    "--size", type=click.IntRange(16, 7680), default=640, show_default=True, help="Long side in pixels, at most."
)
@click.option(
    "--fps", type=click.FloatRange(0.1, 60), default=5.0, show_default=True, help="Pictures a second, at most."
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, 1e6, min_open=True),
    help="Close the window after this time; with --out: how long to wait for a picture.  [default: 10 with --out]",
)
def command(*, camera: str, data_dir: Path, out: Path | None, size: int, fps: float, seconds: float | None) -> None:
    """Show what CAMERA sees, with boxes and names: in a window until it is closed, or as one picture with --out.

    Any number of views of a camera share one encoding; while nobody looks there is none.
    """
    options = LiveOptions(long_side_px=size, fps=fps)
    pictures = ControlClient(data_dir).live(CameraId(camera), options)
    if out is not None:
        save_picture(pictures, camera, out, _PATIENCE_S if seconds is None else seconds)
        return
    with PreviewWindow(f"nigoh: {camera}") as window:
        try:
            show_pictures(pictures, window, size, seconds)
        except KeyboardInterrupt:
            # How one leaves a view until one has seen enough.
            return


def save_picture(pictures: Pictures, camera: str, path: Path, patience_s: float) -> None:
    """Write the first picture to a file.

    Raises:
        SourceUnavailable: none came in time.
        OutputError: the file cannot be written.
    """
    until_s = time.monotonic() + patience_s
    for picture in pictures:
        if picture is not None:
            try:
                path.write_bytes(picture.jpeg)
            except OSError as error:
                raise OutputError.of(path, error) from error
            return
        if time.monotonic() >= until_s:
            break
    raise SourceUnavailable(f"camera '{camera}' showed no picture in time", "See how it is: nigoh top.")


def show_pictures(pictures: Pictures, screen: Screen, size_px: int, seconds: float | None) -> None:
    """Show pictures until the user has seen enough, the time is over, or the engine ends."""
    until_s = None if seconds is None else time.monotonic() + seconds
    pixels = np.zeros((max(1, size_px * 9 // 16), size_px, 3), np.uint8)
    if not screen.show(pixels):
        return
    for picture in pictures:
        pixels = pixels if picture is None else _decode(picture.jpeg)
        if not screen.show(pixels) or (until_s is not None and time.monotonic() >= until_s):
            return
    report_note("the engine has ended")


def _decode(jpeg: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise SourceUnavailable("the engine sent a picture that cannot be read", "Use the engine's own version here.")
    return np.asarray(pixels, dtype=np.uint8)
