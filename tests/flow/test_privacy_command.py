"""`nigoh privacy`, and what `nigoh up` promises about data."""

import json
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from nigoh.cli.privacy import command
from nigoh.config.deployment_settings import deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import Deployment, open_deployment
from nigoh.domain.audit import AuditAction
from nigoh.errors import ConfigError, Missing, OutputError
from nigoh.storage.audit import Audit
from nigoh.storage.audit.anchor_file import read_anchors
from nigoh.storage.audit.chain import verify
from nigoh.storage.database.people import People
from nigoh.testing.stored_person import StoredPerson, store_person


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Deployment:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "nigoh.db").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("NIGOH_DATA", str(data))
    monkeypatch.setenv("NIGOH_MASTER_KEY_FILE", str(tmp_path / "master.key"))
    key = tmp_path / "master.key"
    return open_deployment(deployment_settings(DeploymentEnvironment(data=data), master_key_file=key))


@pytest.fixture
def stored(deployment: Deployment) -> StoredPerson:
    return store_person(deployment.database, deployment.media, deployment.settings.data / "recordings")


def run(*arguments: str | Path) -> Result:
    words = [str(each) for each in arguments]
    return CliRunner(catch_exceptions=False).invoke(command, words, standalone_mode=False)


def test_somebody_gets_a_copy_and_is_forgotten(deployment: Deployment, stored: StoredPerson, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    assert "2 photos, 2 sightings with 2 pictures, 2 recordings" in run("export", "уктам", file).stdout
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("person.json"))["name"] == stored.person.name
    assert file.stat().st_mode & 0o077 == 0
    erased = run("erase", stored.person.id, "--yes", "--reason", "letter", "--json")
    assert erased.return_value == 0
    assert json.loads(erased.stdout)["clips"] == 2
    with deployment.database.read() as connection:
        assert People(connection).get(stored.person.id) is None
        done = [entry.event for entry in Audit(connection).entries()]
    assert [event.action for event in done] == [AuditAction.EXPORT, AuditAction.ERASE, AuditAction.ERASE]
    assert {event.actor.partition(":")[0] for event in done} == {"command"}
    again = run("erase", stored.person.id, "--yes")
    assert "was erased before; looked for again" in again.stdout
    with pytest.raises(ConfigError, match="nobody has exactly this name"):
        run("erase", "Oʻktam", "--yes")


def test_nobody_is_erased_without_being_asked(stored: StoredPerson) -> None:
    with pytest.raises(ConfigError, match="Say so with --yes"):
        run("erase", stored.person.id)
    with pytest.raises(Missing):
        run("erase", "01jnobody", "--yes")


def test_a_copy_overwrites_nothing(stored: StoredPerson, tmp_path: Path) -> None:
    (tmp_path / "copy.zip").write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        run("export", stored.person.id, tmp_path / "copy.zip")
    assert (tmp_path / "copy.zip").read_text() == "mine"


def test_what_the_file_says_holds(stored: StoredPerson, tmp_path: Path) -> None:
    config = tmp_path / "nigoh.toml"
    config.write_text('[privacy]\nerased_sightings = "delete"\nerased_clips = "keep"\n')
    told = run("erase", stored.person.id, "--yes", "--config", config).stdout
    assert "sightings 2: deleted" in told
    assert "recordings 0: deleted, 2: kept" in told


def test_a_running_nigoh_keeps_its_promises(deployment: Deployment, stored: StoredPerson, tmp_path: Path) -> None:
    with deployment.database.begin() as connection:
        People(connection).update(replace(stored.person, expires_unix_s=time.time() - 1), time.time())
    config = tmp_path / "nigoh.toml"
    config.write_text('[server]\nport = 0\n[privacy]\naudit_anchor = "anchor"\n[network]\noutbound = "listed"\n')
    command = [sys.executable, "-m", "nigoh", "up", "--config", str(config), "--data", str(tmp_path / "data")]
    command += ["--seconds", "0.1", "--log-level", "info"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "only 0 listed hosts and networks are connected to" in done.stderr
    with deployment.database.read() as connection:
        assert People(connection).get(stored.person.id) is None
        head = Audit(connection).newest()
        assert verify(Audit(connection).stored(), read_anchors(tmp_path / "anchor")).anchors == 1
    assert head is not None
    assert (head.event.action, head.event.detail["people"]) == (AuditAction.RETENTION, 1)
