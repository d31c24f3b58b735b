"""What `nigoh doctor` looks at, a function each; what is wrong is a Check, not an error."""

import os
import platform
import shutil
import time
from collections.abc import Iterator
from enum import StrEnum
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import av
import msgspec
import numpy as np

from nigoh.config.environment import Folders, read_folders
from nigoh.config.settings import VisionSettings
from nigoh.errors import MissingExtra, NigohError
from nigoh.vision.atomic_file import write_atomically
from nigoh.vision.embedder import CROP_PX
from nigoh.vision.model_files import ModelState, open_models
from nigoh.vision.probing import probe_devices
from nigoh.wiring import build_analyser, load_kind

_LEAST_FREE_BYTES = 500_000_000


class Outcome(StrEnum):
    """What a look at one thing found."""

    OK = "ok"
    MISSING = "missing"
    FAILED = "failed"


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of this machine.

    Attributes:
        name: what was looked at.
        outcome: what was found.
        detail: in words; with a problem, also what to do about it.
        needed: nigoh with its default settings does not work without it.
    """

    name: str
    outcome: Outcome
    detail: str
    needed: bool = False


def check_machine() -> Iterator[Check]:
    """Every check, in the order of the report. Raises ConfigError: the environment or a manifest is wrong."""
    folders = read_folders()
    defaults = VisionSettings()
    yield _system()
    for runtime in sorted(
        metadata.entry_points(group="nigoh.runtimes").names, key=lambda name: name != defaults.runtime
    ):
        yield from _devices(runtime, defaults)
    yield from _models(folders, defaults)
    yield _pipeline(defaults)
    yield _codec("H.264 decoder", "h264", "r", needed=True)
    yield _codec("H.264 encoder", "libx264", "w", needed=False)
    yield _window()
    yield _cache(folders.cache)
    yield _disk(folders.cache)


def _system() -> Check:
    system = f"Python {platform.python_version()}, {platform.platform(terse=True)}"
    cores = len(os.sched_getaffinity(0))
    return Check(
        name="system", outcome=Outcome.OK, detail=f"nigoh {metadata.version('nigoh')}, {system}, {cores} cores"
    )


def _devices(runtime: str, defaults: VisionSettings) -> Iterator[Check]:
    """A check for each device that the runtime knows: a small model really runs on it."""
    try:
        devices = probe_devices(load_kind("nigoh.runtimes", runtime))
    except MissingExtra as error:
        yield Check(name=runtime, outcome=Outcome.MISSING, detail=str(error), needed=runtime == defaults.runtime)
        return
    for device in devices:
        absent = Outcome.FAILED if device.description else Outcome.MISSING
        yield Check(
            name=f"{runtime} {device.name}",
            outcome=Outcome.OK if device.works else absent,
            detail=device.problem or device.description,
            needed=(runtime, device.name) == (defaults.runtime, defaults.device),
        )


def _models(folders: Folders, defaults: VisionSettings) -> Iterator[Check]:
    store = open_models(models=folders.models, cache=folders.cache, config=folders.config)
    outcomes = {ModelState.PRESENT: Outcome.OK, ModelState.CHANGED: Outcome.FAILED}
    for entry in store.catalogue:
        status = store.inspect(entry)
        yield Check(
            name=f"model {entry.name}",
            outcome=outcomes.get(status.state, Outcome.MISSING),
            detail=str(status.problem or f"{entry.version}, {entry.licence}, SHA-256 {entry.sha256[:12]} checked"),
            needed=entry.name in (defaults.detector, defaults.embedder),
        )


def _pipeline(defaults: VisionSettings) -> Check:
    """The default detector and embedder, really run, on a grey picture and a grey crop."""
    try:
        analyser = build_analyser(defaults)
        picture = np.full((360, 640, 3), 128, np.uint8)
        analyser.detect([picture])
        started = time.perf_counter()
        analyser.detect([picture])
        detected = time.perf_counter()
        analyser.embed(np.full((1, CROP_PX, CROP_PX, 3), 128, np.uint8))
        embedded = time.perf_counter()
    except NigohError as error:
        return Check(name="faces", outcome=Outcome.FAILED, detail=str(error), needed=True)
    timing = f"{(detected - started) * 1e3:.0f} ms a 640x360 picture, {(embedded - detected) * 1e3:.0f} ms a face"
    return Check(name="faces", outcome=Outcome.OK, detail=f"detected and embedded: {timing}", needed=True)


def _codec(name: str, codec: str, mode: Literal["r", "w"], *, needed: bool) -> Check:
    version = f"PyAV {av.__version__}, FFmpeg {av.ffmpeg_version_info}"
    try:
        av.Codec(codec, mode)
    except av.codec.codec.UnknownCodecError:
        detail = f"{version} was built without {codec}. Run: pip install --force-reinstall --only-binary av av"
        return Check(name=name, outcome=Outcome.FAILED, detail=detail, needed=needed)
    return Check(name=name, outcome=Outcome.OK, detail=f"{codec} of {version}", needed=needed)


def _window() -> Check:
    if find_spec("pygame") is None:
        missing = MissingExtra("a window (--show)", "window")
        return Check(name="window", outcome=Outcome.MISSING, detail=str(missing))
    return Check(name="window", outcome=Outcome.OK, detail=f"pygame-ce {metadata.version('pygame-ce')}")


def _cache(folder: Path) -> Check:
    probe = folder / "doctor-was-here"
    try:
        write_atomically(probe, [b""])
        probe.unlink()
    except (NigohError, OSError) as error:
        return Check(name="cache", outcome=Outcome.FAILED, detail=str(error), needed=True)
    return Check(name="cache", outcome=Outcome.OK, detail=f"{folder} can be written", needed=True)


def _disk(folder: Path) -> Check:
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    detail = f"{free / 1e9:.1f} GB free at {existing}"
    if free < _LEAST_FREE_BYTES:
        detail += ". Free some space, or set NIGOH_CACHE to a folder on another disk."
        return Check(name="disk", outcome=Outcome.FAILED, detail=detail)
    return Check(name="disk", outcome=Outcome.OK, detail=detail)
