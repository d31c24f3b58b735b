"""Made-up sightings in bulk, and spools full of them."""

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nigoh.domain.camera_sighting import CameraSighting, Stage
from nigoh.domain.identifiers import new_id
from nigoh.domain.sighting import Candidate, PersonId, Sighting, Status
from nigoh.domain.spooled_sighting import SpooledSighting, TrackTemplate
from nigoh.domain.template import ModelIdentity
from nigoh.storage.sighting_spool import spool_sightings
from nigoh.storage.spool import Spool, SpoolLimits
from nigoh.storage.spool_room import spool_folder
from nigoh.testing.told_sightings import later_word, told_sighting

MODEL = ModelIdentity("sface", "2021dec", "ab" * 32, "align5-112/rgb/0..255", 128)
FIRST_UNIX_S = 1_790_000_000.0
FILLED_PER_S = 0.4
"""A million sightings are those of a month."""

_SPOOL = SpoolLimits(most_bytes=16 * 1024**3, least_free_bytes=0)
_BATCH = 500
_SHARDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who is seen.

    Attributes:
        cameras: how many; the busiest are seen far more often than the others.
        people: enrolled ones; the same.
        per_s: sightings a second, of all cameras.
        known: share of sightings that name somebody.
        picture_bytes: of each word's picture; 0: none.
        stay: so many others appear before one leaves: few words of one track meet in a transaction. None: each
            sighting is one word, that it has left.
    """

    cameras: int = 200
    people: int = 2_000
    per_s: float = 10.0
    known: float = 0.35
    picture_bytes: int = 0
    stay: int | None = None


def sightings(crowd: Crowd, count: int, seed: int = 1) -> Iterator[CameraSighting]:
    """First words about tracks, by time; the same for a seed, but for their identifiers."""
    chance = random.Random(seed)  # noqa: S311 - made-up people
    now = FIRST_UNIX_S
    for number in range(count):
        now += chance.expovariate(crowd.per_s)
        told = told_sighting(new_id(now), camera=f"camera-{int(crowd.cameras * chance.random() ** 2):03d}")
        sighting = _decided(replace(told.sighting, track=number), crowd, chance)
        yield replace(told, sighting=sighting, first_unix_s=now, last_unix_s=now + 2, told_unix_s=now + 2)


def _decided(sighting: Sighting, crowd: Crowd, chance: random.Random) -> Sighting:
    person = PersonId(f"person-{int(crowd.people * chance.random() ** 3):05d}")
    what = chance.random()
    if what < crowd.known:
        status = Status.WANTED if what < crowd.known / 50 else Status.KNOWN
        score = min(chance.gauss(0.65, 0.1), 1.0)
        found = (Candidate(person, score),)
        return replace(sighting, status=status, person=person, score=score, candidates=found)
    if what > 0.96:
        return replace(sighting, status=Status.AMBIGUOUS, score=chance.gauss(0.42, 0.02))
    return replace(sighting, score=chance.gauss(0.2, 0.07), candidates=(Candidate(person, 0.2),))


def words(crowd: Crowd, count: int, seed: int = 1) -> Iterator[SpooledSighting]:
    """What is told of so many sightings, each word with a picture and a template."""
    numbers = np.random.default_rng(seed)
    picture = numbers.bytes(crowd.picture_bytes)
    vectors = numbers.normal(size=(64, MODEL.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    templates = [TrackTemplate(vector.tobytes(), MODEL) for vector in vectors]
    for told in _told(crowd, count, seed):
        yield SpooledSighting(told=told, jpeg=picture, template=templates[told.sighting.track % len(templates)])


def _told(crowd: Crowd, count: int, seed: int) -> Iterator[CameraSighting]:
    if crowd.stay is None:
        yield from (replace(told, stage=Stage.LEFT) for told in sightings(crowd, count, seed))
        return
    here: deque[CameraSighting] = deque()
    for told in sightings(crowd, count, seed):
        here.append(told)
        yield told
        if len(here) > crowd.stay:
            yield later_word(here.popleft(), Stage.LEFT)
    yield from (later_word(told, Stage.LEFT) for told in here)


def fill_spools(root: Path, key: bytes, crowd: Crowd, count: int, *, seed: int = 1) -> int:
    """Spool the words of so many sightings, as some shards would; how many words."""
    written = 0
    for shard in range(_SHARDS):
        with Spool(spool_folder(root, f"shard-{shard}"), key, _SPOOL) as spool:
            batch: list[SpooledSighting] = []
            for word in words(crowd, count // _SHARDS, seed * 100 + shard):
                batch.append(word)
                if len(batch) == _BATCH:
                    spool_sightings(spool, batch)
                    written, batch = written + len(batch), []
            if batch:
                spool_sightings(spool, batch)
                written += len(batch)
    return written
