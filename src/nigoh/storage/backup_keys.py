"""Data keys that are kept apart from the backups whose contents they open.

The file holds every data key that is not destroyed, wrapped by the master key as in the database. The newest such
file opens all backups that were ever made with it, and of whom it knows no key any more, no backup shows anything. So
it is replaced at each backup, and no old one is kept.
"""

import base64
import hmac
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from nigoh.domain.master_key import MasterKeys
from nigoh.errors import BackupError, OutputError

_FORM = 1
_MOST_BYTES = 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class KeptKeys:
    """The keys of such a file.

    Attributes:
        master_id: the master key that wraps them.
        wrapped: wrapped data keys by identifier.
        destroyed: identifiers of keys that were destroyed.
    """

    master_id: str
    wrapped: Mapping[str, bytes]
    destroyed: frozenset[str]


class _File(msgspec.Struct, frozen=True, kw_only=True):
    nigoh_keys: int
    master_id: str
    keys: dict[str, str]
    destroyed: list[str]
    mac: str


def write_keys(path: Path, kept: KeptKeys, masters: MasterKeys) -> None:
    """Write the file for its owner alone; an older one of the same kind is replaced, whole or not at all.

    Raises:
        BackupError: something else is there, or the master key is not known.
        OutputError: it cannot be written.
    """
    if path.exists():
        _parse(path)
    content = msgspec.json.encode(_file(kept, masters))
    try:
        handle, temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name[:40]}-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(handle)
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError.of(path, error) from error


def read_keys(path: Path, masters: MasterKeys) -> KeptKeys:
    """The keys of such a file. Raises BackupError: it is none, was changed, or is of another master key."""
    found = _parse(path)
    try:
        wrapped = {each: base64.b64decode(text, validate=True) for each, text in found.keys.items()}
    except ValueError as error:
        raise BackupError(f"the keys in {path} cannot be read", "Use another copy of it.") from error
    kept = KeptKeys(found.master_id, wrapped, frozenset(found.destroyed))
    if not hmac.compare_digest(_file(kept, masters).mac, found.mac):
        raise BackupError(f"the keys in {path} were changed since they were written", "Use another copy of it.")
    return kept


def _parse(path: Path) -> _File:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
        found = msgspec.json.decode(content, type=_File)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BackupError(f"{path} holds no keys of nigoh", "Name another file.") from error
    if found.nigoh_keys != _FORM:
        raise BackupError(f"{path} was written by a newer nigoh", "Install that version.")
    return found


def _file(kept: KeptKeys, masters: MasterKeys) -> _File:
    master = masters.find(kept.master_id)
    if master is None:
        raise BackupError(
            f"the keys need the master key {kept.master_id[:8]}…, which is not here", "Give that master key."
        )
    keys = {each: base64.b64encode(kept.wrapped[each]).decode() for each in sorted(kept.wrapped)}
    destroyed = sorted(kept.destroyed)
    signed = msgspec.json.encode([_FORM, kept.master_id, keys, destroyed])
    mac = hmac.digest(master.derive("kept keys"), signed, "sha256").hex()
    return _File(nigoh_keys=_FORM, master_id=kept.master_id, keys=keys, destroyed=destroyed, mac=mac)
