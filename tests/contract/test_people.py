"""People are kept, found, changed and removed in the same way in every database."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from nigoh.domain.page import PageQuery
from nigoh.domain.people import LegalBasis, Person, Photo, WatchList
from nigoh.domain.sighting import PersonId
from nigoh.errors import BadCursor, Conflict, Missing, Stale, Unstorable
from nigoh.storage.database.database import Database
from nigoh.storage.database.gallery_changes import GalleryChanges
from nigoh.storage.database.people import People, PeopleFilter, PeopleOrder
from nigoh.storage.database.photos import Photos
from nigoh.storage.database.watch_lists import WatchLists

OKTAM = PersonId("oktam")
WHOLE = Person(
    id=OKTAM,
    name="Ўктам Каримов",
    other_names=("Oʻktam Karimov", "\u202bأكتم\u202c"),
    external_id="A-17",
    notes="<script>alert(1)</script>'; DROP TABLE person; --",
    group="2-смена 🏭",
    legal_basis=LegalBasis.CONSENT,
    expires_unix_s=2e9,
    lists=frozenset({"staff", "late"}),
    created_unix_s=1_700_000_000.125,
    updated_unix_s=1_700_000_001.5,
)


def add(database: Database, *people: Person) -> None:
    with database.begin() as connection:
        for person in people:
            People(connection).add(person)


def add_lists(database: Database, *names: str) -> None:
    with database.begin() as connection:
        for name in names:
            WatchLists(connection).add(WatchList(id=name, name=name.upper()))


def named(*names: str) -> list[Person]:
    return [
        Person(id=PersonId(f"p{number}"), name=name, created_unix_s=float(number))
        for number, name in enumerate(names)
    ]


def get(database: Database, person: str = OKTAM) -> Person | None:
    with database.read() as connection:
        return People(connection).get(PersonId(person))


def names(database: Database, wanted: PeopleFilter, order: PeopleOrder = PeopleOrder.NAME) -> list[str]:
    with database.read() as connection:
        assert People(connection).count(wanted) == len(People(connection).page(wanted, PageQuery(1000)).items)
        return [person.name for person in People(connection).page(wanted, PageQuery(1000), order).items]


def test_a_person_is_read_back_as_they_were_enrolled(database: Database) -> None:
    add_lists(database, "staff", "late")
    add(database, WHOLE)
    assert get(database) == WHOLE


def test_nobody_is_none(database: Database) -> None:
    assert get(database, "nobody") is None


def test_a_number_of_another_system_finds_its_person_and_belongs_to_one_alone(database: Database) -> None:
    ali = Person(id=PersonId("ali"), name="Ali", external_id="A-17")
    add(database, ali)
    with database.begin() as connection:
        people = People(connection)
        assert people.find_external("A-17") == ali
        with pytest.raises(Conflict, match="another person has this external_id") as caught:
            people.add(Person(id=PersonId("vali"), name="Vali", external_id="A-17"))
        people.add(Person(id=PersonId("vali"), name="Vali"))  # the transaction goes on
    assert (caught.value.kind, caught.value.field) == ("person", "external_id")
    assert get(database, "vali") is not None


def test_an_identifier_belongs_to_one_alone(database: Database) -> None:
    add(database, Person(id=OKTAM, name="Ali"))
    with pytest.raises(Conflict, match="id"):
        add(database, Person(id=OKTAM, name="Vali"))


def test_two_people_may_have_no_number_and_the_same_name(database: Database) -> None:
    add(database, *named("Ali", "Ali"))
    assert names(database, PeopleFilter(text="ali")) == ["Ali", "Ali"]


def test_a_change_is_kept_and_counts_up_the_version(database: Database) -> None:
    add_lists(database, "staff", "late", "guests")
    add(database, WHOLE)
    wanted = replace(WHOLE, name="Oʻktam", group="", lists=frozenset({"guests"}), external_id=None)
    with database.begin() as connection:
        changed = People(connection).update(wanted, 5.0)
    assert changed == replace(wanted, version=2, updated_unix_s=5.0)
    assert get(database) == changed


def test_who_changes_what_somebody_else_has_changed_is_told(database: Database) -> None:
    add(database, Person(id=OKTAM, name="Ali"))
    read = get(database)
    assert read is not None
    with database.begin() as connection:
        People(connection).update(replace(read, name="Vali"), 1.0)
    with pytest.raises(Stale), database.begin() as connection:
        People(connection).update(replace(read, name="Gʻani"), 2.0)
    with pytest.raises(Stale), database.begin() as connection:
        People(connection).remove(OKTAM, 2.0, version=1)
    found = get(database)
    assert found is not None
    assert found.name == "Vali"


def test_who_is_not_there_cannot_be_changed_or_removed(database: Database) -> None:
    with pytest.raises(Missing, match="no person oktam"), database.begin() as connection:
        People(connection).update(Person(id=OKTAM, name="Ali"), 1.0)
    with pytest.raises(Missing), database.begin() as connection:
        People(connection).remove(OKTAM, 1.0)


def test_a_list_that_is_not_there_is_named(database: Database) -> None:
    with pytest.raises(Missing, match="no watch list staff"):
        add(database, replace(WHOLE, lists=frozenset({"staff"})))
    assert get(database) is None


def test_a_removed_person_takes_their_photos_along(
    database: Database, enrol: Callable[..., None], new_picture: Callable[[str], str]
) -> None:
    enrol("Oktam", "Ali")
    new_picture("picture")
    with database.begin() as connection:
        for person in ("oktam", "ali"):
            photo = Photo(id=person, person=PersonId(person), media_id="picture", box=(1, 2, 3, 4), quality=1)
            Photos(connection).add(photo, "00")
        People(connection).remove(OKTAM, 1.0)
        assert [photo.person for photo in Photos(connection).with_fingerprint("00")] == ["ali"]
    assert get(database) is None


@pytest.mark.parametrize("search", ["Oʻktam", "O'ktam", "Ўктам", "Уктам", "oktam", "кта", "KTAM karim"])
def test_a_name_is_found_in_every_spelling_and_by_its_parts(database: Database, search: str) -> None:
    add(
        database,
        replace(WHOLE, lists=frozenset()),
        *named("Oʻktam Karimov", "O'ktam Karimova", "Уктам Каримов", "Ali", "Karim"),
    )
    assert len(names(database, PeopleFilter(text=search))) >= (3 if search == "oktam" else 4)
    assert "Ali" not in names(database, PeopleFilter(text=search))


def test_signs_with_a_meaning_elsewhere_are_only_signs(database: Database) -> None:
    signs = ["%", "_", "\\", "/", "*", "%%", "'"]
    add(database, *named("Vali", *signs))
    for sign in signs:
        assert set(names(database, PeopleFilter(text=sign))) == {name for name in signs if sign in name}
    assert names(database, PeopleFilter(text="' OR 1=1 --")) == []


def test_names_of_any_script_are_kept_and_found(database: Database) -> None:
    strange = ["😀", "محمد", "张伟", "\u200f", "a\u0301\u0301", "%", "𝕶", "ﷺ", "Ω" * 3000, "'"]
    add(database, *named(*strange))
    assert sorted(names(database, PeopleFilter(), PeopleOrder.CREATED)) == sorted(strange)
    for name in strange:
        assert name in names(database, PeopleFilter(text=name))


def test_a_name_with_a_nul_is_refused(database: Database) -> None:
    with pytest.raises(Unstorable):
        add(database, Person(id=OKTAM, name="Ali\0"))
    for text in ("\0", "\ud83d"):
        with pytest.raises(Unstorable):
            names(database, PeopleFilter(text=text))


def test_a_text_that_is_too_long_names_its_field(database: Database) -> None:
    with pytest.raises(Unstorable, match="group of a person has at most 256"):
        add(database, Person(id=OKTAM, name="Ali", group="x" * 257))


def test_people_are_listed_by_group_by_list_by_photos_and_by_when_they_go(
    database: Database, new_picture: Callable[[str], str]
) -> None:
    add_lists(database, "staff")
    new_picture("picture")
    everybody = named("Ali", "Bobur", "Chori", "Davron")
    everybody[0] = replace(everybody[0], group="red")
    everybody[1] = replace(everybody[1], lists=frozenset({"staff"}), group="red")
    everybody[2] = replace(everybody[2], expires_unix_s=10.0)
    add(database, *everybody)
    with database.begin() as connection:
        photo = Photo(id="f", person=PersonId("p3"), media_id="picture", box=(0, 0, 1, 1), quality=0.5)
        Photos(connection).add(photo, "00")
        assert People(connection).groups() == ("red",)
    assert names(database, PeopleFilter(group="red")) == ["Ali", "Bobur"]
    assert names(database, PeopleFilter(group="")) == ["Chori", "Davron"]
    assert names(database, PeopleFilter(group="red", list_id="staff")) == ["Bobur"]
    assert names(database, PeopleFilter(has_photos=True)) == ["Davron"]
    assert names(database, PeopleFilter(has_photos=False)) == ["Ali", "Bobur", "Chori"]
    assert names(database, PeopleFilter(expires_before_unix_s=11.0)) == ["Chori"]
    assert names(database, PeopleFilter(expires_before_unix_s=9.0)) == []


def test_lists_sort_all_scripts_in_one_alphabet(database: Database) -> None:
    add(database, *named("Яна", "ali", "Шавкат", "Ўктам", "Bobur", "Élise"))
    assert names(database, PeopleFilter()) == ["ali", "Bobur", "Élise", "Ўктам", "Шавкат", "Яна"]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", PeopleOrder)
def test_pages_show_everybody_once_although_people_come_and_go(
    database: Database, order: PeopleOrder, descending: bool
) -> None:
    add(database, *(replace(person, created_unix_s=7.0) for person in named(*"abcdefghijABC")))
    with database.begin() as connection:
        people = People(connection)
        seen: list[str] = []
        query = PageQuery(4)
        while True:
            page = people.page(PeopleFilter(), query, order, descending=descending)
            seen += [person.id for person in page.items]
            if page.next_cursor is None:
                break
            query = PageQuery(4, page.next_cursor)
            if len(seen) == 4:
                people.remove(PersonId(seen[3]), 0.0)  # the one that the cursor stands at
    assert len(seen) == len(set(seen)) == 13


def test_a_cursor_of_another_order_or_none_at_all_is_refused(database: Database) -> None:
    add(database, *named("Ali", "Bobur"))
    with database.read() as connection:
        people = People(connection)
        cursor = people.page(PeopleFilter(), PageQuery(1)).next_cursor
        assert cursor is not None
        for order, descending, given in [
            (PeopleOrder.CREATED, False, cursor), (PeopleOrder.NAME, True, cursor), (PeopleOrder.NAME, False, "x'--"),
        ]:  # fmt: skip
            with pytest.raises(BadCursor):
                people.page(PeopleFilter(), PageQuery(1, given), order, descending=descending)


def test_engines_are_told_of_a_name_of_lists_and_of_a_removal(database: Database) -> None:
    add_lists(database, "staff")
    ali = Person(id=PersonId("ali"), name="Ali")
    add(database, ali)
    with database.begin() as connection:
        people, changes = People(connection), GalleryChanges(connection)
        told = [changes.newest()]
        ali = people.update(replace(ali, notes="tall"), 1.0)
        told.append(changes.newest())
        ali = people.update(replace(ali, name="Vali"), 2.0)
        told.append(changes.newest())
        people.update(replace(ali, lists=frozenset({"staff"})), 3.0)
        told.append(changes.newest())
        people.remove(ali.id, 4.0)
        told.append(changes.newest())
        assert told[0] == told[1] < told[2] < told[3] < told[4]
        assert [(change.person, change.unix_s) for change in changes.above(told[1])] == [("ali", 4.0)]
