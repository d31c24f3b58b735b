"""What a backup is: a tar file of these members, the same from every kind of database and into every kind.

    nigoh-backup.json            what it is: form, version of nigoh, revision of the tables, time
    tables/TABLE/NNNNNN.jsonl    rows: a line with the columns' names, then a line a row, as JSON arrays
    media/XX/ID                  photos and crops as they lie in the media folder, sealed
    summary.json                 rows of each table, where numbering goes on
    manifest.sha256              SHA-256 of every member before it, as `sha256sum -c` reads it
    manifest.mac                 HMAC-SHA-256 of the manifest under a secret of the installation

Bytes are base64 in JSON. What is sealed in the database is sealed here too, and the master key is never in it. What
lives for minutes (sessions, links of the set-up, failed logins, answers that may be asked for again) is left out, so
that no session that was ended comes back.
"""

import base64
import re
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import LargeBinary, Table

from nigoh.errors import BackupError
from nigoh.storage.database.tables import IDEMPOTENCY, LOGIN_FAILURES, METADATA, SESSIONS, SETUP_LINKS
from nigoh.storage.media import MOST_BYTES

FORM = 1
HEADER, SUMMARY, MANIFEST, MAC = "nigoh-backup.json", "summary.json", "manifest.sha256", "manifest.mac"
MAC_SECRET = "backup"  # noqa: S105 - the secret's name
ROWS_IN_MEMBER = 2000
MOST_MEMBER_BYTES = MOST_BYTES + 4096
"""Of a member; the manifest alone may be larger."""

MOST_MANIFEST_BYTES = 2 * 1024 * 1024 * 1024
MEMBER = re.compile(
    r"nigoh-backup\.json|summary\.json|manifest\.sha256|manifest\.mac"
    r"|tables/[a-z_]{1,64}/[0-9]{6,9}\.jsonl|media/[0-9a-z]{2}/[0-9a-z]{26}"
)
"""Names of members; no other is ever read, and none becomes a path as it is."""

LEFT_OUT = frozenset({SESSIONS.name, SETUP_LINKS.name, LOGIN_FAILURES.name, IDEMPOTENCY.name})

TABLES: tuple[Table, ...] = tuple(table for table in METADATA.sorted_tables if table.name not in LEFT_OUT)
"""What is backed up, each after those that it refers to."""

Rows = list[dict[str, object]]
"""Rows by their columns' names, as the database takes them."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself first.

    Attributes:
        form: of this description; a larger one is of a newer nigoh.
        nigoh: the version that made it.
        revision: of the tables.
        created_unix_s: when.
        master_id: which master key opens it.
        keys_apart: the data keys are not in it, but in a file of their own.
    """

    form: int
    nigoh: str
    revision: str
    created_unix_s: float
    master_id: str
    keys_apart: bool


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself last.

    Attributes:
        rows: of each table.
        pictures: how many files of pictures there are.
        missing: pictures whose files were not there, or went while the backup ran.
        numbering: the last number that was given in each table that is numbered.
    """

    rows: dict[str, int]
    pictures: int
    missing: list[str]
    numbering: dict[str, int]


def encode_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    """A member of rows."""
    return b"\n".join([msgspec.json.encode(columns), *(msgspec.json.encode(tuple(row)) for row in rows), b""])


def decode_rows(table: Table, content: bytes) -> Rows:
    """The rows of a member. Raises BackupError."""
    try:
        lines = content.split(b"\n")
        columns = msgspec.json.decode(lines[0], type=list[str])
        binary = {each.name for each in table.columns if isinstance(each.type, LargeBinary)}
        if unknown := set(columns) - set(table.columns.keys()):
            raise BackupError(f"the backup's table {table.name} has unknown columns: {', '.join(sorted(unknown))}")
        return [_row(columns, binary, line) for line in lines[1:] if line]
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise BackupError(f"the backup's rows of {table.name} cannot be read", _ANOTHER) from error


def manifest_line(name: str, digest: str) -> str:
    """A member's line of the manifest."""
    return f"{digest}  {name}\n"


def parse_manifest(content: bytes) -> Mapping[str, str]:
    """Members' digests by name. Raises BackupError."""
    digests: dict[str, str] = {}
    for line in content.decode("ascii", "replace").splitlines():
        digest, _, name = line.partition("  ")
        if not re.fullmatch(r"[0-9a-f]{64}", digest) or not MEMBER.fullmatch(name) or name in digests:
            raise BackupError("the backup's list of its parts cannot be read", _ANOTHER)
        digests[name] = digest
    return digests


_ANOTHER = "Take another backup."


def _row(columns: Sequence[str], binary: set[str], line: bytes) -> dict[str, object]:
    values = msgspec.json.decode(line, type=list[object])
    if len(values) != len(columns):
        raise ValueError("a row has as many values as there are columns")
    row = dict(zip(columns, values, strict=True))
    for name in binary & row.keys():
        value = row[name]
        row[name] = base64.b64decode(value, validate=True) if isinstance(value, str) else None
    return row
