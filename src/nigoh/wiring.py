"""The one place that names concrete classes; read aloud, it is the pipeline."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from nigoh.config.engine_settings import PeopleSettings
from nigoh.config.environment import read_folders
from nigoh.config.settings import VisionSettings, WatchSettings
from nigoh.domain.enrolment import PhotoReport
from nigoh.domain.naming_rule import NamingRule
from nigoh.domain.operating_point import OperatingPoint
from nigoh.domain.sighting import CameraId, person_id
from nigoh.domain.template import ModelIdentity
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.camera_watch import CameraWatch, WatchPolicy
from nigoh.engine.enrolment import Enroller
from nigoh.engine.known_faces import KnownFaces
from nigoh.engine.known_people import KnownPeople
from nigoh.engine.photo_faces import EnrolmentPolicy
from nigoh.engine.watching import Watching
from nigoh.errors import ConfigError, EnrolmentError, MissingExtra
from nigoh.identity.calibration import false_match_rate_for, threshold_for
from nigoh.identity.decision import DecisionPolicy
from nigoh.identity.gallery import ExactGallery, Gallery
from nigoh.identity.gallery_choice import GalleryKind, choose_gallery
from nigoh.identity.template_codes import Precision
from nigoh.storage.known_faces import list_known_photos
from nigoh.video.opening import open_source
from nigoh.video.options import SourceOptions
from nigoh.video.photo import PHOTO_SUFFIXES
from nigoh.video.sampling import Sampling
from nigoh.vision.model_files import open_models

_log = logging.getLogger(__name__)

ACCELERATOR_BATCH = 8
"""Pictures that go through the detector at once on anything but a CPU."""

ANALYSED_FPS = 10.0
"""Analysed frames a second where nothing else is asked for. Tracks hold at 2; 10 catch half a second of a face."""


def load_kind(group: str, name: str) -> Any:  # noqa: ANN401 - an entry point is what its group says
    """The object behind an entry point such as ("nigoh.runtimes", "openvino"). Raises ConfigError."""
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        kind = group.removeprefix("nigoh.")
        raise ConfigError(f"{kind}: there is no '{name}'", f"Choose one of: {', '.join(sorted(found))}.")
    return found[name].load()


@dataclass(frozen=True, slots=True, eq=False)
class Vision:
    """What sees: the analyser, and what its embedder's model measured, for the thresholds."""

    analyser: FaceAnalyser
    operating_points: tuple[OperatingPoint, ...]

    def threshold_for(self, false_match_rate: float) -> float:
        """The similarity that a false match rate asks for. Raises ConfigError if nobody measured the model."""
        if not self.operating_points:
            raise ConfigError(
                f"the catalogue states no thresholds of {self.analyser.model}",
                "Give a threshold, or measure them and add them to the model's entry in models.toml.",
            )
        return threshold_for(false_match_rate, self.operating_points)


def build_vision(settings: VisionSettings, threads: int | None = None) -> Vision:
    """Detector and embedder from the catalogue, on the chosen runtime and device; on a CPU, with so many threads."""
    folders = read_folders()
    store = open_models(
        models=folders.models, cache=folders.cache, config=folders.config, accepted=settings.accept_licences
    )
    runtime = load_kind("nigoh.runtimes", settings.runtime)(settings.device, threads=threads)
    found = store.obtain(settings.detector, "detector")
    detector = load_kind("nigoh.detectors", found.entry.architecture)(
        runtime.load(found.path),
        detect_size_px=settings.detect_size_px,
        least_score=settings.detect_score,
        batch_size=1 if settings.device == "cpu" else ACCELERATOR_BATCH,
    )
    taken = store.obtain(settings.embedder, "embedder")
    embedder = load_kind("nigoh.embedders", taken.entry.architecture)(runtime.load(taken.path), taken.entry)
    return Vision(FaceAnalyser(detector, embedder), taken.entry.thresholds)


def build_analyser(settings: VisionSettings) -> FaceAnalyser:
    """The analyser alone."""
    return build_vision(settings).analyser


def enrol_folder(folder: Path, analyser: FaceAnalyser, gallery: ExactGallery | None = None) -> KnownFaces:
    """Add a folder of known faces to a gallery, a new one by default. Raises EnrolmentError if it stays empty."""
    gallery = ExactGallery(analyser.model) if gallery is None else gallery
    photos = Enroller(analyser, EnrolmentPolicy()).enrol(list_known_photos(folder), gallery)
    if not gallery.people:
        raise EnrolmentError(*_nobody(folder, photos))
    return KnownFaces(gallery, photos)


def open_watch(
    source: str | int | Path,
    settings: WatchSettings,
    known: KnownFaces | None,
    vision: Vision,
    *,
    every_frame: bool = False,
) -> Watching:
    """A source, ready to be watched. With `every_frame` the frames that are not analysed are delivered too."""
    gallery = known.gallery if known else ExactGallery(vision.analyser.model)
    policy = WatchPolicy(build_decision_policy(settings, vision, gallery))
    target_fps = ANALYSED_FPS if settings.fps is None and settings.every is None else settings.fps
    sampling = Sampling(every=settings.every, target_fps=target_fps)
    opened = open_source(
        source,
        SourceOptions(
            transport=settings.transport,
            start_s=settings.start_s,
            end_s=settings.end_s,
            sampling=None if every_frame else sampling,
        ),
    )
    camera = CameraWatch(CameraId(settings.camera or opened.info.name), vision.analyser, KnownPeople(gallery), policy)
    # Counted where frames are analysed: of a live camera some are dropped on the way there.
    return Watching(opened, vision.analyser, camera, replace(sampling, max_frames=settings.max_frames).sampler())


def build_gallery(model: ModelIdentity, templates: int) -> Gallery:
    """The gallery for about so many templates of this model."""
    if choose_gallery(templates, model.dimension) is GalleryKind.EXACT:
        return ExactGallery(model)
    try:
        from nigoh.identity.approximate_gallery import ApproximateGallery, use_one_thread  # noqa: PLC0415 - an extra
    except MissingExtra as error:
        _log.warning("%d templates are searched exactly. To search them sooner: %s", templates, error.next_step)
        return ExactGallery(model, Precision.HALF)
    use_one_thread()
    return ApproximateGallery(model)


def threshold_by_size(settings: WatchSettings | PeopleSettings, vision: Vision) -> Callable[[int], float] | None:
    """The threshold for so many templates; None: the settings name one, however many there are."""
    if settings.threshold is not None:
        return None
    return lambda templates: vision.threshold_for(false_match_rate_for(settings.false_alarms, templates))


def threshold_by_rule(rule: NamingRule, vision: Vision) -> Callable[[int], float]:
    """The threshold for so many templates, by a rule; asking raises ConfigError if nobody measured the model."""
    fixed = rule.threshold
    if fixed is not None:
        return lambda _templates: fixed
    return lambda templates: vision.threshold_for(false_match_rate_for(rule.false_alarms, templates))


def build_decision_policy(
    settings: WatchSettings | PeopleSettings, vision: Vision, gallery: Gallery
) -> DecisionPolicy:
    """Thresholds and who is wanted.

    Raises:
        ConfigError: a wanted person is not enrolled, or nothing says which threshold the model needs.
    """
    people = gallery.people
    wanted = [person_id(name) for name in settings.wanted]
    for name in wanted:
        if name not in people:
            near = get_close_matches(name, people, n=3, cutoff=0.5) or people[:5]
            raise ConfigError(
                f"wanted: {name} is not among the known faces",
                f"Known are, for example: {', '.join(near) or 'nobody; give --known'}.",
            )
    threshold = settings.threshold
    if threshold is None:
        threshold = vision.threshold_for(false_match_rate_for(settings.false_alarms, len(gallery)))
    return DecisionPolicy(threshold, wanted=frozenset(wanted))


def _nobody(folder: Path, photos: Sequence[PhotoReport]) -> tuple[str, str]:
    if not photos:
        suffixes = " ".join(sorted(PHOTO_SUFFIXES))
        return f"{folder} holds no photos", f"Put a photo a person into it, named after them ({suffixes})."
    first = photos[0]
    return (
        f"nobody could be enrolled from the {len(photos)} photos in {folder}",
        f"{first.path.name}: {first.detail}.",
    )
