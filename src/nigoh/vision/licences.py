"""Remembers which non-commercial licences the user has accepted, by model."""

import json
from pathlib import Path

from nigoh.errors import ConfigError
from nigoh.vision.atomic_file import write_atomically
from nigoh.vision.catalogue import Catalogue
from nigoh.vision.model_entry import ModelEntry

_FILE = "accepted_licences.json"


class AcceptedLicences:
    """The file of accepted licences, {model name: licence}, in the user's configuration folder.

    An acceptance holds for the licence that the catalogue named then: a model that changes its licence asks again.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def accept(self, entry: ModelEntry) -> None:
        """Remember that the user accepts this model's licence. Raises OutputError, ConfigError."""
        accepted = {**self._read(), entry.name: entry.licence}
        text = json.dumps(accepted, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        write_atomically(self._path, [text.encode()])

    def names(self, catalogue: Catalogue) -> tuple[str, ...]:
        """The models of the catalogue whose present licence has been accepted. Raises ConfigError."""
        accepted = self._read()
        return tuple(entry.name for entry in catalogue if accepted.get(entry.name) == entry.licence)

    def _read(self) -> dict[str, str]:
        try:
            accepted = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"{self._path} cannot be read: {error}", "Remove it and accept the licences again."
            ) from error
        if not isinstance(accepted, dict):
            raise ConfigError(f"{self._path} holds no table", "Remove it and accept the licences again.")
        return {str(name): str(licence) for name, licence in accepted.items()}
