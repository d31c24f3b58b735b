"""Two entries of one person become one, and nothing of either is lost or left behind."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, update

from nigoh.domain.audit import AuditAction
from nigoh.domain.erasure import ErasurePolicy
from nigoh.domain.intake import IntakeCounts
from nigoh.domain.master_key import MasterKey
from nigoh.domain.page import PageQuery
from nigoh.domain.people import LegalBasis, Person
from nigoh.domain.person_merge import merged
from nigoh.domain.records import EventKind
from nigoh.domain.sighting import Candidate, PersonId
from nigoh.domain.spooled_sighting import SpooledSighting
from nigoh.errors import Invalid, KeyDestroyed, Missing, Stale
from nigoh.office.actor import Actor
from nigoh.office.erasure import Eraser
from nigoh.office.people_merger import PeopleMerger
from nigoh.office.sighting_writing import SightingWriter
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.negatives import Negative, Negatives
from nigoh.storage.database.people import People, PeopleFilter
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import NEGATIVES, PHOTOS, TRACKS
from nigoh.storage.database.templates import TemplateRows
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.gallery_feed import GalleryFeed
from nigoh.storage.media import MediaStore
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault
from nigoh.testing.stored_person import MODEL, SEEN_UNIX_S, StoredPerson, store_person
from nigoh.testing.told_sightings import told_sighting

ACTOR = Actor("dilnoza", "10.0.0.7", "the same man")
NOW = SEEN_UNIX_S + 1_000_000

Two = tuple[StoredPerson, StoredPerson]


@pytest.fixture
def media(database: Database, tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media", Vault(MasterKey.generate(), database))


@pytest.fixture
def merger(database: Database, media: MediaStore) -> PeopleMerger:
    return PeopleMerger(database, media, now=lambda: NOW)


@pytest.fixture
def two(database: Database, media: MediaStore, tmp_path: Path) -> Two:
    """Temur, who turns out to be Olim."""
    stored = [store_person(database, media, tmp_path / name, name) for name in ("Temur", "Olim")]
    return stored[0], stored[1]


def eraser(database: Database, media: MediaStore, folder: Path) -> Eraser:
    return Eraser(database, media, folder, ErasurePolicy, now=lambda: NOW)


def test_everything_changes_hands_and_opens_as_before(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two
) -> None:
    temur, olim = two
    done = merger.merge(ACTOR, temur.person.id, olim.person.id)
    counts = (done.photos, done.templates, done.negatives, done.sightings, done.mentions, done.same_photos)
    assert counts == (2, 2, 0, 2, 3, 0), "their own sightings mention them, too"
    with database.read() as connection:
        assert People(connection).get(temur.person.id) is None
        found = People(connection).page(PeopleFilter(text="temur"), PageQuery()).items
        assert [each.id for each in found] == [olim.person.id]
        assert Photos(connection).count(olim.person.id) == 4
        for template in TemplateRows(connection).of_person(olim.person.id):
            assert media.vault.open(connection, template.vector, f"template:{template.id}")
        assert media.get(connection, temur.media[0])[1] == f"photo 0 of {temur.person.id}".encode()
        for sighting_id in temur.sightings:
            sighting, track = Sightings(connection).get(sighting_id), TrackRows(connection).get(sighting_id)
            assert sighting is not None
            assert track is not None
            assert (sighting.person, sighting.version) == (olim.person.id, 3)
            assert media.vault.open(connection, track.vector, row_binding(TRACKS, track.id))
        similar = Sightings(connection).get(f"yard-{temur.person.id}-similar")
    assert similar is not None
    assert [each.person for each in similar.candidates] == [olim.person.id, f"{temur.person.id}x"]


def test_whoever_erases_the_one_that_is_left_erases_both(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two, tmp_path: Path
) -> None:
    temur, olim = two
    with database.read() as connection:
        track = TrackRows(connection).get(temur.sightings[0])
    assert track is not None
    merger.merge(ACTOR, temur.person.id, olim.person.id)
    asked = eraser(database, media, tmp_path / "Temur")
    expected = asked.preview(olim.person.id)
    report = asked.erase(ACTOR, olim.person.id)
    assert (report.photos, report.keys, report.sightings, report.crops) == (4, 2, 4, 4)
    for name in ("photos", "templates", "negatives", "keys", "sightings", "crops", "mentions", "clips"):
        assert getattr(expected, name) == getattr(report, name), name
    with database.read() as connection, pytest.raises(KeyDestroyed):
        media.vault.open(connection, track.vector, row_binding(TRACKS, track.id))
    with database.begin() as connection, pytest.raises(KeyDestroyed):
        media.vault.seal(connection, person_scope(temur.person.id), b"late", "row:1")


def test_late_word_of_the_one_who_is_gone_is_of_the_one_who_is_left(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two
) -> None:
    temur, olim = two
    merger.merge(ACTOR, temur.person.id, olim.person.id)
    told = told_sighting("gate-late", person=temur.person.id, first_unix_s=NOW)
    candidates = (Candidate(temur.person.id, 0.7), Candidate(olim.person.id, 0.6))
    told = replace(told, sighting=replace(told.sighting, candidates=candidates))
    with database.begin() as connection:
        written = SightingWriter(media.vault, media).write(
            connection, [SpooledSighting(told=told, jpeg=b"crop")], NOW
        )
    assert written.counts == IntakeCounts(stored=1, pictures=1)
    with database.read() as connection:
        kept = Sightings(connection).get("gate-late")
        assert kept is not None
        assert media.get(connection, kept.media_id)[1] == b"crop"
    assert (kept.person, kept.candidates) == (olim.person.id, (Candidate(olim.person.id, 0.7),))


def test_photos_that_both_had_are_kept_once(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two
) -> None:
    temur, olim = two
    with database.begin() as connection:
        same = select(PHOTOS.c.fingerprint).where(PHOTOS.c.id == f"photo0{olim.person.id}").scalar_subquery()
        connection.execute(update(PHOTOS).where(PHOTOS.c.id == f"photo0{temur.person.id}").values(fingerprint=same))
    done = merger.merge(ACTOR, temur.person.id, olim.person.id)
    assert (done.photos, done.same_photos, done.templates) == (1, 1, 1)
    assert not media.path(temur.media[0]).exists()
    with database.read() as connection:
        assert len(Photos(connection).of_person(olim.person.id)) == 3


def test_a_negative_of_somebody_else_stays_and_one_of_themselves_goes(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two
) -> None:
    temur, olim = two
    other = np.array([0.5, -0.5, 0.5, -0.5], np.float32).tobytes()
    with database.begin() as connection:
        sealed = media.vault.seal(connection, person_scope(temur.person.id), other, row_binding(NEGATIVES, "other"))
        made = Negative(
            id="other", person=temur.person.id, sighting="gate-9", model=MODEL, vector=sealed, created_by="dilnoza",
            created_unix_s=NOW,
        )  # fmt: skip
        Negatives(connection).add(made)
    done = merger.merge(ACTOR, temur.person.id, olim.person.id)
    assert (done.negatives, done.contradictions) == (1, 2)
    with database.read() as connection:
        (kept,) = Negatives(connection).of_person(olim.person.id)
        assert media.vault.open(connection, kept.vector, row_binding(NEGATIVES, kept.id)) == other


def test_followers_the_audit_and_the_events_are_told(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two
) -> None:
    temur, olim = two
    feed = GalleryFeed(database, media.vault)
    _, known = feed.changes_after(0)
    merger.merge(ACTOR, temur.person.id, olim.person.id)
    changes = {change.person: change for change in feed.changes_after(known)[0]}
    assert changes[temur.person.id].terms is None
    assert len(changes[olim.person.id].templates[0].vectors) == 4
    with database.read() as connection:
        entries = [entry.event for entry in Audit(connection).entries() if entry.event.action is AuditAction.MERGE]
        kinds = [(event.kind, event.subject) for event in Events(connection).after(0, 10)]
    assert [(entry.target_id, entry.reason) for entry in entries] == [
        (temur.person.id, "the same man"),
        (olim.person.id, "the same man"),
    ]
    assert entries[0].detail["into"] == olim.person.id
    assert kinds == [(EventKind.PERSON_MERGED, temur.person.id), (EventKind.PERSON_CHANGED, olim.person.id)]


def test_an_interrupted_merge_is_finished_and_those_merged_before_come_along(
    database: Database, media: MediaStore, merger: PeopleMerger, two: Two, tmp_path: Path
) -> None:
    temur, olim = two
    merger.merge(ACTOR, temur.person.id, olim.person.id)
    told = told_sighting("roof-1", first_unix_s=NOW)
    with database.begin() as connection:
        # As if it had ended before it came to this one.
        named = replace(told, sighting=replace(told.sighting, candidates=(Candidate(temur.person.id, 0.3),)))
        Sightings(connection).put(named)
    assert merger.merge(ACTOR, temur.person.id, olim.person.id).mentions == 1
    third = store_person(database, media, tmp_path / "third", "Karim")
    merger.merge(ACTOR, olim.person.id, third.person.id)
    with pytest.raises(Missing):
        merger.merge(ACTOR, temur.person.id, olim.person.id)
    assert merger.merge(ACTOR, temur.person.id, third.person.id).person.id == third.person.id


def test_what_cannot_be_merged_is_left_as_it_is(merger: PeopleMerger, two: Two) -> None:
    temur, olim = two
    with pytest.raises(Invalid, match="into themselves"):
        merger.merge(ACTOR, temur.person.id, temur.person.id)
    for one, other in ((PersonId("nobody"), olim.person.id), (temur.person.id, PersonId("nobody"))):
        with pytest.raises(Missing):
            merger.merge(ACTOR, one, other)
    with pytest.raises(Stale):
        merger.merge(ACTOR, temur.person.id, olim.person.id, version=7)
    assert merger.merge(ACTOR, temur.person.id, olim.person.id, version=1).photos == 2


def test_what_is_said_of_both_is_kept() -> None:
    one = Person(
        id=PersonId("a"), name="Уктам", other_names=("Oktam",), external_id="7", notes="tall", group="Night",
        legal_basis=LegalBasis.CONSENT, expires_unix_s=5.0, lists=frozenset({"vip"}),
    )  # fmt: skip
    plain = Person(id=PersonId("b"), name="Oʻktam", lists=frozenset({"staff"}))
    assert merged(one, plain) == replace(
        one, id=plain.id, name="Oʻktam", other_names=("Уктам", "Oktam"), lists=frozenset({"vip", "staff"})
    )
    other = replace(plain, external_id="8", legal_basis=LegalBasis.CONTRACT, notes="short", group="Day")
    both = merged(one, other)
    assert (both.external_id, both.legal_basis, both.expires_unix_s) == ("8", LegalBasis.CONTRACT, None)
    assert (both.notes, both.group) == ("short\ntall", "Day")
