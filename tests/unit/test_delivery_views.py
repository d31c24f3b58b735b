"""What anybody sees of sightings on their way: in the metrics, and from nigoh doctor."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families as parse

from nigoh.cli.delivery_checks import check_outbox, check_room, check_spools
from nigoh.cli.machine_checks import Outcome
from nigoh.domain.intake import IntakeCounts
from nigoh.domain.outbox import OutboxCount
from nigoh.domain.records import Event, EventKind
from nigoh.errors import DatabaseUnavailable
from nigoh.office.sighting_intake import IntakeState
from nigoh.server.delivery_metrics import DeliveryCollector, DeliveryViews
from nigoh.storage.database.database import Database
from nigoh.storage.database.events import Events
from nigoh.storage.database.outbox import Outbox
from nigoh.storage.spool import Spool, SpoolLimits
from nigoh.storage.spool_backlog import SpoolBacklog, spool_backlog
from nigoh.storage.spool_format import segment_path, segments
from nigoh.storage.spool_reader import ReadingCounts, SpoolReader
from nigoh.storage.spool_room import spool_folder

KEY = bytes(range(32))
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "delivery.md"
SMALL = SpoolLimits(segment_bytes=200, least_free_bytes=0)
STATE = IntakeState(
    IntakeCounts(read=10, stored=7, replayed=2, refused=1), ReadingCounts(), 4096, 0.25, "the database is away"
)


def away() -> tuple[OutboxCount, ...]:
    raise DatabaseUnavailable("the database cannot be reached", "Start it.")


def told(views: DeliveryViews) -> dict[tuple[str, str], float]:
    registry = CollectorRegistry()
    registry.register(DeliveryCollector(views))
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in parse(generate_latest(registry).decode())
        for sample in family.samples
    }


def test_the_metrics_say_what_waits_what_was_stored_and_what_is_wrong() -> None:
    outbox = (OutboxCount(sink="broker", rows=12, oldest=3),)
    found = told(DeliveryViews(intake=lambda: STATE, lost=lambda: 4, outbox=lambda: outbox))
    assert found == {
        ("nigoh_delivery_waiting_bytes", ""): 4096,
        ("nigoh_delivery_lag_seconds", ""): 0.25,
        ("nigoh_delivery_stalled", ""): 1,
        ("nigoh_delivery_lost_sightings_total", ""): 4,
        ("nigoh_delivery_sightings_total", "stored"): 7,
        ("nigoh_delivery_sightings_total", "replayed"): 2,
        ("nigoh_delivery_sightings_total", "unknown"): 0,
        ("nigoh_delivery_sightings_total", "refused"): 1,
        ("nigoh_outbox_waiting_events", "broker"): 12,
    }
    document = DOCUMENT.read_text("utf-8")
    assert [name for name, _ in found if f"`{name}`" not in document] == []


def test_while_the_database_is_away_the_rest_is_still_told() -> None:
    found = told(DeliveryViews(intake=lambda: STATE, lost=lambda: 0, outbox=away))
    assert ("nigoh_delivery_stalled", "") in found
    assert ("nigoh_outbox_waiting_events", "broker") not in found


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with Spool(spool_folder(tmp_path / "spools", "engine"), KEY, SMALL) as found:
        yield found


def test_what_waits_in_spools_is_seen_without_their_key(spool: Spool, tmp_path: Path) -> None:
    root = tmp_path / "spools"
    assert spool_backlog(tmp_path / "nowhere") == SpoolBacklog()
    assert spool_backlog(root) == SpoolBacklog()
    for number in range(20):
        spool.append([b"news %d" % number])
    os.utime(segment_path(root / "engine", min(segments(root / "engine"))), (1000.0, 1000.0))
    with SpoolReader(root / "engine", KEY) as reader:
        assert spool_backlog(root).since_unix_s == 1000.0
        assert 20 * len(b"news 1") < spool_backlog(root).bytes <= reader.backlog_bytes()
        batch = reader.read(19, 10_000)
        reader.acknowledge(batch.end)
        assert 0 < spool_backlog(root).bytes < 100
        reader.acknowledge(reader.read(1, 10_000).end)
    assert spool_backlog(root).bytes == 0


def test_the_doctor_says_of_what_waits_too_long_what_to_look_at(spool: Spool, tmp_path: Path) -> None:
    root = tmp_path / "spools"
    assert check_spools(root, 1000.0).outcome is Outcome.OK
    spool.append([b"news"])
    os.utime(segment_path(root / "engine", max(segments(root / "engine"))), (1000.0, 1000.0))
    assert check_spools(root, 1010.0).outcome is Outcome.OK
    stuck = check_spools(root, 1000.0 + 3600)
    assert stuck.outcome is Outcome.FAILED
    assert "for 3600 s" in stuck.detail
    assert "nigoh up takes them in" in stuck.detail
    (root / "engine" / "0000000000000009.foreign").touch()
    assert "another key" in check_spools(root, 1010.0).detail


def test_the_doctor_says_what_waits_for_whom(sqlite_database: Database) -> None:
    (nothing,) = check_outbox(sqlite_database)
    assert (nothing.outcome, nothing.detail) == (Outcome.OK, "none wait")
    with sqlite_database.begin() as connection:
        event = Event(kind=EventKind.SIGHTING_LEFT, camera="gate", subject="a", unix_s=1.0, body="{}")
        outbox, numbers = Outbox(connection), Events(connection).add_many([event, event])
        outbox.add(["broker"], numbers)
        outbox.failed("broker", numbers[:1], "it refuses", 5.0)
    (waits,) = check_outbox(sqlite_database)
    assert waits.detail == "2 wait for broker, which failed: it refuses"


def test_the_doctor_looks_for_room_where_spools_and_pictures_are(tmp_path: Path) -> None:
    plenty = check_room(tmp_path, least_free_bytes=1)
    assert (plenty.outcome, str(tmp_path) in plenty.detail) == (Outcome.OK, True)
    little = check_room(tmp_path, least_free_bytes=1 << 62)
    assert (little.outcome, "Make room" in little.detail) == (Outcome.FAILED, True)
