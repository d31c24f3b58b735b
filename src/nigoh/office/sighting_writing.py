"""Writes words about tracks: sighting, template, picture, event and what sinks are to be told, in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, TypeVar

import numpy as np
from sqlalchemy import Connection

from nigoh.domain.camera_sighting import CameraSighting
from nigoh.domain.intake import IntakeCounts, people_in, renamed
from nigoh.domain.records import Event
from nigoh.domain.sighting import PersonId
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import KeyDestroyed
from nigoh.office.sighting_events import sighting_event
from nigoh.office.sighting_sorting import ChangedTrack, SortedNews, sort_out
from nigoh.storage.database.erased_people import erased_people
from nigoh.storage.database.events import Events
from nigoh.storage.database.merged_people import MergedPeople
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.sightings import Sightings, SightingUpdate
from nigoh.storage.database.tables import TRACKS
from nigoh.storage.database.tracks import TrackRow, TrackRows
from nigoh.storage.media import SealedPicture
from nigoh.storage.vault.scopes import person_of, person_scope, unknown_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding

Kept = TypeVar("Kept")

_JPEG = "image/jpeg"
_CROP = "crop"


class Sealing(Protocol):
    """Seals what is biometric; the vault is one."""

    def look_up(self, connection: Connection, scopes: Collection[str]) -> None:
        """Something will be sealed in each of these scopes."""
        ...

    def seal_many(self, connection: Connection, scope: str, pieces: Sequence[tuple[bytes, str]]) -> list[Sealed]:
        """Seal pieces, each bound to its place. Raises KeyDestroyed."""
        ...

    def protect(self, templates: Templates) -> Templates:
        """Templates as they are stored."""
        ...


class Pictures(Protocol):
    """Keeps pictures; a store of media is one."""

    def seal_many(
        self, connection: Connection, scope: str, kind: str, content_type: str, pictures: Sequence[bytes]
    ) -> list[SealedPicture]:
        """Seal pictures that show somebody, or unknown people of a day. Raises KeyDestroyed."""
        ...

    def keep_many(self, connection: Connection, pictures: Sequence[SealedPicture]) -> None:
        """Keep pictures; they are on the disk when this returns. Raises OutputError."""
        ...

    def remove(self, connection: Connection, media_ids: Iterable[str]) -> None:
        """Remove pictures from the database."""
        ...

    def discard(self, media_ids: Iterable[str]) -> None:
        """Remove their files, once that is committed."""
        ...


class Alarms(Protocol):
    """Holds words against rules; a keeper of alerts is one."""

    def turn(self) -> AbstractContextManager[None]:
        """Around a transaction: what was judged holds if it is committed."""
        ...

    def judge(self, connection: Connection, words: Sequence[CameraSighting], now_unix_s: float) -> list[Event]:
        """Write down what rules tell of words; the events of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingOptions:
    """What is written.

    Attributes:
        store_unknown: sightings of people who match nobody, too; else nothing of them.
        sinks: names of those who have to be told of each sighting, now.
    """

    store_unknown: bool = True
    sinks: Callable[[], Sequence[str]] = tuple


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch, and files of pictures that can go once it is committed."""

    counts: IntakeCounts
    replaced: tuple[str, ...] = ()


class SightingWriter:
    """Writes batches. One thread, several transactions one after the other.

    A word about a track is written if it is later than what is there, so that writing it again changes nothing. Of
    several words about a track in a batch the last one makes the row, and each makes an event.

    Args:
        sealing: seals templates.
        pictures: keeps pictures.
        options: what is written.
        alarms: what is made of it, in the same transaction.
    """

    def __init__(
        self,
        sealing: Sealing,
        pictures: Pictures,
        options: WritingOptions | None = None,
        alarms: Alarms | None = None,
    ) -> None:
        self._sealing = sealing
        self._pictures = pictures
        self._options = options or WritingOptions()
        self._alarms = alarms

    def turn(self) -> AbstractContextManager[None]:
        """Around a transaction in which `write` is called."""
        return nullcontext() if self._alarms is None else self._alarms.turn()

    def keep_unknown(self, store: bool) -> None:
        """Write sightings of people who match nobody, or not, from the next batch on. Any thread."""
        self._options = replace(self._options, store_unknown=store)

    def write(self, connection: Connection, news: Sequence[SpooledSighting], now_unix_s: float) -> Written:
        """Write words in their order, as one transaction.

        Raises:
            DatabaseUnavailable, OutputError: try again later.
            KeyDestroyed: somebody is being erased; try again.
        """
        sightings = Sightings(connection)
        known = sightings.known([each.told.id for each in news])
        news, named = _as_they_are_now(connection, news)
        erased = erased_people(connection, named)
        found = sort_out(news, known, erased, store_unknown=self._options.store_unknown)
        faces = [track for track in found.tracks.values() if track.jpeg or track.template is not None]
        self._sealing.look_up(connection, _by_scope(faces).keys())
        templates, late = self._seal_templates(connection, found.tracks)
        media, later = self._keep_pictures(connection, found.tracks)
        updates = [SightingUpdate(track.told, _picture_of(track, media)) for track in found.tracks.values()]
        sightings.write(updates, known.keys())
        TrackRows(connection).put(templates)
        TrackRows(connection).remove([each for each, track in found.tracks.items() if track.is_withdrawn])
        replaced = tuple(
            track.media_id
            for track in found.tracks.values()
            if track.media_id and _picture_of(track, media) != track.media_id
        )
        self._pictures.remove(connection, replaced)
        self._tell(connection, found, media, now_unix_s)
        kept = IntakeCounts(templates=len(templates), pictures=len(media), expired=late + later)
        return Written(found.counts + kept, replaced)

    def discard(self, written: Written) -> None:
        """Once it is committed: remove what was replaced."""
        self._pictures.discard(written.replaced)

    def _tell(self, connection: Connection, found: SortedNews, media: Mapping[str, str], now_unix_s: float) -> None:
        """Last of all, as others wait from then on."""
        events = [
            sighting_event(
                word.told,
                now_unix_s,
                is_new=word.is_new,
                has_picture=bool(_picture_of(found.tracks[word.told.id], media)),
            )
            for word in found.words
        ]
        if self._alarms is not None:
            events += self._alarms.judge(connection, [word.told for word in found.words], now_unix_s)
        numbers = Events(connection).add_many(events)
        Outbox(connection).add(self._options.sinks(), numbers)

    def _seal_templates(
        self, connection: Connection, tracks: Mapping[str, ChangedTrack]
    ) -> tuple[list[TrackRow], int]:
        """Rows of templates, and how many came too late for their day."""
        some = [(track, track.template) for track in tracks.values() if track.template is not None]
        plain = dict(
            zip((track.told.id for track, _ in some), _protected([of for _, of in some], self._sealing), strict=True)
        )
        rows: list[TrackRow] = []
        late = 0
        for scope, theirs in _by_scope(track for track, _ in some).items():
            pieces = [(plain[track.told.id], row_binding(TRACKS, track.told.id)) for track in theirs]
            sealed = _unless_over(scope, partial(self._sealing.seal_many, connection, scope, pieces))
            if sealed is None:
                late += len(theirs)
                continue
            rows += [_track_row(track, vector) for track, vector in zip(theirs, sealed, strict=True)]
        return rows, late

    def _keep_pictures(
        self, connection: Connection, tracks: Mapping[str, ChangedTrack]
    ) -> tuple[dict[str, str], int]:
        """Identifiers of pictures by those of tracks, and how many came too late for their day."""
        sealed: dict[str, SealedPicture] = {}
        late = 0
        for scope, some in _by_scope(track for track in tracks.values() if track.jpeg).items():
            jpegs = [track.jpeg for track in some]
            pictures = _unless_over(scope, partial(self._pictures.seal_many, connection, scope, _CROP, _JPEG, jpegs))
            if pictures is None:
                late += len(some)
                continue
            sealed |= {track.told.id: picture for track, picture in zip(some, pictures, strict=True)}
        # All at once: of 200 people in a batch the disk would be waited for 200 times.
        self._pictures.keep_many(connection, list(sealed.values()))
        return {track_id: picture.id for track_id, picture in sealed.items()}, late


def _as_they_are_now(
    connection: Connection, news: Sequence[SpooledSighting]
) -> tuple[Sequence[SpooledSighting], frozenset[PersonId]]:
    """The same words of the people who were merged since into others, and everybody whom they name."""
    named = frozenset[PersonId]().union(*(people_in(each.told) for each in news))
    who_now = MergedPeople(connection).who_now(named) if named else {}
    if who_now:
        news = [replace(each, told=renamed(each.told, who_now)) for each in news]
        named = frozenset(who_now.get(person, person) for person in named)
    return news, named


def _picture_of(track: ChangedTrack, media: Mapping[str, str]) -> str:
    """The picture that a track has from now on, or ""."""
    return "" if track.is_withdrawn else media.get(track.told.id, track.media_id)


def _by_scope(tracks: Iterable[ChangedTrack]) -> dict[str, list[ChangedTrack]]:
    """Tracks by who shares their key: a person, or all unknown people of a day."""
    found: defaultdict[str, list[ChangedTrack]] = defaultdict(list)
    for track in tracks:
        person = track.told.sighting.person
        found[unknown_scope(track.told.first_unix_s) if person is None else person_scope(person)].append(track)
    return found


def _unless_over(scope: str, keep: Callable[[], list[Kept]]) -> list[Kept] | None:
    """What is kept; None if the scope is that of a day whose key was destroyed. Raises KeyDestroyed of a person's."""
    try:
        return keep()
    except KeyDestroyed:
        if person_of(scope) is not None:
            raise
        return None


def _protected(templates: Sequence[TrackTemplate], sealing: Sealing) -> list[bytes]:
    """Templates as they are stored, in the same order, whatever models they are of."""
    found: list[bytes] = [b""] * len(templates)
    by_model: defaultdict[ModelIdentity, list[int]] = defaultdict(list)
    for place, template in enumerate(templates):
        by_model[template.model].append(place)
    for model, places in by_model.items():
        vectors = np.stack([np.frombuffer(templates[place].vector, np.float32) for place in places])
        for place, row in zip(places, sealing.protect(Templates(vectors, model)).vectors, strict=True):
            found[place] = row.tobytes()
    return found


def _track_row(track: ChangedTrack, vector: Sealed) -> TrackRow:
    if track.template is None:
        raise ValueError("only a track with a template has one")
    return TrackRow(
        id=track.told.id,
        camera=track.told.sighting.camera,
        first_unix_s=track.told.first_unix_s,
        model=track.template.model,
        vector=vector,
    )
