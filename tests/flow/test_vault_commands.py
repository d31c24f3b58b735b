"""`nigoh vault`, `nigoh backup` and `nigoh restore` as they are used, and what a thief of the files finds."""

import base64
import json
import secrets
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from sqlalchemy import insert

from nigoh.cli.main import main
from nigoh.config.deployment_settings import DeploymentSettings, deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import Deployment, open_deployment
from nigoh.domain.camera import Camera
from nigoh.domain.camera_url import CameraUrl
from nigoh.domain.people import Person
from nigoh.domain.sighting import CameraId, PersonId
from nigoh.domain.template import ModelIdentity, Templates
from nigoh.office.actor import Actor
from nigoh.office.camera_office import CameraOffice, CameraOrder
from nigoh.storage.audit import Audit
from nigoh.storage.database.people import People
from nigoh.storage.database.tables import TEMPLATES
from nigoh.storage.vault.scopes import person_scope
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.testing.stolen_files import encodings, spellings

PASSWORD = "Кана_рейка#7!" + secrets.token_urlsafe(9)
NOW = 1.8e9


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nigoh keeps everything, as the environment says."""
    monkeypatch.setenv("NIGOH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NIGOH_CONFIG", str(tmp_path / "conf"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def settings_of(home: Path, data: str = "data") -> DeploymentSettings:
    return deployment_settings(DeploymentEnvironment(), data=home / data)


def face(length: int) -> bytes:
    """A picture's bytes, without a repetition that would stand for itself elsewhere."""
    return np.random.default_rng(1).bytes(length)


def template() -> Templates:
    vectors = np.random.default_rng(2).normal(size=(1, 128)).astype(np.float32)
    return Templates(vectors / np.linalg.norm(vectors), ModelIdentity("m", "1", "0", "p", 128))


def use(deployment: Deployment) -> None:
    """A camera with a password, a person with a photo and a template."""
    office = CameraOffice(deployment.database, deployment.vault, now=lambda: NOW)
    url = CameraUrl(f"rtsp://admin:{quote(PASSWORD, safe='')}@10.0.0.5/stream")
    office.add(Actor("command:test"), CameraOrder(camera=Camera(name=CameraId("gate"), url=url)))
    person, vault = PersonId("p1"), deployment.vault
    with deployment.database.begin() as connection:
        People(connection).add(Person(id=person, name="Somebody"))
        deployment.media.put(connection, person_scope(person), "photo", "image/jpeg", face(20_000))
        stored = vault.protect(template()).vectors.tobytes()
        sealed = vault.seal(connection, person_scope(person), stored, row_binding(TEMPLATES, "t1"))
        model = {f"model_{each}": "m" for each in ("name", "version", "digest", "preprocessing")}
        values = {"key_id": sealed.key_id, "sealed_vector": sealed.blob, "created_unix_s": NOW}
        connection.execute(insert(TEMPLATES).values(id="t1", person_id=person, dimension=128, **model, **values))


def camera_opens(deployment: Deployment) -> bool:
    (camera,) = CameraOffice(deployment.database, deployment.vault, now=lambda: NOW).watched()
    return PASSWORD in camera.url.secrets()


def canaries() -> list[bytes]:
    picture, plain = face(20_000), template().vectors
    pieces = [picture[at : at + 16] for at in range(0, len(picture) - 16, 997)]
    for vectors in (plain, plain.astype(np.float16), plain.astype(np.float64)):
        pieces += [vectors.tobytes()[at : at + 16] for at in range(0, 128, 16)]
    return [*spellings(PASSWORD), *(form for piece in pieces for form in encodings(piece))]


def test_a_thief_of_the_files_finds_neither_password_nor_face(home: Path) -> None:
    with open_deployment(settings_of(home)) as deployment:
        use(deployment)
        assert run("backup", "backup.tar", "--keys-to", "keys.json") == 0
        stolen = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        assert camera_opens(deployment)
    names = {path.name for path in stolen}
    assert {"nigoh.db", "nigoh.db-wal", "backup.tar", "keys.json"} <= names
    assert any(path.parent.parent.name == "media" for path in stolen)
    found = [(path.name, canary) for path, content in stolen.items() for canary in canaries() if canary in content]
    assert found == []
    key = (home / "conf" / "master.key").read_bytes().strip()
    holders = [path.name for path, content in stolen.items() if key in content or base64.b64decode(key) in content]
    assert holders == ["master.key"]


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for plain in (PASSWORD.encode("utf-16-le"), face(20_000), template().vectors.tobytes()):
        for written in (plain, plain.hex().encode(), base64.b64encode(b"x" + plain), base64.urlsafe_b64encode(plain)):
            path.write_bytes(b"before" + written + b"after")
            assert any(canary in path.read_bytes() for canary in canaries())


def test_a_backup_is_taken_and_restored(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_deployment(settings_of(home)) as deployment:
        use(deployment)
    assert run("backup", "backup.tar") == 0
    assert "backup.tar: 0." in capsys.readouterr().out
    assert run("backup", "backup.tar") == 2
    assert "error: backup.tar exists already. Name a new file" in capsys.readouterr().err
    assert run("restore", "backup.tar") == 2
    assert "is not empty" in capsys.readouterr().err
    assert run("restore", "backup.tar", "--data", "other") == 0
    assert "1 pictures" in capsys.readouterr().out
    with open_deployment(settings_of(home, "other")) as restored:
        assert camera_opens(restored)
        with restored.database.read() as connection:
            written = [(each.event.action, each.event.actor) for each in Audit(connection).entries()]
    assert [action for action, _ in written][-1] == "restore"
    assert written[-1][1].startswith("command:")
    with open_deployment(settings_of(home)) as first, first.database.read() as connection:
        newest = Audit(connection).newest()
    assert newest is not None
    assert newest.event.action == "backup"


def test_the_master_key_is_rotated(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = home / "conf" / "master.key"
    with open_deployment(settings_of(home)) as running:
        use(running)
        before = key.read_text()
        assert run("vault", "rotate") == 0
        printed = capsys.readouterr()
        assert "data keys are wrapped under the new master key" in printed.out
        assert "backups from before now need the old master key" in printed.err
        assert key.read_text() != before
        assert [path.name for path in key.parent.iterdir()] == ["master.key"]
        assert camera_opens(running)
        with running.database.read() as connection:
            newest = Audit(connection).newest()
    assert newest is not None
    assert newest.event.action == "key-rotation"
    with open_deployment(settings_of(home)) as again:
        assert camera_opens(again)
    assert key.read_text().strip() not in printed.out + printed.err


def test_a_key_from_the_environment_is_rotated_with_a_second_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))

    def with_keys(current: str, following: str = "") -> None:
        monkeypatch.setenv("NIGOH_MASTER_KEY", current)
        monkeypatch.setenv("NIGOH_MASTER_KEY_NEXT", following)

    with_keys(old)
    assert run("vault", "rotate") == 2
    assert "NIGOH_MASTER_KEY_NEXT is not set" in capsys.readouterr().err
    with_keys(old, new)
    assert run("vault", "rotate") == 0
    assert "Set NIGOH_MASTER_KEY to the new key now" in capsys.readouterr().err
    with_keys(new)
    assert run("vault", "status") == 0
    with_keys(old)
    assert run("vault", "rotate") == 2
    printed = capsys.readouterr()
    assert "the master key is another one" in printed.err
    assert not any(each in printed.out + printed.err for each in (old, new))
    assert not (home / "conf" / "master.key").exists()


def test_the_status_says_what_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_deployment(settings_of(home)) as deployment:
        use(deployment)
    assert run("vault", "status", "--json") == 0
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert set(found) == {"master key", "key rotation", "vault", "destroyed keys"}
    assert all(each["is_ok"] for each in found.values())
    key = home / "conf" / "master.key"
    key.chmod(0o644)
    assert run("vault", "status") == 1
    assert "chmod 600" in capsys.readouterr().out
    assert run("vault", "rotate") == 2
    assert "chmod 600" in capsys.readouterr().err
    key.chmod(0o600)
    key.rename(home / "data" / "master.key")
    assert run("vault", "status", "--master-key-file", "data/master.key") == 1
    assert "lies in the data folder" in capsys.readouterr().out
    assert run("vault", "status") == 1
    assert run("vault", "rotate") == 2
    assert "is missing. Put it back" in capsys.readouterr().err
    assert not key.exists(), "no other key is made for a database that has one"


def test_a_scope_is_sealed_anew(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_deployment(settings_of(home)) as running:
        use(running)
        assert run("vault", "reseal", "camera") == 0
        assert run("vault", "reseal", "person:p1") == 0
        assert "2 pieces are sealed" in capsys.readouterr().out
        assert camera_opens(running)
    assert run("vault", "reseal", "person:nobody") == 2
    assert run("vault", "reseal", "everything") == 2
    assert "it is person:ID, unknown:YYYY-MM-DD, camera or installation" in capsys.readouterr().err


def test_a_command_says_no_more_than_one_line_about_what_is_wrong(home: Path) -> None:
    """As its own process: nothing of the key is in what it prints, whatever fails."""
    key = base64.b64encode(secrets.token_bytes(31)).decode()
    for environment in ({"NIGOH_MASTER_KEY": key}, {"NIGOH_MASTER_KEY_COMMAND": f"sh -c 'echo {key}'"}):
        result = subprocess.run(
            [sys.executable, "-m", "nigoh", "vault", "rotate"],
            env={
                "NIGOH_DATA": str(home / "d"),
                "NIGOH_CONFIG": str(home / "c"),
                "PATH": "/usr/bin:/bin",
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 2
        assert result.stderr.count("\n") == 1
        assert "gives a key of 31 bytes, where one has 32. Make one with" in result.stderr
        assert key not in result.stdout + result.stderr
