"""`nigoh users`: what stands in the database, what is printed, and what is printed nowhere."""

import io
import json
from pathlib import Path

import pytest

from nigoh.cli.main import main
from nigoh.domain.access import Role
from nigoh.domain.credentials import is_api_token
from nigoh.domain.sighting import CameraId
from nigoh.domain.users import User
from nigoh.storage.database.database import Database
from nigoh.storage.database.users import Users

PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NIGOH_DATABASE", "NIGOH_MASTER_KEY", "NIGOH_MASTER_KEY_FILE", "NIGOH_MASTER_KEY_COMMAND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NIGOH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("NIGOH_CONFIG", str(tmp_path / "config"))
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["users", *arguments])
    return int(ended.value.code or 0)


def add(home: Path, name: str, role: str = "administrator", *options: str) -> int:
    return run("add", name, "--role", role, "--password-file", str(home / "password"), *options)


def stored(home: Path, name: str) -> User | None:
    with Database(f"sqlite:///{home / 'data' / 'nigoh.db'}") as database, database.read() as connection:
        return Users(connection).named(name)


def test_the_first_administrator_is_added_by_a_command(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert "nigoh users add" in capsys.readouterr().out
    assert add(home, "Oktam", "administrator", "--display-name", "Ўктам", "--lang", "uz") == 0
    assert add(home, "guard", "operator", "--camera", "gate 1", "--camera", "yard") == 0
    assert run("list", "--json") == 0
    printed = capsys.readouterr()
    listed = json.loads(printed.out[printed.out.index("[") :])
    assert [(each["name"], each["role"], each["has_password"]) for each in listed] == [
        ("guard", "operator", True),
        ("oktam", "administrator", True),
    ]
    found = stored(home, "guard")
    assert found is not None
    assert found.cameras == frozenset({CameraId("gate 1"), CameraId("yard")})
    assert "argon2" not in printed.out
    assert PASSWORD not in printed.out + printed.err


def test_a_password_is_never_an_argument_and_weak_ones_are_refused(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "weak").write_text("administrator1")
    assert run("add", "oktam", "--role", "administrator", "--password-file", str(home / "weak")) == 2
    assert run("add", "oktam", "--role", "administrator", "--password", "x") == 2
    assert run("add", "oktam", "--role", "administrator", "--password-file", str(home / "nothing")) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("from a pipe without being asked for\n"))
    assert run("add", "oktam", "--role", "administrator") == 2
    assert "administrator1" not in capsys.readouterr().err
    assert stored(home, "oktam") is None
    assert run("add", "oktam", "--role", "administrator", "--password-file", "-") == 0
    assert stored(home, "oktam") is not None


def test_a_user_is_shown_changed_disabled_enabled_and_removed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(home, "boss")
    add(home, "guard", "viewer", "--camera", "gate")
    assert run("set-role", "guard", "operator") == 0
    found = stored(home, "guard")
    assert found is not None
    assert (found.role, found.cameras) == (Role.OPERATOR, frozenset({CameraId("gate")}))
    assert run("set-role", "guard", "auditor", "--all-cameras") == 0
    found = stored(home, "guard")
    assert found is not None
    assert found.cameras is None
    assert run("disable", "guard") == 0
    assert run("show", "guard") == 0
    assert "no, disabled" in capsys.readouterr().out
    assert run("enable", "guard") == 0
    assert run("set-password", "guard", "--password-file", str(home / "password")) == 0
    assert run("reset-totp", "guard") == 0
    assert run("remove", "guard") == 0
    assert stored(home, "guard") is None
    assert run("show", "guard") == 2


@pytest.mark.parametrize("arguments", [("remove", "boss"), ("disable", "boss"), ("set-role", "boss", "viewer")])
def test_the_last_administrator_stays(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    add(home, "boss")
    assert run(*arguments) == 2
    assert "somebody else an administrator first" in capsys.readouterr().err


def test_api_tokens_are_shown_once_listed_and_revoked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(home, "boss")
    capsys.readouterr()
    assert run("tokens", "add", "boss", "--for", "the VMS", "--scope", "live", "--scope", "events:read") == 0
    text = capsys.readouterr().out.strip()
    assert is_api_token(text)
    assert run("tokens", "list", "boss", "--json") == 0
    printed = capsys.readouterr().out
    (token,) = json.loads(printed)
    assert (token["name"], sorted(token["scopes"])) == ("the VMS", ["events:read", "live"])
    assert text not in printed
    assert run("tokens", "revoke", "boss", token["id"]) == 0
    assert run("tokens", "list", "boss") == 0
    assert "revoked" in capsys.readouterr().out
    assert run("tokens", "add", "boss", "--for", "x", "--scope", "everything") == 2
    assert run("sessions", "boss") == 0
    assert run("revoke", "boss") == 0
    assert "ended 0 sessions and took 0 API tokens back" in capsys.readouterr().out
