"""There is one way to erase somebody, whoever asks for it: a command or the API."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from nigoh.cli import people, privacy
from nigoh.config.deployment_settings import deployment_settings
from nigoh.config.environment import DeploymentEnvironment
from nigoh.deployment_wiring import open_deployment
from nigoh.domain.sighting import PersonId
from nigoh.engine.gallery_follower import GalleryFollower
from nigoh.storage.database.people import People
from nigoh.storage.database.sightings import Sightings
from nigoh.storage.gallery_feed import GalleryFeed
from nigoh.testing.stored_person import StoredPerson, store_person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import click

    from nigoh.deployment_wiring import Deployment
    from nigoh.domain.gallery_change import GalleryChange


class Followed:
    """Who is enrolled, as an engine knows it; the event is set when nobody is."""

    def __init__(self) -> None:
        self.people: set[PersonId] = set()
        self.nobody = threading.Event()

    def tell(self, changes: Sequence[GalleryChange]) -> None:
        for change in changes:
            (self.people.discard if change.terms is None else self.people.add)(change.person)
        if not self.people:
            self.nobody.set()


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Iterator[Deployment]:
    data, key = tmp_path / "data", tmp_path / "master.key"
    data.mkdir(mode=0o700)
    (data / "nigoh.db").write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("NIGOH_DATA", str(data))
    monkeypatch.setenv("NIGOH_MASTER_KEY_FILE", str(key))
    with open_deployment(deployment_settings(DeploymentEnvironment(data=data), master_key_file=key)) as opened:
        yield opened


@pytest.fixture
def stored(deployment: Deployment) -> StoredPerson:
    return store_person(deployment.database, deployment.media, deployment.settings.data / "recordings")


def names(deployment: Deployment) -> list[PersonId | None]:
    """Who sightings are of, and whom they resemble."""
    with deployment.database.read() as connection:
        found = [Sightings(connection).get(each) for each in ("gate-01joktam-0", "gate-01joktam-1")]
        similar = Sightings(connection).get("yard-01joktam-similar")
    assert similar is not None
    return [*(each.person for each in found if each is not None), *(each.person for each in similar.candidates)]


@pytest.mark.parametrize(("command", "verb"), [(people.command, "remove"), (privacy.command, "erase")])
def test_a_command_erases_somebody_wherever_they_are(
    deployment: Deployment, stored: StoredPerson, command: click.Command, verb: str
) -> None:
    assert PersonId("01joktam") in names(deployment)
    seen = Followed()
    with GalleryFollower(GalleryFeed(deployment.database, deployment.vault), seen.tell):
        assert seen.people == {stored.person.id}
        words = [verb, stored.person.name, "--yes", "--reason", "letter", "--json"]
        done = CliRunner(catch_exceptions=False).invoke(command, words, standalone_mode=False)
        assert seen.nobody.wait(20), "a running engine is told of it"
    report = json.loads(done.stdout)
    counted = {name: report[name] for name in ("photos", "templates", "negatives", "sightings", "crops", "clips")}
    assert counted == {"photos": 2, "templates": 2, "negatives": 1, "sightings": 2, "crops": 2, "clips": 2}
    assert (report["keys"], report["mentions"], done.return_value) == (1, 1, 0)
    assert names(deployment) == [None, None, PersonId("01joktamx")]
    assert not any((deployment.settings.data / "recordings" / each).exists() for each in stored.recordings)


def test_nobody_of_that_name_is_said_as_such(deployment: Deployment, stored: StoredPerson) -> None:
    runner: Callable[..., object] = CliRunner(catch_exceptions=False).invoke
    with pytest.raises(Exception, match="nobody has exactly this name or identifier: Bobur"):
        runner(people.command, ["remove", "Bobur", "--yes"], standalone_mode=False)
    with deployment.database.read() as connection:
        assert People(connection).get(stored.person.id) is not None
