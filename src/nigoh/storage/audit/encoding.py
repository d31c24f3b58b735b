"""The bytes of an audit entry that its hash is taken over. Anybody can compute them again, in any language.

Encoding 1 is UTF-8 of the JSON array

    ["nigoh-audit", 1, number, microseconds, action, actor, address, target_kind, target_id, reason, detail, previous]

without spaces, with the keys of `detail` sorted by code point, characters outside ASCII as themselves, and floats in
the shortest decimal form that reads back to the same double (as Python writes them, with ".0" for whole ones).
`microseconds` since 1970 is an integer. The hash is SHA-256 of these bytes, in hexadecimal digits; `previous` is the
hash of the entry before, 64 zeros before the first. Another form gets another number, and this one is kept, so that
old entries can be verified for ever.
"""

import hashlib
import json
import math
from dataclasses import dataclass, replace

from nigoh.domain.audit import AuditAction, AuditEntry, AuditEvent

NEWEST_ENCODING = 1
FIRST_PREVIOUS = "0" * 64
"""What stands for the hash before the first entry."""

_MOST_ACTOR, _MOST_ADDRESS, _MOST_KIND, _MOST_ID = 256, 64, 32, 256
"""As wide as the columns are."""

_MOST_REASON = 2000
_MOST_DETAILS = 64
_MOST_DETAIL = 500
_MOST_INTEGER = 2**53
"""Larger ones are not the same number to every reader of JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """An entry as the database gives it, believed in nothing: somebody may have written anything into the table.

    Attributes:
        number, unix_s, action, actor, address, target_kind, target_id, reason, encoding, previous, hash: as of
            `AuditEntry` and its event, if nobody has touched them.
        detail: JSON text of the event's details.
    """

    number: int
    unix_s: float
    action: str
    actor: str
    address: str
    target_kind: str
    target_id: str
    reason: str
    detail: str
    encoding: int
    previous: str
    hash: str

    def true_hash(self) -> str:
        """The hash that it ought to have.

        Raises:
            ValueError: it holds what no entry can hold.
        """
        if self.encoding != 1:
            raise ValueError(f"there is no encoding {self.encoding}")
        try:
            return hashlib.sha256(_first_encoding(self)).hexdigest()
        except (TypeError, OverflowError, RecursionError) as error:
            raise ValueError("it holds what is no text or no number") from error

    def read(self) -> AuditEntry:
        """The value.

        Raises:
            ValueError: it holds what no entry can hold.
        """
        event = AuditEvent(
            action=AuditAction(self.action),
            actor=self.actor,
            address=self.address,
            target_kind=self.target_kind,
            target_id=self.target_id,
            reason=self.reason,
            detail=json.loads(self.detail),
        )
        return AuditEntry(
            number=self.number,
            unix_s=self.unix_s,
            event=event,
            previous=self.previous,
            hash=self.hash,
            encoding=self.encoding,
        )


def _first_encoding(entry: StoredEntry) -> bytes:
    fields = [
        *("nigoh-audit", 1, entry.number, round(entry.unix_s * 1e6)),
        *(entry.action, entry.actor, entry.address, entry.target_kind, entry.target_id, entry.reason),
        *(json.loads(entry.detail), entry.previous),
    ]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def chained(event: AuditEvent, number: int, previous: str, unix_s: float) -> StoredEntry:
    """An event as it is written down after the entry of the hash `previous`."""
    clean = storable(event)
    entry = StoredEntry(
        number=number,
        unix_s=round(unix_s, 6),
        action=str(clean.action),
        actor=clean.actor,
        address=clean.address,
        target_kind=clean.target_kind,
        target_id=clean.target_id,
        reason=clean.reason,
        detail=json.dumps(dict(clean.detail), allow_nan=False),
        encoding=NEWEST_ENCODING,
        previous=previous,
        hash="",
    )
    return replace(entry, hash=entry.true_hash())


def storable(event: AuditEvent) -> AuditEvent:
    """The event as every database can keep it: nothing that somebody types, be it as a login name, stops the audit.

    Too long texts are cut with an ellipsis, NUL and lone surrogates become U+FFFD, numbers that JSON lacks or that
    not every reader of JSON reads alike become texts.
    """
    pairs = [(_text(key, 64), _value(value)) for key, value in event.detail.items()]
    return replace(
        event,
        actor=_text(event.actor, _MOST_ACTOR),
        address=_text(event.address, _MOST_ADDRESS),
        target_kind=_text(event.target_kind, _MOST_KIND),
        target_id=_text(event.target_id, _MOST_ID),
        reason=_text(event.reason, _MOST_REASON),
        detail=dict(pairs[:_MOST_DETAILS]),
    )


def _text(value: str, most: int) -> str:
    """A text of at most so many characters that can be stored as UTF-8."""
    clean = value.encode("utf-8", "replace").decode() if not value.isascii() else value
    clean = clean.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def _value(value: str | float) -> str | int | float | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MOST_INTEGER else _text(hex(value), _MOST_DETAIL)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return _text(value, _MOST_DETAIL)
