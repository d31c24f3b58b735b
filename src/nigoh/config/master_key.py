"""Where the master key comes from: a file, an environment variable, or a command. No error shows any of it."""

import os
import shlex
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nigoh.config.key_file import (
    HOW_TO_MAKE_ONE,
    find_key_file,
    parse_master_key,
    read_key_file,
    sync_folder,
    write_key_file,
)
from nigoh.domain.master_key import MasterKey
from nigoh.errors import ConfigError, OutputError

_COMMAND_TIMEOUT_S = 30.0
_REREAD_S = 1.0

NEXT_VARIABLE = "NIGOH_MASTER_KEY_NEXT"


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

    def prepare_next(self) -> MasterKey:
        """The key that is to take the place of the one in use; made here where that is ours to do.

        Raises ConfigError: whoever keeps the keys has to make it first. OutputError.
        """
        ...

    def take_next(self) -> str:
        """Put the next key in the place of the one in use, whose last trace goes; what is left to the user, or "".

        Raises OutputError.
        """
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
        # These first: what is renamed into place after a look at them is the file's key by then.
        beside = [key for path in (self.next_path, self.last_path) if (key := find_key_file(path))]
        return (read_key_file(self.path), *beside)

    def make(self) -> None:
        """Write a new key unless there is a file. Raises OutputError."""
        if not self.path.exists():
            write_key_file(self.path, MasterKey.generate())

    def prepare_next(self) -> MasterKey:
        """The key beside, which is made unless a rotation that was interrupted has left it. Raises as declared."""
        write_key_file(self.next_path, MasterKey.generate())
        return read_key_file(self.next_path)

    def take_next(self) -> str:
        """Rename the key beside. There is a key at every moment, and the last one until the new one is in place."""
        try:
            self.last_path.unlink(missing_ok=True)
            os.link(self.path, self.last_path)
            self.next_path.replace(self.path)
            sync_folder(self.path.parent)
            self.last_path.unlink()
            sync_folder(self.path.parent)
        except OSError as error:
            raise OutputError.of(self.path, error) from error
        return ""

    @property
    def was_interrupted(self) -> bool:
        """Whether a rotation was ended between taking the next key and removing the last one."""
        return self.last_path.exists() and not self.next_path.exists()

    def remove_last(self) -> None:
        """Remove the key whose place was taken. Raises OutputError."""
        try:
            self.last_path.unlink(missing_ok=True)
            sync_folder(self.path.parent)
        except OSError as error:
            raise OutputError.of(self.path, error) from error


@dataclass(frozen=True, slots=True)
class KeyText:
    """The key in base64 as it stood in a variable, which is gone by now.

    Attributes:
        text: the key.
        variable: where it stood.
        next_text: the key that is to take its place, in base64, "" for none.
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
        return (parse_master_key(self.text, self.variable), *_next_keys(self.next_text))

    def make(self) -> None:
        """Nothing: whoever sets the variable makes the key."""

    def prepare_next(self) -> MasterKey:
        """The key of the other variable. Raises ConfigError."""
        return _given_next(self.next_text)

    def take_next(self) -> str:
        """Nothing: whoever sets the variable changes it."""
        return f"Set {self.variable} to the new key now, unset {NEXT_VARIABLE}, and start nigoh again."


@dataclass(frozen=True, slots=True)
class KeyCommand:
    """A command that prints the key in base64. It is run without a shell, and nothing that it says is ever shown.

    Attributes:
        command: the command's line, split as a shell splits words.
        setting: what says so, for messages.
        next_text: the key that is to take the place of the one that it prints, in base64, "" for none.
        timeout_s: longest that it may take, seconds.
    """

    command: str = field(repr=False)
    setting: str
    next_text: str = field(default="", repr=False)
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
        key = parse_master_key(result.stdout.decode(errors="replace"), self.shown)
        return (key, *_next_keys(self.next_text))

    def make(self) -> None:
        """Nothing: what the command asks keeps the key."""

    def prepare_next(self) -> MasterKey:
        """The key of the variable. Raises ConfigError."""
        return _given_next(self.next_text)

    def take_next(self) -> str:
        """Nothing: what the command asks keeps the key."""
        return f"Let {self.shown} print the new key now, unset {NEXT_VARIABLE}, and start nigoh again."

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
        self._missed = ("", 0.0)

    @property
    def shown(self) -> str:
        """Where the keys come from."""
        return self._source.shown

    def current(self) -> MasterKey:
        """The key in use when the source was last read."""
        return self._keys[0]

    def find(self, master_id: str) -> MasterKey | None:
        """The key of that identifier, or None. The source is asked for it again at most once a second."""
        found = self._known(master_id)
        if found is not None:
            return found
        with self._lock:
            missed, missed_s = self._missed
            if missed != master_id or self._clock() - missed_s >= _REREAD_S:
                self._keys = self._source.read()
                self._missed = (master_id, self._clock())
        return self._known(master_id)

    def _known(self, master_id: str) -> MasterKey | None:
        return next((key for key in self._keys if key.id == master_id), None)


def _next_keys(text: str) -> tuple[MasterKey, ...]:
    return (parse_master_key(text, NEXT_VARIABLE),) if text else ()


def _given_next(text: str) -> MasterKey:
    if not text:
        raise ConfigError(
            f"{NEXT_VARIABLE} is not set",
            f"Set it to the new key for all of nigoh, then try again. {HOW_TO_MAKE_ONE}",
        )
    return parse_master_key(text, NEXT_VARIABLE)
