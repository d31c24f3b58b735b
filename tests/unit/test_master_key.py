"""Where the master key comes from, who else may see it, and what is said when it does not come."""

import base64
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from nigoh.config.deployment_settings import deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.config.key_file import parse_master_key, read_key_file, write_key_file
from nigoh.config.master_key import KeyCommand, KeyFile, KeySource, KeyText, MasterKeyRing
from nigoh.domain.master_key import MasterKey
from nigoh.errors import ConfigError, OutputError

# The same in each process: tests are named by them.
KEY = MasterKey(sha256(b"the key of these tests").digest())
OTHER = MasterKey(sha256(b"the next key of these tests").digest())


def forms(key: MasterKey) -> list[str]:
    return [key.reveal_text(), key.reveal_text().rstrip("="), key.reveal().hex(), repr(key.reveal())[2:-1]]


def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    source = KeyFile(tmp_path / "conf" / "master.key")
    source.make()
    assert source.path.stat().st_mode & 0o777 == 0o600
    assert source.path.parent.stat().st_mode & 0o777 == 0o700
    first = source.read()
    source.make()
    assert source.read() == first
    assert len(base64.b64decode(source.path.read_text())) == 32
    assert [path.name for path in source.path.parent.iterdir()] == ["master.key"]


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    write_key_file(path, KEY)
    write_key_file(path, OTHER)
    assert read_key_file(path) == KEY


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_key_that_others_may_read_is_refused_with_the_line_that_mends_it(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "the key"
    write_key_file(path, KEY)
    path.chmod(mode)
    with pytest.raises(ConfigError) as error:
        KeyFile(path).read()
    assert str(error.value) == f"others may read the master key {path}. Run: chmod 600 '{path}'"
    subprocess.run(error.value.next_step.removeprefix("Run: "), shell=True, check=True)  # noqa: S602 - as a user does
    assert KeyFile(path).read() == (KEY,)


def test_what_is_no_key_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the master key .*nothing is missing\. Put it back"):
        read_key_file(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match="is no file"):
        read_key_file(tmp_path / "pipe")
    with pytest.raises(ConfigError, match=r"is no file|cannot be read"):
        read_key_file(tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        write_key_file(Path("/proc/nigoh/master.key"), KEY)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "a key of 0 bytes"),
        ("not base64!", "does not give a master key in base64"),
        ("пароль", "does not give a master key in base64"),
        (base64.b64encode(KEY.reveal()[:31]).decode(), "a key of 31 bytes, where one has 32"),
        (base64.b64encode(KEY.reveal() + b"1").decode(), "a key of 33 bytes"),
        (base64.b64encode(b"password" * 4).decode(), "not random"),
    ],
)
def test_what_is_no_key_is_refused_and_never_shown(text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as error:
        parse_master_key(text, "NIGOH_MASTER_KEY")
    assert str(error.value).startswith("NIGOH_MASTER_KEY ")
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert not text or text not in str(error.value)


def test_white_space_around_a_key_is_nothing() -> None:
    assert parse_master_key(f"\n {KEY.reveal_text()}\r\n", "x") == KEY


def test_a_command_gives_the_key(tmp_path: Path) -> None:
    path = tmp_path / "key file"
    write_key_file(path, KEY)
    assert KeyCommand(f"cat '{path}'", "NIGOH_MASTER_KEY_COMMAND").read() == (KEY,)


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (f"sh -c 'echo {KEY.reveal_text()}; echo {KEY.reveal_text()} >&2; exit 3'", "ended with 3"),
        (f"sh -c 'echo {KEY.reveal_text()}; exec sleep 20'", r"did not end within 0\.2 s"),
        (f"echo not-a-key-{KEY.reveal_text()}", "does not give a master key in base64"),
        (f"/nowhere/at/all {KEY.reveal_text()}", "cannot be run: No such file or directory"),
        (f"sh -c 'echo {KEY.reveal_text()}", "cannot be run"),
        (" ", "cannot be run"),
    ],
)
def test_a_command_that_fails_shows_nothing_of_what_it_said_or_was_told(command: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint) as error:
        KeyCommand(command, "NIGOH_MASTER_KEY_COMMAND", timeout_s=0.2).read()
    shown = str(error.value) + repr(error.value)
    assert shown.count("the command of NIGOH_MASTER_KEY_COMMAND") == 2
    assert not any(form in shown for form in forms(KEY))
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__ or error.value.__context__ is None


@pytest.mark.parametrize(
    "source",
    [
        KeyText(KEY.reveal_text(), "NIGOH_MASTER_KEY", OTHER.reveal_text()),
        KeyCommand(f"echo {KEY.reveal_text()}", "NIGOH_MASTER_KEY_COMMAND"),
        DeploymentEnvironment(
            master_key=KEY.reveal_text(), master_key_next=OTHER.reveal_text(), master_key_command=KEY.reveal_text()
        ),
        deployment_settings(
            DeploymentEnvironment(master_key=KEY.reveal_text()), database=f"a://{OTHER.reveal_text()}"
        ),
        MasterKeyRing(KeyText(KEY.reveal_text(), "X", OTHER.reveal_text())),
        KEY,
    ],
    ids=lambda source: type(source).__name__,
)
def test_the_key_is_shown_by_nothing_that_holds_it(source: object) -> None:
    for shown in (repr(source), str(source)):
        assert not any(form in shown for key in (KEY, OTHER) for form in forms(key))


SHOW_WHAT_IS_LEFT = """
import os, subprocess, sys
from pathlib import Path
from nigoh.config.environment import take_deployment_environment
taken = take_deployment_environment()
assert taken.master_key and taken.master_key_next
assert not take_deployment_environment().master_key
sys.stdout.buffer.write(Path("/proc/self/environ").read_bytes())
sys.stdout.buffer.write(repr(dict(os.environ)).encode())
sys.stdout.flush()
subprocess.run(["env"], check=True)
subprocess.run(["cat", "/proc/self/environ"], check=True)
"""


def test_a_key_in_the_environment_is_gone_once_it_was_taken() -> None:
    environment = os.environ | {"NIGOH_MASTER_KEY": KEY.reveal_text(), "NIGOH_MASTER_KEY_NEXT": OTHER.reveal_text()}
    shown = subprocess.run(
        [sys.executable, "-c", SHOW_WHAT_IS_LEFT], env=environment, capture_output=True, check=True
    ).stdout
    assert b"PATH" in shown
    assert not any(form.encode() in shown for key in (KEY, OTHER) for form in forms(key))


def test_a_ring_finds_a_key_that_has_come_since(tmp_path: Path) -> None:
    source, seconds = KeyFile(tmp_path / "master.key"), [0.0]
    write_key_file(source.path, KEY)
    ring = MasterKeyRing(source, lambda: seconds[0])
    assert ring.find(OTHER.id) is None
    write_key_file(source.next_path, OTHER)
    assert ring.find(OTHER.id) is None, "not asked for the same again within a second"
    seconds[0] = 1.0
    assert ring.find(OTHER.id) == OTHER
    assert ring.current() == KEY
    source.path.unlink()
    seconds[0] = 9.0
    assert ring.find(KEY.id) == KEY, "what is known needs no file"
    with pytest.raises(ConfigError, match="is missing"):
        ring.find(MasterKey.generate().id)


def test_the_variable_of_the_next_key_adds_one() -> None:
    assert KeyText(KEY.reveal_text(), "NIGOH_MASTER_KEY", OTHER.reveal_text()).read() == (KEY, OTHER)
    with pytest.raises(ConfigError, match=r"^NIGOH_MASTER_KEY_NEXT gives a key of 0 bytes|base64"):
        KeyText(KEY.reveal_text(), "NIGOH_MASTER_KEY", "x").read()


def test_options_go_before_the_environment_and_that_before_the_users_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGOH_CONFIG", str(tmp_path / "conf"))
    plain = deployment_settings(DeploymentEnvironment())
    assert plain.data.name == "nigoh"
    assert plain.database == f"sqlite:///{plain.data}/nigoh.db"
    assert plain.master_key == KeyFile(tmp_path / "conf" / "master.key")
    assert plain.destroyed_keys == tmp_path / "conf" / "destroyed-keys"
    assert plain.media == plain.data / "media"

    told = DeploymentEnvironment(data=tmp_path / "env", database="postgresql://h/d", master_key_file=tmp_path / "k")
    from_environment = deployment_settings(told)
    assert from_environment.data == tmp_path / "env"
    assert from_environment.database == "postgresql://h/d"
    assert from_environment.master_key == KeyFile(tmp_path / "k")

    chosen = deployment_settings(
        told, data=tmp_path / "a", database="sqlite:////b", master_key_file=tmp_path / "c" / "k"
    )
    assert (chosen.data, chosen.database) == (tmp_path / "a", "sqlite:////b")
    assert chosen.master_key == KeyFile(tmp_path / "c" / "k")
    assert chosen.destroyed_keys == tmp_path / "c" / "destroyed-keys", "beside the key"


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        (DeploymentEnvironment(master_key=KEY.reveal_text()), KeyText),
        (DeploymentEnvironment(master_key_command="pass show nigoh"), KeyCommand),
        (DeploymentEnvironment(master_key_file=Path("/k")), KeyFile),
    ],
)
def test_each_variable_is_its_own_source(environment: DeploymentEnvironment, kind: type[KeySource]) -> None:
    assert isinstance(deployment_settings(environment).master_key, kind)


def test_two_sources_are_one_too_many() -> None:
    both = DeploymentEnvironment(master_key=KEY.reveal_text(), master_key_command="true")
    with pytest.raises(ConfigError, match="NIGOH_MASTER_KEY and NIGOH_MASTER_KEY_COMMAND are both set"):
        deployment_settings(both)
