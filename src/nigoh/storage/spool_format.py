"""How a spool lies on the disk: segments of sealed records.

A spool is a folder of segments that are named by a number that grows. A segment is a header (magic, salt, a proof of
the key, a CRC) and records one after the other: length and CRC-32 (4 bytes each, big-endian), nonce, ciphertext and
tag. Each segment has a key of its own (HKDF over the spool's key and the salt), so that random nonces suffice; each
record is bound to its place: none opens at another one or in another segment.
"""

import os
import re
import secrets
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
MOST_RECORD_BYTES = 16 * 1024 * 1024
WRITER_LOCK, READER_LOCK = "writer.lock", "reader.lock"

_MAGIC = b"NIGOHSP1"
_SALT_BYTES, _PROOF_BYTES, _NONCE_BYTES, _TAG_BYTES = 16, 16, 12, 16
_CRC = struct.Struct(">I")
_RECORD = struct.Struct(">II")
HEADER_BYTES = len(_MAGIC) + _SALT_BYTES + _PROOF_BYTES + _CRC.size
RECORD_OVERHEAD_BYTES = _RECORD.size + _NONCE_BYTES + _TAG_BYTES

_NAME = re.compile(r"(\d{16})\.spool")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a spool: the number of a segment, and bytes from its beginning."""

    segment: int = 0
    offset: int = 0


class Header(Enum):
    """What the beginning of a segment says. TORN: it was never finished. FOREIGN: it has another key."""

    TORN = auto()
    FOREIGN = auto()


class SegmentKey:
    """Seals and opens the records of one segment."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        derived = HKDF(SHA256(), KEY_BYTES + _PROOF_BYTES, salt, b"nigoh spool 1").derive(key)
        self._cipher = AESGCM(derived[:KEY_BYTES])
        self._salt = salt
        self._proof = derived[KEY_BYTES:]

    @classmethod
    def new(cls, key: bytes) -> "SegmentKey":
        """Of a segment that begins."""
        return cls(key, secrets.token_bytes(_SALT_BYTES))

    @classmethod
    def read(cls, key: bytes, header: bytes) -> "SegmentKey | Header":
        """Of the segment that begins with these bytes."""
        body = header[: HEADER_BYTES - _CRC.size]
        if len(header) < HEADER_BYTES or header[len(body) : HEADER_BYTES] != _CRC.pack(zlib.crc32(body)):
            return Header.TORN
        found = cls(key, body[len(_MAGIC) : len(_MAGIC) + _SALT_BYTES])
        return found if found.header == header[:HEADER_BYTES] else Header.FOREIGN

    @property
    def header(self) -> bytes:
        """How the segment begins."""
        body = _MAGIC + self._salt + self._proof
        return body + _CRC.pack(zlib.crc32(body))

    def frame(self, records: Sequence[bytes], offset: int) -> bytes:
        """Records as they lie on the disk from this offset on."""
        framed: list[bytes] = []
        for record in records:
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealed = nonce + self._cipher.encrypt(nonce, record, self._place(offset))
            framed.append(_RECORD.pack(len(sealed), _checksum(sealed)) + sealed)
            offset += len(framed[-1])
        return b"".join(framed)

    def open(self, sealed: bytes, offset: int) -> bytes | None:
        """A record that lies at this offset; None: it was changed, or belongs elsewhere."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._place(offset))
        except InvalidTag:
            return None

    def _place(self, offset: int) -> bytes:
        return self._salt + offset.to_bytes(8, "big")


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found from an offset on.

    Attributes:
        records: whole ones, opened.
        end: the offset behind them.
        unopened: whole ones among them that did not open: somebody changed them.
        whole: another record may follow, or nothing does; else what follows is no record (yet).
    """

    records: tuple[bytes, ...]
    end: int
    unopened: int = 0
    whole: bool = True


def scan(handle: int, key: SegmentKey, offset: int, most_records: int, most_bytes: int) -> Scan:
    """Read whole records from an offset on: at least one if there is one, then until a limit is reached."""
    data = os.pread(handle, max(most_bytes, RECORD_OVERHEAD_BYTES), offset)
    if len(data) >= _RECORD.size and (need := _RECORD.size + _RECORD.unpack_from(data)[0]) > len(data):
        data = os.pread(handle, min(need, MOST_RECORD_BYTES + RECORD_OVERHEAD_BYTES), offset)
    more = os.fstat(handle).st_size > offset + len(data)
    found: list[bytes] = []
    at = unopened = 0
    while len(found) + unopened < most_records and at < len(data):
        sealed = _sealed_at(data, at)
        if sealed is None:
            # A record that the limit of bytes has cut is no damage.
            whole = more and at > 0
            return Scan(tuple(found), offset + at, unopened, whole)
        record = key.open(sealed, offset + at)
        if record is None:
            unopened += 1
        else:
            found.append(record)
        at += _RECORD.size + len(sealed)
    return Scan(tuple(found), offset + at, unopened)


def segment_path(folder: Path, number: int) -> Path:
    """Where the segment of this number is."""
    return folder / f"{number:016d}.spool"


def segments(folder: Path) -> dict[int, int]:
    """Numbers of the segments of a folder and their bytes, in order; none if there is no folder."""
    found: dict[int, int] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if named := _NAME.fullmatch(entry.name):
                    found[int(named[1])] = _size(entry)
    except FileNotFoundError:
        return {}
    return dict(sorted(found.items()))


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:  # removed meanwhile
        return 0


def _sealed_at(data: bytes, at: int) -> bytes | None:
    """The whole record there, or None."""
    if len(data) - at < _RECORD.size:
        return None
    length, crc = _RECORD.unpack_from(data, at)
    if not _NONCE_BYTES + _TAG_BYTES <= length <= MOST_RECORD_BYTES + _NONCE_BYTES + _TAG_BYTES:
        return None
    sealed = data[at + _RECORD.size : at + _RECORD.size + length]
    return sealed if len(sealed) == length and _checksum(sealed) == crc else None


def _checksum(sealed: bytes) -> int:
    """Over the length too: a length that was changed is not believed."""
    return zlib.crc32(sealed, len(sealed))
