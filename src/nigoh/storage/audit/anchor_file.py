"""Heads of the chain, noted in a file outside the database: one JSON object a line, the newest last."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from nigoh.domain.audit_chain import Anchor
from nigoh.errors import ConfigError, OutputError

_MOST_BYTES = 64 * 1024 * 1024
"""One head an hour for 60 years."""


class _Line(msgspec.Struct, frozen=True):
    number: int
    hash: str
    unix_s: float


def note_anchor(path: Path, anchor: Anchor, now_unix_s: float) -> None:
    """Append a head; what stands in the file stays. It is on the disk when this returns.

    Raises:
        OutputError: the file cannot be written.
    """
    line = msgspec.json.encode(_Line(anchor.number, anchor.hash, round(now_unix_s, 3)))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            os.write(handle, line + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise OutputError.of(path, error) from error


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """All heads of a file.

    Raises:
        ConfigError: it is missing, unreadable, or something else.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror or error}", "Make it with: nigoh audit anchor FILE"
        ) from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{path} is too large for noted heads of the audit", "Give another file.")
    return tuple(_anchors(data, path))


def _anchors(data: bytes, path: Path) -> Iterator[Anchor]:
    decoder = msgspec.json.Decoder(_Line)
    for number, line in enumerate(data.splitlines(), 1):
        try:
            noted = decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise ConfigError(
                f"{path}, line {number}: it is no noted head of the audit", "Give a file of: nigoh audit anchor FILE"
            ) from error
        yield Anchor(noted.number, noted.hash)
