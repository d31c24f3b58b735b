"""Puts another master key in the place of the one in use, while everything else goes on."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from nigoh.domain.master_key import MasterKey
from nigoh.errors import ConfigError, OutputError, VaultError
from nigoh.storage.database.database import Database
from nigoh.storage.vault.data_keys import DataKeys
from nigoh.storage.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation has done.

    Attributes:
        keys: how many data keys were wrapped anew.
        broken: what is wrong with those that did not open, which stay as they were.
    """

    keys: int
    broken: tuple[str, ...]


def rotate_master(  # noqa: PLR0913 - what it works on, and three that have defaults
    vault: Vault,
    database: Database,
    new: MasterKey,
    *,
    note: Callable[[Connection], None] = lambda _: None,
    told: Callable[[int], None] = lambda _: None,
    at_once: int = 100,
) -> Rotated:
    """Wrap all data keys under a new master key, some at a time; begun again, it goes on where it was ended.

    From the first transaction on, new data keys are wrapped under the new one, in every process: so all of them have
    to be able to get at it, and at the old one until this has ended.

    Args:
        vault: knows the master key in use.
        database: holds the data keys.
        new: the new master key.
        note: called in the transaction in which the new master key becomes the one in use.
        told: called with the number of keys done, after each transaction.
        at_once: keys in one transaction; other writers wait for 100 of them some 10 ms.

    Raises:
        VaultError: the old master key is not known here.
    """
    with database.begin() as connection:
        keys = DataKeys(connection, vault.masters)
        marker = keys.marker()
        if marker is not None and marker.master_id != new.id:
            keys.wrap_again(marker, new)
            note(connection)
    done, broken, last = 0, list[str](), ""
    while True:
        with database.begin() as connection:
            keys = DataKeys(connection, vault.masters)
            rows = keys.wrapped_otherwise(new.id, last, at_once)
            for row in rows:
                try:
                    keys.wrap_again(row, new)
                except VaultError as error:
                    broken.append(error.what)
        if not rows:
            return Rotated(done - len(broken), tuple(broken))
        done, last = done + len(rows), rows[-1].id
        told(done)


@contextmanager
def one_rotation(folder: Path) -> Iterator[None]:
    """No other rotation begins on this machine meanwhile; two at once would make two new keys.

    Args:
        folder: of the master key; made if it is missing.

    Raises:
        ConfigError: another one goes on.
        OutputError: the folder cannot be opened.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise OutputError.of(folder, error) from error
    try:
        _lock(handle)
        yield
    finally:
        os.close(handle)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConfigError("the master key is being rotated already", "Wait until that has ended.") from None
