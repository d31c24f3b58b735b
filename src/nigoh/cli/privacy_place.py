"""Where recordings are, and what holds for them, as commands learn it from nigoh.toml."""

from pathlib import Path

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.engine_file import read_engine_file
from nigoh.config.privacy_settings import PrivacySettings

_RECORDINGS = "recordings"


def privacy_place(config: Path | None, deployment: DeploymentSettings) -> tuple[Path, PrivacySettings]:
    """The folder of recordings and the section [privacy]; without a file, what holds by default.

    Raises:
        ConfigError: the file is wrong.
    """
    if config is None:
        return deployment.data / _RECORDINGS, PrivacySettings()
    settings = read_engine_file(config)
    if settings.recording.folder is not None or "data_dir" in settings.engine.model_fields_set:
        return settings.recordings_folder, settings.privacy
    return deployment.data / _RECORDINGS, settings.privacy
