"""How far a spool has been read, on disk. Where that is lost, news are read once more."""

import os
import struct
import zlib
from pathlib import Path

from nigoh.storage.spool_format import Position

_FILE = "read"
_MARK = struct.Struct(">QQ")
_CRC = struct.Struct(">I")


def read_mark(folder: Path) -> Position:
    """Up to where the spool of a folder has been read; its beginning if nothing believable says so."""
    try:
        data = (folder / _FILE).read_bytes()
    except OSError:
        return Position()
    body = data[: _MARK.size]
    if len(data) != _MARK.size + _CRC.size or data[_MARK.size :] != _CRC.pack(zlib.crc32(body)):
        return Position()
    return Position(*_MARK.unpack(body))


def write_mark(folder: Path, position: Position) -> None:
    """Note up to where the spool of a folder has been read. Raises OSError."""
    body = _MARK.pack(position.segment, position.offset)
    handle = os.open(folder / _FILE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.pwrite(handle, body + _CRC.pack(zlib.crc32(body)), 0)
    finally:
        os.close(handle)


def remove_mark(folder: Path) -> None:
    """Forget it. Raises OSError."""
    (folder / _FILE).unlink(missing_ok=True)
