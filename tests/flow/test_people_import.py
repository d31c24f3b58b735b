"""Many people at once: each file is told of, twice adds nothing, and what was exported can be imported."""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from nigoh.config.settings import VisionSettings
from nigoh.domain.audit import AuditAction
from nigoh.domain.audit_filter import AuditFilter
from nigoh.domain.erasure import ErasurePolicy
from nigoh.domain.import_plan import ImportPlan
from nigoh.domain.master_key import MasterKey
from nigoh.domain.people import LegalBasis, Person
from nigoh.domain.photo_check import PhotoOutcome
from nigoh.domain.template import Templates
from nigoh.engine.analysis import FaceAnalyser
from nigoh.errors import DatabaseUnavailable
from nigoh.identity.gallery import Candidates
from nigoh.office.actor import Actor
from nigoh.office.bulk_import import ImportOptions
from nigoh.office.erasure import Eraser
from nigoh.office.import_report import ImportProgress, ImportReport
from nigoh.office.people_desks import PeopleDesks, open_people_desks
from nigoh.office.person_draft import PersonDraft
from nigoh.office.photo_desk import SentPhoto
from nigoh.office.photo_keeper import PhotoKeeper, fingerprint_key
from nigoh.office.stored_gallery import read_gallery
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.tables import MEDIA, PEOPLE, PHOTOS, TEMPLATES, WATCH_LISTS
from nigoh.storage.media import MediaStore
from nigoh.storage.people_folder import open_photo_source
from nigoh.storage.vault.vault import Vault
from nigoh.wiring import build_analyser

ACTOR = Actor("command:olim")
SMALL = ImportOptions(batch=2)


@dataclass(frozen=True)
class Place:
    """An installation, and a folder to import from."""

    desks: PeopleDesks
    database: Database
    media: MediaStore
    folder: Path

    def put(self, files: Mapping[str, bytes]) -> Path:
        for name, data in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return self.folder

    def run(self, path: Path, options: ImportOptions = SMALL) -> ImportReport:
        with open_photo_source(path) as source:
            return self.desks.new_import(options).run(ACTOR, source)

    def rows(self) -> tuple[int, ...]:
        """How many people, photos, templates and pictures there are."""
        with self.database.read() as connection:
            tables = (PEOPLE, PHOTOS, TEMPLATES, MEDIA)
            return tuple(connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables)

    def person(self, name: str) -> Person:
        with self.database.read() as connection:
            (found,) = People(connection).find_named(name)
        return found

    def photos(self, name: str) -> int:
        with self.database.read() as connection:
            return Photos(connection).count(self.person(name).id)


def outcomes(report: ImportReport) -> dict[str, str]:
    return {photo.check.name: photo.check.outcome.value for photo in report.photos}


@pytest.fixture(scope="module")
def analyser() -> FaceAnalyser:
    return build_analyser(VisionSettings())


def open_place(database: Database, folder: Path, analyser: FaceAnalyser) -> Place:
    ticks = count(1_800_000_000)
    media = MediaStore(folder / "media", Vault(MasterKey.generate(), database))
    keeper = PhotoKeeper(media.vault, media, fingerprint_key(media.vault, database), now=lambda: float(next(ticks)))

    def search(probes: Templates, k: int) -> Candidates:
        return read_gallery(database, keeper, analyser.model).search(probes, k)

    desks = open_people_desks(database, media, analyser, search, now=lambda: float(next(ticks)))
    return Place(desks, database, media, folder / "import")


@pytest.fixture
def place(sqlite_database: Database, tmp_path: Path, analyser: FaceAnalyser) -> Place:
    return open_place(sqlite_database, tmp_path, analyser)


@pytest.fixture
def portrait(shared_data: Path) -> Callable[[str], bytes]:
    return lambda name: (shared_data / "photos" / "portraits" / name).read_bytes()


@pytest.fixture
def known_faces(portrait: Callable[[str], bytes]) -> dict[str, bytes]:
    return {
        "Barack/1.jpg": portrait("knn_examples/test/obama_and_biden.jpg"),
        "Barack/2.jpg": portrait("obama.jpg"),
        "Barack/3.jpg": portrait("obama2.jpg"),
        "Джо.jpg": portrait("knn_examples/train/biden/biden.jpg"),
        "Kit/1.jpeg": portrait("knn_examples/train/kit_harington/john1.jpeg"),
        "Kit/2.jpeg": b"damaged",
        "Nobody.png": b"",
    }


def test_a_folder_of_known_faces_is_imported_and_each_file_told_of(
    place: Place, known_faces: dict[str, bytes]
) -> None:
    told: list[ImportProgress] = []
    with open_photo_source(place.put(known_faces)) as source:
        report = place.desks.new_import(SMALL).run(ACTOR, source, on_progress=told.append)
    assert outcomes(report) == {
        "Barack/1.jpg": "enrolled", "Barack/2.jpg": "enrolled", "Barack/3.jpg": "enrolled", "Джо.jpg": "enrolled",
        "Kit/1.jpeg": "enrolled", "Kit/2.jpeg": "unreadable", "Nobody.png": "unreadable",
    }  # fmt: skip
    assert (report.people, report.added, report.cancelled) == (4, 3, False)
    assert [refusal.name for refusal in report.refusals] == ["Nobody (Nobody.png)"]
    assert place.rows() == (3, 5, 5, 5)
    assert place.photos("Barack") == 3
    assert told[-1] == ImportProgress(done=7, total=7, enrolled=5, people=3)
    assert [each.done for each in told] == sorted(each.done for each in told)
    with place.database.read() as connection:
        entries = [entry.event for entry in Audit(connection).entries(AuditFilter())]
    assert {event.action for event in entries} == {AuditAction.ENROL}
    assert sum(int(event.detail["photos"]) for event in entries) == 5


def test_the_same_import_twice_adds_nothing(place: Place, known_faces: dict[str, bytes]) -> None:
    first = place.run(place.put(known_faces))
    before = place.rows()
    second = place.run(place.folder)
    assert place.rows() == before
    assert second.added == 0
    assert {name for name, outcome in outcomes(second).items() if outcome == "duplicate"} == {
        name for name, outcome in outcomes(first).items() if outcome == "enrolled"
    }


def test_what_was_cancelled_or_broken_off_is_taken_up_where_it_ended(
    place: Place, known_faces: dict[str, bytes]
) -> None:
    class Breaking:
        """A source whose disk fails after two photos."""

        def __init__(self, path: Path) -> None:
            self._source = open_photo_source(path)
            self._reads = count()

        @property
        def plan(self) -> ImportPlan:
            return self._source.plan

        def read(self, photo: str) -> bytes:
            if next(self._reads) > 3:
                raise DatabaseUnavailable("the disk is gone")
            return self._source.read(photo)

    folder = place.put(known_faces)
    with pytest.raises(DatabaseUnavailable):
        place.desks.new_import(SMALL).run(ACTOR, Breaking(folder))
    asked = count()
    with open_photo_source(folder) as source:
        cancelled = place.desks.new_import(SMALL).run(ACTOR, source, is_cancelled=lambda: next(asked) > 1)
    assert cancelled.cancelled
    assert len(cancelled.photos) < 7
    whole = place.run(folder)
    assert not whole.cancelled
    assert place.rows() == (3, 5, 5, 5)


def test_one_person_under_two_names_is_held_back_within_the_import_too(
    place: Place, portrait: Callable[[str], bytes]
) -> None:
    folder = place.put({"Barack.jpg": portrait("obama.jpg"), "Borat.jpg": portrait("obama2.jpg")})
    report = place.run(folder, ImportOptions(batch=16))
    assert outcomes(report) == {"Barack.jpg": "enrolled", "Borat.jpg": "look-alike"}
    (alike,) = [photo.check.look_alikes for photo in report.photos if photo.check.look_alikes]
    assert alike[0].person == place.person("Barack").id
    assert outcomes(place.run(folder)) == {"Barack.jpg": "duplicate", "Borat.jpg": "look-alike"}
    allowed = place.run(folder, ImportOptions(allow_look_alikes=True))
    assert outcomes(allowed)["Borat.jpg"] == "enrolled"
    assert place.rows() == (2, 2, 2, 2)


def test_a_table_says_who_they_are_and_may_change_it(place: Place, portrait: Callable[[str], bytes]) -> None:
    table = (
        "name;external_id;group;lists;legal_basis;expires;notes;photos\n"
        "Barack;=7;Night;VIP; public interest ;2030-01-01;'=hello;1.jpg\n"
        "Nophoto;8;;;;;;\n"
        "Barack;9;Day;;;;Another of that name;2.jpg\n"
        "Joe;10;;;;;;gone.jpg\n"
    )
    files = {"1.jpg": portrait("obama.jpg"), "2.jpg": portrait("knn_examples/train/biden/biden.jpg")}
    folder = place.put({"people.csv": table.encode("cp1251"), **files})
    report = place.run(folder)
    assert report.lists == ("VIP",)
    assert [refusal.reason for refusal in report.refusals] == ["none of their photos could be enrolled"]
    with place.database.read() as connection:
        first, second = People(connection).find_named("Barack")
        (vip,) = connection.scalars(select(WATCH_LISTS.c.id))
    assert (first.external_id, first.group, first.lists, first.notes) == ("=7", "Night", frozenset({vip}), "=hello")
    assert (first.legal_basis, first.expires_unix_s) == (LegalBasis.PUBLIC_INTEREST, 1_893_456_000.0)
    assert second.external_id == "9"
    assert place.person("Nophoto").external_id == "8"
    assert place.rows() == (3, 2, 2, 2)
    place.put({"people.csv": table.replace("Night", "Morning").encode()})
    assert place.run(folder).changed == 0
    assert place.run(folder, ImportOptions(update=True)).changed == 1
    with place.database.read() as connection:
        changed = People(connection).get(first.id)
    assert changed is not None
    assert (changed.group, changed.version) == ("Morning", 2)


def test_a_name_that_two_people_have_is_not_guessed_at(place: Place, portrait: Callable[[str], bytes]) -> None:
    enrolment = place.desks.enrolment
    for number in ("1", "2"):
        enrolment.enrol(ACTOR, PersonDraft(name="Ali", external_id=number), ())
    report = place.run(place.put({"Ali.jpg": portrait("obama.jpg")}))
    assert outcomes(report) == {"Ali.jpg": "person-refused"}
    assert "2 people are called so" in report.refusals[0].reason
    assert place.rows() == (2, 0, 0, 0)


def test_what_was_exported_is_imported_again_here_and_elsewhere(
    place: Place, portrait: Callable[[str], bytes], migrated_sqlite: Path, tmp_path: Path, analyser: FaceAnalyser
) -> None:
    enrolment = place.desks.enrolment
    draft = PersonDraft(name="=cmd|'/C calc'!A0", other_names=("Барак; the first", "@x"), notes="+1\n-2", group="'q")
    photos = [SentPhoto(portrait("obama.jpg")), SentPhoto(portrait("obama2.jpg"))]
    person = enrolment.enrol(ACTOR, draft, photos).person
    assert person is not None
    enrolment.enrol(ACTOR, PersonDraft(name="Joe"), [SentPhoto(portrait("knn_examples/train/biden/biden.jpg"))])
    target = io.BytesIO()
    done = place.desks.exports.export(ACTOR, target)
    assert (done.people, done.photos, done.lost) == (2, 3, ())
    archive = tmp_path / "export.zip"
    archive.write_bytes(target.getvalue())
    with zipfile.ZipFile(archive) as made:
        table = made.read("people.csv").decode("utf-8-sig")
        assert len(made.namelist()) == 4
    assert not any(cell in table for cell in (',"=', ',"@', ',"+', ',"-'))
    before = place.rows()
    again = place.run(archive)
    assert set(outcomes(again).values()) == {"duplicate"}
    assert (place.rows(), again.added, again.refusals) == (before, 0, ())
    with Database(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}") as elsewhere:
        (tmp_path / "elsewhere.sqlite").write_bytes(migrated_sqlite.read_bytes())
        other = open_place(elsewhere, tmp_path / "elsewhere", analyser)
        assert set(outcomes(other.run(archive)).values()) == {"enrolled"}
        assert other.rows() == before
        found = other.person(draft.name)
        assert (found.id, PersonDraft.of(found)) == (person.id, draft)
        eraser = Eraser(elsewhere, other.media, None, ErasurePolicy, now=lambda: 1_900_000_000.0)
        eraser.erase(ACTOR, found.id)
        (refused,) = other.run(archive).refusals
        assert "was erased here" in refused.reason
        assert other.rows() == (1, 1, 1, 1)


def test_an_export_is_written_down_before_anything_is_handed_out(place: Place) -> None:
    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            del data
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        place.desks.exports.export(ACTOR, Full())
    with place.database.read() as connection:
        (entry,) = Audit(connection).entries(AuditFilter())
    assert entry.event.action is AuditAction.EXPORT


def test_several_databases_do_the_same(
    database: Database, tmp_path: Path, analyser: FaceAnalyser, known_faces: dict[str, bytes]
) -> None:
    place = open_place(database, tmp_path, analyser)
    report = place.run(place.put(known_faces), ImportOptions())
    assert report.outcomes[PhotoOutcome.ENROLLED] == 5
    assert place.rows() == (3, 5, 5, 5)
