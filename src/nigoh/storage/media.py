"""Photos and crops: sealed files in a folder, a row each in the database.

Whoever steals the folder has noise. A removed file is unlinked and not overwritten, which disks and file systems do
not promise anyway; what makes an erasure certain is that its key is destroyed.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Row, delete, insert, select

from nigoh.config.key_file import sync_folder
from nigoh.domain.identifiers import new_id
from nigoh.errors import Missing, OutputError, VaultError
from nigoh.storage.database.bulk import insert_rows
from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import MEDIA
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.vault import Vault

MOST_BYTES = 64 * 1024 * 1024
"""Of one picture."""

_MAGIC = b"nigoh media 1\n"
_IDENTIFIER = re.compile(r"[0-9a-z]{26}")
_MOST_KEY_ID_BYTES = 64
_GRACE_S = 600.0
"""A file whose row is not there yet is one that is being put; transactions are far shorter."""

_AT_ONCE = 500
_SYNCING_THREADS = 8


@dataclass(frozen=True, slots=True)
class SealedPicture:
    """A picture that is sealed and not kept yet; its identifier, and what its row will say."""

    id: str
    kind: str
    content_type: str
    size_bytes: int
    sealed: Sealed


class MediaStore:
    """Pictures that last. Any thread and process may use it; each file is written once and never changed.

    A file is on the disk before its row is committed, and goes after its row went: what a crash or an undone
    transaction leaves is a file without a row, which `sweep` removes.

    Args:
        folder: made when it is first used; for its owner alone.
        vault: seals and opens.
        now: seconds since 1970.
    """

    def __init__(self, folder: Path, vault: Vault, now: Callable[[], float] = time.time) -> None:
        self.folder = folder
        self.vault = vault
        self._now = now

    def put(self, connection: Connection, scope: str, kind: str, content_type: str, data: bytes) -> str:
        """Keep a picture under the key of a scope; its identifier.

        Args:
            connection: the transaction that its row belongs to.
            scope: see `nigoh.storage.vault.scopes`.
            kind: "photo" or "crop".
            content_type: e.g. "image/jpeg".
            data: the encoded picture.

        Raises:
            OutputError: the folder cannot be written.
            KeyDestroyed: the scope was erased.
            ValueError: larger than `MOST_BYTES`.
        """
        if len(data) > MOST_BYTES:
            raise ValueError(f"a picture has at most {MOST_BYTES} bytes, not {len(data)}")
        media_id = new_id(self._now())
        sealed = self.vault.seal(connection, scope, data, _binding(media_id, kind, content_type))
        self.write_file(media_id, sealed)
        row = {"id": media_id, "kind": kind, "content_type": content_type, "size_bytes": len(data)}
        connection.execute(insert(MEDIA).values(**row, key_id=sealed.key_id, created_unix_s=self._now()))
        return media_id

    def seal_many(
        self, connection: Connection, scope: str, kind: str, content_type: str, pictures: Sequence[bytes]
    ) -> list[SealedPicture]:
        """Seal pictures of one scope, to be kept later, with those of others. Raises KeyDestroyed, ValueError."""
        if any(len(data) > MOST_BYTES for data in pictures):
            raise ValueError(f"a picture has at most {MOST_BYTES} bytes")
        now = self._now()
        ids = [new_id(now) for _ in pictures]
        bindings = [_binding(media_id, kind, content_type) for media_id in ids]
        sealed = self.vault.seal_many(connection, scope, list(zip(pictures, bindings, strict=True)))
        return [
            SealedPicture(media_id, kind, content_type, len(data), piece)
            for media_id, data, piece in zip(ids, pictures, sealed, strict=True)
        ]

    def keep_many(self, connection: Connection, pictures: Sequence[SealedPicture]) -> None:
        """Keep sealed pictures: as `put` for each, at a tenth of its time, as the disk is waited for once.

        Raises OutputError: none of them is kept.
        """
        write_media_files({self.path(each.id): _content(each.sealed) for each in pictures}, self.folder)
        now = self._now()
        rows = [
            {
                "id": each.id,
                "kind": each.kind,
                "content_type": each.content_type,
                "size_bytes": each.size_bytes,
                "key_id": each.sealed.key_id,
                "created_unix_s": now,
            }
            for each in pictures
        ]
        insert_rows(connection, MEDIA, rows)

    def get(self, connection: Connection, media_id: str) -> tuple[str, bytes]:
        """A picture's content type and bytes.

        Raises:
            Missing: there is no such picture.
            KeyDestroyed: it was erased.
            VaultError: its file is missing or was changed.
        """
        row = connection.execute(select(MEDIA).where(MEDIA.c.id == media_id)).first()
        if row is None:
            raise Missing("picture", media_id)
        return str(row.content_type), self.open_row(connection, row)

    def open_row(self, connection: Connection, row: Row[tuple[object, ...]]) -> bytes:
        """The picture of a row. Raises KeyDestroyed, VaultError."""
        sealed = read_media_file(self.read_file(row.id), row.id)
        return self.vault.open(connection, sealed, _binding(row.id, row.kind, row.content_type))

    def remove(self, connection: Connection, media_ids: Iterable[str]) -> None:
        """Remove pictures. Their files go with `discard`, once the transaction is committed, or with a sweep."""
        wanted = list(media_ids)
        for start in range(0, len(wanted), _AT_ONCE):
            connection.execute(delete(MEDIA).where(MEDIA.c.id.in_(wanted[start : start + _AT_ONCE])))

    def discard(self, media_ids: Iterable[str]) -> None:
        """Remove files of pictures whose rows are gone for good. Where one cannot be removed, a sweep will."""
        for media_id in media_ids:
            with suppress(OSError):
                self.path(media_id).unlink(missing_ok=True)

    def sweep(self, database: Database) -> int:
        """Remove files that have no row, but for new ones; how many there were. An hour between two is plenty."""
        removed = 0
        before = self._now() - _GRACE_S
        for folder in self._shards():
            old = [path for path in sorted(folder.iterdir()) if _is_older(path, before)]
            for start in range(0, len(old), _AT_ONCE):
                removed += self._sweep(database, old[start : start + _AT_ONCE])
        return removed

    def path(self, media_id: str) -> Path:
        """Where the file of a picture is: in one of 1024 folders, named after the identifier's last, random letters.

        Raises:
            Missing: that is no identifier.
        """
        return media_path(self.folder, media_id)

    def read_file(self, media_id: str) -> bytes:
        """The sealed file of a picture. Raises VaultError: it is missing or cannot be read."""
        try:
            with self.path(media_id).open("rb") as file:
                return file.read(MOST_BYTES + 1024)
        except FileNotFoundError:
            raise VaultError(
                f"the file of picture {media_id} is missing", "Restore the media folder from a backup."
            ) from None
        except OSError as error:
            raise VaultError(
                f"the file of picture {media_id} cannot be read: {error.strerror or error}",
                "Let the user of nigoh read the media folder.",
            ) from error

    def write_file(self, media_id: str, sealed: Sealed) -> None:
        """Write the sealed file of a picture, whole or not at all, and see it on the disk. Raises OutputError."""
        write_media_file(self.path(media_id), _content(sealed), self.folder)

    def _shards(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in sorted(self.folder.iterdir()) if path.is_dir() and not path.is_symlink())

    def _sweep(self, database: Database, paths: Sequence[Path]) -> int:
        with database.read() as connection:
            chosen = select(MEDIA.c.id).where(MEDIA.c.id.in_([path.name for path in paths]))
            known = set(connection.scalars(chosen))
        gone = [path for path in paths if path.name not in known]
        for path in gone:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        return len(gone)


def media_path(folder: Path, media_id: str) -> Path:
    """Where in a folder the file of a picture is. Raises Missing: that is no identifier."""
    if not _IDENTIFIER.fullmatch(media_id):
        raise Missing("picture", media_id)
    return folder / media_id[-2:] / media_id


def read_media_file(content: bytes, media_id: str) -> Sealed:
    """What a picture's file holds. It names its own key, which another one takes over without a moment between.

    Raises VaultError: it is no such file.
    """
    rest = content.removeprefix(_MAGIC)
    key_id, newline, _ = rest[: _MOST_KEY_ID_BYTES + 1].partition(b"\n")
    if len(rest) == len(content) or not newline:
        raise VaultError(f"the file of picture {media_id} was changed", "Restore the media folder from a backup.")
    return Sealed(key_id.decode("ascii", "replace"), rest[len(key_id) + 1 :])


def write_media_file(path: Path, content: bytes, root: Path) -> None:
    """Write a file for its owner alone, beside its place first. Raises OutputError."""
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(handle)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise OutputError.of(path, error) from error


def write_media_files(files: Mapping[Path, bytes], root: Path) -> None:
    """Write new files for their owner alone, and see all of them on the disk. Raises OutputError: none is left then.

    What a crash cuts short has no row yet, and is swept up.
    """
    if not files:
        return
    written: list[Path] = []
    handles: list[int] = []
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, content in files.items():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            handles.append(os.open(path, flags, 0o600))
            written.append(path)
            _write_all(handles[-1], content)
        folders = sorted({path.parent for path in written})
        # Threads, so that one commit of the file system's journal serves many of them.
        with ThreadPoolExecutor(_SYNCING_THREADS) as pool:
            list(pool.map(os.fsync, handles))
            list(pool.map(sync_folder, folders))
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise OutputError.of(root, error) from error
    finally:
        for handle in handles:
            os.close(handle)


def _write_all(handle: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _content(sealed: Sealed) -> bytes:
    """The file of a picture."""
    return _MAGIC + sealed.key_id.encode() + b"\n" + sealed.blob


def media_binding(row: Row[tuple[object, ...]]) -> str:
    """What the file of a picture's row is bound to: no picture is passed off as another, or as a web page."""
    return _binding(row.id, row.kind, row.content_type)


def _binding(media_id: str, kind: str, content_type: str) -> str:
    return f"media:{media_id} {kind} {content_type}"


def _is_older(path: Path, unix_s: float) -> bool:
    try:
        return path.stat(follow_symlinks=False).st_mtime < unix_s
    except OSError:
        return False
