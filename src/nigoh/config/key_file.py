"""A master key as a text and in a file. No error shows any of it."""

import base64
import binascii
import os
import shlex
import stat
import tempfile
from pathlib import Path

from nigoh.domain.master_key import KEY_BYTES, MasterKey
from nigoh.errors import ConfigError, OutputError

HOW_TO_MAKE_ONE = "Make one with: head -c 32 /dev/urandom | base64"

_MOST_FILE_BYTES = 4096
_LEAST_DIFFERENT_BYTES = 12
"""Of 32 random bytes about 30 differ; fewer than 12 do with a probability below 1e-20. "aaaa…" is no key."""


def parse_master_key(text: str, shown: str) -> MasterKey:
    """A key from base64.

    Args:
        text: the key.
        shown: where it comes from, for the error.

    Raises:
        ConfigError: it is no key.
    """
    try:
        key = base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        # Not `from`: tracebacks of these errors show what they could not read.
        raise ConfigError(f"{shown} does not give a master key in base64", HOW_TO_MAKE_ONE) from None
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{shown} gives a key of {len(key)} bytes, where one has {KEY_BYTES}", HOW_TO_MAKE_ONE)
    if len(set(key)) < _LEAST_DIFFERENT_BYTES:
        raise ConfigError(f"{shown} gives a key that is not random", HOW_TO_MAKE_ONE)
    return MasterKey(key)


def read_key_file(path: Path) -> MasterKey:
    """The key in a file.

    Raises:
        ConfigError: it is missing, is no key, or others than its owner may read it.
    """
    key = find_key_file(path)
    if key is None:
        raise ConfigError(
            f"the master key {path} is missing", "Put it back from where you keep it: without it nothing opens."
        )
    return key


def find_key_file(path: Path) -> MasterKey | None:
    """The key in a file, or None if there is no file. Raises ConfigError as `read_key_file` does."""
    try:
        # A pipe of that name would be waited for.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _require_private(path, status)
            text = file.read(_MOST_FILE_BYTES).decode(errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(
            f"the master key {path} cannot be read: {error.strerror or error}", "Let the user of nigoh read it."
        ) from error
    return parse_master_key(text, str(path))


def write_key_file(path: Path, key: MasterKey) -> None:
    """Write a key into a new file for its owner alone; one that is there, or appears meanwhile, stays as it is.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(f"{key.reveal_text()}\n".encode())
                file.flush()
                os.fsync(handle)
            # A link, unlike a rename, never takes the place of another key.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            Path(temporary).unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise OutputError.of(path, error) from error


def sync_folder(folder: Path) -> None:
    """Let the disk know which names a folder has now. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _require_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"the master key {path} is no file", "Name a file with the key in base64.")
    if status.st_mode & 0o077:
        raise ConfigError(f"others may read the master key {path}", f"Run: chmod 600 {shlex.quote(str(path))}")
