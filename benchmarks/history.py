"""How long it takes to find every past track that resembles a face, among 100,000 of them.

    .venv/bin/python benchmarks/history.py [--tracks 100000] [--probes 200]

Made-up tracks of a month on 200 cameras, sealed as the intake seals them, in SQLite; every hundredth resembles one of
the probes. Measured: reading and opening all of them once, which `nigoh up` does in the background when it starts; a
search in memory; the whole search as the API does it, with 50 sightings of the answer read, checked and written into
the audit; taking up 1,000 tracks that came since; and the search of what is too old to be kept in memory, which is
read and opened each time.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sqlalchemy import select

from nigoh.config.settings import VisionSettings
from nigoh.domain.geometry import Floats
from nigoh.domain.history import HistoryFilter
from nigoh.domain.identifiers import new_id
from nigoh.domain.master_key import MasterKey
from nigoh.domain.page import PageQuery
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import Templates
from nigoh.evaluation.machine import describe_machine
from nigoh.office.actor import Actor
from nigoh.office.history_office import HistoryOffice
from nigoh.office.photo_examiner import PhotoExaminer
from nigoh.office.sighting_writing import SightingWriter
from nigoh.office.track_history import HistoryLimits, TrackHistory
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.storage.database.tables import SIGHTINGS
from nigoh.storage.media import MediaStore
from nigoh.storage.track_feed import TrackFeed
from nigoh.storage.vault.vault import Vault
from nigoh.testing.told_sightings import told_sighting
from nigoh.wiring import build_vision
from results import console, save_result, show_table
from sighting_material import FIRST_UNIX_S, MODEL

MONTH_S = 30 * 86_400.0
LIKE = 100
BATCH = 500
WANTED = HistoryFilter(least=0.4)


def make_tracks(
    count: int, probes: Floats, seed: int, begin_unix_s: float = FIRST_UNIX_S
) -> Iterator[SpooledSighting]:
    """Tracks of a month, by time."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        vector = rng.standard_normal(MODEL.dimension).astype(np.float32)
        vector /= np.linalg.norm(vector)
        if number % LIKE == 0:
            vector = 0.7 * vector + probes[number // LIKE % len(probes)]
            vector /= np.linalg.norm(vector)
        first = begin_unix_s + number * MONTH_S / max(count, 1)
        told = told_sighting(new_id(first), camera=f"camera-{number % 200:03d}", first_unix_s=first)
        told = replace(told, sighting=replace(told.sighting, track=number))
        yield SpooledSighting(told=told, template=TrackTemplate(vector.astype(np.float32).tobytes(), MODEL))


def store(database: Database, media: MediaStore, news: Iterator[SpooledSighting]) -> None:
    """Write them as the intake does."""
    writer = SightingWriter(media.vault, media)
    while batch := [each for _, each in zip(range(BATCH), news, strict=False)]:
        with database.begin() as connection:
            writer.write(connection, batch, FIRST_UNIX_S)


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    begun_s = time.perf_counter()
    action()
    return (time.perf_counter() - begun_s) * 1e3


def quantiles(times_ms: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"median_ms": statistics.median(times_ms), "p95_ms": statistics.quantiles(times_ms, n=20)[-1]}


def resident_mib() -> float:
    """The most that this process has had in memory."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure_whole(database: Database, history: TrackHistory) -> list[float]:
    """Milliseconds of searches by a sighting, each with its page and its line in the audit."""
    examiner = PhotoExaminer(build_vision(VisionSettings()).analyser)
    office = HistoryOffice(database, examiner, history, now=time.time)
    with database.read() as connection:
        chosen = select(SIGHTINGS.c.id).order_by(SIGHTINGS.c.first_unix_s)
        some = connection.scalars(chosen).all()[:: LIKE * 5][:200]
    actor, query = Actor("benchmark"), PageQuery(50)
    return [timed(partial(office.search_like, actor, each, WANTED, query)) for each in some]


def measure(folder: Path, tracks: int, probe_count: int) -> dict[str, object]:
    """All figures."""
    rng = np.random.default_rng(0)
    probes = rng.standard_normal((probe_count, MODEL.dimension)).astype(np.float32)
    probes /= np.linalg.norm(probes, axis=1, keepdims=True)
    with Database(f"sqlite:///{folder / 'nigoh.db'}") as database:
        migrate(database)
        media = MediaStore(folder / "media", Vault(MasterKey.generate(), database))
        console.print(f"storing {tracks:,} tracks")
        store(database, media, make_tracks(tracks, probes, 1))
        feed = TrackFeed(database, media.vault, MODEL)
        turned = feed.turned(Templates(probes, MODEL))
        history = TrackHistory(feed)
        before_mib = resident_mib()
        begin_ms = timed(history.follow)
        memory_mib = resident_mib() - before_mib
        in_memory = [timed(partial(history.search, probe, WANTED)) for probe in turned]
        found = len(history.search(turned[0], WANTED))
        whole = measure_whole(database, history)
        store(database, media, make_tracks(1000, probes, 2, FIRST_UNIX_S + MONTH_S))
        follow_ms = timed(partial(history.search, turned[0], WANTED))
        scan = TrackHistory(feed, HistoryLimits(most_tracks=1000))
        scan.follow()
        scan_ms = timed(partial(scan.search, turned[0], WANTED))
    return {
        "tracks": tracks,
        "found_of_first_probe": found,
        "read_at_start_s": begin_ms / 1e3,
        "memory_mib": memory_mib,
        "search_in_memory": quantiles(in_memory),
        "whole_search": quantiles(whole),
        "with_1000_new_tracks_ms": follow_ms,
        "not_in_memory_s": scan_ms / 1e3,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure searches in the past.")
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--probes", type=int, default=200)
    parser.add_argument("--results", type=Path, help="folder of the result file")
    asked = parser.parse_args()
    machine = describe_machine()
    console.print(str(machine))
    with TemporaryDirectory(prefix="nigoh-bench-") as folder:
        figures = measure(Path(folder), asked.tracks, asked.probes)
    flat = [(name, value) for name, value in figures.items() if not isinstance(value, dict)]
    flat += [(f"{n} {m}", v) for n, each in figures.items() if isinstance(each, dict) for m, v in each.items()]
    show_table("searches in the past", ("what", "figure"), [(name, f"{value:,.2f}") for name, value in flat])
    save_result("history", {"machine": machine.as_json()} | figures, asked.results)


if __name__ == "__main__":
    main()
