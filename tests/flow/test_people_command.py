"""`nigoh people` as whoever enrols people meets it."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from nigoh.cli.people import command
from nigoh.errors import ConfigError, NigohError, PhotoError


@pytest.fixture
def run(migrated_sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "nigoh.db").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("NIGOH_DATA", str(data))
    monkeypatch.setenv("NIGOH_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Result:
        words = [str(each) for each in arguments]
        return CliRunner(catch_exceptions=False).invoke(command, words, standalone_mode=False)

    return call


@pytest.fixture
def portraits(shared_data: Path) -> Path:
    return shared_data / "photos" / "portraits"


def as_json(result: Result) -> Any:  # noqa: ANN401 - JSON
    return json.loads(result.stdout)


def test_somebody_is_enrolled_found_changed_exported_and_erased(
    run: Callable[..., Result], portraits: Path, tmp_path: Path
) -> None:
    done = run(
        "add", "Oʻktam Obama", portraits / "obama.jpg", "--other-name", "Барак", "--external-id", "7",
        "--expires", "2030-01-01", "--legal-basis", "consent", "--json",
    )  # fmt: skip
    assert done.return_value == 0
    person = as_json(done)["person"]
    assert (person["name"], person["expires"][:10], len(person["photos"])) == ("Oʻktam Obama", "2030-01-01", 1)
    assert "Oʻktam Obama" in run("list", "уктам").stdout
    assert as_json(run("show", "7", "--json"))["id"] == person["id"]
    (face,) = as_json(run("find", portraits / "obama2.jpg", "--json"))
    assert face["people"][0]["name"] == "Oʻktam Obama"

    assert run("lists", "add", "VIP", "--wanted", "--threshold", "0.5").return_value is None
    edited = run(
        "edit", "Барак", "--list", "VIP", "--group", "Night", "--expires", "never", "--notes", "=1",
        "--add-photo", portraits / "obama2.jpg", "--remove-photo", person["photos"][0]["id"], "--json",
    )  # fmt: skip
    after = as_json(edited)["person"]
    assert (after["lists"], after["group"], after["expires"], after["notes"]) == (["VIP"], "Night", None, "=1")
    assert [photo["id"] for photo in after["photos"]] != [photo["id"] for photo in person["photos"]]
    assert as_json(run("lists", "list", "--json"))[0]["people"] == 1
    assert as_json(run("list", "--list", "VIP", "--json")) == [after]

    assert "1 people with 1 photos" in run("export", "out.zip").stdout
    assert (tmp_path / "out.zip").stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile("out.zip") as archive:
        assert "people.csv" in archive.namelist()
    with pytest.raises(ConfigError, match="exists already"):
        run("export", "out.zip")
    assert as_json(run("import", "out.zip", "--json"))["outcomes"] == {"duplicate": 1}

    with pytest.raises(ConfigError, match=r"would be erased for good\. Say so with --yes"):
        run("remove", "Oʻktam Obama")
    with pytest.raises(ConfigError, match="nobody has exactly this name"):
        run("remove", "Oʻktam", "--yes")
    told = run("remove", "Oʻktam Obama", "--yes").stdout
    assert "photos 1, templates 1, negatives 0: deleted" in told
    assert "data keys 1: destroyed" in told
    assert as_json(run("list", "--json")) == []


def test_the_folder_of_known_faces_is_imported_and_what_needs_attention_told(
    run: Callable[..., Result], portraits: Path, tmp_path: Path
) -> None:
    known = tmp_path / "known_faces"
    (known / "Kit").mkdir(parents=True)
    (known / "Barack.jpg").write_bytes((portraits / "obama.jpg").read_bytes())
    (known / "Borat.jpg").write_bytes((portraits / "obama2.jpg").read_bytes())
    (known / "Kit" / "1.jpg").write_bytes((portraits / "knn_examples/train/kit_harington/john1.jpeg").read_bytes())
    (known / "Bad.jpg").write_bytes(b"no picture")
    done = run("import", known, "--reason", "first set-up")
    assert done.return_value == 1
    assert "4 people, 2 of them new" in done.stdout
    assert "look-alike" in done.stdout
    assert "Barack" in done.stdout
    assert "Bad.jpg" in done.stdout
    assert "not followed: Bad (Bad.jpg)" in done.stderr
    assert run("import", known, "--allow-look-alikes", "--json").return_value == 1
    assert {person["name"] for person in as_json(run("list", "--json"))} == {"Barack", "Borat", "Kit"}


def test_who_is_not_enrolled_is_said_with_the_reason_and_exit_code_1(
    run: Callable[..., Result], portraits: Path
) -> None:
    refused = run("add", "Two", portraits / "two_people.jpg")
    assert refused.return_value == 1
    assert "several-faces" in refused.stdout
    assert "Two was not enrolled" in refused.stderr
    assert run("add", "Barack", portraits / "obama.jpg").return_value == 0
    alike = as_json(run("add", "Borat", portraits / "obama2.jpg", "--json"))
    assert alike["person"] is None
    assert alike["photos"][0]["look_alikes"][0][1] == "Barack"
    assert run("check", portraits / "obama2.jpg", "--for", "Barack").return_value == 0
    with pytest.raises(PhotoError, match="cannot be read"):
        run("add", "Nobody", "absent.jpg")


def test_a_name_that_does_not_say_who_is_meant_is_not_guessed_at(run: Callable[..., Result]) -> None:
    for name in ("Ali Valiyev", "Ali Karimov"):
        assert run("add", name).return_value == 0
    with pytest.raises(ConfigError, match=r"several people are called Ali: .*Give the identifier"):
        run("show", "Ali")
    with pytest.raises(ConfigError, match="nobody is called Bobur"):
        run("show", "Bobur")
    with pytest.raises(ConfigError, match="nobody is called !"):
        run("show", "!")
    with pytest.raises(NigohError, match="no watch list none"):
        run("edit", "Karimov", "--list", "none")
    with pytest.raises(NigohError, match="colour"):
        run("lists", "add", "Staff", "--colour", "red")
    assert "enrolled" in run("show", "valiyev").stdout


def test_lists_are_changed_and_removed(run: Callable[..., Result]) -> None:
    assert "added" in run("lists", "add", "Staff").stdout
    assert "changed" in run("lists", "edit", "Staff", "--rename", "Crew", "--wanted", "--priority", "5").stdout
    (crew,) = as_json(run("lists", "list", "--json"))
    assert (crew["name"], crew["wanted"], crew["priority"], crew["threshold"]) == ("Crew", True, 5, None)
    assert "removed" in run("lists", "remove", crew["id"]).stdout
    assert as_json(run("lists", "list", "--json")) == []


def test_two_entries_of_one_person_become_one(run: Callable[..., Result], portraits: Path) -> None:
    assert run("add", "Barack", portraits / "obama.jpg").return_value == 0
    assert run("add", "Borat", portraits / "obama2.jpg", "--allow-look-alike", "--group", "Night").return_value == 0
    with pytest.raises(ConfigError, match=r"Borat .* would become Barack .* Say so with --yes"):
        run("merge", "Borat", "Barack")
    done = as_json(run("merge", "Borat", "Barack", "--yes", "--reason", "the same man", "--json"))
    assert (done["photos"], done["templates"], done["same_photos"]) == (1, 1, 0)
    (person,) = as_json(run("list", "--json"))
    assert (person["id"], person["other_names"], person["group"]) == (done["id"], ["Borat"], "Night")
    assert len(person["photos"]) == 2
