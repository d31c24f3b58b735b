"""Tells whoever follows the stream of events, in the transaction in which something happens."""

import msgspec
from sqlalchemy import Connection

from nigoh.domain.records import Event, EventKind
from nigoh.storage.database.events import Events


def tell(connection: Connection, kind: EventKind, subject: str, now_unix_s: float) -> None:
    """Something happened to a person, a sighting or a setting; whoever wants to know more asks for it."""
    body = msgspec.json.encode({"id": subject}).decode()
    Events(connection).add(Event(kind=kind, subject=subject, unix_s=now_unix_s, body=body))
