"""What a ZIP archive says of itself, taken with caution: its directory is judged before it is read, and each file."""

import stat
import struct
import unicodedata
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from nigoh.errors import EnrolmentError
from nigoh.storage.readable_names import readable

_LEAST_SUSPECT_BYTES = 1 << 20
_METHODS = {ZIP_STORED, ZIP_DEFLATED}
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_UNIX = 3
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_UNICODE_PATH = 0x7075

_END, _END_BYTES = b"PK\5\6", 22
_WIDE_END, _WIDE_END_BYTES = b"PK\6\6", 56
_LOCATOR, _LOCATOR_BYTES = b"PK\6\7", 20
_LONGEST_COMMENT = 1 << 16


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What is read of an archive at all.

    Attributes:
        most_members: files in it.
        most_directory_bytes: of its directory, which is held in memory.
        most_photo_bytes: a photo's size.
        most_total_bytes: the size of all files together, unpacked.
        most_ratio: how many times smaller a file of a megabyte or more may be packed. Photos hardly shrink; an
            uncompressed picture with a plain background may shrink 100 times.
    """

    most_members: int = 200_000
    most_directory_bytes: int = 64 << 20
    most_photo_bytes: int = 32 << 20
    most_total_bytes: int = 64 << 30
    most_ratio: int = 200


def judge_directory(path: Path, limits: ArchiveLimits) -> None:
    """Refuse a directory that would fill the memory: zipfile reads it whole, whatever its size.

    Raises:
        EnrolmentError: it is too large.
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        file.seek(0, 2)
        before = _END_BYTES + _LOCATOR_BYTES + _WIDE_END_BYTES + _LONGEST_COMMENT
        file.seek(max(0, file.tell() - before))
        tail = file.read(before)
    # zipfile believes an end without a comment first, then the last one that it finds.
    sizes = [_directory_bytes(tail, at) for at in (len(tail) - _END_BYTES, tail.rfind(_END))]
    if max(sizes) > limits.most_directory_bytes:
        raise EnrolmentError(f"{readable(path.name)} has a directory of {max(sizes) >> 20} MB", "Split it.")


def _directory_bytes(tail: bytes, at: int) -> int:
    """What an end of the directory says of its size; 0 if it is none."""
    if at < 0 or tail[at : at + 4] != _END or len(tail) < at + _END_BYTES:
        return 0
    locator = at - _LOCATOR_BYTES
    wide = locator - _WIDE_END_BYTES
    if wide >= 0 and tail[locator : locator + 4] == _LOCATOR and tail[wide : wide + 4] == _WIDE_END:
        return int(struct.unpack_from("<Q", tail, wide + 40)[0])
    return int(struct.unpack_from("<L", tail, at + 12)[0])


def member_key(name: str) -> str:
    """A name in Unicode form NFC with slashes, by which files are found."""
    return str(PurePosixPath(unicodedata.normalize("NFC", name.replace("\\", "/"))))


def why_refused(info: ZipInfo, name: str, limits: ArchiveLimits) -> str:
    """Why a member of this name is not read, or ""."""
    is_link = info.create_system == _UNIX and stat.S_ISLNK(info.external_attr >> 16)
    packed_bytes = max(info.compress_size, 1)
    reasons = {
        "its name leads out of the archive": _leads_out(info, name),
        "it is a link": is_link,
        "it is encrypted: make the archive without a password": bool(info.flag_bits & _ENCRYPTED),
        "it is packed in a way that is not read here: use deflate or none": info.compress_type not in _METHODS,
        "it is an archive in an archive: import it by itself": PurePosixPath(name).suffix.lower() in _ARCHIVES,
        f"it is packed more than {limits.most_ratio} times, as no photo can be": (
            info.file_size >= _LEAST_SUSPECT_BYTES and info.file_size > limits.most_ratio * packed_bytes
        ),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _leads_out(info: ZipInfo, name: str) -> bool:
    path = PurePosixPath(name)
    unfit = path.is_absolute() or ".." in path.parts or "\0" in info.orig_filename
    return unfit or not path.parts or ":" in path.parts[0]


def true_name(info: ZipInfo) -> str:
    """A member's name as it was meant, NFC, with slashes.

    Names that are not marked as UTF-8 are often UTF-8 nevertheless, or, from Windows in Russian or Uzbek, code page
    866; zipfile takes them for 437. A name in UTF-8 may also stand in a field of its own (APPNOTE 4.6.9).
    """
    if info.flag_bits & _UTF8_NAME:
        return member_key(info.orig_filename)
    raw = info.orig_filename.encode("cp437", "replace")
    extra = _unicode_path(info.extra, raw)
    for candidate, encoding in ((extra, "utf-8"), (raw, "utf-8"), (raw, "cp866")):
        try:
            if candidate:
                return member_key(candidate.decode(encoding))
        except UnicodeDecodeError:
            continue
    return member_key(info.orig_filename)


def _unicode_path(extra: bytes, raw: bytes) -> bytes:
    """The name in the field for Unicode names, if there is one and it is of this name; else nothing."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[1:5] == struct.pack("<L", zlib.crc32(raw)):
            return field[5:]
    return b""
