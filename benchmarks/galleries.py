"""Searching and changing galleries, beside FAISS and a graph: latency, recall, memory, building.

    .venv/bin/python benchmarks/galleries.py --dimension 128
    .venv/bin/python benchmarks/galleries.py --dimension 512

Each contender builds and searches in a process of its own, one after the other, the same templates and probes in the
same order (see gallery_material.py). Latency is wall time of one search of one probe for three people; memory is what
the process grew by, the people's names included; each has four templates. Recall is how often the first answer is
that of the exact search.
"""

import argparse
import gc
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import faiss
import numpy as np
import psutil
from usearch.index import Index

from gallery_material import Material
from nigoh.domain.geometry import Floats
from nigoh.domain.sighting import PersonId
from nigoh.domain.template import Templates
from nigoh.evaluation.machine import describe_machine
from nigoh.identity.approximate_gallery import ApproximateGallery, ApproximateOptions
from nigoh.identity.gallery import ExactGallery, Gallery
from nigoh.identity.template_codes import Precision
from results import console, save_result, show_table

T = TypeVar("T")
R = TypeVar("R")

PROBES = 300
EACH = 4
"""Templates of each person."""

NEAREST = 3
GRAPHS_UP_TO = 200_000
"""A graph of a million templates is built for a quarter of an hour and more."""

CELLS, LOOKED_INTO = 512, 256
GRAPH_LINKS, GRAPH_BUILDING, GRAPH_SEARCHING = 32, 128, 1024
IP = faiss.METRIC_INNER_PRODUCT

Search = Callable[[Floats], list[int]]
"""The numbers of the templates nearest to a probe (D,)."""


@dataclass(slots=True)
class Outcome:
    """What one contender did.

    Attributes:
        build_s: from the first template to the last.
        grown_mb: resident memory that it takes.
        spent_ms: of each search.
        mated, strangers: who comes first for each probe.
        put_ms, remove_ms: of one person, median; 0: it does not do that.
    """

    build_s: float
    grown_mb: float
    spent_ms: list[float] = field(default_factory=list)
    mated: list[int] = field(default_factory=list)
    strangers: list[int] = field(default_factory=list)
    put_ms: float = 0.0
    remove_ms: float = 0.0

    def search_all(self, search: Search, material: Material) -> None:
        """Search for all probes, after some that are not counted."""
        probes, _ = material.mated(PROBES)
        for probe in probes[:20]:
            search(probe)
        for found, those in ((self.mated, probes), (self.strangers, material.strangers(PROBES))):
            for probe in those:
                begun_s = time.perf_counter()
                nearest = search(probe)
                self.spent_ms.append((time.perf_counter() - begun_s) * 1e3)
                found.append(nearest[0] // EACH)


@dataclass(frozen=True, slots=True)
class Side:
    """What a contender can do: take templates (M, D), the first of which has this number, and search."""

    add: Callable[[int, Floats], None]
    search: Search


def of_gallery(gallery: Gallery) -> Side:
    """One of ours."""
    model = gallery.model

    def add(begin: int, part: Floats) -> None:
        rows = range(0, len(part), EACH)
        gallery.change({_person(begin + row): Templates(part[row : row + EACH], model) for row in rows})

    def search(probe: Floats) -> list[int]:
        return [EACH * int(found.person) for found in gallery.search(Templates(probe[None], model), NEAREST).rows[0]]

    return Side(add, search)


def of_faiss(index: faiss.Index) -> Side:
    """One of FAISS, which learns from the first templates."""

    def add(begin: int, part: Floats) -> None:
        if not begin and not index.is_trained:
            index.train(part)
        index.add(part)

    return Side(add, lambda probe: [int(row) for row in index.search(probe[None], NEAREST)[1][0]])


def of_graph(dimension: int) -> Side:
    """USearch's graph."""
    graph = Index(
        ndim=dimension,
        metric="ip",
        dtype="f16",
        connectivity=GRAPH_LINKS // 2,
        expansion_add=GRAPH_BUILDING,
        expansion_search=GRAPH_SEARCHING,
    )

    def add(begin: int, part: Floats) -> None:
        graph.add(np.arange(begin, begin + len(part)), part, threads=2)

    return Side(add, lambda probe: [int(row) for row in graph.search(probe, NEAREST).keys])


def fill(side: Side, material: Material) -> float:
    """Add all templates; seconds without those of making them."""
    spent_s = 0.0
    for begin, part in material.parts():
        begun_s = time.perf_counter()
        side.add(begin, part)
        spent_s += time.perf_counter() - begun_s
    return spent_s


def faiss_cells(dimension: int) -> faiss.Index:
    """FAISS' cells, of which it looks into half."""
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(dimension), dimension, CELLS, IP)
    index.nprobe = LOOKED_INTO
    return index


def faiss_graph(dimension: int) -> faiss.Index:
    """FAISS' graph."""
    index = faiss.IndexHNSWFlat(dimension, GRAPH_LINKS, IP)
    index.hnsw.efConstruction, index.hnsw.efSearch = GRAPH_BUILDING, GRAPH_SEARCHING
    return index


class Threads:
    """Who searches the blocks of a gallery: the thread that searches, or `number` of a pool."""

    def __init__(self) -> None:
        self.number = 1
        self._pool = ThreadPoolExecutor(2)

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """The function's results."""
        return map(function, items) if self.number == 1 else self._pool.map(function, items)


def approximate(material: Material, spread: Threads) -> ApproximateGallery:
    """Ours."""
    return ApproximateGallery(material.model, Precision.HALF, ApproximateOptions(spread=spread, lanes=2))


def exact(material: Material, spread: Threads) -> ExactGallery:
    """Ours."""
    return ExactGallery(material.model, Precision.HALF, spread)


OURS: dict[str, Callable[[Material, Threads], Gallery]] = {"exact": exact, "approximate": approximate}
ON_TWO = ", 2 threads"
FAISS: dict[str, Callable[[int], faiss.Index]] = {
    "FAISS flat, single precision": faiss.IndexFlatIP,
    "FAISS flat, half precision": lambda dimension: faiss.index_factory(dimension, "SQfp16", IP),
    f"FAISS IVF, {LOOKED_INTO} of {CELLS} cells": faiss_cells,
}
GRAPHS: dict[str, Callable[[int], faiss.Index]] = {"FAISS HNSW": faiss_graph}
USEARCH = "USearch HNSW"


def resident_mb() -> float:
    """What this process has."""
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def change_ms(call: Callable[[int], object], count: int = 50) -> float:
    """The median of so many calls."""
    spent = []
    for number in range(count):
        begun_s = time.perf_counter()
        call(number)
        spent.append((time.perf_counter() - begun_s) * 1e3)
    return statistics.median(spent)


def measure(name: str, material: Material) -> dict[str, Outcome]:
    """One contender, in this process; ours on one thread and on two."""
    faiss.omp_set_num_threads(1 if name in OURS else 2)
    next(material.parts())
    threads = Threads()
    before_mb = resident_mb()
    gallery = OURS[name](material, threads) if name in OURS else None
    if gallery is not None:
        side = of_gallery(gallery)
    elif name == USEARCH:
        side = of_graph(material.dimension)
    else:
        side = of_faiss((FAISS | GRAPHS)[name](material.dimension))
    outcome = Outcome(fill(side, material), resident_mb() - before_mb)
    outcome.search_all(side.search, material)
    if gallery is None:
        return {name: outcome}
    threads.number = 2
    on_two = Outcome(outcome.build_s, outcome.grown_mb)
    on_two.search_all(side.search, material)
    new = Templates(material.strangers(1), material.model)
    outcome.put_ms = change_ms(lambda number: gallery.put(PersonId(f"new {number}"), new))
    outcome.remove_ms = change_ms(lambda number: gallery.remove(_person(EACH * number)))
    return {name: outcome, name + ON_TWO: on_two}


def in_its_own_process(name: str, material: Material) -> dict[str, Outcome]:
    """One contender."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(measure, name, material).result()


def _person(row: int) -> PersonId:
    """Whose template it is."""
    return PersonId(str(row // EACH))


def p95(spent_ms: Sequence[float]) -> float:
    """The 95th percentile."""
    return float(np.quantile(spent_ms, 0.95))


def share(found: Sequence[int], right: Sequence[int]) -> float:
    """How many are right."""
    return float(np.mean(np.array(found) == np.array(right)))


def figures(outcome: Outcome, reference: Outcome) -> dict[str, float]:
    """What is said of a contender."""
    return {
        "build_s": round(outcome.build_s, 1),
        "memory_mb": round(outcome.grown_mb),
        "search_ms_median": round(statistics.median(outcome.spent_ms), 2),
        "search_ms_p95": round(p95(outcome.spent_ms), 2),
        "recall_mated": share(outcome.mated, reference.mated),
        "recall_strangers": share(outcome.strangers, reference.strangers),
        "put_ms": round(outcome.put_ms, 3),
        "remove_ms": round(outcome.remove_ms, 3),
    }


def contenders(size: int, *, ours_alone: bool) -> list[str]:
    """Who takes part at this size."""
    return [*OURS, *([] if ours_alone else [*FAISS, *([*GRAPHS, USEARCH] if size <= GRAPHS_UP_TO else ())])]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Search galleries, beside FAISS and a graph.")
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 50_000, 200_000, 1_000_000])
    parser.add_argument("--ours-alone", action="store_true")
    parser.add_argument("--results", type=Path)
    asked = parser.parse_args()
    machine = describe_machine()
    console.print(str(machine))
    sizes: dict[str, dict[str, dict[str, float]]] = {}
    for size in asked.sizes:
        material = Material(size, asked.dimension)
        outcomes: dict[str, Outcome] = {}
        for name in contenders(size, ours_alone=asked.ours_alone):
            outcomes |= in_its_own_process(name, material)
        reference = outcomes["exact"]
        sizes[str(size)] = {name: figures(outcome, reference) for name, outcome in outcomes.items()}
        mated = share(reference.mated, [row // EACH for row in material.mated(PROBES)[1]])
        title = f"{size:,} templates of {asked.dimension} numbers; {mated:.1%} of the mated are nearest to themselves"
        columns = ("gallery", "build s", "MB", "median ms", "p95 ms", "mated", "strangers", "put ms", "remove ms")
        show_table(title, columns, [(name, *found.values()) for name, found in sizes[str(size)].items()])
    versions = {name: version(name) for name in ("faiss-cpu", "numkong", "numpy", "usearch")}
    found = {"machine": machine.as_json(), "versions": versions, "probes": 2 * PROBES, "sizes": sizes}
    save_result(f"galleries_{asked.dimension}", found, asked.results)


if __name__ == "__main__":
    main()
