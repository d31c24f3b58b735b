"""Sightings as people deal with them: looked at, judged, enrolled from."""

from collections.abc import Callable
from contextlib import suppress

import msgspec
from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.clip import Clip
from nigoh.domain.identifiers import new_id
from nigoh.domain.photo_check import PhotoCheck
from nigoh.domain.records import Event, EventKind, SightingRecord, Verdict
from nigoh.domain.sighting import PersonId
from nigoh.errors import KeyDestroyed, Missing
from nigoh.office.actor import Actor
from nigoh.office.enrolment_office import Enrolment, EnrolmentOffice
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import SentPhoto
from nigoh.storage.audit import Audit
from nigoh.storage.database.clips import Clips
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.negatives import Negative, Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import NEGATIVES, TRACKS
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed_columns import row_binding

_BEST_SHOT = "best-shot.jpg"
_MOST_CLIPS = 50


class SightingDesk:
    """Judges sightings and shows their pictures. Any thread.

    Args:
        database: transactions.
        media: pictures; its vault has the templates of tracks.
        enrolment: enrols people from pictures.
        now: seconds since 1970.
    """

    def __init__(
        self, database: Database, media: MediaStore, enrolment: EnrolmentOffice, *, now: Callable[[], float]
    ) -> None:
        self._database = database
        self._media = media
        self._enrolment = enrolment
        self._now = now

    def get(self, sighting_id: str) -> SightingRecord:
        """A sighting. Raises Missing."""
        with self._database.read() as connection:
            return _found(connection, sighting_id)

    def clips(self, sighting: SightingRecord) -> tuple[Clip, ...]:
        """Finished recordings of its camera at its time, the oldest first, some of them if there are many."""
        with self._database.read() as connection:
            clips = Clips(connection)
            return clips.showing(sighting.camera, sighting.first_unix_s, sighting.last_unix_s, _MOST_CLIPS)

    def judge(
        self, actor: Actor, sighting_id: str, verdict: Verdict, comment: str = "", *, version: int | None = None
    ) -> SightingRecord:
        """Say whether it was right. A rejected one becomes a negative: its face is not taken for this person again.

        Args:
            actor: who says so.
            sighting_id: of which sighting.
            verdict: what they say; NONE takes back what was said.
            comment: in their words.
            version: as it was read; None: whatever it is.

        Raises:
            Missing: it is not there.
            Stale: it has another version.
        """
        now = self._now()
        with self._database.begin() as connection:
            before = _found(connection, sighting_id)
            as_read = before.version if version is None else version
            after = Sightings(connection).judge(sighting_id, verdict, actor.name, comment, version=as_read)
            negatives = self._keep_negative(connection, actor, after)
            body = {"id": after.id, "verdict": verdict.value, "by": actor.name}
            event = Event(
                kind=EventKind.SIGHTING_VERDICT, camera=after.camera, subject=after.id, unix_s=now,
                body=msgspec.json.encode(body).decode(),
            )  # fmt: skip
            Events(connection).add(event)
            detail = {"verdict": verdict.value, "negatives": negatives}
            Audit(connection).write(actor.event(AuditAction.VERDICT, "sighting", after.id, detail), now)
        return after

    def picture(self, actor: Actor, sighting_id: str) -> tuple[str, bytes]:
        """Content type and bytes of the best shot. Written down as a view of a face.

        Raises:
            Missing: it is not there, or has no picture any more.
            KeyDestroyed: it was erased.
            VaultError: its file is missing or was changed.
        """
        with self._database.begin() as connection:
            picture = self._media.get(connection, _media_id(_found(connection, sighting_id)))
            event = actor.event(AuditAction.VIEW_FACE, "sighting", sighting_id)
            Audit(connection).write(event, self._now())
        return picture

    def enrol_as(
        self, actor: Actor, sighting_id: str, person: PersonId, *, allow_look_alike: bool = False
    ) -> PhotoCheck:
        """Take the best shot as one more photo of somebody.

        Raises:
            Missing: it, its picture or the person is not there.
            KeyDestroyed, VaultError: as of `picture`.
        """
        media_id = _media_id(self.get(sighting_id))
        return self._enrolment.add_stored_picture(actor, person, media_id, allow_look_alike=allow_look_alike)

    def enrol_new(
        self, actor: Actor, sighting_id: str, draft: PersonDraft, *, allow_look_alike: bool = False
    ) -> Enrolment:
        """Enrol somebody new by the best shot.

        Raises:
            Missing, KeyDestroyed, VaultError: as of `picture`.
            Invalid, Conflict: as of `EnrolmentOffice.enrol`.
        """
        with self._database.read() as connection:
            _, data = self._media.get(connection, _media_id(_found(connection, sighting_id)))
        photo = SentPhoto(data, _BEST_SHOT)
        return self._enrolment.enrol(actor, draft, [photo], allow_look_alike=allow_look_alike)

    def _keep_negative(self, connection: Connection, actor: Actor, sighting: SightingRecord) -> int:
        """Keep or take back what a verdict says about the face; how many negatives the sighting has now."""
        negatives, now = Negatives(connection), self._now()
        kept = negatives.of_sighting(sighting.id)
        is_rejected = sighting.verdict is Verdict.REJECTED and sighting.person is not None
        if is_rejected and not kept and (made := self._negative(connection, actor, sighting)) is not None:
            negatives.add(made)
            return 1
        if not is_rejected:
            for each in kept:
                negatives.remove(each.id, now)
            return 0
        return len(kept)

    def _negative(self, connection: Connection, actor: Actor, sighting: SightingRecord) -> Negative | None:
        """The sighting's template under the key of the person whom it is not; None: one of both is gone."""
        track = TrackRows(connection).get(sighting.id)
        if track is None or sighting.person is None or People(connection).get(sighting.person) is None:
            return None
        now, vault = self._now(), self._media.vault
        negative_id = new_id(now)
        with suppress(KeyDestroyed):
            plain = vault.open(connection, track.vector, row_binding(TRACKS, track.id))
            bound_to = row_binding(NEGATIVES, negative_id)
            sealed = vault.seal(connection, person_scope(sighting.person), plain, bound_to)
            return Negative(
                id=negative_id, person=sighting.person, sighting=sighting.id, model=track.model, vector=sealed,
                created_by=actor.name, created_unix_s=now,
            )  # fmt: skip
        return None


def _found(connection: Connection, sighting_id: str) -> SightingRecord:
    found = Sightings(connection).get(sighting_id)
    if found is None:
        raise Missing("sighting", sighting_id)
    return found


def _media_id(sighting: SightingRecord) -> str:
    if not sighting.media_id:
        raise Missing("picture of the sighting", sighting.id)
    return sighting.media_id
