"""One engine a folder: two of them would write into each other's files."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nigoh.errors import ConfigError, OutputError


@contextmanager
def only_engine_of(data_dir: Path) -> Iterator[None]:
    """Hold the folder's lock, made with the folder if need be. The system releases it, however the engine ends.

    Raises:
        ConfigError: another engine holds it.
        OutputError: the folder cannot be written to.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(data_dir / "engine.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OutputError.of(data_dir, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise taken(data_dir) from error
    try:
        yield
    finally:
        os.close(descriptor)


def taken(data_dir: Path) -> ConfigError:
    """What is said when another engine has the folder."""
    return ConfigError(f"another engine runs on {data_dir}", "End it, or give this one another data_dir.")
