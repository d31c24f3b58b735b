"""Reads a backup that nobody vouches for: what it ought to hold alone, whole, within bounds, never onto the disk."""

import hashlib
import hmac
import re
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy import MetaData, Table

from nigoh.domain.master_key import MasterKeys
from nigoh.errors import BackupError, VaultError
from nigoh.storage.backup_format import (
    FORM,
    HEADER,
    MAC,
    MAC_SECRET,
    MANIFEST,
    MEMBER,
    MOST_MANIFEST_BYTES,
    MOST_MEMBER_BYTES,
    SUMMARY,
    Header,
    Rows,
    Summary,
    decode_rows,
    parse_manifest,
)
from nigoh.storage.backup_keys import KeptKeys
from nigoh.storage.database.tables import DATA_KEYS, SECRETS
from nigoh.storage.vault.data_keys import WrappedKey, unwrap_key
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.sealing import Cipher, Unopenable, bound, open_piece

T = TypeVar("T")

_ANOTHER = "Take another backup."


@dataclass(frozen=True, slots=True)
class CheckedBackup:
    """A backup of which every byte is as it was when it was written, by whoever has the installation's keys.

    Attributes:
        path: the file.
        header: what it says of itself first.
        summary: what it says of itself last.
        keys: all data keys by identifier, those of a file of keys put in their places.
    """

    path: Path
    header: Header
    summary: Summary
    keys: Mapping[str, WrappedKey]
    _digests: Mapping[str, str]

    def tables(self, known: MetaData) -> Iterator[tuple[Table, Rows]]:
        """Rows of each table, some at a time, each table after those that it refers to. Raises BackupError."""
        for name, content in self._members("tables/"):
            table = known.tables.get(name.split("/")[1])
            if table is None:
                raise BackupError(f"the backup holds a table that is not known: {name.split('/')[1]}", _ANOTHER)
            yield table, decode_rows(table, content)

    def pictures(self) -> Iterator[tuple[str, bytes]]:
        """Identifier and file of each picture. Raises BackupError."""
        for name, content in self._members("media/"):
            yield name.rpartition("/")[2], content

    def _members(self, prefix: str) -> Iterator[tuple[str, bytes]]:
        for name, content in read_members(self.path):
            if name.startswith(prefix):
                if hashlib.sha256(content).hexdigest() != self._digests.get(name):
                    raise BackupError(f"{self.path} was changed while it was read", _ANOTHER)
                yield name, content


def check_backup(path: Path, masters: MasterKeys, kept: KeptKeys | None) -> CheckedBackup:
    """Look at every byte of a backup before anything is made of it.

    Args:
        path: the file.
        masters: the master key.
        kept: keys that were kept apart, or None.

    Raises:
        BackupError: it is none, is damaged or was changed, was made by a newer nigoh, its keys are not here.
    """
    found = _Found(path)
    for name, content in read_members(path):
        found.see(name, content)
    header, summary, digests = found.checked()
    keys = _keys(header, found.keys, kept)
    if not hmac.compare_digest(hmac.digest(_secret(found, keys, masters), found.manifest, "sha256").hex(), found.mac):
        raise BackupError(f"{path} was not written by this installation, or was changed since", _ANOTHER)
    return CheckedBackup(path, header, summary, keys, digests)


def read_header(path: Path) -> Header:
    """What a backup says of itself first. Raises BackupError: it is none, or was made by a newer nigoh."""
    for name, content in read_members(path):
        if name != HEADER:
            break
        return _header(path, content)
    raise _no_backup(path)


def read_members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each member, in order; links, extended headers and the like are refused.

    Raises:
        BackupError: it is no tar file, or holds anything but plain files of names that a backup has, each once.
    """
    seen: set[str] = set()
    try:
        with path.open("rb") as file:
            while (block := file.read(tarfile.BLOCKSIZE)) and block != bytes(tarfile.BLOCKSIZE):
                info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
                _require_expected(path, info, seen)
                seen.add(info.name)
                content = file.read(info.size)
                padding = -info.size % tarfile.BLOCKSIZE
                if len(content) != info.size or len(file.read(padding)) != padding:
                    raise BackupError(f"{path} is not whole", "Take another copy or another backup.")
                yield info.name, content
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}", "Name a backup of nigoh.") from error
    except (tarfile.TarError, ValueError) as error:
        raise _no_backup(path) from error


def _require_expected(path: Path, info: tarfile.TarInfo, seen: set[str]) -> None:
    if not MEMBER.fullmatch(info.name) or info.type != tarfile.REGTYPE or info.name in seen:
        raise BackupError(f"{path} holds what no backup holds", "It was not made by nigoh: do not trust it.")
    if not 0 <= info.size <= (MOST_MANIFEST_BYTES if info.name == MANIFEST else MOST_MEMBER_BYTES):
        raise BackupError(f"{path} holds a part that is too large", "It was not made by nigoh: do not trust it.")


class _Found:
    """What has been seen of a backup on the first way through it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._digests: dict[str, str] = {}
        self._header: Header | None = None
        self._summary = b""
        self.manifest = b""
        self.mac = ""
        self.keys: Rows = []
        self.secrets: Rows = []

    def see(self, name: str, content: bytes) -> None:
        self._digests[name] = hashlib.sha256(content).hexdigest()
        if self._header is None:
            if name != HEADER:
                raise _no_backup(self._path)
            self._header = _header(self._path, content)
        elif name == SUMMARY:
            self._summary = content
        elif name == MANIFEST:
            self.manifest = content
        elif name == MAC:
            self.mac = content.decode("ascii", "replace")
        elif name.startswith("tables/"):
            self._see_rows(name.split("/")[1], content)

    def checked(self) -> tuple[Header, Summary, Mapping[str, str]]:
        """Header, summary and digests, if all parts are there and are what the manifest says."""
        if self._header is None or not self.manifest or not self.mac:
            raise BackupError(f"{self._path} is not whole", "Take another copy or another backup.")
        expected = parse_manifest(self.manifest)
        found = {name: digest for name, digest in self._digests.items() if name not in {MANIFEST, MAC}}
        if missing := expected.keys() ^ found.keys():
            raise BackupError(f"{self._path} lacks a part, or has one too many: {min(missing)}", _ANOTHER)
        wrong = [name for name, digest in found.items() if digest != expected[name]]
        if wrong:
            raise BackupError(f"{self._path} is damaged in {wrong[0]}", "Take another copy or another backup.")
        return self._header, _decode(self._path, self._summary, Summary), expected

    def _see_rows(self, table: str, content: bytes) -> None:
        if table == DATA_KEYS.name:
            self.keys += decode_rows(DATA_KEYS, content)
        elif table == SECRETS.name:
            self.secrets += decode_rows(SECRETS, content)


def _header(path: Path, content: bytes) -> Header:
    form = re.match(rb'\{"form":(\d{1,9})[,}]', content)
    if form and int(form[1]) > FORM:
        raise BackupError(f"{path} was made by a newer nigoh", "Install that version.")
    return _decode(path, content, Header)


def _keys(header: Header, rows: Rows, kept: KeptKeys | None) -> Mapping[str, WrappedKey]:
    """All data keys. Raises BackupError: they were kept apart, and are not given."""
    if header.keys_apart and kept is None:
        raise BackupError("this backup's data keys were kept apart from it", "Give the file: --keys FILE.")
    keys = {}
    for row in rows:
        identifier, scope, wrapped, master_id = (
            row.get(each) for each in ("id", "scope", "wrapped_key", "master_id")
        )
        if not (isinstance(identifier, str) and isinstance(scope, str) and isinstance(master_id, str)):
            raise BackupError("the backup's data keys cannot be read", _ANOTHER)
        if header.keys_apart and kept is not None and row.get("destroyed_unix_s") is None:
            wrapped, master_id = kept.wrapped.get(identifier), kept.master_id
        keys[identifier] = WrappedKey(identifier, scope, wrapped if isinstance(wrapped, bytes) else None, master_id)
    return keys


def _secret(found: _Found, keys: Mapping[str, WrappedKey], masters: MasterKeys) -> bytes:
    """The secret under which the manifest was signed. Raises BackupError: the keys here do not open it."""
    row = next((row for row in found.secrets if row.get("name") == MAC_SECRET), None)
    key = keys.get(str(row.get("key_id"))) if row else None
    blob = row.get("sealed_value") if row else None
    if key is None or not isinstance(blob, bytes):
        raise BackupError("the backup is not signed", _ANOTHER)
    if masters.find(key.master_id) is None:
        raise BackupError(
            f"the backup needs the master key {key.master_id[:8]}…, which is not here", "Give that master key."
        )
    try:
        cipher = Cipher(unwrap_key(masters, key))
        return open_piece(cipher, blob, bound("sealed", key.id, row_binding(SECRETS, MAC_SECRET)))
    except (VaultError, Unopenable) as error:
        raise BackupError("the backup's keys do not open: it was changed", _ANOTHER) from error


def _decode(path: Path, content: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise _no_backup(path) from error


def _no_backup(path: Path) -> BackupError:
    return BackupError(f"{path} is no backup of nigoh, or is damaged", "Name another file.")
