"""Makes the footage of a farm once, and keeps it in a cache folder."""

import hashlib
import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import mkdtemp

import msgspec

from nigoh.domain.truth import Truth
from nigoh.errors import EnrolmentError, OutputError
from nigoh.storage.truth_file import read_truth, write_truth
from nigoh.testing.clip_truth import truth_of
from nigoh.testing.encoder import encode_clip
from nigoh.testing.farm.appearances import PlannedClip, plan_other_size, plan_scene
from nigoh.testing.farm.coded_clip import CodedClip, read_coded_clip
from nigoh.testing.farm.footage import Footage, SceneFootage
from nigoh.testing.farm.options import FarmOptions
from nigoh.testing.farm.schedule import Seen
from nigoh.testing.portraits import PortraitFolder, read_portraits
from nigoh.testing.renderer import Cast, ClipRenderer
from nigoh.testing.simulation import render_clip
from nigoh.vision.detector import Detector

_log = logging.getLogger(__name__)

_VERSION = 1  # of the clips: what is cached by an earlier nigoh is not used
_COMPLETE = "complete"

Progress = Callable[[int, int], None]
"""Hears how many clips are done, and of how many."""


def prepare_footage(
    faces: Path | None,
    open_detector: Callable[[], Detector],
    options: FarmOptions,
    cache: Path,
    *,
    on_clip: Progress = lambda _done, _all: None,
) -> Footage:
    """The clips for a farm, from the cache or made now, about as fast as they play.

    Args:
        faces: a folder with a photo per person or a folder per person; None: nobody appears.
        open_detector: opens what finds the face in each photo; called only when clips have to be made.
        options: the farm.
        cache: nigoh's cache folder, `nigoh.config.environment.read_folders().cache`.
        on_clip: hears of the progress when clips are made.

    Raises:
        EnrolmentError: the folder of faces cannot be read or shows nobody.
        ConfigError: an option is impossible.
        OutputError: the cache cannot be written.
    """
    folder = cache / "farm" / _key(faces, options)
    if not (folder / _COMPLETE).exists():
        _make(faces, open_detector, options, folder, on_clip)
    return _read(folder, options)


def _key(faces: Path | None, options: FarmOptions) -> str:
    """What the clips depend on. A photo that has been replaced has another size or time."""
    depends: list[object] = [
        _VERSION,
        asdict(options.picture),
        options.people,
        options.seed,
        sorted(_stills(options)),
    ]
    if faces is not None:
        try:
            files = [(path, path.stat()) for path in sorted(faces.rglob("*")) if path.is_file()]
        except OSError as error:
            raise _unreadable(faces, error.strerror or str(error)) from error
        if not files:
            raise _unreadable(faces, "no file is in it" if faces.is_dir() else "it is no folder")
        depends += [(str(path.relative_to(faces)), stat.st_size, stat.st_mtime_ns) for path, stat in files]
    return hashlib.sha256(msgspec.json.encode(depends)).hexdigest()[:24]


def _unreadable(faces: Path, reason: str) -> EnrolmentError:
    return EnrolmentError(f"{faces} cannot be used: {reason}", "Give a folder of portraits.")


def _stills(options: FarmOptions) -> list[bool]:
    """The scenes that the cameras look at."""
    scenes = [True] * bool(options.still_cameras)
    return scenes + [False] * (options.still_cameras < options.cameras)


def _make(
    faces: Path | None, open_detector: Callable[[], Detector], options: FarmOptions, folder: Path, on_clip: Progress
) -> None:
    """Make all clips beside their place; the folder appears when it is complete."""
    people = PortraitFolder({}, ())
    if faces is not None:
        people = read_portraits(faces, open_detector(), options.people, seed=options.seed)
    for rejected in people.rejected:
        _log.warning("%s is not used: %s", rejected.path, rejected.reason)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(prefix=".unfinished-", dir=folder.parent))
        try:
            _make_clips(people, options, unfinished, on_clip)
            _put_in_place(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"{folder}: {error.strerror or error}", "NIGOH_CACHE names another folder.") from error


def _put_in_place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another process was quicker: its clips are the same.
        if not (folder / _COMPLETE).exists():
            raise


def _make_clips(people: PortraitFolder, options: FarmOptions, folder: Path, on_clip: Progress) -> None:
    clips = [clip for still in _stills(options) for clip in plan_scene(options, list(people.people), still=still)]
    clips.append(plan_other_size(options))
    for row, clip in enumerate(clips):
        write_truth(_make_clip(clip, people, folder / f"{clip.name}.mp4"), folder / f"{clip.name}.json")
        on_clip(row + 1, len(clips))
    (folder / _COMPLETE).touch()


def _make_clip(clip: PlannedClip, people: PortraitFolder, path: Path) -> Truth:
    if not clip.script.walks:
        cast = Cast({})
        encode_clip(ClipRenderer(clip.script, cast, clip.options).pictures(), path, clip.options)
        return truth_of(clip.script, cast, clip.options, path.name)
    walker = clip.script.walks[0].person
    alone = replace(people, people={walker: people.people[walker]})
    return render_clip(alone, path, clip.options, script=clip.script)


def _read(folder: Path, options: FarmOptions) -> Footage:
    scenes = {still: _read_scene(folder, "still" if still else "busy", options) for still in _stills(options)}
    return Footage(scenes, _read_clip(folder / "other-size.mp4", options))


def _read_scene(folder: Path, name: str, options: FarmOptions) -> SceneFootage:
    count = len(list(folder.glob(f"{name}-[0-9]*.mp4")))
    paths = [folder / f"{name}-{row}.mp4" for row in range(count)]
    return SceneFootage(
        _read_clip(folder / f"{name}-empty.mp4", options),
        tuple(_read_clip(path, options) for path in paths),
        tuple(_seen(read_truth(path.with_suffix(".json"))) for path in paths),
    )


def _read_clip(path: Path, options: FarmOptions) -> CodedClip:
    return read_coded_clip(path, options.picture.gop)


def _seen(truth: Truth) -> tuple[Seen, ...]:
    found = []
    for each in truth.appearances:
        heights = [place.box[3] - place.box[1] for place in each.track]
        found.append(Seen(each.person, each.enter_s, each.leave_s, (min(heights), max(heights))))
    return tuple(found)
