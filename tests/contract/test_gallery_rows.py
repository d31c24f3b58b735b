"""Photos, templates, negatives and watch lists: what a gallery is made of, the same in every database."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from nigoh.domain.page import PageQuery
from nigoh.domain.people import Person, PersonTerms, Photo, WatchList
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import ModelIdentity
from nigoh.errors import Conflict, Missing, Stale
from nigoh.storage.database.database import Database
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.negatives import Negative, Negatives
from nigoh.storage.database.people import People
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.templates import TemplateRow, TemplateRows
from nigoh.storage.database.watch_lists import WatchLists
from nigoh.storage.vault.sealed import Sealed

ALI, VALI = PersonId("ali"), PersonId("vali")


def photo(photo_id: str, person: PersonId = ALI, created_unix_s: float = 0.0) -> Photo:
    return Photo(
        id=photo_id,
        person=person,
        media_id="picture",
        box=(1.5, 2.0, 30.25, 40.0),
        quality=0.75,
        advice=("too-dark", "blurred"),
        created_unix_s=created_unix_s,
    )


@pytest.fixture
def template(model: ModelIdentity, sealed: Sealed) -> Callable[..., TemplateRow]:
    def make(template_id: str, person: PersonId = ALI, **other: str) -> TemplateRow:
        photo_id = other.get("photo_id")
        return TemplateRow(
            id=template_id, person=person, photo=photo_id, model=model, vector=sealed, created_unix_s=3.5
        )

    return make


@pytest.fixture
def negative(model: ModelIdentity, sealed: Sealed) -> Callable[..., Negative]:
    def make(negative_id: str, person: PersonId = ALI) -> Negative:
        return Negative(
            id=negative_id,
            person=person,
            sighting="gate/7",
            model=model,
            vector=sealed,
            created_by="dilnoza",
            created_unix_s=4.5,
        )

    return make


def test_photos_are_read_back_oldest_first(
    database: Database, enrol: Callable[..., None], new_picture: Callable[[str], str]
) -> None:
    enrol("Ali", "Vali")
    new_picture("picture")
    later, earlier, others = photo("a", created_unix_s=2.0), photo("b", created_unix_s=1.0), photo("c", VALI)
    with database.begin() as connection:
        photos = Photos(connection)
        for each, fingerprint in ((later, "11"), (earlier, "22"), (others, "11")):
            photos.add(each, fingerprint)
        assert photos.get("a") == later
        assert photos.get("z") is None
        assert photos.of_person(ALI) == (earlier, later)
        assert photos.of_people([ALI, VALI]) == {ALI: (earlier, later), VALI: (others,)}
        assert photos.with_fingerprint("11") == (others, later)
        assert photos.with_fingerprints(["22", "33"]) == {"22": (earlier,)}
        assert (photos.count(), photos.count(ALI)) == (3, 2)


def test_a_photo_needs_its_person_and_its_picture(
    database: Database, enrol: Callable[..., None], new_picture: Callable[[str], str]
) -> None:
    with database.begin() as connection, pytest.raises(Missing, match="no person ali"):
        Photos(connection).add(photo("a"), "00")
    enrol("Ali")
    with database.begin() as connection, pytest.raises(Missing, match="no picture picture"):
        Photos(connection).add(photo("a"), "00")
    new_picture("picture")
    with database.begin() as connection:
        Photos(connection).add(photo("a"), "00")
        with pytest.raises(Conflict):
            Photos(connection).add(photo("a"), "00")


def test_a_removed_photo_takes_its_template_along_and_engines_are_told(
    database: Database,
    enrol: Callable[..., None],
    new_picture: Callable[[str], str],
    template: Callable[..., TemplateRow],
) -> None:
    enrol("Ali")
    new_picture("picture")
    with database.begin() as connection:
        photos, templates, changes = Photos(connection), TemplateRows(connection), GalleryChanges(connection)
        photos.add(photo("a"), "00")
        templates.add(template("of the photo", photo_id="a"))
        templates.add(template("of a sighting"))
        before = changes.newest()
        photos.remove("a", 9.0)
        assert [each.id for each in templates.of_person(ALI)] == ["of a sighting"]
        assert [change.person for change in changes.above(before)] == [ALI]
        with pytest.raises(Missing, match="no photo a"):
            photos.remove("a", 9.0)


def test_templates_are_read_back_by_person_and_model(
    database: Database, enrol: Callable[..., None], template: Callable[..., TemplateRow]
) -> None:
    enrol("Ali", "Vali")
    mine, yours = template("a"), template("b", VALI)
    foreign = replace(template("c"), model=replace(mine.model, digest="ff" * 32))
    with database.begin() as connection:
        templates = TemplateRows(connection)
        for each in (mine, yours, foreign):
            templates.add(each)
        assert templates.get("a") == mine
        assert templates.get("z") is None
        assert templates.of_person(ALI) == (mine, foreign)
        assert templates.of_people([ALI, VALI], mine.model) == (mine, yours)
        assert (templates.count(), templates.count(mine.model)) == (3, 2)


def test_templates_of_a_model_come_in_batches(
    database: Database, enrol: Callable[..., None], template: Callable[..., TemplateRow]
) -> None:
    enrol("Ali")
    with database.begin() as connection:
        templates = TemplateRows(connection)
        for number in range(5):
            templates.add(template(f"t{number}"))
        templates.add(replace(template("x"), model=replace(template("x").model, version="other")))
        batches = [[each.id for each in batch] for batch in templates.batches(template("x").model, 2)]
    assert batches == [["t0", "t1"], ["t2", "t3"], ["t4"]]


def test_a_template_needs_its_person_its_photo_and_its_key(
    database: Database, enrol: Callable[..., None], template: Callable[..., TemplateRow]
) -> None:
    with database.begin() as connection, pytest.raises(Missing, match="no person ali"):
        TemplateRows(connection).add(template("a"))
    enrol("Ali")
    with database.begin() as connection:
        with pytest.raises(Missing, match="no photo p"):
            TemplateRows(connection).add(template("a", photo_id="p"))
        with pytest.raises(Missing, match="no data key lost"):
            TemplateRows(connection).add(replace(template("a"), vector=Sealed("lost", b"")))
        assert TemplateRows(connection).count() == 0


def test_engines_are_told_of_templates_and_negatives_that_come_and_go(
    database: Database,
    enrol: Callable[..., None],
    template: Callable[..., TemplateRow],
    negative: Callable[..., Negative],
) -> None:
    enrol("Ali", "Vali")
    with database.begin() as connection:
        changes = GalleryChanges(connection)
        number = changes.newest()
        steps: list[Callable[[], None]] = [
            lambda: TemplateRows(connection).add(template("a")),
            lambda: Negatives(connection).add(negative("n")),
            lambda: TemplateRows(connection).remove("a", 1.0),
            lambda: Negatives(connection).remove("n", 1.0),
        ]
        for step in steps:
            step()
            assert [change.person for change in changes.above(number)] == [ALI]
            number = changes.newest()


def test_of_each_person_the_last_change_is_kept(database: Database) -> None:
    with database.begin() as connection:
        changes = GalleryChanges(connection)
        assert changes.newest() == 0
        changes.append([ALI, VALI, ALI], 1.0)
        changes.append([], 1.0)
        changes.append([ALI], 2.0)
        assert [(change.person, change.unix_s) for change in changes.above(0)] == [(VALI, 1.0), (ALI, 2.0)]
        assert len(changes.above(0, limit=1)) == 1
        assert changes.newest() == changes.above(0)[-1].number


def test_numbers_of_changes_are_never_used_again(database: Database) -> None:
    with database.begin() as connection:
        GalleryChanges(connection).append([ALI], 1.0)
        before = GalleryChanges(connection).newest()
        GalleryChanges(connection).append([ALI], 2.0)
    with database.begin() as connection:
        GalleryChanges(connection).append([ALI], 3.0)
        assert GalleryChanges(connection).newest() > before + 1


def test_negatives_are_read_back_by_person_model_and_sighting(
    database: Database, enrol: Callable[..., None], negative: Callable[..., Negative]
) -> None:
    enrol("Ali", "Vali")
    one, other = negative("a"), negative("b", VALI)
    with database.begin() as connection:
        negatives = Negatives(connection)
        negatives.add(one)
        negatives.add(other)
        assert negatives.of_person(ALI) == (one,)
        assert negatives.of_model(one.model) == (one, other)
        assert negatives.of_people([VALI], one.model) == (other,)
        assert negatives.of_model(replace(one.model, version="other")) == ()
        assert negatives.of_sighting("gate/7") == (one, other)
        negatives.remove("a", 1.0)
        assert negatives.of_person(ALI) == ()
        with pytest.raises(Missing, match="no negative a"):
            negatives.remove("a", 1.0)


def test_a_removed_person_takes_templates_and_negatives_along(
    database: Database,
    enrol: Callable[..., None],
    template: Callable[..., TemplateRow],
    negative: Callable[..., Negative],
) -> None:
    enrol("Ali", "Vali")
    with database.begin() as connection:
        TemplateRows(connection).add(template("a"))
        Negatives(connection).add(negative("n"))
        Negatives(connection).add(negative("other", VALI))
        People(connection).remove(ALI, 1.0)
        assert TemplateRows(connection).count() == 0
        assert [each.id for each in Negatives(connection).of_model(negative("n").model)] == ["other"]


def watch_list(list_id: str) -> WatchList:
    return WatchList(id=list_id, name=list_id.upper(), created_unix_s=1.0, updated_unix_s=1.0)


def test_watch_lists_are_kept_changed_and_removed(database: Database) -> None:
    staff = replace(watch_list("staff"), wanted=True, threshold=0.4, colour="#ff0000", priority=7)
    with database.begin() as connection:
        lists = WatchLists(connection)
        lists.add(staff)
        assert lists.get("staff") == lists.find_name("STAFF") == staff
        assert lists.get("guests") is lists.find_name("GUESTS") is None
        changed = lists.update(replace(staff, threshold=None), 2.0)
        assert changed == replace(staff, threshold=None, updated_unix_s=2.0, version=2) == lists.get("staff")
        with pytest.raises(Stale):
            lists.update(staff, 3.0)
        with pytest.raises(Conflict, match="another watch list has this name"):
            lists.add(replace(watch_list("other"), name="STAFF"))
        with pytest.raises(Stale):
            lists.remove("staff", 3.0, version=1)
        lists.remove("staff", 3.0, version=2)
        with pytest.raises(Missing):
            lists.remove("staff", 3.0)


def test_watch_lists_are_paged_by_name(database: Database) -> None:
    with database.begin() as connection:
        lists = WatchLists(connection)
        for name in "cab":
            lists.add(watch_list(name))
        first = lists.page(PageQuery(2))
        rest = lists.page(PageQuery(2, first.next_cursor))
    assert [each.id for each in first.items + rest.items] == ["a", "b", "c"]
    assert rest.next_cursor is None


def test_engines_are_told_of_everybody_on_a_list_that_changes_or_goes(database: Database) -> None:
    with database.begin() as connection:
        lists, people, changes = WatchLists(connection), People(connection), GalleryChanges(connection)
        lists.add(watch_list("staff"))
        enlist(people, "ali", "staff")
        enlist(people, "vali", "staff")
        enlist(people, "gani")
        assert lists.sizes() == {"staff": 2}
        number = changes.newest()
        lists.update(replace(watch_list("staff"), wanted=True), 2.0)
        assert {change.person for change in changes.above(number)} == {ALI, VALI}
        number = changes.newest()
        lists.remove("staff", 3.0)
        assert {change.person for change in changes.above(number)} == {ALI, VALI}
        found = people.get(ALI)
        assert found is not None
        assert found.lists == frozenset()


def test_the_terms_of_a_person_come_from_all_their_lists(database: Database) -> None:
    with database.begin() as connection:
        lists, people = WatchLists(connection), People(connection)
        lists.add(replace(watch_list("staff"), threshold=0.5, colour="#00ff00", priority=1))
        lists.add(replace(watch_list("wanted"), wanted=True, threshold=0.3, colour="#ff0000", priority=9))
        enlist(people, "ali", "staff", "wanted")
        enlist(people, "vali")
        assert lists.terms([ALI, VALI, PersonId("nobody")]) == {
            ALI: PersonTerms(
                person=ALI, name="ali", wanted=True, threshold=0.3, colour="#ff0000", lists=("WANTED", "STAFF")
            ),
            VALI: PersonTerms(person=VALI, name="vali"),
        }


def enlist(people: People, name: str, *lists: str) -> None:
    people.add(Person(id=PersonId(name), name=name, lists=frozenset(lists)))
