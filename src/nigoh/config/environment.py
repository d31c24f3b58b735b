"""The one place that reads environment variables: where models and cached files are.

NIGOH_MODELS    a folder of model files, and perhaps a models.toml that extends the catalogue; unset by default
NIGOH_CACHE     what can be made again: folded models, downloads, samples; default: the user's cache folder
NIGOH_CONFIG    what the user decided: accepted licences; default: the user's configuration folder
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from nigoh.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Folders:
    """Where nigoh's files are. Only `models` has to exist; the others are made when something is written.

    Attributes:
        models: the folder named by NIGOH_MODELS, or None.
        cache: what can be made again.
        config: what the user decided.
    """

    models: Path | None
    cache: Path
    config: Path


def read_folders(environment: Mapping[str, str] = os.environ) -> Folders:
    """The folders that this process uses.

    Raises:
        ConfigError: NIGOH_MODELS names something that is not a folder, or may not be read.
    """
    models = _path(environment, "NIGOH_MODELS")
    if models is not None and not (os.access(models, os.R_OK | os.X_OK) and models.is_dir()):
        raise ConfigError(
            f"NIGOH_MODELS: {models} is not a folder that may be read", "Name a folder of model files, or unset it."
        )
    return Folders(
        models=models,
        cache=_path(environment, "NIGOH_CACHE") or platformdirs.user_cache_path("nigoh"),
        config=_path(environment, "NIGOH_CONFIG") or platformdirs.user_config_path("nigoh"),
    )


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    return Path(value).expanduser() if value else None
