"""`nigoh cameras test`: is a camera reached, what does it send, and what should be changed at it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

import click
import msgspec
import numpy as np
from rich.table import Table

from nigoh.cli.config_option import optional_config_option
from nigoh.cli.terminal import output
from nigoh.cli.vision_options import vision_options
from nigoh.config.engine_edit import find_camera
from nigoh.config.engine_file import read_engine_file
from nigoh.config.settings import VisionSettings
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import redact
from nigoh.domain.geometry import Floats
from nigoh.errors import ConfigError
from nigoh.video.camera_facts import CameraLimits, StreamFacts, advise
from nigoh.video.camera_probe import listen
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.sampling import Sampling
from nigoh.wiring import build_analyser

_LOOKS_PER_S = 2.0


class CameraTest(msgspec.Struct, frozen=True):
    """What `nigoh cameras test --json` prints.

    Attributes:
        camera: its address, without credentials.
        stream: what it sends.
        faces: how many were seen, over all looks.
        face_height_px: their median height, or null.
        advice: what to change, most useful first.
    """

    camera: str
    stream: StreamFacts
    faces: int
    face_height_px: float | None
    advice: tuple[str, ...]


@click.command("test", short_help="What a camera sends, how large faces are, what to change.")
@click.argument("camera")
@optional_config_option
@click.option("--seconds", type=click.FloatRange(1, 60), default=6.0, show_default=True, help="How long to listen.")
@click.option(
    "--transport", type=click.Choice(["tcp", "udp"]), help="How an RTSP camera sends; default: as configured, or tcp."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@vision_options
def command(
    *,
    camera: str,
    config: Path | None,
    seconds: float,
    transport: Literal["tcp", "udp"] | None,
    as_json: bool,
    vision: VisionSettings,
) -> None:
    """Connect to CAMERA, listen, and look for faces.

    CAMERA is a URL, a webcam's number, or, with --config, the name of a camera in that file.
    """
    options = SourceOptions(transport=transport or "tcp")
    if config is not None:
        settings = read_engine_file(config)
        configured = find_camera(settings.cameras, camera, config)
        camera = _address_of(configured)
        options = SourceOptions(transport=transport or configured.transport, gate=settings.network.gate())
    facts = listen(camera, options, seconds)
    heights_px = _see_faces(camera, options, seconds, vision)
    result = CameraTest(
        camera=redact(camera),
        stream=facts,
        faces=len(heights_px),
        face_height_px=round(float(np.median(heights_px)), 1) if len(heights_px) else None,
        advice=tuple(each.text for each in advise(facts, heights_px, CameraLimits())),
    )
    if as_json:
        output.print(msgspec.json.format(msgspec.json.encode(result), indent=2).decode(), markup=False)
    else:
        _show(result)


def _address_of(camera: Camera) -> str:
    """A configured camera's address as a source is named: a webcam by its number. Raises ConfigError for a file."""
    if camera.url.scheme != "file":
        return camera.url.reveal()
    webcam = re.fullmatch(r"file://(?:localhost)?/dev/video(\d+)", camera.url.reveal())
    if webcam is None:
        raise ConfigError(f"{camera.name} is a video file and no camera", "Watch it with: nigoh watch FILE.")
    return webcam[1]


def _see_faces(camera: str, options: SourceOptions, seconds: float, vision: VisionSettings) -> Floats:
    """Heights (N,) in pixels of the faces of two looks a second."""
    analyser = build_analyser(vision)
    watched = replace(options, end_s=seconds, sampling=Sampling(target_fps=_LOOKS_PER_S))
    with open_source(camera, watched) as source:
        boxes = [analyser.detect([frame.pixels])[0].boxes for frame in source.frames()]
    return np.concatenate([each[:, 3] - each[:, 1] for each in boxes]) if boxes else np.empty(0, np.float32)


def _show(result: CameraTest) -> None:
    stream = result.stream
    interval_s = stream.keyframe_interval_s
    table = Table(title=result.camera, title_justify="left", show_header=False)
    table.add_row("codec", stream.codec)
    table.add_row("picture", f"{stream.width_px}x{stream.height_px}")
    table.add_row("pictures a second", f"{stream.fps:.1f}")
    table.add_row("keyframe every", "-" if interval_s is None else f"{interval_s:.1f} s")
    table.add_row("bit rate", f"{stream.bits_per_s / 1e6:.2f} Mbit/s")
    seen = f"{result.faces}, about {result.face_height_px:.0f} px high" if result.face_height_px else "none seen"
    table.add_row("faces", seen)
    output.print(table)
    for line in result.advice:
        output.print(f"advice: {line}", markup=False)
    if not result.advice:
        output.print("well set: nothing to change", markup=False)
