"""Makes a camera-like clip from portraits, with the truth of who is in it, when and where."""

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from nigoh.domain.frame import Pixels
from nigoh.domain.truth import Truth
from nigoh.errors import ConfigError
from nigoh.testing.clip_options import ClipOptions
from nigoh.testing.clip_truth import truth_of
from nigoh.testing.cutout import cut_out
from nigoh.testing.encoder import encode_clip, require_clip_place
from nigoh.testing.portraits import PortraitFolder, read_portraits
from nigoh.testing.renderer import Cast, ClipRenderer
from nigoh.testing.walk import ClipScript
from nigoh.testing.walk_planner import plan_walks, room_for
from nigoh.vision.detector import Detector

_log = logging.getLogger(__name__)

_MOST_PEOPLE = 6
"""How many of a large folder appear when nobody says how many."""


def simulate(
    portraits: Path,
    out: Path,
    detector: Detector,
    options: ClipOptions | None = None,
    script: ClipScript | None = None,
) -> Truth:
    """Make a clip in which the people of a folder of portraits walk past a camera.

    Faces come in small at the side, walk towards the camera, grow and leave, alone and together, over a scene in
    which other things move too. The same portraits, options and script give the same pictures.

    Args:
        portraits: a folder with a photo per person (`Anna.jpg`) or a folder per person (`Anna/1.jpg`).
        out: the clip; its ending chooses the container (.mp4, .mkv, .mov, .ts).
        detector: finds the face in each photo, e.g. `nigoh.wiring.build_analyser(VisionSettings())`.
        options: picture, encoding and camera; by default those of a mid-range indoor camera.
        script: who walks when and where; planned from the options when not given.

    Returns:
        Who is seen, when, and where: a box a picture. `nigoh.storage.truth_file.write_truth` stores it.

    Raises:
        EnrolmentError: the folder cannot be read or shows nobody. Single photos without a face are logged.
        ConfigError: an option is impossible, or the script names someone without a portrait.
        OutputError: the clip cannot be written.
    """
    options = options or ClipOptions()
    require_clip_place(out)
    folder = portraits_for(portraits, detector, options)
    for rejected in folder.rejected:
        _log.warning("%s is not used: %s", rejected.path, rejected.reason)
    return render_clip(folder, out, options, script=script)


def portraits_for(folder: Path, detector: Detector, options: ClipOptions) -> PortraitFolder:
    """Read the portraits that a clip with these options needs. Raises EnrolmentError, ConfigError."""
    wanted = options.people or min(_MOST_PEOPLE, room_for(options.seconds))
    portraits = read_portraits(folder, detector, wanted, seed=options.seed)
    if options.people and len(portraits.people) < options.people:
        raise ConfigError(
            f"people {options.people}: {folder} shows only {len(portraits.people)}",
            "Lower the number or add portraits of others.",
        )
    return portraits


def render_clip(
    portraits: PortraitFolder,
    out: Path,
    options: ClipOptions,
    *,
    script: ClipScript | None = None,
    on_picture: Callable[[int], None] = lambda _: None,
) -> Truth:
    """Make a clip from portraits that were read; `on_picture` hears after each picture how many are done.

    Raises:
        ConfigError: the script names someone without a portrait, or so many people do not fit into the length.
        OutputError: the clip cannot be written.
    """
    script = script or plan_walks(list(portraits.people), options)
    _require_portraits(script, portraits)
    largest = max(max(place.face_px for place in walk.path) for walk in script.walks)
    cast = Cast(
        {
            person: [cut_out(photo.pixels, photo.box, largest) for photo in photos]
            for person, photos in portraits.people.items()
        }
    )
    pictures = ClipRenderer(script, cast, options).pictures()
    encode_clip(_counted(pictures, on_picture), out, options)
    return truth_of(script, cast, options, out.name)


def _require_portraits(script: ClipScript, portraits: PortraitFolder) -> None:
    if not script.walks:
        raise ConfigError("the script has no walk", "Let at least one person walk through the clip.")
    missing = [walk.person for walk in script.walks if walk.person not in portraits.people]
    if missing:
        raise ConfigError(f"the script names {missing[0]}, who has no portrait", "Add a photo of that name.")


def _counted(pictures: Iterable[Pixels], on_picture: Callable[[int], None]) -> Iterator[Pixels]:
    for count, picture in enumerate(pictures, start=1):
        yield picture
        on_picture(count)
