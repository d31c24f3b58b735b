"""A backup that an older nigoh made is restored, and brought to the newest tables."""

import hashlib
import hmac
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select

from nigoh.config.deployment_settings import DeploymentSettings
from nigoh.config.master_key import KeyFile
from nigoh.deployment_wiring import Deployment, open_deployment, restore_deployment
from nigoh.domain.camera_sighting import Stage
from nigoh.domain.people import Person
from nigoh.domain.sighting import PersonId
from nigoh.storage.backup import write_backup
from nigoh.storage.backup_format import HEADER, MAC, MAC_SECRET, MANIFEST, SUMMARY, manifest_line
from nigoh.storage.backup_reader import read_members
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.migrations import migrate, revision_of
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.database.tables import EVENTS, USERS
from nigoh.storage.vault.scopes import person_scope
from nigoh.testing.postgresql_server import PostgresqlServer
from nigoh.testing.told_sightings import later_word, told_sighting

FIRST_WITH_BACKUPS = "0003"
NOW = 1.8e9
FACE = b"\xff\xd8 a face \xff\xd9"

Columns = Mapping[str, frozenset[str]]


def columns_at(revision: str, folder: Path) -> Columns:
    """The columns of all tables as they were at a revision."""
    with Database(f"sqlite:///{folder / 'old.sqlite'}") as database:
        migrate(database, revision)
        with database.read() as connection:
            looked = inspect(connection)
            return {
                table: frozenset(str(column["name"]) for column in looked.get_columns(table))
                for table in looked.get_table_names()
            }


def as_it_was(name: str, content: bytes, revision: str, columns: Columns) -> bytes | None:
    """A part of a backup as the program of that revision wrote it; None: it had no such part."""
    if name == HEADER:
        return json.dumps(json.loads(content) | {"revision": revision, "nigoh": "0.1"}).encode()
    if name == SUMMARY:
        summary = json.loads(content)
        for each in ("rows", "numbering"):
            summary[each] = {table: number for table, number in summary[each].items() if table in columns}
        return json.dumps(summary).encode()
    if not name.startswith("tables/"):
        return content
    table = name.split("/")[1]
    if table not in columns:
        return None
    head, *rows = (json.loads(line) for line in content.splitlines())
    kept = [place for place, column in enumerate(head) if column in columns[table]]
    return b"".join(json.dumps([row[place] for place in kept]).encode() + b"\n" for row in (head, *rows))


def aged(backup: Path, revision: str, secret: bytes, columns: Columns) -> Path:
    """The backup as the program of an older revision made it, signed by the installation."""
    path, manifest = backup.with_name("old.tar"), ""
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:

        def add(name: str, content: bytes) -> None:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))

        for name, content in read_members(backup):
            old = None if name in {MANIFEST, MAC} else as_it_was(name, content, revision, columns)
            if old is not None:
                add(name, old)
                manifest += manifest_line(name, hashlib.sha256(old).hexdigest())
        add(MANIFEST, manifest.encode())
        add(MAC, hmac.digest(secret, manifest.encode(), "sha256").hex().encode())
    return path


def fill(deployment: Deployment) -> str:
    """Somebody, who was seen, and a user; the identifier of a picture."""
    person = PersonId("ann")
    with deployment.database.begin() as connection:
        People(connection).add(Person(id=person, name="Ann", created_unix_s=NOW, updated_unix_s=NOW))
        media_id = deployment.media.put(connection, person_scope(person), "crop", "image/jpeg", FACE)
        told = told_sighting("s1", person="ann")
        Sightings(connection).put(told, media_id)
        Sightings(connection).put(later_word(told, Stage.LEFT))
        connection.execute(insert(EVENTS).values(kind="sighting.left", subject="s1", unix_s=NOW, body="{}"))
        times = {"created_unix_s": NOW, "updated_unix_s": NOW, "version": 1}
        connection.execute(insert(USERS).values(id="u1", name="zilola", role="viewer", cameras=None, **times))
    return media_id


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_of_older_tables_is_restored_into_the_newest(
    tmp_path: Path, target: str, request: pytest.FixtureRequest
) -> None:
    key = KeyFile(tmp_path / "conf" / "master.key")
    key.make()
    destroyed = tmp_path / "conf" / "destroyed-keys"

    def place(name: str, url: str = "") -> DeploymentSettings:
        data = tmp_path / name
        address = url or f"sqlite:///{data}/nigoh.db"
        return DeploymentSettings(data=data, database=address, master_key=key, destroyed_keys=destroyed)

    columns = columns_at(FIRST_WITH_BACKUPS, tmp_path)
    assert "person" in columns
    assert "merged_person" not in columns, "it is newer"
    with open_deployment(place("source")) as source:
        media_id = fill(source)
        with source.database.begin() as connection:
            secret = source.vault.secret(connection, MAC_SECRET)
        write_backup(tmp_path / "new.tar", source.database, source.media, NOW)
        old = aged(tmp_path / "new.tar", FIRST_WITH_BACKUPS, secret, columns)
    url = ""
    if target == "postgresql":
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        url = server.url(request.getfixturevalue("new_postgresql_database")("template0"))
    restored = restore_deployment(place("restored", url), old, None, NOW + 1)
    assert (restored.pictures, restored.erased) == (1, ())
    with open_deployment(place("restored", url)) as again, again.database.read() as connection:
        assert revision_of(again.database).is_newest
        seen = Sightings(connection).get("s1")
        assert seen is not None
        assert (seen.person, seen.stage, seen.media_id) == ("ann", Stage.LEFT, media_id)
        assert again.media.get(connection, media_id) == ("image/jpeg", FACE)
        assert People(connection).get(PersonId("ann")) is not None
        assert connection.scalar(select(USERS.c.name)) == "zilola"
        assert Events(connection).newest() == 1
