"""The catalogue of models: nigoh's own manifest, and the user's beside their model files."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from nigoh.errors import ConfigError
from nigoh.vision.manifest import read_manifest
from nigoh.vision.model_entry import ModelEntry

USER_MANIFEST = "models.toml"
"""Name of the manifest that a user may put into the folder NIGOH_MODELS."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The models that can be named, each name once.

    Raises:
        ConfigError: two entries have one name.
    """

    entries: tuple[ModelEntry, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.name in seen:
                raise ConfigError(f"two models are named '{entry.name}'", f"Rename the one in your {USER_MANIFEST}.")
            seen.add(entry.name)

    def __iter__(self) -> Iterator[ModelEntry]:
        return iter(self.entries)

    def find(self, name: str, kind: str | None = None) -> ModelEntry:
        """The model of that name, of that kind ("detector", "embedder") if one is given.

        Raises:
            ConfigError: there is none; says which there are.
        """
        eligible = {entry.name: entry for entry in self.entries if kind in (None, entry.kind)}
        if name not in eligible:
            raise ConfigError(
                f"{kind or 'model'}: there is no '{name}' in the catalogue", f"Choose one of: {', '.join(eligible)}."
            )
        return eligible[name]


def load_catalogue(models: Path | None = None) -> Catalogue:
    """The product's own models and those of models.toml in the folder `models`, if there is one.

    Raises:
        ConfigError: a manifest is malformed, unreadable, or names a model twice.
    """
    own = resources.files("nigoh.vision").joinpath("catalogue.toml").read_text(encoding="utf-8")
    entries = read_manifest(own, "catalogue.toml")
    if models is not None and (models / USER_MANIFEST).exists():
        entries += read_manifest(_read(models / USER_MANIFEST), str(models / USER_MANIFEST))
    return Catalogue(entries)


def _read(manifest: Path) -> str:
    try:
        return manifest.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{manifest} cannot be read: {error}", "It is a TOML file in UTF-8.") from error
