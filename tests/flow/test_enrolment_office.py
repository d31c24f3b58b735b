"""People are enrolled by photos: each is looked at and told about, and all of it is kept or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import func, select

from nigoh.config.settings import VisionSettings
from nigoh.domain.audit import AuditAction, AuditEvent
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.erasure import ErasurePolicy
from nigoh.domain.frame import Pixels
from nigoh.domain.geometry import Floats
from nigoh.domain.master_key import MasterKey
from nigoh.domain.people import LegalBasis, Person, WatchList
from nigoh.domain.photo_check import Advice, PhotoFace, PhotoOutcome
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import Conflict, Invalid, KeyDestroyed, Missing, Stale
from nigoh.identity.gallery import Candidates, ExactGallery
from nigoh.office.actor import Actor
from nigoh.office.erasure import Eraser
from nigoh.office.people_desks import PeopleDesks, open_people_desks
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import DecodedPhoto, PersonSoFar, PhotoDesk, SentPhoto
from nigoh.office.photo_examiner import ExaminedPhoto, PhotoExaminer
from nigoh.office.photo_keeper import PhotoKeeper, fingerprint_key
from nigoh.office.stored_gallery import read_gallery
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.tables import MEDIA, PEOPLE, PHOTOS, TEMPLATES
from nigoh.storage.database.templates import TemplateRows
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.vault import Vault
from nigoh.testing.stolen_files import pictures_in
from nigoh.wiring import build_analyser

ACTOR = Actor("olim", "10.0.0.7", "first shift")


@dataclass(frozen=True)
class Installation:
    """Offices over a database, and what the tests look into."""

    desks: PeopleDesks
    database: Database
    media: MediaStore
    keeper: PhotoKeeper
    analyser: FaceAnalyser

    def enrol(self, name: str, *photos: bytes, allow_look_alike: bool = False) -> Person:
        sent = [SentPhoto(photo, f"{name}.jpg") for photo in photos]
        done = self.desks.enrolment.enrol(ACTOR, PersonDraft(name=name), sent, allow_look_alike=allow_look_alike)
        assert done.person is not None, done.photos
        return done.person

    def eraser(self) -> Eraser:
        return Eraser(self.database, self.media, None, ErasurePolicy, now=lambda: 1_900_000_000.0)

    def templates(self, person: PersonId) -> Templates:
        with self.database.read() as connection:
            own = self.keeper.own_templates(connection, [person], self.analyser.model)
        return own[person].templates if person in own else Templates.none(self.analyser.model)

    def rows(self) -> tuple[int, ...]:
        """How many people, photos, templates and pictures there are."""
        with self.database.read() as connection:
            tables = (PEOPLE, PHOTOS, TEMPLATES, MEDIA)
            return tuple(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables)

    def photos(self) -> list[str]:
        """Identifiers of all photos, the oldest first."""
        with self.database.read() as connection:
            return list(connection.scalars(select(PHOTOS.c.id).order_by(PHOTOS.c.created_unix_s)))

    def files(self) -> list[Path]:
        return [path for path in self.media.folder.rglob("*") if path.is_file()]

    def audit(self) -> list[AuditEvent]:
        with self.database.read() as connection:
            return [entry.event for entry in Audit(connection).entries(AuditFilter())]

    def events(self) -> list[tuple[EventKind, str]]:
        with self.database.read() as connection:
            return [(event.kind, event.subject) for event in Events(connection).after(0, 100)]


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


@pytest.fixture
def new_installation(analyser: FaceAnalyser) -> Callable[[Database, Path], Installation]:
    def make(database: Database, folder: Path) -> Installation:
        ticks = count(1_800_000_000)
        media = MediaStore(folder / "media", Vault(MasterKey.generate(), database))
        key = fingerprint_key(media.vault, database)
        keeper = PhotoKeeper(media.vault, media, key, now=lambda: float(next(ticks)))

        def search(probes: Templates, k: int) -> Candidates:
            """Of what is stored at the moment, as a gallery that is up to date has it."""
            return read_gallery(database, keeper, analyser.model).search(probes, k)

        desks = open_people_desks(database, media, analyser, search, now=lambda: float(next(ticks)))
        return Installation(desks, database, media, keeper, analyser)

    return make


@pytest.fixture
def installation(
    new_installation: Callable[[Database, Path], Installation], sqlite_database: Database, tmp_path: Path
) -> Installation:
    return new_installation(sqlite_database, tmp_path)


@pytest.fixture
def either_installation(
    new_installation: Callable[[Database, Path], Installation], database: Database, tmp_path: Path
) -> Installation:
    """Over SQLite, and over PostgreSQL."""
    return new_installation(database, tmp_path)


@pytest.fixture
def portrait(shared_data: Path) -> Callable[[str], bytes]:
    return lambda name: (shared_data / "photos" / "portraits" / name).read_bytes()


def as_pixels(photo: bytes) -> Pixels:
    pixels = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def as_png(pixels: Pixels) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


def test_somebody_is_enrolled_with_photos_whose_templates_are_sealed_and_told_of(
    either_installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    installation = either_installation
    photos = [SentPhoto(portrait("obama.jpg"), "1.jpg"), SentPhoto(portrait("obama2.jpg"), "2.jpg")]
    draft = PersonDraft(name=" Barack  Obama ", other_names=("Барак Обама",), legal_basis=LegalBasis.PUBLIC_INTEREST)
    done = installation.desks.enrolment.enrol(ACTOR, draft, photos)
    person = done.person
    assert person is not None
    assert (person.name, person.other_names) == ("Barack Obama", ("Барак Обама",))
    assert [check.outcome for check in done.photos] == [PhotoOutcome.ENROLLED] * 2
    assert all(check.quality and check.quality > 0.5 and check.person == person.id for check in done.photos)
    assert installation.rows() == (1, 2, 2, 2)
    probes = installation.analyser
    faces = probes.detect([as_pixels(portrait("obama.jpg"))])[0]
    crops = probes.portray(as_pixels(portrait("obama.jpg")), faces.pick([0])).crops
    assert float(probes.embed(crops).similarity(installation.templates(person.id)).max()) > 0.99
    with installation.database.read() as connection:
        plain = installation.templates(person.id).vectors.tobytes()
        assert all(row.vector.blob not in plain for row in TemplateRows(connection).of_person(person.id))
        assert GalleryChanges(connection).above(0)[-1].person == person.id
    assert installation.events() == [(EventKind.PERSON_ENROLLED, person.id)]
    (entry,) = [event for event in installation.audit() if event.action is AuditAction.ENROL]
    assert (entry.actor, entry.address, entry.reason) == ("olim", "10.0.0.7", "first shift")
    assert (entry.target_id, dict(entry.detail)) == (person.id, {"photos": 2})
    assert "Obama" not in str(installation.audit())


def test_what_lies_on_disk_shows_no_face(installation: Installation, portrait: Callable[[str], bytes]) -> None:
    installation.enrol("Joe", portrait("biden.jpg"))
    (file,) = installation.files()
    assert pictures_in(file.read_bytes()) == []
    (photo,) = installation.photos()
    content_type, data = installation.desks.enrolment.picture(ACTOR, photo)
    assert (content_type, data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert pictures_in(data) == [0]
    assert installation.audit()[-1].action is AuditAction.VIEW_FACE


@pytest.mark.parametrize("photo", ["nobody", "two_people.jpg", "small", "blurred", "damaged"])
def test_a_photo_that_cannot_be_used_enrols_nobody_and_says_why(
    photo: str, installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    whole = as_pixels(portrait("biden.jpg"))
    small = np.full((400, 400, 3), 128, np.uint8)
    small[100:190, 100:172] = cv2.resize(whole, (72, 90), interpolation=cv2.INTER_AREA)
    data, outcome = {
        "nobody": (as_png(np.full((300, 300, 3), 120, np.uint8)), PhotoOutcome.NO_FACE),
        "two_people.jpg": (portrait("two_people.jpg"), PhotoOutcome.SEVERAL_FACES),
        "small": (as_png(small), PhotoOutcome.TOO_SMALL),
        "blurred": (as_png(np.asarray(cv2.GaussianBlur(whole, (0, 0), 14), np.uint8)), PhotoOutcome.TOO_BLURRED),
        "damaged": (b"\xff\xd8\xff no picture", PhotoOutcome.UNREADABLE),
    }[photo]
    before = installation.rows()
    done = installation.desks.enrolment.enrol(ACTOR, PersonDraft(name="Anna"), [SentPhoto(data, photo)])
    assert done.person is None
    assert [check.outcome for check in done.photos] == [outcome]
    assert done.photos[0].detail
    assert installation.rows() == before == (0, 0, 0, 0)
    assert not installation.events()


def test_good_photos_are_enrolled_although_others_cannot_be(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    photos = [SentPhoto(b"", "empty.jpg"), SentPhoto(portrait("biden.jpg"), "1.jpg"), SentPhoto(b"x", "text.jpg")]
    done = installation.desks.enrolment.enrol(ACTOR, PersonDraft(name="Joe"), photos)
    assert [check.outcome.value for check in done.photos] == ["unreadable", "enrolled", "unreadable"]
    assert installation.rows() == (1, 1, 1, 1)


def test_a_photo_is_checked_without_saving_anything(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    person = installation.enrol("Barack", portrait("obama.jpg"))
    before, told = installation.rows(), installation.events()
    check = installation.desks.enrolment.check_photo
    assert check(SentPhoto(portrait("obama2.jpg")), person.id).outcome is PhotoOutcome.USABLE
    same = check(SentPhoto(portrait("obama.jpg")), person.id)
    assert same.outcome is PhotoOutcome.DUPLICATE
    assert same.photo_id == installation.photos()[0]
    alike = check(SentPhoto(portrait("obama2.jpg")))
    assert alike.outcome is PhotoOutcome.LOOK_ALIKE
    assert [candidate.person for candidate in alike.look_alikes] == [person.id]
    assert check(SentPhoto(portrait("biden.jpg"))).outcome is PhotoOutcome.USABLE
    assert (installation.rows(), installation.events()) == (before, told)
    with pytest.raises(Missing, match="no person nobody"):
        check(SentPhoto(portrait("biden.jpg")), PersonId("nobody"))


def test_somebody_who_is_enrolled_is_not_enrolled_again_under_another_name_unless_that_is_allowed(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    first = installation.enrol("Barack", portrait("obama.jpg"))
    again = installation.desks.enrolment.enrol(
        ACTOR, PersonDraft(name="Borat"), [SentPhoto(portrait("obama2.jpg")), SentPhoto(portrait("obama3.jpg"))]
    )
    assert again.person is None
    assert {check.outcome for check in again.photos} == {PhotoOutcome.LOOK_ALIKE}
    assert {candidate.person for check in again.photos for candidate in check.look_alikes} == {first.id}
    assert installation.rows() == (1, 1, 1, 1)
    twin = installation.enrol("Borat", portrait("obama2.jpg"), allow_look_alike=True)
    assert installation.rows() == (2, 2, 2, 2)
    with installation.database.read() as connection:
        (photo,) = Photos(connection).of_person(twin.id)
    assert Advice.ALIKE.value in photo.advice


def test_the_same_photo_twice_is_kept_once_however_it_was_saved(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    person = installation.enrol("Barack", portrait("obama.jpg"), portrait("obama.jpg"))
    assert installation.rows() == (1, 1, 1, 1)
    (photo,) = installation.photos()
    saved_again = cv2.imencode(".jpg", as_pixels(portrait("obama.jpg")), [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes()
    exported = installation.desks.enrolment.picture(ACTOR, photo)[1]
    for data in (portrait("obama.jpg"), saved_again, exported):
        check = installation.desks.enrolment.add_photo(ACTOR, person.id, SentPhoto(data))
        assert (check.outcome, check.photo_id) == (PhotoOutcome.DUPLICATE, photo)
    assert installation.rows() == (1, 1, 1, 1)


def test_in_a_photo_of_several_people_the_person_is_found_or_pointed_at(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    both = SentPhoto(portrait("knn_examples/test/obama_and_biden.jpg"), "both.jpg")
    enrolment = installation.desks.enrolment
    joe = installation.enrol("Joe")
    unclear = enrolment.add_photo(ACTOR, joe.id, both)
    assert (unclear.outcome, unclear.chosen, len(unclear.faces)) == (PhotoOutcome.SEVERAL_FACES, None, 3)
    barack = installation.enrol("Barack", portrait("obama.jpg"))
    found = enrolment.add_photo(ACTOR, barack.id, both)
    assert found.outcome is PhotoOutcome.ENROLLED
    assert {Advice.CHOSEN_BY_LIKENESS, Advice.BYSTANDERS} <= set(found.advice)
    assert found.chosen is not None
    wrong = enrolment.add_photo(ACTOR, joe.id, replace(both, face=found.chosen))
    assert wrong.outcome is PhotoOutcome.LOOK_ALIKE
    right = enrolment.add_photo(ACTOR, joe.id, replace(both, face=1 - found.chosen))
    assert right.outcome is PhotoOutcome.ENROLLED
    with pytest.raises(Invalid, match="3 faces"):
        enrolment.add_photo(ACTOR, joe.id, replace(both, face=3))


def test_whoever_is_new_is_enrolled_by_the_face_that_is_pointed_at(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    both = SentPhoto(portrait("knn_examples/test/obama_and_biden.jpg"), "both.jpg")
    enrolment = installation.desks.enrolment
    faces = [enrolment.check_photo(replace(both, face=face)) for face in (0, 1)]
    assert [check.outcome for check in faces] == [PhotoOutcome.USABLE] * 2
    one, other = (
        enrolment.enrol(ACTOR, PersonDraft(name=f"Person {face}"), [replace(both, face=face)]).person
        for face in (0, 1)
    )
    assert one is not None
    assert other is not None
    alike = enrolment.check_photo(SentPhoto(portrait("obama.jpg"))).look_alikes
    assert len(alike) == 1
    assert alike[0].person in {one.id, other.id}


def test_a_face_is_cut_out_of_a_photo_for_lists(installation: Installation, portrait: Callable[[str], bytes]) -> None:
    installation.enrol("Barack", portrait("obama.jpg"))
    (photo,) = installation.photos()
    face = as_pixels(installation.desks.enrolment.face(ACTOR, photo))
    assert 100 < max(face.shape[:2]) <= 320
    assert installation.desks.enrolment.check_photo(SentPhoto(cv2.imencode(".jpg", face)[1].tobytes())).faces


def test_a_group_photo_is_understood_by_the_other_photos_that_come_with_it(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    both = portrait("knn_examples/test/obama_and_biden.jpg")
    installation.enrol("Barack", both, portrait("obama.jpg"))
    assert installation.rows() == (1, 2, 2, 2)


def test_photos_of_several_people_explain_each_other(installation: Installation) -> None:
    """The first resembles the second alone, the second the clear one: all three are understood in the end."""
    model = installation.analyser.model
    clear, second, first, stranger = np.eye(model.dimension, dtype=np.float32)[:4]
    second = 0.5 * clear + np.sqrt(np.float32(0.75)) * second
    first = 0.6 * second + 0.8 * first

    def photo(name: str, *faces: Floats) -> tuple[DecodedPhoto, ExaminedPhoto]:
        box, rows = PhotoFace(box=(0, 0, 50, 60), quality=0.9), tuple(range(len(faces)))
        outcome = PhotoOutcome.USABLE if len(faces) == 1 else PhotoOutcome.SEVERAL_FACES
        seen = ExaminedPhoto(
            width_px=99, height_px=99, outcome=outcome, faces=(box,) * len(faces),
            fitness=(PhotoOutcome.USABLE,) * len(faces), meant=rows, embedded=rows,
            templates=Templates(np.stack(faces).astype(np.float32), model),
        )  # fmt: skip
        return DecodedPhoto(name, np.zeros((1, 1, 3), np.uint8), b"", ("", "")), seen

    desk = PhotoDesk(PhotoExaminer(installation.analyser), installation.keeper, ExactGallery(model).search)
    photos = [photo("1", stranger, first), photo("2", second, stranger), photo("3", clear)]
    judged = desk.judge_together(photos, PersonSoFar(None, None, model), allow_look_alike=False)
    assert [each.check.chosen for each in judged] == [1, 0, 0]
    alone = desk.judge_together([photos[0], photos[2]], PersonSoFar(None, None, model), allow_look_alike=False)
    assert [each.check.chosen for each in alone] == [None, 0]


def test_removing_a_photo_takes_its_template_and_its_picture_with_it(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    person = installation.enrol("Barack", portrait("obama.jpg"), portrait("obama2.jpg"))
    with installation.database.read() as connection:
        before = GalleryChanges(connection).newest()
    first, second = installation.photos()
    installation.desks.enrolment.remove_photo(ACTOR, first)
    assert installation.rows() == (1, 1, 1, 1)
    assert len(installation.templates(person.id)) == len(installation.files()) == 1
    with installation.database.read() as connection:
        assert [change.person for change in GalleryChanges(connection).above(before)] == [person.id]
    assert installation.photos() == [second]
    with pytest.raises(Missing):
        installation.desks.enrolment.remove_photo(ACTOR, first)


def test_a_sightings_best_shot_becomes_a_photo(installation: Installation, portrait: Callable[[str], bytes]) -> None:
    with installation.database.begin() as connection:
        crop = cv2.imencode(".jpg", as_pixels(portrait("biden.jpg")))[1].tobytes()
        media_id = installation.media.put(connection, "unknown:2026-01-01", "crop", "image/jpeg", crop)
    joe = installation.enrol("Joe")
    check = installation.desks.enrolment.add_stored_picture(ACTOR, joe.id, media_id)
    assert check.outcome is PhotoOutcome.ENROLLED
    with installation.database.begin() as connection:
        installation.media.vault.destroy(connection, "unknown:2026-01-01")
    (photo,) = installation.photos()
    assert installation.desks.enrolment.picture(ACTOR, photo)[1], "it is sealed under the person's key, not the day's"
    with pytest.raises(KeyDestroyed):
        installation.desks.enrolment.add_stored_picture(ACTOR, joe.id, media_id)


def test_what_is_wrong_is_told_before_anything_is_saved(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    enrolment = installation.desks.enrolment
    photo = [SentPhoto(portrait("biden.jpg"))]
    with pytest.raises(Invalid, match="name"):
        enrolment.enrol(ACTOR, PersonDraft(name=" \u202e "), photo)
    enrolment.enrol(ACTOR, PersonDraft(name="First", external_id="7"), ())
    with pytest.raises(Conflict, match="external_id"):
        enrolment.enrol(ACTOR, PersonDraft(name="Second", external_id="7"), photo)
    with pytest.raises(Missing, match="watch list"):
        enrolment.enrol(ACTOR, PersonDraft(name="Third", lists=frozenset({"none"})), photo)
    assert installation.rows() == (1, 0, 0, 0)


def test_somebody_is_changed_by_whoever_read_them_last(installation: Installation) -> None:
    people = installation.desks.people
    person = installation.enrol("Anna")
    vip = people.add_list(ACTOR, WatchList(id="", name="VIP", colour="#AABBCC"))
    assert vip.colour == "#aabbcc"
    draft = replace(PersonDraft.of(person), name="Анна", lists=frozenset({vip.id}))
    after = people.change(ACTOR, person.id, draft, version=1)
    assert (after.name, after.lists, after.version) == ("Анна", frozenset({vip.id}), 2)
    assert dict(installation.audit()[-1].detail) == {"changed": "name, lists"}
    with pytest.raises(Stale):
        people.change(ACTOR, person.id, draft, version=1)
    told = len(installation.events())
    assert people.change(ACTOR, person.id, draft).version == 2, "nothing is another"
    assert len(installation.events()) == told
    people.remove_list(ACTOR, vip.id)
    with installation.database.read() as connection:
        found = People(connection).get(person.id)
    assert found is not None
    assert not found.lists
    with pytest.raises(Invalid, match="colour"):
        people.add_list(ACTOR, WatchList(id="", name="Bad", colour="red"))


def test_erasing_somebody_leaves_nothing_that_can_be_opened(
    either_installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    installation = either_installation
    person = installation.enrol("Barack", portrait("obama.jpg"), portrait("obama2.jpg"))
    with installation.database.read() as connection:
        row = TemplateRows(connection).of_person(person.id)[0]
    (path, _) = installation.files()
    stolen = path.read_bytes()
    erased = installation.eraser().erase(ACTOR, person.id)
    assert (erased.photos, erased.templates, erased.keys, erased.final) == (2, 2, 1, True)
    assert installation.rows() == (0, 0, 0, 0)
    assert not installation.files()
    assert stolen
    with installation.database.read() as connection, pytest.raises(KeyDestroyed):
        installation.media.vault.open(connection, row.vector, f"template:{row.id}")
    assert installation.events()[-1] == (EventKind.PERSON_ERASED, person.id)
    assert installation.audit()[-1].action is AuditAction.ERASE
    assert not installation.eraser().erase(ACTOR, person.id).was_enrolled
    with pytest.raises(Missing):
        installation.eraser().erase(ACTOR, PersonId("nobody"))


def test_faces_are_recognised_and_compared_without_keeping_the_picture(
    installation: Installation, portrait: Callable[[str], bytes]
) -> None:
    barack = installation.enrol("Barack", portrait("obama.jpg"))
    joe = installation.enrol("Joe", portrait("knn_examples/train/biden/biden.jpg"))
    before = installation.rows()
    recognition = installation.desks.recognition
    found = recognition.recognise(ACTOR, portrait("knn_examples/test/obama_and_biden.jpg"), k=2)
    assert sorted(face.candidates[0].person for face in found.faces[:2]) == sorted([barack.id, joe.id])
    assert all(face.candidates[0].score > 0.5 > face.candidates[1].score for face in found.faces[:2])
    assert {person.name for person in found.people.values()} == {"Barack", "Joe"}
    entry = installation.audit()[-1]
    assert (entry.action, dict(entry.detail)) == (AuditAction.SEARCH, {"faces": 3, "candidates": 2})
    both = recognition.compare(ACTOR, portrait("two_people.jpg"), portrait("two_people.jpg"))
    assert np.allclose(np.diagonal(both.similarities), 1, atol=1e-3)
    assert recognition.compare(ACTOR, as_png(np.zeros((99, 99, 3), np.uint8)), portrait("obama.jpg")).a == ()
    assert installation.rows() == before
