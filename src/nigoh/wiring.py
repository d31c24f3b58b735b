"""The one place that names concrete classes; read aloud, it is the pipeline."""

from importlib.metadata import entry_points
from typing import Any

from nigoh.config.settings import VisionSettings
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import ConfigError
from nigoh.vision.catalogue import load_catalogue
from nigoh.vision.model_files import ModelStore


def load_kind(group: str, name: str) -> Any:  # noqa: ANN401 - an entry point is what its group says
    """The object behind an entry point such as ("nigoh.runtimes", "openvino"). Raises ConfigError."""
    found = {point.name: point for point in entry_points(group=group)}
    if name not in found:
        raise ConfigError(
            f"{group.removeprefix('nigoh.')}: there is no '{name}'", f"Choose one of: {', '.join(sorted(found))}."
        )
    return found[name].load()


def build_analyser(settings: VisionSettings) -> FaceAnalyser:
    """Detector and embedder from the catalogue, on the chosen runtime and device."""
    store = ModelStore(load_catalogue(), accepted=settings.accept_licences)
    runtime = load_kind("nigoh.runtimes", settings.runtime)(settings.device)
    found = store.obtain(settings.detector, "detector")
    detector = load_kind("nigoh.detectors", found.entry.architecture)(
        runtime.load(found.path), detect_size_px=settings.detect_size_px, least_score=settings.detect_score
    )
    taken = store.obtain(settings.embedder, "embedder")
    embedder = load_kind("nigoh.embedders", taken.entry.architecture)(runtime.load(taken.path), taken.entry)
    return FaceAnalyser(detector, embedder)
