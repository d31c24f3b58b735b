"""Finds the files of models, checks that they are what the catalogue means, and prepares them for the runtimes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from nigoh.errors import ModelError, NigohError
from nigoh.vision.catalogue import Catalogue, load_catalogue
from nigoh.vision.digest import file_digest, has_digest
from nigoh.vision.folded_files import folded_file
from nigoh.vision.licences import AcceptedLicences
from nigoh.vision.model_advice import how_to_get, how_to_mend, licence_refused
from nigoh.vision.model_entry import FolderOrigin, ModelEntry, Origin, PackageOrigin, WebOrigin


class ModelState(StrEnum):
    """How a model stands on this machine."""

    PRESENT = "present"
    MISSING = "missing"
    CHANGED = "changed"
    NEEDS_ACCEPTANCE = "needs acceptance"


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that should be a model's, and where it came from. Its digest has not been checked."""

    path: Path
    origin: Origin


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """How a model stands on this machine, after a look at its file.

    Attributes:
        entry: what the catalogue says of it.
        state: how it stands.
        found: its file, if there is one.
        problem: why it cannot be used, and what to do; None if it can.
    """

    entry: ModelEntry
    state: ModelState
    found: FoundFile | None
    problem: NigohError | None = None


@dataclass(frozen=True, slots=True)
class ObtainedModel:
    """A model that is ready to run.

    Attributes:
        entry: what the catalogue says of it.
        path: its folded ONNX file, checked.
    """

    entry: ModelEntry
    path: Path


def open_models(*, models: Path | None, cache: Path, config: Path, accepted: Iterable[str] = ()) -> "ModelStore":
    """The models of this machine.

    Args:
        models: the user's folder of model files, which may hold a manifest, or None.
        cache: where folded and downloaded files are kept.
        config: where accepted licences are remembered.
        accepted: names of models whose licence is accepted this once.

    Raises:
        ConfigError: a manifest is malformed, or the licence of a model that nobody knows is accepted.
    """
    catalogue = load_catalogue(models)
    accepted = [catalogue.find(name).name for name in accepted]
    remembered = AcceptedLicences(config).names(catalogue)
    return ModelStore(catalogue, models=models, cache=cache, accepted=(*accepted, *remembered))


class ModelStore:
    """The models of a catalogue as files on this machine. It never uses the network.

    Args:
        catalogue: which models there are.
        models: the user's folder of model files (NIGOH_MODELS), or None.
        cache: where folded and downloaded files are kept.
        accepted: names of models whose non-commercial licence the user has accepted.
    """

    def __init__(
        self, catalogue: Catalogue, *, models: Path | None, cache: Path, accepted: Iterable[str] = ()
    ) -> None:
        self.catalogue = catalogue
        self._models = models
        self._cache = cache
        self._accepted = frozenset(accepted)

    def obtain(self, name: str, kind: str | None = None) -> ObtainedModel:
        """The model of that name (and kind: "detector", "embedder"), its file checked and folded.

        Raises:
            ConfigError: the catalogue has no such model.
            LicenceRefused: its licence has to be accepted first.
            ModelError: its file is missing, changed, or no model.
            OutputError: the cache cannot be written.
        """
        entry = self.catalogue.find(name, kind)
        if self.needs_acceptance(entry):
            raise licence_refused(entry)
        source = self.check(entry)
        return ObtainedModel(entry, folded_file(entry, source.path, self._cache / "folded"))

    def needs_acceptance(self, entry: ModelEntry) -> bool:
        """Whether the licence forbids commercial use and has not been accepted."""
        return not entry.commercial_use and entry.name not in self._accepted

    def inspect(self, entry: ModelEntry) -> ModelStatus:
        """How the model stands: a missing or changed file comes before a licence to accept."""
        found = self.locate(entry)
        try:
            _require_content(entry, found)
        except ModelError as error:
            return ModelStatus(entry, ModelState.CHANGED if found else ModelState.MISSING, found, error)
        if self.needs_acceptance(entry):
            return ModelStatus(entry, ModelState.NEEDS_ACCEPTANCE, found, licence_refused(entry))
        return ModelStatus(entry, ModelState.PRESENT, found)

    def check(self, entry: ModelEntry) -> FoundFile:
        """The model's file, its digest compared with the catalogue's.

        Raises:
            ModelError: it is missing, unreadable, or another file than the catalogue means.
        """
        return _require_content(entry, self.locate(entry))

    def locate(self, entry: ModelEntry) -> FoundFile | None:
        """Where the model's file is, by the catalogue's order of origins, or None.

        A file in the user's folder that has the right content under another name is found too.
        """
        for origin in entry.origins:
            path = self._path(origin, entry)
            if path is not None and path.is_file():
                return FoundFile(path, origin)
        return self._by_content(entry)

    def download_path(self, entry: ModelEntry, origin: WebOrigin) -> Path:
        """Where a download of the model is kept."""
        return self._cache / "downloads" / f"{entry.sha256[:16]}-{PurePosixPath(urlsplit(origin.url).path).name}"

    def _path(self, origin: Origin, entry: ModelEntry) -> Path | None:
        match origin:
            case PackageOrigin(distribution, path):
                return _package_file(distribution, path)
            case FolderOrigin(file):
                return self._models / file if self._models else None
            case WebOrigin():
                return self.download_path(entry, origin)

    def _by_content(self, entry: ModelEntry) -> FoundFile | None:
        for path in self._folder_files():
            if has_digest(path, entry.sha256):
                return FoundFile(path, FolderOrigin(path.name))
        return None

    def _folder_files(self) -> Iterator[Path]:
        if self._models is not None:
            yield from sorted(path for path in self._models.glob("*.onnx") if path.is_file())


def _package_file(distribution: str, path: str) -> Path | None:
    """A file of an installed package, found by its metadata: importing the package would run its code."""
    try:
        return Path(str(metadata.distribution(distribution).locate_file(path)))
    except metadata.PackageNotFoundError:
        return None


def _require_content(entry: ModelEntry, found: FoundFile | None) -> FoundFile:
    if found is None:
        raise ModelError(f"model {entry.name}: its file is not on this machine", how_to_get(entry))
    try:
        digest = file_digest(found.path)
    except OSError as error:
        raise ModelError(f"model {entry.name}: {found.path} cannot be read: {error.strerror}") from error
    if digest != entry.sha256:
        raise ModelError(
            f"model {entry.name}: {found.path} was changed: its SHA-256 begins with {digest[:12]}, "
            f"the catalogue says {entry.sha256[:12]}",
            how_to_mend(entry, found.origin),
        )
    return found
