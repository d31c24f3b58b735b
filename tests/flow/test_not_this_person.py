"""`Not this person` on a sighting: from then on, that face does not get that name, on real faces."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nigoh.config.settings import VisionSettings
from nigoh.domain.master_key import MasterKey
from nigoh.domain.people import Person
from nigoh.domain.records import Verdict
from nigoh.domain.sighting import PersonId, Status
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.engine.known_people import KnownPeople, Renewal
from nigoh.identity.decision import Decision, DecisionPolicy
from nigoh.identity.gallery import ExactGallery
from nigoh.office.actor import Actor
from nigoh.office.people_desks import PeopleDesks, open_people_desks
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import SentPhoto
from nigoh.office.photo_examiner import PhotoExaminer
from nigoh.office.sighting_desk import SightingDesk
from nigoh.office.sighting_writing import SightingWriter
from nigoh.storage.database.database import Database
from nigoh.storage.database.negatives import Negatives
from nigoh.storage.gallery_feed import GalleryFeed
from nigoh.storage.media import MediaStore
from nigoh.storage.safe_pictures import PictureReader
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import told_sighting
from nigoh.wiring import build_analyser

ACTOR = Actor("dilnoza")
POLICY = DecisionPolicy(threshold=0.36)


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


@pytest.fixture(scope="module")
def face(analyser: FaceAnalyser, shared_data: Path) -> Callable[[str], Templates]:
    """The template of a portrait's face."""
    examiner = PhotoExaminer(analyser)

    def of(name: str) -> Templates:
        data = (shared_data / "photos" / "portraits" / name).read_bytes()
        return examiner.examine([PictureReader().read(data, name)])[0].templates

    return of


class Engine:
    """An office over a database, and what an engine knows that follows it."""

    def __init__(self, database: Database, folder: Path, analyser: FaceAnalyser, photos: Path) -> None:
        self.database, self.photos = database, photos
        self.media = MediaStore(folder / "media", Vault(MasterKey.generate(), database))
        self.known = KnownPeople(ExactGallery(analyser.model))
        search = ExactGallery(analyser.model).search
        self.desks: PeopleDesks = open_people_desks(database, self.media, analyser, search, now=time.time)
        self.desk = SightingDesk(database, self.media, self.desks.enrolment, now=time.time)
        self._feed, self._number = GalleryFeed(database, self.media.vault), 0

    def follow(self) -> Renewal:
        changes, self._number = self._feed.changes_after(self._number)
        return self.known.apply(changes, POLICY)

    def enrol(self, name: str, photo: str) -> Person:
        sent = SentPhoto((self.photos / photo).read_bytes(), photo)
        person = self.desks.enrolment.enrol(ACTOR, PersonDraft(name=name), [sent]).person
        assert person is not None
        return person

    def see(self, sighting: str, person: PersonId, face: Templates) -> None:
        """Somebody was taken for this person."""
        template = TrackTemplate(face.vectors[0].astype(np.float32).tobytes(), face.model)
        news = SpooledSighting(told=told_sighting(sighting, person=person), template=template)
        with self.database.begin() as connection:
            SightingWriter(self.media.vault, self.media).write(connection, [news], 1.0)

    def decide(self, face: Templates, before: Decision | None = None) -> Decision:
        return self.known.decide(self.known.candidates(face)[0], 0.9, POLICY, before)

    def negatives(self, person: PersonId) -> int:
        with self.database.read() as connection:
            return len(Negatives(connection).of_person(person))


@pytest.fixture
def engine(sqlite_database: Database, tmp_path: Path, analyser: FaceAnalyser, shared_data: Path) -> Engine:
    return Engine(sqlite_database, tmp_path, analyser, shared_data / "photos" / "portraits")


def test_the_face_does_not_get_the_name_again_and_others_keep_theirs(
    engine: Engine, face: Callable[[str], Templates]
) -> None:
    borat, joe = engine.enrol("Borat", "obama.jpg"), engine.enrol("Joe", "biden.jpg")
    engine.follow()
    seen = face("obama2.jpg")
    before = engine.decide(seen)
    assert (before.status, before.person) == (Status.KNOWN, borat.id), "he looks like him"
    engine.see("gate-1", borat.id, seen)
    engine.desk.judge(ACTOR, "gate-1", Verdict.REJECTED)
    renewal = engine.follow()
    assert renewal.concerns(before, seen), "a track that still goes on is decided anew"
    after = engine.decide(seen, before)
    assert (after.status, after.person) == (Status.UNKNOWN, None)
    assert borat.id not in [each.person for each in after.candidates]
    assert engine.decide(noisy(seen)).person is None, "and so is the next picture of that visit"
    assert engine.decide(face("obama.jpg")).person == borat.id, "who is enrolled goes on being found"
    assert engine.decide(face("biden.jpg")).person == joe.id
    assert engine.negatives(borat.id) == 1


def test_what_was_said_can_be_taken_back(engine: Engine, face: Callable[[str], Templates]) -> None:
    borat = engine.enrol("Borat", "obama.jpg")
    seen = face("obama2.jpg")
    engine.see("gate-1", borat.id, seen)
    for verdict in (Verdict.REJECTED, Verdict.REJECTED, Verdict.CONFIRMED):
        engine.desk.judge(ACTOR, "gate-1", verdict)
    engine.follow()
    assert engine.decide(seen).person == borat.id
    assert engine.negatives(borat.id) == 0


def test_a_shard_that_starts_later_knows_it_too(
    engine: Engine, face: Callable[[str], Templates], analyser: FaceAnalyser
) -> None:
    borat = engine.enrol("Borat", "obama.jpg")
    seen = face("obama2.jpg")
    engine.see("gate-1", borat.id, seen)
    engine.desk.judge(ACTOR, "gate-1", Verdict.REJECTED)
    engine.known = KnownPeople(ExactGallery(analyser.model))
    engine.follow()
    assert engine.decide(seen).person is None


def noisy(face: Templates) -> Templates:
    """As the same face a moment later: similar to 0.95."""
    rng = np.random.default_rng(3)
    vector = face.vectors + rng.normal(0, 0.33 / 128**0.5, face.vectors.shape).astype(np.float32)
    return replace(face, vectors=(vector / np.linalg.norm(vector)).astype(np.float32))
