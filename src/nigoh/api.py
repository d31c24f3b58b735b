"""What scripts use: load known faces, watch a source."""

from collections.abc import Iterator
from pathlib import Path

from nigoh.config.settings import VisionSettings, WatchSettings, read_settings
from nigoh.domain.sighting import Sighting
from nigoh.engine.camera_watch import FrameResult
from nigoh.engine.known_faces import KnownFaces
from nigoh.errors import NigohError
from nigoh.wiring import build_vision, enrol_folder, open_watch

Source = str | int | Path
"""A video file, a folder of pictures, a webcam's index, or the URL of a camera."""


def load_known_faces(folder: str | Path, **settings: object) -> KnownFaces:
    """Load a folder of known faces: a file per person (its stem is the name) or a folder per person.

    A photo without a usable face does not stop the rest: `photos` says what became of each.

    Args:
        folder: the folder.
        settings: any of VisionSettings, e.g. device="gpu".

    Raises:
        ConfigError: the folder is missing, or a setting is wrong.
        EnrolmentError: nobody could be enrolled.
    """
    chosen = read_settings(VisionSettings, settings)
    return enrol_folder(Path(folder), build_vision(chosen).analyser)


def watch(source: Source, known: KnownFaces | None = None, **settings: object) -> Iterator[Sighting]:
    """Watch a source; yield a sighting for each track when it ends.

    The source is opened, and errors are raised, when the first sighting is asked for. Leaving the loop closes it.

    Args:
        source: what to watch.
        known: who can be recognised, from `load_known_faces`; without it everybody is unknown.
        settings: any of WatchSettings, e.g. wanted=["Anna"], fps=5, threshold=0.45, end_s=60.

    Raises:
        ConfigError: a setting is wrong.
        SourceError, SourceUnavailable: the source cannot be read, or a live one ended; everything found until then
            is yielded first.
    """
    chosen = read_settings(WatchSettings, settings)
    with open_watch(source, chosen, known, build_vision(chosen)) as watching:
        failure: NigohError | None = None
        try:
            for result in watching.results():
                if isinstance(result, FrameResult):
                    yield from (report.sighting for report in result.ended)
        except NigohError as error:
            failure = error
        yield from (report.sighting for report in watching.finish())
        if failure is not None:
            raise failure
