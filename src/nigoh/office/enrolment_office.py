"""Enrolment: photos are looked at, told about, and kept with their templates, all of it or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from nigoh.domain.audit import AuditAction
from nigoh.domain.identifiers import new_person_id
from nigoh.domain.people import Person, Photo
from nigoh.domain.photo_check import PhotoCheck, PhotoOutcome
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import PersonId
from nigoh.errors import Missing, PhotoError
from nigoh.office.actor import Actor
from nigoh.office.face_picture import face_picture
from nigoh.office.news import tell
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import DecodedPhoto, JudgedPhoto, PersonSoFar, PhotoDesk, SentPhoto, repeated, unreadable
from nigoh.office.photo_examiner import ExaminedPhoto
from nigoh.office.photo_keeper import PhotoKeeper
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.media import MediaStore


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What became of a request to enrol somebody.

    Attributes:
        person: who was enrolled; None: nobody, nothing was saved.
        photos: what became of each photo, in the order given.
    """

    person: Person | None
    photos: tuple[PhotoCheck, ...]


class EnrolmentOffice:
    """Enrols people and photos. Any thread.

    Args:
        database: transactions.
        desk: looks at photos.
        keeper: keeps them.
        media: pictures that are there already, as a sighting's best shot.
        now: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        desk: PhotoDesk,
        keeper: PhotoKeeper,
        media: MediaStore,
        *,
        now: Callable[[], float],
    ) -> None:
        self._database = database
        self._desk = desk
        self._keeper = keeper
        self._media = media
        self._now = now

    def check_photo(self, photo: SentPhoto, person: PersonId | None = None) -> PhotoCheck:
        """What would become of a photo of somebody, or of somebody new. Nothing is saved.

        Raises:
            Missing: the person is not there.
            Invalid: the photo has no such face.
        """
        with self._database.read() as connection:
            so_far = self._so_far(connection, person)
        return self._look([photo], so_far, allow_look_alike=False)[0].check

    def enrol(
        self, actor: Actor, draft: PersonDraft, photos: Sequence[SentPhoto], *, allow_look_alike: bool = False
    ) -> Enrolment:
        """Enrol somebody new with the photos that can be used; without any photo too, if none is given.

        Nothing is saved if none of the photos can be used, or if one of them looks like somebody who is enrolled and
        that was not allowed.

        Raises:
            Invalid: a name is none, or a photo has no such face.
            Conflict: somebody else has the external_id.
            Missing: one of the watch lists is not there.
        """
        draft = draft.checked()
        so_far = PersonSoFar(None, None, self._desk.examiner.model)
        judged = self._look(photos, so_far, allow_look_alike=allow_look_alike)
        usable = [each for each in judged if each.template is not None]
        held_back = any(each.check.outcome is PhotoOutcome.LOOK_ALIKE for each in judged)
        if held_back or (photos and not usable):
            return Enrolment(None, tuple(each.check for each in judged))
        now = self._now()
        person = draft.enrolled(new_person_id(now), now)
        with self._database.begin() as connection:
            People(connection).add(person)
            checks = [self._keep(connection, person.id, each) for each in judged]
            tell(connection, EventKind.PERSON_ENROLLED, person.id, now)
            event = actor.event(AuditAction.ENROL, "person", person.id, {"photos": len(usable)})
            Audit(connection).write(event, now)
        return Enrolment(person, tuple(checks))

    def add_photo(
        self, actor: Actor, person: PersonId, photo: SentPhoto, *, allow_look_alike: bool = False
    ) -> PhotoCheck:
        """One more photo of somebody, if it can be used.

        Args:
            actor: who adds it.
            person: whose photo it is.
            photo: the file, and perhaps which of its faces is meant.
            allow_look_alike: it is theirs although somebody else looks like it.

        Raises:
            Missing: the person is not there.
            Invalid: the photo has no such face.
        """
        with self._database.read() as connection:
            so_far = self._so_far(connection, person)
        judged = self._look([photo], so_far, allow_look_alike=allow_look_alike)[0]
        if judged.template is None:
            return judged.check
        now = self._now()
        with self._database.begin() as connection:
            check = self._keep(connection, person, judged)
            tell(connection, EventKind.PERSON_CHANGED, person, now)
            Audit(connection).write(actor.event(AuditAction.ENROL, "person", person, {"photo": check.photo_id}), now)
        return check

    def add_stored_picture(
        self,
        actor: Actor,
        person: PersonId,
        media_id: str,
        *,
        face: int | None = None,
        allow_look_alike: bool = False,
    ) -> PhotoCheck:
        """A picture that is there already, as a sighting's best shot, as one more photo of somebody.

        Raises:
            Missing: the person or the picture is not there.
            KeyDestroyed: the picture was erased.
            VaultError: the picture's file is missing or was changed.
            Invalid: the picture has no such face.
        """
        with self._database.read() as connection:
            _, data = self._media.get(connection, media_id)
        sent = SentPhoto(data, "the sighting's picture", face)
        return self.add_photo(actor, person, sent, allow_look_alike=allow_look_alike)

    def remove_photo(self, actor: Actor, photo_id: str) -> Photo:
        """Remove a photo with its template: engines forget it within two seconds.

        Raises:
            Missing: it is not there.
        """
        now = self._now()
        with self._database.begin() as connection:
            photo = _photo(connection, photo_id)
            media_id = self._keeper.remove(connection, photo)
            tell(connection, EventKind.PERSON_CHANGED, photo.person, now)
            Audit(connection).write(actor.event(AuditAction.DELETE, "photo", photo.id, {"person": photo.person}), now)
        self._media.discard([media_id])
        return photo

    def face(self, actor: Actor, photo_id: str) -> bytes:
        """The face of an enrolled photo with its surroundings, at most 320 px: a JPEG. Written down as such a view.

        Raises:
            Missing: it is not there.
            VaultError: its file is missing or was changed.
        """
        with self._database.read() as connection:
            box = _photo(connection, photo_id).box
        return face_picture(self.picture(actor, photo_id)[1], box)

    def picture(self, actor: Actor, photo_id: str) -> tuple[str, bytes]:
        """Content type and bytes of an enrolled photo. Written down as a view of a face.

        Raises:
            Missing: it is not there.
            VaultError: its file is missing or was changed.
        """
        with self._database.begin() as connection:
            photo = _photo(connection, photo_id)
            picture = self._media.get(connection, photo.media_id)
            event = actor.event(AuditAction.VIEW_FACE, "photo", photo.id, {"person": photo.person})
            Audit(connection).write(event, self._now())
        return picture

    def _so_far(self, connection: Connection, person: PersonId | None) -> PersonSoFar:
        model = self._desk.examiner.model
        if person is None:
            return PersonSoFar(None, None, model)
        if People(connection).get(person) is None:
            raise Missing("person", person)
        own = self._keeper.own_templates(connection, [person], model)
        return PersonSoFar(person, own.get(person), model)

    def _look(self, photos: Sequence[SentPhoto], so_far: PersonSoFar, *, allow_look_alike: bool) -> list[JudgedPhoto]:
        """What is to become of each photo, in order."""
        judged: dict[int, JudgedPhoto] = {}
        fresh: dict[int, DecodedPhoto] = {}
        for row, photo in enumerate(photos):
            try:
                fresh[row] = self._desk.decode(photo)
            except PhotoError as error:
                judged[row] = unreadable(photo.name, error, so_far.person)
        # Whoever points at a face may mean another one of the same photo than the one that is enrolled.
        pointed = {row: fresh.pop(row) for row in tuple(fresh) if photos[row].face is not None}
        if so_far.person is not None and fresh:
            for row, photo_id in self._repeated(fresh, so_far.person).items():
                judged[row] = repeated(fresh.pop(row), photo_id, so_far.person)
        # What somebody points at is certain, and helps to understand the others.
        for row, seen in self._examined(pointed, every_face=True).items():
            found = self._desk.judge(*seen, so_far, face=photos[row].face, allow_look_alike=allow_look_alike)
            if found.template is not None:
                so_far.add(found.template)
            judged[row] = found
        seen_fresh = list(self._examined(fresh).values())
        together = self._desk.judge_together(seen_fresh, so_far, allow_look_alike=allow_look_alike)
        judged |= dict(zip(fresh, together, strict=True))
        return [judged[row] for row in range(len(photos))]

    def _examined(
        self, photos: dict[int, DecodedPhoto], *, every_face: bool = False
    ) -> dict[int, tuple[DecodedPhoto, ExaminedPhoto]]:
        found = self._desk.examiner.examine([each.pixels for each in photos.values()], every_face=every_face)
        return {row: (photos[row], examined) for row, examined in zip(photos, found, strict=True)}

    def _repeated(self, photos: dict[int, DecodedPhoto], person: PersonId) -> dict[int, str]:
        """Photos that the person has already, by their row: the identifier of the one that they repeat."""
        with self._database.read() as connection:
            known = self._keeper.repeated(
                connection, {each for photo in photos.values() for each in photo.fingerprints}
            )
        found = {}
        for row, photo in photos.items():
            own = [each.id for mark in photo.fingerprints for each in known.get(mark, ()) if each.person == person]
            if own:
                found[row] = own[0]
        return found

    def _keep(self, connection: Connection, person: PersonId, judged: JudgedPhoto) -> PhotoCheck:
        if judged.template is None or judged.stored is None:
            return replace(judged.check, person=judged.check.person or person)
        photo = self._keeper.add(connection, person, judged.stored, judged.check, judged.template)
        return replace(judged.check, outcome=PhotoOutcome.ENROLLED, person=person, photo_id=photo.id)


def _photo(connection: Connection, photo_id: str) -> Photo:
    photo = Photos(connection).get(photo_id)
    if photo is None:
        raise Missing("photo", photo_id)
    return photo
