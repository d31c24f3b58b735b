"""A table of people is read from whatever a spreadsheet saves, and no cell that is written is a formula."""

import csv
import io
from dataclasses import replace

import pytest

from nigoh.domain.import_plan import PlannedPerson
from nigoh.domain.people import LegalBasis
from nigoh.domain.person_name import clean_name
from nigoh.domain.sighting import PersonId
from nigoh.errors import EnrolmentError
from nigoh.storage.people_table import join_values, neutralise, read_table, restore, split_values, write_table

NASTY = [
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'quoted", "''=1", "'=1", "＝1", "a;b", "a\\;b\\",
    "a\\", ";", 'comma, "quote"', "Oʻktam", "O'ktam", "'Abdulla", "Ўктам", "نوید", "می‌روم", "👩‍🔬", "<b>&amp;</b>",
    "Robert'); DROP TABLE person;--",
]  # fmt: skip


def written(people: list[PlannedPerson]) -> str:
    target = io.StringIO(newline="")
    write_table(people, target)
    return target.getvalue()


def test_what_is_written_is_read_again() -> None:
    person = PlannedPerson(
        id=PersonId("01jd0000000000000000000000"),
        name="Oʻktam Ўктам",
        other_names=("O'ktam; the elder", "Уктам \\ b"),
        external_id="=2+5",
        group="-Night, shift",
        lists=("Staff", "VIP;s"),
        legal_basis=LegalBasis.CONSENT,
        expires_unix_s=1_800_000_000.0,
        notes='Two\nlines; with "quotes", and =SUM(A1)',
        photos=("photos/a;b.jpg", "photos/2.jpg"),
        by_table=True,
    )
    (again,) = read_table(written([person]).encode(), "people.csv").people
    assert replace(again, source="") == person


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_begins_a_formula_and_every_text_comes_back(text: str) -> None:
    person = PlannedPerson(name="A", notes=text, other_names=(clean_name(text),), by_table=True)
    table = written([person])
    for cell in next(iter(list(csv.reader(io.StringIO(table, newline=""), strict=True))[1:])):
        assert not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert restore(neutralise(text)) == text
    (again,) = read_table(table.encode(), "people.csv").people
    assert again.notes == text.strip()
    assert again.other_names == person.other_names


@pytest.mark.parametrize("values", [(), ("a",), ("a;b", "c\\"), ("\\;", ";", "\\\\;"), ("a, b", "'c'")])
def test_several_values_share_a_cell(values: tuple[str, ...]) -> None:
    assert split_values(join_values(values)) == values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_it_is_read_in_the_encodings_and_with_the_separators_of_spreadsheets(encoding: str, delimiter: str) -> None:
    text = f"Name{delimiter}Group\r\nУктам{delimiter}Цех №1\r\n\r\n{delimiter}\r\n"
    (person,) = read_table(text.encode(encoding), "people.csv").people
    assert (person.name, person.group) == ("Уктам", "Цех №1")


def test_names_are_normalised() -> None:
    (person,) = read_table("name\n  Jose\u0301   Núñez \n".encode(), "people.csv").people
    assert person.name == "José Núñez"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",2027-01-01,", "a name is not empty"),
        ("A,soon,", "'soon' is no date: write, for example, 2027-12-31"),
        ("A,,friendship", "legal basis 'friendship' is none of: consent"),
        (f"{'x' * 300},,", "at most 256 letters"),
        ("A\x07,,", "no control letters"),
        ("A\u202eB,,", "no control letters"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_line_and_the_others_stand(row: str, reason: str) -> None:
    plan = read_table(f"name,expires,legal_basis\nFirst,,\n{row}\nLast,2027-12-31,Consent\n".encode(), "people.csv")
    assert [person.name for person in plan.people] == ["First", "Last"]
    assert [refusal.name for refusal in plan.refusals] == ["people.csv, line 3"]
    assert reason in plan.refusals[0].reason


def test_a_date_means_its_beginning_and_a_time_itself() -> None:
    plan = read_table(b"name,expires\nA,2027-12-31\nB,2027-12-31T12:00:00+05:00\n", "people.csv")
    assert [person.expires_unix_s for person in plan.people] == [1_830_211_200.0, 1_830_236_400.0]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "no column 'name'"),
        (b"first,last\nA,B\n", "no column 'name'"),
        (b"name\nA\0B\n", "no readable text"),
        (b"name\n\x98\n", "no readable text"),
        (b'name\n"' + b"x" * 200_000 + b'"\n', "no table"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(data: bytes, what: str) -> None:
    with pytest.raises(EnrolmentError, match=what) as caught:
        read_table(data, "people.csv")
    assert caught.value.next_step
