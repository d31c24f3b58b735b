"""Every gallery: who is nearest, who replaced whom, and what a search sees while somebody writes."""

import pickle
import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sqlalchemy import text

from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.errors import ConfigError, TemplateMismatch
from nigoh.identity.approximate_gallery import ApproximateGallery, ApproximateOptions
from nigoh.identity.gallery import ExactGallery, Gallery
from nigoh.identity.template_codes import Precision
from nigoh.storage.database.database import Database
from nigoh.storage.pgvector_gallery import PgvectorGallery
from nigoh.storage.vault.template_protection import ProtectionSecret, TemplateProtection
from nigoh.testing.postgresql_server import PostgresqlServer

MODEL = ModelIdentity("toy", "1", "a" * 64, "none", 16)
OTHER = ModelIdentity("toy", "2", "b" * 64, "none", 16)
ANNA, BEK, CARL, DIYOR = PersonId("Anna"), PersonId("Bek"), PersonId("Ўктам"), PersonId("Diyor")
CROWD = 800
"""Enough for the approximate gallery to have learnt its codes, and indexed all but a few of them."""

_ACTING = 8
"""The people of the tests have numbers of their own, in which the crowd has zeros."""

TURN = TemplateProtection(ProtectionSecret.of(b"t" * 32))

NewGallery = Callable[[ModelIdentity], Gallery]


def template(*numbers: float, model: ModelIdentity = MODEL) -> Templates:
    vector: Floats = np.zeros((1, model.dimension), np.float32)
    vector[0, : len(numbers)] = numbers
    return Templates(vector / np.linalg.norm(vector), model)


def templates(*rows: tuple[float, ...]) -> Templates:
    return Templates(np.concatenate([template(*row).vectors for row in rows]), MODEL)


def crowd() -> dict[PersonId, Templates]:
    vectors = np.random.default_rng(1).standard_normal((CROWD, 16)).astype(np.float32)
    vectors[:, :_ACTING] = 0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {PersonId(f"passer-by {row}"): Templates(vectors[row : row + 1], MODEL) for row in range(CROWD)}


def names(gallery: Gallery, probe: Templates, k: int = 3) -> list[str]:
    return [candidate.person for candidate in gallery.search(probe, k).rows[0]]


_IN_MEMORY: dict[str, NewGallery] = {
    "exact": ExactGallery,
    "exact, half precision": lambda model: ExactGallery(model, Precision.HALF),
    "approximate": lambda model: ApproximateGallery(
        model, options=ApproximateOptions(learns_from=700, batch=64, lanes=2)
    ),
}


_IN_POSTGRESQL = {"PostgreSQL": False, "PostgreSQL, indexed": True}


@pytest.fixture(params=_IN_MEMORY)
def new_gallery(request: pytest.FixtureRequest) -> NewGallery:
    return _IN_MEMORY[request.param]


@pytest.fixture(scope="module")
def postgresql(
    postgresql_server: PostgresqlServer, new_postgresql_database: Callable[[str], str]
) -> Iterator[Database]:
    with Database(postgresql_server.url(new_postgresql_database("template0"))) as database:
        yield database


@pytest.fixture(params=[*_IN_MEMORY, *_IN_POSTGRESQL])
def empty(request: pytest.FixtureRequest) -> Gallery:
    if request.param in _IN_MEMORY:
        return _IN_MEMORY[request.param](MODEL)
    database = request.getfixturevalue("postgresql")
    assert isinstance(database, Database)
    gallery = PgvectorGallery(database, MODEL, TURN, indexed=_IN_POSTGRESQL[request.param])
    gallery.change({}, gallery.people)
    return gallery


@pytest.fixture
def gallery(empty: Gallery) -> Gallery:
    """One in which many people are that nobody looks for."""
    empty.change(crowd())
    return empty


def test_an_empty_gallery_finds_nobody(empty: Gallery) -> None:
    assert empty.search(template(1), 3).rows == ((),)
    assert len(empty.search(Templates.none(MODEL), 3)) == 0
    assert empty.people == ()
    assert len(empty) == 0


def test_the_nearest_people_come_best_first_with_the_score_of_their_best_template(gallery: Gallery) -> None:
    gallery.put(ANNA, templates((1, 0), (1, 1)))
    gallery.put(BEK, template(0, 1))
    gallery.put(CARL, template(0, 0, 1))
    found = gallery.search(templates((1, 0.2), (0, 0, 1)), 2)
    assert [candidate.person for candidate in found.rows[0]] == [ANNA, BEK]
    assert found.rows[0][0].score == pytest.approx(1 / np.sqrt(1.04), abs=1e-3)
    assert found.rows[1][0].person == CARL
    assert found.rows[1][0].score == pytest.approx(1, abs=1e-3)
    assert len(found.rows[1]) == 2


def test_a_person_of_many_templates_is_named_once_and_hides_nobody(gallery: Gallery) -> None:
    gallery.put(ANNA, templates(*[(1, 0.001 * number) for number in range(400)]))
    gallery.put(BEK, template(1, 1))
    gallery.put(CARL, template(1, 2))
    assert names(gallery, template(1)) == [ANNA, BEK, CARL]


def test_more_people_are_asked_for_than_there_are(empty: Gallery) -> None:
    empty.put(ANNA, template(1, 0))
    empty.put(BEK, template(0, 1))
    assert names(empty, template(1, 0.1), k=50) == [ANNA, BEK]


def test_everybody_can_be_asked_for(gallery: Gallery) -> None:
    gallery.put(ANNA, template(1, 0))
    found = names(gallery, template(1, 0.1), k=CROWD + 50)
    assert found[0] == ANNA
    assert len(found) == len(set(found)) == CROWD + 1


def test_who_is_added_to_keeps_what_they_had(gallery: Gallery) -> None:
    gallery.add(ANNA, template(1))
    gallery.add(ANNA, template(0, 1))
    assert gallery.search(template(1), 1).rows[0][0].score == pytest.approx(1, abs=1e-3)
    assert gallery.search(template(0, 1), 1).rows[0][0].score == pytest.approx(1, abs=1e-3)
    assert len(gallery) == CROWD + 2


def test_a_replaced_template_is_not_found_again(gallery: Gallery) -> None:
    gallery.put(ANNA, template(1))
    gallery.put(ANNA, template(0, 0, 1))
    found = gallery.search(templates((1,), (0, 0, 1)), 1)
    assert found.rows[0][0].score < 0.9
    assert found.rows[1][0].person == ANNA
    assert len(gallery) == CROWD + 1


def test_a_removed_person_is_never_found(gallery: Gallery) -> None:
    gallery.put(ANNA, template(1))
    gallery.put(BEK, template(1, 1))
    gallery.remove(ANNA)
    gallery.remove(ANNA)
    assert names(gallery, template(1))[0] == BEK
    assert ANNA not in names(gallery, template(1), k=CROWD + 50)
    assert ANNA not in gallery.people


def test_whoever_is_put_with_no_templates_is_removed(gallery: Gallery) -> None:
    gallery.put(ANNA, template(1))
    gallery.put(ANNA, Templates.none(MODEL))
    assert ANNA not in gallery.people


def test_many_removed_people_do_not_crowd_out_who_is_left(gallery: Gallery) -> None:
    doubles = {PersonId(f"double {number}"): template(1, 0.001 * number) for number in range(500)}
    gallery.change({**doubles, ANNA: template(1, 1)})
    gallery.change({}, list(doubles))
    assert names(gallery, template(1), k=1) == [ANNA]
    assert len(gallery) == CROWD + 1


def test_a_removed_person_can_be_enrolled_again(gallery: Gallery) -> None:
    gallery.put(ANNA, template(1))
    gallery.remove(ANNA)
    gallery.put(ANNA, template(0, 1))
    assert gallery.search(template(0, 1), 1).rows[0][0].person == ANNA
    assert gallery.search(template(1), 1).rows[0][0].score < 0.9


def test_one_change_puts_some_and_removes_others(gallery: Gallery) -> None:
    gallery.change({ANNA: template(1), BEK: template(0, 1)})
    gallery.change({BEK: template(1, 0.1), CARL: template(1, 1)}, [ANNA, DIYOR])
    assert names(gallery, template(1), k=2) == [BEK, CARL]
    assert set(gallery.people) >= {BEK, CARL}
    assert ANNA not in gallery.people


def test_people_stand_in_the_order_of_their_enrolment(empty: Gallery) -> None:
    for person in (CARL, ANNA, BEK):
        empty.put(person, template(1))
    empty.put(CARL, template(0, 1))
    assert empty.people == (CARL, ANNA, BEK)


def test_of_equal_scores_the_earlier_enrolled_comes_first(gallery: Gallery) -> None:
    for person in (CARL, ANNA, BEK):
        gallery.put(person, template(1, 0.5, 0.25))
    for _ in range(3):
        assert names(gallery, template(1)) == [CARL, ANNA, BEK]
    # Where its template lies does not matter, but when the person was enrolled.
    gallery.put(CARL, template(1, 0.5, 0.25))
    assert names(gallery, template(1)) == [CARL, ANNA, BEK]


def test_another_models_templates_are_refused_and_change_nothing(gallery: Gallery) -> None:
    gallery.put(ANNA, template(1))
    with pytest.raises(TemplateMismatch, match=r"toy/2 \(bbbbbbbb\).*toy/1"):
        gallery.put(ANNA, template(1, model=OTHER))
    with pytest.raises(TemplateMismatch):
        gallery.change({BEK: template(1), CARL: template(1, model=OTHER)}, [ANNA])
    with pytest.raises(TemplateMismatch):
        gallery.search(template(1, model=OTHER), 1)
    assert names(gallery, template(1), k=1) == [ANNA]
    assert BEK not in gallery.people


def test_a_search_sees_each_change_whole_or_not_at_all(gallery: Gallery) -> None:
    here, there = templates((1, 0.1), (1, 0.2)), templates((0, 1), (0.1, 1))
    gallery.change({ANNA: here, BEK: there})
    probes, wrong, done = templates((1,), (0, 1)), [], threading.Event()

    def search() -> None:
        while not done.is_set():
            near, far = gallery.search(probes, 1).rows
            if {near[0].person, far[0].person} != {ANNA, BEK} or min(near[0].score, far[0].score) < 0.98:
                wrong.append((near, far))

    searcher = threading.Thread(target=search)
    searcher.start()
    for turn in range(60):
        pair = (here, there) if turn % 2 else (there, here)
        gallery.change({ANNA: pair[0], BEK: pair[1], PersonId(f"newcomer {turn}"): template(0, 0, 1)})
    done.set()
    searcher.join(10)
    assert not wrong


# From here on: what galleries in memory have to do besides.


def half_a_gallery(new_gallery: NewGallery) -> tuple[Gallery, Floats]:
    """2,000 people like SFace's: their templates fill the sphere evenly."""
    random = np.random.default_rng(7)
    vectors = random.standard_normal((2000, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gallery = new_gallery(MODEL)
    gallery.change({PersonId(str(row)): Templates(vectors[row : row + 1], MODEL) for row in range(2000)})
    return gallery, vectors


def test_the_same_people_are_found_as_by_comparing_with_everybody(new_gallery: NewGallery) -> None:
    gallery, vectors = half_a_gallery(new_gallery)
    gallery.change({}, [PersonId(str(row)) for row in range(0, 2000, 3)])
    vectors[::3] = 0
    probes = np.random.default_rng(8).standard_normal((60, 16)).astype(np.float32)
    probes /= np.linalg.norm(probes, axis=1, keepdims=True)
    scores = probes @ vectors.T
    for row, found in zip(scores, gallery.search(Templates(probes, MODEL), 5).rows, strict=True):
        nearest = np.argsort(-row)[:5]
        assert [candidate.person for candidate in found] == [str(number) for number in nearest]
        np.testing.assert_allclose([candidate.score for candidate in found], row[nearest], atol=2e-5)


def test_a_gallery_goes_to_another_process_with_what_is_in_use_alone(new_gallery: NewGallery) -> None:
    gallery, vectors = half_a_gallery(new_gallery)
    sent = pickle.dumps(gallery)
    assert len(sent) < 4 * vectors.nbytes
    there = pickle.loads(sent)  # noqa: S301 - it was made here
    probe = Templates(vectors[5:6], MODEL)
    assert there.search(probe, 3).rows == gallery.search(probe, 3).rows
    there.put(ANNA, template(1))
    assert there.people == (*gallery.people, ANNA)


# And what PostgreSQL has to do.


def test_templates_are_turned_before_they_leave_and_another_turn_finds_nobody(postgresql: Database) -> None:
    gallery = PgvectorGallery(postgresql, MODEL, TURN)
    gallery.change({ANNA: template(1), BEK: template(0, 1)}, gallery.people)
    with postgresql.read() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE tablename LIKE 'gallery_template_%'"))
        (table,) = tables.scalars()
        stored = connection.execute(text(f"SELECT template::text FROM {table}")).scalars().all()  # noqa: S608 - a name
    assert all("[1,0,0" not in vector for vector in stored)
    elsewhere = PgvectorGallery(postgresql, MODEL, TemplateProtection(ProtectionSecret.of(b"e" * 32)))
    assert elsewhere.search(template(1), 1).rows[0][0].score < 0.9


def test_two_models_have_galleries_of_their_own(postgresql: Database) -> None:
    first, second = PgvectorGallery(postgresql, MODEL, TURN), PgvectorGallery(postgresql, OTHER, TURN)
    first.change({ANNA: template(1)}, first.people)
    second.change({BEK: template(1, model=OTHER)}, second.people)
    assert (first.people, second.people) == ((ANNA,), (BEK,))


def test_an_index_is_made_also_for_a_gallery_that_was_made_without(postgresql: Database) -> None:
    PgvectorGallery(postgresql, MODEL, TURN)
    for _ in range(2):
        PgvectorGallery(postgresql, MODEL, TURN, indexed=True)
    with postgresql.read() as connection:
        made = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'gallery_hnsw_%'"))
        assert "halfvec_ip_ops" in made.scalar_one()


def test_a_gallery_in_sqlite_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(ConfigError, match="needs PostgreSQL"):
        PgvectorGallery(sqlite_database, MODEL, TURN)
