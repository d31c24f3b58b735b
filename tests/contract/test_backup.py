"""Backups: taken while everything goes on, restored whole, refused if touched, showing nothing without the keys."""

import hashlib
import io
import json
import secrets
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.key_file import write_key_file
from nigoh.config.master_key import KeyFile
from nigoh.deployment_wiring import Deployment, open_deployment, restore_deployment
from nigoh.domain.identifiers import new_id, new_person_id
from nigoh.domain.master_key import MasterKey
from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.errors import BackupError, ConfigError, KeyDestroyed, Missing
from nigoh.storage.backup import last_numbers, write_backup
from nigoh.storage.backup_format import TABLES, Summary
from nigoh.storage.backup_reader import read_members
from nigoh.storage.database.people import People
from nigoh.storage.database.tables import EVENTS, METADATA, PHOTOS, SESSIONS, TEMPLATES, USERS
from nigoh.storage.vault.rotation import rotate_master
from nigoh.storage.vault.scopes import person_scope, unknown_scope
from nigoh.storage.vault.sealed import Sealed
from nigoh.storage.vault.sealed_columns import row_binding
from nigoh.testing.postgresql_server import PostgresqlServer

NOW = 1.8e9
FACE = b"\xff\xd8 the bytes of a face " * 50


NewPlace = Callable[[str], DeploymentSettings]


def settings_in(folder: Path, data: Path) -> DeploymentSettings:
    conf = folder / "conf"
    return DeploymentSettings(
        data=data,
        database=f"sqlite:///{data}/nigoh.db",
        master_key=KeyFile(conf / "master.key"),
        destroyed_keys=conf / "destroyed-keys",
    )


@pytest.fixture
def new_place(tmp_path: Path, request: pytest.FixtureRequest) -> NewPlace:
    """Makes an empty place of a kind of database, which has the master key."""
    settings_in(tmp_path, tmp_path).master_key.make()

    def make(kind: str) -> DeploymentSettings:
        data = tmp_path / f"data{len(list(tmp_path.iterdir()))}-{secrets.token_hex(3)}"
        settings = settings_in(tmp_path, data)
        if kind == "postgresql":
            server: PostgresqlServer = request.getfixturevalue("postgresql_server")
            url = server.url(request.getfixturevalue("new_postgresql_database")("template0"))
            return replace(settings, database=url)
        return settings

    return make


def enrol(deployment: Deployment, name: str, unix_s: float = NOW) -> PersonId:
    """Somebody with a photo and a template."""
    person, media, vault = new_person_id(unix_s), deployment.media, deployment.vault
    with deployment.database.begin() as connection:
        People(connection).add(Person(id=person, name=name, created_unix_s=unix_s, updated_unix_s=unix_s))
        media_id = media.put(connection, person_scope(person), "photo", "image/jpeg", FACE + name.encode())
        photo = {
            "id": new_id(unix_s),
            "person_id": person,
            "media_id": media_id,
            "box": [0.5, 1, 2, 3],
            "quality": 0.1,
        }
        connection.execute(insert(PHOTOS).values(**photo, advice=[], fingerprint="f", created_unix_s=unix_s))
        template_id = new_id(unix_s)
        sealed = vault.seal(connection, person_scope(person), FACE[:512], row_binding(TEMPLATES, template_id))
        model = {f"model_{each}": "m" for each in ("name", "version", "digest", "preprocessing")}
        row = {"id": template_id, "person_id": person, "photo_id": photo["id"], "dimension": 128, **model}
        values = {"key_id": sealed.key_id, "sealed_vector": sealed.blob, "created_unix_s": unix_s}
        connection.execute(insert(TEMPLATES).values(**row, **values))
    return person


def add_others(deployment: Deployment) -> None:
    """A user without and one with a list of cameras, a session, events of which the newest is gone."""
    with deployment.database.begin() as connection:
        for name, cameras in (("ann", None), ("Bob Oʻ", ["gate"])):
            times = {"created_unix_s": 0.1, "updated_unix_s": NOW + 1 / 3, "version": 3}
            connection.execute(insert(USERS).values(id=name, name=name, role="viewer", cameras=cameras, **times))
        session = {"token_hash": "h", "user_id": "ann", "csrf_hash": "c"}
        connection.execute(insert(SESSIONS).values(**session, created_unix_s=0, seen_unix_s=0, expires_unix_s=9e9))
        for _ in range(5):
            connection.execute(insert(EVENTS).values(kind="k", subject="s", unix_s=NOW, body='{"a": 1}'))
        connection.execute(delete(EVENTS).where(EVENTS.c.number == 5))


def contents(deployment: Deployment) -> Mapping[str, list[tuple[object, ...]]]:
    """All rows of all tables that are backed up."""
    with deployment.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in TABLES
        }


def everything_opens(deployment: Deployment) -> int:
    """How many templates and pictures there are, each of which is opened."""
    with deployment.database.read() as connection:
        rows = connection.execute(select(TEMPLATES)).all()
        for row in rows:
            sealed = Sealed(row.key_id, row.sealed_vector)
            assert deployment.vault.open(connection, sealed, row_binding(TEMPLATES, row.id)) == FACE[:512]
        photos = connection.execute(select(PHOTOS)).all()
        for photo in photos:
            assert deployment.media.get(connection, photo.media_id)[1].startswith(FACE)
    return len(rows) + len(photos)


def backed_up(deployment: Deployment, name: str = "backup.tar", keys_to: Path | None = None) -> Path:
    path = deployment.settings.data.parent / name
    write_backup(path, deployment.database, deployment.media, NOW, keys_to=keys_to)
    return path


@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_of_either_database_is_restored_into_either(new_place: NewPlace, source: str, target: str) -> None:
    with open_deployment(new_place(source)) as first:
        people = [enrol(first, name) for name in ("Oʻktam", "Ўктам", "名前", "x" * 300)]
        add_others(first)
        with first.database.begin() as connection:
            first.vault.secret(connection, "backup")
        before = contents(first)
        path = backed_up(first)
    assert path.stat().st_mode & 0o777 == 0o600
    settings = new_place(target)
    restored = restore_deployment(settings, path, None, NOW + 5)
    assert (restored.pictures, restored.erased, restored.missing) == (len(people), (), 0)
    with open_deployment(settings) as second:
        assert contents(second) == before
        assert everything_opens(second) == 2 * len(people)
        with second.database.begin() as connection:
            assert last_numbers(connection)["event"] == 5
            connection.execute(insert(EVENTS).values(kind="k", subject="new", unix_s=NOW, body="{}"))
            assert connection.scalar(select(func.max(EVENTS.c.number))) == 6, "no number is given twice"
            assert connection.scalar(select(func.count()).select_from(SESSIONS)) == 0, "sessions do not come back"
        enrol(second, "somebody new")
    left_out = {table.name for table in METADATA.sorted_tables} - before.keys()
    assert left_out == {"session", "setup_link", "login_failure", "idempotency"}


def test_a_backup_of_a_busy_installation_is_one_moment_of_it(new_place: NewPlace) -> None:
    with open_deployment(new_place("sqlite")) as busy:
        enrol(busy, "the first")
        enough, started = threading.Event(), threading.Event()

        def write() -> None:
            number = 0
            while not enough.is_set() and number < 2000:
                enrol(busy, f"person {number}", NOW + number)
                number += 1
                if number == 5:
                    started.set()

        writer = threading.Thread(target=write)
        writer.start()
        started.wait(20)
        paths = [backed_up(busy, f"backup{number}.tar") for number in range(3)]
        enough.set()
        writer.join(20)
    counts = []
    for path in paths:
        settings = new_place("sqlite")
        restored = restore_deployment(settings, path, None, NOW)
        assert restored.missing == 0
        with open_deployment(settings) as second:
            people = len(contents(second)["person"])
            assert everything_opens(second) == 2 * people
            counts.append(people)
    assert counts == sorted(counts)
    assert counts[0] > 1
    assert counts[-1] > counts[0], "the writer went on all the time"


@pytest.fixture
def deployment(new_place: NewPlace) -> Iterator[Deployment]:
    with open_deployment(new_place("sqlite")) as opened:
        yield opened


def test_who_was_erased_since_a_backup_does_not_come_back(deployment: Deployment, new_place: NewPlace) -> None:
    gone, stays = enrol(deployment, "gone"), enrol(deployment, "stays")
    path = backed_up(deployment)
    with deployment.database.begin() as connection:
        People(connection).remove(gone, NOW)
        deployment.vault.destroy(connection, person_scope(gone))
    deployment.vault.finish_destruction(deployment.database)
    settings = new_place("sqlite")
    restored = restore_deployment(settings, path, None, NOW)
    assert restored.erased == (gone,)
    with open_deployment(settings) as second:
        assert [row[0] for row in contents(second)["person"]] == [stays]
        assert everything_opens(second) == 2
        assert len([each for each in second.media.folder.rglob("*") if each.is_file()]) == 1
        with second.database.begin() as connection, pytest.raises(KeyDestroyed):
            second.vault.seal(connection, person_scope(gone), b"x", "t:1")


def test_a_day_that_was_forgotten_since_a_backup_stays_forgotten(deployment: Deployment, new_place: NewPlace) -> None:
    days = [unknown_scope(NOW), unknown_scope(NOW + 86_400)]
    with deployment.database.begin() as connection:
        pictures = [deployment.media.put(connection, day, "crop", "image/jpeg", FACE) for day in days]
    path = backed_up(deployment)
    with deployment.database.begin() as connection:
        deployment.vault.destroy(connection, days[0])
    deployment.vault.finish_destruction(deployment.database)
    settings = new_place("sqlite")
    assert restore_deployment(settings, path, None, NOW).erased == ()
    with open_deployment(settings) as second, second.database.read() as connection:
        assert second.media.get(connection, pictures[1])[1] == FACE
        with pytest.raises(Missing):
            second.media.get(connection, pictures[0])


def test_with_keys_kept_apart_no_backup_shows_who_was_erased_whatever_else_is_known(
    deployment: Deployment, new_place: NewPlace, tmp_path: Path
) -> None:
    gone, stays = enrol(deployment, "gone"), enrol(deployment, "stays")
    keys = tmp_path / "keys.json"
    old = backed_up(deployment, "old.tar", keys)
    assert keys.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BackupError, match=r"keys were kept apart from it\. Give the file: --keys"):
        restore_deployment(new_place("sqlite"), old, None, NOW)
    with deployment.database.begin() as connection:
        deployment.vault.destroy(connection, person_scope(gone))
    backed_up(deployment, "new.tar", keys)
    # A machine that never heard of the erasure: its list of destroyed keys is empty.
    settings = replace(new_place("sqlite"), destroyed_keys=tmp_path / "elsewhere" / "destroyed-keys")
    restored = restore_deployment(settings, old, keys, NOW)
    assert restored.erased == (gone,)
    with open_deployment(settings) as second:
        assert [row[0] for row in contents(second)["person"]] == [stays]
        assert everything_opens(second) == 2
        assert second.vault.destroyed is not None
        assert len(second.vault.destroyed.read()) == 1, "and this machine knows of it from now on"


def test_keys_that_are_no_keys_or_were_changed_are_refused(
    deployment: Deployment, new_place: NewPlace, tmp_path: Path
) -> None:
    enrol(deployment, "somebody")
    keys = tmp_path / "keys.json"
    path = backed_up(deployment, "a.tar", keys)
    good = keys.read_text()
    other = json.loads(good)
    other["destroyed"] = ["x"]
    for content, complaint in (
        ("{}", "holds no keys of nigoh"),
        ("[" * 100_000, "holds no keys of nigoh"),
        (json.dumps(other), "were changed since"),
        (good.replace('"nigoh_keys":1', '"nigoh_keys":2'), "newer nigoh"),
    ):
        keys.write_text(content)
        with pytest.raises(BackupError, match=complaint):
            restore_deployment(new_place("sqlite"), path, keys, NOW)
    keys.write_text("my diary")
    with pytest.raises(BackupError, match="holds no keys"):
        backed_up(deployment, "b.tar", keys)
    assert keys.read_text() == "my diary"
    assert not (tmp_path / "b.tar").exists()


def test_the_place_has_to_be_empty(deployment: Deployment, new_place: NewPlace, tmp_path: Path) -> None:
    path = backed_up(deployment)
    with pytest.raises(BackupError, match=r"is not empty: it holds"):
        restore_deployment(deployment.settings, path, None, NOW)
    settings = new_place("sqlite")
    with pytest.raises(BackupError, match=r"the database .* is not empty"):
        restore_deployment(replace(settings, database=deployment.settings.database), path, None, NOW)
    assert not settings.data.exists()
    with pytest.raises(BackupError, match="exists already"):
        backed_up(deployment)
    assert len(list(tmp_path.glob("*.part"))) == 0


def test_a_restore_that_was_not_finished_is_not_started_with(deployment: Deployment, new_place: NewPlace) -> None:
    path = backed_up(deployment)
    settings = new_place("sqlite")
    restore_deployment(settings, path, None, NOW)
    (settings.data / "restore-unfinished").touch()
    with pytest.raises(ConfigError, match=r"was not finished\. Empty the folder"):
        open_deployment(settings)


def test_the_master_key_has_to_be_there(deployment: Deployment, new_place: NewPlace, tmp_path: Path) -> None:
    path = backed_up(deployment)
    other = KeyFile(tmp_path / "other" / "master.key")
    settings = replace(new_place("sqlite"), master_key=other)
    with pytest.raises(ConfigError, match="is missing"):
        restore_deployment(settings, path, None, NOW)
    write_key_file(other.path, MasterKey.generate())
    with pytest.raises(BackupError, match=r"needs the master key .{8}…, which is not here"):
        restore_deployment(settings, path, None, NOW)
    assert not settings.data.exists()


def test_nothing_is_backed_up_while_the_master_key_changes(deployment: Deployment) -> None:
    enrol(deployment, "somebody")
    source = deployment.settings.master_key
    new = source.prepare_next()

    class Killed(BaseException):
        pass

    def end(done: int) -> None:
        raise Killed(done)

    with pytest.raises(Killed):
        rotate_master(deployment.vault, deployment.database, new, told=end, at_once=1)
    with pytest.raises(BackupError, match=r"is being rotated\. Run: nigoh vault rotate"):
        backed_up(deployment)
    rotate_master(deployment.vault, deployment.database, new)
    source.take_next()
    backed_up(deployment)


# --- Backups that were touched ------------------------------------------------------------------------------------

Members = list[tuple[tarfile.TarInfo, bytes]]


def members(path: Path) -> Members:
    with tarfile.open(path) as tar:
        return [(info, content) for info, (_, content) in zip(tar, read_members(path), strict=True)]


def packed(found: Members, path: Path) -> Path:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for info, content in found:
            info.size = len(content) if info.type == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content))
    return path


def renamed(name: str) -> Callable[[Members], Members]:
    def change(found: Members) -> Members:
        found[3][0].name = name
        return found

    return change


def of_type(kind: bytes, link: str) -> Callable[[Members], Members]:
    def change(found: Members) -> Members:
        found[3][0].type, found[3][0].linkname = kind, link
        return found

    return change


def with_content(number: int, old: bytes, new: bytes) -> Callable[[Members], Members]:
    def change(found: Members) -> Members:
        at = next(at for at, (info, content) in enumerate(found) if old in content and at >= number)
        found[at] = (found[at][0], found[at][1].replace(old, new))
        return found

    return change


def signed_again(found: Members) -> Members:
    """By somebody who makes a user an administrator, and the manifest right, but has no keys."""
    found = with_content(0, b'"viewer"', b'"administrator"')(found)
    lines = [f"{hashlib.sha256(content).hexdigest()}  {info.name}\n" for info, content in found[:-2]]
    found[-2] = (found[-2][0], "".join(lines).encode())
    return found


def without(number: int) -> Callable[[Members], Members]:
    return lambda found: found[:number] + (found[number + 1 :] if number != -1 else [])


TOUCHED: dict[str, tuple[Callable[[Members], Members], str]] = {
    "a path out of the folder": (renamed("../../etc/cron.d/x"), "holds what no backup holds"),
    "an absolute path": (renamed("/etc/passwd"), "holds what no backup holds"),
    "a path within a name": (renamed("media/aa/../../../x"), "holds what no backup holds"),
    "a very long name": (renamed("tables/" + "x" * 200), "holds what no backup holds"),
    "a symbolic link": (of_type(tarfile.SYMTYPE, "/etc/passwd"), "holds what no backup holds"),
    "a hard link": (of_type(tarfile.LNKTYPE, "nigoh-backup.json"), "holds what no backup holds"),
    "a device": (of_type(tarfile.CHRTYPE, ""), "holds what no backup holds"),
    "a folder": (of_type(tarfile.DIRTYPE, ""), "holds what no backup holds"),
    "a part twice": (lambda found: [*found[:4], found[3], *found[4:]], "holds what no backup holds"),
    "a part too few": (without(3), "lacks a part"),
    "no header": (without(0), "is no backup"),
    "no signature": (without(-1), "is not whole"),
    "a changed row": (with_content(0, b'"viewer"', b'"admini"'), "is damaged in tables/user_account"),
    "a changed row with its digest": (signed_again, "not written by this installation, or was changed"),
    "a newer form": (with_content(0, b'"form":1', b'"form":2'), "was made by a newer nigoh"),
    "newer tables": (with_content(0, b'"revision":"', b'"revision":"9'), "was made by a newer nigoh"),
    "a header of nothing": (lambda found: [(found[0][0], b"{}"), *found[1:]], "is no backup"),
    "a header of brackets": (lambda found: [(found[0][0], b"[" * 100_000), *found[1:]], "is no backup"),
    "a picture for another": (
        lambda found: [(info, b"x" if info.name.startswith("media/") else content) for info, content in found],
        "is damaged in media/",
    ),
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, DeploymentSettings]:
    """A backup, and an empty place that has its master key."""
    folder = tmp_path_factory.mktemp("sample")
    settings = settings_in(folder, folder / "data")
    settings.master_key.make()
    with open_deployment(settings) as deployment:
        enrol(deployment, "somebody")
        add_others(deployment)
        path = backed_up(deployment)
    return path, settings_in(folder, folder / "empty")


@pytest.mark.parametrize("case", TOUCHED)
def test_a_backup_that_was_touched_is_refused_before_anything_is_made(
    sample: tuple[Path, DeploymentSettings], tmp_path: Path, case: str
) -> None:
    backup, settings = sample
    change, complaint = TOUCHED[case]
    path = packed(change(members(backup)), tmp_path / "touched.tar")
    with pytest.raises(BackupError, match=complaint) as error:
        restore_deployment(settings, path, None, NOW)
    assert error.value.next_step
    assert not settings.data.exists()


def test_a_backup_cut_short_anywhere_is_refused(sample: tuple[Path, DeploymentSettings], tmp_path: Path) -> None:
    backup, settings = sample
    content = backup.read_bytes()
    path = tmp_path / "short.tar"
    whole = len(content.rstrip(b"\0"))
    for size in (0, 1, 511, 512, 600, 2000, whole // 2, whole - 600, whole - 1):
        path.write_bytes(content[:size])
        with pytest.raises(BackupError):
            restore_deployment(settings, path, None, NOW)
    for other in (b"not a tar file" * 100, bytes(2048), b"\xff" * 2048):
        path.write_bytes(other)
        with pytest.raises(BackupError):
            restore_deployment(settings, path, None, NOW)
    with pytest.raises(BackupError, match="cannot be read"):
        restore_deployment(settings, tmp_path / "nothing.tar", None, NOW)
    assert not settings.data.exists()


def test_a_part_that_says_it_is_huge_is_not_read(new_place: NewPlace, tmp_path: Path) -> None:
    info = tarfile.TarInfo("nigoh-backup.json")
    info.size = 8 * 1024**3 - 1
    path = tmp_path / "huge.tar"
    with path.open("wb") as file:
        file.write(info.tobuf(tarfile.USTAR_FORMAT))
        file.truncate(info.size)
    with pytest.raises(BackupError, match="a part that is too large"):
        restore_deployment(new_place("sqlite"), path, None, NOW)


def test_a_pictures_file_that_is_lost_does_not_stop_a_backup(deployment: Deployment, new_place: NewPlace) -> None:
    enrol(deployment, "one")
    enrol(deployment, "two")
    first, second = (path for path in deployment.media.folder.rglob("*") if path.is_file())
    first.unlink()
    second.write_bytes(b"damaged")
    path = deployment.settings.data.parent / "b.tar"
    summary = write_backup(path, deployment.database, deployment.media, NOW)
    assert isinstance(summary, Summary)
    assert sorted(summary.missing) == sorted([first.name, second.name])
    assert restore_deployment(new_place("sqlite"), path, None, NOW).missing == 2
