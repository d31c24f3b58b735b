"""The one place that reads environment variables: where models and files are, and where what lasts is kept.

NIGOH_MODELS    a folder of model files, and perhaps a models.toml that extends the catalogue; unset by default
NIGOH_CACHE     what can be made again: folded models, downloads, samples; default: the user's cache folder
NIGOH_CONFIG    what the user decided: accepted licences; default: the user's configuration folder
NIGOH_DATA      what lasts: the embedded database, photos and crops; default: the user's data folder
NIGOH_DATABASE  address of the database; default: nigoh.db in the data folder
NIGOH_MASTER_KEY_FILE, NIGOH_MASTER_KEY or NIGOH_MASTER_KEY_COMMAND
                the master key: a file, the key itself in base64, or a command that prints it; default: master.key in
                the configuration folder
NIGOH_MASTER_KEY_NEXT
                while it is rotated: the key that takes its place, in base64
"""

import ctypes
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentEnvironment:
    """What the environment says about the place of what lasts. None and "": it says nothing.

    Attributes:
        data: the data folder.
        database: address of the database; it may hold a password.
        master_key: the master key in base64.
        master_key_next: the one that takes its place.
        master_key_file: the file that holds it.
        master_key_command: the command that prints it.
    """

    data: Path | None = None
    database: str = field(default="", repr=False)
    master_key: str = field(default="", repr=False)
    master_key_next: str = field(default="", repr=False)
    master_key_file: Path | None = None
    master_key_command: str = field(default="", repr=False)


def take_deployment_environment() -> DeploymentEnvironment:
    """What this process's environment says. The keys in it are gone afterwards: who asks again is told nothing."""
    return DeploymentEnvironment(
        data=_path(os.environ, "NIGOH_DATA"),
        database=os.environ.get("NIGOH_DATABASE", "").strip(),
        master_key=_take_secret("NIGOH_MASTER_KEY"),
        master_key_next=_take_secret("NIGOH_MASTER_KEY_NEXT"),
        master_key_file=_path(os.environ, "NIGOH_MASTER_KEY_FILE"),
        master_key_command=os.environ.get("NIGOH_MASTER_KEY_COMMAND", "").strip(),
    )


def _take_secret(name: str) -> str:
    """A variable's value, which neither children inherit nor /proc/PID/environ shows from then on.

    The text itself stays in this process's memory for as long as it is used.
    """
    value = os.environ.get(name, "")
    if value:
        _blank(name)
        del os.environ[name]
    return value.strip()


def _blank(name: str) -> None:
    """Overwrite a variable where the kernel put it: removing it alone leaves it to whoever may read /proc."""
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_void_p
    place = getenv(name.encode())
    if place:
        ctypes.memset(place, 0, len(ctypes.string_at(place)))


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    return Path(value).expanduser() if value else None
