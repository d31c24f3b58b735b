"""The books of crashes.py: what was safe in a spool, held against what is in the database, by identifier."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

from sqlalchemy import func, select

from nigoh.storage.database.database import Database
from nigoh.storage.database.tables import EVENTS, MEDIA, OUTBOX, SIGHTINGS, TRACKS
from nigoh.storage.media import media_path

PICTURED = 4
"""Each sighting whose number this divides has a picture."""

Figures = dict[str, float | int | str | None]


def named(number: int) -> str:
    """The identifier of a sighting."""
    return f"shard-{number:06d}"


def balance(database: Database, media: Path, safe: int, *, sink: str | None) -> Figures:
    """What is there of the sightings that were safe.

    Returns:
        safe: how many were; lost: of which no event tells; twice: of which more than one does; out_of_order: events
        that stand before one of an earlier sighting; incomplete: sightings without row, template or outbox row, and
        those whose picture is missing or has no file.
    """
    expected = [named(number) for number in range(safe)]
    with database.read() as connection:
        told = list(connection.scalars(select(EVENTS.c.subject).order_by(EVENTS.c.number)))
        rows = {row.id: row.media_id for row in connection.execute(select(SIGHTINGS.c.id, SIGHTINGS.c.media_id))}
        templates = set(connection.scalars(select(TRACKS.c.id)))
        pictures = set(connection.scalars(select(MEDIA.c.id)))
        waiting = connection.scalar(select(func.count()).select_from(OUTBOX).where(OUTBOX.c.sink == (sink or "")))
    times = Counter(told)
    incomplete = sum(each not in rows or each not in templates for each in expected)
    incomplete += sum(
        not _has_picture(media, pictures, rows.get(named(number), "")) for number in range(0, safe, PICTURED)
    )
    if sink is not None:
        incomplete += abs((waiting or 0) - len(told))
    return {
        "safe": safe,
        "told": len(told),
        "lost": sum(times[each] == 0 for each in expected),
        "twice": sum(count > 1 for count in times.values()),
        "out_of_order": sum(before > after for before, after in pairwise(told)),
        "incomplete": incomplete,
        "pictures": len(pictures),
    }


def _has_picture(media: Path, pictures: set[str], media_id: str) -> bool:
    return media_id in pictures and media_path(media, media_id).is_file()
