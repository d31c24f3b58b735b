"""The one place that names concrete classes; read aloud, it is the pipeline."""

from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from nigoh.config.environment import Folders, read_folders
from nigoh.config.settings import VisionSettings
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError
from nigoh.vision.catalogue import load_catalogue
from nigoh.vision.licences import AcceptedLicences
from nigoh.vision.model_files import ModelStore

FALSE_MATCH_RATE = 1e-4
"""Which of a model's thresholds is the default: one stranger in 10,000 comparisons reaches it."""


def load_kind(group: str, name: str) -> Any:  # noqa: ANN401 - an entry point is what its group says
    """The object behind an entry point such as ("nigoh.runtimes", "openvino"). Raises ConfigError."""
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        kind = group.removeprefix("nigoh.")
        raise ConfigError(f"{kind}: there is no '{name}'", f"Choose one of: {', '.join(sorted(found))}.")
    return found[name].load()


def open_models(folders: Folders, accepted: tuple[str, ...] = ()) -> ModelStore:
    """The models of this machine; `accepted` names licences beside those that the user has accepted for good."""
    catalogue = load_catalogue(folders.models)
    remembered = AcceptedLicences(folders.config).names(catalogue)
    return ModelStore(catalogue, models=folders.models, cache=folders.cache, accepted=(*accepted, *remembered))


@dataclass(frozen=True, slots=True, eq=False)
class Vision:
    """What sees: the analyser, and the similarity at which its embedder's model makes one false match in 10,000."""

    analyser: FaceAnalyser
    threshold: float


def build_vision(settings: VisionSettings) -> Vision:
    """Detector and embedder from the catalogue, on the chosen runtime and device."""
    store = open_models(read_folders(), settings.accept_licences)
    runtime = load_kind("nigoh.runtimes", settings.runtime)(settings.device)
    found = store.obtain(settings.detector, "detector")
    detector = load_kind("nigoh.detectors", found.entry.architecture)(
        runtime.load(found.path), detect_size_px=settings.detect_size_px, least_score=settings.detect_score
    )
    taken = store.obtain(settings.embedder, "embedder")
    embedder = load_kind("nigoh.embedders", taken.entry.architecture)(runtime.load(taken.path), taken.entry)
    return Vision(FaceAnalyser(detector, embedder), taken.entry.threshold(FALSE_MATCH_RATE))


def build_analyser(settings: VisionSettings) -> FaceAnalyser:
    """The analyser alone."""
    return build_vision(settings).analyser
