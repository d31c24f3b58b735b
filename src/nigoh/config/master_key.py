"""Where the master key comes from: a file, an environment variable, or a command. No error shows any of it."""

import base64
import binascii
import os
import shlex
import stat
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nigoh.domain.master_key import KEY_BYTES, MasterKey
from nigoh.errors import ConfigError, OutputError

_MOST_FILE_BYTES = 4096
_LEAST_DIFFERENT_BYTES = 12
"""Of 32 random bytes about 30 differ; fewer than 12 do with a probability below 1e-20. "aaaa…" is no key."""

_COMMAND_TIMEOUT_S = 30.0
_REREAD_S = 1.0

_HOW_TO_MAKE_ONE = "Make one with: head -c 32 /dev/urandom | base64"


class KeySource(Protocol):
    """A place that the master key is read from."""

    @property
    def shown(self) -> str:
        """What to call it in messages; nothing secret."""
        ...

    def read(self) -> tuple[MasterKey, ...]:
        """The key in use, and then any other that is taking its place or has just left it. Raises ConfigError."""
        ...

    def make(self) -> None:
        """See to it that there is a key, where that is ours to do. Raises ConfigError, OutputError."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file with the key in base64, for its owner alone.

    While a rotation goes on the next key lies beside it as `.new`, and for a moment the last one as `.old`.
    """

    path: Path

    @property
    def shown(self) -> str:
        """The path."""
        return str(self.path)

    @property
    def next_path(self) -> Path:
        """Where the key lies that is to take this one's place."""
        return self.path.with_name(f"{self.path.name}.new")

    @property
    def last_path(self) -> Path:
        """Where the key lies whose place was taken, until nothing needs it."""
        return self.path.with_name(f"{self.path.name}.old")

    def read(self) -> tuple[MasterKey, ...]:
        """The key of the file, and those beside it. Raises ConfigError."""
        beside = (read_key_file(path) for path in (self.next_path, self.last_path) if path.exists())
        return (read_key_file(self.path), *beside)

    def make(self) -> None:
        """Write a new key unless there is a file. Raises OutputError."""
        if not self.path.exists():
            write_key_file(self.path, MasterKey.generate())


@dataclass(frozen=True, slots=True)
class KeyText:
    """The key in base64 as it stood in a variable, which is gone by now.

    Attributes:
        text: the key.
        variable: where it stood.
        next_text: the key that is to take its place, "" for none.
    """

    text: str = field(repr=False)
    variable: str
    next_text: str = field(default="", repr=False)

    @property
    def shown(self) -> str:
        """The variable."""
        return self.variable

    def read(self) -> tuple[MasterKey, ...]:
        """The keys. Raises ConfigError."""
        texts = [(self.text, self.variable), (self.next_text, f"{self.variable}_NEXT")]
        return tuple(parse_master_key(text, shown) for text, shown in texts if text)

    def make(self) -> None:
        """Nothing: whoever sets the variable makes the key."""


@dataclass(frozen=True, slots=True)
class KeyCommand:
    """A command that prints the key in base64. It is run without a shell, and nothing that it says is ever shown.

    Attributes:
        command: the command's line, split as a shell splits words.
        setting: what says so, for messages.
        timeout_s: longest that it may take, seconds.
    """

    command: str = field(repr=False)
    setting: str
    timeout_s: float = _COMMAND_TIMEOUT_S

    @property
    def shown(self) -> str:
        """The setting."""
        return f"the command of {self.setting}"

    def read(self) -> tuple[MasterKey, ...]:
        """What the command prints. Raises ConfigError."""
        try:
            words = shlex.split(self.command)
            result = subprocess.run(  # noqa: S603 - the administrator's own command
                words, stdin=subprocess.DEVNULL, capture_output=True, timeout=self.timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            # Not `from`: the error holds what the command had printed.
            raise self._error(f"did not end within {self.timeout_s:g} s") from None
        except (OSError, ValueError, IndexError) as error:
            reason = error.strerror if isinstance(error, OSError) else ""
            raise self._error(f"cannot be run{f': {reason}' if reason else ''}") from None
        if result.returncode != 0:
            raise self._error(f"ended with {result.returncode}")
        return (parse_master_key(result.stdout.decode(errors="replace"), self.shown),)

    def make(self) -> None:
        """Nothing: what the command asks keeps the key."""

    def _error(self, what: str) -> ConfigError:
        return ConfigError(
            f"{self.shown} {what}", "Run it by hand: it has to print the key in base64, and nothing else."
        )


class MasterKeyRing:
    """The keys of a source, read again when one is asked for that was not there. Any thread may ask.

    A process that runs while the master key is rotated finds the new one here without being started again.
    """

    def __init__(self, source: KeySource, clock: Callable[[], float] = time.monotonic) -> None:
        """Read the source. Raises ConfigError."""
        self._source = source
        self._clock = clock
        self._lock = threading.Lock()
        self._keys = source.read()
        self._read_s = clock()

    @property
    def shown(self) -> str:
        """Where the keys come from."""
        return self._source.shown

    def current(self) -> MasterKey:
        """The key in use when the source was last read."""
        return self._keys[0]

    def find(self, master_id: str) -> MasterKey | None:
        """The key of that identifier, or None. The source is asked again at most once a second."""
        found = self._known(master_id)
        if found is not None:
            return found
        with self._lock:
            if self._clock() - self._read_s >= _REREAD_S:
                self._keys = self._source.read()
                self._read_s = self._clock()
        return self._known(master_id)

    def _known(self, master_id: str) -> MasterKey | None:
        return next((key for key in self._keys if key.id == master_id), None)


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
        raise ConfigError(f"{shown} does not give a master key in base64", _HOW_TO_MAKE_ONE) from None
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{shown} gives a key of {len(key)} bytes, where one has {KEY_BYTES}", _HOW_TO_MAKE_ONE)
    if len(set(key)) < _LEAST_DIFFERENT_BYTES:
        raise ConfigError(f"{shown} gives a key that is not random", _HOW_TO_MAKE_ONE)
    return MasterKey(key)


def read_key_file(path: Path) -> MasterKey:
    """The key in a file.

    Raises:
        ConfigError: it is missing, is no key, or others than its owner may read it.
    """
    try:
        # A pipe of that name would be waited for.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _require_private(path, status)
            text = file.read(_MOST_FILE_BYTES).decode(errors="replace")
    except FileNotFoundError:
        raise ConfigError(
            f"the master key {path} is missing", "Put it back from where you keep it: without it nothing opens."
        ) from None
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
