"""What nigoh stands on: versions of libraries, models with their licences, devices."""

import platform
from importlib import metadata

from nigoh.config.environment import read_folders
from nigoh.config.settings import VisionSettings
from nigoh.domain.system_facts import DeviceFact, ModelFact
from nigoh.errors import MissingExtra
from nigoh.vision.licences import AcceptedLicences
from nigoh.vision.model_files import open_models
from nigoh.vision.probing import probe_devices
from nigoh.wiring import load_kind

_LIBRARIES = (
    "nigoh", "alembic", "av", "cryptography", "fastapi", "faiss-cpu", "flet", "msgspec", "numpy", "onnx",
    "onnxruntime", "opencv-python-headless", "openvino", "pgvector", "psycopg", "pydantic", "sqlalchemy", "starlette",
    "uvicorn", "websockets",
)  # fmt: skip


def library_versions() -> dict[str, str]:
    """The versions of Python, of this system, and of the libraries that matter and are installed."""
    found = {"python": platform.python_version(), "system": platform.platform(terse=True)}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def known_models(vision: VisionSettings) -> tuple[ModelFact, ...]:
    """The models of the catalogue, as they are on this machine. Reads each file once. Raises ConfigError."""
    folders = read_folders()
    store = open_models(models=folders.models, cache=folders.cache, config=folders.config)
    accepted = (*vision.accept_licences, *AcceptedLicences(folders.config).names(store.catalogue))
    store = open_models(models=folders.models, cache=folders.cache, config=folders.config, accepted=accepted)
    return tuple(
        ModelFact(
            name=entry.name,
            version=entry.version,
            kind=entry.kind.value,
            licence=entry.licence,
            is_commercial=entry.commercial_use,
            state=store.inspect(entry).state.value,
            is_used=entry.name in (vision.detector, vision.embedder),
            sha256=entry.sha256,
        )
        for entry in store.catalogue
    )


def known_devices(vision: VisionSettings) -> tuple[DeviceFact, ...]:
    """Every device of every runtime that is installed; a small model is run on each."""
    found: list[DeviceFact] = []
    for runtime in sorted(metadata.entry_points(group="nigoh.runtimes").names):
        try:
            devices = probe_devices(load_kind("nigoh.runtimes", runtime))
        except MissingExtra as error:
            found.append(
                DeviceFact(runtime=runtime, name="", description="", works=False, problem=error.what, is_used=False)
            )
            continue
        found.extend(
            DeviceFact(
                runtime=runtime,
                name=device.name,
                description=device.description,
                works=device.works,
                problem=device.problem,
                is_used=(runtime, device.name) == (vision.runtime, vision.device),
            )
            for device in devices
        )
    return tuple(found)
