"""Full erasure of a person: all that is known of them goes, wherever it is, and a report says what went."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.erasure import ErasedClips, ErasedSightings, ErasurePolicy, ErasurePreview, ErasureReport
from nigoh.domain.records import EventKind, SightingRecord
from nigoh.domain.sighting import PersonId
from nigoh.errors import Missing, OutputError
from nigoh.office.actor import Actor
from nigoh.office.news import tell
from nigoh.storage.audit import Audit
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.idempotency import KeptAnswers
from nigoh.storage.database.negatives import Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.templates import TemplateRows
from nigoh.storage.database.traces import Traces
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.recording_room import remove_finished
from nigoh.storage.recordings_during import Span, recordings_during
from nigoh.storage.vault.scopes import person_scope

_AT_ONCE = 200
"""Sightings in a transaction: others may write in between."""


@dataclass(slots=True)
class _Found:
    """What one erasure has found so far, as `ErasureReport` counts it, and files and spans to be seen to."""

    photos: int = 0
    templates: int = 0
    negatives: int = 0
    keys: int = 0
    sightings: int = 0
    crops: int = 0
    tracks: int = 0
    mentions: int = 0
    answers: int = 0
    clips: int = 0
    clips_kept: int = 0
    clips_left: list[str] = field(default_factory=list)
    media: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


class Eraser:
    """Erases people. Any thread.

    First, in one transaction, everything that makes them somebody: name, photos, templates, negatives, and their
    keys, after which nothing sealed of them opens, here or in a backup. Then, in short ones, what rows of others and
    recordings hold. Whatever interrupts it, it can be done again, and finds what is left; so it does by itself
    (`finish`). Files that are missing already are no obstacle.

    Args:
        database: transactions.
        media: where their pictures are; its vault has their keys.
        recordings: the folder of recordings, or None: there are none.
        policy: what becomes of what is not theirs alone, as it is now.
        now: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        media: MediaStore,
        recordings: Path | None,
        policy: Callable[[], ErasurePolicy],
        *,
        now: Callable[[], float],
    ) -> None:
        self._database = database
        self._media = media
        self._recordings = recordings
        self._policy = policy
        self._now = now

    def erase(self, actor: Actor, person: PersonId, *, version: int | None = None) -> ErasureReport:
        """Erase somebody, or what an interrupted erasure has left of them. The audit keeps that, and no name.

        Args:
            actor: who wants it.
            person: whom.
            version: as they were read; None: whatever they are.

        Raises:
            Missing: they are not there, and never were.
            Stale: they have another version.
        """
        found = _Found()
        was_enrolled = self._erase_identity(actor, person, version, found)
        self._erase_sightings(person, found)
        self._erase_mentions(person, found)
        self._erase_clips(found)
        self._media.discard(found.media)
        report = ErasureReport(
            person=person,
            erased_unix_s=self._now(),
            was_enrolled=was_enrolled,
            photos=found.photos,
            templates=found.templates,
            negatives=found.negatives,
            keys=found.keys,
            sightings=found.sightings,
            anonymous=self._policy().sightings is ErasedSightings.ANONYMOUS,
            crops=found.crops,
            tracks=found.tracks,
            mentions=found.mentions,
            answers=found.answers,
            clips=found.clips,
            clips_kept=found.clips_kept,
            clips_left=tuple(found.clips_left),
        )
        if was_enrolled or found.sightings or found.mentions or found.answers or found.clips:
            self._write_down(actor, report)
        with suppress(OutputError):
            # What is committed stays erased; only the overwriting of freed places can be late.
            report = replace(report, final=self._media.vault.finish_destruction(self._database))
        return report

    def preview(self, person: PersonId) -> ErasurePreview:
        """What would be erased of somebody. Reads all sightings, as the erasure does. Raises Missing."""
        with self._database.read() as connection:
            if People(connection).get(person) is None:
                raise Missing("person", person)
            traces = Traces(connection)
            photos, spans = Photos(connection).count(person), traces.seen(person)
            negatives = {each.id for each in Negatives(connection).of_person(person)}
            found = ErasurePreview(
                person=person,
                photos=photos,
                templates=len(TemplateRows(connection).of_person(person)),
                negatives=len(negatives | set(traces.negatives_about(person))),
                keys=traces.count_keys(person),
                sightings=len(spans),
                anonymous=self._policy().sightings is ErasedSightings.ANONYMOUS,
                crops=len(traces.pictures_of(person)) - photos,
                mentions=traces.count_mentions(person),
            )
        clips = len(recordings_during(self._recordings, spans)) if self._recordings else 0
        kept = self._policy().clips is ErasedClips.KEEP
        return replace(found, clips=0 if kept else clips, clips_kept=clips if kept else 0)

    def finish(self, actor: Actor) -> tuple[ErasureReport, ...]:
        """Finish the erasures that something has interrupted; what was done."""
        with self._database.read() as connection:
            left = Traces(connection).erased_but_seen()
        return tuple(self.erase(actor, person) for person in left)

    def _erase_identity(self, actor: Actor, person: PersonId, version: int | None, found: _Found) -> bool:
        """Erase who they are, in one transaction; whether they were there."""
        now = self._now()
        with self._database.begin() as connection:
            traces = Traces(connection)
            pictures = traces.pictures_of(person)
            there = People(connection).get(person) is not None
            if there or version is not None:
                found.photos = Photos(connection).count(person)
                found.templates = len(TemplateRows(connection).of_person(person))
                found.negatives = len(Negatives(connection).of_person(person))
                People(connection).remove(person, now, version=version)
            elif not traces.has_keys(person) and not Sightings(connection).of_person(person, 1):
                raise Missing("person", person)
            found.answers = KeptAnswers(connection).forget_about(person)
            self._forget_pictures(connection, pictures, found)
            keys = self._media.vault.destroy(connection, person_scope(person))
            if there:
                found.keys = keys
                tell(connection, EventKind.PERSON_ERASED, person, now)
                Audit(connection).write(actor.event(AuditAction.ERASE, "person", person, _begun(found)), now)
        return there

    def _erase_sightings(self, person: PersonId, found: _Found) -> None:
        while True:
            with self._database.begin() as connection:
                some = Sightings(connection).of_person(person, _AT_ONCE)
                if not some:
                    return
                self._erase_some(connection, some, found)

    def _erase_some(self, connection: Connection, some: Sequence[SightingRecord], found: _Found) -> None:
        now = self._now()
        ids = [each.id for each in some]
        media = [each.media_id for each in some if each.media_id]
        found.spans += [(each.camera, each.first_unix_s, each.last_unix_s) for each in some]
        for negative in Traces(connection).negatives_of(ids):
            Negatives(connection).remove(negative, now)
            found.negatives += 1
        found.sightings += len(ids)
        found.crops += len(media)
        found.tracks += TrackRows(connection).remove(ids)
        if self._policy().sightings is ErasedSightings.DELETE:
            Sightings(connection).remove(ids)
        else:
            Traces(connection).make_anonymous(ids)
        self._forget_pictures(connection, media, found)

    def _erase_mentions(self, person: PersonId, found: _Found) -> None:
        after = ""
        while True:
            with self._database.read() as connection:
                some = Traces(connection).mentions(person, after, _AT_ONCE)
            if not some:
                return
            with self._database.begin() as connection:
                Traces(connection).forget_mentions(person, some)
            found.mentions += len(some)
            after = some[-1]

    def _erase_clips(self, found: _Found) -> None:
        if self._recordings is None:
            return
        for path in recordings_during(self._recordings, found.spans):
            if self._policy().clips is ErasedClips.KEEP:
                found.clips_kept += 1
            elif remove_finished(path):
                found.clips += 1
                self._forget_clip(path.relative_to(self._recordings))
            else:
                found.clips_left.append(str(path.relative_to(self._recordings)))

    def _forget_clip(self, path: Path) -> None:
        with self._database.begin() as connection:
            clip = Clips(connection).at(path.as_posix())
            if clip is not None:
                Clips(connection).remove([clip.id])

    def _forget_pictures(self, connection: Connection, media_ids: Sequence[str], found: _Found) -> None:
        self._media.remove(connection, media_ids)
        found.media += media_ids

    def _write_down(self, actor: Actor, report: ErasureReport) -> None:
        with self._database.begin() as connection:
            event = actor.event(AuditAction.ERASE, "person", report.person, _done(report))
            Audit(connection).write(event, report.erased_unix_s)


def _begun(found: _Found) -> dict[str, str | int | float | bool]:
    return {
        "stage": "begun",
        "photos": found.photos,
        "templates": found.templates,
        "negatives": found.negatives,
        "keys": found.keys,
    }


def _done(report: ErasureReport) -> dict[str, str | int | float | bool]:
    return {
        "stage": "done",
        "sightings": report.sightings,
        "anonymous": report.anonymous,
        "mentions": report.mentions,
        "clips": report.clips,
        "clips_kept": report.clips_kept,
        "clips_left": len(report.clips_left),
    }
