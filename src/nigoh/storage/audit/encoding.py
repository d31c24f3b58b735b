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
from dataclasses import replace

from nigoh.domain.audit import AuditEntry, AuditEvent

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


def entry_hash(entry: AuditEntry) -> str:
    """The hash that an entry ought to have.

    Raises:
        ValueError: its encoding is none that is known.
    """
    if entry.encoding != 1:
        raise ValueError(f"there is no encoding {entry.encoding} of audit entries")
    return hashlib.sha256(_first_encoding(entry)).hexdigest()


def _first_encoding(entry: AuditEntry) -> bytes:
    event = entry.event
    fields = [
        *("nigoh-audit", 1, entry.number, round(entry.unix_s * 1e6)),
        *(str(event.action), event.actor, event.address, event.target_kind, event.target_id, event.reason),
        *(dict(event.detail), entry.previous),
    ]
    # An entry that was tampered with may hold what is no text: it has a hash all the same, and another one.
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(errors="replace")


def storable(event: AuditEvent) -> AuditEvent:
    """The event as every database can keep it: nothing that somebody types, be it as a login name, stops the audit.

    Too long texts are cut with an ellipsis, NUL and lone surrogates become U+FFFD, numbers that JSON lacks or that
    not every reader of JSON reads alike become texts.
    """
    pairs = [(text(key, 64), _value(value)) for key, value in event.detail.items()]
    return replace(
        event,
        actor=text(event.actor, _MOST_ACTOR),
        address=text(event.address, _MOST_ADDRESS),
        target_kind=text(event.target_kind, _MOST_KIND),
        target_id=text(event.target_id, _MOST_ID),
        reason=text(event.reason, _MOST_REASON),
        detail=dict(pairs[:_MOST_DETAILS]),
    )


def text(value: str, most: int) -> str:
    """A text of at most so many characters that can be stored as UTF-8."""
    clean = (
        value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    )
    return clean if len(clean) <= most else f"{clean[: most - 1]}…"


def _value(value: str | float) -> str | int | float | bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _MOST_INTEGER else text(hex(value), _MOST_DETAIL)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return text(value, _MOST_DETAIL)
