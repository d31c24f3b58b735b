"""How many photos a second are enrolled in bulk, end to end, beside what detector and embedder alone could do.

    .venv/bin/python benchmarks/enrolment.py [--photos 1000] [--runs 3] [--images FOLDER]

The photos lie in a ZIP, a folder a person. An import reads, decodes, encodes anew, searches for faces, judges,
embeds, compares with everybody enrolled, seals and saves into an empty SQLite database, in batches, each of which is
on the disk before the next one is begun. Then the same ZIP is imported again, which adds nothing. The floor is the
detector and the embedder alone, on the same photos decoded in memory, with the same threads, in the same run.
"""

import argparse
import statistics
import sys
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from material import ROOT
from nigoh.config.settings import VisionSettings
from nigoh.domain.frame import Pixels
from nigoh.domain.master_key import MasterKey
from nigoh.domain.photo_check import PhotoOutcome
from nigoh.engine.analysis import FaceAnalyser
from nigoh.evaluation.machine import describe_machine
from nigoh.office.actor import Actor
from nigoh.office.bulk_import import ImportOptions
from nigoh.office.people_desks import open_people_desks
from nigoh.office.photo_keeper import PhotoKeeper, fingerprint_key
from nigoh.office.stored_gallery import read_gallery
from nigoh.storage.database.database import Database
from nigoh.storage.database.migrations import migrate
from nigoh.storage.media import MediaStore
from nigoh.storage.people_archive import ZipPhotos
from nigoh.storage.safe_pictures import PictureReader
from nigoh.storage.vault.vault import Vault
from nigoh.wiring import build_vision
from results import console, save_result, show_table

IMAGES = ROOT.parent / "shared" / "data" / "lfw-view1" / "images"
BATCH = ImportOptions().batch


@dataclass(frozen=True, slots=True)
class Run:
    """Photos a second: the models alone, the import, the same import again; and what became of the photos."""

    floor: float
    first: float
    again: float
    enrolled: int
    faces: int


def gather(images: Path, count: int, target: Path) -> list[Path]:
    """Put so many photos, of as many people as there are, into a ZIP, a folder a person."""
    photos = sorted(images.rglob("*.jpg"))
    if len(photos) < count:
        sys.exit(f"error: {images} has {len(photos)} photos. Name a folder with more: --images FOLDER")
    chosen = photos[:: len(photos) // count][:count]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for photo in chosen:
            archive.write(photo, f"{photo.stem.rpartition('_')[0]}/{photo.name}")
    return chosen


def run_models(analyser: FaceAnalyser, pictures: Sequence[Pixels]) -> tuple[float, int]:
    """Photos a second that are searched for faces and have their largest one embedded, and how many had one."""
    begun_s, faces = time.perf_counter(), 0
    for start in range(0, len(pictures), BATCH):
        batch = pictures[start : start + BATCH]
        found = [(picture, seen) for picture, seen in zip(batch, analyser.detect(batch), strict=True) if len(seen)]
        crops = [analyser.portray(picture, seen.pick([0])).crops for picture, seen in found]
        if crops:
            faces += len(analyser.embed(np.concatenate(crops)))
    return len(pictures) / (time.perf_counter() - begun_s), faces


def run_import(archive: Path, analyser: FaceAnalyser, folder: Path) -> tuple[float, float, int]:
    """Photos a second of an import and of the same one again, and how many were enrolled."""
    folder.mkdir()
    speeds, enrolled = [], []
    with Database(f"sqlite:///{folder / 'nigoh.db'}") as database:
        migrate(database)
        media = MediaStore(folder / "media", Vault(MasterKey.generate(), database))
        keeper = PhotoKeeper(media.vault, media, fingerprint_key(media.vault, database), now=time.time)
        for _ in range(2):
            gallery = read_gallery(database, keeper, analyser.model)
            desks = open_people_desks(database, media, analyser, gallery.search, now=time.time)
            begun_s = time.perf_counter()
            with ZipPhotos(archive) as photos:
                report = desks.new_import(ImportOptions()).run(Actor("benchmark"), photos)
            speeds.append(len(report.photos) / (time.perf_counter() - begun_s))
            enrolled.append(report.outcomes[PhotoOutcome.ENROLLED])
    if enrolled[1]:
        sys.exit(f"error: the same import again has enrolled {enrolled[1]} photos")
    return speeds[0], speeds[1], enrolled[0]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description="Measure enrolment in bulk.")
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--images", type=Path, default=IMAGES, help="folder of photos, NAME_0001.jpg each")
    parser.add_argument("--results", type=Path, help="folder of the result file")
    asked = parser.parse_args()
    machine = describe_machine()
    console.print(str(machine))
    analyser = build_vision(VisionSettings(), threads=machine.cores).analyser
    runs: list[Run] = []
    with TemporaryDirectory(prefix="nigoh-bench-") as name:
        folder = Path(name)
        chosen = gather(asked.images, asked.photos, folder / "people.zip")
        reader = PictureReader()
        pictures = [reader.read(photo.read_bytes(), photo.name) for photo in chosen]
        run_models(analyser, pictures[:BATCH])
        for number in range(asked.runs):
            floor, faces = run_models(analyser, pictures)
            first, again, enrolled = run_import(folder / "people.zip", analyser, folder / str(number))
            runs.append(Run(floor, first, again, enrolled, faces))
    figures = {
        "detector and embedder alone": [run.floor for run in runs],
        "import, end to end": [run.first for run in runs],
        "the same import again": [run.again for run in runs],
    }
    rows = [(what, *speeds, statistics.median(speeds)) for what, speeds in figures.items()]
    columns = ("photos a second", *(f"run {number + 1}" for number in range(len(runs))), "median")
    show_table(f"{asked.photos} photos, {runs[0].enrolled} enrolled", columns, rows)
    result = {"machine": machine.as_json(), "photos": asked.photos, "batch": BATCH, "threads": machine.cores}
    medians = {what: statistics.median(speeds) for what, speeds in figures.items()}
    counts = {"faces": runs[0].faces, "enrolled": runs[0].enrolled}
    save_result("enrolment", result | counts | {"photos_a_second": medians, "runs": figures}, asked.results)


if __name__ == "__main__":
    main()
