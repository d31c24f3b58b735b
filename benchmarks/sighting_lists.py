"""What database.py asks of a million sightings: every kind of list that the API has."""

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from nigoh.domain.page import PageQuery
from nigoh.domain.records import Verdict
from nigoh.domain.sighting import CameraId, PersonId, Status
from nigoh.domain.sighting_filter import SightingFilter
from nigoh.storage.database.database import Database
from nigoh.storage.database.sightings import Sightings
from sighting_material import FILLED_PER_S, FIRST_UNIX_S, Crowd

CROWD = Crowd()
_DAY_S = 86_400.0
_NAMED = frozenset({Status.KNOWN, Status.WANTED})
_PAGE = 50

Figures = dict[str, float]
Draw = Callable[[random.Random, float], SightingFilter]
"""Draws a filter; the time is that of the newest sighting."""


def list_many(database: Database, draw: Draw, count: int, rows: int, *, seed: int) -> Figures:
    """Milliseconds of the first page of so many lists, and of the second of those that have one."""
    times_ms: list[float] = []
    for wanted in _drawn(draw, count, rows, seed):
        cursor: str | None = None
        for _ in range(2):
            began_s = time.perf_counter()
            with database.read() as connection:
                cursor = Sightings(connection).page(wanted, PageQuery(_PAGE, cursor)).next_cursor
            times_ms.append((time.perf_counter() - began_s) * 1000)
            if cursor is None:
                break
    return _figures(times_ms)


def count_many(database: Database, draw: Draw, count: int, rows: int, *, seed: int) -> Figures:
    """Milliseconds of counting what such lists hold, as far as the API counts."""
    times_ms: list[float] = []
    for wanted in _drawn(draw, count, rows, seed):
        began_s = time.perf_counter()
        with database.read() as connection:
            Sightings(connection).count(wanted)
        times_ms.append((time.perf_counter() - began_s) * 1000)
    return _figures(times_ms)


def _figures(times_ms: list[float]) -> Figures:
    times_ms.sort()
    return {
        "asked": len(times_ms),
        "median_ms": statistics.median(times_ms),
        "p95_ms": times_ms[int(0.95 * len(times_ms))],
        "p99_ms": times_ms[int(0.99 * len(times_ms))],
        "max_ms": times_ms[-1],
    }


def _drawn(draw: Draw, count: int, rows: int, seed: int) -> Iterator[SightingFilter]:
    chance = random.Random(seed)  # noqa: S311 - filters
    last_unix_s = FIRST_UNIX_S + rows / FILLED_PER_S
    return (draw(chance, last_unix_s) for _ in range(count))


def _newest(chance: random.Random, _last_unix_s: float) -> SightingFilter:
    return SightingFilter(newest_first=chance.random() < 0.7)


def _by_time(chance: random.Random, last_unix_s: float) -> SightingFilter:
    until_unix_s = last_unix_s - chance.random() * 28 * _DAY_S
    span_s = chance.choice([3_600.0, _DAY_S, 7 * _DAY_S])
    return replace(_newest(chance, 0), since_unix_s=until_unix_s - span_s, until_unix_s=until_unix_s)


def _by_camera(chance: random.Random, _last_unix_s: float) -> SightingFilter:
    return replace(_newest(chance, 0), cameras=_cameras(chance, chance.choice([1, 1, 1, 5, 40])))


def _by_person(chance: random.Random, _last_unix_s: float) -> SightingFilter:
    return replace(_newest(chance, 0), person=_person(chance))


def _by_status(chance: random.Random, _last_unix_s: float) -> SightingFilter:
    return replace(_newest(chance, 0), statuses=chance.choice([_NAMED, *(frozenset({each}) for each in Status)]))


def _by_verdict(chance: random.Random, _last_unix_s: float) -> SightingFilter:
    return replace(_newest(chance, 0), verdict=chance.choice(list(Verdict)))


def _by_score(chance: random.Random, _last_unix_s: float) -> SightingFilter:
    return replace(_newest(chance, 0), least_score=chance.choice([0.3, 0.5, 0.8, 0.95]))


def _by_anything(chance: random.Random, last_unix_s: float) -> SightingFilter:
    """Any of them at once, or none."""
    return SightingFilter(
        cameras=chance.choice([None, None, *(_cameras(chance, some) for some in (1, 5, 40))]),
        person=chance.choice([None, None, None, _person(chance)]),
        statuses=chance.choice([None, None, _NAMED, *(frozenset({status}) for status in Status)]),
        verdict=chance.choice([None, None, None, *Verdict]),
        least_score=chance.choice([None, None, 0.3, 0.5, 0.8, 0.95]),
        since_unix_s=chance.choice([None, None, *(last_unix_s - days * _DAY_S for days in (1, 7, 20))]),
        until_unix_s=chance.choice([None, None, *(last_unix_s - days * _DAY_S for days in (0.5, 10))]),
        newest_first=chance.random() < 0.7,
    )


def _cameras(chance: random.Random, count: int) -> frozenset[CameraId]:
    every = [CameraId(f"camera-{number:03d}") for number in range(CROWD.cameras)]
    return frozenset(itertools.islice(chance.sample(every, count), count))


def _person(chance: random.Random) -> PersonId:
    return PersonId(f"person-{int(CROWD.people * chance.random() ** 3):05d}")


KINDS: Mapping[str, Draw] = {
    "everything": _newest,
    "by time": _by_time,
    "by camera": _by_camera,
    "by person": _by_person,
    "by status": _by_status,
    "by verdict": _by_verdict,
    "by least score": _by_score,
    "by all of these": _by_anything,
}
