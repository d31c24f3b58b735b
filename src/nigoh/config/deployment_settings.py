"""Where what lasts is kept: the data folder, the database, the master key."""

from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from nigoh.config.environment import DeploymentEnvironment, read_folders
from nigoh.config.master_key import KeyCommand, KeyFile, KeySource, KeyText
from nigoh.errors import ConfigError

_DATABASE_FILE = "nigoh.db"
_KEY_FILE = "master.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentSettings:
    """Where what lasts is kept.

    Attributes:
        data: the data folder, absolute.
        database: the database's address; it may hold a password.
        master_key: where the master key comes from.
        destroyed_keys: the file that remembers which data keys were destroyed, for whoever restores a backup.
    """

    data: Path
    database: str = field(repr=False)
    master_key: KeySource
    destroyed_keys: Path

    @property
    def media(self) -> Path:
        """The folder of sealed photos and crops."""
        return self.data / "media"


def deployment_settings(
    environment: DeploymentEnvironment,
    *,
    data: Path | None = None,
    database: str | None = None,
    master_key_file: Path | None = None,
) -> DeploymentSettings:
    """What the environment says, unless an option says otherwise.

    Raises:
        ConfigError: the master key is to come from several places.
    """
    folder = (data or environment.data or platformdirs.user_data_path("nigoh")).expanduser().absolute()
    source = _key_source(environment, master_key_file)
    # It lies beside the key, since whoever restores has to have the key, and never in what is backed up.
    beside = source.path.parent if isinstance(source, KeyFile) else read_folders().config
    return DeploymentSettings(
        data=folder,
        database=database or environment.database or f"sqlite:///{folder / _DATABASE_FILE}",
        master_key=source,
        destroyed_keys=beside.absolute() / "destroyed-keys",
    )


def _key_source(environment: DeploymentEnvironment, option: Path | None) -> KeySource:
    if option is not None:
        return KeyFile(option.expanduser().absolute())
    given: dict[str, KeySource] = {}
    if environment.master_key:
        name = "NIGOH_MASTER_KEY"
        given[name] = KeyText(environment.master_key, name, environment.master_key_next)
    if environment.master_key_file is not None:
        given["NIGOH_MASTER_KEY_FILE"] = KeyFile(environment.master_key_file.absolute())
    if environment.master_key_command:
        name = "NIGOH_MASTER_KEY_COMMAND"
        given[name] = KeyCommand(environment.master_key_command, name, environment.master_key_next)
    if len(given) > 1:
        raise ConfigError(f"{' and '.join(given)} are both set", "Set one of them: there is one master key.")
    return next(iter(given.values()), KeyFile((read_folders().config / _KEY_FILE).absolute()))
