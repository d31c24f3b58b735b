"""What followers of a gallery are told, on SQLite and PostgreSQL: people as they are now, opened and turned back."""

import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
import pytest
from sqlalchemy import update

from nigoh.domain.gallery_change import GalleryChange
from nigoh.domain.geometry import Floats
from nigoh.domain.master_key import MasterKey
from nigoh.domain.people import Person, WatchList
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.engine.gallery_follower import GalleryFollower
from nigoh.engine.known_people import KnownPeople
from nigoh.engine.shard_wire import EnrolOrder, decode_order, encode_order
from nigoh.identity.decision import DecisionPolicy
from nigoh.identity.gallery import ExactGallery
from nigoh.storage.database.database import Database
from nigoh.storage.database.negatives import Negative, Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.tables import NEGATIVES, TEMPLATES
from nigoh.storage.database.templates import TemplateRow, TemplateRows
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.gallery_feed import GalleryFeed
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.storage.vault.vault import Vault

ALI, VALI = PersonId("ali"), PersonId("vali")
NEWER = ModelIdentity("newer", "1", "cd" * 32, "align5-112/rgb/0..255", 64)


def unit(*numbers: float, dimension: int = 128) -> Floats:
    vector = np.zeros(dimension, np.float32)
    vector[: len(numbers)] = numbers
    return vector / np.float32(np.linalg.norm(vector))


@dataclass
class Office:
    """Writes people as the offices do, and follows them."""

    database: Database
    vault: Vault
    model: ModelIdentity
    numbers: Iterator[int] = field(default_factory=count)

    def enrol(self, name: str, *lists: str) -> None:
        with self.database.begin() as connection:
            People(connection).add(Person(id=PersonId(name.lower()), name=name, lists=frozenset(lists)))

    def add_template(self, person: PersonId, vector: Floats, model: ModelIdentity | None = None) -> str:
        number, model = f"template {next(self.numbers)}", model or self.model
        plain = self.vault.protect(Templates(vector[None], model)).vectors[0].astype("<f4").tobytes()
        with self.database.begin() as connection:
            sealed = self.vault.seal(connection, person_scope(person), plain, row_binding(TEMPLATES, number))
            TemplateRows(connection).add(
                TemplateRow(id=number, person=person, photo=None, model=model, vector=sealed, created_unix_s=1.0)
            )
        return number

    def add_negative(self, person: PersonId, vector: Floats) -> None:
        plain = self.vault.protect(Templates(vector[None], self.model)).vectors[0].astype("<f4").tobytes()
        with self.database.begin() as connection:
            sealed = self.vault.seal(connection, person_scope(person), plain, row_binding(NEGATIVES, "taken"))
            Negatives(connection).add(
                Negative(
                    id="taken",
                    person=person,
                    sighting="gate/7",
                    model=self.model,
                    vector=sealed,
                    created_by="dilnoza",
                    created_unix_s=2.0,
                )
            )

    def feed(self, most_at_once: int = 1000) -> GalleryFeed:
        return GalleryFeed(self.database, self.vault, most_at_once)

    def news(self, number: int = 0) -> dict[str, GalleryChange]:
        changes, _ = self.feed().changes_after(number)
        return {change.person: change for change in changes}


@pytest.fixture
def office(database: Database, model: ModelIdentity) -> Office:
    return Office(database, Vault(MasterKey(secrets.token_bytes(32)), database), model)


def test_who_is_enrolled_is_told_with_plain_templates_of_each_model(office: Office) -> None:
    office.enrol("Ali")
    office.enrol("Vali")
    vectors = unit(1, 2, 3), unit(3, 1), unit(0, 0, 1)
    for vector in vectors:
        office.add_template(ALI, vector)
    office.add_template(ALI, unit(1, 1, dimension=64), NEWER)
    told = office.news()
    np.testing.assert_allclose(told["ali"].templates_of(office.model).vectors, np.stack(vectors), atol=5e-4)
    np.testing.assert_allclose(told["ali"].templates_of(NEWER).vectors[0], unit(1, 1, dimension=64), atol=5e-4)
    assert len(told["vali"].templates_of(office.model)) == 0
    assert told["vali"].terms is not None


def test_names_and_lists_say_how_somebody_is_treated(office: Office) -> None:
    with office.database.begin() as connection:
        WatchLists(connection).add(
            WatchList(id="wanted", name="Wanted", wanted=True, threshold=0.5, colour="#ff0000")
        )
    office.enrol("Ali", "wanted")
    terms = office.news()["ali"].terms
    assert terms is not None
    assert (terms.name, terms.wanted, terms.threshold, terms.colour) == ("Ali", True, 0.5, "#ff0000")


def test_only_what_changed_since_is_told_and_of_each_person_the_last(office: Office) -> None:
    office.enrol("Ali")
    office.enrol("Vali")
    changes, number = office.feed().changes_after(0)
    assert [change.person for change in changes] == ["ali", "vali"]
    assert office.feed().changes_after(number) == ((), number)
    office.add_template(ALI, unit(1))
    office.add_template(ALI, unit(0, 1))
    (change,), _ = office.feed().changes_after(number)
    assert len(change.templates_of(office.model)) == 2


def test_renaming_and_another_threshold_of_a_list_are_changes(office: Office) -> None:
    watch_list = WatchList(id="staff", name="Staff")
    with office.database.begin() as connection:
        WatchLists(connection).add(watch_list)
    office.enrol("Ali", "staff")
    _, number = office.feed().changes_after(0)
    with office.database.begin() as connection:
        person = People(connection).get(ALI)
        assert person is not None
        People(connection).update(replace(person, name="Ali Karimov"), 5.0)
        WatchLists(connection).update(replace(watch_list, threshold=0.7), 5.0)
    terms = office.news(number)["ali"].terms
    assert terms is not None
    assert (terms.name, terms.threshold) == ("Ali Karimov", 0.7)


def test_who_is_removed_is_told_as_gone(office: Office) -> None:
    office.enrol("Ali")
    office.add_template(ALI, unit(1))
    _, number = office.feed().changes_after(0)
    with office.database.begin() as connection:
        People(connection).remove(ALI, 5.0)
    gone = office.news(number)["ali"]
    assert gone.terms is None
    assert not gone.templates


def test_a_face_that_was_taken_from_somebody_is_told(office: Office) -> None:
    office.enrol("Ali")
    office.add_template(ALI, unit(1))
    _, number = office.feed().changes_after(0)
    office.add_negative(ALI, unit(0, 1))
    change = office.news(number)["ali"]
    np.testing.assert_allclose(change.negatives_of(office.model).vectors[0], unit(0, 1), atol=5e-4)
    np.testing.assert_allclose(change.templates_of(office.model).vectors[0], unit(1), atol=5e-4)


def test_many_people_are_told_in_parts(office: Office) -> None:
    for number in range(7):
        office.enrol(f"P{number}")
        office.add_template(PersonId(f"p{number}"), unit(1, number))
    feed, told, number = office.feed(most_at_once=3), [], 0
    while (answer := feed.changes_after(number))[1] != number:
        assert len(answer[0]) <= 3
        told += [change.person for change in answer[0]]
        number = answer[1]
    assert told == [f"p{number}" for number in range(7)]


def test_what_does_not_open_is_left_out_and_said_unless_its_key_was_destroyed(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Ali", "Vali"):
        office.enrol(name)
        office.add_template(PersonId(name.lower()), unit(1))
    with office.database.begin() as connection:
        office.vault.destroy(connection, person_scope(ALI))
    assert not office.news()["ali"].templates
    assert not caplog.records
    damaged = office.add_template(VALI, unit(0, 1))
    with office.database.begin() as connection:
        connection.execute(update(TEMPLATES).where(TEMPLATES.c.id == damaged).values(sealed_vector=b"\0" * 541))
    assert len(office.news()["vali"].templates_of(office.model)) == 1
    assert damaged in caplog.text


class Shards:
    """Four of them, each with a gallery of its own, to which changes come as they do over a pipe."""

    def __init__(self, model: ModelIdentity) -> None:
        self.known = [KnownPeople(ExactGallery(model)) for _ in range(4)]
        self._told = threading.Condition()

    def tell(self, changes: Sequence[GalleryChange]) -> None:
        for known in self.known:
            order = decode_order(encode_order(EnrolOrder.of(changes)))
            assert isinstance(order, EnrolOrder)
            known.apply(order.changes(), DecisionPolicy(threshold=0.4))
        with self._told:
            self._told.notify_all()

    def named(self, probe: Templates) -> set[str | None]:
        """Whom they find, all four together."""
        rows = [known.candidates(probe)[0] for known in self.known]
        return {row[0].person if row and row[0].score > 0.9 else None for row in rows}

    def wait_for(self, holds: Callable[[], bool]) -> bool:
        with self._told:
            return self._told.wait_for(holds, 20)


def test_four_shards_find_who_is_enrolled_and_nobody_who_is_gone(office: Office) -> None:
    shards, probe = Shards(office.model), Templates(unit(1, 2, 3)[None], office.model)
    with GalleryFollower(office.feed(), shards.tell, pause_s=0.02):
        assert shards.named(probe) == {None}
        office.enrol("Ali")
        office.add_template(ALI, unit(1, 2, 3))
        assert shards.wait_for(lambda: shards.named(probe) == {ALI})
        office.enrol("Vali")
        office.add_template(VALI, unit(0, 0, 0, 1))
        with office.database.begin() as connection:
            People(connection).remove(ALI, 3.0)
        assert shards.wait_for(lambda: shards.named(probe) == {None})
        assert shards.named(Templates(unit(0, 0, 0, 1)[None], office.model)) == {VALI}
