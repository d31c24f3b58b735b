"""The intake writes what shards spooled, each word once, with its picture, template, event and outbox rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, select

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.intake import IntakeCounts
from nigoh.domain.master_key import MasterKey
from nigoh.domain.records import EventKind, SightingRecord
from nigoh.domain.sighting import Candidate, PersonId, Status
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.engine.clocks import Clocks
from nigoh.errors import DatabaseUnavailable, Missing
from nigoh.office.sighting_intake import IntakeLimits, SightingIntake
from nigoh.office.sighting_writing import SightingWriter, WritingOptions
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import MEDIA, TRACKS
from nigoh.storage.database.tracks import TrackRows
from nigoh.storage.media import MediaStore
from nigoh.storage.sighting_spool import spool_sightings
from nigoh.storage.spool import Spool, SpoolLimits
from nigoh.storage.spool_room import SpoolRoom, spool_folder
from nigoh.storage.vault.scopes import person_scope, unknown_scope
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import later_word, told_sighting

KEY = bytes(32)
NOW = 1_795_400_000.0
JPEG = b"\xff\xd8 a face \xff\xd9"


class Office:
    """A database, a vault, spools and an intake that is stepped by hand."""

    def __init__(
        self, database: Database, folder: Path, *, sinks: tuple[str, ...] = (), unknown: bool = True
    ) -> None:
        self.database = database
        self.away = False
        self.vault = Vault(MasterKey(bytes(range(32))), database, now=lambda: NOW)
        self.media = MediaStore(folder / "media", self.vault, now=lambda: NOW)
        self.root = folder / "spool"
        options = WritingOptions(store_unknown=unknown, sinks=lambda: sinks)
        self.room = SpoolRoom(self.root, KEY)
        self.writer = SightingWriter(self.vault, self.media, options)
        self.intake = SightingIntake(
            self.room,
            self,
            self.writer,
            IntakeLimits(most_records=10),
            clocks=Clocks(monotonic=lambda: 0.0, wall=lambda: NOW),
            chance=lambda: 1.0,
        )

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        if self.away:
            raise DatabaseUnavailable("the database x cannot be reached", "Start it.")
        with self.database.begin() as connection:
            yield connection

    def spool(self, *news: SpooledSighting, shard: str = "shard-1") -> None:
        with Spool(spool_folder(self.root, shard), KEY, SpoolLimits(least_free_bytes=0)) as spool:
            spool_sightings(spool, news)

    def take_in(self, *news: SpooledSighting, shard: str = "shard-1") -> IntakeCounts:
        """Spool and take in; what became of these."""
        self.spool(*news, shard=shard)
        before = self.intake.state.counts
        while self.intake.step() is None:
            pass
        after = self.intake.state.counts
        return IntakeCounts(**{name: getattr(after, name) - getattr(before, name) for name in IntakeCounts.__slots__})

    def get(self, identifier: str) -> SightingRecord:
        with self.database.read() as connection:
            found = Sightings(connection).get(identifier)
        assert found is not None
        return found

    def events(self) -> list[tuple[str, str]]:
        with self.database.read() as connection:
            return [(event.subject, event.kind.partition(".")[2]) for event in Events(connection).after(0, 1000)]

    def picture(self, identifier: str) -> bytes:
        with self.database.read() as connection:
            return self.media.get(connection, self.get(identifier).media_id)[1]

    def media_files(self) -> int:
        return sum(1 for path in self.media.folder.glob("*/*") if path.is_file())


@contextmanager
def _open(database: Database, folder: Path, *, sinks: tuple[str, ...] = (), unknown: bool = True) -> Iterator[Office]:
    office = Office(database, folder, sinks=sinks, unknown=unknown)
    with office.room:
        yield office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Iterator[Office]:
    with _open(database, tmp_path, sinks=("broker", "webhook")) as found:
        yield found


@pytest.fixture
def private_office(database: Database, tmp_path: Path) -> Iterator[Office]:
    with _open(database, tmp_path, unknown=False) as found:
        yield found


def template_of(model: ModelIdentity, seed: int = 1) -> TrackTemplate:
    vector = np.random.default_rng(seed).normal(size=model.dimension).astype(np.float32)
    return TrackTemplate((vector / np.linalg.norm(vector)).tobytes(), model)


def as_person(told: CameraSighting, person: str | None) -> CameraSighting:
    status = Status.UNKNOWN if person is None else Status.KNOWN
    who = None if person is None else PersonId(person)
    return replace(told, sighting=replace(told.sighting, person=who, status=status))


def spooled(told: CameraSighting, jpeg: bytes = b"", template: TrackTemplate | None = None) -> SpooledSighting:
    return SpooledSighting(told=told, jpeg=jpeg, template=template)


def test_a_sighting_is_written_with_picture_template_event_and_outbox_rows(
    office: Office, model: ModelIdentity
) -> None:
    template = template_of(model)
    counts = office.take_in(spooled(told_sighting("a", person="ann"), JPEG, template))
    assert counts == IntakeCounts(read=1, stored=1, pictures=1, templates=1)
    assert office.picture("a") == JPEG
    with office.database.read() as connection:
        track = TrackRows(connection).get("a")
        assert track is not None
        opened = office.vault.open(connection, track.vector, row_binding(TRACKS, "a"))
        protected = Templates(np.frombuffer(opened, np.float32).reshape(1, -1), model)
        assert np.allclose(
            office.vault.unprotect(protected).vectors[0], np.frombuffer(template.vector, np.float32), atol=1e-5
        )
        assert opened != template.vector
        assert [(count.sink, count.rows) for count in Outbox(connection).waiting()] == [("broker", 1), ("webhook", 1)]
        (event,) = Events(connection).after(0, 10)
    assert (event.kind, event.camera, event.subject, event.unix_s) == (
        EventKind.SIGHTING_APPEARED,
        "gate",
        "a",
        NOW,
    )
    assert '"person":"ann"' in event.body
    assert '"first_at":"1970-01-01T00:16:40Z"' in event.body
    assert '"has_picture":true' in event.body


def test_words_of_one_batch_make_one_row_and_an_event_each_in_order(office: Office) -> None:
    a, b = told_sighting("a"), told_sighting("b")
    words = [a, b, later_word(a, Stage.CHANGED), later_word(b, Stage.LEFT)]
    assert office.take_in(*map(spooled, words)).stored == 4
    assert (office.get("a").stage, office.get("b").stage) == (Stage.CHANGED, Stage.LEFT)
    assert office.events() == [("a", "appeared"), ("b", "appeared"), ("a", "changed"), ("b", "left")]


def test_taking_everything_in_again_changes_nothing(office: Office, model: ModelIdentity) -> None:
    a = told_sighting("a", person="ann")
    news = [spooled(word, JPEG, template_of(model)) for word in (a, later_word(a, Stage.CHANGED))]
    office.take_in(*news)
    before = office.get("a")
    assert office.take_in(*news, shard="shard-2") == IntakeCounts(read=2, replayed=2)
    assert office.get("a") == before
    assert len(office.events()) == 2
    assert office.media_files() == 1


def test_a_better_picture_replaces_the_one_before(office: Office) -> None:
    a = told_sighting("a", person="ann")
    office.take_in(spooled(a, b"first"))
    office.take_in(spooled(later_word(a, Stage.CHANGED), b"better"))
    assert office.picture("a") == b"better"
    assert office.media_files() == 1
    office.take_in(spooled(later_word(later_word(a, Stage.CHANGED), Stage.LEFT)))
    assert office.picture("a") == b"better"


def test_pictures_are_sealed_under_the_key_of_who_they_show(office: Office) -> None:
    office.take_in(spooled(told_sighting("a", person="ann"), JPEG), spooled(told_sighting("b"), JPEG))
    with office.database.begin() as connection:
        office.vault.destroy(connection, unknown_scope(1000.0))
    assert office.picture("a") == JPEG
    with office.database.begin() as connection:
        office.vault.destroy(connection, person_scope(PersonId("ann")))
    assert b"a face" not in b"".join(path.read_bytes() for path in office.media.folder.glob("*/*"))


def test_who_was_erased_meanwhile_is_not_named_any_more(office: Office, model: ModelIdentity) -> None:
    office.take_in(spooled(told_sighting("a", person="ann"), JPEG))
    with office.database.begin() as connection:
        office.vault.destroy(connection, person_scope(PersonId("ann")))
    late = told_sighting("b", person="ann")
    sighting = replace(late.sighting, candidates=(Candidate(PersonId("ann"), 0.7), Candidate(PersonId("bob"), 0.3)))
    counts = office.take_in(spooled(replace(late, sighting=sighting), JPEG, template_of(model)))
    assert (counts.stored, counts.erased) == (1, 1)
    found = office.get("b")
    assert (found.person, found.status, found.score) == (None, Status.UNKNOWN, 0.3)
    assert [each.person for each in found.candidates] == ["bob"]
    with office.database.read() as connection:
        assert "ann" not in Events(connection).after(1, 10)[0].body


def test_what_comes_after_its_day_was_destroyed_is_kept_without_face(office: Office, model: ModelIdentity) -> None:
    office.take_in(spooled(told_sighting("a"), JPEG))
    with office.database.begin() as connection:
        office.vault.destroy(connection, unknown_scope(1000.0))
    counts = office.take_in(spooled(told_sighting("b"), JPEG, template_of(model)))
    assert (counts.stored, counts.expired, counts.pictures, counts.templates) == (1, 2, 0, 0)
    assert office.get("b").media_id == ""


def test_nothing_of_people_who_match_nobody_is_stored_where_that_is_wanted(private_office: Office) -> None:
    a, b = told_sighting("a"), told_sighting("b", person="ann")
    counts = private_office.take_in(spooled(a, JPEG), spooled(b, JPEG), spooled(later_word(a, Stage.LEFT), JPEG))
    assert (counts.stored, counts.unknown) == (1, 2)
    assert private_office.events() == [("b", "appeared")]
    assert private_office.media_files() == 1


def test_whether_people_who_match_nobody_are_stored_can_be_said_at_any_time(private_office: Office) -> None:
    a, b, c = (told_sighting(name) for name in "abc")
    private_office.take_in(spooled(a))
    private_office.writer.keep_unknown(store=True)
    assert private_office.take_in(spooled(b)).stored == 1
    private_office.writer.keep_unknown(store=False)
    assert private_office.take_in(spooled(c)).unknown == 1


def test_who_is_recognised_later_appears_then(private_office: Office) -> None:
    a = told_sighting("a")
    known = as_person(later_word(a, Stage.CHANGED), "ann")
    assert private_office.take_in(spooled(a), spooled(known)).stored == 1
    assert private_office.events() == [("a", "appeared")]
    assert private_office.get("a").person == "ann"


def test_who_turns_out_to_be_nobody_leaves_no_face_behind(private_office: Office, model: ModelIdentity) -> None:
    a = told_sighting("a", person="ann")
    private_office.take_in(spooled(a, JPEG, template_of(model)))
    nobody = as_person(later_word(a, Stage.CHANGED), None)
    counts = private_office.take_in(spooled(nobody, JPEG, template_of(model)))
    assert (counts.stored, counts.withdrawn) == (1, 1)
    found = private_office.get("a")
    assert (found.person, found.media_id, found.candidates, found.score) == (None, "", (), 0.0)
    with private_office.database.read() as connection:
        assert TrackRows(connection).get("a") is None
        assert connection.execute(select(MEDIA)).first() is None
    assert private_office.media_files() == 0


def test_a_sighting_that_no_database_takes_costs_no_other(office: Office, model: ModelIdentity) -> None:
    strange = [
        spooled(told_sighting("x" * 129)),
        spooled(told_sighting("y", camera="a\0b")),
        spooled(replace(told_sighting("z"), first_unix_s=float("nan"))),
        # Not of unit length: it is seen when it is to be sealed.
        spooled(told_sighting("w"), template=TrackTemplate(bytes(4 * model.dimension), model)),
    ]
    good = [spooled(told_sighting(name)) for name in "ab"]
    counts = office.take_in(good[0], *strange, good[1])
    assert (counts.read, counts.stored, counts.refused) == (6, 2, 4)
    assert [subject for subject, _ in office.events()] == ["a", "b"]


def test_records_of_another_version_are_passed_over(office: Office) -> None:
    with Spool(spool_folder(office.root, "old"), KEY, SpoolLimits(least_free_bytes=0)) as spool:
        spool.append([b"\x93\x01\x02\x03"])
    assert office.take_in(spooled(told_sighting("a"))).refused == 1
    assert office.events() == [("a", "appeared")]


def test_many_batches_of_many_shards_are_taken_in_in_the_order_of_each(office: Office) -> None:
    for shard in ("shard-1", "shard-2"):
        office.spool(*(spooled(told_sighting(f"{shard}-{number:02d}")) for number in range(25)), shard=shard)
    office.take_in()
    for shard in ("shard-1", "shard-2"):
        mine = [subject for subject, _ in office.events() if subject.startswith(shard)]
        assert mine == [f"{shard}-{number:02d}" for number in range(25)]
    # Their shards are gone: so are their spools, once all of it was taken in.
    assert [path.name for path in office.root.iterdir()] == ["reader.lock"]


def test_while_the_database_is_away_it_waits_ever_longer_and_then_loses_nothing(office: Office) -> None:
    office.away = True
    office.spool(spooled(told_sighting("a")))
    pauses = [office.intake.step() for _ in range(9)]
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 15.0, 15.0]
    assert office.intake.state.trouble.startswith("the database x cannot be reached")
    assert office.intake.state.waiting_bytes > 0
    office.away = False
    assert office.take_in().stored == 1
    assert office.intake.state.trouble == ""


def test_the_thread_takes_in_what_comes_and_what_is_left_at_the_end(database: Database, tmp_path: Path) -> None:
    with _open(database, tmp_path) as office:
        office.spool(*(spooled(told_sighting(f"a{number}")) for number in range(30)))
        with office.intake:
            office.spool(spooled(told_sighting("b")), shard="shard-2")
            office.intake.poke()
        assert len(office.events()) == 31
        with pytest.raises(Missing), database.read() as connection:
            office.media.get(connection, "nothing")
