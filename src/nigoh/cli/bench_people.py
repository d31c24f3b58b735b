"""Who walks past a benchmark's cameras, and who is known."""

from pathlib import Path

from nigoh.cli.bench_plan import People
from nigoh.config.environment import read_folders
from nigoh.testing.sample_store import obtain_samples


def obtain_people(faces: Path | None, known: Path | None) -> People:
    """The folders that were given; without portraits, the public-domain samples. Raises NigohError."""
    if faces is not None:
        return People(faces, known or faces)
    cache = read_folders().cache
    samples = obtain_samples(cache / "bench", cache)
    return People(samples.portraits, known or samples.known_faces)
