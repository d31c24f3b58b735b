"""Recorded clips in the database: the files are the recorder's."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, select

from nigoh.domain.clip import Clip, ClipFilter
from nigoh.domain.page import Page, PageQuery
from nigoh.domain.sighting import CameraId
from nigoh.storage.database.keyset import Order, read_page
from nigoh.storage.database.rows import Noun, Rows
from nigoh.storage.database.tables import CLIPS

_CLIP = Noun(CLIPS, "clip")
_BY_TIME = (CLIPS.c.first_unix_s, CLIPS.c.id)
_AT_ONCE = 500
_PATHS_AT_ONCE = 5000

LONGEST_S = 86_400.0
"""No recording is longer: a camera that is always recorded begins another file every few minutes."""


class Clips:
    """The clips within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = Rows(connection, _CLIP)

    def add(self, clip: Clip) -> None:
        """Add a clip.

        Raises:
            Conflict: another one has its path.
            Unstorable: a text is too long.
        """
        self._rows.add(
            {
                "id": clip.id,
                "camera": clip.camera,
                "path": clip.path,
                "first_unix_s": clip.first_unix_s,
                "last_unix_s": clip.last_unix_s,
                "size_bytes": clip.size_bytes,
            }
        )

    def get(self, clip_id: str) -> Clip | None:
        """The clip of this identifier, or None."""
        return self._first(select(CLIPS).where(CLIPS.c.id == clip_id))

    def at(self, path: str) -> Clip | None:
        """The clip of this file, or None."""
        return self._first(select(CLIPS).where(CLIPS.c.path == path))

    def of_day(self, day: str) -> dict[str, str]:
        """The clips of one folder CAMERA/DAY: identifiers by path."""
        # "0" is the character that follows "/".
        chosen = select(CLIPS.c.path, CLIPS.c.id).where(CLIPS.c.path > f"{day}/", CLIPS.c.path < f"{day}0")
        return {row.path: row.id for row in self._connection.execute(chosen)}

    def days(self) -> frozenset[str]:
        """The folders CAMERA/DAY that clips are said to be in. Reads all paths."""
        paths = self._connection.execution_options(yield_per=_PATHS_AT_ONCE).scalars(select(CLIPS.c.path))
        return frozenset(path.rpartition("/")[0] for path in paths)

    def showing(self, camera: CameraId, first_unix_s: float, last_unix_s: float, at_most: int) -> tuple[Clip, ...]:
        """Clips of a camera at a time, the oldest first."""
        overlaps = (CLIPS.c.first_unix_s <= last_unix_s) & (CLIPS.c.last_unix_s >= first_unix_s)
        # None is longer: so the index over the beginning alone leads to them.
        overlaps &= CLIPS.c.first_unix_s >= first_unix_s - LONGEST_S
        chosen = select(CLIPS).where(CLIPS.c.camera == camera, overlaps)
        ordered = chosen.order_by(CLIPS.c.first_unix_s, CLIPS.c.id).limit(at_most)
        return tuple(_clip(row) for row in self._connection.execute(ordered).mappings())

    def page(self, wanted: ClipFilter, query: PageQuery, *, oldest_first: bool = False) -> Page[Clip]:
        """A part of the clips that are wanted, the newest first unless it is said. Raises BadCursor."""
        order = Order("clips", _BY_TIME, descending=not oldest_first)
        chosen = select(CLIPS)
        if wanted.cameras is not None:
            chosen = chosen.where(CLIPS.c.camera.in_(sorted(wanted.cameras)))
        if wanted.since_unix_s is not None:
            chosen = chosen.where(CLIPS.c.last_unix_s >= wanted.since_unix_s)
        if wanted.until_unix_s is not None:
            chosen = chosen.where(CLIPS.c.first_unix_s < wanted.until_unix_s)
        return read_page(self._connection, chosen, order, query, lambda rows: [_clip(row) for row in rows])

    def oldest_before(self, unix_s: float, at_most: int) -> tuple[Clip, ...]:
        """The oldest clips that ended before a time, so many at most."""
        chosen = select(CLIPS).where(CLIPS.c.last_unix_s < unix_s).order_by(CLIPS.c.first_unix_s, CLIPS.c.id)
        return tuple(_clip(row) for row in self._connection.execute(chosen.limit(at_most)).mappings())

    def remove(self, clip_ids: Collection[str]) -> int:
        """Remove clips; how many of them were there."""
        wanted: Sequence[str] = sorted(clip_ids)
        removed = 0
        for start in range(0, len(wanted), _AT_ONCE):
            some = CLIPS.c.id.in_(wanted[start : start + _AT_ONCE])
            removed += self._connection.execute(delete(CLIPS).where(some)).rowcount
        return removed

    def _first(self, chosen: Select[Any]) -> Clip | None:
        row = self._connection.execute(chosen).mappings().first()
        return None if row is None else _clip(row)


def _clip(row: RowMapping) -> Clip:
    return Clip(
        id=row["id"],
        camera=CameraId(row["camera"]),
        path=row["path"],
        first_unix_s=row["first_unix_s"],
        last_unix_s=row["last_unix_s"],
        size_bytes=row["size_bytes"],
    )
