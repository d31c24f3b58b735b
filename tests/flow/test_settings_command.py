"""`nigoh settings`: what is shown, changed, refused and written down."""

import json
from pathlib import Path

import pytest

from nigoh.cli.main import main
from nigoh.domain.audit import AuditAction
from nigoh.storage.audit import Audit
from nigoh.storage.database.database import Database


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NIGOH_DATABASE", "NIGOH_MASTER_KEY", "NIGOH_MASTER_KEY_FILE", "NIGOH_MASTER_KEY_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NIGOH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NIGOH_CONFIG", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nigoh.toml").write_text("[server]\n[privacy]\nsightings_days = 30\n")
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["settings", *arguments])
    return int(ended.value.code or 0)


def test_a_setting_is_changed_shown_and_reset(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = "privacy.sightings_days"
    assert run("get", key) == 0
    assert f"{key} = 30 (from the file)" in capsys.readouterr().out
    assert run("set", key, "14", "--reason", "as agreed") == 0
    assert f"{key} = 14 (from the database)" in capsys.readouterr().out
    assert run("list", "--json") == 0
    listed = {each["field"]["key"]: each for each in json.loads(capsys.readouterr().out)}
    assert (listed[key]["value"], listed[key]["origin"]) == (14, "database")
    assert run("reset", key) == 0
    assert f"{key} = 30 (from the file)" in capsys.readouterr().out
    with Database(f"sqlite:///{home / 'data' / 'nigoh.db'}") as database, database.read() as connection:
        events = [each.event for each in Audit(connection).entries() if each.event.action is AuditAction.SETTING]
    assert [(each.detail["before"], each.detail["after"], each.reason) for each in events] == [
        (30, 14, "as agreed"),
        (14, 30, ""),
    ]
    assert events[0].actor.startswith("command:")


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("privacy.store_unknown", "off", "off"),
        ("watch.threshold", "0.42", "0.42"),
        ("watch.threshold", "none", "none"),
        ("cameras_default.record", "sightings", "sightings"),
        ("engine.shards", "2", "2 (from the database; after the next start, until then 0)"),
    ],
)
def test_values_are_typed_as_they_are_shown(
    home: Path, capsys: pytest.CaptureFixture[str], key: str, typed: str, kept: str
) -> None:
    assert run("set", key, typed) == 0
    assert f"{key} = {kept}" in capsys.readouterr().out
    assert home.exists()


@pytest.mark.parametrize(
    ("key", "typed", "said"),
    [
        ("privacy.store_unknown", "perhaps", "on or off"),
        ("privacy.unknown_days", "many", "from 0.01 to 36500 days"),
        ("privacy.unknown_days", "0", "greater than or equal to 0.01"),
        ("cameras_default.mode", "sometimes", "'keyframes', 'adaptive' or 'full'"),
        ("server.port", "80", "there is no setting server.port"),
    ],
)
def test_what_a_setting_cannot_be_is_refused_with_what_it_can_be(
    home: Path, capsys: pytest.CaptureFixture[str], key: str, typed: str, said: str
) -> None:
    assert run("set", key, typed) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert home.exists()


def test_the_list_fits_a_person(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    printed = capsys.readouterr().out
    assert "watch.threshold" in printed
    assert "at once" in printed
    assert home.exists()
